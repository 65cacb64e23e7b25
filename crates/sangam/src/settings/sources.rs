//! What is written in `sangam.toml` and in the environment, before anybody asks what it means.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};
use toml::{Table, Value};

use super::declared::{Declared, ENV_PREFIX, Fallback, Info};
use super::mistakes::{Mistake, closest};
use super::table;

/// The file that is read if none is named, in the working directory.
pub const CONFIG_FILE: &str = "sangam.toml";
/// The variable that names another file; it begins like a setting and is none.
pub const CONFIG_ENV: &str = "SANGAM_CONFIG";
/// A file of settings is a page of text; anything larger is another file.
const CONFIG_BYTES_MAX: u64 = 1024 * 1024;
/// Tables in tables: settings have two levels.
const DEPTH_MAX: usize = 4;
/// What AWS's clients read their key from; ours read it when our own names are not set.
const AWS_NAMES: [&str; 2] = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];

/// One value as it was written. Any may turn out to be a secret, so none is shown.
#[derive(Debug, Clone)]
struct Written {
    name: String,
    file: Option<String>,
    text: SecretString,
}

/// All that was written, with the mistakes found so far.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    values: BTreeMap<&'static str, Written>,
    aws: BTreeMap<&'static str, SecretString>,
    mistakes: Vec<Mistake>,
}

impl Sources {
    /// Reads the file and this process's environment. `config` is the file that was named, if one was.
    pub fn read(config: Option<&Path>) -> Self {
        let mut sources = Self::default();
        let path = config.map_or_else(|| PathBuf::from(CONFIG_FILE), Path::to_owned);
        match read_file(&path) {
            Ok(text) => sources.add_file(&path, &text),
            Err(error) if error.kind() == io::ErrorKind::NotFound && config.is_none() => {}
            Err(error) => {
                sources.mistakes.push(Mistake::Other(format!("`{}` cannot be read: {error}", path.display())));
            }
        }
        sources.add_env(std::env::vars_os());
        sources
    }

    /// Adds what a file holds.
    pub fn add_file(&mut self, path: &Path, text: &str) {
        match text.parse::<Table>() {
            Ok(table) => self.add_table(&path.display().to_string(), "", &table, DEPTH_MAX),
            Err(error) => {
                // Only the message: the error's own display shows the line, which may hold a secret.
                let line = error.span().map_or(1, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
                self.mistakes.push(Mistake::Other(format!(
                    "`{}` is not valid TOML: line {line}: {}",
                    path.display(),
                    error.message()
                )));
            }
        }
    }

    /// Adds environment variables; they win over the file. One that is empty counts as not set.
    pub fn add_env(&mut self, variables: impl IntoIterator<Item = (OsString, OsString)>) {
        let mut ours: Vec<_> = variables.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        ours.sort();
        for (name, value) in ours {
            let Some(name) = name.to_str() else { continue };
            if let Some(aws) = AWS_NAMES.into_iter().find(|aws| *aws == name) {
                if let Some(value) = value.to_str() {
                    self.aws.insert(aws, value.into());
                }
            } else if name.starts_with(ENV_PREFIX) && name != CONFIG_ENV {
                self.add_variable(name, value);
            }
        }
    }

    fn add_variable(&mut self, name: &str, value: OsString) {
        let Some(info) = table::ALL.into_iter().find(|info| info.env_name() == name) else {
            let names: Vec<String> = shown().map(Info::env_name).collect();
            let meant = closest(name, names.iter().map(String::as_str)).map(str::to_owned);
            self.mistakes.push(Mistake::Unknown { name: name.to_owned(), file: None, meant });
            return;
        };
        match value.into_string() {
            Ok(text) => {
                let written = Written { name: name.to_owned(), file: None, text: text.into() };
                self.values.insert(info.key, written);
            }
            Err(_) => self.mistakes.push(Mistake::Other(format!("the value of `{name}` is not UTF-8"))),
        }
    }

    fn add_table(&mut self, file: &str, prefix: &str, table: &Table, depth: usize) {
        for (name, value) in table {
            let key = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
            match (value, table::ALL.into_iter().find(|info| info.key == key)) {
                (_, Some(info)) => match as_text(value) {
                    Some(text) => {
                        let written = Written { name: key, file: Some(file.to_owned()), text: text.into() };
                        self.values.insert(info.key, written);
                    }
                    None => self.mistakes.push(Mistake::Value {
                        name: key,
                        file: Some(file.to_owned()),
                        value: (!info.is_secret).then(|| value.type_str().to_owned()),
                        accepts: info.accepts.to_owned(),
                    }),
                },
                (Value::Table(inner), None) if depth > 0 && is_table(&key) => {
                    self.add_table(file, &key, inner, depth - 1);
                }
                (_, None) => {
                    let meant = closest(&key, shown().map(|info| info.key)).map(str::to_owned);
                    self.mistakes.push(Mistake::Unknown { name: key, file: Some(file.to_owned()), meant });
                }
            }
        }
    }

    /// The value of a setting, or its default; nothing, and a mistake noted, if what is written is not accepted.
    pub(super) fn get<T>(&mut self, setting: &Declared<T>) -> Option<T> {
        match self.values.get(setting.info.key) {
            Some(written) => {
                let text = written.text.expose_secret();
                let value = (setting.parse)(text);
                if value.is_none() {
                    self.mistakes.push(Mistake::Value {
                        name: written.name.clone(),
                        file: written.file.clone(),
                        value: (!setting.info.is_secret).then(|| text.to_owned()),
                        accepts: setting.info.accepts.to_owned(),
                    });
                }
                value
            }
            None => match setting.info.fallback {
                Fallback::Value(text) => (setting.parse)(text),
                Fallback::Absent(_) => None,
            },
        }
    }

    /// Whether a setting is written anywhere, rightly or wrongly.
    pub(crate) fn has<T>(&self, setting: &Declared<T>) -> bool {
        self.values.contains_key(setting.info.key)
    }

    /// The name under which a setting was written, or its key.
    pub(super) fn name<T>(&self, setting: &Declared<T>) -> String {
        self.values.get(setting.info.key).map_or_else(|| setting.info.key.to_owned(), |written| written.name.clone())
    }

    /// The key of AWS's own environment variables, if both are set.
    pub(super) fn aws_key(&self) -> Option<(String, SecretString)> {
        let [id, secret] = AWS_NAMES.map(|name| self.aws.get(name));
        Some((id?.expose_secret().to_owned(), secret?.clone()))
    }

    /// Notes a mistake.
    pub(super) fn mistake(&mut self, sentence: String) {
        self.mistakes.push(Mistake::Other(sentence));
    }

    /// The mistakes, of which there may be none.
    pub(super) fn into_mistakes(self) -> Vec<Mistake> {
        self.mistakes
    }
}

fn read_file(path: &Path) -> io::Result<String> {
    if std::fs::metadata(path)?.len() > CONFIG_BYTES_MAX {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "it is larger than 1 MiB"));
    }
    std::fs::read_to_string(path)
}

/// Settings that may be proposed.
fn shown() -> impl Iterator<Item = &'static Info> {
    table::ALL.into_iter().filter(|info| !info.is_hidden)
}

/// Whether some setting is in a table of that name.
fn is_table(key: &str) -> bool {
    table::ALL.iter().any(|info| info.key.strip_prefix(key).is_some_and(|rest| rest.starts_with('.')))
}

/// A value as it would be written in the environment; nothing for what no setting is.
fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Integer(number) => Some(number.to_string()),
        Value::Boolean(flag) => Some(flag.to_string()),
        Value::Array(items) => {
            let items: Option<Vec<&str>> = items.iter().map(Value::as_str).collect();
            Some(items?.join(","))
        }
        Value::Float(_) | Value::Datetime(_) | Value::Table(_) => None,
    }
}
