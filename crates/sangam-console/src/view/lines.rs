//! Several values in one cell, and texts of strangers that may be long.

use askama::Template;
use jiff::Timestamp;

use super::{Html, day_time};

/// Characters of a stranger's text that a cell shows; the whole of it is at its source.
const SHOWN_CHARS: usize = 160;

#[derive(Template)]
#[template(
    source = r#"<ul class="lines">{% for line in lines %}<li>{{ line|safe }}</li>{% endfor %}</ul>"#,
    ext = "html"
)]
struct LinesView<'a> {
    lines: &'a [Html],
}

#[derive(Template)]
#[template(
    source = r#"<h3>{{ title }}</h3><ul class="points">{% for line in lines %}<li>{{ line|safe }}</li>{% endfor %}</ul>"#,
    ext = "html"
)]
struct TitledView<'a> {
    title: &'a str,
    lines: &'a [Html],
}

#[derive(Template)]
#[template(source = r#"<bdi>{{ text }}</bdi>"#, ext = "html")]
struct StrangerView<'a> {
    text: &'a str,
}

#[derive(Template)]
#[template(
    source = r#"<a href="{{ href }}" target="_blank" rel="noopener noreferrer"><bdi>{{ text }}</bdi><span class="sr"> (opens in a new tab)</span></a>"#,
    ext = "html"
)]
struct StrangerLink<'a> {
    href: &'a str,
    text: &'a str,
}

#[derive(Template)]
#[template(
    source = r#"<progress max="{{ all }}" value="{{ done }}" aria-label="{{ label }}"></progress>"#,
    ext = "html"
)]
struct ProgressView<'a> {
    done: u64,
    all: u64,
    label: &'a str,
}

#[derive(Template)]
#[template(source = r#"<time datetime="{{ machine }}" data-local>{{ people }}</time>"#, ext = "html")]
struct LocalTime<'a> {
    machine: &'a str,
    people: &'a str,
}

#[derive(Template)]
#[template(
    source = r#"<section id="{{ id }}" aria-label="{{ label }}">{% for block in blocks %}{{ block|safe }}{% endfor %}</section>"#,
    ext = "html"
)]
struct GroupView<'a> {
    id: &'a str,
    label: &'a str,
    blocks: &'a [Html],
}

/// Values that are more than a word.
pub(crate) struct Lines;

impl Lines {
    /// One below the other.
    pub(crate) fn of(lines: &[Html]) -> Html {
        Html::of(&LinesView { lines })
    }

    /// One below the other, under a title.
    pub(crate) fn titled(title: &str, lines: &[Html]) -> Html {
        Html::of(&TitledView { title, lines })
    }

    /// Blocks that come and go together, under one id.
    pub(crate) fn group(id: &str, label: &str, blocks: &[Html]) -> Html {
        Html::of(&GroupView { id, label, blocks })
    }

    /// A text that a stranger wrote: cut where it is long, and unable to turn the text around it.
    pub(crate) fn stranger(text: &str) -> Html {
        Html::of(&StrangerView { text: &cut(text) })
    }

    /// A sentence of the server, whole, with what strangers wrote in it.
    pub(crate) fn sentence(text: &str) -> Html {
        Html::of(&StrangerView { text })
    }

    /// A text of a stranger that leads to where it comes from; `href` is checked by the caller.
    pub(crate) fn stranger_link(href: &str, text: &str) -> Html {
        Html::of(&StrangerLink { href, text: &cut(text) })
    }

    /// How far something is.
    pub(crate) fn progress(done: u64, all: u64, label: &str) -> Html {
        Html::of(&ProgressView { done, all: all.max(1), label })
    }

    /// A point in time in UTC, to which the script adds the time where the reader is.
    pub(crate) fn local_time(at_ms: i64) -> Html {
        match Timestamp::from_millisecond(at_ms) {
            Ok(at) => Html::of(&LocalTime { machine: &at.to_string(), people: &day_time(at) }),
            Err(_) => Html::default(),
        }
    }
}

fn cut(text: &str) -> String {
    let mut cut: String = text.chars().take(SHOWN_CHARS).collect();
    if cut.len() < text.len() {
        cut.push('…');
    }
    cut
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_strangers_text_is_escaped_cut_and_isolated() {
        let html = Lines::stranger(&format!("<b>\u{202e}{}", "x".repeat(10_000))).into_string();
        assert!(html.starts_with("<bdi>&#60;b&#62;\u{202e}xx") && html.ends_with("…</bdi>"), "{html}");
        assert!(html.len() < 300);
    }
}
