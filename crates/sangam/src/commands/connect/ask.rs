//! Questions to the person at the terminal; without one, what must be given instead.

use std::io::{self, BufRead, IsTerminal, Read, Write};

use reqwest::Url;
use serde_json::{Map, Value};

use crate::failure::Failure;

/// The most that secrets on the standard input may be: a few tokens.
const STDIN_BYTES_MAX: u64 = 65_536;

/// Answers, from a terminal or from the standard input.
pub(super) struct Ask {
    /// Secrets given on the standard input.
    given: Option<Map<String, Value>>,
    /// Where a person answers; `None` without a terminal.
    answers: Option<Box<dyn BufRead>>,
}

impl Ask {
    /// With `from_stdin`, secrets are read from the standard input now.
    pub(super) fn new(from_stdin: bool) -> Result<Self, Failure> {
        if !from_stdin {
            let is_terminal = io::stdin().is_terminal() && io::stderr().is_terminal();
            return Ok(Self { given: None, answers: is_terminal.then(|| Box::new(io::stdin().lock()) as _) });
        }
        let mut text = String::new();
        let read = io::stdin().lock().take(STDIN_BYTES_MAX).read_to_string(&mut text);
        read.map_err(|error| Failure::wrong(anyhow::Error::new(error).context("the standard input cannot be read")))?;
        let given: Map<String, Value> = serde_json::from_str(&text).map_err(|_| {
            Failure::wrong_input("the standard input is not a JSON object of secrets")
                .hint("such as `{\"password\": \"…\"}`")
        })?;
        Ok(Self { given: Some(given), answers: None })
    }

    /// Answers that were given before, as if somebody typed them.
    #[cfg(test)]
    pub(super) fn answering(lines: &'static str) -> Self {
        Self { given: None, answers: Some(Box::new(lines.as_bytes())) }
    }

    /// Whether there is somebody to ask.
    pub(super) fn is_terminal(&self) -> bool {
        self.answers.is_some()
    }

    /// A line.
    pub(super) fn text(&mut self, question: &str, flag: &str) -> Result<String, Failure> {
        let Some(answers) = &mut self.answers else {
            return Err(Failure::wrong_input(format!("there is no terminal to ask for `{question}`"))
                .hint(format!("give it with `{flag}`")));
        };
        loop {
            let _ = write!(io::stderr().lock(), "{question}: ");
            let mut line = String::new();
            let n_bytes = answers.read_line(&mut line).map_err(Failure::failed)?;
            if n_bytes == 0 {
                return Err(Failure::wrong_input("the input ended before the question was answered"));
            }
            if !line.trim().is_empty() {
                return Ok(line.trim().to_owned());
            }
        }
    }

    /// One of several, by number or name; returns its place, the first one's if two have the same name.
    pub(super) fn choice(&mut self, question: &str, flag: &str, choices: &[&str]) -> Result<usize, Failure> {
        let listed: Vec<String> =
            choices.iter().enumerate().map(|(n, choice)| format!("{}) {choice}", n + 1)).collect();
        loop {
            let answer = self.text(&format!("{question}: {}", listed.join("  ")), flag)?;
            let by_number = answer.parse::<usize>().ok().filter(|n| (1..=choices.len()).contains(n)).map(|n| n - 1);
            let by_name = choices.iter().position(|choice| choice.eq_ignore_ascii_case(&answer));
            if let Some(place) = by_number.or(by_name) {
                return Ok(place);
            }
        }
    }

    /// An address.
    pub(super) fn url(&mut self, question: &str, flag: &str) -> Result<Url, Failure> {
        loop {
            let answer = self.text(question, flag)?;
            let with_scheme = if answer.contains("://") { answer } else { format!("https://{answer}") };
            if let Ok(url) = Url::parse(&with_scheme)
                && url.has_host()
            {
                return Ok(url);
            }
        }
    }

    /// A secret, by its name on the standard input or by a prompt that does not show it.
    pub(super) fn secret(&mut self, question: &str, name: &str) -> Result<String, Failure> {
        if let Some(given) = &self.given {
            let text = given.get(name).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
            return text
                .map(str::to_owned)
                .ok_or_else(|| Failure::wrong_input(format!("the secrets on the standard input have no `{name}`")));
        }
        if !self.is_terminal() {
            return Err(Failure::wrong_input(format!("there is no terminal to ask for `{question}`"))
                .hint(format!("give `{{\"{name}\": \"…\"}}` on the standard input, with `--secrets-stdin`")));
        }
        loop {
            let _ = write!(io::stderr().lock(), "{question} (not shown): ");
            let line = console::Term::stderr().read_secure_line().map_err(Failure::failed)?;
            if !line.trim().is_empty() {
                return Ok(line.trim().to_owned());
            }
        }
    }
}
