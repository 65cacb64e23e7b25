//! Markup that a template made.

use std::fmt;

use askama::Template;

/// Escaped markup. Only templates make it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Html(String);

impl Html {
    /// Renders a template.
    pub(crate) fn of(template: &impl Template) -> Self {
        // A template writes into a string, and its values are plain: neither can fail.
        Self(template.render().unwrap_or_else(|error| format!("<!-- not rendered: {error} -->")))
    }

    /// The markup.
    pub(crate) fn into_string(self) -> String {
        self.0
    }

    /// With the mark that has the script fetch it again, every two seconds, until it comes without. The block needs an id.
    pub(crate) fn live(self) -> Self {
        Self(self.0.replacen("<section ", "<section aria-live=\"polite\" data-live=\"2000\" ", 1))
    }

    /// This, and then that.
    pub(crate) fn then(mut self, more: &Self) -> Self {
        self.0.push_str(&more.0);
        self
    }
}

impl fmt::Display for Html {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
