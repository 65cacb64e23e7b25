//! What extraction may cost. A document comes from outside, so each of its dimensions has a cap with a reason.

/// Largest document that is read, in bytes: what Kendra accepts as a file, and a memory bound for a worker,
/// which holds the bytes and about twice as much while it decodes them.
pub const INPUT_BYTES_MAX: usize = 50 * 1024 * 1024;

/// Most text that one document gives, in bytes: Kendra's own limit for extracted text. More would let one log
/// file outweigh a thousand pages in the index, and 5 MiB are some 10,000 passages to embed already.
pub const TEXT_BYTES_MAX: usize = 5 * 1024 * 1024;

/// The caps of one extraction; [`Limits::default`] has the values that the service uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Documents of more bytes are refused.
    pub input_bytes_max: usize,
    /// Text of more bytes loses its end, at a character boundary.
    pub text_bytes_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { input_bytes_max: INPUT_BYTES_MAX, text_bytes_max: TEXT_BYTES_MAX }
    }
}
