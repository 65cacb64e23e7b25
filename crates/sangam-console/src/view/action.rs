//! Things to click: links that look like buttons, and buttons that post.

use askama::Template;

use super::Html;

#[derive(Template)]
#[template(source = r#"<a class="button {{ class }}" href="{{ href }}">{{ label }}</a>"#, ext = "html")]
struct LinkButton<'a> {
    href: &'a str,
    label: &'a str,
    class: &'a str,
}

#[derive(Template)]
#[template(path = "post.html")]
struct PostButton<'a> {
    action: &'a str,
    csrf: &'a str,
    fields: &'a [(&'a str, &'a str)],
    label: &'a str,
    class: &'a str,
}

#[derive(Template)]
#[template(
    source = r#"<p><button name="_go" value="{{ value }}" class="{{ class }}">{{ label }}</button></p>"#,
    ext = "html"
)]
struct SubmitButton<'a> {
    value: &'a str,
    label: &'a str,
    class: &'a str,
}

/// Something to click, with how it looks.
pub(crate) struct Action;

impl Action {
    /// The main thing to do on a page.
    pub(crate) fn primary(href: &str, label: &str) -> Html {
        Html::of(&LinkButton { href, label, class: "" })
    }

    /// Another thing to do.
    pub(crate) fn plain(href: &str, label: &str) -> Html {
        Html::of(&LinkButton { href, label, class: "plain" })
    }

    /// A button of the form that it stands in, sent as `_go`.
    pub(crate) fn submit(value: &str, label: &str, class: &str) -> Html {
        Html::of(&SubmitButton { value, label, class })
    }

    /// A button that posts `fields`; `class` is empty, `plain`, `quiet` or `danger`.
    pub(crate) fn post(action: &str, csrf: &str, fields: &[(&str, &str)], label: &str, class: &str) -> Html {
        Html::of(&PostButton { action, csrf, fields, label, class })
    }
}
