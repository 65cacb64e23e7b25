//! Words about indices that several pages need.

use crate::view::Opt;

/// The role that is recorded where nobody gives another: Kendra's API wants one, and this server assumes none.
pub(crate) const ROLE: &str = "arn:aws:iam::000000000000:role/sangam";
/// Said below every role.
pub(crate) const ROLE_HELP: &str = "Recorded for clients that read it back. This server assumes no role: what it may do is up to access keys and accounts.";

/// Said below every index's name.
pub(super) const NAME_HELP: &str = "Up to 1,000 letters, digits, - and _, beginning with a letter or digit.";

/// Types of index fields in the API, and what Kendra's console calls them.
pub(super) const KINDS: &[(&str, &str)] =
    &[("STRING_VALUE", "String"), ("STRING_LIST_VALUE", "String list"), ("DATE_VALUE", "Date"), ("LONG_VALUE", "Long")];

/// A field's type as people read it.
pub(super) fn kind_name(kind: &str) -> &str {
    KINDS.iter().find(|(known, _)| *known == kind).map_or(kind, |(_, name)| name)
}

/// The editions, with what they mean here.
pub(super) fn editions() -> Vec<Opt> {
    vec![
        Opt::new(
            "ENTERPRISE_EDITION",
            "Enterprise edition",
            "The default. Documents, queries and data sources are limited by this machine alone, unless the setting `quotas` is `kendra`.",
        ),
        Opt::new(
            "DEVELOPER_EDITION",
            "Developer edition",
            "As above; with `quotas = kendra`, 10,000 documents and 5 data sources.",
        ),
        Opt::new(
            "GEN_AI_ENTERPRISE_EDITION",
            "GenAI enterprise edition",
            "As above; with `quotas = kendra`, 20,000 documents. It takes no user tokens.",
        ),
    ]
}

/// An edition as people read it.
pub(super) fn edition_name(edition: &str) -> &'static str {
    match edition {
        "DEVELOPER_EDITION" => "Developer edition",
        "GEN_AI_ENTERPRISE_EDITION" => "GenAI enterprise edition",
        _ => "Enterprise edition",
    }
}

/// How readers are named.
pub(super) fn policies() -> Vec<Opt> {
    vec![
        Opt::new(
            "ATTRIBUTE_FILTER",
            "No tokens",
            "The application that asks names the reader, by user and groups in the user context or in the attribute filter.",
        ),
        Opt::new(
            "USER_TOKEN",
            "Tokens",
            "Readers are named by a token in the query. This server does not read tokens yet: until then such an index shows public documents only.",
        ),
    ]
}
