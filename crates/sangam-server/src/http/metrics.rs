//! Counters of requests, in the text format of Prometheus.
//!
//! Labels come from closed sets: the services, the names of operations, the error codes. No key, index or user ever is one.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use parking_lot::Mutex;

/// What requests are counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Labels {
    pub(super) service: &'static str,
    pub(super) operation: &'static str,
    /// An error code, or `OK`.
    pub(super) code: &'static str,
}

/// Counters since the start. Their number is bounded by operations × codes.
#[derive(Debug, Default)]
pub(super) struct Metrics {
    requests: Mutex<BTreeMap<Labels, Counter>>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Counter {
    count: u64,
    time: Duration,
}

impl Metrics {
    /// Counts one answered request.
    pub(super) fn record(&self, labels: Labels, time: Duration) {
        let mut requests = self.requests.lock();
        let counter = requests.entry(labels).or_default();
        counter.count += 1;
        counter.time += time;
    }

    /// All counters as text.
    pub(super) fn render(&self) -> String {
        let requests = self.requests.lock().clone();
        let mut text = String::from(
            "# HELP sangam_requests_total Signed requests answered.\n# TYPE sangam_requests_total counter\n",
        );
        for (labels, counter) in &requests {
            let Labels { service, operation, code } = labels;
            let _ = writeln!(
                text,
                "sangam_requests_total{{service=\"{service}\",operation=\"{operation}\",code=\"{code}\"}} {}",
                counter.count
            );
        }
        text += "# HELP sangam_request_duration_seconds_total Time from a request's headers to its answer.\n\
                 # TYPE sangam_request_duration_seconds_total counter\n";
        for (labels, counter) in &requests {
            let Labels { service, operation, code } = labels;
            let _ = writeln!(
                text,
                "sangam_request_duration_seconds_total{{service=\"{service}\",operation=\"{operation}\",code=\"{code}\"}} {:.6}",
                counter.time.as_secs_f64()
            );
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_counted_by_operation_and_code() {
        let metrics = Metrics::default();
        let labels = |code| Labels { service: "kendra", operation: "Query", code };
        metrics.record(labels("OK"), Duration::from_millis(1500));
        metrics.record(labels("OK"), Duration::from_millis(500));
        metrics.record(labels("ValidationException"), Duration::ZERO);
        let text = metrics.render();
        for line in [
            "sangam_requests_total{service=\"kendra\",operation=\"Query\",code=\"OK\"} 2",
            "sangam_requests_total{service=\"kendra\",operation=\"Query\",code=\"ValidationException\"} 1",
            "sangam_request_duration_seconds_total{service=\"kendra\",operation=\"Query\",code=\"OK\"} 2.000000",
        ] {
            assert!(text.lines().any(|seen| seen == line), "{line} in\n{text}");
        }
    }
}
