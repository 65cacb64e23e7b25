//! The two cookies: of a session, and of a browser in which nobody has signed in yet.

use axum::http::HeaderMap;
use axum::http::header::COOKIE;

/// Holds a session's token.
const SESSION: &str = "sangam_session";
/// Binds a sign-in to the browser that began it.
const BROWSER: &str = "sangam_browser";
/// Begins the names of cookies that only this host, over TLS, can have set.
const HOST_ONLY: &str = "__Host-";

/// A cookie by its purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cookie {
    /// A session's token.
    Session,
    /// A browser's binding.
    Browser,
}

impl Cookie {
    fn name(self, secure: bool) -> String {
        let name = if self == Self::Session { SESSION } else { BROWSER };
        if secure { format!("{HOST_ONLY}{name}") } else { name.to_owned() }
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
        format!("{}={value}; Path=/; HttpOnly; SameSite=Lax{tls}", self.name(secure))
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
    }
}
