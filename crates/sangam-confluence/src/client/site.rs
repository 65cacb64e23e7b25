//! Where a site is: its own base, and for some credentials Atlassian's gateway.
//!
//! | credentials | host |
//! |---|---|
//! | Data Center, all | the site's own |
//! | Cloud, API token without scopes | the site's own |
//! | Cloud, API token with scopes | the gateway; nothing in the token says which it is, so the site's own host is tried first |
//! | Cloud, OAuth 2.0 | the gateway |

use std::{collections::BTreeSet, sync::Arc};

use parking_lot::Mutex;
use reqwest::{
    StatusCode, Url,
    header::{ACCEPT, AUTHORIZATION, HeaderValue},
};
use serde::{Deserialize, de::DeserializeOwned};

use super::{http::read_small, scopes};
use crate::{
    config::{ConfluenceConfig, Hosting},
    error::ClientError,
    oauth::site_at,
    secret::Credentials,
    settings::ConfluenceSettings,
};

/// Atlassian's gateway.
const API_URL: &str = "https://api.atlassian.com";

/// Sites of a grant that an error lists.
const SITES_SHOWN: usize = 5;

/// Which host calls go to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Route {
    /// The site's own.
    Direct,
    /// The gateway; the address is `…/ex/confluence/{cloudId}`, without a final slash.
    Gateway(Arc<str>),
}

impl Route {
    /// Where a call to an address of the site goes.
    pub(super) fn address(&self, url: &Url) -> Url {
        match self {
            Self::Direct => url.clone(),
            Self::Gateway(base) => {
                let moved = format!("{base}{}", from_path(url));
                Url::parse(&moved).unwrap_or_else(|_| url.clone())
            }
        }
    }
}

/// A site.
#[derive(Debug)]
pub(super) struct Site {
    hosting: Hosting,
    /// As configured.
    host_url: Url,
    /// The base of the interface, with a final slash: `https://acme.atlassian.net/wiki/`.
    base: Url,
    api_url: String,
    found: Mutex<Found>,
    finding: tokio::sync::Mutex<()>,
}

#[derive(Debug, Clone)]
struct Found {
    /// `None` until the gateway has said where a grant's site is.
    route: Option<Route>,
    /// True as long as the gateway may be tried for a token that the site's own host refuses.
    may_be_scoped: bool,
}

/// A site that a grant is for.
#[derive(Debug, Clone, Deserialize)]
pub struct GrantedSite {
    /// The cloud id.
    pub id: String,
    /// The site's address.
    pub url: String,
    /// The grant's scopes there.
    #[serde(default)]
    pub scopes: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TenantInfo {
    cloud_id: String,
}

impl Site {
    pub(super) fn new(config: &ConfluenceConfig, credentials: &Credentials, settings: &ConfluenceSettings) -> Self {
        let mut base = config.host_url.clone();
        let path = config.host_url.path().trim_end_matches('/');
        let is_cloud = config.hosting == Hosting::Cloud;
        base.set_path(&if is_cloud { format!("{path}/wiki/") } else { format!("{path}/") });
        let is_grant = matches!(credentials, Credentials::OAuth2(_));
        let route = if is_cloud && is_grant { None } else { Some(Route::Direct) };
        let api_url = api_url(settings).to_owned();
        Self {
            hosting: config.hosting,
            host_url: config.host_url.clone(),
            base,
            api_url,
            found: Mutex::new(Found { route, may_be_scoped: is_cloud && !is_grant }),
            finding: tokio::sync::Mutex::new(()),
        }
    }

    pub(super) fn hosting(&self) -> Hosting {
        self.hosting
    }

    pub(super) fn host_url(&self) -> &Url {
        &self.host_url
    }

    pub(super) fn base(&self) -> &Url {
        &self.base
    }

    /// True if an address is of the site's own host.
    pub(super) fn is_own(&self, url: &Url) -> bool {
        url.scheme() == self.base.scheme()
            && url.host_str() == self.base.host_str()
            && url.port_or_known_default() == self.base.port_or_known_default()
    }

    /// The host that takes the credentials, as far as that is known.
    pub(super) fn known_route(&self) -> Option<Route> {
        self.found.lock().route.clone()
    }

    /// The address of the site that `next` (or another link of an answer) means, if it is one.
    ///
    /// Links are joined as text and never resolved: Cloud's second generation begins them with the context path (`/wiki/api/v2/…`),
    /// its first generation and Data Center without (`/rest/api/…` below `/wiki` or `/confluence`), and cursors hold `=` and must stay
    /// as they are.
    pub(super) fn resolve(&self, link: &str) -> Option<Url> {
        if !link.starts_with('/') {
            let url = Url::parse(link).ok()?;
            return self.site_address_of(&url).or_else(|| self.is_own(&url).then_some(url));
        }
        let link = without_gateway(link);
        let context = self.base.path();
        let below = link.strip_prefix(context).unwrap_or_else(|| link.trim_start_matches('/'));
        let url = Url::parse(&format!("{}{below}", self.base)).ok()?;
        self.is_own(&url).then_some(url)
    }

    /// The site's address for one of the gateway's, if it is one of this site's.
    fn site_address_of(&self, url: &Url) -> Option<Url> {
        let Some(Route::Gateway(base)) = self.known_route() else { return None };
        let rest = url.as_str().strip_prefix(&*base).filter(|rest| rest.starts_with('/'))?;
        Url::parse(&format!("{}{rest}", self.base.origin().ascii_serialization())).ok()
    }

    /// True if an address is the gateway's, of this site.
    pub(super) fn is_gateway(&self, url: &Url) -> bool {
        self.site_address_of(url).is_some()
    }

    /// Asks the gateway which site of the grant this one is.
    pub(super) async fn find_granted(
        &self,
        http: &reqwest::Client,
        authorization: &HeaderValue,
    ) -> Result<Route, ClientError> {
        let _finding = self.finding.lock().await;
        if let Some(route) = self.known_route() {
            return Ok(route);
        }
        let sites = granted_sites(http, &self.api_url, authorization).await?;
        let route = self.route_to(&choose(&sites, &self.host_url)?.id);
        self.found.lock().route = Some(route.clone());
        Ok(route)
    }

    /// The scopes of a grant at this site. A site is listed once for each product that the grant is for.
    pub(super) async fn granted_scopes(
        &self,
        http: &reqwest::Client,
        authorization: &HeaderValue,
    ) -> Result<BTreeSet<String>, ClientError> {
        let sites = granted_sites(http, &self.api_url, authorization).await?;
        let id = choose(&sites, &self.host_url)?.id.clone();
        Ok(sites.into_iter().filter(|site| site.id == id).flat_map(|site| site.scopes).collect())
    }

    /// Tries whether the gateway takes a token that the site's own host refuses, and turns to it if so; false if it does not, or if that was
    /// settled before.
    pub(super) async fn find_gateway(&self, http: &reqwest::Client, authorization: &HeaderValue) -> bool {
        let _finding = self.finding.lock().await;
        if self.known_route() != Some(Route::Direct) {
            return true;
        }
        if !std::mem::replace(&mut self.found.lock().may_be_scoped, false) {
            return false;
        }
        let address = format!("{}/_edge/tenant_info", self.host_url.origin().ascii_serialization());
        let Ok(info) = fetch::<TenantInfo>(http, &address, None).await else { return false };
        let route = self.route_to(&info.cloud_id);
        let mut question = self.base.clone();
        question.set_path(&format!("{}rest/api/user/current", self.base.path()));
        let request = http.get(route.address(&question)).header(ACCEPT, "application/json");
        let Ok(answer) = request.header(AUTHORIZATION, authorization.clone()).send().await else { return false };
        // A token that lacks a scope for this one question is a token with scopes.
        let is_taken = answer.status().is_success() || scopes::is_told_in(answer.headers());
        if is_taken {
            self.found.lock().route = Some(route);
        }
        is_taken
    }

    /// The site's own host has taken the token, so that a refusal from now on is one.
    pub(super) fn settle(&self) {
        self.found.lock().may_be_scoped = false;
    }

    fn route_to(&self, cloud_id: &str) -> Route {
        Route::Gateway(format!("{}/ex/confluence/{cloud_id}", self.api_url).into())
    }
}

/// An address from its path on.
fn from_path(url: &Url) -> &str {
    let origin = url.origin().ascii_serialization();
    url.as_str().strip_prefix(origin.as_str()).unwrap_or_default()
}

/// A path of the gateway without what names the site.
fn without_gateway(link: &str) -> &str {
    let Some(rest) = link.strip_prefix("/ex/confluence/") else { return link };
    rest.find('/').map_or(link, |slash| &rest[slash..])
}

/// The gateway's base, without a final slash.
pub(crate) fn api_url(settings: &ConfluenceSettings) -> &str {
    settings.api_url.as_ref().map_or(API_URL, Url::as_str).trim_end_matches('/')
}

/// The sites that a token is for.
///
/// # Errors
/// [`ClientError`], if the gateway refuses the token or does not answer.
pub(crate) async fn granted_sites(
    http: &reqwest::Client,
    api_url: &str,
    authorization: &HeaderValue,
) -> Result<Vec<GrantedSite>, ClientError> {
    let address = format!("{}/oauth/token/accessible-resources", api_url.trim_end_matches('/'));
    fetch(http, &address, Some(authorization)).await
}

/// The site of a grant at this address.
///
/// # Errors
/// [`ClientError::Setup`], which lists the sites that the grant is for.
pub(crate) fn choose<'s>(sites: &'s [GrantedSite], host_url: &Url) -> Result<&'s GrantedSite, ClientError> {
    site_at(sites, host_url).ok_or_else(|| {
        let mut named: Vec<String> = sites.iter().take(SITES_SHOWN).map(|site| format!("`{}`", site.url)).collect();
        if sites.len() > SITES_SHOWN {
            named.push(format!("{} more", sites.len() - SITES_SHOWN));
        }
        let sites = if named.is_empty() { "no site".to_owned() } else { named.join(", ") };
        let host = host_url.as_str().trim_end_matches('/');
        ClientError::Setup {
            message: format!(
                "the OAuth 2.0 grant is for {sites}, not for `{host}`; run `sangam connect confluence` and choose this site, or correct `hostUrl`"
            ),
            code: "CNF-5571",
        }
    })
}

/// A small object outside the interface, once.
async fn fetch<T: DeserializeOwned>(
    http: &reqwest::Client,
    address: &str,
    authorization: Option<&HeaderValue>,
) -> Result<T, ClientError> {
    let path = Url::parse(address).map_or_else(|_| String::new(), |url| url.path().to_owned());
    let unavailable = |what: String| ClientError::Unavailable { path: path.clone(), what, retry_at: None };
    let mut request = http.get(address).header(ACCEPT, "application/json");
    if let Some(authorization) = authorization {
        request = request.header(AUTHORIZATION, authorization.clone());
    }
    let response = request.send().await.map_err(|_| unavailable("the host cannot be reached".into()))?;
    match response.status() {
        status if status.is_success() => {
            let body = read_small(response).await;
            let parsed = body.and_then(|body| serde_json::from_slice(&body).ok());
            parsed.ok_or(ClientError::Malformed { path, what: "it is not the JSON expected" })
        }
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            let what = format!("status {}", response.status().as_u16());
            Err(ClientError::Unauthorized { path, what })
        }
        status => Err(unavailable(format!("status {}", status.as_u16()))),
    }
}
