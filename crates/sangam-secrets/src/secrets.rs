//! Reading and writing secrets: for the program itself, and for the operations of the wire.

use sangam_store::{SealedVersion, SecretKind, SecretRecord, SecretsWrite, Stages, Store, now_ms};
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

use crate::error::SecretsError;
use crate::sealing::{Place, Sealer};
use crate::value::Value;
use crate::{arn, stages};

/// Versions kept of one secret; beyond, the oldest without a label go. A rotation an hour keeps four days of them.
const VERSIONS_MAX: usize = 100;
/// Reads are noted by the day, so that a secret which is read each minute is not written each minute.
const DAY_MS: i64 = 86_400_000;

/// The secrets of an installation. Cheap to clone; `Debug` shows nothing of them.
#[derive(Debug, Clone)]
pub struct Secrets {
    store: Store,
    sealer: Sealer,
}

/// A version that was read.
pub(crate) struct Read {
    pub(crate) secret: SecretRecord,
    pub(crate) version: String,
    pub(crate) created_at: i64,
    pub(crate) labels: Vec<String>,
    pub(crate) value: Value,
}

impl Secrets {
    /// The secrets in `store`, sealed by `sealer`.
    pub fn new(store: Store, sealer: Sealer) -> Self {
        Self { store, sealer }
    }

    /// The current text of the secret that `id` points at: a name, an ARN of any region and account, or an ARN without its random end.
    ///
    /// # Errors
    /// No such secret, no value yet, a value that is not text, a secret marked for deletion.
    pub async fn read_string(&self, id: &str) -> Result<SecretString, SecretsError> {
        let read = self.read(id, None, None).await?;
        read.value.to_secret_string().ok_or_else(|| {
            SecretsError::request(format!("secret `{}` holds bytes where text is needed", read.secret.name))
        })
    }

    /// Makes `text` the current value of the secret that `id` points at; durable when this returns. For tokens that the other side
    /// exchanged: the new one must be here before it is used.
    ///
    /// # Errors
    /// No such secret, a secret marked for deletion, a text over 65,536 bytes.
    pub async fn write_back(&self, id: &str, text: &SecretString) -> Result<(), SecretsError> {
        let mut tx = self.store.write_secrets().await?;
        self.make_current(&mut tx, id, text).await?;
        Ok(tx.commit().await?)
    }

    /// Makes `text` the current value within a transaction.
    pub(crate) async fn make_current(
        &self,
        tx: &mut SecretsWrite,
        id: &str,
        text: &SecretString,
    ) -> Result<(), SecretsError> {
        let value = Value::of(Some(text.expose_secret().into()), None)?.expect("text was given");
        let mut secret = arn::get_usable(tx, id).await?;
        self.add_version(tx, &secret, &Uuid::new_v4().to_string(), &value, &[stages::CURRENT.to_owned()]).await?;
        secret.changed_at = now_ms();
        Ok(tx.put(&secret).await?)
    }

    /// The name of the secret in use that `id` points at.
    pub(crate) async fn name_of(&self, id: &str) -> Result<String, SecretsError> {
        let mut view = self.store.read_secrets().await?;
        Ok(arn::get_usable(&mut view, id).await?.name)
    }

    /// Removes for good what was marked for deletion and whose window has ended at `now` (milliseconds since 1970). Returns how many
    /// secrets that were. The owner calls this at start and every hour.
    pub async fn purge_due(&self, now: i64) -> Result<u64, SecretsError> {
        let mut tx = self.store.write_secrets().await?;
        let mut n_purged = 0;
        for secret in tx.all().await? {
            if secret.purge_at.is_some_and(|due| due <= now) {
                tx.remove(&secret.name).await?;
                n_purged += 1;
            }
        }
        tx.commit().await?;
        Ok(n_purged)
    }

    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    /// Reads a version: by id, by label, or the current one.
    pub(crate) async fn read(
        &self,
        id: &str,
        version: Option<&str>,
        label: Option<&str>,
    ) -> Result<Read, SecretsError> {
        let mut view = self.store.read_secrets().await?;
        let secret = arn::get_usable(&mut view, id).await?;
        let stages = view.stages(&secret.name).await?;
        let version = choose_version(&secret.name, &stages, version, label)?;
        let sealed = view.find_version(&secret.name, version).await?;
        let sealed = sealed.ok_or_else(|| no_version(&secret.name, version))?;
        drop(view);
        let value = self.open(&secret, &sealed)?;
        self.note_read(&secret, &sealed).await;
        let labels = stages::labels_of(&stages, version);
        Ok(Read { secret, version: sealed.id, created_at: sealed.created_at, labels, value })
    }

    /// Notes the day of a read. A value that can be read is handed out even if the note cannot be written.
    async fn note_read(&self, secret: &SecretRecord, version: &SealedVersion) {
        let now = now_ms();
        let today = now - now.rem_euclid(DAY_MS);
        if version.accessed_at == Some(today) && secret.accessed_at == Some(today) {
            return;
        }
        let noted: Result<(), SecretsError> = async {
            let mut tx = self.store.write_secrets().await?;
            tx.touch(&secret.name, &version.id, today).await?;
            Ok(tx.commit().await?)
        }
        .await;
        if let Err(error) = noted {
            tracing::warn!(secret.name = %secret.name, %error, "could not note that secret `{}` was read", secret.name);
        }
    }

    /// Adds a version and moves `labels` to it. A version of that id with the same value is left as it is.
    ///
    /// # Errors
    /// [`SecretsError::VersionExists`] if the version of that id has another value.
    pub(crate) async fn add_version(
        &self,
        tx: &mut SecretsWrite,
        secret: &SecretRecord,
        id: &str,
        value: &Value,
        labels: &[String],
    ) -> Result<Vec<String>, SecretsError> {
        let mut stages = tx.stages(&secret.name).await?;
        if let Some(existing) = tx.find_version(&secret.name, id).await? {
            if self.open(secret, &existing)? == *value {
                return Ok(stages::labels_of(&stages, id));
            }
            return Err(SecretsError::VersionExists { name: secret.name.clone(), version: id.to_owned() });
        }
        stages::attach(&mut stages, id, labels)?;
        let place = Place::SecretVersion { arn_suffix: &secret.arn_suffix, version: id, kind: value.kind.as_str() };
        let sealed = self.sealer.seal(&place, &value.bytes);
        let version =
            SealedVersion { id: id.to_owned(), kind: value.kind, sealed, created_at: now_ms(), accessed_at: None };
        tx.add_version(&secret.name, &version).await?;
        tx.set_stages(&secret.name, &stages).await?;
        prune(tx, &secret.name, &stages).await?;
        Ok(stages::labels_of(&stages, id))
    }

    /// Whether a version of that id is there and has this value.
    pub(crate) async fn has_version(
        &self,
        tx: &mut SecretsWrite,
        secret: &SecretRecord,
        id: &str,
        value: &Value,
    ) -> Result<bool, SecretsError> {
        Ok(match tx.find_version(&secret.name, id).await? {
            Some(version) => self.open(secret, &version)? == *value,
            None => false,
        })
    }

    fn open(&self, secret: &SecretRecord, version: &SealedVersion) -> Result<Value, SecretsError> {
        let place =
            Place::SecretVersion { arn_suffix: &secret.arn_suffix, version: &version.id, kind: version.kind.as_str() };
        let failed = |source| SecretsError::Sealed { what: format!("secret `{}`", secret.name), source };
        let bytes = self.sealer.open(&place, &version.sealed).map_err(failed)?;
        debug_assert!(version.kind == SecretKind::Binary || std::str::from_utf8(&bytes).is_ok());
        Ok(Value { kind: version.kind, bytes })
    }
}

/// The version that a reader asks for.
fn choose_version<'a>(
    name: &str,
    stages: &'a Stages,
    version: Option<&'a str>,
    label: Option<&str>,
) -> Result<&'a str, SecretsError> {
    let Some(version) = version else {
        let label = label.unwrap_or(stages::CURRENT);
        return stages.get(label).map(String::as_str).ok_or_else(|| SecretsError::NotFound {
            what: format!("a version of secret `{name}` with label `{label}`"),
        });
    };
    match label {
        Some(label) if stages.get(label).is_none_or(|holder| holder != version) => {
            Err(SecretsError::request(format!("version `{version}` of secret `{name}` does not have label `{label}`")))
        }
        _ => Ok(version),
    }
}

pub(crate) fn no_version(name: &str, version: &str) -> SecretsError {
    SecretsError::NotFound { what: format!("version `{version}` of secret `{name}`") }
}

/// Removes the oldest versions without a label until there are no more than allowed.
async fn prune(tx: &mut SecretsWrite, name: &str, stages: &Stages) -> Result<(), SecretsError> {
    let versions = tx.versions(name).await?;
    let n_over = versions.len().saturating_sub(VERSIONS_MAX);
    let is_free = |id: &str| stages.values().all(|holder| holder != id);
    for version in versions.iter().filter(|version| is_free(&version.id)).take(n_over) {
        tx.remove_version(name, &version.id).await?;
    }
    Ok(())
}
