//! A store in a folder of its own, and a clock that the test moves.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use sangam_identity::{Clock, Identity, Origin, People, Role};
use sangam_store::Store;
use secrecy::SecretString;
use tempfile::TempDir;

/// The password of everybody in these tests.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// People of an installation, with time in the test's hands.
pub(crate) struct World {
    pub(crate) people: People,
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    now: Arc<AtomicI64>,
    folder: TempDir,
}

impl World {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("sangam.db")).await.unwrap();
        let now = Arc::new(AtomicI64::new(sangam_store::now_ms()));
        let clock = Clock::new({
            let now = Arc::clone(&now);
            move || now.load(Ordering::SeqCst)
        });
        Self { people: People::new(&store, &clock), store, clock, now, folder }
    }

    /// Lets time pass.
    pub(crate) fn pass(&self, duration: Duration) {
        self.now.fetch_add(duration.as_millis() as i64, Ordering::SeqCst);
    }

    /// The same installation after a restart.
    pub(crate) async fn restarted(mut self) -> Self {
        self.store.close().await;
        self.store = Store::open(&self.folder.path().join("sangam.db")).await.unwrap();
        self.people = People::new(&self.store, &self.clock);
        self
    }

    /// Makes an account with [`PASSWORD`].
    pub(crate) async fn account(&self, name: &str, role: Role) {
        let user_id = Some(format!("{name}@example.com"));
        self.people.accounts.create(name, password(), role, user_id).await.unwrap();
    }

    /// Whom `name` and [`PASSWORD`] are.
    pub(crate) async fn verified(&self, name: &str) -> Option<Identity> {
        self.people.accounts.verify(name, password()).await.unwrap()
    }
}

pub(crate) fn password() -> SecretString {
    PASSWORD.into()
}

/// A browser at the `n`th address.
pub(crate) fn origin(n: u8) -> Origin {
    Origin { address: [192, 0, 2, n].into(), agent: "Mozilla/5.0\n(X11)".into() }
}
