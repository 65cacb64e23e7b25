//! A line that moves on a terminal while a job runs; nothing anywhere else.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use sangam_api::kendra::{DataSourceSyncJob, DataSourceSyncJobStatus};

use super::job::Counters;
use super::told::ToldJob;
use crate::output::{printable, thousands};

/// A rate over less time than this jumps too much to be read.
const RATE_AFTER: Duration = Duration::from_secs(2);
const SECONDS_PER_MINUTE: u64 = 60;
const SECONDS_PER_HOUR: u64 = 3_600;

/// The line, and what is needed for a rate.
pub(super) struct Progress {
    bar: ProgressBar,
    /// When the first documents were seen, and how many.
    first: Mutex<Option<(Instant, u64)>>,
}

impl Progress {
    /// A line for a job.
    pub(super) fn new() -> Self {
        let style = ProgressStyle::with_template("{spinner} {msg}").expect("the template is a constant that parses");
        Self { bar: ProgressBar::new_spinner().with_style(style), first: Mutex::default() }
    }

    /// Shows where the job is; `told` adds what Kendra's API does not tell.
    pub(super) fn show(&self, job: &DataSourceSyncJob, told: &ToldJob) {
        let scanned = Counters::of(job).scanned;
        let rate = self.rate(scanned);
        let line = message(job.status, scanned, rate, told.documents_expected);
        self.bar.set_message(with_note(line, told.note.as_deref()));
        self.bar.tick();
    }

    /// Shows where a job is that is no sync.
    pub(super) fn show_told(&self, told: &ToldJob) {
        let left = told.seconds_left.map(|left| format!(", about {} left", time(left))).unwrap_or_default();
        let line = format!("looking: {} documents{left}", thousands(told.documents_scanned));
        self.bar.set_message(with_note(line, told.note.as_deref()));
        self.bar.tick();
    }

    /// Takes the line away.
    pub(super) fn clear(&self) {
        self.bar.finish_and_clear();
    }

    /// Documents a second since the first look.
    fn rate(&self, scanned: u64) -> Option<f64> {
        let mut first = self.first.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let (since, before) = *first.get_or_insert_with(|| (Instant::now(), scanned));
        let elapsed = since.elapsed();
        (elapsed >= RATE_AFTER).then(|| scanned.saturating_sub(before) as f64 / elapsed.as_secs_f64())
    }
}

/// The line with what the source says of itself.
fn with_note(line: String, note: Option<&str>) -> String {
    match note {
        Some(note) => format!("{line} ({})", printable(note)),
        None => line,
    }
}

/// What the line says: what, how many, how fast, how long yet.
fn message(status: Option<DataSourceSyncJobStatus>, scanned: u64, rate: Option<f64>, expected: Option<u64>) -> String {
    let doing = match status {
        Some(DataSourceSyncJobStatus::SyncingIndexing) => "making vectors",
        Some(DataSourceSyncJobStatus::Stopping) => "stopping",
        _ => "syncing",
    };
    let count = format!("{doing}: {} documents", thousands(scanned));
    if status != Some(DataSourceSyncJobStatus::Syncing) {
        return count;
    }
    let expected = expected.filter(|expected| *expected >= scanned);
    let of = expected.map(|expected| format!(" of about {}", thousands(expected))).unwrap_or_default();
    let Some(rate) = rate.filter(|rate| *rate > 0.0) else { return format!("{count}{of}") };
    let left = expected.map(|expected| format!(", about {} left", time((expected - scanned) as f64 / rate)));
    format!("{count}{of}, {rate:.0} a second{}", left.unwrap_or_default())
}

/// Seconds for people: `42s`, `3m07s`, `2h05m`.
pub(super) fn time(seconds: f64) -> String {
    let seconds = seconds.round().max(0.0) as u64;
    let (hours, minutes) = (seconds / SECONDS_PER_HOUR, seconds % SECONDS_PER_HOUR / SECONDS_PER_MINUTE);
    if hours > 0 {
        format!("{hours}h{minutes:02}m")
    } else if minutes > 0 {
        format!("{minutes}m{:02}s", seconds % SECONDS_PER_MINUTE)
    } else {
        format!("{seconds}s")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_short() {
        for (seconds, text) in [(0.2, "0s"), (42.0, "42s"), (187.0, "3m07s"), (7_500.0, "2h05m"), (-1.0, "0s")] {
            assert_eq!(time(seconds), text);
        }
    }

    #[test]
    fn the_line_tells_what_is_known_and_no_more() {
        let syncing = Some(DataSourceSyncJobStatus::Syncing);
        assert_eq!(message(None, 0, None, None), "syncing: 0 documents");
        assert_eq!(message(syncing, 1500, Some(50.0), None), "syncing: 1,500 documents, 50 a second");
        assert_eq!(
            message(syncing, 1500, Some(50.0), Some(2000)),
            "syncing: 1,500 documents of about 2,000, 50 a second, about 10s left"
        );
        assert_eq!(message(syncing, 2001, Some(50.0), Some(2000)), "syncing: 2,001 documents, 50 a second");
        assert_eq!(with_note("syncing".into(), Some("waiting 5 s")), "syncing (waiting 5 s)");
        let indexing = Some(DataSourceSyncJobStatus::SyncingIndexing);
        assert_eq!(message(indexing, 10, Some(1.0), Some(10)), "making vectors: 10 documents");
    }
}
