//! Named places where a test may kill the process, so that each is shown to lose nothing and show nothing twice.
//!
//! A place is passed by calling [`hit`]; it does nothing until [`arm`] named it, which only the binary's test setting does.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// A place between two writes that must both survive or both be repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FailPoint {
    /// A document was accepted and the caller has not heard of it.
    AfterAccept,
    /// The engine is about to commit a batch's text.
    BeforeTextCommit,
    /// The engine has committed a batch's text, the store not yet.
    AfterTextCommit,
    /// The store has committed the batch, readers have not seen it.
    AfterCatalogueCommit,
    /// The engine is about to replace the list of its vector files.
    BeforeManifestRename,
    /// The engine has replaced the list of its vector files.
    AfterManifestRename,
    /// The engine has committed vectors, the queue still names them.
    AfterVectorsCommit,
    /// The engine has forgotten retired ordinals, the store still lists them.
    AfterForget,
    /// A source's access facts are stored, its checkpoint is not.
    AfterFacts,
    /// The listing has ended, nothing has been removed.
    BeforeRemovals,
    /// Documents that the listing lacked are hidden, the job has not ended.
    AfterRemovals,
    /// Access was read to its end and that is stored; readers have not seen what it shows again.
    AfterSightRegained,
    /// A data source that lost its sight is hidden in the store; readers have not seen that.
    AfterSourceHidden,
}

impl FailPoint {
    /// All places.
    pub const ALL: [Self; 13] = [
        Self::AfterAccept,
        Self::BeforeTextCommit,
        Self::AfterTextCommit,
        Self::AfterCatalogueCommit,
        Self::BeforeManifestRename,
        Self::AfterManifestRename,
        Self::AfterVectorsCommit,
        Self::AfterForget,
        Self::AfterFacts,
        Self::BeforeRemovals,
        Self::AfterRemovals,
        Self::AfterSightRegained,
        Self::AfterSourceHidden,
    ];

    /// The place's name in the test setting.
    pub fn name(self) -> &'static str {
        match self {
            Self::AfterAccept => "after-accept",
            Self::BeforeTextCommit => "before-text-commit",
            Self::AfterTextCommit => "after-text-commit",
            Self::AfterCatalogueCommit => "after-catalogue-commit",
            Self::BeforeManifestRename => "before-manifest-rename",
            Self::AfterManifestRename => "after-manifest-rename",
            Self::AfterVectorsCommit => "after-vectors-commit",
            Self::AfterForget => "after-forget",
            Self::AfterFacts => "after-facts",
            Self::BeforeRemovals => "before-removals",
            Self::AfterRemovals => "after-removals",
            Self::AfterSightRegained => "after-sight-regained",
            Self::AfterSourceHidden => "after-source-hidden",
        }
    }
}

struct Armed {
    point: FailPoint,
    passes_left: AtomicU64,
}

static ARMED: OnceLock<Armed> = OnceLock::new();

/// Makes the process abort when it passes a place for the n-th time; `spec` is `<name>` or `<name>:<n>`.
///
/// # Errors
/// What is wrong with `spec`, or that another place is armed already.
pub fn arm(spec: &str) -> Result<(), String> {
    let (name, n) = spec.split_once(':').unwrap_or((spec, "1"));
    let names = || FailPoint::ALL.map(FailPoint::name).join(", ");
    let point = FailPoint::ALL.into_iter().find(|point| point.name() == name);
    let point = point.ok_or_else(|| format!("`{name}` is none of {}", names()))?;
    let n: u64 = n.parse().ok().filter(|n| *n > 0).ok_or_else(|| format!("`{n}` is no positive number"))?;
    ARMED.set(Armed { point, passes_left: AtomicU64::new(n) }).map_err(|_| "a place is armed already".to_owned())
}

/// Passes `point`; aborts the process, as a power cut would, if it is armed and its turn has come.
pub fn hit(point: FailPoint) {
    let Some(armed) = ARMED.get() else { return };
    if armed.point == point && armed.passes_left.fetch_sub(1, Ordering::SeqCst) == 1 {
        std::process::abort();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_that_does_not_exist_is_refused_with_those_that_do() {
        let refused = arm("nowhere").unwrap_err();
        assert!(refused.contains("`nowhere`") && refused.contains("after-text-commit"), "{refused}");
        assert!(arm("after-accept:0").is_err());
    }

    #[test]
    fn passing_an_unarmed_place_does_nothing() {
        FailPoint::ALL.into_iter().for_each(hit);
    }
}
