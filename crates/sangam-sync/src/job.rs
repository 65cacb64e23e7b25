//! One job from its start to its end.

use std::sync::Arc;

use sangam_ingest::{Index, IngestError};
use sangam_store::failpoint::{self, FailPoint};
use sangam_store::{JobEnd, JobStatus, SyncJob};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::removal::{Removal, RemovalError};
use crate::service::{SyncOptions, aborted};
use crate::sink::{BATCHES_WAITING, ChannelSink, Ids, Known, Storing};
use crate::{Connector, CrawlEnd, CrawlMode, CrawlRequest, OpenRequest, Progress, Source, SourceError, SourceSetup};

/// The API's code for a job whose configuration, secret or permissions are wrong.
const INVALID_REQUEST: &str = "InvalidRequest";
/// The API's code for a job that failed through no fault of its owner.
const INTERNAL_ERROR: &str = "InternalError";

/// What a job works with once everything it needs was found.
struct Opened {
    connector: Arc<dyn Connector>,
    configuration: serde_json::Value,
    language: Option<String>,
    source: Box<dyn Source>,
    index: Arc<Index>,
}

/// Runs `job` to its end; `None` if it was cut off and goes on later.
pub(crate) async fn run(options: &SyncOptions, job: SyncJob, stop: &CancellationToken) -> Option<JobEnd> {
    // It may have been stopped before anybody worked on it.
    match options.store.job(&job.id).await {
        Ok(Some(now)) if now.status.is_final() => return None,
        Ok(Some(now)) if now.status == JobStatus::Stopping => return Some(aborted()),
        _ => {}
    }
    let ended = match job.status {
        JobStatus::SyncingIndexing => finish(options, &job, stop).await,
        _ => match walk(options, &job, stop).await {
            Ok(()) => finish(options, &job, stop).await,
            Err(end) => Err(end),
        },
    };
    match ended {
        Ok(end) | Err(Ending::Job(end)) => Some(end),
        Err(Ending::Later) => None,
    }
}

/// Why a step was the last.
enum Ending {
    /// The job has ended.
    Job(JobEnd),
    /// The process is ending; the job goes on after the next start.
    Later,
}

/// Crawls, stores and removes; on return the job is SYNCING_INDEXING.
async fn walk(options: &SyncOptions, job: &SyncJob, stop: &CancellationToken) -> Result<(), Ending> {
    let opened = open(options, job).await?;
    let ids = Ids::new(opened.connector.name(), &job.data_source_id);
    let end = crawl(options, job, &opened, &ids, stop).await?;
    failpoint::hit(FailPoint::BeforeRemovals);
    let removal = Removal {
        index: &opened.index,
        store: &options.store,
        source: opened.source.as_ref(),
        ids: &ids,
        job_id: &job.id,
        data_source_id: &job.data_source_id,
        threshold_percent: opened.connector.deletion_threshold_percent(&opened.configuration),
        crawls_access: opened.connector.crawls_access(&opened.configuration),
    };
    removal.run(&end).await.map_err(|error| match error {
        RemovalError::Ingest(error) => internal(&error),
        RemovalError::Source(error) => source_ending(error),
    })?;
    for place in &end.incomplete {
        let warning = format!("the listing of `{place}` did not end cleanly: nothing there was removed");
        options.store.warn_job(&job.id, &warning).await.map_err(|error| internal(&error.into()))?;
    }
    failpoint::hit(FailPoint::AfterRemovals);
    let moved = options.store.move_job(&job.id, JobStatus::Syncing, JobStatus::SyncingIndexing).await;
    if moved.map_err(|error| internal(&error.into()))? { Ok(()) } else { Err(Ending::Job(aborted())) }
}

/// Finds the configuration, the secret, the connector and the index.
async fn open(options: &SyncOptions, job: &SyncJob) -> Result<Opened, Ending> {
    let configuration = options.host.setup(&job.index_id, &job.data_source_id).await;
    let configuration = configuration.map_err(|error| failed(error.to_string(), None))?;
    let setup = configuration.ok_or_else(|| failed("The data source was deleted.".into(), None))?;
    let SourceSetup { configuration, language } = setup;
    let connector = options.connectors.iter().find(|connector| connector.handles(&configuration));
    let connector = connector.cloned().ok_or_else(|| {
        failed("No connector for this configuration is implemented yet: only Confluence is.".into(), None)
    })?;
    let secret_id = connector.secret_id(&configuration);
    let secret_id = secret_id.ok_or_else(|| failed("The configuration names no secret.".into(), None))?;
    let secret = options.host.secret(&secret_id).await.map_err(|error| failed(error.to_string(), None))?;
    let request = OpenRequest {
        data_source_id: job.data_source_id.clone(),
        configuration: configuration.clone(),
        secret,
        host: Arc::clone(&options.host),
    };
    let source = connector.open(request).await.map_err(source_ending)?;
    let index = options.indices.get(&job.index_id).map_err(|error| internal(&error))?;
    Ok(Opened { connector, configuration, language, source, index })
}

/// Walks the source while its batches are stored.
async fn crawl(
    options: &SyncOptions,
    job: &SyncJob,
    opened: &Opened,
    ids: &Ids,
    stop: &CancellationToken,
) -> Result<CrawlEnd, Ending> {
    let mode = opened.connector.crawl_mode(&opened.configuration);
    let fields = options.host.fields(&job.index_id).await.map_err(|error| failed(error.to_string(), None))?;
    let checkpoint = match &job.checkpoint {
        Some(text) => Some(serde_json::from_str(text).map_err(|_| {
            failed("The checkpoint of the job cannot be read by this version. Start the sync again.".into(), None)
        })?),
        None => None,
    };
    let request = CrawlRequest { mode, checkpoint, stop: stop.clone(), progress: Progress::default() };
    let known = Known { store: &options.store, index_id: &job.index_id, data_source_id: &job.data_source_id, ids };
    let storing = Storing {
        index: Arc::clone(&opened.index),
        store: &options.store,
        ids,
        job_id: &job.id,
        data_source_id: &job.data_source_id,
        fields,
        language: opened.language.clone(),
        forced: mode == CrawlMode::Everything,
    };
    let (sender, receiver) = mpsc::channel(BATCHES_WAITING);
    let walking = async {
        let mut sink = ChannelSink(sender);
        opened.source.crawl(&request, &known, &mut sink).await
    };
    let (walked, stored) = tokio::join!(walking, storing.run(receiver));
    stored.map_err(|error| internal(&error))?;
    walked.map_err(source_ending)
}

/// Waits until everything that the job added is found by meaning too, and says how it ended.
async fn finish(options: &SyncOptions, job: &SyncJob, stop: &CancellationToken) -> Result<JobEnd, Ending> {
    let index = options.indices.get(&job.index_id).map_err(|error| internal(&error))?;
    while index.has_model() {
        let pending = options.store.vectors_pending_of(&job.index_id, &job.data_source_id).await;
        if pending.map_err(|error| internal(&error.into()))? == 0 {
            break;
        }
        tokio::select! {
            () = stop.cancelled() => return Err(Ending::Later),
            () = index.progress() => {}
            () = tokio::time::sleep(std::time::Duration::from_millis(500)) => {}
        }
    }
    let job = options.store.job(&job.id).await.map_err(|error| internal(&error.into()))?;
    let Some(job) = job else { return Ok(aborted()) };
    let failures = options.store.failures_told(&job).await.map_err(|error| internal(&error.into()))?;
    Ok(end_of(&job, failures))
}

/// How a job that did its work ends; `failures` says what could not be indexed.
fn end_of(job: &SyncJob, failures: Option<String>) -> JobEnd {
    let counters = job.counters;
    let mut told: Vec<String> = failures.into_iter().collect();
    if counters.protected > 0 {
        told.push(format!(
            "Protected from deletion: {}. If they are really gone, raise deletionProtectionThreshold or set \
             enableDeletionProtection to false, and sync again.",
            counters.protected
        ));
    }
    let cut_off = job.warnings.iter().find(|warning| warning.contains("did not end cleanly"));
    told.extend(cut_off.map(|warning| format!("{warning}.")));
    if told.is_empty() {
        return JobEnd {
            status: JobStatus::Succeeded,
            error_code: None,
            error_message: None,
            data_source_error_code: None,
        };
    }
    JobEnd {
        status: JobStatus::Incomplete,
        error_code: Some(INVALID_REQUEST.into()),
        error_message: Some(told.join(" ")),
        data_source_error_code: None,
    }
}

fn source_ending(error: SourceError) -> Ending {
    match error {
        SourceError::Configuration { message, code } | SourceError::Unauthorized { message, code } => {
            failed(message, code)
        }
        SourceError::Unavailable { message, code, retry_at: None } => failed(message, code),
        SourceError::Unavailable { message, code, retry_at: Some(_) } => Ending::Job(JobEnd {
            status: JobStatus::Incomplete,
            error_code: Some(INVALID_REQUEST.into()),
            error_message: Some(message),
            data_source_error_code: code,
        }),
        SourceError::Stopped => Ending::Job(aborted()),
        SourceError::SinkClosed => Ending::Later,
    }
}

fn failed(message: String, code: Option<String>) -> Ending {
    Ending::Job(JobEnd {
        status: JobStatus::Failed,
        error_code: Some(INVALID_REQUEST.into()),
        error_message: Some(message),
        data_source_error_code: code,
    })
}

fn internal(error: &IngestError) -> Ending {
    tracing::error!(%error, "a sync job failed");
    Ending::Job(JobEnd {
        status: JobStatus::Failed,
        error_code: Some(INTERNAL_ERROR.into()),
        error_message: Some(format!("The index could not be written: {error}. Start the sync again.")),
        data_source_error_code: None,
    })
}
