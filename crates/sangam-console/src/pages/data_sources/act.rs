//! The buttons of a data source: sync, stop, refresh permissions, preview.

use axum::extract::Path;
use sangam_api::ApiError;

use super::place::Source;
use super::show;
use crate::answer;
use crate::failed::Done;
use crate::fields::segment;
use crate::visit::Visit;

/// *Sync now*.
pub(super) async fn sync(Path((index, id)): Path<(String, String)>, visit: Visit) -> Done {
    let source = Source::find(&visit, &index, &id).await?;
    let started = visit.call("kendra:StartDataSourceSyncJob", source.ids()).await;
    let started = started.map(|started| started["ExecutionId"].as_str().unwrap_or_default().to_owned());
    watched(&visit, source, started, "sync").await
}

/// *Stop*.
pub(super) async fn stop(Path((index, id)): Path<(String, String)>, visit: Visit) -> Done {
    let source = Source::find(&visit, &index, &id).await?;
    match visit.call("kendra:StopDataSourceSyncJob", source.ids()).await {
        Ok(_) => Ok(answer::see_other(&format!("{}?said=stopping", source.href("")))),
        Err(error) => show::refused(&visit, source, &error).await,
    }
}

/// *Refresh permissions now*.
pub(super) async fn refresh(Path((index, id)): Path<(String, String)>, visit: Visit) -> Done {
    let source = Source::find(&visit, &index, &id).await?;
    let started = source.v1(&visit, "POST", &["access-refresh"], &[]).await;
    let started = started.map(|started| started["executionId"].as_str().unwrap_or_default().to_owned());
    watched(&visit, source, started, "access").await
}

/// *Preview*, which has a page of its own.
pub(super) async fn preview(Path((index, id)): Path<(String, String)>, visit: Visit) -> Done {
    let source = Source::find(&visit, &index, &id).await?;
    match source.v1(&visit, "POST", &["dry-run"], &[]).await {
        Ok(started) => {
            let job = segment(started["executionId"].as_str().unwrap_or_default());
            Ok(answer::see_other(&source.href(&format!("jobs/{job}"))))
        }
        Err(error) => show::refused(&visit, source, &error).await,
    }
}

/// Back to the data source's page, which tells how the job ends.
async fn watched(visit: &Visit, source: Source, started: Result<String, ApiError>, kind: &str) -> Done {
    match started {
        Ok(job) => {
            let at = source.href("");
            Ok(answer::see_other(&format!("{at}?watch={}&kind={kind}", segment(&job))))
        }
        Err(error) => show::refused(visit, source, &error).await,
    }
}

/// The calls that the buttons make, for people who copy commands.
pub(super) fn announce(visit: &Visit, source: &Source) {
    visit.will_call("kendra:StartDataSourceSyncJob", &source.ids());
    visit.will_call("kendra:StopDataSourceSyncJob", &source.ids());
}
