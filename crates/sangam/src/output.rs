//! What goes where: data to the standard output, talk to the standard error.

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};

use serde::Serialize;

use crate::failure::Failure;

/// The two streams of a command.
#[derive(Debug)]
pub struct Output {
    json: bool,
    /// Whether the standard output takes emphasis.
    emphasis: bool,
}

impl Output {
    /// Output as JSON, or for people. Emphasis needs a terminal, and nobody who set `NO_COLOR`.
    pub fn new(json: bool) -> Self {
        let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self { json, emphasis: !json && !no_color && io::stdout().is_terminal() }
    }

    /// Output with emphasis, whatever the terminal is.
    #[cfg(test)]
    pub(crate) fn with_emphasis() -> Self {
        Self { json: false, emphasis: true }
    }

    /// Whether data is wanted as JSON.
    pub fn is_json(&self) -> bool {
        self.json
    }

    /// Writes a line of data.
    ///
    /// # Errors
    /// [`Failure::closed_pipe`] if nobody reads any more, or why it cannot be written.
    pub fn line(&self, text: impl Display) -> Result<(), Failure> {
        writeln!(io::stdout().lock(), "{text}").map_err(unwritten)
    }

    /// Writes data as one JSON value.
    ///
    /// # Errors
    /// As [`Output::line`].
    pub fn json(&self, value: &impl Serialize) -> Result<(), Failure> {
        let text = serde_json::to_string_pretty(value).map_err(Failure::failed)?;
        self.line(text)
    }

    /// Says something to the one who watches. What cannot be said has no listener.
    pub fn talk(&self, text: impl Display) {
        let _ = writeln!(io::stderr().lock(), "{text}");
    }

    /// `text` in bold, where that is wanted.
    pub fn bold(&self, text: &str) -> String {
        self.styled(text, "1")
    }

    /// `text` less bright, where that is wanted.
    pub fn dim(&self, text: &str) -> String {
        self.styled(text, "2")
    }

    fn styled(&self, text: &str, code: &str) -> String {
        if self.emphasis && !text.is_empty() { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

fn unwritten(error: io::Error) -> Failure {
    if error.kind() == io::ErrorKind::BrokenPipe {
        Failure::closed_pipe()
    } else {
        Failure::failed(anyhow::Error::new(error).context("the standard output cannot be written"))
    }
}

/// Text of a document or a server, made safe for a terminal: control characters could move the cursor or change what is shown.
pub fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// A number with its thousands apart: `12,345`.
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart() {
        for (number, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(thousands(number), text);
        }
    }

    #[test]
    fn a_terminal_gets_no_control_characters() {
        assert_eq!(printable("a\u{1b}[2Jb\nc"), "a [2Jb c");
    }

    #[test]
    fn without_emphasis_text_is_plain() {
        let plain = Output { json: false, emphasis: false };
        let bright = Output { json: false, emphasis: true };
        assert_eq!(plain.bold("a"), "a");
        assert_eq!(bright.bold("a"), "\u{1b}[1ma\u{1b}[0m");
    }
}
