//! One site, several hands: the server reads it while a test changes it.

use std::sync::Arc;

use parking_lot::{RwLock, RwLockReadGuard, RwLockWriteGuard};

use crate::site::Site;

/// A handle on a site that is being served. Clones are the same site.
///
/// Do not hold a guard across an `.await`: the server waits for it.
#[derive(Debug, Clone)]
pub struct SimSite(Arc<RwLock<Site>>);

impl SimSite {
    /// Looks at the site.
    pub fn read(&self) -> RwLockReadGuard<'_, Site> {
        self.0.read()
    }

    /// Changes the site; the next call sees the change.
    pub fn write(&self) -> RwLockWriteGuard<'_, Site> {
        self.0.write()
    }
}

impl From<Site> for SimSite {
    fn from(site: Site) -> Self {
        Self(Arc::new(RwLock::new(site)))
    }
}
