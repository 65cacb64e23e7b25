//! `/sangam/v1/…`: what Kendra has no operation for.
//!
//! - `POST connections/test`: what a connection can do before there is a data source.
//! - `POST connections/consent`, `POST connections/grant`: OAuth 2.0 of a Confluence site, with tokens that go into a secret.
//! - `POST connections/check`: what is wrong with a configuration, without connecting.
//! - `GET schedules/next?expression=&count=`: when a schedule would be due.
//! - `GET, POST accounts`, `PATCH, DELETE accounts/{name}`: local accounts.
//! - `GET, POST access-keys`, `DELETE access-keys/{id}`: the keys that sign requests.
//! - `GET sessions`, `DELETE sessions/{id}`: who is signed in.
//! - `GET files`, `PUT, DELETE files/{bucket}/{key}`: the folder that stands for S3; the body is the file.
//! - `GET, PUT search-page`: which indices, data sources and facets the search page shows.
//! - `GET search-indices`, `GET search-indices/{id}`: the same as the page learns it, for whoever may search.
//! - `GET audit?after=&limit=&actor=&action=&from=&until=`: who did what, newest first; days in UTC, both included.
//! - `GET  indices/{id}`: what waits in the index.
//! - `GET  indices/{id}/documents?like=&limit=`: documents by their address, title or id, whoever may read them.
//! - `GET  indices/{id}/people?like=&flag=&from=&limit=`, `GET indices/{id}/people/{data source}/{account}`: who is known, in which groups, and
//!   what they can see, by place.
//! - `GET  indices/{id}/groups?like=&flag=&from=&limit=`, `GET indices/{id}/groups/{data source}/{group}`: groups and who is in them.
//! - `GET  indices/{id}/unknown-principals?like=&from=&limit=`: whom access lists and groups name and no data source described.
//! - `GET  indices/{id}/reader?user=&group=`: the accounts that a name finds, and which of the names nobody knows.
//! - `POST indices/{id}/explain`: why somebody may or may not read a document.
//! - `GET  indices/{id}/data-sources/{id}/jobs?kind=&limit=`: syncs, refreshes of access (`access`) or dry runs (`preview`).
//! - `GET  indices/{id}/data-sources/{id}/jobs/{id}`: a job with its progress and its warnings.
//! - `GET  indices/{id}/data-sources/{id}/jobs/{id}/documents?after=&limit=&status=&action=`: its report, a record per document.
//! - `POST indices/{id}/data-sources/{id}/access-refresh`: refreshes access now.
//! - `POST indices/{id}/data-sources/{id}/dry-run`: finds out what a sync would do.
//! - `GET  indices/{id}/data-sources/{id}/jobs/{id}/preview`: what a dry run found.

mod access_refresh;
mod accounts;
mod audit;
mod connection_test;
mod consent;
mod documents;
mod dry_run;
mod explain;
mod files;
mod jobs;
mod keys;
mod people;
mod places;
mod report;
mod schedules;
mod search_page;
mod sessions;
mod unknown_principals;

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use sangam_api::{ApiError, Kendra, RequestContext};
use sangam_confluence::ConfluenceSettings;
use sangam_identity::People;
use sangam_ingest::IndexRegistry;
use sangam_search::Searcher;
use sangam_secrets::AccessKeys;
use sangam_server::{Action, SangamV1, V1Request};
use sangam_store::Store;
use sangam_sync::{Connector, SyncHost, SyncService};
use serde::Deserialize;
use serde_json::{Value, json};

/// The endpoints.
pub(super) struct Endpoints {
    pub(super) people: People,
    pub(super) kendra: Arc<dyn Kendra>,
    pub(super) keys: AccessKeys,
    pub(super) searcher: Searcher,
    pub(super) store: Store,
    pub(super) indices: Arc<IndexRegistry>,
    pub(super) sync: Arc<SyncService>,
    pub(super) connectors: Vec<Arc<dyn Connector>>,
    pub(super) host: Arc<dyn SyncHost>,
    /// The folder that stands for S3.
    pub(super) s3_folder: PathBuf,
    /// For the dance of OAuth 2.0, which comes before there is a data source.
    pub(super) confluence: ConfluenceSettings,
}

#[async_trait]
impl SangamV1 for Endpoints {
    fn action(&self, request: &V1Request) -> Option<Action> {
        let path: Vec<&str> = request.path.iter().map(String::as_str).collect();
        if let Some(operation) = of_no_index(&request.method, &path) {
            let subject = NAMED.contains(&path[0]).then(|| path[1..].join("/")).filter(|subject| !subject.is_empty());
            return Some(Action { operation, index_id: None, subject });
        }
        let (operation, index_id) = match (request.method.as_str(), path.as_slice()) {
            ("GET", ["search-indices", id]) => ("ListSearchIndices", id),
            ("GET", ["indices", id]) => ("DescribeIndex", id),
            // Not `Describe…`, which whoever puts documents may call: these tell of documents and people.
            ("GET", ["indices", id, "documents"]) => ("ListDocuments", id),
            ("GET", ["indices", id, "unknown-principals"]) => ("ListUnknownPrincipals", id),
            ("GET", ["indices", id, "reader"]) => ("ListReaderAccounts", id),
            ("GET", ["indices", id, "people"]) => ("ListPeople", id),
            ("GET", ["indices", id, "people", _, _]) => ("ListPersonAccess", id),
            ("GET", ["indices", id, "groups"]) => ("ListGroups", id),
            ("GET", ["indices", id, "groups", _, _]) => ("ListGroupMembers", id),
            ("POST", ["indices", id, "explain"]) => ("ExplainAccess", id),
            ("GET", ["indices", id, "data-sources", _, "jobs"]) => ("ListSyncJobs", id),
            ("POST", ["indices", id, "data-sources", _, "access-refresh"]) => ("RefreshAccess", id),
            ("POST", ["indices", id, "data-sources", _, "dry-run"])
            | ("GET", ["indices", id, "data-sources", _, "jobs", _, "preview"]) => ("PreviewSync", id),
            ("GET", ["indices", id, "data-sources", _, "jobs", _]) => ("DescribeSyncJob", id),
            ("GET", ["indices", id, "data-sources", _, "jobs", _, "documents"]) => ("ListSyncJobDocuments", id),
            _ => return None,
        };
        // In the audit trail: whose access was looked at, which data source was refreshed.
        let subject = (path.len() > 3).then(|| path[1..].join("/"));
        Some(Action { operation, index_id: Some((*index_id).to_owned()), subject })
    }

    async fn handle(&self, ctx: &RequestContext, request: V1Request) -> Result<Value, ApiError> {
        let path: Vec<&str> = request.path.iter().map(String::as_str).collect();
        match path.as_slice() {
            ["connections", "test"] => self.test_connection(&request.body, &request.policy).await,
            ["connections", "consent"] => self.consent(&request.body).await,
            ["connections", "grant"] => self.store_grant(&request.body, &request.policy).await,
            ["connections", "check"] => self.check_connection(&request.body),
            ["schedules", "next"] => schedules::next(&request.query),
            ["accounts", ..] => self.accounts(&request, &path[1..]).await,
            ["access-keys", ..] => self.access_keys(&request, &path[1..]).await,
            ["sessions", ..] => self.sessions(&request, &path[1..]).await,
            ["files", ..] => self.files(&request, &path[1..]).await,
            ["search-page"] => self.search_page(&request).await,
            ["search-indices"] => self.search_indices().await,
            ["search-indices", id] => self.search_index(ctx, id).await,
            ["audit"] => self.audit(&request.query).await,
            ["indices", id] => self.index(id).await,
            ["indices", id, "documents"] => self.documents(id, &request).await,
            ["indices", id, "unknown-principals"] => self.unknown_principals(id, &request.query).await,
            ["indices", id, "reader"] => self.reader(id, &request.query),
            ["indices", id, "people"] => self.people_of(id, &request.query),
            ["indices", id, "people", source, account] => self.person(id, source, account).await,
            ["indices", id, "groups"] => self.groups_of(id, &request.query),
            ["indices", id, "groups", source, group] => self.group(id, source, group),
            ["indices", id, "explain"] => self.explain(id, &request).await,
            ["indices", index, "data-sources", source, "access-refresh"] => {
                self.refresh_access(index, source, &request.body).await
            }
            ["indices", index, "data-sources", source, "dry-run"] => self.dry_run(index, source).await,
            ["indices", index, "data-sources", source, "jobs"] => self.jobs(index, source, &request.query).await,
            ["indices", index, "data-sources", source, "jobs", job] => self.describe_job(index, source, job).await,
            ["indices", index, "data-sources", source, "jobs", job, "preview"] => {
                self.dry_run_result(index, source, job).await
            }
            ["indices", index, "data-sources", source, "jobs", job, "documents"] => {
                self.report(index, source, job, &request).await
            }
            _ => Err(ApiError::not_found("there is no such endpoint")),
        }
    }
}

impl Endpoints {
    async fn index(&self, id: &str) -> Result<Value, ApiError> {
        let record = self.store.index(id).await.map_err(internal)?;
        let record = record.ok_or_else(|| ApiError::not_found(format!("index `{id}` not found")))?;
        let statistics = self.store.index_statistics(id).await.map_err(internal)?;
        Ok(json!({
            "id": record.id,
            "name": record.name,
            "status": record.state.as_str(),
            "documents": statistics.n_documents,
            "documents_pending": self.store.inbox_len(id).await.map_err(internal)?,
            "vectors_pending": self.store.vectors_pending(id).await.map_err(internal)?,
            "has_model": self.indices.get(id).is_ok_and(|index| index.has_model()),
        }))
    }

    /// The data source, if it is one of the index.
    async fn data_source(&self, index_id: &str, id: &str) -> Result<(), ApiError> {
        let source = self.store.data_source(index_id, id).await.map_err(internal)?;
        source.map(drop).ok_or_else(|| ApiError::not_found(format!("data source `{id}` not found")))
    }
}

/// Places whose next segment names what a request is about.
const NAMED: &[&str] = &["accounts", "access-keys", "sessions", "files"];

/// What is about no index.
fn of_no_index(method: &str, path: &[&str]) -> Option<&'static str> {
    Some(match (method, path) {
        ("POST", ["connections", "test"]) => "TestConnection",
        ("POST", ["connections", "consent"]) => "RequestConsent",
        ("POST", ["connections", "grant"]) => "StoreGrant",
        ("POST", ["connections", "check"]) => "CheckConnection",
        ("GET", ["schedules", "next"]) => "DescribeSchedule",
        ("GET", ["accounts"]) => "ListAccounts",
        ("POST", ["accounts"]) => "CreateAccount",
        ("PATCH", ["accounts", _]) => "UpdateAccount",
        ("DELETE", ["accounts", _]) => "DeleteAccount",
        ("GET", ["access-keys"]) => "ListAccessKeys",
        ("POST", ["access-keys"]) => "CreateAccessKey",
        ("DELETE", ["access-keys", _]) => "RevokeAccessKey",
        ("GET", ["sessions"]) => "ListSessions",
        ("DELETE", ["sessions", _]) => "EndSession",
        ("GET", ["files"]) => "ListFiles",
        ("PUT", ["files", _, _, ..]) => "PutFile",
        ("DELETE", ["files", _, _, ..]) => "DeleteFile",
        ("GET", ["search-page"]) => "DescribeSearchPage",
        ("PUT", ["search-page"]) => "UpdateSearchPage",
        ("GET", ["search-indices"]) => "ListSearchIndices",
        ("GET", ["audit"]) => "ListAuditEvents",
        _ => return None,
    })
}

/// A body as what it is about.
fn read<'b, T: Deserialize<'b>>(body: &'b [u8], what: &str) -> Result<T, ApiError> {
    serde_json::from_slice(body).map_err(|error| ApiError::validation(format!("the body is not {what}: {error}")))
}

/// A parameter of the query string.
fn given<'q>(query: &'q [(String, String)], name: &str) -> Option<&'q str> {
    query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// The parameter `limit`, from 1 to `most`, which is also what is meant without it.
fn limit(query: &[(String, String)], most: u32) -> Result<u32, ApiError> {
    number(query, "limit", most)
}

/// A parameter from 1 to `most`, which is also what is meant without it.
fn number(query: &[(String, String)], name: &str, most: u32) -> Result<u32, ApiError> {
    match given(query, name).map(str::parse) {
        None => Ok(most),
        Some(Ok(number)) if (1..=most).contains(&number) => Ok(number),
        Some(_) => Err(ApiError::validation(format!("`{name}` must be from 1 to {most}"))),
    }
}

fn internal(error: impl std::fmt::Display) -> ApiError {
    tracing::error!(%error, "a request failed inside");
    ApiError::internal("the request failed inside the server")
}
