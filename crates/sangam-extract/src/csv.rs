//! Rows to text: each row a line, and each cell with its column's name, so that a passage from the middle of a table says what its numbers are.

use crate::writer::TextWriter;

/// Most cells whose column has a name: what spreadsheets can hold. Cells beyond are written without.
const COLUMNS_MAX: usize = 16_384;

/// Longest text, in characters, that is believed to name a column.
const NAME_CHARS_MAX: usize = 64;

/// Writes the rows of `csv`.
pub(crate) fn write(csv: &str, writer: &mut TextWriter) {
    let mut cells = Cells { rest: csv, separator: separator(csv), is_done: csv.is_empty() };
    let names = first_row(&mut cells);
    let is_header = is_header(&names);
    for name in &names {
        writer.cell();
        writer.words(name);
    }
    writer.row();
    let names: &[String] = if is_header { &names } else { &[] };
    let mut column = 0;
    for (cell, ends_row) in cells {
        if writer.is_full() {
            return;
        }
        write_cell(&cell, names.get(column).map(String::as_str), writer);
        column += 1;
        if ends_row {
            writer.row();
            column = 0;
        }
    }
}

fn write_cell(cell: &str, name: Option<&str>, writer: &mut TextWriter) {
    if cell.trim().is_empty() {
        return;
    }
    writer.cell();
    if let Some(name) = name {
        writer.words(name);
        writer.words(": ");
    }
    writer.words(cell);
}

fn first_row(cells: &mut Cells<'_>) -> Vec<String> {
    let mut row = Vec::new();
    for (cell, ends_row) in cells.by_ref() {
        row.push(cell.trim().to_owned());
        if ends_row || row.len() == COLUMNS_MAX {
            break;
        }
    }
    row
}

/// Whether a first row names the columns: several short texts, all there, none twice, none a number.
fn is_header(row: &[String]) -> bool {
    let is_name =
        |cell: &String| !cell.is_empty() && cell.parse::<f64>().is_err() && cell.chars().count() <= NAME_CHARS_MAX;
    let mut sorted: Vec<&String> = row.iter().collect();
    sorted.sort_unstable();
    row.len() > 1 && row.iter().all(is_name) && sorted.windows(2).all(|pair| pair[0] != pair[1])
}

/// The separator that the first line has most of.
fn separator(csv: &str) -> char {
    let line = csv.trim_start().lines().next().unwrap_or_default();
    let count = |separator: &char| line.matches(*separator).count();
    // Of equals the last one wins, so the comma stands last.
    ['|', '\t', ';', ','].into_iter().max_by_key(count).unwrap_or(',')
}

/// The cells of a table, each with whether it is the last one of its row (RFC 4180; a quote that nobody closes goes on to the end).
struct Cells<'a> {
    rest: &'a str,
    separator: char,
    is_done: bool,
}

impl Iterator for Cells<'_> {
    type Item = (String, bool);

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_done {
            return None;
        }
        let mut cell = self.quoted().unwrap_or_default();
        let end = self.rest.find([self.separator, '\n', '\r']).unwrap_or(self.rest.len());
        cell.push_str(&self.rest[..end]);
        let ends_row = !self.rest[end..].starts_with(self.separator);
        let after = &self.rest[end..];
        let n_bytes = if after.starts_with("\r\n") { 2 } else { after.chars().next().map_or(0, char::len_utf8) };
        self.rest = &after[n_bytes..];
        // A separator at the very end is followed by one more, empty cell, which says nothing.
        self.is_done = self.rest.is_empty();
        Some((cell, ends_row))
    }
}

impl Cells<'_> {
    /// The text between quotes, in which two quotes are one, if the cell starts with a quote.
    fn quoted(&mut self) -> Option<String> {
        let mut rest = self.rest.strip_prefix('"')?;
        let mut text = String::new();
        loop {
            let (part, after) = rest.split_once('"').unwrap_or((rest, ""));
            text.push_str(part);
            let Some(more) = after.strip_prefix('"') else {
                self.rest = after;
                return Some(text);
            };
            text.push('"');
            rest = more;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(csv: &str) -> String {
        let mut writer = TextWriter::new(10_000);
        write(csv, &mut writer);
        writer.finish().0
    }

    #[test]
    fn cells_carry_their_columns_names() {
        let csv = "Name,Role,Age\r\n\"Lee, Ann\",\"said \"\"hi\"\"\nthere\",7\r\n\r\nBob,,\n";
        assert_eq!(text(csv), "Name\tRole\tAge\nName: Lee, Ann\tRole: said \"hi\" there\tAge: 7\nName: Bob");
    }

    #[test]
    fn a_first_row_of_values_names_nothing() {
        assert_eq!(text("1;2;x\n3;4;y"), "1\t2\tx\n3\t4\ty");
        assert_eq!(text("a\tb\nc\td"), "a\tb\na: c\tb: d");
        assert_eq!(text("only\none\ncolumn"), "only\none\ncolumn");
    }

    #[test]
    fn odd_tables_are_read() {
        assert_eq!(text(""), "");
        assert_eq!(text(",,,\n"), "");
        assert_eq!(text("a,b\n\"open, 1\n2"), "a\tb\na: open, 1 2");
        assert_eq!(text("a,b\n1,2,3"), "a\tb\na: 1\tb: 2\t3");
    }
}
