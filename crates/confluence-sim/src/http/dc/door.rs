//! Who is calling: Basic with a user name, a token as bearer, or nobody.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::routes::{Door, Route};
use super::{Server, reply};
use crate::dc::DcViewer;
use crate::http::reply::Reply;
use crate::people::AccountStatus;
use crate::site::{Site, WrongCredentials};
use crate::visibility::Reader;

/// As whom a call is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Caller {
    /// Nobody is logged in.
    Anonymous,
    /// This account, and whether it came with a token of OAuth, which opens less.
    Account { id: String, oauth: bool },
}

impl Caller {
    pub(crate) fn reader(&self) -> Reader<'_> {
        match self {
            Self::Anonymous => Reader::Anonymous,
            Self::Account { id, .. } => Reader::User(id),
        }
    }

    /// What `X-AUSERNAME` says.
    pub(crate) fn username<'s>(&'s self, site: &'s Site) -> &'s str {
        match self {
            Self::Anonymous => "anonymous",
            Self::Account { id, .. } => site.users.get(id).map_or("anonymous", |user| user.username()),
        }
    }
}

/// Who comes in, or what they are told instead.
///
/// # Errors
/// The answer to give instead.
pub(crate) fn enter(
    site: &Site,
    server: &Server<'_>,
    route: &Route,
    authorization: Option<&str>,
    served: &str,
) -> Result<Caller, Reply> {
    let dc = server.dc;
    if dc.options.sso_login && route.door != Door::Open {
        return Err(reply::sso_login());
    }
    let caller = match authorization {
        None => Caller::Anonymous,
        Some(header) => proven(site, server, header, served)?,
    };
    if route.door != Door::Api {
        return Ok(caller);
    }
    if site.settings.anonymous_access || DcViewer::new(site, caller.reader()).can_use() {
        return Ok(caller);
    }
    Err(match caller {
        Caller::Anonymous => reply::unauthorized(served, None),
        Caller::Account { .. } => reply::not_permitted("Current user not permitted to use Confluence"),
    })
}

fn proven(site: &Site, server: &Server<'_>, header: &str, served: &str) -> Result<Caller, Reply> {
    let dc = server.dc;
    if let Some(token) = header.strip_prefix("Bearer ").map(str::trim) {
        return bearer(site, server, token).map_or_else(
            || match dc.options.bad_tokens {
                // The trap: the call goes on as nobody, and answers 200.
                WrongCredentials::Anonymous if site.settings.anonymous_access => Ok(Caller::Anonymous),
                _ => Err(reply::unauthorized(served, Some("AUTHENTICATED_FAILED"))),
            },
            Ok,
        );
    }
    let refused = || reply::unauthorized(served, Some("AUTHENTICATED_FAILED"));
    let (username, password) = basic(header).ok_or_else(refused)?;
    let user = site.users.values().find(|user| user.username().eq_ignore_ascii_case(&username)).ok_or_else(refused)?;
    if dc.captcha.contains(&user.account_id) {
        return Err(reply::captcha(served));
    }
    let right = site.credentials.iter().any(|it| it.account_id == user.account_id && it.token == password);
    if !right || user.status != AccountStatus::Active {
        return Err(refused());
    }
    Ok(Caller::Account { id: user.account_id.clone(), oauth: false })
}

/// Whom a token belongs to while it is good and its owner active: one that was made by hand, or
/// one of OAuth.
fn bearer(site: &Site, server: &Server<'_>, token: &str) -> Option<Caller> {
    let by_hand = site.credentials.iter().find(|it| it.token == token && !server.dc.expired_tokens.contains(token));
    let (id, oauth) = match by_hand {
        Some(known) => (known.account_id.clone(), false),
        None => (server.oauth.prove(token)?.account_id, true),
    };
    let active = site.users.get(&id)?.status == AccountStatus::Active;
    active.then_some(Caller::Account { id, oauth })
}

fn basic(header: &str) -> Option<(String, String)> {
    let coded = header.strip_prefix("Basic ").or_else(|| header.strip_prefix("basic "))?;
    let text = String::from_utf8(STANDARD.decode(coded.trim()).ok()?).ok()?;
    let (username, password) = text.split_once(':')?;
    Some((username.to_owned(), password.to_owned()))
}
