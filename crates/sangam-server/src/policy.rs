//! What a key may do: actions × indices.
//!
//! Stored as JSON: `"admin"`, `"ingest"`, `"query"`, or `{"actions": ["kendra:Describe*", "query"], "indices": ["<id>"]}`. An action is a
//! preset's name or `service:Operation` with `*` for any run of characters, compared without case, as AWS's policies have it. An index is
//! an id or `*`.
//!
//! Fail closed: what is not about one index (creating one, listing all, every secret) needs the indices `*`; nothing is allowed that no
//! action names.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Documents and their principals in, jobs started and watched; no questions, no structure, no secrets.
const INGEST: &[&str] = &[
    "kendra:BatchPutDocument",
    "kendra:BatchDeleteDocument",
    "kendra:BatchGetDocumentStatus",
    "kendra:StartDataSourceSyncJob",
    "kendra:StopDataSourceSyncJob",
    "kendra:PutPrincipalMapping",
    "kendra:DeletePrincipalMapping",
    "kendra:Describe*",
    "kendra:List*",
    "sangam:Describe*",
];

/// Questions, and finding the index to ask.
const QUERY: &[&str] = &[
    "kendra:Query",
    "kendra:Retrieve",
    "kendra:GetQuerySuggestions",
    "kendra:SubmitFeedback",
    "kendra:DescribeIndex",
    "kendra:ListIndices",
];

const EVERYTHING: &str = "*";

/// What a key may do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Policy {
    /// A preset, on all indices.
    Preset(Preset),
    /// An explicit list of actions, on the indices listed.
    Explicit(Grant),
}

/// A named list of actions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Preset {
    /// Everything.
    Admin,
    /// Documents, sync jobs, principal mappings; describe and list.
    Ingest,
    /// Questions, suggestions, feedback; describe and list indices.
    Query,
}

/// Actions on indices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// Presets' names, or `service:Operation` with `*`.
    pub actions: Vec<String>,
    /// Ids of indices, or `*`.
    pub indices: Vec<String>,
}

/// A text that names no preset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a policy is `admin`, `ingest`, `query`, or JSON with `actions` and `indices`")]
pub struct UnknownPolicy;

impl Policy {
    /// Everything on everything.
    pub const ADMIN: Self = Self::Preset(Preset::Admin);

    /// Whether `service:operation` is allowed, on one index or, with no index, on none in particular.
    pub fn allows(&self, service: &str, operation: &str, index_id: Option<&str>) -> bool {
        let action = format!("{service}:{operation}");
        match self {
            Self::Preset(preset) => preset.allows(&action),
            Self::Explicit(grant) => grant.allows(&action, index_id),
        }
    }
}

/// Reads what an operator writes: a preset's name, or the JSON form.
impl FromStr for Policy {
    type Err = UnknownPolicy;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        match Preset::named(text) {
            Some(preset) => Ok(Self::Preset(preset)),
            None => serde_json::from_str(text).map_err(|_| UnknownPolicy),
        }
    }
}

impl Preset {
    fn named(name: &str) -> Option<Self> {
        match name {
            "admin" => Some(Self::Admin),
            "ingest" => Some(Self::Ingest),
            "query" => Some(Self::Query),
            _ => None,
        }
    }

    const fn actions(self) -> &'static [&'static str] {
        match self {
            Self::Admin => &[EVERYTHING],
            Self::Ingest => INGEST,
            Self::Query => QUERY,
        }
    }

    fn allows(self, action: &str) -> bool {
        self.actions().iter().any(|pattern| matches(pattern, action))
    }
}

impl Grant {
    fn allows(&self, action: &str, index_id: Option<&str>) -> bool {
        let on_index = self.indices.iter().any(|index| index == EVERYTHING || index_id == Some(index.as_str()));
        on_index
            && self.actions.iter().any(|named| {
                Preset::named(named).map_or_else(|| matches(named, action), |preset| preset.allows(action))
            })
    }
}

/// Whether `text` is of the form `pattern`, where `*` stands for any run of characters; without case.
fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut at, mut read) = (0, 0);
    // Where to go on after a `*` has to take one character more: behind the star, and how much of the text it has taken.
    let mut retry = None;
    while read < text.len() {
        if pattern.get(at) == Some(&b'*') {
            at += 1;
            retry = Some((at, read));
        } else if pattern.get(at).is_some_and(|byte| byte.eq_ignore_ascii_case(&text[read])) {
            (at, read) = (at + 1, read + 1);
        } else if let Some((star, taken)) = retry {
            (at, read) = (star, taken + 1);
            retry = Some((star, taken + 1));
        } else {
            return false;
        }
    }
    pattern[at..].iter().all(|&byte| byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(json: &str) -> Policy {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn presets_allow_what_their_name_says() {
        let table = [
            ("kendra", "Query", true, false, true),
            ("kendra", "Retrieve", true, false, true),
            ("kendra", "GetQuerySuggestions", true, false, true),
            ("kendra", "SubmitFeedback", true, false, true),
            ("kendra", "DescribeIndex", true, true, true),
            ("kendra", "ListIndices", true, true, true),
            ("kendra", "DescribeDataSource", true, true, false),
            ("kendra", "ListDataSourceSyncJobs", true, true, false),
            ("kendra", "BatchPutDocument", true, true, false),
            ("kendra", "BatchDeleteDocument", true, true, false),
            ("kendra", "StartDataSourceSyncJob", true, true, false),
            ("kendra", "PutPrincipalMapping", true, true, false),
            ("kendra", "CreateIndex", true, false, false),
            ("kendra", "DeleteIndex", true, false, false),
            ("kendra", "UpdateDataSource", true, false, false),
            ("kendra", "TagResource", true, false, false),
            ("secretsmanager", "GetSecretValue", true, false, false),
            ("secretsmanager", "ListSecrets", true, false, false),
            ("sangam", "ExplainAccess", true, false, false),
            // These name people and what they may read.
            ("sangam", "PreviewSync", true, false, false),
            ("sangam", "ListSyncJobDocuments", true, false, false),
            ("sangam", "ListDocuments", true, false, false),
            ("sangam", "ListUnknownPrincipals", true, false, false),
            ("sangam", "ListReaderAccounts", true, false, false),
            ("sangam", "ListPeople", true, false, false),
            ("sangam", "ListPersonAccess", true, false, false),
            ("sangam", "ListGroupMembers", true, false, false),
            ("sangam", "DescribeIndex", true, true, false),
        ];
        for (service, operation, admin, ingest, query) in table {
            for (name, allowed) in [("\"admin\"", admin), ("\"ingest\"", ingest), ("\"query\"", query)] {
                assert_eq!(policy(name).allows(service, operation, Some("i")), allowed, "{name} {service}:{operation}");
                assert_eq!(
                    policy(name).allows(service, operation, None),
                    allowed,
                    "{name} {service}:{operation} without index"
                );
            }
        }
    }

    #[test]
    fn explicit_lists_are_actions_times_indices() {
        let on_one = policy(r#"{"actions": ["query", "kendra:describe*"], "indices": ["one"]}"#);
        let table = [
            ("Query", Some("one"), true),
            ("Query", Some("two"), false),
            ("Query", None, false),
            ("DescribeFaq", Some("one"), true),
            ("ListIndices", None, false),
            ("BatchPutDocument", Some("one"), false),
        ];
        for (operation, index, allowed) in table {
            assert_eq!(on_one.allows("kendra", operation, index), allowed, "{operation} {index:?}");
        }
    }

    #[test]
    fn what_is_about_no_index_needs_all_of_them() {
        let star = r#"{"actions": ["secretsmanager:*"], "indices": ["*"]}"#;
        assert!(policy(star).allows("secretsmanager", "GetSecretValue", None));
        assert!(!policy(star).allows("kendra", "Query", Some("one")));
        let one = r#"{"actions": ["*"], "indices": ["one"]}"#;
        assert!(!policy(one).allows("secretsmanager", "GetSecretValue", None));
        assert!(!policy(one).allows("kendra", "CreateIndex", None));
        let none = r#"{"actions": ["*"], "indices": []}"#;
        assert!(!policy(none).allows("kendra", "Query", Some("one")));
        assert!(!policy(r#"{"actions": [], "indices": ["*"]}"#).allows("kendra", "Query", Some("one")));
    }

    #[test]
    fn stars_take_any_run() {
        let table = [
            ("*", "kendra:Query", true),
            ("kendra:*", "kendra:Query", true),
            ("kendra:*", "secretsmanager:GetSecretValue", false),
            ("kendra:*Index", "kendra:DescribeIndex", true),
            ("kendra:*Index", "kendra:ListIndices", false),
            ("*:*Data*Job*", "kendra:ListDataSourceSyncJobs", true),
            ("KENDRA:query", "kendra:Query", true),
            ("kendra:Query", "kendra:QueryAll", false),
            ("kendra:Quer", "kendra:Query", false),
            ("", "kendra:Query", false),
        ];
        for (pattern, action, expected) in table {
            assert_eq!(matches(pattern, action), expected, "{pattern} {action}");
        }
    }

    #[test]
    fn the_stored_form_is_read_strictly_and_written_back() {
        for json in [r#""ingest""#, r#"{"actions":["query"],"indices":["*"]}"#] {
            assert_eq!(serde_json::to_string(&policy(json)).unwrap(), json);
        }
        for json in [r#""root""#, r#"{"actions":["*"]}"#, r#"{"actions":["*"],"indices":["*"],"except":[]}"#, "null"] {
            assert!(serde_json::from_str::<Policy>(json).is_err(), "{json}");
        }
        assert_eq!("query".parse(), Ok(Policy::Preset(Preset::Query)));
        assert_eq!("root".parse::<Policy>(), Err(UnknownPolicy));
    }
}
