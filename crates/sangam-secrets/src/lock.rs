//! The lock on a secret's value, which holds across tasks and processes: a row with a time in the store.
//!
//! For tokens that rotate: two who refresh at once would each kill the other's pair. The holder prolongs its lease while it works; a
//! process that dies leaves a row that ends by itself. A write checks the lease in its own transaction, so that who lost it writes nothing.

use std::time::Duration;

use sangam_store::{Store, now_ms};
use secrecy::SecretString;
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use crate::error::SecretsError;
use crate::secrets::Secrets;

/// How long a lease is. Others wait that long for a holder that died; one that is alive prolongs it three times as often.
const LEASE: Duration = Duration::from_secs(30);
/// How often the holder prolongs it.
const PROLONG_EVERY: Duration = Duration::from_secs(10);
/// How long others wait: for one that died, and for one that lives and tries its refresh several times.
const WAIT_MAX: Duration = Duration::from_mins(3);
/// Pause between two tries, at least; up to twice that, by chance, so that waiters do not march in step.
const PAUSE: Duration = Duration::from_millis(40);

/// A secret that nobody else replaces under a lock while this is held. Dropping it gives the lock back.
#[derive(Debug)]
pub struct SecretGuard {
    secrets: Secrets,
    name: String,
    holder: String,
    /// Ends the task that prolongs the lease, which gives it back.
    _ends: oneshot::Sender<()>,
}

impl Secrets {
    /// Waits for the lock on the secret that `id` points at.
    ///
    /// # Errors
    /// No such secret; [`SecretsError::Locked`] if somebody else holds it for minutes.
    pub async fn lock(&self, id: &str) -> Result<SecretGuard, SecretsError> {
        let name = self.name_of(id).await?;
        let holder = Uuid::new_v4().to_string();
        let began_at = Instant::now();
        while !lease(self.store(), &name, &holder).await? {
            if began_at.elapsed() > WAIT_MAX {
                return Err(SecretsError::Locked { name });
            }
            sleep(PAUSE.mul_f64(1.0 + rand::random::<f64>())).await;
        }
        let (ends, ended) = oneshot::channel();
        let (store, held) = (self.store().clone(), (name.clone(), holder.clone()));
        tokio::spawn(prolong(store, held.0, held.1, ended));
        Ok(SecretGuard { secrets: self.clone(), name, holder, _ends: ends })
    }
}

async fn lease(store: &Store, name: &str, holder: &str) -> Result<bool, SecretsError> {
    let now = now_ms();
    Ok(store.lease_secret(name, holder, now, now + LEASE.as_millis() as i64).await?)
}

/// Belongs to a guard: prolongs its lease until the guard is gone, and then gives it back.
async fn prolong(store: Store, name: String, holder: String, mut ended: oneshot::Receiver<()>) {
    loop {
        tokio::select! {
            _ = &mut ended => break,
            () = sleep(PROLONG_EVERY) => {}
        }
        match lease(&store, &name, &holder).await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => tracing::warn!(secret.name = %name, %error, "the lock on secret `{name}` was not prolonged"),
        }
    }
    if let Err(error) = store.release_secret(&name, &holder).await {
        tracing::warn!(secret.name = %name, %error, "the lock on secret `{name}` was not given back and ends by itself");
    }
}

impl SecretGuard {
    /// The current text.
    ///
    /// # Errors
    /// As [`Secrets::read_string`].
    pub async fn read(&self) -> Result<SecretString, SecretsError> {
        self.secrets.read_string(&self.name).await
    }

    /// Makes `text` the current value; durable when this returns.
    ///
    /// # Errors
    /// As [`Secrets::write_back`]; [`SecretsError::LockLost`] if the lease ended meanwhile, and then nothing is written.
    pub async fn write(&mut self, text: &SecretString) -> Result<(), SecretsError> {
        let mut tx = self.secrets.store().write_secrets().await?;
        if !tx.is_leased_by(&self.name, &self.holder, now_ms()).await? {
            return Err(SecretsError::LockLost { name: self.name.clone() });
        }
        self.secrets.make_current(&mut tx, &self.name, text).await?;
        Ok(tx.commit().await?)
    }
}
