//! How a command ends, and how it says why.

use std::fmt;
use std::process::ExitCode;

use crate::data_dir::DataDirError;
use crate::output::Output;
use crate::settings::Mistakes;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done: 0.
    Done,
    /// The answer is no, or the input was wrong: 1.
    No,
    /// We failed: 2.
    Failed,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::No => 1,
            Exit::Failed => 2,
        })
    }
}

/// Why a command ended early: what happened, and what to do next.
#[derive(Debug)]
pub struct Failure {
    exit: Exit,
    /// Nothing if nobody is left to read it.
    error: Option<anyhow::Error>,
    hint: Option<String>,
}

impl Failure {
    /// The input was wrong.
    pub fn wrong(error: impl Into<anyhow::Error>) -> Self {
        Self { exit: Exit::No, error: Some(error.into()), hint: None }
    }

    /// The input was wrong, in a sentence.
    pub fn wrong_input(sentence: impl fmt::Display) -> Self {
        Self::wrong(anyhow::anyhow!("{sentence}"))
    }

    /// The program, or what it depends on, failed.
    pub fn failed(error: impl Into<anyhow::Error>) -> Self {
        Self { exit: Exit::Failed, error: Some(error.into()), hint: None }
    }

    /// Whoever read the output has left, which is no error (`sangam search … | head -1`).
    pub fn closed_pipe() -> Self {
        Self { exit: Exit::Done, error: None, hint: None }
    }

    /// The same with the next step.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// How the process ends.
    pub fn exit(&self) -> Exit {
        self.exit
    }

    /// Says it on the standard error, causes and hint on lines of their own, and returns how the process ends.
    pub fn report(&self, output: &Output) -> Exit {
        if self.error.is_some() {
            output.talk(self);
        }
        self.exit
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(error) = &self.error {
            write!(f, "error: {error}")?;
            for cause in error.chain().skip(1) {
                write!(f, "\ncause: {cause}")?;
            }
        }
        match &self.hint {
            Some(hint) => write!(f, "\nhint: {hint}"),
            None => Ok(()),
        }
    }
}

/// What nobody has judged is a failure of ours.
impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::failed(error)
    }
}

impl From<Mistakes> for Failure {
    fn from(mistakes: Mistakes) -> Self {
        Self::wrong(mistakes).hint("`docs/settings.md` describes every setting")
    }
}

impl From<DataDirError> for Failure {
    fn from(error: DataDirError) -> Self {
        let hint = match &error {
            DataDirError::InUse { .. } => "stop the other server, or set `SANGAM_DATA_DIR` to another folder",
            DataDirError::Missing { .. } => "set `SANGAM_DATA_DIR` to the folder of a server that has run once",
            DataDirError::NotAFolder { .. } | DataDirError::Io { .. } => {
                "set `SANGAM_DATA_DIR` to a folder that this user may write to"
            }
        };
        let failure = if matches!(error, DataDirError::Io { .. }) { Self::failed(error) } else { Self::wrong(error) };
        failure.hint(hint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_and_the_hint_stand_on_their_own_lines() {
        let error = anyhow::anyhow!("connection refused").context("`http://a` does not answer");
        let failure = Failure::failed(error).hint("is the server running?");
        assert_eq!(
            failure.to_string(),
            "error: `http://a` does not answer\ncause: connection refused\nhint: is the server running?"
        );
        assert_eq!(failure.exit(), Exit::Failed);
    }

    #[test]
    fn a_closed_pipe_is_silent_and_fine() {
        let failure = Failure::closed_pipe();
        assert_eq!((failure.to_string().as_str(), failure.exit()), ("", Exit::Done));
    }
}
