//! Patterns of filters, and why one is none.

use fancy_regex::{CompileError, Error, ParseError, Regex, RegexBuilder};

/// Steps that a pattern may take on one text; a pattern that needs more counts as "no" in an inclusion and "yes" in an exclusion.
const BACKTRACK_STEPS_MAX: usize = 100_000;

/// Characters of an entry that a message quotes.
const QUOTED_CHARS_MAX: usize = 80;

/// A regular expression that gives up rather than think forever.
pub(super) fn compile(pattern: &str) -> Result<Regex, Error> {
    RegexBuilder::new(pattern).backtrack_limit(BACKTRACK_STEPS_MAX).build()
}

/// A glob over the whole text: `*` is anything, `?` one character, case does not matter.
pub(super) fn compile_glob(glob: &str) -> Result<Regex, Error> {
    let mut pattern = String::from("(?is)^");
    for character in glob.chars() {
        match character {
            '*' => pattern.push_str(".*"),
            '?' => pattern.push('.'),
            _ => pattern.push_str(&fancy_regex::escape(character.encode_utf8(&mut [0; 4]))),
        }
    }
    pattern.push('$');
    compile(&pattern)
}

/// Why an entry is no regular expression, with where that is as far as it is known.
pub(super) fn reason(entry: &str, error: &Error) -> String {
    let (why, place) = match error {
        Error::ParseError(byte, why) => {
            let before = entry.get(..*byte).unwrap_or(entry);
            (in_words(why, &entry[before.len()..]), format!("at character {} of", before.chars().count() + 1))
        }
        Error::CompileError(why) => (compiler_words(why), "in".to_owned()),
        other => (other.to_string(), "in".to_owned()),
    };
    let mut quoted: String = entry.chars().take(QUOTED_CHARS_MAX).collect();
    if quoted.len() < entry.len() {
        quoted.push('…');
    }
    format!("{why}, {place} `{quoted}`")
}

/// What the parser found; `rest` is the entry from there on.
fn in_words(why: &ParseError, rest: &str) -> String {
    match why {
        ParseError::UnclosedOpenParen => "unclosed group, a closing parenthesis is missing".to_owned(),
        ParseError::InvalidClass if rest.is_empty() => "unclosed character class, a `]` is missing".to_owned(),
        ParseError::TargetNotRepeatable => "nothing stands before it that could be repeated".to_owned(),
        ParseError::GeneralParseError(_) if rest.starts_with(')') => {
            "unopened group, a closing parenthesis without an opening one".to_owned()
        }
        why => why.to_string().to_lowercase(),
    }
}

fn compiler_words(why: &CompileError) -> String {
    let CompileError::InnerError(inner) = why else { return why.to_string().to_lowercase() };
    // The inner message draws the pattern over several lines; the last one says what is wrong.
    let drawn = inner.syntax_error().map_or_else(|| inner.to_string(), ToString::to_string);
    let last = drawn.lines().last().unwrap_or_default();
    last.trim_start_matches("error: ").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_told_why_an_entry_is_no_regex_and_where() {
        let told = |entry: &str| reason(entry, &compile(entry).unwrap_err());
        for (entry, why) in [
            ("(never", "unclosed group, a closing parenthesis is missing, at character 7 of `(never`"),
            ("é)", "unopened group, a closing parenthesis without an opening one, at character 2 of `é)`"),
            ("[abc", "unclosed character class, a `]` is missing, at character 5 of `[abc`"),
            ("*x", "nothing stands before it that could be repeated, at character 1 of `*x`"),
            ("[z-a]", "invalid character class range, the start must be <= the end, in `[z-a]`"),
            ("x\\", "backslash without following character, at character 2 of `x\\`"),
        ] {
            assert_eq!(told(entry), why);
        }
        assert!(told(&format!("({}", "é".repeat(300))).len() < 300, "a long entry is cut");
    }
}
