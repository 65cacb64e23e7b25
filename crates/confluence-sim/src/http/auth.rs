//! Who is calling: Basic authentication with e-mail and API token, or nobody.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::query::encode;
use super::reply::Reply;
use crate::people::{AccountStatus, Credential, CredentialKind};
use crate::site::{Site, WrongCredentials};
use crate::visibility::Reader;

/// As whom a call is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Caller {
    /// Nobody is logged in.
    Anonymous,
    /// This account, and whether restrictions hold for it.
    Account { id: String, sees_everything: bool },
}

impl Caller {
    pub(crate) fn reader(&self) -> Reader<'_> {
        match self {
            Self::Anonymous => Reader::Anonymous,
            Self::Account { id, .. } => Reader::User(id),
        }
    }

    pub(crate) fn sees_everything(&self) -> bool {
        matches!(self, Self::Account { sees_everything: true, .. })
    }
}

/// The caller that an `Authorization` header proves.
///
/// # Errors
/// The answer to give instead: 401 for a header that proves nothing.
pub(crate) fn caller(site: &Site, authorization: Option<&str>, origin: &str) -> Result<Caller, Reply> {
    let Some(header) = authorization else { return Ok(Caller::Anonymous) };
    let active = |known: &&Credential| {
        site.users.get(&known.account_id).is_some_and(|user| user.status == AccountStatus::Active)
    };
    match known(site, header).filter(|known| known.kind == CredentialKind::Unscoped).filter(active) {
        Some(known) => Ok(Caller::Account { id: known.account_id.clone(), sees_everything: known.sees_everything }),
        None if site.settings.wrong_credentials == WrongCredentials::Anonymous => Ok(Caller::Anonymous),
        None => Err(unauthorized(origin).with("x-seraph-loginreason", "AUTHENTICATED_FAILED")),
    }
}

/// The credential that a header of Basic authentication holds, of whatever kind it is.
pub(crate) fn known<'s>(site: &'s Site, header: &str) -> Option<&'s Credential> {
    let (email, token) = basic(header)?;
    site.credentials.iter().find(|known| known.email.eq_ignore_ascii_case(&email) && known.token == token)
}

/// The token of a header with a bearer's token.
pub(crate) fn bearer(header: &str) -> Option<&str> {
    header.strip_prefix("Bearer ").or_else(|| header.strip_prefix("bearer ")).map(str::trim)
}

/// The 401 of the site's front door.
pub(crate) fn unauthorized(origin: &str) -> Reply {
    Reply::new(401, "text/html", "Client must be authenticated to access this resource.")
        .with("www-authenticate", format!("OAuth realm=\"{}\"", encode(origin)))
}

fn basic(header: &str) -> Option<(String, String)> {
    let coded = header.strip_prefix("Basic ").or_else(|| header.strip_prefix("basic "))?;
    let text = String::from_utf8(STANDARD.decode(coded.trim()).ok()?).ok()?;
    let (email, token) = text.split_once(':')?;
    Some((email.to_owned(), token.to_owned()))
}
