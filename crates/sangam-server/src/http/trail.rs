//! What is written into the audit trail: every call that changes something, shows a secret, or explains somebody's access.

use std::net::IpAddr;

use async_trait::async_trait;
use sangam_api::ApiError;
use serde::Deserialize;

use super::app::App;
use super::operation::Call;
use super::service::Service;

/// Operations that only look, and are too many to be told: by the beginning of their name.
const LOOKS: &[&str] = &[
    "Describe",
    "List",
    "Query",
    "Retrieve",
    "GetQuerySuggestions",
    "GetSnapshots",
    "BatchGetDocumentStatus",
    "CheckConnection",
];
/// Operations of ours that look, but name people and what they may read.
const TELLS_OF_PEOPLE: &[&str] = &["ListSyncJobDocuments", "ListPersonAccess", "ListDocuments"];

/// One call, as the trail keeps it. It holds no input: that may be secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrailEntry {
    /// Who: the id of an access key, or the name of somebody signed in.
    pub actor: String,
    /// What: `kendra:CreateIndex`.
    pub action: String,
    /// The index or the secret, if it is about one.
    pub subject: Option<String>,
    /// From where, if that is known.
    pub address: Option<IpAddr>,
    /// The error's code, if it was refused or failed.
    pub error: Option<&'static str>,
}

/// Keeps what was done.
#[async_trait]
pub trait Trail: Send + Sync {
    /// Keeps one entry. A failure is the trail's own to tell: what was done is done.
    async fn record(&self, entry: TrailEntry);
}

/// A call before it is told.
pub(super) struct Deed<'a> {
    pub(super) insider: &'a str,
    pub(super) address: Option<IpAddr>,
    pub(super) service: Service,
    pub(super) operation: &'static str,
}

/// Tells the trail, if there is one and the call is of a kind that is told.
pub(super) async fn note(app: &App, deed: &Deed<'_>, subject: Option<&str>, error: Option<&ApiError>) {
    let Some(trail) = app.services.trail.as_ref().filter(|_| is_told(deed.operation)) else { return };
    trail
        .record(TrailEntry {
            actor: deed.insider.to_owned(),
            action: format!("{}:{}", deed.service.name(), deed.operation),
            subject: subject.map(str::to_owned),
            address: deed.address,
            error: error.map(ApiError::code),
        })
        .await;
}

/// What an answer of an operation that makes something says of it.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Made {
    id: String,
}

/// The index or the secret that a call is about, what in it, and what it made: `index/data source`.
pub(super) fn subject(
    call: &Call,
    operation: &str,
) -> impl FnOnce(&Result<Vec<u8>, ApiError>) -> Option<String> + use<> {
    let mut parts: Vec<String> = call.subject().into_iter().chain(call.resource_id()).map(str::to_owned).collect();
    let makes = operation.starts_with("Create");
    move |done| {
        let answer = done.as_deref().ok().filter(|_| makes);
        parts.extend(answer.and_then(|answer| serde_json::from_slice(answer).ok()).map(|made: Made| made.id));
        (!parts.is_empty()).then(|| parts.join("/"))
    }
}

fn is_told(operation: &str) -> bool {
    TELLS_OF_PEOPLE.contains(&operation) || !LOOKS.iter().any(|look| operation.starts_with(look))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_and_secrets_and_questions_about_people_are_told() {
        for told in [
            "CreateIndex",
            "DeleteIndex",
            "GetSecretValue",
            "BatchPutDocument",
            "ExplainAccess",
            "PreviewSync",
            "ListSyncJobDocuments",
            "ListPersonAccess",
            "ListDocuments",
        ] {
            assert!(is_told(told), "{told}");
        }
        for not in ["DescribeIndex", "ListIndices", "Query", "Retrieve", "ListSecrets", "BatchGetDocumentStatus"] {
            assert!(!is_told(not), "{not}");
        }
    }
}
