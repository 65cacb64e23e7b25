//! A table whose rows are ticked: each ticked row sends its value under the one name.

use askama::Template;

use super::Html;
use crate::fields::Fields;
use crate::trouble::Troubles;

/// A row to tick.
#[derive(Clone, Debug)]
pub(crate) struct CheckRow {
    /// What is sent.
    pub(crate) value: String,
    /// What is read, by column.
    pub(crate) cells: Vec<String>,
    /// Whether it is ticked before anybody saw it.
    pub(crate) on: bool,
}

/// The table.
#[derive(Clone, Debug)]
pub(crate) struct Checks {
    /// The form's name, and the member's.
    pub(crate) name: &'static str,
    /// What is above it.
    pub(crate) label: &'static str,
    /// The columns.
    pub(crate) columns: &'static [&'static str],
    /// The rows.
    pub(crate) rows: Vec<CheckRow>,
}

#[derive(Template)]
#[template(path = "checks.html")]
struct ChecksView<'a> {
    name: &'a str,
    label: &'a str,
    columns: &'a [&'static str],
    rows: Vec<(&'a CheckRow, bool)>,
    n_ticked: usize,
    error: Option<String>,
}

impl Checks {
    /// Whether a row is ticked, or `default` where the table was never shown.
    pub(crate) fn has(name: &str, value: &str, default: bool, typed: &Fields) -> bool {
        if typed.has(name) { typed.all(name).contains(&value) } else { default }
    }

    /// Renders what was ticked. An empty value goes with it, so that a table without a tick is told from one that was never shown.
    pub(crate) fn render(&self, typed: &Fields, troubles: &mut Troubles) -> Html {
        let rows: Vec<(&CheckRow, bool)> =
            self.rows.iter().map(|row| (row, Self::has(self.name, &row.value, row.on, typed))).collect();
        let n_ticked = rows.iter().filter(|(_, is_ticked)| *is_ticked).count();
        Html::of(&ChecksView {
            name: self.name,
            label: self.label,
            columns: self.columns,
            rows,
            n_ticked,
            error: troubles.take(self.name),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_without_a_tick_is_not_one_that_was_never_shown() {
        let has = |typed: &str| Checks::has("map", "a", true, &Fields::parse(typed));
        assert!(has("") && has("map=&map=a") && !has("map=") && !has("map=&map=b"));
        let row = |value: &str| CheckRow { value: value.into(), cells: vec![value.into()], on: true };
        let checks = Checks { name: "map", label: "Map", columns: &["Field"], rows: vec![row("a"), row("b")] };
        let html = checks.render(&Fields::parse("map=&map=b"), &mut Troubles::default()).into_string();
        assert_eq!(html.matches(" checked").count(), 1, "{html}");
        assert!(html.contains("1 of 2") && !html.contains("<details class=\"checks\" open"), "{html}");
        let wrong = checks.render(&Fields::default(), &mut Troubles::default().about("map", "no")).into_string();
        assert!(wrong.contains("<details class=\"checks\" open"), "what is wrong is seen: {wrong}");
    }
}
