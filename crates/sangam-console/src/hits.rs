//! Results of a query, from the API's JSON to what is read. Every text of them comes from strangers.

mod attributes;
mod hit;
mod text;

pub(crate) use attributes::{SOURCE, label};
pub(crate) use hit::{Hit, web_address};
pub(crate) use text::{cut, is_blank};

use askama::Template;

use crate::view::Html;

#[derive(Template)]
#[template(path = "hits.html")]
struct Hits<'a> {
    hits: &'a [Hit],
}

/// Renders results.
pub(crate) fn render(hits: &[Hit]) -> Html {
    Html::of(&Hits { hits })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_strangers_wrote_neither_runs_nor_leads_anywhere() {
        let hostile = "<img src=x onerror=alert(1)>\"'&\u{202e}";
        let item = json!({
            "DocumentId": hostile,
            "DocumentURI": "javascript:alert(1)",
            "DocumentTitle": {"Text": hostile.repeat(1_000), "Highlights": [{"BeginOffset": 0, "EndOffset": 3}]},
            "DocumentExcerpt": {"Text": hostile, "Highlights": []},
            "DocumentAttributes": [
                {"Key": "_authors", "Value": {"StringListValue": [hostile, "Ada"]}},
                {"Key": "_category", "Value": {"StringValue": hostile}},
                {"Key": "cf_space_name", "Value": {"StringValue": hostile}},
            ],
        });
        let html = render(&[Hit::read(&item)]).into_string();
        assert!(!html.contains("<img") && !html.contains("javascript:") && html.len() < 8_000, "{html}");
        assert!(!html.contains('\u{202e}'), "no text turns what follows: {html}");
        assert!(html.contains("&#38;</bdi>, <bdi>Ada</bdi>"), "nobody's name turns another's: {html}");
    }
}
