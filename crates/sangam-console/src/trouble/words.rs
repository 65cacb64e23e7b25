//! Words of the API and of connectors as a person would say them.

/// Between a violated member and what was asked of it.
const FAILED: &str = "' failed to satisfy constraint: Member must ";

/// Patterns of the service model, and what they ask for.
const PATTERNS: &[(&str, &str)] = &[
    (
        "[a-zA-Z0-9][a-zA-Z0-9_-]*",
        "may have letters from A to Z, digits, hyphens and underscores only, no blanks, and must begin with a letter or digit",
    ),
    (
        "[a-zA-Z0-9_][a-zA-Z0-9_-]*",
        "may have letters from A to Z, digits, hyphens and underscores only, no blanks, and must not begin with a hyphen",
    ),
    ("[a-zA-Z0-9][a-zA-Z0-9-]*", "may have letters from A to Z, digits and hyphens only"),
    ("[a-zA-Z0-9-]+", "may have letters from A to Z, digits and hyphens only"),
    (r"[\-0-9a-zA-Z]+", "may have letters from A to Z, digits and hyphens only"),
    ("[-0-9a-zA-Z]+", "may have letters from A to Z, digits and hyphens only"),
    (
        "^[a-zA-Z][a-zA-Z0-9_]*$",
        "may have letters from A to Z, digits and underscores only, and must begin with a letter",
    ),
    (
        "^[a-zA-Z][a-zA-Z0-9_.]*$",
        "may have letters from A to Z, digits, underscores and dots only, and must begin with a letter",
    ),
    ("[a-zA-Z-]*", "must be the code of a language, such as `en` or `pt-BR`"),
    (
        r"arn:[a-z0-9-\.]{1,63}:[a-z0-9-\.]{0,63}:[a-z0-9-\.]{0,63}:[a-z0-9-\.]{0,63}:[^/].{0,1023}",
        "must be a whole ARN, such as `arn:aws:iam::000000000000:role/sangam`",
    ),
    (
        r"[a-z0-9][\.\-a-z0-9]{1,61}[a-z0-9]",
        "must be the name of a bucket: 3 to 63 small letters, digits, dots and hyphens",
    ),
    (r"^\P{C}*$", "must not have control characters, such as line ends"),
];

/// A violated constraint, as AWS tells it: the member's path, and what it must.
pub(super) fn violated(sentence: &str) -> Option<(&str, &str)> {
    let (subject, rule) = sentence.rsplit_once(FAILED)?;
    // The value stands before the path, and may hold anything.
    Some((subject.rsplit_once("at '")?.1, rule))
}

/// A sentence beside the field that it is about, whose name it need not tell.
pub(super) fn beside(sentence: &str, field: &str) -> String {
    if let Some((path, rule)) = violated(sentence) {
        return format!("{} {}.", subject(path, field), asked(rule));
    }
    if let Some((path, rule)) = sentence.strip_prefix('`').and_then(|rest| rest.split_once("` must ")) {
        let entry = path.rsplit_once('[').and_then(|(_, place)| place.strip_suffix(']')?.parse::<usize>().ok());
        return match entry {
            Some(place) => finished(&format!("Entry {} must {rule}", place + 1)),
            None => finished(&format!("This must {rule}")),
        };
    }
    finished(sentence)
}

/// A sentence that stands alone.
pub(super) fn alone(sentence: &str) -> String {
    match violated(sentence) {
        Some((path, rule)) => format!("`{path}` {}.", asked(rule)),
        None => finished(sentence),
    }
}

/// With a capital and a full stop: the server writes parts of sentences.
pub(super) fn finished(sentence: &str) -> String {
    let mut letters = sentence.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    let mut finished: String = first.into_iter().chain(letters).collect();
    if !finished.ends_with(['.', '!', '?', '…']) {
        finished.push('.');
    }
    finished
}

/// What a path beside a field is called: `tags.2.member.key` is the key of row 2, unless the field is that of the key.
fn subject(path: &str, field: &str) -> String {
    let Some((list, rest)) = path.split_once(".member") else { return "This".to_owned() };
    let row = list.rsplit('.').next().unwrap_or_default();
    match rest.rsplit('.').next() {
        Some(part) if part.eq_ignore_ascii_case(field) => "This".to_owned(),
        Some(part) if !part.is_empty() => format!("The {part} of row {row}"),
        _ => format!("Row {row}"),
    }
}

/// What a rule asks for.
fn asked(rule: &str) -> String {
    let number = |begin: &str| rule.strip_prefix(begin);
    if rule == "not be null" || rule == "have length greater than or equal to 1" {
        "must not be empty".to_owned()
    } else if let Some(least) = number("have length greater than or equal to ") {
        format!("must have a length of {least} at least")
    } else if let Some(most) = number("have length less than or equal to ") {
        format!("is too long: it may have a length of {most} at most")
    } else if let Some(least) = number("have value greater than or equal to ") {
        format!("must be {least} or more")
    } else if let Some(most) = number("have value less than or equal to ") {
        format!("must be {most} or less")
    } else if let Some(pattern) = number("satisfy regular expression pattern: ") {
        let known = PATTERNS.iter().find(|(known, _)| *known == pattern);
        known.map_or_else(|| format!("must match the pattern `{pattern}`"), |(_, words)| (*words).to_owned())
    } else if let Some(values) = number("satisfy enum value set: ") {
        format!("must be one of {}", values.trim_matches(['[', ']']))
    } else {
        format!("must {rule}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_words_that_a_person_can_act_on() {
        let told = |path: &str, rule: &str| {
            let sentence = format!("Value 'it's at 'x'' at '{path}' failed to satisfy constraint: Member must {rule}");
            beside(&sentence, "name")
        };
        assert_eq!(told("name", "not be null"), "This must not be empty.");
        assert_eq!(
            told("tags.2.member.key", "have length less than or equal to 128"),
            "The key of row 2 is too long: it may have a length of 128 at most."
        );
        assert_eq!(told("fields.1.member.name", "not be null"), "This must not be empty.");
        assert_eq!(told("ids.1.member", "have length greater than or equal to 1"), "Row 1 must not be empty.");
        assert_eq!(told("edition", "satisfy enum value set: [A, B]"), "This must be one of A, B.");
        assert_eq!(told("x", "satisfy regular expression pattern: a+"), "This must match the pattern `a+`.");
        assert!(told("name", "satisfy regular expression pattern: [a-zA-Z0-9][a-zA-Z0-9_-]*").contains("no blanks"));
    }

    #[test]
    fn alone_a_rule_names_its_member() {
        let sentence = "Value 'x' at 'roleArn' failed to satisfy constraint: Member must not be null";
        assert_eq!(alone(sentence), "`roleArn` must not be empty.");
        assert_eq!(alone("secret `x` not found"), "Secret `x` not found.");
        assert_eq!(alone("`x` is busy, again?"), "`x` is busy, again?");
    }
}
