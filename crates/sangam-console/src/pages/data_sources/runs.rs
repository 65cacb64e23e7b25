//! Jobs as people read them: how far one is, how it ended, and the history.

use sangam_api::ApiError;
use serde_json::Value;

use super::place::Source;
use crate::fields::segment;
use crate::view::{Cell, Facts, Html, Lines, Notice, Table, Tone};
use crate::visit::Visit;

/// Runs on one page of the history: what the API lists at most.
const PAGE: u32 = 10;
/// Syncs that the cards are made of: what one call lists.
const COUNTED: &str = "100";
const SECOND_MS: i64 = 1_000;
const MINUTE: i64 = 60;
const HOUR: i64 = 3_600;

/// A job as `/sangam/v1/` tells it.
#[derive(Clone, Debug)]
pub(super) struct Job(pub(super) Value);

impl Job {
    /// A text of it.
    pub(super) fn text(&self, name: &str) -> &str {
        self.0[name].as_str().unwrap_or_default()
    }

    /// A number of it.
    pub(super) fn number(&self, name: &str) -> i64 {
        self.0[name].as_i64().unwrap_or_default()
    }

    /// Whether it is under way.
    pub(super) fn is_running(&self) -> bool {
        matches!(self.text("status"), "SYNCING" | "SYNCING_INDEXING" | "STOPPING")
    }

    /// What it is called.
    pub(super) fn kind_name(&self) -> &'static str {
        match self.text("kind") {
            "access" => "Refresh of permissions",
            "preview" => "Preview",
            _ => "Sync",
        }
    }

    /// The numbers of it, with how far it is while it runs.
    pub(super) fn facts(&self, mut facts: Facts) -> Facts {
        let scanned = self.number("documentsScanned");
        facts = facts.fact("Status", Cell::status(self.text("status")));
        if self.is_running() {
            let expected = self.0["documentsExpected"].as_u64();
            if let Some(expected) = expected {
                let done = u64::try_from(scanned).unwrap_or_default();
                facts = facts.fact("Progress", Lines::progress(done, expected, "Documents scanned"));
            }
            let left = self.0["secondsLeft"].as_i64().map(|seconds| format!("about {}", duration(seconds)));
            facts = facts
                .fact("Documents per second", Cell::text(&self.0["documentsPerSecond"].to_string()))
                .fact("Time left", Cell::text(left.as_deref().unwrap_or("not known yet")));
        }
        // A preview changes nothing: what it would do is told apart.
        if self.text("kind") != "preview" || self.is_running() {
            facts = facts.fact("Scanned", Cell::number(scanned));
        }
        if self.text("kind") != "preview" {
            for (name, label) in COUNTERS {
                facts = facts.fact(label, Cell::number(self.number(name)));
            }
        }
        if !self.text("note").is_empty() {
            facts = facts.fact("Now", Lines::sentence(self.text("note")));
        }
        facts.fact("Started", Cell::time(self.0["startedAt"].as_i64())).fact("Duration", Cell::text(&self.lasted()))
    }

    /// How long it took; nothing while it runs.
    fn lasted(&self) -> String {
        self.length_ms().map(|length| duration(length / SECOND_MS)).unwrap_or_default()
    }

    fn length_ms(&self) -> Option<i64> {
        Some(self.0["endedAt"].as_i64()? - self.0["startedAt"].as_i64()?)
    }

    /// How it ended, in a sentence.
    pub(super) fn ended(&self) -> Notice {
        let counted = format!(
            "{} scanned, {} added, {} modified, {} deleted, {} failed",
            self.number("documentsScanned"),
            self.number("documentsAdded"),
            self.number("documentsModified"),
            self.number("documentsDeleted"),
            self.number("documentsFailed"),
        );
        let what = self.kind_name();
        let why = Some(self.text("errorMessage")).filter(|why| !why.is_empty());
        let why = why.map(|why| format!(" {why}")).unwrap_or_default();
        match self.text("status") {
            "SUCCEEDED" if self.text("kind") == "preview" => {
                Notice::new(Tone::Good, "The preview is done. Nothing was changed.")
            }
            "SUCCEEDED" => Notice::new(Tone::Good, &format!("{what} succeeded: {counted}.")),
            "ABORTED" => Notice::new(Tone::Wait, &format!("{what} was stopped: {counted}.{why}")),
            "INCOMPLETE" => Notice::new(Tone::Wait, &format!("{what} is incomplete: {counted}.{why}")),
            _ => Notice::new(Tone::Bad, &format!("{what} failed.{why}")),
        }
    }
}

/// The counters beside Scanned.
const COUNTERS: &[(&str, &str)] = &[
    ("documentsAdded", "Added"),
    ("documentsModified", "Modified"),
    ("documentsDeleted", "Deleted"),
    ("documentsFailed", "Failed"),
];

/// The newest job of a kind, with how far it is if it runs.
pub(super) async fn newest(visit: &Visit, source: &Source, kind: &str) -> Result<Option<Job>, ApiError> {
    let listed = source.v1(visit, "GET", &["jobs"], &[("kind", kind), ("limit", "1")]).await?;
    let Some(job) = listed["jobs"].get(0).cloned().map(Job) else { return Ok(None) };
    if job.is_running() { find(visit, source, job.text("executionId")).await.map(Some) } else { Ok(Some(job)) }
}

/// A job by its id.
pub(super) async fn find(visit: &Visit, source: &Source, id: &str) -> Result<Job, ApiError> {
    source.v1(visit, "GET", &["jobs", id], &[]).await.map(Job)
}

/// *Sync run history*, with the API's numbers.
pub(super) async fn history(visit: &Visit, source: &Source) -> Result<Html, ApiError> {
    let mut input = source.ids();
    input["MaxResults"] = PAGE.into();
    if let Some(token) = visit.query().given("next") {
        input["NextToken"] = token.into();
    }
    let listed = visit.call("kendra:ListDataSourceSyncJobs", input).await?;
    let mut table = Table::new(
        "Sync run history",
        &["Started", "Ended", "Duration", "Status", "Added", "Modified", "Deleted", "Failed", "Scanned", "Details"],
        "It was never synced.",
    )
    .id("history");
    for run in listed["History"].as_array().into_iter().flatten() {
        table = table.row(row(source, run));
    }
    let next = listed["NextToken"].as_str();
    let next = next.map(|token| format!("{}?next={}#history", source.href(""), segment(token)));
    Ok(table.next(next).render())
}

/// The cards above the history: what the last syncs counted, and how long they took.
pub(super) async fn cards(visit: &Visit, source: &Source) -> Result<Html, ApiError> {
    let listed = source.v1(visit, "GET", &["jobs"], &[("kind", "sync"), ("limit", COUNTED)]).await?;
    let jobs: Vec<Job> = listed["jobs"].as_array().into_iter().flatten().cloned().map(Job).collect();
    Ok(numbers(&jobs).render())
}

fn numbers(jobs: &[Job]) -> Facts {
    let ended: Vec<&Job> = jobs.iter().filter(|job| !job.is_running()).collect();
    let whole = ended.iter().find(|job| matches!(job.text("status"), "SUCCEEDED" | "INCOMPLETE"));
    let lengths: Vec<i64> = ended.iter().filter_map(|job| job.length_ms()).collect();
    let average = lengths.iter().sum::<i64>().checked_div(i64::try_from(lengths.len()).unwrap_or(i64::MAX));
    let scans = jobs.iter().map(|job| job.number("documentsScanned")).sum();
    let number = |job: &&Job| Cell::number(job.number("documentsScanned"));
    Facts::new("Syncs so far")
        .id("syncs")
        .fact("Document count, at the last sync", whole.map_or_else(|| Cell::text(""), number))
        .fact("Document scans, in all syncs that are kept", Cell::number(scans))
        .fact("Average run time", Cell::text(&average.map(|ms| duration(ms / SECOND_MS)).unwrap_or_default()))
}

fn row(source: &Source, run: &Value) -> Vec<Html> {
    let (start, end) = (run["StartTime"].as_f64(), run["EndTime"].as_f64());
    let lasted = start.zip(end).map(|(start, end)| duration((end - start) as i64)).unwrap_or_default();
    let counter = |name: &str| match run["Metrics"][name].as_str().and_then(|digits| digits.parse().ok()) {
        Some(count) => Cell::number(count),
        None => Cell::text(""),
    };
    let id = run["ExecutionId"].as_str().unwrap_or_default();
    vec![
        Cell::api_time(start),
        Cell::api_time(end),
        Cell::text(&lasted),
        Cell::status(run["Status"].as_str().unwrap_or_default()),
        counter("DocumentsAdded"),
        counter("DocumentsModified"),
        counter("DocumentsDeleted"),
        counter("DocumentsFailed"),
        counter("DocumentsScanned"),
        Cell::link(&source.href(&format!("jobs/{}", segment(id))), "View report"),
    ]
}

/// A length of time as people say it.
pub(super) fn duration(seconds: i64) -> String {
    match seconds {
        ..MINUTE => format!("{} s", seconds.max(0)),
        MINUTE..HOUR => format!("{} min {} s", seconds / MINUTE, seconds % MINUTE),
        _ => format!("{} h {} min", seconds / HOUR, seconds % HOUR / MINUTE),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn sample(status: &str) -> Job {
        Job(json!({ "kind": "sync", "status": status, "documentsScanned": 12, "documentsExpected": 24,
            "documentsPerSecond": 3.5, "secondsLeft": 75, "errorMessage": "<b>no</b>" }))
    }

    #[test]
    fn a_running_job_tells_how_far_it_is_and_an_ended_one_how_it_ended() {
        let html = sample("SYNCING").facts(Facts::new("Sync")).render().into_string();
        assert!(html.contains(r#"max="24" value="12""#) && html.contains("about 1 min 15 s"), "{html}");
        assert!(!sample("FAILED").facts(Facts::new("")).render().into_string().contains("<progress"));
        let notice = Html::of(&sample("FAILED").ended()).into_string();
        assert!(notice.contains("failed.") && !notice.contains("<b>"), "{notice}");
        assert!(!sample("SUCCEEDED").is_running() && sample("STOPPING").is_running());
    }

    #[test]
    fn the_cards_count_all_syncs_and_average_those_that_ended() {
        let job = |status: &str, scanned: i64, ended: Option<i64>| {
            Job(json!({ "status": status, "documentsScanned": scanned, "startedAt": 1_000, "endedAt": ended }))
        };
        let jobs = [
            job("SYNCING", 3, None),
            job("FAILED", 0, Some(3_000)),
            job("SUCCEEDED", 40, Some(7_000)),
            job("SUCCEEDED", 39, Some(2_000)),
        ];
        let html = numbers(&jobs).render().into_string();
        for told in ["<dd>40</dd>", "<dd>82</dd>", "<dd>3 s</dd>"] {
            assert!(html.contains(told), "{told} in {html}");
        }
        assert!(!numbers(&[]).render().into_string().contains("0 s"));
    }

    #[test]
    fn lengths_are_told_in_two_units() {
        assert_eq!(
            (duration(5), duration(65), duration(3_700)),
            ("5 s".into(), "1 min 5 s".into(), "1 h 1 min".into())
        );
    }
}
