//! Forms: sections of fields, hidden values, buttons.

use askama::Template;

use super::{Checks, Field, Grid, Html, Matrix, Rows};
use crate::fields::Fields;
use crate::trouble::Troubles;

/// A button of a form.
#[derive(Clone, Debug)]
pub(crate) struct Button {
    /// What `_go` is sent as.
    pub(crate) value: &'static str,
    /// What is read.
    pub(crate) label: String,
    /// Empty, `plain`, `quiet` or `danger`.
    pub(crate) class: &'static str,
}

impl Button {
    /// The button that Enter presses.
    pub(crate) fn primary(value: &'static str, label: &str) -> Self {
        Self { value, label: label.to_owned(), class: "" }
    }

    /// Another button.
    pub(crate) fn plain(value: &'static str, label: &str) -> Self {
        Self { value, label: label.to_owned(), class: "plain" }
    }

    /// A button that destroys.
    pub(crate) fn danger(value: &'static str, label: &str) -> Self {
        Self { value, label: label.to_owned(), class: "danger" }
    }
}

/// What a section holds.
#[derive(Clone, Debug)]
enum Part {
    Field(Field),
    Rows(Rows),
    Checks(Checks),
    Grid(Grid),
    Matrix(Matrix),
    Html(Html),
}

#[derive(Template)]
#[template(source = r#"<input type="hidden" name="{{ name }}" value="{{ value }}">"#, ext = "html")]
struct Hidden<'a> {
    name: &'a str,
    value: &'a str,
}

/// Fields that belong together.
#[derive(Clone, Debug, Default)]
pub(crate) struct Section {
    title: String,
    about: String,
    parts: Vec<Part>,
}

impl Section {
    /// A section with a title; empty for none.
    pub(crate) fn new(title: &str) -> Self {
        Self { title: title.to_owned(), ..Self::default() }
    }

    /// A sentence below the title.
    pub(crate) fn about(mut self, about: &str) -> Self {
        about.clone_into(&mut self.about);
        self
    }

    /// With a field.
    pub(crate) fn field(mut self, field: Field) -> Self {
        self.parts.push(Part::Field(field));
        self
    }

    /// With pairs.
    pub(crate) fn rows(mut self, rows: Rows) -> Self {
        self.parts.push(Part::Rows(rows));
        self
    }

    /// With rows to tick.
    pub(crate) fn checks(mut self, checks: Checks) -> Self {
        self.parts.push(Part::Checks(checks));
        self
    }

    /// With rows of several columns.
    pub(crate) fn grid(mut self, grid: Grid) -> Self {
        self.parts.push(Part::Grid(grid));
        self
    }

    /// With rows of which each has several boxes.
    pub(crate) fn matrix(mut self, matrix: Matrix) -> Self {
        self.parts.push(Part::Matrix(matrix));
        self
    }

    /// With a value that is sent and not seen. A name that begins with `_` is sent from here only: no other step of a wizard carries it.
    pub(crate) fn hidden(self, name: &str, value: &str) -> Self {
        self.html(Html::of(&Hidden { name, value }))
    }

    /// With anything.
    pub(crate) fn html(mut self, html: Html) -> Self {
        self.parts.push(Part::Html(html));
        self
    }

    /// The names under which its fields are sent.
    pub(crate) fn names(&self) -> Vec<String> {
        let mut names = Vec::new();
        for part in &self.parts {
            match part {
                Part::Field(field) => names.push(field.name().to_owned()),
                Part::Rows(rows) => names.extend([format!("{}_key", rows.name), format!("{}_value", rows.name)]),
                Part::Checks(checks) => names.push(checks.name.to_owned()),
                Part::Grid(grid) => names.extend(grid.names()),
                Part::Matrix(matrix) => names.push(matrix.name.to_owned()),
                Part::Html(_) => {}
            }
        }
        names
    }

    /// The names by which errors find its fields.
    pub(crate) fn members(&self) -> impl Iterator<Item = &'static str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Field(field) => Some(field.name()),
            Part::Rows(rows) => Some(rows.name),
            Part::Checks(checks) => Some(checks.name),
            Part::Grid(grid) => Some(grid.name),
            Part::Matrix(matrix) => Some(matrix.name),
            Part::Html(_) => None,
        })
    }

    fn render(&self, typed: &Fields, troubles: &mut Troubles) -> SectionView {
        let render = |part: &Part| match part {
            Part::Field(field) => field.render(typed, troubles),
            Part::Rows(rows) => rows.render(typed, troubles),
            Part::Checks(checks) => checks.render(typed, troubles),
            Part::Grid(grid) => grid.render(typed, troubles),
            Part::Matrix(matrix) => matrix.render(typed, troubles),
            Part::Html(html) => html.clone(),
        };
        let parts = self.parts.iter().map(render).collect();
        SectionView { title: self.title.clone(), about: self.about.clone(), parts }
    }
}

struct SectionView {
    title: String,
    about: String,
    parts: Vec<Html>,
}

#[derive(Template)]
#[template(path = "form.html")]
struct FormView<'a> {
    is_post: bool,
    method: &'a str,
    action: &'a str,
    csrf: &'a str,
    hidden: &'a [(String, String)],
    sections: Vec<SectionView>,
    /// The first is the one that Enter presses.
    buttons: &'a [Button],
    cancel: Option<&'a str>,
}

impl FormView<'_> {
    /// In reading order, the main button last.
    fn buttons_back_first(&self) -> Vec<&Button> {
        self.buttons.iter().rev().collect()
    }
}

/// A form that posts.
#[derive(Clone, Debug)]
pub(crate) struct Form {
    method: &'static str,
    action: String,
    sections: Vec<Section>,
    hidden: Vec<(String, String)>,
    buttons: Vec<Button>,
    cancel: Option<String>,
}

impl Form {
    /// A form that posts to `action`, with its main button.
    pub(crate) fn new(action: &str, main: Button) -> Self {
        Self {
            method: "post",
            action: action.to_owned(),
            sections: Vec::new(),
            hidden: Vec::new(),
            buttons: vec![main],
            cancel: None,
        }
    }

    /// A form whose fields become the address: for questions, never for changes.
    pub(crate) fn search(action: &str, main: Button) -> Self {
        Self { method: "get", ..Self::new(action, main) }
    }

    /// With a section.
    pub(crate) fn section(mut self, section: Section) -> Self {
        self.sections.push(section);
        self
    }

    /// With a value that is sent and not seen.
    pub(crate) fn hidden(mut self, name: &str, value: &str) -> Self {
        self.hidden.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With another button, left of those before.
    pub(crate) fn button(mut self, button: Button) -> Self {
        self.buttons.push(button);
        self
    }

    /// With a way out.
    pub(crate) fn cancel(mut self, href: &str) -> Self {
        self.cancel = Some(href.to_owned());
        self
    }

    /// Renders it with what was typed and what is wrong. Troubles that belong to no field of it are left.
    pub(crate) fn render(&self, csrf: &str, typed: &Fields, troubles: &mut Troubles) -> Html {
        troubles.assign(self.sections.iter().flat_map(Section::members));
        Html::of(&FormView {
            is_post: self.method == "post",
            method: self.method,
            action: &self.action,
            csrf,
            hidden: &self.hidden,
            sections: self.sections.iter().map(|section| section.render(typed, troubles)).collect(),
            buttons: &self.buttons,
            cancel: self.cancel.as_deref(),
        })
    }
}
