//! Filters of ListSecrets and BatchGetSecretValue.
//!
//! All filters must pass; of one filter's values, one must match. A value that begins with `!` must not match. Names and tags match by
//! their beginning and with case, descriptions at the beginning of any word and without, `all` word by word and without.

use sangam_api::secretsmanager::{Filter, FilterNameStringType};
use sangam_store::{SecretRecord, Tag};

use crate::error::SecretsError;

/// Filters whose members are all there.
#[derive(Debug)]
pub(crate) struct Filters(Vec<(FilterNameStringType, Vec<String>)>);

impl Filters {
    /// The filters of a request.
    ///
    /// # Errors
    /// One lacks its key or its values.
    pub(crate) fn of_request(filters: Option<Vec<Filter>>) -> Result<Self, SecretsError> {
        let whole = |filter: Filter| filter.key.zip(filter.values.filter(|values| !values.is_empty()));
        let filters: Option<_> = filters.unwrap_or_default().into_iter().map(whole).collect();
        filters.map(Self).ok_or_else(|| SecretsError::parameter("a filter needs a Key and Values"))
    }

    /// Whether a secret with these tags passes.
    pub(crate) fn pass(&self, secret: &SecretRecord, tags: &[Tag]) -> bool {
        self.0.iter().all(|(key, values)| {
            let matches = |value: &str| matches(*key, value, secret, tags);
            let mut wanted = values.iter().filter(|value| !value.starts_with('!')).peekable();
            let unwanted = values.iter().filter_map(|value| value.strip_prefix('!')).any(matches);
            !unwanted && (wanted.peek().is_none() || wanted.any(|value| matches(value)))
        })
    }

    /// A text that is the same for the same filters, to tie a page token to its listing.
    pub(crate) fn fingerprint(&self) -> String {
        format!("{:?}", self.0)
    }
}

fn matches(key: FilterNameStringType, value: &str, secret: &SecretRecord, tags: &[Tag]) -> bool {
    let description = secret.description.as_deref().unwrap_or_default();
    match key {
        FilterNameStringType::Name => secret.name.starts_with(value),
        FilterNameStringType::Description => starts_a_word(&description.to_lowercase(), &value.to_lowercase()),
        FilterNameStringType::TagKey => tags.iter().any(|(key, _)| key.starts_with(value)),
        FilterNameStringType::TagValue => tags.iter().any(|(_, text)| text.starts_with(value)),
        // No secret here is a replica or belongs to a service.
        FilterNameStringType::PrimaryRegion | FilterNameStringType::OwningService => false,
        FilterNameStringType::All => {
            let texts =
                tags.iter().flat_map(|(key, text)| [key.as_str(), text]).chain([secret.name.as_str(), description]);
            let words: Vec<String> = texts.flat_map(words).collect();
            words_of(value).all(|wanted| words.iter().any(|word| word.starts_with(&wanted)))
        }
    }
}

/// Whether `text`, from its start or from one of its words on, begins with `value`.
fn starts_a_word(text: &str, value: &str) -> bool {
    text.starts_with(value)
        || text.match_indices(char::is_whitespace).any(|(at, gap)| text[at + gap.len()..].starts_with(value))
}

fn words_of(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase)
}

fn words(text: &str) -> Vec<String> {
    words_of(text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pass(filters: &[(FilterNameStringType, &[&str])]) -> bool {
        let filter = |(key, values): &(FilterNameStringType, &[&str])| Filter {
            key: Some(*key),
            values: Some(values.iter().map(|&value| value.to_owned()).collect()),
        };
        let secret = SecretRecord {
            name: "AmazonKendra-Confluence-docs".into(),
            arn_suffix: String::new(),
            description: Some("Crawls the Handbook".into()),
            kms_key_id: None,
            created_at: 0,
            changed_at: 0,
            accessed_at: None,
            deleted_at: None,
            purge_at: None,
        };
        let tags = [("Team".to_owned(), "Search".to_owned())];
        Filters::of_request(Some(filters.iter().map(filter).collect())).unwrap().pass(&secret, &tags)
    }

    #[test]
    fn each_key_by_its_own_rule() {
        use FilterNameStringType::{All, Description, Name, PrimaryRegion, TagKey, TagValue};
        let cases: [(FilterNameStringType, &str, bool); 17] = [
            (Name, "AmazonKendra-", true),
            (Name, "amazon", false),
            (Name, "Confluence", false),
            (Name, "!Amazon", false),
            (Name, "!Other", true),
            (Description, "crawls", true),
            (Description, "THE handb", true),
            (Description, "andbook", false),
            (TagKey, "Te", true),
            (TagKey, "te", false),
            (TagValue, "Search", true),
            (TagValue, "!Search", false),
            (PrimaryRegion, "eu", false),
            (All, "confluence handbook", true),
            (All, "search TEAM", true),
            (All, "confluence other", false),
            (All, "AmazonKendra-Confluence", true),
        ];
        for (key, value, expected) in cases {
            assert_eq!(pass(&[(key, &[value])]), expected, "{key} {value}");
        }
    }

    #[test]
    fn values_are_alternatives_and_filters_are_not() {
        use FilterNameStringType::{Name, TagKey};
        assert!(pass(&[]));
        assert!(pass(&[(Name, &["x", "Amazon"])]));
        assert!(!pass(&[(Name, &["Amazon"]), (TagKey, &["x"])]));
        assert!(!pass(&[(Name, &["Amazon", "!AmazonKendra"])]));
    }

    #[test]
    fn a_filter_is_whole() {
        for filter in [
            Filter { key: None, values: Some(vec!["a".into()]) },
            Filter { key: Some(FilterNameStringType::Name), values: None },
        ] {
            assert!(matches!(Filters::of_request(Some(vec![filter])), Err(SecretsError::InvalidParameter(_))));
        }
    }
}
