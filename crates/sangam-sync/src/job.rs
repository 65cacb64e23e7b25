//! One job from its start to its end: a sync, or a refresh of access.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sangam_ingest::{Index, IngestError};
use sangam_store::failpoint::{self, FailPoint};
use sangam_store::{JobEnd, JobKind, JobStatus, SyncJob, now_ms};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use crate::ending::{Ending, aborted, end_of, failed, internal, source_ending};
use crate::preview;
use crate::progress::tell;
use crate::removal::{Removal, RemovalError};
use crate::sink::{BATCHES_WAITING, ChannelSink, Ids, Known, Storing};
use crate::{
    Connector, CrawlEnd, CrawlMode, CrawlRequest, OpenRequest, Progress, Source, SourceError, SourceSetup, SyncService,
};

/// What a job works with once everything it needs was found.
pub(crate) struct Opened {
    pub(crate) connector: Arc<dyn Connector>,
    pub(crate) configuration: serde_json::Value,
    pub(crate) language: Option<String>,
    pub(crate) source: Box<dyn Source>,
    pub(crate) index: Arc<Index>,
}

/// Runs `job` to its end; `None` if it was cut off and goes on later. `is_walking` becomes false once it only waits.
pub(crate) async fn run(
    service: &SyncService,
    job: SyncJob,
    is_walking: &AtomicBool,
    stop: &CancellationToken,
) -> Option<JobEnd> {
    // It may have been stopped before anybody worked on it.
    match service.store().job(&job.id).await {
        Ok(Some(now)) if now.status.is_final() => return None,
        Ok(Some(now)) if now.status == JobStatus::Stopping => return Some(aborted()),
        _ => {}
    }
    let ended = match (job.kind, job.status) {
        (JobKind::Sync, JobStatus::SyncingIndexing) => finish(service, &job, is_walking, stop).await,
        (JobKind::Sync, _) => match walk(service, &job, stop).await {
            Ok(()) => finish(service, &job, is_walking, stop).await,
            Err(end) => Err(end),
        },
        (JobKind::Access, _) => refresh(service, &job, stop).await,
        (JobKind::Preview, _) => preview::run(service, &job, stop).await,
    };
    match ended {
        Ok(end) | Err(Ending::Job(end)) => Some(end),
        Err(Ending::Later) => None,
    }
}

/// Crawls, stores and removes; on return the job is SYNCING_INDEXING.
async fn walk(service: &SyncService, job: &SyncJob, stop: &CancellationToken) -> Result<(), Ending> {
    let opened = open(service, job).await?;
    let mode = opened.connector.crawl_mode(&opened.configuration);
    let job = begin(service, job, mode, &opened).await?;
    pass(service, &job, &opened, mode, stop).await?;
    opened.index.collect_accesses().await.map_err(internal)?;
    let moved = service.store().move_job(&job.id, JobStatus::Syncing, JobStatus::SyncingIndexing).await;
    if moved.map_err(internal)? { Ok(()) } else { Err(Ending::Job(aborted())) }
}

/// Reads access again, and with a reconciliation what is still there.
async fn refresh(service: &SyncService, job: &SyncJob, stop: &CancellationToken) -> Result<JobEnd, Ending> {
    let opened = open(service, job).await?;
    let mode = job.mode.as_deref().and_then(|mode| serde_json::from_str(mode).ok());
    let mode = mode.unwrap_or(CrawlMode::Access { reconcile: false });
    pass(service, job, &opened, mode, stop).await?;
    let ended = service.store().job(&job.id).await.map_err(internal)?;
    // What it saw was needed as long as it could be cut off.
    service.store().forget_report(&job.id).await.map_err(internal)?;
    Ok(ended.map_or_else(aborted, |job| end_of(&job, None)))
}

/// One walk of the source in `mode`, with the removals that it allows.
async fn pass(
    service: &SyncService,
    job: &SyncJob,
    opened: &Opened,
    mode: CrawlMode,
    stop: &CancellationToken,
) -> Result<(), Ending> {
    let ids = Ids::new(opened.connector.name(), &job.data_source_id);
    let end = crawl(service, job, opened, mode, &ids, stop).await?;
    failpoint::hit(FailPoint::BeforeRemovals);
    let lists_all = mode != CrawlMode::Access { reconcile: false };
    if lists_all {
        let removal = Removal {
            index: &opened.index,
            store: service.store(),
            source: opened.source.as_ref(),
            ids: &ids,
            job_id: &job.id,
            data_source_id: &job.data_source_id,
            threshold_percent: opened.connector.deletion_threshold_percent(&opened.configuration),
            crawls_access: opened.connector.crawls_access(&opened.configuration),
            lost_before: now_ms() - service.policy().lost_after.as_millis() as i64,
        };
        match removal.run(&end).await {
            Ok(_) => {}
            Err(RemovalError::Ingest(error)) => return Err(internal(error)),
            Err(RemovalError::Source(error)) => return Err(ended_by(service, job, error).await),
            Err(RemovalError::NothingSeen) => {
                let message = "The crawler's account sees nothing any more of what it saw: not one document was \
                               listed, and none answers. Check what the account may see, and sync again.";
                let error = SourceError::Unauthorized { message: message.into(), code: None };
                return Err(ended_by(service, job, error).await);
            }
        }
    }
    for place in &end.incomplete {
        let warning = format!("the listing of `{place}` did not end cleanly: nothing there was removed");
        service.store().warn_job(&job.id, &warning).await.map_err(internal)?;
    }
    failpoint::hit(FailPoint::AfterRemovals);
    let is_reconciled = lists_all && end.incomplete.is_empty();
    opened.index.regain_sight(&job.data_source_id, is_reconciled).await.map_err(internal)
}

/// Finds the configuration, the secret, the connector and the index.
pub(crate) async fn open(service: &SyncService, job: &SyncJob) -> Result<Opened, Ending> {
    let configuration = service.host().setup(&job.index_id, &job.data_source_id).await;
    let configuration = configuration.map_err(|error| failed(error.to_string(), None))?;
    let setup = configuration.ok_or_else(|| failed("The data source was deleted.".into(), None))?;
    let SourceSetup { configuration, language } = setup;
    let connector = service.connector(&configuration).cloned().ok_or_else(|| {
        failed("No connector for this configuration is implemented yet: only Confluence is.".into(), None)
    })?;
    let secret_id = connector.secret_id(&configuration);
    let secret_id = secret_id.ok_or_else(|| failed("The configuration names no secret.".into(), None))?;
    let secret = service.host().secret(&secret_id).await.map_err(|error| failed(error.to_string(), None))?;
    let request = OpenRequest {
        data_source_id: job.data_source_id.clone(),
        configuration: configuration.clone(),
        secret,
        host: Arc::clone(service.host()),
    };
    let source = match connector.open(request).await {
        Ok(source) => source,
        Err(error) => return Err(ended_by(service, job, error).await),
    };
    let index = service.indices().get(&job.index_id).map_err(internal)?;
    Ok(Opened { connector, configuration, language, source, index })
}

/// Notes what the job began with, unless it goes on after a restart; a new one may go on where the one before it was sent away.
async fn begin(service: &SyncService, job: &SyncJob, mode: CrawlMode, opened: &Opened) -> Result<SyncJob, Ending> {
    if job.checkpoint.is_some() {
        return Ok(job.clone());
    }
    let mut digest = DefaultHasher::new();
    opened.configuration.to_string().hash(&mut digest);
    let setup = format!("{:016x}", digest.finish());
    service.store().begin_job(&job.id, &mode_text(mode), &setup).await.map_err(internal)?;
    let begun = service.store().inherit_checkpoint(&job.id).await.map_err(internal)?;
    begun.ok_or_else(|| Ending::Job(aborted()))
}

/// A mode as it is stored with a job.
pub(crate) fn mode_text(mode: CrawlMode) -> String {
    serde_json::to_string(&mode).expect("a mode is plain data")
}

/// Walks the source while its batches are stored.
async fn crawl(
    service: &SyncService,
    job: &SyncJob,
    opened: &Opened,
    mode: CrawlMode,
    ids: &Ids,
    stop: &CancellationToken,
) -> Result<CrawlEnd, Ending> {
    let fields = service.host().fields(&job.index_id).await.map_err(|error| failed(error.to_string(), None))?;
    let checkpoint = match &job.checkpoint {
        Some(text) => Some(serde_json::from_str(text).map_err(|_| {
            failed("The checkpoint of the job cannot be read by this version. Start the sync again.".into(), None)
        })?),
        None => None,
    };
    let progress = Progress::default();
    let request = CrawlRequest { mode, checkpoint, stop: stop.clone(), progress: progress.clone() };
    let known = Known { store: service.store(), index_id: &job.index_id, data_source_id: &job.data_source_id, ids };
    let storing = Storing {
        index: Arc::clone(&opened.index),
        store: service.store().clone(),
        ids: ids.clone(),
        job_id: job.id.clone(),
        data_source_id: job.data_source_id.clone(),
        fields,
        language: opened.language.clone(),
        mode,
    };
    let (sender, receiver) = mpsc::channel(BATCHES_WAITING);
    // A task of its own: answers are parsed on one core while documents are hashed, cut and stored on another. It ends with its channel, and
    // with this one.
    let storing = AbortOnDropHandle::new(tokio::spawn(storing.run(receiver)));
    let walking = async {
        let mut sink = ChannelSink(sender);
        opened.source.crawl(&request, &known, &mut sink).await
    };
    let both = async { tokio::join!(walking, storing) };
    let (walked, stored) = tell(service.store(), &job.id, &progress, both).await;
    stored.unwrap_or(Err(IngestError::CutOff)).map_err(internal)?;
    match walked {
        Ok(end) => Ok(end),
        Err(error) => Err(ended_by(service, job, error).await),
    }
}

/// How a job ends whose source could not go on, after what that means for its data source is noted.
pub(crate) async fn ended_by(service: &SyncService, job: &SyncJob, error: SourceError) -> Ending {
    let noted = match &error {
        // A dry run changes nothing, whatever it meets.
        _ if job.kind == JobKind::Preview => Ok(()),
        SourceError::Unauthorized { message, .. } => lost_sight(service, job, message).await,
        SourceError::Unavailable { retry_at: Some(at), .. } => {
            service.store().set_retry_at(&job.id, at.saturating_mul(1_000)).await.map_err(Into::into)
        }
        _ => Ok(()),
    };
    match noted {
        Ok(()) => source_ending(error),
        Err(error) => internal(error),
    }
}

/// The source is not seen any more: what it showed is hidden once its access is too old.
async fn lost_sight(service: &SyncService, job: &SyncJob, reason: &str) -> Result<(), sangam_ingest::IngestError> {
    service.store().lose_sight(&job.index_id, &job.data_source_id, reason).await?;
    let now = now_ms();
    service.hide_if_too_old(&service.store().sight(&job.data_source_id).await?, now).await?;
    let sight = service.store().sight(&job.data_source_id).await?;
    let warning = if sight.hidden_at.is_some() {
        "the crawler lost its sight, and everything of this data source is hidden until a sync or a refresh succeeds"
            .to_owned()
    } else {
        let read_at = sight.access_at.or(sight.lost_at).unwrap_or(now);
        let left_ms = (read_at + service.policy().access_max_age.as_millis() as i64 - now).max(0);
        format!(
            "the crawler lost its sight: everything of this data source will be hidden in {} minutes unless a sync or \
             a refresh succeeds before",
            left_ms / 60_000
        )
    };
    Ok(service.store().warn_job(&job.id, &warning).await?)
}

/// Waits until everything that the job added is found by meaning too, and says how it ended.
async fn finish(
    service: &SyncService,
    job: &SyncJob,
    is_walking: &AtomicBool,
    stop: &CancellationToken,
) -> Result<JobEnd, Ending> {
    is_walking.store(false, Ordering::Relaxed);
    let index = service.indices().get(&job.index_id).map_err(internal)?;
    while index.has_model() {
        let pending = service.store().vectors_pending_of(&job.index_id, &job.data_source_id).await;
        if pending.map_err(internal)? == 0 {
            break;
        }
        tokio::select! {
            // What it stored stays, and its vectors follow without it. When the process ends nobody looks at this: the job goes on.
            () = stop.cancelled() => return Err(Ending::Job(aborted())),
            () = index.progress() => {}
            () = tokio::time::sleep(std::time::Duration::from_millis(500)) => {}
        }
    }
    let job = service.store().job(&job.id).await.map_err(internal)?;
    let Some(job) = job else { return Ok(aborted()) };
    let failures = service.store().failures_told(&job).await.map_err(internal)?;
    Ok(end_of(&job, failures))
}
