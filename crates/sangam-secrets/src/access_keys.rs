//! The keys that sign requests.
//!
//! An id is public, its secret is sealed, its policy is the server's business. Verifying a signature needs the secret itself, so a
//! found key stays in memory for a moment; a key revoked by this process is forgotten at once, by another one within [`CACHE_TIME`].

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rand::Rng;
use sangam_store::{AccessKeyRecord, KeyOrigin, Store, now_ms};
use secrecy::{ExposeSecret, SecretString};

use crate::error::SecretsError;
use crate::sealing::{Place, Sealer};

/// What ids begin with, as clients expect of a key that is no session's.
const ID_PREFIX: &str = "AKIA";
/// Random characters after that; twenty in all.
const ID_RANDOM: usize = 16;
/// What they are made of: no zero, one, eight or nine, which are misread.
const ID_CHARACTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// Characters of a secret: 240 random bits.
const SECRET_LENGTH: usize = 40;
/// What they are made of.
const SECRET_CHARACTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/// The longest id of a preset key, as IAM has it.
const PRESET_ID_MAX: usize = 128;
/// How long a found key is used without asking the store: `sangam keys revoke` beside a running server acts after this at the latest.
const CACHE_TIME: Duration = Duration::from_secs(2);
/// Keys kept at a time; an installation has a handful.
const CACHE_MAX: usize = 256;

/// A key that may sign; `Debug` shows its id.
#[derive(Clone)]
pub struct AccessKey {
    /// The public id.
    pub id: String,
    /// The secret.
    pub secret: SecretString,
    /// What the key may do, JSON.
    pub policy: String,
}

impl fmt::Debug for AccessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessKey").field("id", &self.id).finish_non_exhaustive()
    }
}

/// A key without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessKeyInfo {
    /// The public id.
    pub id: String,
    /// What the key may do, JSON.
    pub policy: String,
    /// For people.
    pub description: String,
    /// Whether the settings gave it.
    pub is_preset: bool,
    /// Milliseconds since 1970.
    pub created_at: i64,
    /// When it was revoked.
    pub revoked_at: Option<i64>,
}

/// Id and secret from the settings, for automation that cannot read what a first start prints.
#[derive(Debug, Clone)]
pub struct PresetKey {
    /// The public id: letters, digits and underscores.
    pub id: String,
    /// The secret, not empty.
    pub secret: SecretString,
}

#[derive(Default)]
struct Cache {
    keys: HashMap<String, (Instant, Arc<AccessKey>)>,
    /// Counts changes: what was read before one is not kept after it.
    generation: u64,
}

struct Inner {
    store: Store,
    sealer: Sealer,
    cache: Mutex<Cache>,
}

/// The access keys of an installation. Cheap to clone.
#[derive(Clone)]
pub struct AccessKeys(Arc<Inner>);

impl fmt::Debug for AccessKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccessKeys(…)")
    }
}

impl AccessKeys {
    /// The access keys in `store`, sealed by `sealer`.
    pub fn new(store: Store, sealer: Sealer) -> Self {
        Self(Arc::new(Inner { store, sealer, cache: Mutex::default() }))
    }

    /// What a start does: with a preset, takes it and retires the ones that earlier settings gave; without, retires those, and makes a
    /// first key if there is none left. Returns the key that was made, whose secret is shown this once.
    ///
    /// # Errors
    /// A preset that cannot be a key; the store.
    pub async fn start(
        &self,
        preset: Option<&PresetKey>,
        admin_policy: &str,
    ) -> Result<Option<AccessKey>, SecretsError> {
        if let Some(preset) = preset {
            self.preset(preset, admin_policy).await?;
        }
        self.0.store.revoke_preset_access_keys(preset.map(|preset| preset.id.as_str()), now_ms()).await?;
        self.forget();
        match preset {
            Some(_) => Ok(None),
            None => self.ensure_first(admin_policy).await,
        }
    }

    /// Makes a key with `policy`. The secret is in the answer and nowhere else.
    pub async fn create(&self, policy: &str, description: &str) -> Result<AccessKey, SecretsError> {
        let key = random_key(policy);
        self.0.store.put_access_key(&self.seal(&key, description, KeyOrigin::Made)).await?;
        self.forget();
        Ok(key)
    }

    /// Makes a key with `admin_policy` if there is none that is not revoked.
    pub async fn ensure_first(&self, admin_policy: &str) -> Result<Option<AccessKey>, SecretsError> {
        let key = random_key(admin_policy);
        let made =
            self.0.store.put_first_access_key(&self.seal(&key, "made by the first start", KeyOrigin::Made)).await?;
        self.forget();
        Ok(made.then_some(key))
    }

    /// Stores, sealed, the key that the settings give; in place of one with the same id.
    ///
    /// # Errors
    /// [`SecretsError::InvalidParameter`] if id or secret cannot be a key's.
    pub async fn preset(&self, preset: &PresetKey, admin_policy: &str) -> Result<(), SecretsError> {
        check_preset(preset)?;
        let key = AccessKey { id: preset.id.clone(), secret: preset.secret.clone(), policy: admin_policy.to_owned() };
        self.0.store.put_access_key(&self.seal(&key, "preset by the settings", KeyOrigin::Preset)).await?;
        self.forget();
        Ok(())
    }

    /// All keys without their secrets, revoked ones too, oldest first.
    pub async fn list(&self) -> Result<Vec<AccessKeyInfo>, SecretsError> {
        let info = |record: AccessKeyRecord| AccessKeyInfo {
            id: record.id,
            policy: record.policy,
            description: record.description,
            is_preset: record.origin == KeyOrigin::Preset,
            created_at: record.created_at,
            revoked_at: record.revoked_at,
        };
        Ok(self.0.store.access_keys().await?.into_iter().map(info).collect())
    }

    /// Revokes a key, at once. Returns false if there is none of that id that is not revoked already.
    pub async fn revoke(&self, id: &str) -> Result<bool, SecretsError> {
        let revoked = self.0.store.revoke_access_key(id, now_ms()).await?;
        self.forget();
        Ok(revoked)
    }

    /// The key of that id, if it may sign.
    ///
    /// # Errors
    /// The store, or a sealed secret that does not open.
    pub async fn find(&self, id: &str) -> Result<Option<Arc<AccessKey>>, SecretsError> {
        let generation = {
            let cache = self.cache();
            match cache.keys.get(id) {
                Some((found_at, key)) if found_at.elapsed() < CACHE_TIME => return Ok(Some(Arc::clone(key))),
                _ => cache.generation,
            }
        };
        let Some(record) = self.0.store.find_access_key(id).await?.filter(|record| record.revoked_at.is_none()) else {
            return Ok(None);
        };
        let key = Arc::new(self.open(record)?);
        let mut cache = self.cache();
        if cache.generation == generation {
            if cache.keys.len() >= CACHE_MAX {
                cache.keys.clear();
            }
            cache.keys.insert(id.to_owned(), (Instant::now(), Arc::clone(&key)));
        }
        Ok(Some(key))
    }

    fn cache(&self) -> MutexGuard<'_, Cache> {
        // Nothing that holds this lock can leave the map half changed.
        self.0.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn forget(&self) {
        let mut cache = self.cache();
        cache.generation += 1;
        cache.keys.clear();
    }

    fn seal(&self, key: &AccessKey, description: &str, origin: KeyOrigin) -> AccessKeyRecord {
        let secret = key.secret.expose_secret().as_bytes();
        AccessKeyRecord {
            id: key.id.clone(),
            sealed_secret: self.0.sealer.seal(&Place::AccessKey { id: &key.id }, secret),
            policy: key.policy.clone(),
            description: description.to_owned(),
            origin,
            created_at: now_ms(),
            revoked_at: None,
        }
    }

    fn open(&self, record: AccessKeyRecord) -> Result<AccessKey, SecretsError> {
        let failed = |source| SecretsError::Sealed { what: format!("access key `{}`", record.id), source };
        let bytes = self.0.sealer.open(&Place::AccessKey { id: &record.id }, &record.sealed_secret).map_err(failed)?;
        let secret = std::str::from_utf8(&bytes).expect("what was sealed as text was text").into();
        Ok(AccessKey { id: record.id, secret, policy: record.policy })
    }
}

fn check_preset(preset: &PresetKey) -> Result<(), SecretsError> {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if preset.id.is_empty() || preset.id.len() > PRESET_ID_MAX || !preset.id.chars().all(fits) {
        return Err(SecretsError::parameter(format!(
            "a preset access key id has 1 to {PRESET_ID_MAX} letters, digits and underscores"
        )));
    }
    if preset.secret.expose_secret().is_empty() {
        return Err(SecretsError::parameter("a preset secret access key is not empty"));
    }
    Ok(())
}

fn random_key(policy: &str) -> AccessKey {
    let id = format!("{ID_PREFIX}{}", random(ID_CHARACTERS, ID_RANDOM));
    AccessKey { id, secret: random(SECRET_CHARACTERS, SECRET_LENGTH).into(), policy: policy.to_owned() }
}

fn random(characters: &[u8], length: usize) -> String {
    let mut rng = rand::rng();
    (0..length).map(|_| char::from(characters[rng.random_range(0..characters.len())])).collect()
}
