//! Blocks that show: facts, tables, messages.

use askama::Template;

use super::Html;

/// Labels with values.
#[derive(Template, Clone, Debug, Default)]
#[template(path = "facts.html")]
pub(crate) struct Facts {
    id: &'static str,
    title: String,
    actions: Vec<Html>,
    facts: Vec<(String, Html)>,
}

impl Facts {
    /// Facts under a title; empty for none.
    pub(crate) fn new(title: &str) -> Self {
        Self { title: title.to_owned(), ..Self::default() }
    }

    /// With an id, to be found by.
    pub(crate) fn id(mut self, id: &'static str) -> Self {
        self.id = id;
        self
    }

    /// With one fact.
    pub(crate) fn fact(mut self, label: &str, value: Html) -> Self {
        self.facts.push((label.to_owned(), value));
        self
    }

    /// With something to click.
    pub(crate) fn action(mut self, action: Html) -> Self {
        self.actions.push(action);
        self
    }

    /// The block.
    pub(crate) fn render(&self) -> Html {
        Html::of(self)
    }
}

/// Rows under columns.
#[derive(Template, Clone, Debug, Default)]
#[template(path = "table.html")]
pub(crate) struct Table {
    id: &'static str,
    title: String,
    count: Option<usize>,
    actions: Vec<Html>,
    columns: Vec<&'static str>,
    rows: Vec<Vec<Html>>,
    empty: String,
    next: Option<String>,
}

impl Table {
    /// A table with its columns, and what is said when there is no row.
    pub(crate) fn new(title: &str, columns: &[&'static str], empty: &str) -> Self {
        Self { title: title.to_owned(), columns: columns.to_vec(), empty: empty.to_owned(), ..Self::default() }
    }

    /// With an id, to be found by.
    pub(crate) fn id(mut self, id: &'static str) -> Self {
        self.id = id;
        self
    }

    /// With a row.
    pub(crate) fn row(mut self, cells: Vec<Html>) -> Self {
        self.rows.push(cells);
        self
    }

    /// With how many rows there are.
    pub(crate) fn counted(mut self) -> Self {
        self.count = Some(self.rows.len());
        self
    }

    /// With something to click.
    pub(crate) fn action(mut self, action: Html) -> Self {
        self.actions.push(action);
        self
    }

    /// With a link to what follows.
    pub(crate) fn next(mut self, href: Option<String>) -> Self {
        self.next = href;
        self
    }

    /// The block.
    pub(crate) fn render(&self) -> Html {
        Html::of(self)
    }
}

/// A paragraph with ways to go on.
#[derive(Template, Clone, Debug)]
#[template(path = "message.html")]
pub(crate) struct Message<'a> {
    /// The paragraph.
    pub(crate) text: &'a str,
    /// Address and label.
    pub(crate) links: &'a [(&'a str, &'a str)],
}

impl Message<'_> {
    /// The block.
    pub(crate) fn render(&self) -> Html {
        Html::of(self)
    }
}
