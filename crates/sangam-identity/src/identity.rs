//! Who somebody is, what they may do, and as whom they search.

use std::fmt;
use std::net::IpAddr;

use crate::ReaderGap;

/// What subjects of local accounts begin with.
const LOCAL: &str = "local:";
/// What subjects of one-time links begin with.
const LINK: &str = "link:";
/// What subjects of people whom an OpenID provider knows begin with.
const OIDC: &str = "oidc:";

/// What somebody may do in the browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Everything.
    Administrator,
    /// Read everything but content, and have access explained.
    Auditor,
    /// Search.
    Searcher,
}

impl Role {
    /// Every role, the mightiest first.
    pub const ALL: [Self; 3] = [Self::Administrator, Self::Auditor, Self::Searcher];

    /// The name in the database and in forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::Auditor => "auditor",
            Self::Searcher => "searcher",
        }
    }

    /// The role of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == name)
    }

    /// The role that the database names. A name that this version does not know is the least of them.
    pub(crate) fn stored(name: &str) -> Self {
        Self::parse(name).unwrap_or(Self::Searcher)
    }
}

/// As whom somebody searches: the user context of every query of theirs. Without a user id they find what is public and nothing more.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Reader {
    /// The person, as a data source knows them: an e-mail address, an account id, a user name.
    pub user_id: Option<String>,
    /// The groups that a provider vouches for, if the settings let it; empty without a user id.
    pub groups: Vec<String>,
    /// Why there is no user id, if a provider is the reason.
    pub gap: Option<ReaderGap>,
}

/// Somebody who is, or is about to be, signed in.
#[derive(Clone, PartialEq, Eq)]
pub struct Identity {
    /// Who it is, whatever they are called: `local:<name>`, `oidc:<issuer>|<sub>`, `link:<role>`.
    pub subject: String,
    /// The name to show. It may come from a stranger.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// As whom they search.
    pub reader: Reader,
    /// Which state of a local account this is; a session is only started if the account is still in it.
    pub account_revision: Option<i64>,
}

impl Identity {
    /// The identity that a one-time link gives: a role, and nobody's documents.
    pub fn of_link(role: Role) -> Self {
        let name = format!("one-time link ({})", role.as_str());
        Self {
            subject: format!("{LINK}{}", role.as_str()),
            name,
            role,
            reader: Reader::default(),
            account_revision: None,
        }
    }

    /// The name of the local account that this is, if it is one.
    pub fn account(&self) -> Option<&str> {
        self.subject.strip_prefix(LOCAL)
    }
}

/// The subject of the local account `name`.
pub fn account_subject(name: &str) -> String {
    format!("{LOCAL}{name}")
}

/// The subject of the person whom `issuer` calls `sub`.
pub(crate) fn provider_subject(issuer: &str, sub: &str) -> String {
    format!("{OIDC}{issuer}|{sub}")
}

/// Where a request comes from.
#[derive(Clone, PartialEq, Eq)]
pub struct Origin {
    /// The address of the browser, or of the proxy before us if it is not believed to tell.
    pub address: IpAddr,
    /// The `User-Agent` header, or nothing.
    pub agent: String,
}

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader").field("n_groups", &self.groups.len()).finish_non_exhaustive()
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").field("role", &self.role).finish_non_exhaustive()
    }
}

impl fmt::Debug for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Origin")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_that_is_not_known_is_the_least() {
        for role in Role::ALL {
            assert_eq!(Role::stored(role.as_str()), role);
        }
        assert_eq!(Role::stored("owner"), Role::Searcher);
        assert_eq!(Role::parse("owner"), None);
    }

    #[test]
    fn people_are_not_printed() {
        let mut identity = Identity::of_link(Role::Auditor);
        identity.name = "Ada".into();
        identity.reader.user_id = Some("ada@example.com".into());
        let printed = format!("{identity:?} {:?}", identity.reader);
        assert!(!printed.contains("Ada") && !printed.contains("ada"), "{printed}");
    }
}
