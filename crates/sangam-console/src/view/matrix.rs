//! A table of which every row has several boxes to tick. Under the one name it sends the keys of all rows, with blanks between them, and
//! `<key>:<column>` for each tick.

use askama::Template;

use super::Html;
use crate::fields::Fields;
use crate::trouble::Troubles;

/// Joins a row and one of its columns.
const JOIN: char = ':';

/// A row.
#[derive(Clone, Debug)]
pub(crate) struct MatrixRow {
    /// What is sent; without blanks.
    pub(crate) key: String,
    /// What is read before the boxes, by column; the first names the row.
    pub(crate) cells: Vec<String>,
    /// Whether each box is ticked before anybody saw it; none where the row can have no such box.
    pub(crate) ticks: Vec<Option<bool>>,
}

/// The table.
#[derive(Clone, Debug)]
pub(crate) struct Matrix {
    /// The form's name, and the member's.
    pub(crate) name: &'static str,
    /// What is above it.
    pub(crate) label: &'static str,
    /// The columns before the boxes.
    pub(crate) columns: &'static [&'static str],
    /// The columns of boxes.
    pub(crate) ticks: &'static [&'static str],
    /// The rows.
    pub(crate) rows: Vec<MatrixRow>,
}

/// A box: its column, what it sends, whether it is ticked.
type Tick<'a> = Option<(&'a str, String, bool)>;

#[derive(Template)]
#[template(path = "matrix.html")]
struct MatrixView<'a> {
    name: &'a str,
    label: &'a str,
    columns: Vec<&'a str>,
    keys: String,
    rows: Vec<(&'a MatrixRow, Vec<Tick<'a>>)>,
    error: Option<String>,
}

impl Matrix {
    /// Whether a box is ticked, or `default` where its row was never shown.
    pub(crate) fn has(name: &str, key: &str, column: &str, default: bool, typed: &Fields) -> bool {
        let sent = typed.all(name);
        let is_shown = sent.iter().any(|keys| keys.split(' ').any(|shown| shown == key));
        if is_shown { sent.contains(&format!("{key}{JOIN}{column}").as_str()) } else { default }
    }

    /// Renders what was ticked.
    pub(crate) fn render(&self, typed: &Fields, troubles: &mut Troubles) -> Html {
        let tick = |row: &MatrixRow, column: &'static str, on: Option<bool>| {
            let on = Self::has(self.name, &row.key, column, on?, typed);
            Some((column, format!("{}{JOIN}{column}", row.key), on))
        };
        let ticks = |row: &MatrixRow| {
            self.ticks.iter().zip(&row.ticks).map(|(column, on)| tick(row, column, *on)).collect::<Vec<_>>()
        };
        Html::of(&MatrixView {
            name: self.name,
            label: self.label,
            columns: self.columns.iter().chain(self.ticks).copied().collect(),
            keys: self.rows.iter().map(|row| row.key.as_str()).collect::<Vec<_>>().join(" "),
            rows: self.rows.iter().map(|row| (row, ticks(row))).collect(),
            error: troubles.take(self.name),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_that_was_shown_has_the_ticks_that_were_sent() {
        let row = |key: &str, ticks: [Option<bool>; 2]| MatrixRow {
            key: key.into(),
            cells: vec![key.into()],
            ticks: ticks.into(),
        };
        let matrix = Matrix {
            name: "m",
            label: "M",
            columns: &["Field"],
            ticks: &["A", "B"],
            rows: vec![row("x", [Some(true), None]), row("y", [Some(true), Some(false)])],
        };
        let html = matrix.render(&Fields::parse("m=y&m=y%3AB"), &mut Troubles::default()).into_string();
        assert_eq!(html.matches(r#"type="checkbox""#).count(), 3, "{html}");
        assert!(html.contains(r#"value="x:A" aria-label="x: A" checked"#), "never shown: {html}");
        assert!(html.contains(r#"value="y:B" aria-label="y: B" checked"#) && html.matches(" checked").count() == 2);
    }
}
