//! Rows with several columns, as many as one likes: sent as `<name>_<column>`, in order.

use askama::Template;

use super::{Html, Opt};
use crate::fields::Fields;
use crate::trouble::Troubles;

/// One column.
#[derive(Clone, Debug)]
pub(crate) struct Column {
    /// The last part of the name under which it is sent.
    pub(crate) name: &'static str,
    /// What it is called.
    pub(crate) label: &'static str,
    /// What can be chosen; nothing: it is typed.
    pub(crate) options: Vec<Opt>,
}

/// The rows.
#[derive(Clone, Debug)]
pub(crate) struct Grid {
    /// The form's name, and the member's.
    pub(crate) name: &'static str,
    /// What is above them.
    pub(crate) label: &'static str,
    /// A sentence.
    pub(crate) help: &'static str,
    /// The columns.
    pub(crate) columns: Vec<Column>,
}

#[derive(Template)]
#[template(path = "grid.html")]
struct GridView<'a> {
    name: &'a str,
    label: &'a str,
    help: &'a str,
    columns: &'a [Column],
    rows: Vec<Vec<String>>,
    error: Option<String>,
}

impl Grid {
    /// The names under which the columns are sent.
    pub(crate) fn names(&self) -> impl Iterator<Item = String> {
        self.columns.iter().map(|column| format!("{}_{}", self.name, column.name))
    }

    /// The rows in which something was typed, with a value for each column.
    pub(crate) fn read(&self, typed: &Fields) -> Vec<Vec<String>> {
        let columns: Vec<Vec<&str>> =
            self.columns.iter().map(|column| typed.all(&format!("{}_{}", self.name, column.name))).collect();
        let n_rows = columns.iter().map(Vec::len).min().unwrap_or_default();
        let row = |at: usize| columns.iter().map(|values| values[at].trim().to_owned()).collect::<Vec<_>>();
        let typed_in = |row: &Vec<String>| {
            row.iter().zip(&self.columns).any(|(value, of)| of.options.is_empty() && !value.is_empty())
        };
        (0..n_rows).map(row).filter(typed_in).collect()
    }

    /// Renders what was typed, and an empty row if one was asked for or there is none.
    pub(crate) fn render(&self, typed: &Fields, troubles: &mut Troubles) -> Html {
        let mut rows = self.read(typed);
        if rows.is_empty() || typed.last("_go") == "rows" {
            rows.push(vec![String::new(); self.columns.len()]);
        }
        Html::of(&GridView {
            name: self.name,
            label: self.label,
            help: self.help,
            columns: &self.columns,
            rows,
            error: troubles.take(self.name),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_what_somebody_typed_in() {
        let grid = Grid {
            name: "g",
            label: "G",
            help: "",
            columns: vec![
                Column { name: "kind", label: "Kind", options: vec![Opt::new("page", "Page", "")] },
                Column { name: "to", label: "To", options: Vec::new() },
            ],
        };
        let typed = Fields::parse("g_kind=page&g_to=&g_kind=page&g_to=+x+");
        assert_eq!(grid.read(&typed), [["page", "x"]]);
        let html = grid.render(&typed, &mut Troubles::default().about("g", "wrong")).into_string();
        assert!(html.contains("wrong") && html.matches("<select").count() == 1, "{html}");
    }
}
