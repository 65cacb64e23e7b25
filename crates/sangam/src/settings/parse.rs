//! From what is written to values: one function for each kind of setting, each answering nothing to what it does not accept.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use reqwest::Url;
use sangam_server::Network;
use sangam_service::{NoUserContext, Quotas};
use sangam_store::failpoint::FailPoint;
use secrecy::SecretString;
use tracing_subscriber::EnvFilter;

/// The longest id of an access key, as IAM has it.
const ACCESS_KEY_ID_MAX: usize = 128;
/// The longest name of a region; the longest real one has half of it.
const REGION_MAX: usize = 32;
/// Digits of an account.
const ACCOUNT_DIGITS: usize = 12;
/// The smallest largest body: less would refuse ordinary questions with long group lists.
const BODY_BYTES_MIN: u64 = 64 * 1024;
/// The largest body: a server holds no more of all bodies together.
const BODY_BYTES_MAX: u64 = 512 * 1024 * 1024;
/// The longest wait within a job; beyond it a new job is the better idea.
const WAIT_MAX: Duration = Duration::from_hours(24);
/// Questions about folders in a job: at a millisecond each this is a quarter of an hour.
const FOLDER_CHECKS_MAX: usize = 1_000_000;
/// More calls at once than this a site takes for an attack.
const CONCURRENCY_MAX: usize = 64;
/// The largest port is in `u16`; the longest host name by RFC 1035.
const HOST_MAX: usize = 253;

/// Which model turns text into vectors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModelChoice {
    /// The one compiled in.
    Bundled,
    /// None: search by words alone.
    None,
    /// The one in this folder.
    Folder(PathBuf),
}

/// Where the sealing key comes from, before the data folder is known.
#[derive(Clone, PartialEq, Eq)]
pub enum KeyChoice {
    /// `secrets.key` in the data folder.
    InDataDir,
    /// What `KeySource::parse` makes of this.
    Elsewhere(String),
}

pub(super) fn address(text: &str) -> Option<SocketAddr> {
    text.parse().ok()
}

pub(super) fn public_url(text: &str) -> Option<String> {
    let url: Url = text.parse().ok()?;
    let is_bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    let is_web = matches!(url.scheme(), "http" | "https") && url.host().is_some();
    (is_bare && is_web).then(|| text.trim_end_matches('/').to_owned())
}

pub(super) fn networks(text: &str) -> Option<Vec<Network>> {
    words(text)?.iter().map(|word| Network::parse(word)).collect()
}

/// An address that discovery begins at: the provider's client says the rest.
pub(super) fn issuer(text: &str) -> Option<Url> {
    let is_here = |url: &Url| url.host_str().is_some_and(|host| matches!(host, "localhost" | "127.0.0.1" | "[::1]"));
    url(text).filter(|url| url.scheme() == "https" || is_here(url))
}

pub(super) fn text(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty() && !text.chars().any(char::is_control)).then(|| text.to_owned())
}

pub(super) fn words(text: &str) -> Option<Vec<String>> {
    let words: Vec<String> = text.split([' ', ',']).filter(|word| !word.is_empty()).map(str::to_owned).collect();
    (!words.is_empty()).then_some(words)
}

pub(super) fn path(text: &str) -> Option<PathBuf> {
    (!text.is_empty()).then(|| text.into())
}

pub(super) fn access_key_id(text: &str) -> Option<String> {
    let fits = text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    (fits && (1..=ACCESS_KEY_ID_MAX).contains(&text.len())).then(|| text.to_owned())
}

pub(super) fn secret(text: &str) -> Option<SecretString> {
    (!text.is_empty()).then(|| text.into())
}

pub(super) fn region(text: &str) -> Option<String> {
    let fits = text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    (fits && (1..=REGION_MAX).contains(&text.len())).then(|| text.to_owned())
}

pub(super) fn account_id(text: &str) -> Option<String> {
    (text.len() == ACCOUNT_DIGITS && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.to_owned())
}

pub(super) fn no_user_context(text: &str) -> Option<NoUserContext> {
    match text {
        "public" => Some(NoUserContext::Public),
        "everything" => Some(NoUserContext::Everything),
        _ => None,
    }
}

pub(super) fn model(text: &str) -> Option<ModelChoice> {
    match text {
        "" => None,
        "bundled" => Some(ModelChoice::Bundled),
        "none" => Some(ModelChoice::None),
        folder => Some(ModelChoice::Folder(folder.into())),
    }
}

pub(super) fn secrets_key(text: &str) -> Option<KeyChoice> {
    let (scheme, rest) = text.split_once(':').unwrap_or((text, ""));
    match scheme {
        "file" if text == "file" => Some(KeyChoice::InDataDir),
        "file" | "env" | "command" if !rest.trim().is_empty() => Some(KeyChoice::Elsewhere(text.to_owned())),
        _ => None,
    }
}

pub(super) fn quotas(text: &str) -> Option<Quotas> {
    (text == "off").then_some(Quotas::Off)
}

pub(super) fn body_bytes(text: &str) -> Option<u64> {
    bytes(text).filter(|bytes| (BODY_BYTES_MIN..=BODY_BYTES_MAX).contains(bytes))
}

pub(super) fn log(text: &str) -> Option<String> {
    (!text.is_empty() && EnvFilter::builder().parse(text).is_ok()).then(|| text.to_owned())
}

pub(super) fn url(text: &str) -> Option<Url> {
    let url: Url = text.parse().ok()?;
    let is_plain = url.username().is_empty() && url.password().is_none() && url.query().is_none();
    (matches!(url.scheme(), "http" | "https") && url.has_host() && is_plain && url.fragment().is_none()).then_some(url)
}

pub(super) fn endpoint(text: &str) -> Option<Url> {
    url(text).filter(|url| url.path() == "/")
}

pub(super) fn hosts(text: &str) -> Option<Vec<String>> {
    text.split(',').map(|host| parse_host(host.trim())).collect()
}

pub(super) fn wait(text: &str) -> Option<Duration> {
    let (count, seconds) = match text.strip_suffix('h') {
        Some(count) => (count, 3600),
        None => match text.strip_suffix('m') {
            Some(count) => (count, 60),
            None => (text.strip_suffix('s')?, 1),
        },
    };
    let wait = Duration::from_secs(whole(count)?.checked_mul(seconds)?);
    (wait >= Duration::from_secs(1) && wait <= WAIT_MAX).then_some(wait)
}

pub(super) fn folder_checks(text: &str) -> Option<usize> {
    usize::try_from(whole(text)?).ok().filter(|checks| *checks <= FOLDER_CHECKS_MAX)
}

pub(super) fn concurrency(text: &str) -> Option<usize> {
    usize::try_from(whole(text)?).ok().filter(|calls| (1..=CONCURRENCY_MAX).contains(calls))
}

pub(super) fn boolean(text: &str) -> Option<bool> {
    text.parse().ok()
}

pub(super) fn abort_at(text: &str) -> Option<String> {
    let (name, count) = text.split_once(':').unwrap_or((text, "1"));
    let is_known = FailPoint::ALL.iter().any(|point| point.name() == name);
    (is_known && whole(count).is_some_and(|count| count > 0)).then(|| text.to_owned())
}

/// `host` or `host:port`, in lower case.
fn parse_host(text: &str) -> Option<String> {
    let (host, port) = text.rsplit_once(':').map_or((text, None), |(host, port)| (host, Some(port)));
    let fits = !host.is_empty()
        && host.len() <= HOST_MAX
        && host.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'));
    let port_fits = port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0));
    (fits && port_fits).then(|| text.to_ascii_lowercase())
}

/// Bytes of `75497472`, `72MiB` or `50MB`.
fn bytes(text: &str) -> Option<u64> {
    const UNITS: [(&str, u64); 6] =
        [("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("kB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000)];
    for (unit, factor) in UNITS {
        if let Some(count) = text.strip_suffix(unit) {
            return whole(count.trim_end())?.checked_mul(factor);
        }
    }
    whole(text)
}

/// A whole number in digits alone: no sign, no space.
fn whole(text: &str) -> Option<u64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units() {
        assert_eq!(bytes("75497472"), Some(75_497_472));
        assert_eq!(bytes("72MiB"), Some(75_497_472));
        assert_eq!(bytes("50 MB"), Some(50_000_000));
        for wrong in
            ["", "MiB", "-1", "+1", "1.5MiB", "72mib", "72 M", "99999999999999999999", "18446744073709551615GiB"]
        {
            assert_eq!(bytes(wrong), None, "{wrong}");
        }
        assert_eq!(body_bytes("1kB"), None);
        assert_eq!(body_bytes("1GiB"), None);
    }

    #[test]
    fn times_have_units() {
        assert_eq!(wait("90s"), Some(Duration::from_secs(90)));
        assert_eq!(wait("2m"), Some(Duration::from_mins(2)));
        assert_eq!(wait("1h"), Some(Duration::from_hours(1)));
        for wrong in ["", "90", "0s", "25h", "s", "-1s", "1 h", "9999999999999999999h"] {
            assert_eq!(wait(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn hosts_come_with_and_without_ports() {
        assert_eq!(hosts("A.example, b.example:8443"), Some(vec!["a.example".to_owned(), "b.example:8443".to_owned()]));
        for wrong in ["", "a.example,", "https://a.example", "a.example:0", "a.example:65536", "a b", "a.example/x"] {
            assert_eq!(hosts(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn an_endpoint_is_an_origin() {
        assert!(endpoint("http://127.0.0.1:8722").is_some() && endpoint("https://search.example/").is_some());
        for wrong in ["", "127.0.0.1:8722", "ftp://a", "http://", "http://a/kendra", "http://a/?x", "http://u:p@a"] {
            assert!(endpoint(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn the_sealing_key_is_never_the_value_itself() {
        assert!(secrets_key("file") == Some(KeyChoice::InDataDir));
        for (text, accepted) in [("env:A", true), ("command:vault read x", true), ("file:/k", true), ("env:", false)] {
            assert_eq!(secrets_key(text).is_some(), accepted, "{text}");
        }
        assert!(secrets_key("c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2U=").is_none());
    }

    #[test]
    fn an_account_is_twelve_digits() {
        assert!(account_id("123456789012").is_some());
        for wrong in ["", "0", "12345678901", "1234567890123", "12345678901a", "１２３４"] {
            assert_eq!(account_id(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn commit_points_are_those_that_exist() {
        assert!(abort_at("after-accept").is_some() && abort_at("after-accept:3").is_some());
        for wrong in ["", "nowhere", "after-accept:0", "after-accept:x", "after-accept:"] {
            assert_eq!(abort_at(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_log_filter_must_be_one() {
        assert!(log("info").is_some() && log("warn,sangam_sync=debug").is_some());
        assert!(log("").is_none() && log("sangam=loud").is_none());
    }
}
