//! Bodies of pages and blog posts by ids, in bulk; fewer at a time where the site cannot give so many.

use std::collections::HashMap;

use crate::{
    client::{ANSWER_BYTES_MAX, BODIES_BYTES_MAX, Client},
    config::Entity,
    error::ClientError,
    walk::body::FetchedBody,
    wire::Content,
};

/// Ids of one call at first: with bodies the site allows so many.
pub(super) const BODIES_PER_CALL: usize = 100;

/// Single pages that may fail one after the other before the site counts as unavailable. A poisoned page fails alone; a dead site fails all.
const FAILURES_IN_A_ROW_MAX: usize = 5;

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
                let lacking: Vec<String> =
                    rows.iter().filter(|row| lacks_text(row)).map(|row| row.id.clone()).collect();
                bodies.extend(rows.into_iter().map(|row| (row.id, FetchedBody::Storage(row.body.into_storage()))));
                bodies.extend(fetch_adf(client, entity, &lacking).await?);
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

/// True for a body that may be there in the other format: storage format is missing, which an empty page's is not, or it is of a live doc,
/// whose text may not have got there yet.
fn lacks_text(row: &Content) -> bool {
    let is_live = row.subtype.as_deref() == Some("live");
    row.body.lacks_storage() || (is_live && row.body.clone().into_storage().trim().is_empty())
}

/// Bodies in Atlassian's document format, as far as they are there; the others stay as they are.
async fn fetch_adf(client: &Client, entity: Entity, ids: &[String]) -> Result<Vec<(String, FetchedBody)>, ClientError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = match fetch_format(client, entity, ids, "atlas_doc_format").await {
        Ok(rows) => rows,
        Err(error) if error.ends_the_sync() => return Err(error),
        Err(error) => return Ok(ids.iter().map(|id| (id.clone(), FetchedBody::Failed(error.clone()))).collect()),
    };
    let adf = rows.into_iter().map(|row| (row.id, row.body.into_adf()));
    Ok(adf.filter(|(_, document)| !document.is_empty()).map(|(id, adf)| (id, FetchedBody::Adf(adf))).collect())
}

async fn fetch_chunk(client: &Client, entity: Entity, ids: &[String]) -> Result<Vec<Content>, ClientError> {
    fetch_format(client, entity, ids, "storage").await
}

async fn fetch_format(
    client: &Client,
    entity: Entity,
    ids: &[String],
    format: &str,
) -> Result<Vec<Content>, ClientError> {
    let ids_joined = ids.join(",");
    let query = [("id", ids_joined.as_str()), ("body-format", format), ("limit", "250")];
    let path = if entity == Entity::Blog { "api/v2/blogposts" } else { "api/v2/pages" };
    let limit_bytes = if ids.len() == 1 { ANSWER_BYTES_MAX } else { BODIES_BYTES_MAX };
    client.list(path, &query).bounded(limit_bytes).all().await
}
