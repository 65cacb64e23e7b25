//! The bytes of attachments: from the media host that the site redirects to, without credentials.

use reqwest::{
    Url,
    header::{HeaderMap, LOCATION},
};

use super::{
    Client,
    retry::{Failure, Patience},
};
use crate::error::ClientError;

/// Redirects that are followed from the site to the bytes.
const REDIRECTS_MAX: usize = 4;

impl Client {
    /// The bytes of an attachment, at most `limit_bytes`.
    pub(crate) async fn attachment_bytes(
        &self,
        content_id: &str,
        attachment_id: &str,
        limit_bytes: u64,
    ) -> Result<Vec<u8>, ClientError> {
        let path = format!("rest/api/content/{content_id}/child/attachment/{attachment_id}/download");
        let url = self.url(&path, &[]);
        self.with_repetitions(url.path(), Patience::Normal, || self.download(&url, limit_bytes)).await
    }

    async fn download(&self, first: &Url, limit_bytes: u64) -> Result<Vec<u8>, Failure> {
        let path = first.path();
        let mut url = first.clone();
        for hop in 0..=REDIRECTS_MAX {
            // Only the site's own answer is asked for with credentials: a signed address refuses them, and another host must not see them.
            let client = if hop == 0 { self.clone() } else { self.anonymous() };
            match client.send_for_bytes(&url, path).await? {
                Answer::Bytes(response) => return self.read(response, path, limit_bytes).await,
                Answer::Redirect(location) => url = self.media_url(&url, &location, path)?,
            }
        }
        Err(ClientError::Malformed { path: path.to_owned(), what: "it redirects too often" }.into())
    }

    async fn send_for_bytes(&self, url: &Url, path: &str) -> Result<Answer, Failure> {
        match self.send(self.http.get(url.clone()), path).await {
            Ok(response) => Ok(Answer::Bytes(response)),
            Err(failure) => failure.into_redirect().map(Answer::Redirect),
        }
    }

    /// The address that a redirect leads to, if bytes may be fetched there.
    fn media_url(&self, from: &Url, location: &str, path: &str) -> Result<Url, Failure> {
        let refused = |what| Failure::from(ClientError::Malformed { path: path.to_owned(), what });
        let url = from.join(location).map_err(|_| refused("it redirects to no address"))?;
        if self.is_own_host(&url) {
            return Ok(url);
        }
        let host = url.host_str().unwrap_or_default();
        let with_port = url.port_or_known_default().map(|port| format!("{host}:{port}")).unwrap_or_default();
        let is_allowed = self.settings.media_hosts.iter().map(|allowed| allowed.trim()).any(|allowed| {
            let default_port = url.port().is_none() && allowed.eq_ignore_ascii_case(host);
            default_port || allowed.eq_ignore_ascii_case(&with_port)
        });
        // Plain HTTP only from a site that is itself on it, which is one on this machine.
        if !is_allowed || (url.scheme() != "https" && url.scheme() != self.base.scheme()) {
            return Err(refused("it redirects to a host that is not in `confluence.media_hosts`"));
        }
        Ok(url)
    }
}

enum Answer {
    Bytes(reqwest::Response),
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
