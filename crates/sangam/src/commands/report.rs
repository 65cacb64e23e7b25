//! `sangam report`: what a sync did with each document, and who may read it.

use clap::Args;
use serde_json::Value;

use super::resolve;
use crate::client::Client;
use crate::failure::{Exit, Failure};
use crate::output::{Output, printable};

/// Records asked for at once: a few hundred kilobytes, as each names who may read its document.
const PAGE: usize = 100;
/// The word for the newest job.
const LATEST: &str = "latest";

/// Arguments of `report`.
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// The index, by id or name.
    #[arg(long, value_name = "INDEX")]
    pub index: String,

    /// The data source, by id or name.
    #[arg(long, value_name = "DATA_SOURCE")]
    pub data_source: String,

    /// The sync job, by its execution id.
    ///
    /// The reports of the last ten syncs are kept.
    #[arg(long, value_name = "JOB", default_value = LATEST)]
    pub job: String,

    /// Show only what could not be read.
    ///
    /// Such documents are found by their names alone, until they change or can be read.
    #[arg(long)]
    pub failed: bool,

    /// Show only documents with which this was done.
    #[arg(long, value_name = "ACTION", ignore_case = true, value_parser = ["ADD", "MODIFY", "DELETE", "UNMODIFIED"])]
    pub action: Option<String>,
}

/// Runs the command.
pub(super) async fn run(args: ReportArgs, client: &Client, output: &Output) -> Result<Exit, Failure> {
    let index_id = resolve::index(client, &args.index).await?;
    let source_id = resolve::data_source(client, &index_id, &args.data_source).await?;
    let jobs = format!("indices/{index_id}/data-sources/{source_id}/jobs");
    let job = match args.job.as_str() {
        LATEST => latest(client, &jobs).await?,
        id if resolve::is_id(id) => id.to_owned(),
        other => {
            return Err(Failure::wrong_input(format!("`{other}` is not an execution id"))
                .hint(format!("`{LATEST}` is the newest job; `sangam sync --no-wait` prints a job's id")));
        }
    };
    let path = format!("{jobs}/{job}/documents");
    let action = args.action.map(|action| action.to_ascii_uppercase());
    let limit = PAGE.to_string();
    let mut wanted = vec![("limit", limit.as_str())];
    wanted.extend(action.as_deref().map(|action| ("action", action)));
    wanted.extend(args.failed.then_some(("status", "FAILED")));
    let n_documents = tell(client, &path, &wanted, output).await?;
    if n_documents == 0 {
        output.talk(format!("the report of job `{job}` has no such document"));
    }
    Ok(Exit::Done)
}

/// Prints every record, page by page; returns how many there were.
async fn tell(client: &Client, path: &str, wanted: &[(&str, &str)], output: &Output) -> Result<usize, Failure> {
    let (mut after, mut n_documents) = (String::new(), 0);
    loop {
        let parameters: Vec<(&str, &str)> = wanted.iter().copied().chain([("after", after.as_str())]).collect();
        let page = client.v1_list(path, &parameters).await?;
        let documents = page["documents"].as_array().map(Vec::as_slice).unwrap_or_default();
        for document in documents {
            // One value a line: a report may have a million, which no reader should have to hold.
            if output.is_json() {
                output.line(document)?;
            } else {
                output.line(line(document))?;
            }
        }
        n_documents += documents.len();
        let last = documents.last().and_then(|last| last["documentId"].as_str()).unwrap_or_default();
        // A server that begins again would never end.
        if documents.len() < PAGE || last <= after.as_str() {
            return Ok(n_documents);
        }
        last.clone_into(&mut after);
    }
}

async fn latest(client: &Client, jobs: &str) -> Result<String, Failure> {
    let listed = client.v1_list(jobs, &[("limit", "1")]).await?;
    let id = listed["jobs"][0]["executionId"].as_str().map(str::to_owned);
    id.ok_or_else(|| Failure::wrong_input("the data source was never synced").hint("`sangam sync` starts a sync"))
}

/// One document on one line: what was done, how it ended, which it is, and where and why it failed.
fn line(document: &Value) -> String {
    let text = |name: &str| printable(document[name].as_str().unwrap_or_default());
    let status = if document["failedStage"].is_string() {
        "FAILED".to_owned()
    } else {
        printable(document["indexStatus"]["status"].as_str().unwrap_or_default())
    };
    let mut line = format!("{:<10}  {status:<7}  {}", text("crawlAction"), text("documentId"));
    for (name, sign) in [("documentTitle", "  "), ("failedStage", ": "), ("errorMsg", ": ")] {
        if document[name].is_string() {
            line = format!("{line}{sign}{}", text(name));
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_line_has_what_is_known() {
        let failed = json!({
            "crawlAction": "ADD", "indexStatus": { "status": "SKIPPED" }, "documentId": "confluence/d/attachment/att1",
            "documentTitle": "a\u{1b}.pdf", "failedStage": "CRAWL", "errorMsg": "it is encrypted"
        });
        assert_eq!(line(&failed), "ADD         FAILED   confluence/d/attachment/att1  a .pdf: CRAWL: it is encrypted");
        let gone = json!({ "crawlAction": "DELETE", "indexStatus": { "status": "SUCCESS" }, "documentId": "d" });
        assert_eq!(line(&gone), "DELETE      SUCCESS  d");
    }
}
