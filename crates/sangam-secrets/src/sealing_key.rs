//! The key that seals.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::XChaCha20Poly1305;
use chacha20poly1305::aead::{KeyInit, OsRng};
use zeroize::Zeroizing;

/// Bytes of a key.
const KEY_BYTES: usize = 32;

/// Thirty-two random bytes, written as base64; wiped from memory when dropped, and `Debug` shows nothing.
pub struct SealingKey(Zeroizing<[u8; KEY_BYTES]>);

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealingKey(…)")
    }
}

impl SealingKey {
    /// A new key from the operating system's randomness.
    pub fn generate() -> Self {
        let mut bytes = Zeroizing::new([0; KEY_BYTES]);
        bytes.copy_from_slice(&XChaCha20Poly1305::generate_key(&mut OsRng));
        Self(bytes)
    }

    /// The key that `text` is, white space around it aside; nothing if it is not thirty-two bytes in base64.
    pub fn from_base64(text: &str) -> Option<Self> {
        let decoded = Zeroizing::new(STANDARD.decode(text.trim()).ok()?);
        let mut bytes = Zeroizing::new([0; KEY_BYTES]);
        if decoded.len() != KEY_BYTES {
            return None;
        }
        bytes.copy_from_slice(&decoded);
        Some(Self(bytes))
    }

    /// The key as text, for a key file.
    pub fn to_base64(&self) -> Zeroizing<String> {
        Zeroizing::new(STANDARD.encode(self.0.as_slice()))
    }

    pub(crate) fn expose(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_survives_its_text() {
        let key = SealingKey::generate();
        let text = format!(" {}\n", *key.to_base64());
        assert_eq!(SealingKey::from_base64(&text).unwrap().expose(), key.expose());
        assert_ne!(SealingKey::generate().expose(), key.expose());
    }

    #[test]
    fn anything_else_is_no_key() {
        for text in ["", "password", "AAAA", &STANDARD.encode([0; 31]), &STANDARD.encode([0; 33])] {
            assert!(SealingKey::from_base64(text).is_none(), "{text}");
        }
    }

    #[test]
    fn it_does_not_print() {
        assert_eq!(format!("{:?}", SealingKey::generate()), "SealingKey(…)");
    }
}
