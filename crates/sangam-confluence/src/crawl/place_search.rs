//! Places by search: the one way to those at the top of a space that no page ever led to.
//!
//! The search index may lag or lack them, so that what it finds is only a hint: each is looked up by its id, which says where it is and
//! whether it still is there, and then remembered.

use serde::Deserialize;

use crate::{
    client::{Client, Row},
    error::ClientError,
    wire::{Space, text},
};

/// Results of a page of search; without expansions the server gives up to 1000.
const SEARCH_ROWS: &str = "250";

/// The types that are asked for, and again only the one that clients of the interface are known to search for where a site does not know
/// the others: it refuses a query with a type that it does not know.
const TYPES: [&str; 2] = ["folder,whiteboard,database,embed", "folder"];

/// A result, as far as it is looked at.
#[derive(Debug, Deserialize)]
struct FoundPlace {
    #[serde(deserialize_with = "text")]
    id: String,
    #[serde(default, rename = "type", deserialize_with = "text")]
    kind: String,
}

impl Row for FoundPlace {
    fn key(&self) -> String {
        self.id.clone()
    }
}

/// Document ids of the places that search knows of in a space; none where it cannot be asked, which leaves those that nothing leads to
/// unfound.
///
/// # Errors
/// What ends the sync.
pub(super) async fn searched_places(client: &Client, space: &Space) -> Result<Vec<String>, ClientError> {
    let key = space.key.replace('\\', "\\\\").replace('"', "\\\"");
    for types in TYPES {
        let cql = format!("space=\"{key}\" and type in ({types})");
        let mut query = vec![("cql", cql.as_str()), ("limit", SEARCH_ROWS)];
        if space.status == "archived" {
            query.push(("includeArchivedSpaces", "true"));
        }
        match client.list("rest/api/content/search", &query).all::<FoundPlace>().await {
            Ok(found) => return Ok(found.into_iter().filter_map(|place| document_id(&place)).collect()),
            Err(ClientError::Rejected { .. }) => {}
            Err(error) if error.ends_the_sync() => return Err(error),
            Err(error) => {
                tracing::warn!("confluence: places could not be searched for: {error}");
                break;
            }
        }
    }
    Ok(Vec::new())
}

fn document_id(place: &FoundPlace) -> Option<String> {
    Some(format!("{}/{}", super::places::place_kind(&place.kind)?.as_str(), place.id))
}
