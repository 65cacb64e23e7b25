//! The text as it grows: white space collapsed, blocks apart, bounded.

/// What has to come between what was written and what is next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    None,
    Space,
    Line,
    Block,
}

/// Text under construction.
#[derive(Debug)]
pub(super) struct Out {
    text: String,
    gap: Gap,
    bytes_max: usize,
    truncated: bool,
}

impl Out {
    pub(super) fn new(bytes_max: usize) -> Self {
        Self { text: String::new(), gap: Gap::None, bytes_max, truncated: false }
    }

    /// True if nothing more fits.
    pub(super) fn is_full(&self) -> bool {
        self.truncated
    }

    /// Bytes written so far; grows exactly if something visible was written.
    pub(super) fn len(&self) -> usize {
        self.text.len()
    }

    /// Appends running text: any white space becomes one space, control characters vanish.
    pub(super) fn inline(&mut self, text: &str) {
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
    pub(super) fn verbatim(&mut self, text: &str) {
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
    pub(super) fn cell_gap(&mut self) {
        if self.gap < Gap::Line && !self.text.is_empty() && !self.text.ends_with('\n') {
            self.trim_end_of_line();
            self.text.push_str(" |");
            self.gap = Gap::Space;
        }
    }

    /// What is next is a word of its own.
    pub(super) fn space(&mut self) {
        self.gap = self.gap.max(Gap::Space);
    }

    /// What is next starts a line.
    pub(super) fn line(&mut self) {
        self.gap = self.gap.max(Gap::Line);
    }

    /// What is next starts a block.
    pub(super) fn block(&mut self) {
        self.gap = Gap::Block;
    }

    /// The text and whether its end is missing.
    pub(super) fn finish(mut self) -> (String, bool) {
        self.text.truncate(self.text.trim_end().len());
        (self.text, self.truncated)
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
