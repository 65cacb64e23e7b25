//! Every setting, declared once: the program, its messages and the reference page all read this table.

pub mod oidc;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use reqwest::Url;
use sangam_server::Network;
use sangam_service::{NoUserContext, Quotas};
use sangam_sync::AccessRefresh;
use secrecy::SecretString;

use super::declared::{Audience, Declared, Fallback, Info};
use super::parse::{self, KeyChoice, ModelChoice};

/// The version that had the first settings.
const V0_1: &str = "0.1.0";

/// A setting of the server that is shown; the declarations below say what differs from it.
const SERVER: Info = Info {
    key: "",
    doc: "",
    accepts: "",
    fallback: Fallback::Absent(""),
    since: V0_1,
    audience: Audience::Server,
    is_secret: false,
    is_hidden: false,
};

/// Where the server listens.
pub const LISTEN: Declared<SocketAddr> = Declared {
    info: Info {
        key: "listen",
        doc: "Address and port that the server listens on. The default is reachable from this machine only; put a proxy with TLS before anything wider.",
        accepts: "an IP address and a port, such as `127.0.0.1:8722` or `[::]:8722`",
        fallback: Fallback::Value("127.0.0.1:8722"),
        ..SERVER
    },
    parse: parse::address,
};

/// Where browsers reach the server.
pub const PUBLIC_URL: Declared<String> = Declared {
    info: Info {
        key: "public_url",
        doc: "Address under which browsers reach this server, such as that of the proxy before it. Links that the server prints and addresses that it gives to identity providers begin with it; with `https`, cookies are sent over TLS only.",
        accepts: "an `https://` or `http://` address without a path",
        fallback: Fallback::Absent("`http://` and the address that a browser asks"),
        ..SERVER
    },
    parse: parse::public_url,
};

/// Whose word counts for where requests come from.
pub const TRUSTED_PROXIES: Declared<Vec<Network>> = Declared {
    info: Info {
        key: "trusted_proxies",
        doc: "Addresses of the proxies before this server. A request from one of them is taken to come from the last address in its `X-Forwarded-For` that is none of theirs: in the audit trail, the list of sessions, and the limit on attempts to sign in. Without it, those see the proxy.",
        accepts: "IP addresses and networks such as `10.0.0.0/8`, divided by commas or blanks",
        fallback: Fallback::Absent("no proxy is believed"),
        ..SERVER
    },
    parse: parse::networks,
};

/// Where everything is kept.
pub const DATA_DIR: Declared<PathBuf> = Declared {
    info: Info {
        key: "data_dir",
        doc: "Folder that holds everything: the database, the indices, the key that seals secrets, local S3 buckets. It is made with mode 0700, and one server at a time uses it. A relative path starts at the working directory.",
        accepts: "the path of a folder",
        fallback: Fallback::Value("./data"),
        ..SERVER
    },
    parse: parse::path,
};

/// Id of the preset root key.
pub const ACCESS_KEY_ID: Declared<String> = Declared {
    info: Info {
        key: "access_key_id",
        doc: "Id of an access key that may do everything, for automation that cannot read what a first start prints. Goes with `secret_access_key`. Clients sign with it; without it they use `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`.",
        accepts: "1 to 128 letters, digits and underscores",
        fallback: Fallback::Absent("the first start makes a key and prints it once"),
        audience: Audience::Both,
        ..SERVER
    },
    parse: parse::access_key_id,
};

/// Secret of the preset root key.
pub const SECRET_ACCESS_KEY: Declared<SecretString> = Declared {
    info: Info {
        key: "secret_access_key",
        doc: "Secret of `access_key_id`. Better in the environment, or in a file by `secret_access_key_file`, than in `sangam.toml`.",
        accepts: "a text that is not empty",
        fallback: Fallback::Absent("see `access_key_id`"),
        audience: Audience::Both,
        is_secret: true,
        ..SERVER
    },
    parse: parse::secret,
};

/// File with the secret of the preset root key.
pub const SECRET_ACCESS_KEY_FILE: Declared<PathBuf> = Declared {
    info: Info {
        key: "secret_access_key_file",
        doc: "File that holds the secret of `access_key_id`, as container platforms mount them; a line end at its end is ignored. In place of `secret_access_key`.",
        accepts: "the path of a readable file",
        fallback: Fallback::Absent("see `access_key_id`"),
        audience: Audience::Both,
        // A secret that was put here by mistake would be shown as a path.
        is_secret: true,
        ..SERVER
    },
    parse: parse::path,
};

/// The one region that is accepted.
pub const REGION: Declared<String> = Declared {
    info: Info {
        key: "region",
        doc: "The only region that signatures may be for. Clients of this program sign for it.",
        accepts: "a region's name, such as `eu-central-1`",
        fallback: Fallback::Absent(
            "any region is accepted and appears in the ARNs of that answer; our own commands sign for `us-east-1`",
        ),
        audience: Audience::Both,
        ..SERVER
    },
    parse: parse::region,
};

/// The account in ARNs.
pub const ACCOUNT_ID: Declared<String> = Declared {
    info: Info {
        key: "account_id",
        doc: "The account that appears in ARNs.",
        accepts: "twelve digits in quotes",
        fallback: Fallback::Value("000000000000"),
        ..SERVER
    },
    parse: parse::account_id,
};

/// What a query sees that names nobody.
pub const NO_USER_CONTEXT: Declared<NoUserContext> = Declared {
    info: Info {
        key: "no_user_context",
        doc: "What a query returns that names nobody. `public`: documents that everybody may read. `everything`: all documents, whatever their access lists say, which is Kendra's own rule. An index's tag `sangam:no-user-context` goes before this setting.",
        accepts: "`public` or `everything`",
        fallback: Fallback::Value("public"),
        ..SERVER
    },
    parse: parse::no_user_context,
};

/// The embedding model.
pub const MODEL: Declared<ModelChoice> = Declared {
    info: Info {
        key: "model",
        doc: "The model that turns text into vectors. `bundled` is the one compiled in; `none` searches by words alone; a folder holds another one.",
        accepts: "`bundled`, `none`, or the path of a folder with a model",
        fallback: Fallback::Value("bundled"),
        ..SERVER
    },
    parse: parse::model,
};

/// Where the sealing key comes from.
pub const SECRETS_KEY: Declared<KeyChoice> = Declared {
    info: Info {
        key: "secrets_key",
        doc: "Where the key comes from that seals stored secrets: 32 bytes in base64, as `openssl rand -base64 32` prints them. `file` is `secrets.key` in the data folder, made by the first start with mode 0600; `file:PATH` is another file; `env:NAME` an environment variable; `command:…` what a shell command prints.",
        accepts: "`file`, `file:PATH`, `env:NAME` or `command:…`",
        fallback: Fallback::Value("file"),
        // A command may hold a credential, and a key that was put here by mistake is one.
        is_secret: true,
        ..SERVER
    },
    parse: parse::secrets_key,
};

/// Kendra's quotas.
pub const QUOTAS: Declared<Quotas> = Declared {
    info: Info {
        key: "quotas",
        doc: "Whether Kendra's own quotas are enforced. Only `off` is built so far.",
        accepts: "`off`",
        fallback: Fallback::Value("off"),
        ..SERVER
    },
    parse: parse::quotas,
};

/// The largest body.
pub const MAX_BODY_BYTES: Declared<u64> = Declared {
    info: Info {
        key: "max_body_bytes",
        doc: "The largest body of a request; a larger one is refused before it is read. The default holds 50 MB of documents in base64.",
        accepts: "a size from `64KiB` to `512MiB`: bytes, or a number with `kB`, `MB`, `GB`, `KiB`, `MiB` or `GiB`",
        fallback: Fallback::Value("72MiB"),
        ..SERVER
    },
    parse: parse::body_bytes,
};

/// What is logged.
pub const LOG: Declared<String> = Declared {
    info: Info {
        key: "log",
        doc: "What is logged, to the standard error: readable on a terminal, one JSON object a line otherwise. A level, and levels of single modules after it.",
        accepts: "a filter, such as `info` or `warn,sangam_sync=debug`",
        fallback: Fallback::Value("info"),
        ..SERVER
    },
    parse: parse::log,
};

/// Base of Atlassian's API gateway.
pub const CONFLUENCE_API_URL: Declared<Url> = Declared {
    info: Info {
        key: "confluence.api_url",
        doc: "Base of the gateway that OAuth2 tokens of Confluence Cloud are used against, for tests with a simulator or an egress gateway.",
        accepts: "an `http://` or `https://` address",
        fallback: Fallback::Absent("Atlassian's"),
        ..SERVER
    },
    parse: parse::url,
};

/// Base of Atlassian's authorisation server.
pub const CONFLUENCE_AUTH_URL: Declared<Url> = Declared {
    info: Info {
        key: "confluence.auth_url",
        doc: "Base of the server that hands out OAuth2 tokens of Confluence Cloud.",
        accepts: "an `http://` or `https://` address",
        fallback: Fallback::Absent("Atlassian's"),
        ..SERVER
    },
    parse: parse::url,
};

/// Where attachments may be fetched from.
pub const CONFLUENCE_MEDIA_HOSTS: Declared<Vec<String>> = Declared {
    info: Info {
        key: "confluence.media_hosts",
        doc: "Hosts that a site may redirect to for the bytes of an attachment; no credentials are sent there. The site's own host is always allowed.",
        accepts: "`host` or `host:port`, several with commas between them",
        fallback: Fallback::Absent("the hosts that Atlassian serves attachments from"),
        ..SERVER
    },
    parse: parse::hosts,
};

/// The longest wait that a site may ask for.
pub const CONFLUENCE_RETRY_AFTER_MAX: Declared<Duration> = Declared {
    info: Info {
        key: "confluence.retry_after_max",
        doc: "The longest wait that a site may ask for within a job. If it asks for more, the job ends as INCOMPLETE and says when it may go on.",
        accepts: "a time from `1s` to `24h`, with `s`, `m` or `h`",
        fallback: Fallback::Value("1h"),
        ..SERVER
    },
    parse: parse::wait,
};

/// Questions about folders.
pub const CONFLUENCE_FOLDER_CHECKS: Declared<usize> = Declared {
    info: Info {
        key: "confluence.folder_checks",
        doc: "How many questions of the kind \"may this person see this folder\" one job may ask, where Confluence does not tell a folder's restrictions. Whoever was not asked about is hidden from.",
        accepts: "a number from 0 to 1000000",
        fallback: Fallback::Value("2000"),
        ..SERVER
    },
    parse: parse::folder_checks,
};

/// How often access is refreshed between syncs.
pub const CONFLUENCE_ACCESS_REFRESH: Declared<AccessRefresh> = Declared {
    info: Info {
        key: "confluence.access_refresh",
        doc: "How often rights and deletions of a data source with a schedule are read again between its syncs, without fetching content. A data source's tag `sangam:access-refresh` goes before this setting, also for one on demand.",
        accepts: "`off`, or a time from `1m` to `24h`, with `s`, `m` or `h`",
        fallback: Fallback::Absent("every 10 minutes, every hour with OAuth2 on Confluence Cloud"),
        ..SERVER
    },
    parse: AccessRefresh::parse,
};

/// How long access is good without sight.
pub const CONFLUENCE_ACCESS_MAX_AGE: Declared<Duration> = Declared {
    info: Info {
        key: "confluence.access_max_age",
        doc: "How old access may become once a site refuses the crawler's credentials or shows it nothing any more: from when access was last read, everything of the data source keeps it for this long and is hidden from everybody then, until a sync or a refresh succeeds.",
        accepts: "a time from `1s` to `24h`, with `s`, `m` or `h`",
        fallback: Fallback::Value("24h"),
        ..SERVER
    },
    parse: parse::wait,
};

/// Verified view lists.
pub const CONFLUENCE_RESTRICTION_CHECKS: Declared<usize> = Declared {
    info: Info {
        key: "confluence.restriction_checks",
        doc: "How many view lists one job or access refresh may verify, each by a call of its own. Listings leave out people who are gone, so that every list is verified once a day, and at once where pages are new or were moved.",
        accepts: "a number from 0 to 1000000",
        fallback: Fallback::Value("5000"),
        ..SERVER
    },
    parse: parse::folder_checks,
};

/// Calls at a time.
pub const CONFLUENCE_CONCURRENCY: Declared<usize> = Declared {
    info: Info {
        key: "confluence.concurrency",
        doc: "How many calls may be under way at one site at most. Fewer are made while a site asks for that or is slow.",
        accepts: "a number from 1 to 64",
        fallback: Fallback::Absent("12 for Confluence Cloud, 4 for Data Center"),
        ..SERVER
    },
    parse: parse::concurrency,
};

/// Further authorities.
pub const CONFLUENCE_CA_FILE: Declared<PathBuf> = Declared {
    info: Info {
        key: "confluence.ca_file",
        doc: "A file with certificates of further authorities, in PEM or DER form, that are believed beside the system's when a site is called. For one site alone, the template's `sslCertificatePath` does the same.",
        accepts: "the path of a readable file",
        fallback: Fallback::Absent("the system's authorities alone"),
        ..SERVER
    },
    parse: parse::path,
};

/// Plain HTTP.
pub const CONFLUENCE_ALLOW_INSECURE_HTTP: Declared<bool> = Declared {
    info: Info {
        key: "confluence.allow_insecure_http",
        doc: "Whether a Data Center may be reached over plain HTTP from elsewhere than this machine. Credentials and pages can then be read by whoever is in between.",
        accepts: "`true` or `false`",
        fallback: Fallback::Value("false"),
        ..SERVER
    },
    parse: parse::boolean,
};

/// The server that commands speak to.
pub const ENDPOINT: Declared<Url> = Declared {
    info: Info {
        key: "endpoint",
        doc: "The server that `connect`, `sync`, `search`, `explain` and `secrets` speak to.",
        accepts: "an `http://` or `https://` address without a path, such as `http://127.0.0.1:8722`",
        fallback: Fallback::Value("http://127.0.0.1:8722"),
        audience: Audience::Client,
        ..SERVER
    },
    parse: parse::endpoint,
};

/// Where to abort, for kill tests.
pub const ABORT_AT: Declared<String> = Declared {
    info: Info {
        key: "abort_at",
        doc: "The commit point at which the process aborts, for kill tests.",
        accepts: "the name of a commit point, or name and count as `NAME:N`",
        fallback: Fallback::Absent("never"),
        is_hidden: true,
        ..SERVER
    },
    parse: parse::abort_at,
};

/// All of them, in the order of the reference.
pub const ALL: [&Info; 40] = [
    &LISTEN.info,
    &PUBLIC_URL.info,
    &TRUSTED_PROXIES.info,
    &DATA_DIR.info,
    &ACCESS_KEY_ID.info,
    &SECRET_ACCESS_KEY.info,
    &SECRET_ACCESS_KEY_FILE.info,
    &REGION.info,
    &ACCOUNT_ID.info,
    &NO_USER_CONTEXT.info,
    &MODEL.info,
    &SECRETS_KEY.info,
    &QUOTAS.info,
    &MAX_BODY_BYTES.info,
    &LOG.info,
    &oidc::ISSUER.info,
    &oidc::CLIENT_ID.info,
    &oidc::CLIENT_SECRET.info,
    &oidc::CLIENT_SECRET_FILE.info,
    &oidc::SCOPES.info,
    &oidc::USER_CLAIM.info,
    &oidc::ALLOWED_EMAIL_DOMAINS.info,
    &oidc::GROUPS_CLAIM.info,
    &oidc::USE_GROUPS.info,
    &oidc::ADMINISTRATORS_GROUP.info,
    &oidc::AUDITORS_GROUP.info,
    &oidc::CA_FILE.info,
    &CONFLUENCE_API_URL.info,
    &CONFLUENCE_AUTH_URL.info,
    &CONFLUENCE_MEDIA_HOSTS.info,
    &CONFLUENCE_RETRY_AFTER_MAX.info,
    &CONFLUENCE_FOLDER_CHECKS.info,
    &CONFLUENCE_ACCESS_REFRESH.info,
    &CONFLUENCE_ACCESS_MAX_AGE.info,
    &CONFLUENCE_RESTRICTION_CHECKS.info,
    &CONFLUENCE_CONCURRENCY.info,
    &CONFLUENCE_CA_FILE.info,
    &CONFLUENCE_ALLOW_INSECURE_HTTP.info,
    &ENDPOINT.info,
    &ABORT_AT.info,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_declaration_is_complete_and_stands_once() {
        let mut keys: Vec<&str> = ALL.iter().map(|info| info.key).collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), ALL.len());
        for info in ALL {
            assert!(!info.key.is_empty() && !info.accepts.is_empty(), "{info:?}");
            assert!(info.doc.ends_with('.'), "{info:?}");
            assert!(!info.accepts.ends_with('.'), "{info:?}");
        }
    }
}
