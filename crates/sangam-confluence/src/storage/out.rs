//! The text as it grows: white space collapsed, blocks apart, bounded. Bodies of both formats come out alike.

use super::BodyText;

/// People whom one text may mention: far more than it does, and few enough to be compared with each other.
const MENTIONS_MAX: usize = 1000;

/// What has to come between what was written and what is next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    None,
    Space,
    Line,
    Block,
}

/// The break that an element makes before and after itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Break {
    None,
    Space,
    Line,
    Block,
    Row,
    Cell,
}

/// Text under construction.
#[derive(Debug)]
pub(crate) struct Out {
    text: String,
    gap: Gap,
    bytes_max: usize,
    truncated: bool,
    /// Cells of tables that are open: in them every break is a space, so that a row stays a line.
    n_cells: usize,
    mentions: Vec<String>,
}

impl Out {
    pub(crate) fn new(bytes_max: usize) -> Self {
        Self { text: String::new(), gap: Gap::None, bytes_max, truncated: false, n_cells: 0, mentions: Vec::new() }
    }

    /// True if nothing more fits.
    pub(crate) fn is_full(&self) -> bool {
        self.truncated
    }

    /// Bytes written so far; grows exactly if something visible was written.
    pub(crate) fn len(&self) -> usize {
        self.text.len()
    }

    /// Appends running text: any white space becomes one space, control characters vanish.
    pub(crate) fn inline(&mut self, text: &str) {
        for character in text.chars() {
            if character.is_whitespace() {
                self.gap = self.gap.max(Gap::Space);
            } else if !is_invisible(character) {
                self.fill_gap();
                self.push(character);
            }
        }
    }

    /// Appends text whose spaces and line ends mean something.
    pub(crate) fn verbatim(&mut self, text: &str) {
        for character in text.chars() {
            match character {
                '\r' => {}
                '\n' | '\t' => {
                    // Leading line ends of a block are no content.
                    if self.gap == Gap::None && !self.text.is_empty() {
                        self.push(character);
                    }
                }
                _ if is_invisible(character) => {}
                _ => {
                    self.fill_gap();
                    self.push(character);
                }
            }
        }
    }

    /// Appends a separator between cells, if something is before it on this line.
    pub(crate) fn cell_gap(&mut self) {
        if self.gap < Gap::Line && !self.text.is_empty() && !self.text.ends_with('\n') {
            self.trim_end_of_line();
            self.push(' ');
            self.push('|');
            self.gap = Gap::Space;
        }
    }

    /// What is next is a word of its own.
    pub(crate) fn space(&mut self) {
        self.gap = self.gap.max(Gap::Space);
    }

    /// What is next starts a line.
    pub(crate) fn line(&mut self) {
        self.gap = self.gap.max(Gap::Line);
    }

    /// What is next starts a block.
    pub(crate) fn block(&mut self) {
        self.gap = Gap::Block;
    }

    /// An element begins.
    pub(crate) fn before(&mut self, kind: Break) {
        match kind {
            Break::None => {}
            Break::Cell => {
                self.cell_gap();
                self.n_cells += 1;
            }
            Break::Space => self.space(),
            _ if self.n_cells > 0 => self.space(),
            Break::Line | Break::Row => self.line(),
            Break::Block => self.block(),
        }
    }

    /// An element ends.
    pub(crate) fn after(&mut self, kind: Break) {
        self.n_cells -= usize::from(kind == Break::Cell);
        match kind {
            Break::None => {}
            Break::Cell | Break::Space => self.space(),
            _ if self.n_cells > 0 => self.space(),
            Break::Line | Break::Row => self.line(),
            Break::Block => self.block(),
        }
    }

    /// Notes that somebody is mentioned; that is no text.
    pub(crate) fn mention(&mut self, id: &str) {
        if !id.is_empty() && self.mentions.len() < MENTIONS_MAX && !self.mentions.iter().any(|known| known == id) {
            self.mentions.push(id.to_owned());
        }
    }

    /// What was gathered.
    pub(crate) fn finish(mut self, malformed: bool) -> BodyText {
        // Breaks may stand beyond the limit, and what closes at the end may bring some.
        self.text.truncate(self.text.floor_char_boundary(self.bytes_max));
        self.text.truncate(self.text.trim_end().len());
        BodyText { text: self.text, malformed, truncated: self.truncated, mentions: self.mentions }
    }

    fn fill_gap(&mut self) {
        let gap = std::mem::replace(&mut self.gap, Gap::None);
        if self.text.is_empty() || gap == Gap::None {
            return;
        }
        if gap >= Gap::Line {
            self.trim_end_of_line();
        }
        match gap {
            Gap::None => {}
            Gap::Space if self.text.ends_with([' ', '\n']) => {}
            Gap::Space => self.text.push(' '),
            Gap::Line if self.text.ends_with('\n') => {}
            Gap::Line => self.text.push('\n'),
            Gap::Block if self.text.ends_with("\n\n") => {}
            Gap::Block if self.text.ends_with('\n') => self.text.push('\n'),
            Gap::Block => self.text.push_str("\n\n"),
        }
    }

    fn trim_end_of_line(&mut self) {
        let kept = self.text.trim_end_matches([' ', '\t']).len();
        self.text.truncate(kept);
    }

    fn push(&mut self, character: char) {
        if self.text.len() + character.len_utf8() > self.bytes_max {
            self.truncated = true;
        } else if !self.truncated {
            self.text.push(character);
        }
    }
}

/// Control characters and others that show nothing: they would split or glue words in the index.
fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{AD}' | '\u{200B}' | '\u{2060}' | '\u{FEFF}' | '\u{FFFE}' | '\u{FFFF}')
}
