//! What extraction may cost. A document comes from outside, so each of its dimensions has a cap with a reason.

use serde::{Deserialize, Serialize};

/// Largest document that is read, in bytes: what Kendra accepts as a file, and a memory bound for a worker,
/// which holds the bytes and about twice as much while it decodes them.
pub const INPUT_BYTES_MAX: usize = 50 * 1024 * 1024;

/// Most text that one document gives, in bytes: Kendra's own limit for extracted text. More would let one log
/// file outweigh a thousand pages in the index, and 5 MiB are some 10,000 passages to embed already.
pub const TEXT_BYTES_MAX: usize = 5 * 1024 * 1024;

/// Most members of a package: a workbook of a thousand sheets has some 3,000, a book of a thousand pictures not many more.
pub(crate) const MEMBERS_MAX: usize = 20_000;

/// Most bytes that the members of a package may have together, unpacked. Pictures are hardly smaller packed, so an honest file of the
/// largest size stays below, while a worker that unpacks this much one by one stays within its memory.
pub(crate) const UNPACKED_BYTES_MAX: u64 = 256 * 1024 * 1024;

/// Most bytes of one member. Text is far below; the parsers hold a member whole and build several times as much from it.
pub(crate) const MEMBER_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// Largest ratio of a package's unpacked size to its size. Spreadsheets of many equal rows reach 50; deflate ends at 1,030.
pub(crate) const RATIO_MAX: u64 = 200;

/// Packages that are smaller than this when unpacked may have any ratio: little harm, and many small files of one repeated byte are honest.
pub(crate) const RATIO_FROM_BYTES: u64 = 16 * 1024 * 1024;

/// How deep documents inside documents are followed: the files attached to a mail, but not what is attached to those.
pub(crate) const NESTED_MAX: usize = 1;

/// The caps of one extraction; [`Limits::default`] has the values that the service uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
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
