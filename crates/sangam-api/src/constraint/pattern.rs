//! Regular expressions of the model.

use std::sync::OnceLock;

use fancy_regex::{Regex, RegexBuilder};

/// Steps that a pattern with look-around may take back before it counts as not matching. The longest value that is ever tried has 2,048
/// characters and the patterns are simple, so a value that needs more is an attack.
const BACKTRACK_LIMIT: usize = 100_000;

/// A pattern that a whole value must match; compiled when it is first needed.
#[derive(Debug)]
pub struct Pattern {
    /// The pattern as the model has it, as errors show it.
    pub text: &'static str,
    regex: OnceLock<Regex>,
}

impl Pattern {
    pub(crate) const fn new(text: &'static str) -> Self {
        Self { text, regex: OnceLock::new() }
    }

    /// Whether all of `value` matches; not, when it cannot be decided within a fixed number of steps.
    pub fn matches(&self, value: &str) -> bool {
        self.regex.get_or_init(|| compile(self.text)).is_match(value).unwrap_or(false)
    }
}

/// The models' patterns are Java's: anchored at both ends, and `\d` is ten digits, not all of Unicode's.
fn compile(text: &str) -> Regex {
    let anchored = format!(r"\A(?:{})\z", text.replace(r"\d", "[0-9]"));
    let regex = RegexBuilder::new(&anchored).backtrack_limit(BACKTRACK_LIMIT).build();
    regex.expect("a test compiles every pattern of the models")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_value_must_match() {
        let pattern = Pattern::new("[a-z]+|[0-9]+");
        assert!(pattern.matches("abc") && pattern.matches("123"));
        assert!(!pattern.matches("abc1") && !pattern.matches("1abc") && !pattern.matches("abc\n"));
    }

    #[test]
    fn digits_are_the_ten_ascii_ones() {
        assert!(Pattern::new(r"\d+").matches("2026"));
        assert!(!Pattern::new(r"\d+").matches("٢٠٢٦"));
    }

    #[test]
    fn a_value_that_makes_the_engine_run_wild_does_not_match() {
        assert!(!Pattern::new(r"(?=(a+)+b)(a+)+b").matches(&"a".repeat(40)));
    }
}
