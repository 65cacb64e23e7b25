//! What is wrong with a form: the server's sentences, each beside the field that it names.

mod words;

use sangam_api::{ApiError, KendraRequest, SecretsRequest};
use serde_json::Value;

use words::{alone, beside, finished, violated};

/// Begins AWS's list of violated constraints.
const DETECTED: &str = "detected: ";

/// Sentences, and the fields that they were given to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Troubles {
    open: Vec<String>,
    assigned: Vec<(&'static str, String)>,
}

impl Troubles {
    /// The sentences of an error's message.
    pub(crate) fn of(message: &str) -> Self {
        match message.split_once(DETECTED) {
            Some((_, list)) => Self::list(apart(list)),
            None => Self::list([message.to_owned()]),
        }
    }

    /// Sentences that are apart already, such as a connector's.
    pub(crate) fn list(sentences: impl IntoIterator<Item = String>) -> Self {
        Self { open: sentences.into_iter().collect(), assigned: Vec::new() }
    }

    /// The sentences of an error of the API.
    pub(crate) fn from_api(error: &ApiError) -> Self {
        Self::of(&error.message)
    }

    /// What the service model says of an operation's input before it is sent: what no server would take.
    pub(crate) fn foreseen(operation: &str, input: &Value) -> Self {
        let body = input.to_string();
        let refused = match operation.split_once(':') {
            Some(("kendra", name)) => {
                name.parse().ok().and_then(|name| KendraRequest::parse(name, body.as_bytes()).err())
            }
            Some(("secretsmanager", name)) => {
                name.parse().ok().and_then(|name| SecretsRequest::parse(name, body.as_bytes()).err())
            }
            _ => None,
        };
        refused.as_ref().map_or_else(Self::default, Self::from_api)
    }

    /// Those of its open sentences that a page wants, each asked about by itself.
    pub(crate) fn keep(mut self, is_wanted: impl Fn(&Self) -> bool) -> Self {
        self.open.retain(|sentence| is_wanted(&Self::list([sentence.clone()])));
        self
    }

    /// Every open sentence given to that field, whatever it names.
    pub(crate) fn all_about(mut self, field: &'static str) -> Self {
        let open = std::mem::take(&mut self.open);
        self.assigned.extend(open.into_iter().map(|sentence| (field, beside(&sentence, field))));
        self
    }

    /// With a sentence about a field.
    pub(crate) fn about(mut self, field: &'static str, sentence: &str) -> Self {
        self.assigned.push((field, sentence.to_owned()));
        self
    }

    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.open.is_empty() && self.assigned.is_empty()
    }

    /// Whether a sentence is about that field.
    pub(crate) fn concern(&self, field: &str) -> bool {
        self.assigned.iter().any(|(assigned, _)| *assigned == field) || self.open.iter().any(|open| names(open, field))
    }

    /// Gives each sentence to the field that it names; those that name none of them stay open.
    pub(crate) fn assign(&mut self, fields: impl Iterator<Item = &'static str>) {
        let mut fields: Vec<&'static str> = fields.collect();
        // The longer name first: `roleArn` is not about `role`.
        fields.sort_by_key(|field| std::cmp::Reverse(field.len()));
        for sentence in std::mem::take(&mut self.open) {
            match fields.iter().find(|field| names(&sentence, field)) {
                Some(field) => self.assigned.push((field, beside(&sentence, field))),
                None => self.open.push(sentence),
            }
        }
    }

    /// Takes what is wrong with a field.
    pub(crate) fn take(&mut self, field: &str) -> Option<String> {
        let sentences: Vec<String> = self
            .assigned
            .iter()
            .filter(|(assigned, _)| *assigned == field)
            .map(|(_, sentence)| finished(sentence))
            .collect();
        self.assigned.retain(|(assigned, _)| *assigned != field);
        (!sentences.is_empty()).then(|| sentences.join(" "))
    }

    /// Takes what is left: sentences about no field that is seen.
    pub(crate) fn rest(&mut self) -> Vec<String> {
        let assigned = self.assigned.drain(..).map(|(_, sentence)| finished(&sentence));
        self.open.drain(..).map(|sentence| alone(&sentence)).chain(assigned).collect()
    }
}

/// The sentences of a list, which are joined by semicolons and may hold some of their own.
fn apart(list: &str) -> Vec<String> {
    let mut sentences: Vec<String> = Vec::new();
    for piece in list.split("; ") {
        let begins = piece.starts_with("Value ") || piece.starts_with('`');
        match sentences.last_mut() {
            Some(last) if !begins => *last = format!("{last}; {piece}"),
            _ => sentences.push(piece.to_owned()),
        }
    }
    sentences
}

/// Whether a sentence is about a member, by its whole path or by a part of it, in any case: AWS tells the path last, others put it in
/// quotes or backticks.
fn names(sentence: &str, field: &str) -> bool {
    let field = field.to_lowercase();
    let is_it = |path: &str| {
        let path = path.to_lowercase();
        path.split(['.', '[']).any(|part| part.trim_end_matches(']') == field) || path == field
    };
    match violated(sentence) {
        Some((path, _)) => is_it(path),
        None => sentence.split(['\'', '`']).skip(1).step_by(2).any(is_it),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn sentences_go_to_the_fields_that_they_name() {
        let mut troubles = Troubles::of(
            "2 validation errors detected: Value '' at 'name' failed to satisfy constraint: Member must have length \
             greater than or equal to 1; Value at 'roleArn' failed to satisfy constraint: Member must not be null",
        );
        troubles.assign(["role", "name", "roleArn"].into_iter());
        assert_eq!(troubles.take("name").unwrap(), "This must not be empty.");
        assert_eq!(troubles.take("roleArn").unwrap(), "This must not be empty.");
        assert_eq!(troubles.take("role"), None);
        assert!(troubles.is_empty());
    }

    #[test]
    fn what_names_no_field_is_left() {
        let mut troubles = Troubles::of("index `x` is busy").about("name", "taken");
        assert!(troubles.concern("name") && !troubles.concern("role"));
        troubles.assign(["name"].into_iter());
        assert_eq!(troubles.rest(), ["Index `x` is busy.", "Taken."]);
    }

    #[test]
    fn a_connectors_sentences_stay_whole_and_lose_their_paths() {
        let told = [
            "`a.hostUrl` must begin with `https://`; only a loopback address may be `http://`",
            "`a.urls[1]` must be short",
        ];
        let mut troubles = Troubles::list(told.map(str::to_owned));
        troubles.assign(["hostUrl", "urls"].into_iter());
        let first = "This must begin with `https://`; only a loopback address may be `http://`.";
        assert_eq!(troubles.take("hostUrl").unwrap(), first);
        assert_eq!(troubles.take("urls").unwrap(), "Entry 2 must be short.");
    }

    #[test]
    fn a_value_may_hold_what_sentences_are_told_apart_by() {
        let input = json!({ "Name": "it's; a 'roleArn'", "RoleArn": "arn", "Tags": [{ "Key": "", "Value": "" }] });
        let troubles = Troubles::foreseen("kendra:CreateIndex", &input);
        let mut name = troubles.clone().keep(|one| one.concern("name"));
        name.assign(["name", "roleArn"].into_iter());
        assert!(name.take("name").unwrap().contains("no blanks") && name.is_empty());
        let mut rest = troubles;
        rest.assign(["name", "roleArn", "tags"].into_iter());
        assert!(rest.take("roleArn").unwrap().starts_with("This must be a whole ARN"));
        assert_eq!(rest.take("tags").unwrap(), "The key of row 1 must not be empty.");
    }

    #[test]
    fn what_the_model_allows_is_not_foreseen() {
        assert!(
            Troubles::foreseen("kendra:CreateIndex", &json!({ "Name": "a", "RoleArn": "arn:aws:iam::0:role/r" }))
                .is_empty()
        );
        assert!(Troubles::foreseen("secretsmanager:CreateSecret", &json!({ "Name": "" })).concern("name"));
        let told = Troubles::of("the name is taken; choose another").all_about("name").take("name");
        assert_eq!(told.unwrap(), "The name is taken; choose another.");
    }

    #[test]
    fn paths_are_found_by_their_parts() {
        assert!(names("`additionalProperties.maxFileSizeInMegaBytes` must be a number", "maxFileSizeInMegaBytes"));
        assert!(names("Value at 'tags.1.member.key'", "tags"));
        assert!(!names("no member here: name", "name"));
    }
}
