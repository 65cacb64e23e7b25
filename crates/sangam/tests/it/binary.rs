//! Runs the binary in an empty folder with an empty environment.

use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// A working directory of its own.
pub(crate) struct Binary {
    folder: TempDir,
}

/// What a run left behind.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Binary {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Runs with these arguments and variables, and nothing on the standard input.
    pub(crate) fn run(&self, arguments: &[&str], env: &[(&str, &str)]) -> Ran {
        self.run_with(arguments, env, Stdio::null())
    }

    pub(crate) fn run_with(&self, arguments: &[&str], env: &[(&str, &str)], stdin: Stdio) -> Ran {
        let output = Command::new(env!("CARGO_BIN_EXE_sangam"))
            .args(arguments)
            .env_clear()
            .envs(env.iter().copied())
            .current_dir(self.folder())
            .stdin(stdin)
            .output()
            .unwrap();
        Ran {
            code: output.status.code().expect("the binary ends by itself"),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Ran {
    /// All of it, for a snapshot.
    pub(crate) fn shown(&self) -> String {
        format!("exit code: {}\n--- stdout\n{}--- stderr\n{}", self.code, self.stdout, self.stderr)
    }
}
