//! Sealing: authenticated encryption of what the store keeps.
//!
//! ```text
//! [1-byte version][24-byte nonce][ciphertext and 16-byte tag]
//! ```
//!
//! XChaCha20-Poly1305, because its nonce is long enough to be random: no counter has to survive a restored backup. The associated data
//! names the row that the value belongs to (see [`Place`]), so that a sealed value copied to another row does not open there.

use std::fmt;
use std::sync::Arc;

use chacha20poly1305::aead::{Aead, OsRng, Payload};
use chacha20poly1305::{AeadCore, KeyInit, XChaCha20Poly1305, XNonce};
use sangam_store::Store;
use zeroize::Zeroizing;

use crate::key_source::{KeyError, KeySource};
use crate::sealing_key::SealingKey;

/// The first byte of everything sealed; a new format takes the next number, and both open.
const VERSION: u8 = 1;
/// Bytes of an XChaCha20 nonce.
const NONCE_BYTES: usize = 24;
/// What associated data begins with, so that a key used for something else as well seals nothing that opens here.
const DOMAIN: &[u8] = b"sangam sealed value";
/// The setting that holds a sealed known text: a wrong key is noticed at start, not at the first sync of the night.
const CHECK_SETTING: &str = "sealing_check";
/// That text.
const CHECK_TEXT: &[u8] = b"this is the right key";

/// The row that a sealed value belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place<'a> {
    /// A version of a secret.
    SecretVersion {
        /// The secret by the end of its ARN, which a secret recreated under the same name does not share.
        arn_suffix: &'a str,
        /// The version id.
        version: &'a str,
        /// `string` or `binary`.
        kind: &'a str,
    },
    /// The secret of an access key.
    AccessKey {
        /// The key's public id.
        id: &'a str,
    },
    /// The known text that proves the key.
    Check,
}

impl Place<'_> {
    /// `[domain]` and then, for each part, `[4-byte little-endian length][bytes]`: no two places share their bytes, whatever a name holds.
    fn associated_data(&self, version: u8) -> Vec<u8> {
        let parts: &[&str] = match self {
            Self::SecretVersion { arn_suffix, version, kind } => &["secret", arn_suffix, version, kind],
            Self::AccessKey { id } => &["access-key", id],
            Self::Check => &["check"],
        };
        let mut data = DOMAIN.to_vec();
        data.push(version);
        for part in parts {
            data.extend(u32::try_from(part.len()).unwrap_or(u32::MAX).to_le_bytes());
            data.extend(part.as_bytes());
        }
        data
    }
}

/// Why a sealed value did not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// Cut short, or not sealed by us.
    #[error("the sealed value is damaged")]
    Damaged,
    /// A later version of the program sealed it.
    #[error("the sealed value has format `{version}`, which this version cannot open")]
    Format {
        /// The format it has.
        version: u8,
    },
    /// Another key sealed it, it was altered, or it belongs elsewhere; nobody can tell which.
    #[error("the sealed value does not open: the key is another one, or the value was altered or moved")]
    Refused,
}

/// Seals and opens. Cheap to clone; `Debug` shows nothing.
#[derive(Clone)]
pub struct Sealer(Arc<XChaCha20Poly1305>);

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealer(…)")
    }
}

impl Sealer {
    /// A sealer with this key. [`Sealer::start`] is for a program, which must be sure of its key.
    pub fn new(key: &SealingKey) -> Self {
        Self(Arc::new(XChaCha20Poly1305::new(key.expose().into())))
    }

    /// A sealer with the key from `source`, proven to be the one that sealed what `store` holds.
    ///
    /// A missing key file is created only for a store that has nothing sealed yet: afterwards a new key would open nothing.
    ///
    /// # Errors
    /// See [`KeyError`]; each says what to do.
    pub async fn start(source: KeySource, store: &Store) -> Result<Self, KeyError> {
        let check = store.setting(CHECK_SETTING).await?;
        let label = source.to_string();
        let may_create = check.is_none();
        let key = tokio::task::spawn_blocking(move || source.load(may_create))
            .await
            .expect("loading a key does not panic, and nobody cancels it")?;
        let sealer = Self::new(&key);
        match check {
            Some(check) => sealer.prove(&check).map_err(|source| KeyError::Wrong { key: label, source })?,
            None => store.put_setting(CHECK_SETTING, &hex(&sealer.seal(&Place::Check, CHECK_TEXT))).await?,
        }
        Ok(sealer)
    }

    fn prove(&self, check: &str) -> Result<(), SealError> {
        self.open(&Place::Check, &unhex(check).ok_or(SealError::Damaged)?).map(drop)
    }

    /// Seals `plaintext` for `place`; twice the same gives different bytes.
    pub fn seal(&self, place: &Place<'_>, plaintext: &[u8]) -> Vec<u8> {
        let nonce = XChaCha20Poly1305::generate_nonce(&mut OsRng);
        let payload = Payload { msg: plaintext, aad: &place.associated_data(VERSION) };
        let ciphertext = self.0.encrypt(&nonce, payload).expect("a value is far below the cipher's limit of 256 GiB");
        [&[VERSION], nonce.as_slice(), &ciphertext].concat()
    }

    /// What was sealed for `place`; wiped from memory when dropped.
    ///
    /// # Errors
    /// [`SealError`], and never a part of the plaintext.
    pub fn open(&self, place: &Place<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let (&version, rest) = sealed.split_first().ok_or(SealError::Damaged)?;
        if version != VERSION {
            return Err(SealError::Format { version });
        }
        let (nonce, ciphertext) = rest.split_at_checked(NONCE_BYTES).ok_or(SealError::Damaged)?;
        let payload = Payload { msg: ciphertext, aad: &place.associated_data(version) };
        let plaintext = self.0.decrypt(XNonce::from_slice(nonce), payload).map_err(|_| SealError::Refused)?;
        Ok(Zeroizing::new(plaintext))
    }
}

fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(value.into(), 16).expect("four bits are a digit");
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    digits.chunks(2).map(|pair| (pair.len() == 2).then(|| byte(pair))?).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const VERSION_A: Place<'_> = Place::SecretVersion { arn_suffix: "a-AbCdEf", version: "v1", kind: "string" };

    fn sealer() -> Sealer {
        Sealer::new(&SealingKey::generate())
    }

    #[test]
    fn what_is_sealed_opens_in_its_place() {
        let sealer = sealer();
        for text in [vec![], b"x".to_vec(), vec![0xff; 70_000]] {
            assert_eq!(sealer.open(&VERSION_A, &sealer.seal(&VERSION_A, &text)).unwrap().as_slice(), text);
        }
        let sealed = sealer.seal(&VERSION_A, b"password");
        assert_eq!((sealed[0], sealed.len()), (1, 1 + 24 + 8 + 16));
        assert_ne!(sealed, sealer.seal(&VERSION_A, b"password"), "a nonce is never used twice");
    }

    #[test]
    fn nowhere_else() {
        let sealer = sealer();
        let sealed = sealer.seal(&VERSION_A, b"password");
        let others = [
            Place::SecretVersion { arn_suffix: "b-AbCdEf", version: "v1", kind: "string" },
            Place::SecretVersion { arn_suffix: "a-AbCdEf", version: "v2", kind: "string" },
            Place::SecretVersion { arn_suffix: "a-AbCdEf", version: "v1", kind: "binary" },
            Place::SecretVersion { arn_suffix: "a-AbCdEfv", version: "1", kind: "string" },
            Place::AccessKey { id: "a-AbCdEf" },
            Place::Check,
        ];
        for place in others {
            assert_eq!(sealer.open(&place, &sealed), Err(SealError::Refused), "{place:?}");
        }
    }

    #[test]
    fn not_when_a_single_bit_was_changed_or_a_byte_is_missing() {
        let sealer = sealer();
        let sealed = sealer.seal(&VERSION_A, b"password");
        for i in 0..sealed.len() * 8 {
            let mut altered = sealed.clone();
            altered[i / 8] ^= 1 << (i % 8);
            assert!(sealer.open(&VERSION_A, &altered).is_err(), "bit {i}");
        }
        for length in 0..sealed.len() {
            assert!(sealer.open(&VERSION_A, &sealed[..length]).is_err(), "{length} bytes");
        }
        assert!(sealer.open(&VERSION_A, &[&sealed[..], b"x"].concat()).is_err());
    }

    #[test]
    fn not_with_another_key_or_from_a_later_format() {
        let mut sealed = sealer().seal(&VERSION_A, b"password");
        assert_eq!(sealer().open(&VERSION_A, &sealed), Err(SealError::Refused));
        sealed[0] = 2;
        assert_eq!(sealer().open(&VERSION_A, &sealed), Err(SealError::Format { version: 2 }));
    }

    #[test]
    fn hexadecimal_there_and_back() {
        assert_eq!(unhex(&hex(&[0, 15, 255])), Some(vec![0, 15, 255]));
        assert_eq!((unhex("0"), unhex("zz"), unhex("é")), (None, None, None));
    }

    #[test]
    fn it_does_not_print() {
        assert_eq!(format!("{:?}", sealer()), "Sealer(…)");
    }
}
