//! Which keys a secret has for which way into Confluence.

use crate::view::Opt;

/// A way in, and the keys of its secret.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kind {
    /// What forms send.
    pub(crate) value: &'static str,
    /// What is read.
    pub(crate) label: &'static str,
    /// What is said about it.
    pub(crate) about: &'static str,
    /// The keys, in the order in which they are asked for.
    pub(crate) keys: &'static [&'static str],
}

/// All of them; the first is the default.
pub(crate) const KINDS: &[Kind] = &[
    Kind {
        value: "cloud-basic",
        label: "Confluence Cloud, basic",
        about: "The account's e-mail address as username, and an API token of it as password.",
        keys: &["username", "password", "hostUrl"],
    },
    Kind {
        value: "oauth2",
        label: "Confluence OAuth 2.0",
        about: "The keys of your app, with the tokens of its grant. `Connect to Confluence` on the secret's page fetches the tokens for you.",
        keys: &["confluenceAppKey", "confluenceAppSecret", "confluenceAccessToken", "confluenceRefreshToken"],
    },
    Kind {
        value: "server-basic",
        label: "Confluence Data Center, basic",
        about: "The address of the server, and an account that may sign in with its password.",
        keys: &["hostUrl", "username", "password"],
    },
    Kind {
        value: "server-token",
        label: "Confluence Data Center, personal access token",
        about: "The address of the server, and a token that does not expire.",
        keys: &["hostUrl", "patToken"],
    },
    Kind { value: "other", label: "Other keys", about: "Any keys and values.", keys: &[] },
];

/// The kind of that name, or the first.
pub(crate) fn kind(value: &str) -> &'static Kind {
    KINDS.iter().find(|kind| kind.value == value).unwrap_or(&KINDS[0])
}

/// All of them, to choose from.
pub(super) fn options() -> Vec<Opt> {
    KINDS.iter().map(|kind| Opt::new(kind.value, kind.label, kind.about)).collect()
}
