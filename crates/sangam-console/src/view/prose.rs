//! Sentences with literal values in backticks, as the API and the connectors write them.

use askama::Template;

use super::Html;

#[derive(Template)]
#[template(
    source = r#"{% for piece in pieces %}{% if loop.index0 % 2 == 1 %}<code>{{ piece }}</code>{% else %}{{ piece }}{% endif %}{% endfor %}"#,
    ext = "html"
)]
struct Prose<'a> {
    /// Every second one stood in backticks.
    pieces: Vec<&'a str>,
}

/// Renders a sentence, what stands in backticks as code. With a backtick that nothing closes, all of it is text.
pub(crate) fn prose(sentence: &str) -> Html {
    let pieces: Vec<&str> = sentence.split('`').collect();
    Html::of(&Prose { pieces: if pieces.len().is_multiple_of(2) { vec![sentence] } else { pieces } })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literal_values_are_code_and_everything_is_escaped() {
        let html = |sentence| prose(sentence).into_string();
        assert_eq!(html("Index `a<b` is busy"), "Index <code>a&#60;b</code> is busy");
        assert_eq!(html("it`s <b>"), "it`s &#60;b&#62;");
        assert_eq!(html("plain"), "plain");
    }
}
