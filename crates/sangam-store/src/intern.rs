//! Layers by name and accesses by their layers: the same one has the same id for as long as anything has it.

use std::collections::HashMap;

use sangam_access::{AccessId, LayerId, LayerRecord};
use sha2::{Digest, Sha256};
use sqlx::{QueryBuilder, Row, SqliteConnection};

use crate::StoreError;
use crate::tree::{BINDINGS_MAX, push_list};

/// Layers written by one statement; four values each.
const LAYERS_PER_STATEMENT: usize = 1_000;

/// A layer as it is now.
pub(crate) struct PutLayer {
    /// The same for the same name.
    pub(crate) id: LayerId,
    /// True if it is new or another one than before.
    pub(crate) is_changed: bool,
}

/// Layers on their way to the table.
#[derive(Default)]
struct Writing<'a> {
    /// Ids and documents by name, what is being written included.
    known: HashMap<&'a str, (LayerId, String)>,
    /// Names that have no id yet, each with its first document.
    new: Vec<(&'a str, String)>,
    changed: Vec<(&'a str, String)>,
}

/// Writes `layers`, each under its name, one after the other; returns what became of each.
pub(crate) async fn put_layers(
    connection: &mut SqliteConnection,
    index_id: &str,
    layers: &[(String, &LayerRecord)],
) -> Result<Vec<PutLayer>, StoreError> {
    let names: Vec<&str> = layers.iter().map(|(name, _)| name.as_str()).collect();
    let mut writing = Writing { known: known_layers(connection, index_id, &names).await?, ..Writing::default() };
    let mut are_changed = Vec::with_capacity(layers.len());
    for (name, record) in layers {
        let document =
            serde_json::to_string(record).map_err(|source| StoreError::Corrupt { table: "layers", source })?;
        are_changed.push(writing.add(name, document));
    }
    insert_layers(connection, index_id, &mut writing).await?;
    for (name, document) in &writing.changed {
        sqlx::query("UPDATE layers SET document = $1 WHERE index_id = $2 AND name = $3")
            .bind(document)
            .bind(index_id)
            .bind(name)
            .execute(&mut *connection)
            .await?;
    }
    let put = names.iter().zip(are_changed);
    Ok(put.map(|(name, is_changed)| PutLayer { id: writing.known[name].0, is_changed }).collect())
}

impl<'a> Writing<'a> {
    /// Notes what is to be written of a layer; returns whether it is new or another one than before.
    fn add(&mut self, name: &'a str, document: String) -> bool {
        match self.known.get_mut(name) {
            Some((_, before)) if *before == document => false,
            Some((_, before)) => {
                before.clone_from(&document);
                self.changed.push((name, document));
                true
            }
            None => {
                // The id is found when all that are new are known.
                self.known.insert(name, (LayerId(u32::MAX), document.clone()));
                self.new.push((name, document));
                true
            }
        }
    }
}

async fn known_layers<'a>(
    connection: &mut SqliteConnection,
    index_id: &str,
    names: &[&'a str],
) -> Result<HashMap<&'a str, (LayerId, String)>, StoreError> {
    let own: HashMap<&str, &'a str> = names.iter().map(|name| (*name, *name)).collect();
    let mut known = HashMap::with_capacity(names.len());
    for chunk in names.chunks(BINDINGS_MAX) {
        let mut query = QueryBuilder::new("SELECT id, name, document FROM layers WHERE index_id = ");
        query.push_bind(index_id).push(" AND name IN (");
        push_list(&mut query, chunk);
        query.push(")");
        for row in query.build().persistent(false).fetch_all(&mut *connection).await? {
            if let Some(name) = own.get(row.get::<&str, _>("name")) {
                known.insert(*name, (LayerId(row.get("id")), row.get("document")));
            }
        }
    }
    Ok(known)
}

/// Gives the new layers ids that no layer of the index ever had, and writes them.
async fn insert_layers(
    connection: &mut SqliteConnection,
    index_id: &str,
    writing: &mut Writing<'_>,
) -> Result<(), StoreError> {
    if writing.new.is_empty() {
        return Ok(());
    }
    let n_new = writing.new.len() as i64;
    let first: i64 =
        sqlx::query_scalar("UPDATE indices SET next_layer = next_layer + $1 WHERE id = $2 RETURNING next_layer - $1")
            .bind(n_new)
            .bind(index_id)
            .fetch_optional(&mut *connection)
            .await?
            .ok_or_else(|| StoreError::not_found("index", index_id))?;
    let numbered: Vec<(i64, &(&str, String))> = (first..).zip(&writing.new).collect();
    for chunk in numbered.chunks(LAYERS_PER_STATEMENT) {
        let mut query = QueryBuilder::new("INSERT INTO layers (index_id, id, name, document) ");
        query.push_values(chunk, |mut row, (id, (name, document))| {
            row.push_bind(index_id).push_bind(*id).push_bind(*name).push_bind(document);
        });
        query.build().persistent(false).execute(&mut *connection).await?;
    }
    for (id, (name, _)) in numbered {
        if let Some((known, _)) = writing.known.get_mut(name) {
            *known = LayerId(id as u32);
        }
    }
    Ok(())
}

/// The access of a document whose lists came with it: one layer each, interned by content.
pub(crate) async fn intern_lists(
    connection: &mut SqliteConnection,
    index_id: &str,
    lists: &[LayerRecord],
) -> Result<AccessId, StoreError> {
    let mut layers = Vec::with_capacity(lists.len());
    for record in lists {
        let document = serde_json::to_vec(record).map_err(|source| StoreError::Corrupt { table: "layers", source })?;
        layers.push((format!("list/{}", hex(&Sha256::digest(&document))), record));
    }
    let layers: Vec<LayerId> =
        put_layers(connection, index_id, &layers).await?.into_iter().map(|layer| layer.id).collect();
    intern_access(connection, index_id, &layers).await
}

/// The id of the access that consists of `layers`, in order.
pub(crate) async fn intern_access(
    connection: &mut SqliteConnection,
    index_id: &str,
    layers: &[LayerId],
) -> Result<AccessId, StoreError> {
    if layers.is_empty() {
        return Ok(AccessId::PUBLIC);
    }
    let text = layers.iter().map(|layer| layer.0.to_string()).collect::<Vec<_>>().join(" ");
    let known: Option<i64> = sqlx::query_scalar("SELECT id FROM accesses WHERE index_id = $1 AND layers = $2")
        .bind(index_id)
        .bind(&text)
        .fetch_optional(&mut *connection)
        .await?;
    if let Some(id) = known {
        return Ok(AccessId(id as u32));
    }
    let id: i64 =
        sqlx::query_scalar("UPDATE indices SET next_access = next_access + 1 WHERE id = $1 RETURNING next_access - 1")
            .bind(index_id)
            .fetch_optional(&mut *connection)
            .await?
            .ok_or_else(|| StoreError::not_found("index", index_id))?;
    sqlx::query("INSERT INTO accesses (index_id, id, layers) VALUES ($1, $2, $3)")
        .bind(index_id)
        .bind(id)
        .bind(text)
        .execute(connection)
        .await?;
    Ok(AccessId(id as u32))
}

pub(crate) fn parse_layers(text: &str) -> Vec<LayerId> {
    // A part that is no number becomes an id that no layer has, so that the access stays hidden.
    text.split(' ').map(|part| LayerId(part.parse().unwrap_or(u32::MAX))).collect()
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing to a string cannot fail");
        text
    })
}

#[cfg(test)]
mod tests {
    use sangam_access::{Layer, LayerOrigin, Principal};
    use serde_json::json;

    use super::*;
    use crate::{NewIndex, fixture};

    fn list(name: &str) -> LayerRecord {
        let layer = Layer::only([Principal::User { name: name.into() }]);
        LayerRecord::known(layer, LayerOrigin::AccessControlList { level: 0 })
    }

    #[tokio::test]
    async fn a_name_keeps_its_id_and_the_last_of_several_counts() {
        let (_folder, store) = fixture::store().await;
        let index = NewIndex { id: "i", name: "n", document: &json!({}), tags: &[], limit: None };
        store.create_index(&index, None).await.unwrap();
        let (ada, ben, cho) = (list("ada"), list("ben"), list("cho"));
        let put = async |layers: &[(&str, &LayerRecord)]| {
            let layers: Vec<(String, &LayerRecord)> =
                layers.iter().map(|(name, record)| ((*name).to_owned(), *record)).collect();
            let mut transaction = store.write().await.unwrap();
            let put = put_layers(&mut transaction, "i", &layers).await.unwrap();
            transaction.commit().await.unwrap();
            put.into_iter().map(|layer| (layer.id, layer.is_changed)).collect::<Vec<_>>()
        };
        let first = put(&[("a", &ada), ("b", &ben), ("a", &cho), ("a", &cho)]).await;
        let (a, b) = (first[0].0, first[1].0);
        assert_ne!(a, b);
        assert_eq!(first, [(a, true), (b, true), (a, true), (a, false)]);
        assert_eq!(put(&[("b", &ben), ("c", &ada), ("a", &ada)]).await[..1], [(b, false)]);
        let table = store.access_table("i").await.unwrap();
        assert_eq!((table.layer(a), table.layer(b)), (Some(&ada), Some(&ben)));
    }
}
