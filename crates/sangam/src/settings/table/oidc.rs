//! Settings of the sign-in at an OpenID provider.

use std::path::PathBuf;

use reqwest::Url;
use secrecy::SecretString;

use super::{Declared, Fallback, Info, SERVER, parse};

/// The provider.
pub const ISSUER: Declared<Url> = Declared {
    info: Info {
        key: "oidc_issuer",
        doc: "Address of the OpenID provider at which people sign in, as its tokens name it. Needs `public_url` and `oidc_client_id`; the address to register there is `public_url` with `/sign-in/callback`.",
        accepts: "an `https://` address, or `http://` on this machine",
        fallback: Fallback::Absent("people sign in with local accounts only"),
        ..SERVER
    },
    parse: parse::issuer,
};

/// This client of it.
pub const CLIENT_ID: Declared<String> = Declared {
    info: Info {
        key: "oidc_client_id",
        doc: "The id that the provider gave this server.",
        accepts: "a text that is not empty",
        fallback: Fallback::Absent("see `oidc_issuer`"),
        ..SERVER
    },
    parse: parse::text,
};

/// Its secret.
pub const CLIENT_SECRET: Declared<SecretString> = Declared {
    info: Info {
        key: "oidc_client_secret",
        doc: "The secret that came with `oidc_client_id`. Better in the environment, or in a file by `oidc_client_secret_file`, than in `sangam.toml`.",
        accepts: "a text that is not empty",
        fallback: Fallback::Absent("the server is a public client, with PKCE alone"),
        is_secret: true,
        ..SERVER
    },
    parse: parse::secret,
};

/// File with its secret.
pub const CLIENT_SECRET_FILE: Declared<PathBuf> = Declared {
    info: Info {
        key: "oidc_client_secret_file",
        doc: "File that holds the secret of `oidc_client_id`; a line end at its end is ignored. In place of `oidc_client_secret`.",
        accepts: "the path of a readable file",
        fallback: Fallback::Absent("see `oidc_client_secret`"),
        // A secret that was put here by mistake would be shown as a path.
        is_secret: true,
        ..SERVER
    },
    parse: parse::path,
};

/// What is asked for.
pub const SCOPES: Declared<Vec<String>> = Declared {
    info: Info {
        key: "oidc_scopes",
        doc: "What the provider is asked for; `openid` is added if it is lacking.",
        accepts: "scopes with spaces or commas between them",
        fallback: Fallback::Value("openid email profile"),
        ..SERVER
    },
    parse: parse::words,
};

/// The claim that finds a person.
pub const USER_CLAIM: Declared<String> = Declared {
    info: Info {
        key: "oidc_user_claim",
        doc: "The claim that finds a person in the data sources. `email` counts only if the provider says that it is verified and its domain is one of `oidc_allowed_email_domains`; any other claim is believed as it stands, so name one that people cannot change by themselves. Whoever is not found by it finds public documents.",
        accepts: "the name of a claim",
        fallback: Fallback::Value("email"),
        ..SERVER
    },
    parse: parse::text,
};

/// Domains whose addresses count.
pub const ALLOWED_EMAIL_DOMAINS: Declared<Vec<String>> = Declared {
    info: Info {
        key: "oidc_allowed_email_domains",
        doc: "Domains whose e-mail addresses find people, without `@`. Subdomains are domains of their own.",
        accepts: "`example.com`, several with commas between them",
        fallback: Fallback::Absent("none: by e-mail, everybody finds public documents only"),
        ..SERVER
    },
    parse: parse::hosts,
};

/// The claim with the groups.
pub const GROUPS_CLAIM: Declared<String> = Declared {
    info: Info {
        key: "oidc_groups_claim",
        doc: "The claim that lists the groups of a person.",
        accepts: "the name of a claim",
        fallback: Fallback::Value("groups"),
        ..SERVER
    },
    parse: parse::text,
};

/// Whether its groups count in searches.
pub const USE_GROUPS: Declared<bool> = Declared {
    info: Info {
        key: "oidc_use_groups",
        doc: "Whether the groups that the provider lists are groups of the reader too, beside those that the data sources know.",
        accepts: "`true` or `false`",
        fallback: Fallback::Value("false"),
        ..SERVER
    },
    parse: parse::boolean,
};

/// Who administers.
pub const ADMINISTRATORS_GROUP: Declared<String> = Declared {
    info: Info {
        key: "oidc_administrators_group",
        doc: "Whoever the provider says is in this group is an administrator here.",
        accepts: "the name of a group",
        fallback: Fallback::Absent("nobody becomes an administrator by the provider"),
        ..SERVER
    },
    parse: parse::text,
};

/// Who audits.
pub const AUDITORS_GROUP: Declared<String> = Declared {
    info: Info {
        key: "oidc_auditors_group",
        doc: "Whoever is in this group, and in no administrators' group, is an auditor: they read everything in the console but content.",
        accepts: "the name of a group",
        fallback: Fallback::Absent("nobody becomes an auditor by the provider"),
        ..SERVER
    },
    parse: parse::text,
};

/// Further authorities.
pub const CA_FILE: Declared<PathBuf> = Declared {
    info: Info {
        key: "oidc_ca_file",
        doc: "A file with certificates of further authorities, in PEM form, that are believed beside the system's when the provider is called.",
        accepts: "the path of a readable file",
        fallback: Fallback::Absent("the system's authorities alone"),
        ..SERVER
    },
    parse: parse::path,
};
