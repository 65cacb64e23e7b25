#![doc = include_str!("../README.md")]

mod constraints;
mod emit;
mod enums;
mod model;
mod names;
mod operations;
mod output;
mod quirks;
mod reach;
mod requests;
mod service;
mod service_trait;
mod structs;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};

use crate::model::Model;
use crate::output::{Outcome, SourceFile};
use crate::service::{SERVICES, Service};

/// What the caller asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Write,
    Check,
}

fn main() -> ExitCode {
    match run() {
        Ok(Outcome::Current) => ExitCode::SUCCESS,
        Ok(Outcome::Stale(files)) => {
            for file in files {
                eprintln!("not current: {file}");
            }
            eprintln!("hint: run `cargo run -p sangam-codegen` and commit the result");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// Generates every service and writes or compares the result.
fn run() -> anyhow::Result<Outcome> {
    let mode = mode(std::env::args().skip(1))?;
    let root = root();
    let mut stale = Vec::new();
    for service in &SERVICES {
        let files = generate(service, &root)?;
        let folder = root.join("crates/sangam-api/src").join(service.module).join("generated");
        let outcome = match mode {
            Mode::Write => output::write(&folder, &files)?,
            Mode::Check => output::check(&folder, &files)?,
        };
        if let Outcome::Stale(mut files) = outcome {
            stale.append(&mut files);
        }
    }
    Ok(if stale.is_empty() { Outcome::Current } else { Outcome::Stale(stale) })
}

/// Turns one service's model into formatted source files.
fn generate(service: &Service, root: &Path) -> anyhow::Result<Vec<SourceFile>> {
    let path = root.join("model").join(service.model);
    let text = std::fs::read_to_string(&path).with_context(|| format!("could not read `{}`", path.display()))?;
    let mut model = Model::parse(&text).with_context(|| format!("model `{}`", service.model))?;
    quirks::apply(service, &mut model)?;
    let mut files = structs::files(&model);
    files.push(enums::file(&model)?);
    files.push(constraints::file(service, &model)?);
    files.push(constraints::patterns_file(&model));
    files.push(operations::file(service, &model));
    files.push(requests::file(service, &model));
    files.push(service_trait::file(service, &model));
    files.push(output::index(&files));
    files.iter().map(|file| file.finished(service)).collect()
}

fn mode(mut arguments: impl Iterator<Item = String>) -> anyhow::Result<Mode> {
    match (arguments.next().as_deref(), arguments.next()) {
        (None, _) => Ok(Mode::Write),
        (Some("--check"), None) => Ok(Mode::Check),
        _ => bail!("usage: sangam-codegen [--check]"),
    }
}

/// The repository's root: two folders above this crate.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(words: &[&str]) -> anyhow::Result<Mode> {
        mode(words.iter().map(|&word| word.to_owned()))
    }

    #[test]
    fn the_only_argument_is_check() {
        assert_eq!(arguments(&[]).unwrap(), Mode::Write);
        assert_eq!(arguments(&["--check"]).unwrap(), Mode::Check);
        assert!(arguments(&["--chekc"]).is_err());
        assert!(arguments(&["--check", "twice"]).is_err());
    }

    #[test]
    fn the_committed_files_are_current() {
        for service in &SERVICES {
            let files = generate(service, &root()).unwrap();
            let folder = root().join("crates/sangam-api/src").join(service.module).join("generated");
            assert_eq!(output::check(&folder, &files).unwrap(), Outcome::Current);
        }
    }
}
