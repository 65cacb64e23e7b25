//! The value of a secret on its way in: from a file or the standard input, never from an argument, which every user of the machine
//! can read in the list of processes.

use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::path::Path;

use sangam_api::Sensitive;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};

use crate::failure::Failure;

/// The largest value that the service takes; one byte more is read, to tell.
const VALUE_BYTES_MAX: u64 = 65_536;

/// A value. `Debug` does not show it.
#[derive(Debug)]
pub(super) struct SecretValue(SecretString);

impl From<String> for SecretValue {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl SecretValue {
    /// The names of the members, if the value is a JSON object.
    pub(super) fn keys(&self) -> Option<Vec<String>> {
        let members: Map<String, Value> = serde_json::from_str(self.0.expose_secret()).ok()?;
        Some(members.into_iter().map(|(key, _)| key).collect())
    }

    /// The value for a request.
    pub(super) fn into_sensitive(self) -> Sensitive {
        self.0.expose_secret().into()
    }
}

/// Reads a value; a line end at its end is not part of it.
pub(super) fn read(file: Option<&Path>) -> Result<SecretValue, Failure> {
    match file {
        Some(path) => {
            let failed = |error: io::Error| {
                Failure::wrong(anyhow::Error::new(error).context(format!("`{}` cannot be read", path.display())))
            };
            take(File::open(path).map_err(failed)?).map_err(failed)?
        }
        None if io::stdin().is_terminal() => Err(Failure::wrong_input("the value would be seen while it is typed")
            .hint("give it with `--file FILE`, or by the standard input: `… < FILE`")),
        None => take(io::stdin().lock())
            .map_err(|error| Failure::wrong(anyhow::Error::new(error).context("the standard input cannot be read")))?,
    }
}

fn take(reader: impl Read) -> io::Result<Result<SecretValue, Failure>> {
    let mut text = String::new();
    reader.take(VALUE_BYTES_MAX + 1).read_to_string(&mut text)?;
    Ok(if text.len() as u64 > VALUE_BYTES_MAX {
        Err(Failure::wrong_input(format!("the value is larger than {VALUE_BYTES_MAX} bytes")))
    } else {
        let value = text.trim_end_matches(['\r', '\n']);
        if value.is_empty() {
            Err(Failure::wrong_input("the value is empty"))
        } else {
            Ok(SecretValue::from(value.to_owned()))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_end_is_not_part_of_the_value() {
        let value = take(&b"{\"username\":\"a\",\"password\":\"hunter2\"}\n"[..]).unwrap().unwrap();
        assert!(value.0.expose_secret().ends_with('}'));
        assert_eq!(value.keys().unwrap(), ["username", "password"]);
        assert!(!format!("{value:?}").contains("hunter2"));
    }

    #[test]
    fn an_empty_or_too_large_value_is_refused() {
        assert!(take(&b"\n"[..]).unwrap().is_err());
        assert!(take(&vec![b'a'; 65_536][..]).unwrap().is_ok());
        let told = take(&vec![b'a'; 65_537][..]).unwrap().unwrap_err().to_string();
        assert!(told.contains("65536 bytes"), "{told}");
    }

    #[test]
    fn only_an_object_has_keys() {
        assert!(SecretValue::from("[1]".to_owned()).keys().is_none());
        assert!(SecretValue::from("hunter2".to_owned()).keys().is_none());
    }
}
