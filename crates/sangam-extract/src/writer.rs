//! Where extractors put text: it tidies white space, drops what is not text, and stops at the limit.

/// What separates two pieces of text, the stronger the later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    None,
    Space,
    Cell,
    Line,
    Block,
}

/// Text in the making. Separators are asked for and written only when text follows, the strongest one alone.
pub(crate) struct TextWriter {
    text: String,
    bytes_max: usize,
    truncated: bool,
    gap: Gap,
    /// Where the text of the current table row starts.
    row_start: usize,
    /// Whether a cell is open in which no text stands yet: blocks at its start do not break its row.
    is_at_cell_start: bool,
    is_in_row: bool,
}

impl TextWriter {
    pub(crate) fn new(bytes_max: usize) -> Self {
        Self {
            text: String::new(),
            bytes_max,
            truncated: false,
            gap: Gap::None,
            row_start: 0,
            is_at_cell_start: false,
            is_in_row: false,
        }
    }

    /// Running text: any white space is one space.
    pub(crate) fn words(&mut self, text: &str) {
        for char in text.chars() {
            if char.is_whitespace() {
                self.widen(Gap::Space);
            } else {
                self.char(char);
            }
        }
    }

    /// Text whose line ends mean something and whose other white space does not: an empty line starts a block.
    pub(crate) fn lines(&mut self, text: &str) {
        let mut after_newline = false;
        for char in text.chars() {
            if char == '\n' {
                self.widen(if after_newline { Gap::Block } else { Gap::Line });
                after_newline = true;
            } else if char.is_whitespace() {
                self.widen(Gap::Space);
            } else {
                after_newline = false;
                self.char(char);
            }
        }
    }

    /// Text whose white space is part of it; no more than one empty line follows another line.
    pub(crate) fn preformatted(&mut self, text: &str) {
        let mut chars = text.chars().peekable();
        while let Some(char) = chars.next() {
            match char {
                '\r' if chars.peek() == Some(&'\n') => {}
                '\r' | '\n' | '\u{b}' | '\u{85}' | '\u{2028}' => self.newline(),
                '\u{c}' | '\u{2029}' => self.block(),
                _ => self.char(char),
            }
        }
    }

    /// What follows starts on a new line.
    pub(crate) fn line(&mut self) {
        self.widen(Gap::Line);
    }

    /// A line break that somebody typed: two in a row part blocks.
    pub(crate) fn line_break(&mut self) {
        self.widen(if self.gap >= Gap::Line { Gap::Block } else { Gap::Line });
    }

    /// What follows is a block of its own.
    pub(crate) fn block(&mut self) {
        self.widen(Gap::Block);
    }

    /// What follows is a row of a table.
    pub(crate) fn row(&mut self) {
        self.gap = if self.is_in_row { Gap::Line } else { self.gap.max(Gap::Line) };
        self.row_start = self.text.len();
        self.is_at_cell_start = false;
        self.is_in_row = false;
    }

    /// What follows is a cell of the current row; the blocks at its ends do not break the row.
    pub(crate) fn cell(&mut self) {
        if self.text.len() > self.row_start {
            self.gap = Gap::Cell;
        }
        self.is_at_cell_start = true;
        self.is_in_row = true;
    }

    /// Ends a table, whatever state its last row was left in.
    pub(crate) fn table_end(&mut self) {
        self.row();
        self.gap = Gap::Block;
    }

    /// Most bytes that fit.
    pub(crate) fn bytes_max(&self) -> usize {
        self.bytes_max
    }

    /// Whether nothing more fits.
    pub(crate) fn is_full(&self) -> bool {
        self.truncated
    }

    /// Marks the text as incomplete, because its extractor stopped early.
    pub(crate) fn cut(&mut self) {
        self.truncated = true;
    }

    /// Bytes written so far.
    pub(crate) fn len(&self) -> usize {
        self.text.len()
    }

    /// What was written since the text had `start` bytes.
    pub(crate) fn since(&self, start: usize) -> &str {
        self.text.get(start..).unwrap_or_default()
    }

    /// The text, without white space at its end, and whether its end is missing.
    pub(crate) fn finish(mut self) -> (String, bool) {
        self.text.truncate(self.text.trim_end().len());
        (self.text, self.truncated)
    }

    fn widen(&mut self, gap: Gap) {
        if !self.is_at_cell_start {
            self.gap = self.gap.max(gap);
        }
    }

    fn newline(&mut self) {
        if self.gap >= Gap::Line || self.text.is_empty() {
            return;
        }
        self.gap = Gap::None;
        if !self.text.ends_with("\n\n") {
            self.push('\n');
        }
    }

    /// A character after the separator that is due. Controls and marks that no reader sees are no text: a soft hyphen would part a
    /// word in two for search, and a NUL cannot be stored everywhere.
    fn char(&mut self, char: char) {
        if (char.is_control() && char != '\t') || matches!(char, '\u{ad}' | '\u{200b}' | '\u{feff}') {
            return;
        }
        self.separate();
        self.push(char);
    }

    fn separate(&mut self) {
        let gap = std::mem::replace(&mut self.gap, Gap::None);
        self.is_at_cell_start = false;
        if self.text.is_empty() {
            return;
        }
        match gap {
            Gap::None => {}
            Gap::Space if self.text.ends_with(char::is_whitespace) => {}
            Gap::Space => self.push(' '),
            Gap::Cell => self.push('\t'),
            Gap::Line if self.text.ends_with('\n') => {}
            Gap::Line => self.push('\n'),
            Gap::Block => {
                while !self.text.ends_with("\n\n") && !self.truncated {
                    self.push('\n');
                }
            }
        }
    }

    fn push(&mut self, char: char) {
        if self.truncated || self.text.len() + char.len_utf8() > self.bytes_max {
            self.truncated = true;
            return;
        }
        self.text.push(char);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl Fn(&mut TextWriter)) -> String {
        let mut writer = TextWriter::new(1000);
        write(&mut writer);
        writer.finish().0
    }

    #[test]
    fn the_strongest_separator_is_written_once() {
        let text = written(|writer| {
            writer.block();
            writer.words("  a\n b ");
            writer.line();
            writer.block();
            writer.words(" ");
            writer.line();
            writer.words("c\u{ad}d");
            writer.block();
        });
        assert_eq!(text, "a b\n\ncd");
    }

    #[test]
    fn blocks_in_a_cell_do_not_break_its_row() {
        let text = written(|writer| {
            for row in [["a", "b"], ["c", "d"]] {
                writer.row();
                for cell in row {
                    writer.cell();
                    writer.block();
                    writer.words(cell);
                    writer.block();
                }
            }
            writer.table_end();
            writer.words("e");
        });
        assert_eq!(text, "a\tb\nc\td\n\ne");
    }

    #[test]
    fn preformatted_text_keeps_its_shape() {
        let text = written(|writer| writer.preformatted("\r\n a\r\n\tb\r\n\n\n\nc\0\u{c}d\r"));
        assert_eq!(text, " a\n\tb\n\nc\n\nd");
    }

    #[test]
    fn the_limit_cuts_between_characters() {
        let mut writer = TextWriter::new(5);
        writer.words("aé é");
        assert!(writer.is_full());
        assert_eq!(writer.finish(), ("aé".to_owned(), true));
    }
}
