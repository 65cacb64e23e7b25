//! The site's address: what may stand there, and which addresses are on this machine.

use reqwest::Url;

use super::{
    Hosting,
    member::{Member, Violations},
};

/// Reads `hostUrl`: scheme and host, for Data Center with its context path.
pub(super) fn parse(member: &Member<'_>, hosting: Option<Hosting>, violations: &mut Violations) -> Option<Url> {
    parse_with_paths(member, hosting, &[""], violations)
}

/// The same, where Cloud's context path may stand too.
pub(super) fn parse_lenient(member: &Member<'_>, hosting: Option<Hosting>, violations: &mut Violations) -> Option<Url> {
    parse_with_paths(member, hosting, &["", "wiki"], violations)
}

fn parse_with_paths(
    member: &Member<'_>,
    hosting: Option<Hosting>,
    cloud_paths: &[&str],
    violations: &mut Violations,
) -> Option<Url> {
    let text = member.required_string(violations)?;
    let Some(url) = Url::parse(text.trim()).ok().filter(Url::has_host) else {
        member.must("be an address such as `https://example.atlassian.net`", violations);
        return None;
    };
    let before = violations.len();
    let is_secure = url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url));
    if !is_secure {
        member.must("begin with `https://`; only a loopback address may be `http://`", violations);
    }
    if !url.username().is_empty() || url.password().is_some() || url.query().is_some() || url.fragment().is_some() {
        member.must("hold no credentials, query or fragment", violations);
    }
    if hosting == Some(Hosting::Cloud) {
        if !cloud_paths.contains(&url.path().trim_matches('/')) {
            member.must("be scheme and host only, without a path such as `/wiki`", violations);
        }
        let is_atlassian = url.host_str().is_some_and(|host| host.ends_with(".atlassian.net"));
        if !is_atlassian && !is_loopback(&url) {
            member.must("end in `.atlassian.net` for the type `SAAS`", violations);
        }
    }
    (violations.len() == before).then_some(url)
}

/// True if `url` points at this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// True if both addresses mean the same site: scheme, host, port and path, a final slash aside.
pub(crate) fn same_site(left: &Url, right: &Url) -> bool {
    left.scheme() == right.scheme()
        && left.host_str() == right.host_str()
        && left.port_or_known_default() == right.port_or_known_default()
        && left.path().trim_end_matches('/') == right.path().trim_end_matches('/')
}
