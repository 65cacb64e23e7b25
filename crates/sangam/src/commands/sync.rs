//! `sangam sync`: starts a sync job, shows how it comes on, and ends as it ends.

mod dry_run;
mod job;
mod progress;
mod told;

use std::time::Duration;

use clap::Args;
use sangam_api::KendraRequest;
use sangam_api::kendra::{
    DataSourceSyncJob, DataSourceSyncJobStatus, DataSourceType, DescribeDataSourceRequest, DescribeDataSourceResponse,
    ListDataSourceSyncJobsRequest, ListDataSourceSyncJobsResponse, StartDataSourceSyncJobRequest,
    StartDataSourceSyncJobResponse,
};

use self::job::{Counters, is_over};
use self::progress::Progress;
use super::resolve;
use crate::client::Client;
use crate::failure::{Exit, Failure};
use crate::output::{Output, printable, thousands};

/// How often the job is looked at: a small sync is over in a second, and nobody reads numbers faster.
const POLL: Duration = Duration::from_millis(500);
/// Jobs looked through for the one that is followed: the most that a page of this listing holds.
const JOBS: i32 = 10;
/// What the server answers when a job is under way.
const IN_USE: &str = "ResourceInUseException";

/// Arguments of `sync`.
#[derive(Debug, Args)]
pub struct SyncArgs {
    /// The index, by id or name.
    #[arg(long, value_name = "INDEX")]
    pub index: String,

    /// The data source, by id or name.
    #[arg(long, value_name = "DATA_SOURCE")]
    pub data_source: String,

    /// Start the job and return.
    ///
    /// Prints the job's execution id and does not wait for its end.
    #[arg(long)]
    pub no_wait: bool,

    /// Refresh access alone.
    ///
    /// Reads again who may read what, and what is still there, without fetching content. The job is no sync: a sync that starts meanwhile
    /// ends it.
    #[arg(long, conflicts_with = "dry_run")]
    pub access_only: bool,

    /// Show what a sync would do, and do nothing.
    ///
    /// Lists the whole source and tells what would be added, changed and deleted, and who could see it. Works before the first sync too.
    #[arg(long, conflicts_with = "no_wait")]
    pub dry_run: bool,
}

/// A data source that a job runs for.
struct Target {
    index_id: String,
    data_source_id: String,
}

/// Runs the command.
pub(super) async fn run(args: SyncArgs, client: &Client, output: &Output) -> Result<Exit, Failure> {
    let index_id = resolve::index(client, &args.index).await?;
    let data_source_id = resolve::data_source(client, &index_id, &args.data_source).await?;
    let target = Target { index_id, data_source_id };
    if args.dry_run {
        return dry_run::run(client, &target, output).await;
    }
    if args.access_only {
        let id = told::start(client, &target, "access-refresh", &serde_json::json!({})).await?;
        return told::follow_to_end(client, &target, &id, args.no_wait, output).await;
    }
    let before = jobs(client, &target).await?;
    if !args.no_wait {
        refuse_custom(client, &target).await?;
    }
    let execution_id = start(client, &target, &before, !args.no_wait, output).await?;
    if args.no_wait {
        if output.is_json() {
            output.json(&serde_json::json!({ "ExecutionId": execution_id }))?;
        } else {
            output.line(&execution_id)?;
        }
        return Ok(Exit::Done);
    }
    let progress = Progress::new();
    tokio::select! {
        biased;
        _ = tokio::signal::ctrl_c() => {
            progress.clear();
            output.talk(format!("the job `{execution_id}` goes on in the server; run the same command to follow it again"));
            Ok(Exit::No)
        }
        ended = follow(client, &target, &execution_id, &progress) => {
            progress.clear();
            finish(&ended?, output)
        }
    }
}

/// The job of a custom data source ends when its own program says so: whoever waited for it here would wait forever.
async fn refuse_custom(client: &Client, target: &Target) -> Result<(), Failure> {
    let request = DescribeDataSourceRequest { id: target.data_source_id.clone(), index_id: target.index_id.clone() };
    let request = KendraRequest::DescribeDataSource(Box::new(request));
    // A key that may start jobs need not have the right to look; what is wrong otherwise, the start will say.
    let Ok(source) = client.kendra::<DescribeDataSourceResponse>(&request).await else { return Ok(()) };
    if source.r#type != Some(DataSourceType::Custom) {
        return Ok(());
    }
    let name = source.name.unwrap_or_else(|| target.data_source_id.clone());
    Err(Failure::wrong_input(format!("data source `{name}` is CUSTOM: there is nothing that the server could sync"))
        .hint("a program of yours starts its job, puts the documents, and stops the job"))
}

/// Starts a job; joins the one under way if `may_join`.
async fn start(
    client: &Client,
    target: &Target,
    before: &[DataSourceSyncJob],
    may_join: bool,
    output: &Output,
) -> Result<String, Failure> {
    let request =
        StartDataSourceSyncJobRequest { id: target.data_source_id.clone(), index_id: target.index_id.clone() };
    let request = KendraRequest::StartDataSourceSyncJob(Box::new(request));
    match client.kendra::<StartDataSourceSyncJobResponse>(&request).await {
        Ok(started) => started
            .execution_id
            .ok_or_else(|| Failure::failed(anyhow::anyhow!("the server started a job and did not say which"))),
        Err(error) if may_join && error.is(IN_USE) => {
            // Listed again: it may have begun after the first look.
            let now = jobs(client, target).await?;
            let running = now.iter().chain(before).find(|job| !is_over(job)).and_then(|job| job.execution_id.clone());
            let execution_id = running.ok_or(error)?;
            output.talk(format!("the job `{execution_id}` is under way already: following it"));
            Ok(execution_id)
        }
        Err(error) => Err(error.into()),
    }
}

/// Looks at the job until it is over.
async fn follow(
    client: &Client,
    target: &Target,
    execution_id: &str,
    progress: &Progress,
) -> Result<DataSourceSyncJob, Failure> {
    loop {
        let jobs = jobs(client, target).await?;
        let job = jobs.into_iter().find(|job| job.execution_id.as_deref() == Some(execution_id));
        let job = job.ok_or_else(|| {
            Failure::failed(anyhow::anyhow!("the server no longer lists the job `{execution_id}`"))
                .hint("the data source may have been deleted")
        })?;
        if is_over(&job) {
            return Ok(job);
        }
        progress.show(&job, &told::job(client, target, execution_id).await.unwrap_or_default());
        tokio::time::sleep(POLL).await;
    }
}

/// The latest jobs, newest first.
async fn jobs(client: &Client, target: &Target) -> Result<Vec<DataSourceSyncJob>, Failure> {
    let request = ListDataSourceSyncJobsRequest {
        id: target.data_source_id.clone(),
        index_id: target.index_id.clone(),
        max_results: Some(JOBS),
        ..ListDataSourceSyncJobsRequest::default()
    };
    let request = KendraRequest::ListDataSourceSyncJobs(Box::new(request));
    let response: ListDataSourceSyncJobsResponse = client.kendra(&request).await?;
    Ok(response.history.unwrap_or_default())
}

/// Prints how the job ended, and ends accordingly.
fn finish(job: &DataSourceSyncJob, output: &Output) -> Result<Exit, Failure> {
    if output.is_json() {
        output.json(job)?;
    } else {
        output.line(summary(job))?;
    }
    verdict(job)
}

/// Success, or the job's own reason with the next step.
fn verdict(job: &DataSourceSyncJob) -> Result<Exit, Failure> {
    if job.status == Some(DataSourceSyncJobStatus::Succeeded) {
        return Ok(Exit::Done);
    }
    let message = job.error_message.as_deref().unwrap_or("the server gives no reason");
    let ended = job.status.map_or("without a status", DataSourceSyncJobStatus::as_str);
    let failure = Failure::wrong_input(format!("the job ended as {ended}: {}", printable(message)));
    Err(failure.hint(match job.status {
        Some(DataSourceSyncJobStatus::Failed) => {
            "mend what the message names and run the command again; what was indexed before is untouched"
        }
        Some(DataSourceSyncJobStatus::Incomplete) => {
            "everything else is indexed; run the command again once the message's cause is gone"
        }
        _ => "run the command again to sync from where it stopped",
    }))
}

fn summary(job: &DataSourceSyncJob) -> String {
    let counters = Counters::of(job);
    let status = job.status.map_or("UNKNOWN", DataSourceSyncJobStatus::as_str);
    let took = job::seconds(job).map(|seconds| format!(" in {}", progress::time(seconds))).unwrap_or_default();
    format!(
        "{status}{took}: {} scanned, {} added, {} modified, {} deleted, {} failed",
        thousands(counters.scanned),
        thousands(counters.added),
        thousands(counters.modified),
        thousands(counters.deleted),
        thousands(counters.failed)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ended(json: &str) -> DataSourceSyncJob {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn the_summary_has_all_counters() {
        let job = ended(
            r#"{"ExecutionId":"e","StartTime":100,"EndTime":161.5,"Status":"SUCCEEDED",
                "Metrics":{"DocumentsAdded":"1200","DocumentsScanned":"1214","DocumentsFailed":"2"}}"#,
        );
        assert_eq!(summary(&job), "SUCCEEDED in 1m02s: 1,214 scanned, 1,200 added, 0 modified, 0 deleted, 2 failed");
    }

    #[test]
    fn a_job_that_failed_ends_with_its_message() {
        let job = ended(r#"{"Status":"FAILED","ErrorMessage":"the password of \u001b[2Jthe crawler is wrong"}"#);
        let failure = verdict(&job).unwrap_err();
        let told = failure.to_string();
        assert!(told.contains("FAILED: the password of  [2Jthe crawler is wrong\nhint: "), "{told}");
        assert_eq!(failure.exit(), Exit::No);
    }
}
