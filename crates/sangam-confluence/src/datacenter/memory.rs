//! What is remembered for a day, so that not every run asks again.

use std::collections::HashMap;

use jiff::Timestamp;
use sangam_sync::{KnownDocuments, SourceError};
use serde::de::DeserializeOwned;

/// How long an answer holds.
const HOLDS_MS: i64 = 24 * 60 * 60 * 1000;

/// What earlier runs noted under keys that begin with `prefix`, without it; older answers and those of another form are left out.
pub(super) async fn recall<T: DeserializeOwned>(
    known: &dyn KnownDocuments,
    prefix: &str,
) -> Result<HashMap<String, T>, SourceError> {
    let now = Timestamp::now().as_millisecond();
    let memories = known.memories(prefix).await?;
    let fresh = memories.into_iter().filter(|(_, memory)| (0..HOLDS_MS).contains(&(now - memory.stored_at)));
    let parsed = fresh.filter_map(|(key, memory)| {
        let key = key.strip_prefix(prefix)?.to_owned();
        Some((key, serde_json::from_value(memory.value).ok()?))
    });
    Ok(parsed.collect())
}
