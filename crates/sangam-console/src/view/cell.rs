//! Single values: text, links, badges, times.

use askama::Template;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::Html;

/// Milliseconds in a second.
const SECOND_MS: i64 = 1_000;

/// How a badge looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    /// As it should be.
    Good,
    /// Wrong.
    Bad,
    /// Under way, or to be looked at.
    Wait,
    /// Neither.
    Plain,
}

impl Tone {
    /// The class of the stylesheet.
    pub(crate) const fn class(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Bad => "bad",
            Self::Wait => "wait",
            Self::Plain => "",
        }
    }

    /// What the status of an index, a data source or a job means.
    pub(crate) fn of_status(status: &str) -> Self {
        match status {
            "ACTIVE" | "SUCCEEDED" | "SUCCESS" => Self::Good,
            "FAILED" => Self::Bad,
            "CREATING" | "UPDATING" | "DELETING" | "SYNCING" | "SYNCING_INDEXING" | "STOPPING" | "INCOMPLETE" => {
                Self::Wait
            }
            _ => Self::Plain,
        }
    }
}

#[derive(Template)]
#[template(source = "{{ text }}", ext = "html")]
struct Text<'a> {
    text: &'a str,
}

#[derive(Template)]
#[template(source = r#"<span class="muted">{{ text }}</span>"#, ext = "html")]
struct Muted<'a> {
    text: &'a str,
}

#[derive(Template)]
#[template(source = r#"<a href="{{ href }}">{{ label }}</a>"#, ext = "html")]
struct Anchor<'a> {
    href: &'a str,
    label: &'a str,
}

#[derive(Template)]
#[template(source = r#"<span class="badge {{ class }}">{{ text }}</span>"#, ext = "html")]
struct Badge<'a> {
    class: &'a str,
    text: &'a str,
}

#[derive(Template)]
#[template(source = r#"<code>{{ text }}</code>"#, ext = "html")]
struct Code<'a> {
    text: &'a str,
}

#[derive(Template)]
#[template(source = r#"<time class="nowrap" datetime="{{ machine }}">{{ people }}</time>"#, ext = "html")]
struct Time<'a> {
    machine: &'a str,
    people: &'a str,
}

/// A value in a table or a list of facts.
pub(crate) struct Cell;

impl Cell {
    /// Text; a dash if there is none.
    pub(crate) fn text(text: &str) -> Html {
        if text.is_empty() { Self::muted("–") } else { Html::of(&Text { text }) }
    }

    /// A blank between two values.
    pub(crate) fn space() -> Html {
        Html::of(&Text { text: " " })
    }

    /// Text of less weight.
    pub(crate) fn muted(text: &str) -> Html {
        Html::of(&Muted { text })
    }

    /// A link.
    pub(crate) fn link(href: &str, label: &str) -> Html {
        Html::of(&Anchor { href, label })
    }

    /// A word in a pill.
    pub(crate) fn badge(tone: Tone, text: &str) -> Html {
        Html::of(&Badge { class: tone.class(), text })
    }

    /// The status of an index, a data source or a job.
    pub(crate) fn status(status: &str) -> Html {
        Self::badge(Tone::of_status(status), status)
    }

    /// An id, an ARN, a pattern.
    pub(crate) fn code(text: &str) -> Html {
        if text.is_empty() { Self::muted("–") } else { Html::of(&Code { text }) }
    }

    /// A count, with thin spaces between thousands.
    pub(crate) fn number(number: i64) -> Html {
        Self::text(&grouped(number))
    }

    /// A point in time, in milliseconds of the epoch; a dash for none.
    pub(crate) fn time(at_ms: Option<i64>) -> Html {
        match at_ms.and_then(|at| Timestamp::from_millisecond(at).ok()) {
            Some(at) => Html::of(&Time { machine: &at.to_string(), people: &day_time(at) }),
            None => Self::muted("–"),
        }
    }

    /// A point in time, in seconds of the epoch, as the API has it.
    pub(crate) fn api_time(at: Option<f64>) -> Html {
        Self::time(at.map(|seconds| (seconds * SECOND_MS as f64) as i64))
    }
}

fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut grouped = String::from(if number < 0 { "−" } else { "" });
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push('\u{202f}');
        }
        grouped.push(digit);
    }
    grouped
}

/// A time as people read it, in UTC: `2026-11-24 15:07 UTC`.
pub(crate) fn day_time(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_strangers_are_escaped_everywhere() {
        let hostile = "<script>alert('x')</script>\"&";
        for html in [
            Cell::text(hostile),
            Cell::muted(hostile),
            Cell::link(hostile, hostile),
            Cell::code(hostile),
            Cell::badge(Tone::Bad, hostile),
        ] {
            let html = html.into_string();
            assert!(!html.contains("<script") && !html.contains("alert('x')"), "{html}");
        }
    }

    #[test]
    fn numbers_are_grouped_and_times_told() {
        assert_eq!(grouped(1_234_567), "1\u{202f}234\u{202f}567");
        assert_eq!((grouped(999), grouped(-1_000)), ("999".to_owned(), "−1\u{202f}000".to_owned()));
        let at = |seconds| Timestamp::from_second(seconds).unwrap();
        assert_eq!(day_time(at(0)), "1970-01-01 00:00:00 UTC");
    }
}
