//! Who comes in, and by which door.
//!
//! ```text
//! door      lets in                                            turns away
//! site      nobody in particular, unscoped API tokens          Bearer tokens, scoped API tokens
//! gateway   OAuth tokens, scoped API tokens, service accounts  everybody else
//! ```
//!
//! Behind the gateway every call needs scopes, and then the person's own rights decide as ever.

use std::collections::BTreeSet;

use serde_json::json;

use super::auth::{self, Caller};
use super::reply::{Reply, v1};
use super::routes::{Api, Route};
use super::scopes;
use crate::conduct::Conduct;
use crate::oauth::OAuth;
use crate::people::{AccountStatus, CredentialKind};
use crate::site::Site;
use crate::visibility::Viewer;

/// Where the paths of the gateway begin, before the cloud id.
pub(crate) const GATEWAY: &str = "/ex/confluence/";

/// The way that a call took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Door {
    /// The host of the site.
    Site,
    /// The host that is the same for all sites.
    Gateway,
}

/// What is looked at before a call is answered.
pub(crate) struct Visit<'v> {
    pub(crate) site: &'v Site,
    pub(crate) oauth: &'v OAuth,
    pub(crate) route: &'v Route,
    pub(crate) door: Door,
    pub(crate) authorization: Option<&'v str>,
    /// Whether the call wants its administrator's key to count.
    pub(crate) wants_admin_key: bool,
    pub(crate) conduct: &'v Conduct,
    /// Scheme and host of the site as links show them.
    pub(crate) origin: &'v str,
}

impl Visit<'_> {
    /// Who it is, or what they are told instead.
    pub(crate) fn admit(&self) -> Result<Caller, Reply> {
        let api = self.route.api;
        match api {
            Api::Open => return Ok(Caller::Anonymous),
            // A browser is asked again by the page itself.
            Api::Browser => return Ok(self.by_site().unwrap_or(Caller::Anonymous)),
            Api::V1 | Api::V2 => {}
        }
        let caller = match self.door {
            Door::Site => self.by_site()?,
            Door::Gateway => self.by_gateway()?,
        };
        if Viewer::new(self.site, caller.reader()).may_use_site() || caller.sees_everything() {
            return Ok(caller);
        }
        Err(if api == Api::V1 { v1::forbidden() } else { auth::unauthorized(self.origin) })
    }

    fn by_site(&self) -> Result<Caller, Reply> {
        if self.authorization.is_some_and(|header| auth::bearer(header).is_some()) {
            return Err(auth::unauthorized(self.origin).with("x-seraph-loginreason", "AUTHENTICATED_FAILED"));
        }
        let caller = auth::caller(self.site, self.authorization, self.origin)?;
        Ok(match caller {
            Caller::Account { id, .. } if self.wants_admin_key && self.conduct.admin_key(&id).is_some() => {
                Caller::Account { id, sees_everything: true }
            }
            other => other,
        })
    }

    fn by_gateway(&self) -> Result<Caller, Reply> {
        let (id, scopes) = self.proof().ok_or_else(unauthorized)?;
        let active = self.site.users.get(&id).is_some_and(|user| user.status == AccountStatus::Active);
        if !active {
            return Err(unauthorized());
        }
        if !scopes::suffice(self.route.pattern, &scopes) {
            return Err(Reply::json(401, &json!({"code": 401, "message": "Unauthorized; scope does not match"}))
                .with("x-failure-category", "FAILURE_CLIENT_SCOPE_CHECK"));
        }
        // Whatever key opens all pages for the account opens them by this door too, so that one
        // seed serves both ways of logging in.
        let sees_everything = self.site.credentials.iter().any(|known| known.account_id == id && known.sees_everything);
        Ok(Caller::Account { id, sees_everything })
    }

    /// The account and the scopes that the header proves.
    fn proof(&self) -> Option<(String, BTreeSet<String>)> {
        let header = self.authorization?;
        if let Some(token) = auth::bearer(header) {
            if let Some(proof) = self.oauth.prove(token) {
                return Some((proof.account_id, proof.scopes));
            }
            return self.site.credentials.iter().find_map(|known| match &known.kind {
                CredentialKind::ServiceAccount { scopes } if known.token == token => {
                    Some((known.account_id.clone(), scopes.clone()))
                }
                _ => None,
            });
        }
        let known = auth::known(self.site, header)?;
        match &known.kind {
            CredentialKind::Scoped { scopes } => Some((known.account_id.clone(), scopes.clone())),
            CredentialKind::Unscoped | CredentialKind::ServiceAccount { .. } => None,
        }
    }
}

/// Whether a call is made in the name of an app, by this header.
pub(crate) fn is_app(oauth: &OAuth, authorization: Option<&str>) -> bool {
    authorization.and_then(auth::bearer).is_some_and(|token| oauth.prove(token).is_some())
}

/// The 401 of the gateway.
pub(crate) fn unauthorized() -> Reply {
    Reply::json(401, &json!({"code": 401, "message": "Unauthorized"}))
}

/// The 404 of the gateway, for a cloud id or a path that is nobody's.
pub(crate) fn nowhere() -> Reply {
    Reply::json(404, &json!({"code": 404, "message": "Not Found"}))
}
