//! What is wrong with a form: the server's sentences, each beside the field that it names.

use sangam_api::ApiError;

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
        let listed = message.split_once(DETECTED).map_or(message, |(_, list)| list);
        let open = listed.split("; ").map(str::trim).filter(|sentence| !sentence.is_empty()).map(str::to_owned);
        Self { open: open.collect(), assigned: Vec::new() }
    }

    /// Sentences that are apart already, such as a connector's.
    pub(crate) fn list(sentences: impl IntoIterator<Item = String>) -> Self {
        Self { open: sentences.into_iter().collect(), assigned: Vec::new() }
    }

    /// The sentences of an error of the API.
    pub(crate) fn from_api(error: &ApiError) -> Self {
        Self::of(&error.message)
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
                Some(field) => self.assigned.push((field, plain(&sentence))),
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
            .map(|(_, sentence)| sentence.clone())
            .collect();
        self.assigned.retain(|(assigned, _)| *assigned != field);
        (!sentences.is_empty()).then(|| sentences.join(" "))
    }

    /// Takes what is left: sentences about no field that is seen.
    pub(crate) fn rest(&mut self) -> Vec<String> {
        let assigned = self.assigned.drain(..).map(|(_, sentence)| sentence);
        self.open.drain(..).chain(assigned).collect()
    }
}

/// Whether a sentence names a member in quotes or backticks, by its whole path or by the end of it, in any case.
fn names(sentence: &str, field: &str) -> bool {
    let field = field.to_lowercase();
    quoted(sentence).any(|quoted| {
        let path = quoted.to_lowercase();
        path.split(['.', '[']).any(|part| part.trim_end_matches(']') == field) || path == field
    })
}

/// What stands in quotes or backticks.
fn quoted(sentence: &str) -> impl Iterator<Item = &str> {
    sentence.split(['\'', '`']).skip(1).step_by(2)
}

/// AWS's wording of a violated constraint, or a connector's, as a person would say it: the member's path is where the sentence stands.
fn plain(sentence: &str) -> String {
    if let Some((path, rule)) = sentence.strip_prefix('`').and_then(|rest| rest.split_once("` must ")) {
        let entry = path.rsplit_once('[').and_then(|(_, place)| place.strip_suffix(']')?.parse::<usize>().ok());
        return match entry {
            Some(place) => format!("Entry {} must {rule}.", place + 1),
            None => format!("This must {rule}."),
        };
    }
    match sentence.split_once("failed to satisfy constraint: Member ") {
        Some((_, constraint)) => {
            let told = constraint.replace("must satisfy regular expression pattern: ", "must match the pattern ");
            format!("This {told}.")
        }
        None => sentence.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_go_to_the_fields_that_they_name() {
        let mut troubles = Troubles::of(
            "2 validation errors detected: Value '' at 'name' failed to satisfy constraint: Member must have length \
             greater than or equal to 1; Value at 'roleArn' failed to satisfy constraint: Member must not be null",
        );
        troubles.assign(["role", "name", "roleArn"].into_iter());
        assert_eq!(troubles.take("name").unwrap(), "This must have length greater than or equal to 1.");
        assert_eq!(troubles.take("roleArn").unwrap(), "This must not be null.");
        assert_eq!(troubles.take("role"), None);
        assert!(troubles.is_empty());
    }

    #[test]
    fn what_names_no_field_is_left() {
        let mut troubles = Troubles::of("index `x` is busy").about("name", "taken");
        assert!(troubles.concern("name") && !troubles.concern("role"));
        troubles.assign(["name"].into_iter());
        assert_eq!(troubles.rest(), ["index `x` is busy", "taken"]);
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
    fn paths_are_found_by_their_parts() {
        assert!(names("`additionalProperties.maxFileSizeInMegaBytes` must be a number", "maxFileSizeInMegaBytes"));
        assert!(names("Value at 'tags.1.member.key'", "tags"));
        assert!(!names("no member here: name", "name"));
    }
}
