//! What is wrong with the settings, all of it at once: whoever mends one mistake should not meet the next one after the restart.

use std::fmt;

/// A shown value is cut after this many characters: it is there to be recognised, not to fill the screen.
const VALUE_SHOWN: usize = 80;
/// A name is proposed if at most a third of its characters differ, and at least this many may.
const DISTANCE_ALLOWED: usize = 2;

/// One mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mistake {
    /// A name that no setting has.
    Unknown {
        /// The name, as written.
        name: String,
        /// Where it stands, if that is a file.
        file: Option<String>,
        /// The name that may have been meant.
        meant: Option<String>,
    },
    /// A value that is not accepted.
    Value {
        /// The setting's name, as written.
        name: String,
        /// Where it stands, if that is a file.
        file: Option<String>,
        /// The value; nothing if it must not be shown.
        value: Option<String>,
        /// What would be accepted.
        accepts: String,
    },
    /// Anything else, in a sentence without its period.
    Other(String),
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown { name, file, meant } => {
                write!(f, "`{name}`{} is not a setting", Place(file.as_deref()))?;
                match meant {
                    Some(meant) => write!(f, ": did you mean `{meant}`?"),
                    None => Ok(()),
                }
            }
            Self::Value { name, file, value: Some(value), accepts } => {
                write!(f, "`{name}`{} is `{}`: accepted is {accepts}", Place(file.as_deref()), Cut(value))
            }
            Self::Value { name, file, value: None, accepts } => {
                write!(f, "the value of `{name}`{} is not accepted: accepted is {accepts}", Place(file.as_deref()))
            }
            Self::Other(sentence) => f.write_str(sentence),
        }
    }
}

/// The file that a name stands in, if it is one.
struct Place<'a>(Option<&'a str>);

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |file| write!(f, " in `{file}`"))
    }
}

/// A value on one line and not too long.
struct Cut<'a>(&'a str);

impl fmt::Display for Cut<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars().take(VALUE_SHOWN) {
            write!(f, "{}", if character.is_control() { ' ' } else { character })?;
        }
        if self.0.chars().nth(VALUE_SHOWN).is_some() { f.write_str("…") } else { Ok(()) }
    }
}

/// All mistakes of a start.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Mistakes(pub Vec<Mistake>);

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_slice() {
            [only] => write!(f, "the settings have a mistake\n  {only}"),
            all => {
                write!(f, "the settings have {} mistakes", all.len())?;
                all.iter().try_for_each(|mistake| write!(f, "\n  {mistake}"))
            }
        }
    }
}

/// The candidate that `name` is most likely a misspelling of, if there is a likely one.
pub(super) fn closest<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .map(|candidate| (distance(name, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= DISTANCE_ALLOWED.max(candidate.len() / 3))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// How many characters have to be put in, left out or replaced, without case.
fn distance(a: &str, b: &str) -> usize {
    let (a, b) = (a.to_lowercase(), b.to_lowercase());
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, to) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_edits() {
        for (a, b, edits) in [("", "", 0), ("listen", "LISTEN", 0), ("listn", "listen", 1), ("kitten", "sitting", 3)] {
            assert_eq!(distance(a, b), edits, "{a} {b}");
            assert_eq!(distance(b, a), edits, "{b} {a}");
        }
    }

    #[test]
    fn a_likely_name_is_proposed_and_an_unlikely_one_is_not() {
        let names = ["listen", "data_dir", "log"];
        assert_eq!(closest("lisen", names.into_iter()), Some("listen"));
        assert_eq!(closest("data-dir", names.into_iter()), Some("data_dir"));
        assert_eq!(closest("something_else", names.into_iter()), None);
    }

    #[test]
    fn a_long_value_is_cut_and_kept_on_its_line() {
        assert_eq!(Cut(&"é".repeat(100)).to_string(), format!("{}…", "é".repeat(80)));
        assert_eq!(Cut("a\nb").to_string(), "a b");
    }
}
