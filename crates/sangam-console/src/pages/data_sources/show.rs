//! One data source: its state, its buttons, its runs.

use axum::extract::Path;
use jiff::Timestamp;
use sangam_api::ApiError;

use super::list::type_name;
use super::place::{Form, Source};
use super::runs::{self, Job};
use super::{act, languages, review, schedule, secret, tags};
use crate::answer::Answer;
use crate::failed::Done;
use crate::fields::segment;
use crate::view::{Action, Cell, Facts, Html, Notice, Tone};
use crate::visit::Visit;

/// How long after its end a job is told of, to those who did not start it, in milliseconds.
const TOLD_FOR_MS: i64 = 60_000;
/// Seconds after which the page is loaded again where no scripts run.
const RELOAD: u32 = 3;

/// The jobs that the page is about.
struct Jobs {
    sync: Option<Job>,
    access: Option<Job>,
    preview: Option<Job>,
}

impl Jobs {
    fn each(&self) -> impl Iterator<Item = &Job> {
        [&self.sync, &self.access, &self.preview].into_iter().flatten()
    }

    fn running(&self) -> Option<&Job> {
        self.each().find(|job| job.is_running())
    }
}

/// The data source's page.
pub(super) async fn show(Path((index, id)): Path<(String, String)>, visit: Visit) -> Done {
    let source = Source::find(&visit, &index, &id).await?;
    page(&visit, &source, None).await
}

/// The page after a button that was refused.
pub(super) async fn refused(visit: &Visit, source: Source, error: &ApiError) -> Done {
    page(visit, &source, Some(Notice::new(Tone::Bad, &error.message))).await
}

async fn page(visit: &Visit, source: &Source, said: Option<Notice>) -> Done {
    let jobs = Jobs {
        sync: runs::newest(visit, source, "sync").await?,
        access: runs::newest(visit, source, "access").await?,
        preview: runs::newest(visit, source, "preview").await?,
    };
    let is_live = jobs.running().is_some();
    let is_administrator = visit.may_change();
    act::announce(visit, source);
    let history = runs::history(visit, source).await?;
    let cards = runs::cards(visit, source).await?;
    let refused = said.is_some();
    let mut screen = source.above(source.name()).notices(said).notices(notices(visit, source, &jobs));
    if is_administrator {
        screen = screen
            .action(Action::plain(&source.href("edit"), "Edit"))
            .action(Action::plain(&source.href("delete"), "Delete"));
    }
    screen = screen.block(current(visit, source, &jobs, is_administrator));
    for block in [cards, history] {
        screen = screen.block(if is_live { block.live() } else { block });
    }
    screen = screen.block(details(source));
    if let Form::Connector(template) = source.form() {
        let secret = template["secretArn"].as_str().unwrap_or_default();
        let link = Cell::link(&format!("/console/secrets/{}", segment(secret)), secret::name_of(secret));
        screen = screen
            .block(review::access(&source.described, template, link).render())
            .block(review::sync(template, source.text("Schedule")).render())
            .block(review::mappings(template).render());
    }
    screen = screen.block(tags::table(visit, source).await?);
    if is_live {
        screen = screen.refresh(RELOAD);
    }
    let answer: Answer =
        if refused { visit.refused(&screen, Some(&source.index)) } else { visit.page(&screen, Some(&source.index)) };
    Ok(answer)
}

/// What was done just now, and how the job that somebody watches has ended.
fn notices(visit: &Visit, source: &Source, jobs: &Jobs) -> Vec<Notice> {
    let mut sentences = vec![
        (
            "added",
            "The data source is added. Nothing was read yet: press Sync now, or Preview to see what a sync would do.",
        ),
        ("edited", "The data source was changed. The next sync follows it."),
        (
            "settled",
            "The data source was changed. Comments and attachments were turned off where their pages or blogs are. The next sync follows it.",
        ),
        ("tags", "The tags were changed."),
    ];
    if jobs.running().is_some() {
        sentences.push(("stopping", "The sync is being stopped. What it indexed so far stays."));
    }
    let mut notices: Vec<Notice> = visit.said(&sentences).into_iter().collect();
    let watched = visit.query().last("watch");
    let now = Timestamp::now().as_millisecond();
    for job in jobs.each().filter(|job| !job.is_running()) {
        let is_recent = job.0["endedAt"].as_i64().is_some_and(|ended| now - ended < TOLD_FOR_MS);
        let is_told = if watched.is_empty() { is_recent } else { job.text("executionId") == watched };
        if is_told {
            let at = source.href(&format!("jobs/{}", job.text("executionId")));
            notices.push(job.ended().link(&at, "Details"));
        }
    }
    notices
}

/// What happens now, and what can be done.
fn current(visit: &Visit, source: &Source, jobs: &Jobs, is_administrator: bool) -> Html {
    let running = jobs.running();
    let title = running.map_or("Current state", |job| match job.kind_name() {
        "Sync" => "Sync in progress",
        "Preview" => "Preview in progress",
        _ => "Refresh of permissions in progress",
    });
    let mut facts = Facts::new(title).id("sync-state");
    if is_administrator && source.can_sync() {
        for action in buttons(visit, source, jobs) {
            facts = facts.action(action);
        }
    }
    facts = match running.or(jobs.sync.as_ref()) {
        Some(job) => job.facts(facts),
        None => facts.fact("Status", Cell::text("It was never synced.")),
    };
    if let Some(access) = jobs.access.as_ref().filter(|job| !job.is_running()) {
        facts = facts.fact("Permissions refreshed", Cell::time(access.0["endedAt"].as_i64()));
    }
    let html = facts.render();
    if running.is_some() { html.live() } else { html }
}

fn buttons(visit: &Visit, source: &Source, jobs: &Jobs) -> Vec<Html> {
    let post =
        |below: &str, label: &str, class: &str| Action::post(&source.href(below), visit.csrf(), &[], label, class);
    let sync = jobs.sync.as_ref().filter(|job| job.is_running());
    match sync {
        Some(job) if job.text("status") == "STOPPING" => Vec::new(),
        Some(_) => vec![post("stop", "Stop", "danger")],
        None => vec![
            post("sync", "Sync now", ""),
            post("preview", "Preview", "plain"),
            post("refresh", "Refresh permissions now", "plain"),
        ],
    }
}

fn details(source: &Source) -> Html {
    let described = &source.described;
    let mut facts = Facts::new("Data source details")
        .fact("Status", Cell::status(source.text("Status")))
        .fact("Type", Cell::text(type_name(described)))
        .fact("Description", Cell::text(source.text("Description")))
        .fact("Default language", Cell::text(&languages::label(source.text("LanguageCode"))))
        .fact("Schedule", schedule::line(source.text("Schedule")))
        .fact("Data source ID", Cell::code(&source.id))
        .fact("Created", Cell::api_time(described["CreatedAt"].as_f64()))
        .fact("Changed", Cell::api_time(described["UpdatedAt"].as_f64()));
    if matches!(source.form(), Form::Scheduled) {
        facts = facts.fact("Role ARN", Cell::code(source.text("RoleArn")));
    }
    if !source.text("ErrorMessage").is_empty() {
        facts = facts.fact("Error", Cell::text(source.text("ErrorMessage")));
    }
    facts.render()
}
