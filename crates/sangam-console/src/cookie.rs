//! The cookies: of a session, of a browser in which nobody has signed in yet, and of who is to be signed out at the provider.

use axum::http::HeaderMap;
use axum::http::header::COOKIE;

/// Holds a session's token.
const SESSION: &str = "sangam_session";
/// Binds a sign-in to the browser that began it.
const BROWSER: &str = "sangam_browser";
/// Holds the id token of a sign-in at the provider, which wants to see it again at the end.
const HINT: &str = "sangam_hint";
/// Where the hint goes, and nowhere else.
const HINT_PATH: &str = "/sign-out/provider";
/// Begins the names of cookies that only this host, over TLS, can have set.
const HOST_ONLY: &str = "__Host-";
/// Begins the names of cookies of one path that only TLS can have set.
const TLS_ONLY: &str = "__Secure-";

/// A cookie by its purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cookie {
    /// A session's token.
    Session,
    /// A browser's binding.
    Browser,
    /// The id token that the provider gave.
    Hint,
}

impl Cookie {
    fn name(self, secure: bool) -> String {
        let (prefix, name) = match self {
            Self::Session => (HOST_ONLY, SESSION),
            Self::Browser => (HOST_ONLY, BROWSER),
            Self::Hint => (TLS_ONLY, HINT),
        };
        if secure { format!("{prefix}{name}") } else { name.to_owned() }
    }

    fn path(self) -> &'static str {
        if self == Self::Hint { HINT_PATH } else { "/" }
    }

    /// Its value among a request's headers.
    pub(crate) fn read(self, headers: &HeaderMap, secure: bool) -> Option<&str> {
        let name = self.name(secure);
        headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|header| header.to_str().ok())
            .flat_map(|header| header.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value)
    }

    /// The header that sets it until the browser is closed. `Lax`: whoever comes back from the provider's page is still known.
    pub(crate) fn set(self, value: &str, secure: bool) -> String {
        let tls = if secure { "; Secure" } else { "" };
        format!("{}={value}; Path={}; HttpOnly; SameSite=Lax{tls}", self.name(secure), self.path())
    }

    /// The header that removes it.
    pub(crate) fn clear(self, secure: bool) -> String {
        format!("{}; Max-Age=0", self.set("", secure))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_cookie_of_that_name_is_read() {
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, "a=1; sangam_session=tok; __Host-sangam_session=tls".parse().unwrap());
        assert_eq!(Cookie::Session.read(&headers, false), Some("tok"));
        assert_eq!(Cookie::Session.read(&headers, true), Some("tls"));
        assert_eq!(Cookie::Browser.read(&headers, false), None);
        assert_eq!(Cookie::Session.set("t", true), "__Host-sangam_session=t; Path=/; HttpOnly; SameSite=Lax; Secure");
        let hint = "__Secure-sangam_hint=t; Path=/sign-out/provider; HttpOnly; SameSite=Lax; Secure";
        assert_eq!(Cookie::Hint.set("t", true), hint);
    }
}
