//! Bodies of pages and blog posts by ids, in bulk; fewer at a time where the site cannot give so many.

use std::collections::HashMap;

use crate::{
    client::{ANSWER_BYTES_MAX, BODIES_BYTES_MAX, Client},
    config::Entity,
    error::ClientError,
    wire::Content,
};

/// Ids of one call at first: with bodies the site allows so many.
pub(super) const BODIES_PER_CALL: usize = 100;

/// Single pages that may fail one after the other before the site counts as unavailable. A poisoned page fails alone; a dead site fails all.
const FAILURES_IN_A_ROW_MAX: usize = 5;

/// A page's body, or why there is none.
#[derive(Debug)]
pub(crate) enum FetchedBody {
    /// In storage format.
    Storage(String),
    /// It could not be had.
    Failed(ClientError),
}

/// The bodies of `ids`, by id. A page that is no longer there is left out.
pub(super) async fn fetch(
    client: &Client,
    entity: Entity,
    ids: &[String],
) -> Result<HashMap<String, FetchedBody>, ClientError> {
    let mut bodies = HashMap::new();
    let mut open: Vec<&[String]> = ids.chunks(BODIES_PER_CALL).rev().collect();
    let mut failures_in_a_row = 0;
    while let Some(chunk) = open.pop() {
        match fetch_chunk(client, entity, chunk).await {
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

async fn fetch_chunk(client: &Client, entity: Entity, ids: &[String]) -> Result<Vec<Content>, ClientError> {
    let ids_joined = ids.join(",");
    let query = [("id", ids_joined.as_str()), ("body-format", "storage"), ("limit", "250")];
    let path = if entity == Entity::Blog { "api/v2/blogposts" } else { "api/v2/pages" };
    let limit_bytes = if ids.len() == 1 { ANSWER_BYTES_MAX } else { BODIES_BYTES_MAX };
    client.list(path, &query).bounded(limit_bytes).all().await
}
