//! Group mappings put and deleted through the API, by ordering id.
//!
//! The highest ordering id wins, in whatever order the calls arrive: so a deletion leaves a row behind, which an older put
//! that comes late does not overrule. The members of an overruled row are dropped, the row itself stays for the last ten.

use sangam_access::{GroupMapping, MappedMember, ScopedGroup};
use serde::{Deserialize, Serialize};
use sqlx::SqliteConnection;

use crate::{Store, StoreError, WriteTransaction, now_ms};

const TABLE: &str = "principal_mappings";
/// Rows kept for one group: as many as `DescribePrincipalMapping` shows.
const SUMMARIES_MAX: i64 = 10;

/// A group of one index, within a data source or (scope empty) outside all.
#[derive(Debug, Clone, Copy)]
pub struct GroupKey<'a> {
    /// The index.
    pub index_id: &'a str,
    /// A data source id, or empty.
    pub scope: &'a str,
    /// The group, as given.
    pub group_id: &'a str,
}

/// What became of one call about a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum MappingState {
    /// The members are in force, or were until a higher ordering id came.
    Succeeded,
    /// The group is deleted, or was until a higher ordering id came.
    Deleted,
    /// The members could not be read; what was in force stays.
    Failed,
}

impl MappingState {
    /// The word in the table, which is also the API's.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Succeeded => "SUCCEEDED",
            Self::Deleted => "DELETED",
            Self::Failed => "FAILED",
        }
    }
}

/// One call about a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappingSummary {
    /// The caller's ordering id.
    pub ordering_id: i64,
    /// What became of it.
    pub state: MappingState,
    /// Why it failed.
    pub failure: Option<String>,
    /// Milliseconds since 1970 UTC.
    pub received_at: i64,
    /// Milliseconds since 1970 UTC.
    pub updated_at: i64,
}

/// A group with the ordering id that is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupAge {
    /// The group.
    pub group_id: String,
    /// The ordering id.
    pub ordering_id: i64,
}

impl Store {
    /// Makes `members` the group's, unless a higher ordering id is known.
    pub async fn put_mapping(
        &self,
        group: &GroupKey<'_>,
        ordering_id: i64,
        members: &[MappedMember],
    ) -> Result<(), StoreError> {
        record(
            self,
            group,
            ordering_id,
            &Call { action: "put", state: MappingState::Succeeded, members, failure: None },
        )
        .await
    }

    /// Deletes the group, unless a higher ordering id is known.
    pub async fn delete_mapping(&self, group: &GroupKey<'_>, ordering_id: i64) -> Result<(), StoreError> {
        record(
            self,
            group,
            ordering_id,
            &Call { action: "delete", state: MappingState::Deleted, members: &[], failure: None },
        )
        .await
    }

    /// Notes a put whose members could not be read; what is in force stays so.
    pub async fn fail_mapping(&self, group: &GroupKey<'_>, ordering_id: i64, failure: &str) -> Result<(), StoreError> {
        let call = Call { action: "put", state: MappingState::Failed, members: &[], failure: Some(failure) };
        record(self, group, ordering_id, &call).await
    }

    /// The last calls about a group, at most ten, highest ordering id first; empty for a group nobody spoke of.
    pub async fn mapping_summaries(&self, group: &GroupKey<'_>) -> Result<Vec<MappingSummary>, StoreError> {
        let rows: Vec<(i64, String, Option<String>, i64, i64)> = sqlx::query_as(
            "SELECT ordering_id, status, failure, received_at, updated_at FROM principal_mappings \
             WHERE index_id = $1 AND scope = $2 AND group_id = $3 ORDER BY ordering_id DESC LIMIT $4",
        )
        .bind(group.index_id)
        .bind(group.scope)
        .bind(group.group_id)
        .bind(SUMMARIES_MAX)
        .fetch_all(self.read())
        .await?;
        let summary = |(ordering_id, status, failure, received_at, updated_at)| {
            let state = serde_json::from_value(serde_json::Value::String(status))
                .map_err(|source| StoreError::Corrupt { table: TABLE, source })?;
            Ok(MappingSummary { ordering_id, state, failure, received_at, updated_at })
        };
        rows.into_iter().map(summary).collect()
    }

    /// Up to `limit` groups of a scope that are in force with an ordering id below `ordering_id`, by name, from after `after` on.
    pub async fn groups_older_than(
        &self,
        index_id: &str,
        scope: &str,
        ordering_id: i64,
        after: &str,
        limit: u32,
    ) -> Result<Vec<GroupAge>, StoreError> {
        let rows: Vec<(String, i64)> = sqlx::query_as(
            "SELECT group_id, ordering_id FROM principal_mappings m \
             WHERE index_id = $1 AND scope = $2 AND group_id > $4 AND action = 'put' AND ordering_id < $3 AND ordering_id = \
             (SELECT MAX(n.ordering_id) FROM principal_mappings n WHERE n.index_id = m.index_id AND n.scope = m.scope \
              AND n.group_id = m.group_id AND n.status <> 'FAILED') \
             ORDER BY group_id LIMIT $5",
        )
        .bind(index_id)
        .bind(scope)
        .bind(ordering_id)
        .bind(after)
        .bind(i64::from(limit))
        .fetch_all(self.read())
        .await?;
        Ok(rows.into_iter().map(|(group_id, ordering_id)| GroupAge { group_id, ordering_id }).collect())
    }

    /// The mappings of the index that are in force, for its directory.
    pub async fn mappings(&self, index_id: &str) -> Result<Vec<GroupMapping>, StoreError> {
        let rows: Vec<(String, String, String)> = sqlx::query_as(
            "SELECT scope, group_id, members FROM principal_mappings m \
             WHERE index_id = $1 AND action = 'put' AND ordering_id = \
             (SELECT MAX(n.ordering_id) FROM principal_mappings n WHERE n.index_id = m.index_id AND n.scope = m.scope \
              AND n.group_id = m.group_id AND n.status <> 'FAILED') \
             ORDER BY scope, group_id",
        )
        .bind(index_id)
        .fetch_all(self.read())
        .await?;
        let mapping = |(scope, name, members): (String, String, String)| {
            let members =
                serde_json::from_str(&members).map_err(|source| StoreError::Corrupt { table: TABLE, source })?;
            let data_source = (!scope.is_empty()).then_some(scope);
            Ok(GroupMapping { group: ScopedGroup { name, data_source }, members })
        };
        rows.into_iter().map(mapping).collect()
    }
}

struct Call<'a> {
    action: &'static str,
    state: MappingState,
    members: &'a [MappedMember],
    failure: Option<&'a str>,
}

async fn record(store: &Store, group: &GroupKey<'_>, ordering_id: i64, call: &Call<'_>) -> Result<(), StoreError> {
    let members = serde_json::to_string(call.members).map_err(|source| StoreError::Corrupt { table: TABLE, source })?;
    let mut tx = store.write().await?;
    if call.state == MappingState::Failed && is_in_force(&mut tx, group, ordering_id).await? {
        // The same ordering id again, this time unreadable: the members that are in force are not given up for it.
        return Ok(());
    }
    insert(&mut tx, group, ordering_id, call, &members).await?;
    prune(&mut tx, group).await?;
    sqlx::query("UPDATE indices SET access_generation = access_generation + 1 WHERE id = $1")
        .bind(group.index_id)
        .execute(&mut *tx)
        .await?;
    Ok(tx.commit().await?)
}

async fn is_in_force(tx: &mut SqliteConnection, group: &GroupKey<'_>, ordering_id: i64) -> Result<bool, StoreError> {
    let found: Option<i64> = sqlx::query_scalar(
        "SELECT 1 FROM principal_mappings \
         WHERE index_id = $1 AND scope = $2 AND group_id = $3 AND ordering_id = $4 AND status <> 'FAILED'",
    )
    .bind(group.index_id)
    .bind(group.scope)
    .bind(group.group_id)
    .bind(ordering_id)
    .fetch_optional(tx)
    .await?;
    Ok(found.is_some())
}

async fn insert(
    tx: &mut WriteTransaction,
    group: &GroupKey<'_>,
    ordering_id: i64,
    call: &Call<'_>,
    members: &str,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO principal_mappings \
         (index_id, scope, group_id, ordering_id, action, status, failure, members, received_at, updated_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9) \
         ON CONFLICT (index_id, scope, group_id, ordering_id) DO UPDATE SET action = excluded.action, \
         status = excluded.status, failure = excluded.failure, members = excluded.members, \
         received_at = excluded.received_at, updated_at = excluded.updated_at",
    )
    .bind(group.index_id)
    .bind(group.scope)
    .bind(group.group_id)
    .bind(ordering_id)
    .bind(call.action)
    .bind(call.state.as_str())
    .bind(call.failure)
    .bind(members)
    .bind(now_ms())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Drops the members of overruled rows, and the rows beyond the last ten, but never the one in force.
async fn prune(tx: &mut WriteTransaction, group: &GroupKey<'_>) -> Result<(), StoreError> {
    let in_force: Option<i64> = sqlx::query_scalar(
        "SELECT MAX(ordering_id) FROM principal_mappings \
         WHERE index_id = $1 AND scope = $2 AND group_id = $3 AND status <> 'FAILED'",
    )
    .bind(group.index_id)
    .bind(group.scope)
    .bind(group.group_id)
    .fetch_one(&mut **tx)
    .await?;
    let in_force = in_force.unwrap_or(-1);
    sqlx::query(
        "UPDATE principal_mappings SET members = '[]' \
         WHERE index_id = $1 AND scope = $2 AND group_id = $3 AND ordering_id <> $4 AND members <> '[]'",
    )
    .bind(group.index_id)
    .bind(group.scope)
    .bind(group.group_id)
    .bind(in_force)
    .execute(&mut **tx)
    .await?;
    sqlx::query(
        "DELETE FROM principal_mappings \
         WHERE index_id = $1 AND scope = $2 AND group_id = $3 AND ordering_id <> $4 AND ordering_id NOT IN \
         (SELECT ordering_id FROM principal_mappings WHERE index_id = $1 AND scope = $2 AND group_id = $3 \
          ORDER BY ordering_id DESC LIMIT $5)",
    )
    .bind(group.index_id)
    .bind(group.scope)
    .bind(group.group_id)
    .bind(in_force)
    .bind(SUMMARIES_MAX)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::NewIndex;
    use crate::fixture;

    const GROUP: GroupKey<'static> = GroupKey { index_id: "i", scope: "", group_id: "g" };

    async fn store() -> (tempfile::TempDir, Store) {
        let (folder, store) = fixture::store().await;
        let index = NewIndex { id: "i", name: "n", document: &json!({}), tags: &[], limit: None };
        store.create_index(&index, None).await.unwrap();
        (folder, store)
    }

    fn user(name: &str) -> MappedMember {
        MappedMember::User { name: name.into() }
    }

    async fn members(store: &Store) -> Option<Vec<MappedMember>> {
        store.mappings("i").await.unwrap().into_iter().next().map(|mapping| mapping.members)
    }

    #[tokio::test]
    async fn the_highest_ordering_id_wins_in_any_order_of_arrival() {
        let (_folder, store) = store().await;
        store.put_mapping(&GROUP, 20, &[user("ada")]).await.unwrap();
        store.put_mapping(&GROUP, 10, &[user("ben")]).await.unwrap();
        assert_eq!(members(&store).await, Some(vec![user("ada")]));
        store.delete_mapping(&GROUP, 30).await.unwrap();
        store.put_mapping(&GROUP, 25, &[user("ben")]).await.unwrap();
        assert_eq!(members(&store).await, None);
        store.put_mapping(&GROUP, 40, &[user("cho")]).await.unwrap();
        assert_eq!(members(&store).await, Some(vec![user("cho")]));
        store.put_mapping(&GROUP, 40, &[user("dee")]).await.unwrap();
        assert_eq!(members(&store).await, Some(vec![user("dee")]));
    }

    #[tokio::test]
    async fn a_failure_changes_nothing_and_is_told() {
        let (_folder, store) = store().await;
        store.put_mapping(&GROUP, 20, &[user("ada")]).await.unwrap();
        store.fail_mapping(&GROUP, 30, "no such file").await.unwrap();
        store.fail_mapping(&GROUP, 20, "no such file").await.unwrap();
        assert_eq!(members(&store).await, Some(vec![user("ada")]));
        let summaries = store.mapping_summaries(&GROUP).await.unwrap();
        assert_eq!(summaries.len(), 2);
        assert_eq!((summaries[0].ordering_id, summaries[0].state), (30, MappingState::Failed));
        assert_eq!(summaries[0].failure.as_deref(), Some("no such file"));
        assert_eq!(summaries[1].state, MappingState::Succeeded);
    }

    #[tokio::test]
    async fn ten_summaries_are_kept_and_the_one_in_force_whatever_comes() {
        let (_folder, store) = store().await;
        store.put_mapping(&GROUP, 1, &[user("ada")]).await.unwrap();
        for ordering_id in 2..20 {
            store.fail_mapping(&GROUP, ordering_id, "no such file").await.unwrap();
        }
        assert_eq!(store.mapping_summaries(&GROUP).await.unwrap().len(), 10);
        assert_eq!(members(&store).await, Some(vec![user("ada")]));
    }

    #[tokio::test]
    async fn older_groups_are_listed_by_scope_in_pages_without_the_deleted() {
        let (_folder, store) = store().await;
        let key = |scope, group_id| GroupKey { index_id: "i", scope, group_id };
        for (scope, group_id, ordering_id) in [("", "a", 1), ("", "b", 2), ("", "c", 9), ("s", "d", 1), ("", "e", 1)] {
            store.put_mapping(&key(scope, group_id), ordering_id, &[]).await.unwrap();
        }
        store.delete_mapping(&key("", "e"), 3).await.unwrap();
        let first = store.groups_older_than("i", "", 9, "", 1).await.unwrap();
        assert_eq!(first, [GroupAge { group_id: "a".into(), ordering_id: 1 }]);
        let second = store.groups_older_than("i", "", 9, "a", 5).await.unwrap();
        assert_eq!(second, [GroupAge { group_id: "b".into(), ordering_id: 2 }]);
    }

    #[tokio::test]
    async fn every_call_moves_the_access_generation() {
        let (_folder, store) = store().await;
        let generation = || async {
            let generation: i64 =
                sqlx::query_scalar("SELECT access_generation FROM indices").fetch_one(store.read()).await.unwrap();
            generation
        };
        let before = generation().await;
        store.put_mapping(&GROUP, 1, &[user("ada")]).await.unwrap();
        let after_put = generation().await;
        store.delete_mapping(&GROUP, 2).await.unwrap();
        assert!(before < after_put && after_put < generation().await);
    }
}
