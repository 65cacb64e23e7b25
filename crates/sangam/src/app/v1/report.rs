//! `GET indices/{id}/data-sources/{id}/jobs/{id}/documents`: a job's report, a record for every document that it saw.
//!
//! Titles and addresses come from what is indexed now, and access is as it is now: the report is there to find out what became of a
//! document and who may read it, and a copy of either at every job would be the larger half of the database.

mod acl;

use std::collections::{HashMap, HashSet};

use sangam_access::AccessId;
use sangam_api::ApiError;
use sangam_engine::{AttributeValue, EngineError, StoredDocument};
use sangam_ingest::ReaderView;
use sangam_server::V1Request;
use sangam_store::{CatalogueEntry, DocumentAction, FailureStage, JobDocument, ReportFilter};
use serde_json::{Value, json};

use self::acl::Told;
use super::documents::{may_search, without_content};
use super::{Endpoints, given, internal, limit};

/// Records in one answer: each may name hundreds of principals, twice.
const RECORDS_MAX: u32 = 500;
/// What the query string may hold.
const PARAMETERS: [&str; 4] = ["action", "after", "limit", "status"];
/// The index field of a document's address.
const SOURCE_URI: &str = "_source_uri";

impl Endpoints {
    /// A page of a job's report, by document id.
    pub(super) async fn report(
        &self,
        index_id: &str,
        source_id: &str,
        id: &str,
        request: &V1Request,
    ) -> Result<Value, ApiError> {
        let query = request.query.as_slice();
        check_names(query)?;
        let (filter, limit) = (filter(query)?, limit(query, RECORDS_MAX)?);
        self.job(index_id, source_id, id).await?;
        let after = given(query, "after").unwrap_or_default();
        let lines = self.store.job_documents_like(id, &filter, after, limit).await.map_err(internal)?;
        let ids: Vec<String> = lines.iter().map(|line| line.document_id.clone()).collect();
        let entries = self.store.entries(index_id, &ids).await.map_err(internal)?;
        let index = self.indices.get(index_id);
        let index = index.map_err(|_| ApiError::not_found(format!("index `{index_id}` not found")))?;
        // After the entries: the engine forgets a revision only some time after its retirement.
        let view = index.unfiltered_view().map_err(internal)?;
        let (source_id, has_titles) = (source_id.to_owned(), may_search(request, index_id));
        let told = tokio::task::spawn_blocking(move || records(&lines, &entries, &view, &source_id, has_titles));
        let mut records = told.await.map_err(internal)?.map_err(internal)?;
        if !has_titles {
            records.iter_mut().for_each(without_content);
        }
        Ok(json!({ "documents": records }))
    }
}

/// A misspelt parameter would list everything, which reads like an answer to what was asked.
fn check_names(query: &[(String, String)]) -> Result<(), ApiError> {
    let mut before = HashSet::new();
    for (name, _) in query {
        if !PARAMETERS.contains(&name.as_str()) {
            let known = PARAMETERS.join("`, `");
            return Err(ApiError::validation(format!("there is no parameter `{name}`; there are `{known}`")));
        }
        if !before.insert(name.as_str()) {
            return Err(ApiError::validation(format!("`{name}` is given twice")));
        }
    }
    Ok(())
}

fn filter(query: &[(String, String)]) -> Result<ReportFilter, ApiError> {
    let action = given(query, "action").map(|name| {
        DocumentAction::parse(name)
            .ok_or_else(|| ApiError::validation("`action` must be `ADD`, `MODIFY`, `DELETE` or `UNMODIFIED`"))
    });
    let failed = given(query, "status").map(|name| match name {
        "FAILED" => Ok(true),
        "SUCCESS" => Ok(false),
        _ => Err(ApiError::validation("`status` must be `SUCCESS` or `FAILED`")),
    });
    Ok(ReportFilter { action: action.transpose()?, failed: failed.transpose()? })
}

/// One record for each line, in their order.
fn records(
    lines: &[JobDocument],
    entries: &HashMap<String, CatalogueEntry>,
    view: &ReaderView,
    source_id: &str,
    has_titles: bool,
) -> Result<Vec<Value>, EngineError> {
    let ordinals: Vec<u32> = entries.values().filter_map(|entry| entry.ordinal).collect();
    let stored = view.engine.fetch(&ordinals)?;
    let stored: HashMap<u32, StoredDocument> =
        stored.into_iter().map(|document| (document.ordinal, document)).collect();
    // Documents of one place share their access.
    let mut told: HashMap<AccessId, Told> = HashMap::new();
    let record = |line: &JobDocument| {
        let ordinal = entries.get(&line.document_id).and_then(|entry| entry.ordinal);
        // What readers meet: hidden if it has no revision, if it is missing, or if its whole data source is hidden.
        let access = ordinal.map_or(AccessId::HIDDEN, |ordinal| view.catalogue.access(ordinal));
        let told = told.entry(access).or_insert_with(|| Told::of(access, &view.catalogue, source_id, has_titles));
        record(line, ordinal.and_then(|ordinal| stored.get(&ordinal)), told)
    };
    Ok(lines.iter().map(record).collect())
}

fn record(line: &JobDocument, stored: Option<&StoredDocument>, told: &Told) -> Value {
    let attributes = stored.map(|stored| stored.attributes.as_slice()).unwrap_or_default();
    let uri = attributes.iter().find_map(|(name, value)| match value {
        AttributeValue::String(text) if name == SOURCE_URI => Some(text.as_str()),
        _ => None,
    });
    let keys: Vec<&str> = attributes.iter().map(|(name, _)| name.as_str()).collect();
    let [crawl, sync, index] = statuses(line);
    json!({
        "documentId": line.document_id,
        "documentTitle": stored.map(|stored| stored.title.as_str()),
        "sourceUri": uri,
        "crawlAction": line.action.as_str(),
        "crawlStatus": crawl,
        "syncStatus": sync,
        "indexStatus": index,
        "errorMsg": line.failure.as_ref().map(|failure| &failure.reason),
        "failedStage": line.failure.as_ref().map(|failure| failure.stage.as_str()),
        "access": told.access,
        "acl": told.acl,
        "nAclLeftOut": told.n_acl_left_out,
        "metadataKeys": keys,
    })
}

/// What became of a document when it was crawled, compared and submitted, and indexed.
///
/// The stage that failed says why. What could not be crawled has nothing to submit or index but its name; an attribute that does not fit is
/// left out, and the rest is indexed.
fn statuses(line: &JobDocument) -> [Value; 3] {
    let [ok, skipped] = ["SUCCESS", "SKIPPED"].map(|status| json!({ "status": status }));
    let Some(failure) = &line.failure else {
        let is_compared_only = line.action == DocumentAction::Unmodified;
        return if is_compared_only { [ok, skipped.clone(), skipped] } else { [ok.clone(), ok.clone(), ok] };
    };
    let failed = json!({ "status": "FAILED", "errorMessage": failure.reason });
    match failure.stage {
        FailureStage::Crawl => [failed, skipped.clone(), skipped],
        FailureStage::Submit => [ok.clone(), failed, ok],
        FailureStage::Extract | FailureStage::Index => [ok.clone(), ok, failed],
    }
}

#[cfg(test)]
mod tests {
    use sangam_store::DocumentFailure;

    use super::*;

    fn query(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn a_wrong_parameter_is_named_with_what_it_may_be() {
        for (wrong, told) in [
            (("action", "add"), "`action` must be `ADD`, `MODIFY`"),
            (("status", "SKIPPED"), "`status` must be `SUCCESS` or `FAILED`"),
            (("limit", "501"), "`limit` must be from 1 to 500"),
            (("limit", ""), "`limit` must be from 1 to 500"),
            (("limits", "1"), "there is no parameter `limits`; there are `action`, `after`, `limit`, `status`"),
        ] {
            let query = query(&[wrong]);
            let checked = check_names(&query).and_then(|()| filter(&query)).and_then(|_| limit(&query, RECORDS_MAX));
            let error = checked.unwrap_err().to_string();
            assert!(error.contains(told), "{wrong:?}: {error}");
        }
        assert!(check_names(&query(&[("limit", "1"), ("limit", "2")])).is_err());
        let wanted = filter(&query(&[("action", "DELETE"), ("status", "FAILED")])).unwrap();
        assert_eq!((wanted.action, wanted.failed), (Some(DocumentAction::Delete), Some(true)));
    }

    #[test]
    fn what_is_unchanged_is_skipped_and_what_failed_says_why() {
        let line = |action, stage: Option<FailureStage>| JobDocument {
            document_id: "d".into(),
            action,
            failure: stage.map(|stage| DocumentFailure::at(stage, "it is encrypted")),
        };
        let names = |line: &JobDocument| statuses(line).map(|status| status["status"].as_str().unwrap().to_owned());
        assert_eq!(names(&line(DocumentAction::Unmodified, None)), ["SUCCESS", "SKIPPED", "SKIPPED"]);
        assert_eq!(names(&line(DocumentAction::Delete, None)), ["SUCCESS", "SUCCESS", "SUCCESS"]);
        for (stage, expected, place) in [
            (FailureStage::Crawl, ["FAILED", "SKIPPED", "SKIPPED"], 0),
            (FailureStage::Submit, ["SUCCESS", "FAILED", "SUCCESS"], 1),
            (FailureStage::Extract, ["SUCCESS", "SUCCESS", "FAILED"], 2),
            (FailureStage::Index, ["SUCCESS", "SUCCESS", "FAILED"], 2),
        ] {
            let failed = line(DocumentAction::Unmodified, Some(stage));
            assert_eq!(names(&failed), expected);
            assert_eq!(statuses(&failed)[place]["errorMessage"], "it is encrypted");
        }
    }
}
