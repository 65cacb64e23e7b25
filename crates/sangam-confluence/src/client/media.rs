//! The bytes of attachments: from the site, or from the media host that it redirects to, which gets no credentials.

use reqwest::{
    Url,
    header::{HeaderMap, LOCATION},
};

use super::{
    Client, Patience,
    call::{Answered, Call},
    retry::Failure,
    sign_in::Ticket,
};
use crate::{config::Hosting, error::ClientError};

/// Redirects that are followed from the site to the bytes.
const REDIRECTS_MAX: usize = 4;

impl Client {
    /// The bytes of an attachment on Cloud, at most `limit_bytes`.
    pub(crate) async fn attachment_bytes(
        &self,
        content_id: &str,
        attachment_id: &str,
        limit_bytes: u64,
    ) -> Result<Vec<u8>, ClientError> {
        let path = format!("rest/api/content/{content_id}/child/attachment/{attachment_id}/download");
        self.bytes_at(self.url(&path, &[]), limit_bytes).await
    }

    /// The bytes that a link of an answer leads to, such as `_links.download` on Data Center; at most `limit_bytes`.
    pub(crate) async fn linked_bytes(&self, link: &str, limit_bytes: u64) -> Result<Vec<u8>, ClientError> {
        let elsewhere =
            || ClientError::Malformed { path: "_links.download".to_owned(), what: "it leads to another host" };
        let url = self.shared.site.resolve(link).ok_or_else(elsewhere)?;
        self.bytes_at(url, limit_bytes).await
    }

    async fn bytes_at(&self, url: Url, limit_bytes: u64) -> Result<Vec<u8>, ClientError> {
        let call = Call { limit_bytes, ..Call::get(url) };
        self.with_repetitions(&call, Patience::Normal, |ticket| self.download(&call, ticket)).await
    }

    async fn download(&self, first: &Call, ticket: Ticket) -> Result<Vec<u8>, Failure> {
        let path = first.path.as_str();
        let mut client = self.clone();
        let mut ticket = ticket;
        let mut call = first.clone();
        for _ in 0..=REDIRECTS_MAX {
            match client.send_for_bytes(&call, &ticket, path).await? {
                Answer::Bytes(answered) => return self.read(answered, path, first.limit_bytes).await,
                Answer::Redirect(location) => {
                    call.url = self.media_url(&ticket.address(&call.url), &location, path)?;
                    let site = &self.shared.site;
                    let is_below = site.is_own(&call.url) && call.url.path().starts_with(site.base().path());
                    if !is_below || self.hosting() == Hosting::Cloud {
                        // A signed address refuses credentials, and another host must not see them.
                        client = self.anonymous();
                        ticket = client.ticket().await?;
                    }
                }
            }
        }
        Err(ClientError::Malformed { path: path.to_owned(), what: "it redirects too often" }.into())
    }

    async fn send_for_bytes(&self, call: &Call, ticket: &Ticket, path: &str) -> Result<Answer, Failure> {
        match self.send(call, ticket).await {
            Ok(answered) => Ok(Answer::Bytes(answered)),
            Err(failure) => {
                let location = failure.into_redirect()?;
                // Data Center sends callers whom it does not know to its login page.
                if location.contains("login.action") {
                    let what = "it redirects to the login page".to_owned();
                    return Err(ClientError::Unauthorized { path: path.to_owned(), what }.into());
                }
                Ok(Answer::Redirect(location))
            }
        }
    }

    /// The address that a redirect leads to, if bytes may be fetched there.
    fn media_url(&self, from: &Url, location: &str, path: &str) -> Result<Url, Failure> {
        let refused = |what| Failure::from(ClientError::Malformed { path: path.to_owned(), what });
        let url = from.join(location).map_err(|_| refused("it redirects to no address"))?;
        let site = &self.shared.site;
        if site.is_own(&url) || site.is_gateway(&url) {
            return Ok(url);
        }
        let host = url.host_str().unwrap_or_default();
        let with_port = url.port_or_known_default().map(|port| format!("{host}:{port}")).unwrap_or_default();
        let is_allowed = self.shared.settings.media_hosts.iter().map(|allowed| allowed.trim()).any(|allowed| {
            let default_port = url.port().is_none() && allowed.eq_ignore_ascii_case(host);
            default_port || allowed.eq_ignore_ascii_case(&with_port)
        });
        // Plain HTTP only from a site that is itself on it, which is one on this machine.
        if !is_allowed || (url.scheme() != "https" && url.scheme() != site.base().scheme()) {
            return Err(refused("it redirects to a host that is not in `confluence.media_hosts`"));
        }
        Ok(url)
    }
}

enum Answer {
    Bytes(Answered),
    Redirect(String),
}

/// The `Location` of an answer.
pub(super) fn location(headers: &HeaderMap) -> Option<String> {
    headers.get(LOCATION).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use crate::client::tests::client_for;

    #[test]
    fn bytes_are_fetched_from_the_site_and_from_media_hosts_only() {
        let client = client_for("https://acme.atlassian.net", &["api.media.atlassian.com", "media.example:8443"]);
        let from = client.url("rest/api/content/1/child/attachment/att2/download", &[]);
        let leads_to = |location: &str| client.media_url(&from, location, "/x").ok().map(|url| url.to_string());
        for allowed in [
            "https://api.media.atlassian.com/file/f/binary?token=t",
            "https://media.example:8443/f",
            "https://acme.atlassian.net/elsewhere",
            "/wiki/relative",
        ] {
            assert!(leads_to(allowed).is_some(), "{allowed}");
        }
        for refused in [
            "https://evil.example/f",
            "http://api.media.atlassian.com/f",
            "https://api.media.atlassian.com:444/f",
            "https://api.media.atlassian.com.evil.example/f",
            "http://127.0.0.1/latest/meta-data",
            "file:///etc/passwd",
        ] {
            assert_eq!(leads_to(refused), None, "{refused}");
        }
    }
}
