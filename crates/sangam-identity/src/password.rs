//! Passwords: how they are hashed, and how many at a time.
//!
//! Argon2id with 19 MiB and two passes, as OWASP's cheat sheet on password storage has it. A hash takes a core for some 20 ms, so
//! they are computed on blocking threads, few at a time, and who would have to wait behind many is told to come back.

use std::sync::Arc;

use argon2::Argon2;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use rand::RngCore;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;

use crate::IdentityError;

/// Shortest password. Length is what counts; NIST SP 800-63B asks for no mixture of characters.
pub const PASSWORD_CHARS_MIN: usize = 12;
/// Longest password; any passphrase is below, and a form's field is no way to keep a core busy.
pub const PASSWORD_BYTES_MAX: usize = 1_024;
/// Passwords hashed at once: as many as a small machine has cores, and 19 MiB each.
const WORKING_MAX: usize = 2;
/// Callers who wait for a password at once; the last of them waits well under a second.
const WAITING_MAX: usize = 32;
/// Bytes of a salt.
const SALT_BYTES: usize = 16;
/// What the password is compared with where there is no account, so that this takes as long: a hash that no password has.
const DECOY: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Computes hashes, a few at a time. Clones share the limit.
#[derive(Debug, Clone)]
pub(crate) struct Passwords {
    working: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
}

impl Default for Passwords {
    fn default() -> Self {
        Self { working: Arc::new(Semaphore::new(WORKING_MAX)), waiting: Arc::new(Semaphore::new(WAITING_MAX)) }
    }
}

impl Passwords {
    /// What to store for `password`.
    pub(crate) async fn hash(&self, password: SecretString) -> Result<String, IdentityError> {
        self.compute(move || hash(&password)).await?.ok_or(IdentityError::Hashing)
    }

    /// Whether `password` is the one that `verifier` was made of. Without a verifier it is not, and takes as long.
    pub(crate) async fn verify(&self, password: SecretString, verifier: Option<String>) -> Result<bool, IdentityError> {
        self.compute(move || verify(&password, verifier.as_deref())).await
    }

    async fn compute<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, IdentityError> {
        let _place = self.waiting.try_acquire().map_err(|_| IdentityError::Busy)?;
        let permit = Arc::clone(&self.working).acquire_owned().await.map_err(|_| IdentityError::Busy)?;
        let computed = tokio::task::spawn_blocking(move || {
            // Kept until the work is done, also if nobody waits for it any more.
            let _permit = permit;
            work()
        });
        computed.await.map_err(|_| IdentityError::Hashing)
    }
}

/// Whether a person may have `password`, whose account is `name`.
pub(crate) fn check(name: &str, password: &SecretString) -> Result<(), IdentityError> {
    let password = password.expose_secret();
    if password.chars().count() < PASSWORD_CHARS_MIN {
        return Err(IdentityError::PasswordTooShort { chars_min: PASSWORD_CHARS_MIN });
    }
    if password.len() > PASSWORD_BYTES_MAX {
        return Err(IdentityError::PasswordTooLong { bytes_max: PASSWORD_BYTES_MAX });
    }
    if password.eq_ignore_ascii_case(name) {
        return Err(IdentityError::PasswordIsName);
    }
    Ok(())
}

fn hash(password: &SecretString) -> Option<String> {
    let mut salt = [0_u8; SALT_BYTES];
    rand::rng().fill_bytes(&mut salt);
    let salt = SaltString::encode_b64(&salt).ok()?;
    let hash = Argon2::default().hash_password(password.expose_secret().as_bytes(), &salt).ok()?;
    Some(hash.to_string())
}

fn verify(password: &SecretString, verifier: Option<&str>) -> bool {
    if password.expose_secret().len() > PASSWORD_BYTES_MAX {
        return false;
    }
    let Ok(expected) = PasswordHash::new(verifier.unwrap_or(DECOY)) else { return false };
    let is_right = Argon2::default().verify_password(password.expose_secret().as_bytes(), &expected).is_ok();
    is_right && verifier.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_salted_and_knows_its_password() {
        let password: SecretString = "correct horse battery".into();
        let (one, other) = (hash(&password).unwrap(), hash(&password).unwrap());
        assert_ne!(one, other);
        assert!(verify(&password, Some(&one)) && verify(&password, Some(&other)));
        assert!(!verify(&"correct horse batterz".into(), Some(&one)));
        assert!(!verify(&password, Some("nonsense")));
        assert!(!verify(&password, None));
    }

    #[test]
    fn the_decoy_costs_what_a_password_costs() {
        let hash = hash(&"correct horse battery".into()).unwrap();
        let (made, decoy) = (PasswordHash::new(&hash).unwrap(), PasswordHash::new(DECOY).unwrap());
        assert_eq!(made.algorithm, decoy.algorithm);
        assert_eq!(made.version, decoy.version);
        assert_eq!(made.params, decoy.params);
        assert_eq!(made.hash.unwrap().len(), decoy.hash.unwrap().len());
        assert_eq!(made.salt.unwrap().len(), decoy.salt.unwrap().len());
    }

    #[test]
    fn bad_passwords_are_refused() {
        let refused = |password: &str| check("ada.lovelace@example.com", &password.into()).unwrap_err();
        assert!(matches!(refused("elevenchars"), IdentityError::PasswordTooShort { .. }));
        assert!(matches!(refused(&"a".repeat(PASSWORD_BYTES_MAX + 1)), IdentityError::PasswordTooLong { .. }));
        assert!(matches!(refused("Ada.Lovelace@example.com"), IdentityError::PasswordIsName));
        assert!(check("ada", &"zwölf Zeichen".into()).is_ok());
    }

    #[tokio::test]
    async fn who_would_wait_behind_many_is_sent_away() {
        let passwords = Passwords::default();
        let _waiting = passwords.waiting.clone().acquire_many_owned(WAITING_MAX as u32).await.unwrap();
        assert!(matches!(passwords.verify("x".into(), None).await, Err(IdentityError::Busy)));
    }
}
