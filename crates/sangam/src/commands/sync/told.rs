//! Jobs as `/sangam/v1/` tells them: refreshes of access and dry runs, and of syncs what Kendra's API has no member for.

use serde::Deserialize;
use serde_json::Value;

use super::progress::Progress;
use super::{POLL, Target};
use crate::client::Client;
use crate::failure::{Exit, Failure};
use crate::output::{Output, printable, thousands};

/// What is told of a job; everything may be absent.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct ToldJob {
    pub(super) execution_id: String,
    pub(super) status: String,
    pub(super) error_message: Option<String>,
    pub(super) note: Option<String>,
    pub(super) documents_expected: Option<u64>,
    pub(super) seconds_left: Option<f64>,
    pub(super) documents_scanned: u64,
    pub(super) documents_deleted: u64,
    pub(super) access_changed: u64,
}

impl ToldJob {
    fn is_over(&self) -> bool {
        matches!(self.status.as_str(), "SUCCEEDED" | "FAILED" | "INCOMPLETE" | "ABORTED")
    }
}

fn path(target: &Target, rest: &str) -> String {
    format!("indices/{}/data-sources/{}/{rest}", target.index_id, target.data_source_id)
}

/// Starts what `endpoint` starts; returns the job's id.
pub(super) async fn start(client: &Client, target: &Target, endpoint: &str, wanted: &Value) -> Result<String, Failure> {
    let started = client.v1(&path(target, endpoint), wanted).await?;
    let id = started["executionId"].as_str();
    id.map(str::to_owned)
        .ok_or_else(|| Failure::failed(anyhow::anyhow!("the server started a job and did not say which")))
}

/// The job as it is now.
pub(super) async fn job(client: &Client, target: &Target, id: &str) -> Result<ToldJob, Failure> {
    let told = client.v1_get(&path(target, &format!("jobs/{id}"))).await?;
    serde_json::from_value(told).map_err(Failure::failed)
}

/// What a dry run found; `null` if it found nothing out.
pub(super) async fn preview(client: &Client, target: &Target, id: &str) -> Result<Value, Failure> {
    Ok(client.v1_get(&path(target, &format!("jobs/{id}/preview"))).await?)
}

/// Looks at a job until it is over; returns it. Interrupted, it returns nothing, and the job goes on.
pub(super) async fn ended(
    client: &Client,
    target: &Target,
    id: &str,
    output: &Output,
) -> Result<Option<ToldJob>, Failure> {
    let progress = Progress::new();
    let watching = async {
        loop {
            let job = job(client, target, id).await?;
            if job.is_over() {
                return Ok(Some(job));
            }
            progress.show_told(&job);
            tokio::time::sleep(POLL).await;
        }
    };
    let ended = tokio::select! {
        biased;
        _ = tokio::signal::ctrl_c() => {
            output.talk(format!("the job `{id}` goes on in the server"));
            Ok(None)
        }
        ended = watching => ended,
    };
    progress.clear();
    ended
}

/// Waits for the end of a refresh, unless nobody wants to, and ends as it does.
pub(super) async fn follow_to_end(
    client: &Client,
    target: &Target,
    id: &str,
    no_wait: bool,
    output: &Output,
) -> Result<Exit, Failure> {
    if no_wait {
        if output.is_json() {
            output.json(&serde_json::json!({ "executionId": id }))?;
        } else {
            output.line(id)?;
        }
        return Ok(Exit::Done);
    }
    let Some(job) = ended(client, target, id, output).await? else { return Ok(Exit::No) };
    if output.is_json() {
        output.json(&client.v1_get(&path(target, &format!("jobs/{id}"))).await?)?;
    } else {
        output.line(summary(&job))?;
    }
    verdict(&job)
}

/// Success, or the job's own reason.
pub(super) fn verdict(job: &ToldJob) -> Result<Exit, Failure> {
    if job.status == "SUCCEEDED" {
        return Ok(Exit::Done);
    }
    let message = job.error_message.as_deref().unwrap_or(match job.status.as_str() {
        "ABORTED" => "it gave way to a sync, or was stopped",
        _ => "the server gives no reason",
    });
    let failure = Failure::wrong_input(format!("the job ended as {}: {}", printable(&job.status), printable(message)));
    Err(failure.hint("mend what the message names and run the command again"))
}

fn summary(job: &ToldJob) -> String {
    format!(
        "{}: the access of {} documents changed, {} are gone, {} looked at",
        printable(&job.status),
        thousands(job.access_changed),
        thousands(job.documents_deleted),
        thousands(job.documents_scanned)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refresh_is_summed_up_and_one_that_gave_way_says_so() {
        let job: ToldJob = serde_json::from_value(serde_json::json!({
            "executionId": "e", "status": "SUCCEEDED", "accessChanged": 1200, "documentsDeleted": 1, "unknown": 2
        }))
        .unwrap();
        assert_eq!(summary(&job), "SUCCEEDED: the access of 1,200 documents changed, 1 are gone, 0 looked at");
        let aborted = ToldJob { status: "ABORTED".into(), ..job };
        assert!(verdict(&aborted).unwrap_err().to_string().contains("it gave way to a sync"));
    }
}
