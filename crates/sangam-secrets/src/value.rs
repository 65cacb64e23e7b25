//! A secret's value on its way between the wire and the seal.

use std::fmt;

use sangam_api::{Blob, Sensitive};
use sangam_store::SecretKind;
use secrecy::SecretString;
use zeroize::Zeroizing;

use crate::error::SecretsError;

/// The largest value, as the service has it; the model counts characters, a value is measured in bytes.
pub(crate) const VALUE_BYTES_MAX: usize = 65_536;

/// Text or bytes; wiped when dropped, and `Debug` shows only which.
#[derive(PartialEq, Eq)]
pub(crate) struct Value {
    pub(crate) kind: SecretKind,
    pub(crate) bytes: Zeroizing<Vec<u8>>,
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Value({})", self.kind.as_str())
    }
}

impl Value {
    /// What `SecretString` and `SecretBinary` of a request hold, if one of them is there.
    ///
    /// # Errors
    /// Both are there, or the one is too long.
    pub(crate) fn of(string: Option<Sensitive>, binary: Option<Blob>) -> Result<Option<Self>, SecretsError> {
        let (kind, bytes) = match (string, binary) {
            (None, None) => return Ok(None),
            (Some(string), None) => (SecretKind::String, string.into_inner().into_bytes()),
            (None, Some(binary)) => (SecretKind::Binary, binary.into_inner()),
            (Some(_), Some(_)) => {
                return Err(SecretsError::parameter("a version holds a SecretString or a SecretBinary, not both"));
            }
        };
        let value = Self { kind, bytes: Zeroizing::new(bytes) };
        if value.bytes.len() > VALUE_BYTES_MAX {
            let length = value.bytes.len();
            return Err(SecretsError::parameter(format!(
                "the value has {length} bytes, over the limit of {VALUE_BYTES_MAX}"
            )));
        }
        Ok(Some(value))
    }

    /// The two members of an answer, of which one is there.
    pub(crate) fn into_wire(self) -> (Option<Sensitive>, Option<Blob>) {
        match self.kind {
            SecretKind::String => (Some(self.text().into()), None),
            SecretKind::Binary => (None, Some(Blob(self.bytes.to_vec()))),
        }
    }

    /// The text, if it is text.
    pub(crate) fn to_secret_string(&self) -> Option<SecretString> {
        (self.kind == SecretKind::String).then(|| self.text().into())
    }

    fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes).expect("what was sealed as text was text")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_the_two() {
        assert!(Value::of(None, None).unwrap().is_none());
        assert_eq!(Value::of(Some("a".into()), None).unwrap().unwrap().kind, SecretKind::String);
        assert_eq!(Value::of(None, Some(Blob(vec![0xff]))).unwrap().unwrap().kind, SecretKind::Binary);
        assert!(matches!(Value::of(Some("a".into()), Some(Blob(vec![1]))), Err(SecretsError::InvalidParameter(_))));
    }

    #[test]
    fn the_limit_is_bytes() {
        assert!(Value::of(Some("a".repeat(VALUE_BYTES_MAX).into()), None).is_ok());
        let umlauts = "ä".repeat(VALUE_BYTES_MAX / 2 + 1);
        assert!(matches!(Value::of(Some(umlauts.into()), None), Err(SecretsError::InvalidParameter(_))));
    }

    #[test]
    fn it_does_not_print() {
        assert_eq!(format!("{:?}", Value::of(Some("hunter2".into()), None).unwrap().unwrap()), "Value(string)");
    }
}
