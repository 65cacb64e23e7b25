//! Bytes, as AWS JSON 1.1 sends them.

use std::fmt;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Standard base64, written with padding and read with or without it, as the SDKs of other languages do.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Bytes; on the wire standard base64. `Debug` tells only how many there are.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Blob(pub Vec<u8>);

impl Blob {
    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The bytes themselves.
    pub fn into_inner(self) -> Vec<u8> {
        self.0
    }
}

impl From<Vec<u8>> for Blob {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl fmt::Debug for Blob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Blob({} bytes)", self.0.len())
    }
}

impl Serialize for Blob {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&BASE64.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Blob {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // A visitor, because a borrowed `&str` cannot come out of an owned JSON value, and a `String` would be copied out of borrowed text.
        struct Base64;
        impl Visitor<'_> for Base64 {
            type Value = Blob;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("base64 text")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Blob, E> {
                // The decoder's own message would show a byte of the text.
                BASE64.decode(text).map(Blob).map_err(|_| E::custom("not base64"))
            }
        }
        deserializer.deserialize_str(Base64)
    }
}

/// How many bytes `text` stands for, or nothing if it is not base64; decodes nothing, so that a large document is decoded once.
pub(crate) fn decoded_len(text: &str) -> Option<usize> {
    let data = text.trim_end_matches('=');
    let (padding, rest) = (text.len() - data.len(), data.len() % 4);
    let is_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    if rest == 1 || padding > (4 - rest) % 4 || !data.as_bytes().iter().all(is_base64) {
        return None;
    }
    Some(data.len() / 4 * 3 + rest.saturating_sub(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(text: &str) -> Option<Vec<u8>> {
        serde_json::from_value::<Blob>(text.into()).ok().map(Blob::into_inner)
    }

    #[test]
    fn bytes_travel_as_padded_base64() {
        let blob = Blob(b"hello world".to_vec());
        assert_eq!(serde_json::to_string(&blob).unwrap(), "\"aGVsbG8gd29ybGQ=\"");
        assert_eq!(decoded("aGVsbG8gd29ybGQ="), Some(blob.0.clone()));
        assert_eq!(decoded("aGVsbG8gd29ybGQ"), Some(blob.0));
    }

    #[test]
    fn the_scan_agrees_with_the_decoder() {
        let texts = [
            "", "=", "A", "A=", "AA", "AA=", "AA==", "AA===", "AAA", "AAA=", "AAA==", "AAAA", "AAAA=", "AB==", "AA=A",
            "A-A_", "AA A", "é", "+/+/",
        ];
        for text in texts {
            assert_eq!(decoded_len(text), decoded(text).map(|bytes| bytes.len()), "{text:?}");
        }
    }

    #[test]
    fn it_does_not_print() {
        assert_eq!(format!("{:?}", Blob(vec![1, 2, 3])), "Blob(3 bytes)");
    }
}
