//! Bodies by ids, in bulk; fewer at a time where the server cannot give so many.
//!
//! Older servers pass over the list of ids and answer with anything, which is noticed; then the search index is asked, which may not know
//! what is new, and then each by itself.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use super::wire::ContentRow;
use crate::{
    client::{BODIES_BYTES_MAX, Client},
    error::ClientError,
    walk::body::FetchedBody,
};

/// Ids of one call: servers give no more rows with bodies.
const BODIES_PER_CALL: usize = 50;

/// What a listing is asked for, to have bodies inline.
const EXPAND: &str = "body.storage";

/// Single items that may fail one after the other before the site counts as unavailable. A poisoned page fails alone; a dead site fails
/// all.
const FAILURES_IN_A_ROW_MAX: usize = 5;

/// Whether the server understands a list of ids; taken for granted until seen otherwise.
#[derive(Debug, Clone, Default)]
pub(super) struct ListsOfIds {
    are_ignored: Arc<AtomicBool>,
}

/// The bodies of `ids`, by id. What is no longer there is left out.
pub(super) async fn fetch(
    client: &Client,
    lists: &ListsOfIds,
    ids: &[String],
) -> Result<HashMap<String, FetchedBody>, ClientError> {
    let mut bodies = HashMap::new();
    let mut open: Vec<&[String]> = ids.chunks(BODIES_PER_CALL).rev().collect();
    let mut failures_in_a_row = 0;
    while let Some(chunk) = open.pop() {
        match fetch_chunk(client, lists, chunk).await {
            Ok(rows) => {
                failures_in_a_row = 0;
                bodies.extend(rows.into_iter().map(|row| (row.id, FetchedBody::Storage(row.body.into_storage()))));
            }
            Err(error) if error.ends_the_sync() => return Err(error),
            Err(_) if chunk.len() > 1 => {
                let (first, second) = chunk.split_at(chunk.len() / 2);
                open.extend([second, first]);
            }
            Err(error) => {
                failures_in_a_row += 1;
                if failures_in_a_row > FAILURES_IN_A_ROW_MAX {
                    return Err(error);
                }
                bodies.extend(chunk.iter().map(|id| (id.clone(), FetchedBody::Failed(error.clone()))));
            }
        }
    }
    Ok(bodies)
}

async fn fetch_chunk(client: &Client, lists: &ListsOfIds, ids: &[String]) -> Result<Vec<ContentRow>, ClientError> {
    let mut found = Vec::new();
    if let [id] = ids {
        found.extend(single(client, id).await?);
        return Ok(found);
    }
    if !lists.are_ignored.load(Ordering::Relaxed) {
        found = by_ids(client, lists, ids, EXPAND, "current").await?;
    }
    let missing = missing(ids, &found);
    if missing.len() > 1 {
        let cql = format!("id in ({})", missing.join(","));
        let query: Vec<_> = super::listing::query(&cql, EXPAND).into_iter().chain([("limit", "50")]).collect();
        match client.list("rest/api/content/search", &query).bounded(BODIES_BYTES_MAX).all::<ContentRow>().await {
            Ok(rows) => found.extend(rows.into_iter().filter(|row| missing.contains(&row.id))),
            Err(ClientError::Rejected { .. } | ClientError::NotFound { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    let missing = self::missing(ids, &found);
    for id in missing {
        found.extend(single(client, &id).await?);
    }
    Ok(found)
}

fn missing(ids: &[String], found: &[ContentRow]) -> Vec<String> {
    ids.iter().filter(|id| found.iter().all(|row| row.id != **id)).cloned().collect()
}

/// Rows by a list of ids, of those that the server has. A server that answers with others does not know what was asked.
pub(super) async fn by_ids(
    client: &Client,
    lists: &ListsOfIds,
    ids: &[String],
    expand: &str,
    status: &str,
) -> Result<Vec<ContentRow>, ClientError> {
    let listed = ids.iter().map(|id| ("ids", id.as_str()));
    let query: Vec<_> = listed.chain([("expand", expand), ("status", status), ("limit", "50")]).collect();
    let mut listing = client.list("rest/api/content", &query).bounded(BODIES_BYTES_MAX);
    let mut found = Vec::new();
    while let Some(page) = listing.page::<ContentRow>().await.or_else(none_if_rejected)? {
        if page.rows.iter().any(|row| !ids.iter().any(|id| is_same(id, &row.id))) {
            lists.are_ignored.store(true, Ordering::Relaxed);
            return Ok(Vec::new());
        }
        found.extend(page.rows);
    }
    Ok(found)
}

fn none_if_rejected<T>(error: ClientError) -> Result<Option<T>, ClientError> {
    match error {
        ClientError::Rejected { .. } | ClientError::NotFound { .. } => Ok(None),
        error => Err(error),
    }
}

/// True if both are the same id; attachments carry a prefix on newer servers.
pub(super) fn is_same(left: &str, right: &str) -> bool {
    left.strip_prefix("att").unwrap_or(left) == right.strip_prefix("att").unwrap_or(right)
}

async fn single(client: &Client, id: &str) -> Result<Option<ContentRow>, ClientError> {
    let query = [("expand", EXPAND)];
    match client.get(&format!("rest/api/content/{id}"), &query).await {
        Ok(row) => Ok(Some(row)),
        Err(ClientError::NotFound { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}
