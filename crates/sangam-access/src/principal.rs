//! Whom a layer can name, and who is reading.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

/// Classes of people that a source grants to without listing them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AccessClass {
    /// May use the site at all: an active account with product access, or a guest.
    SiteUser,
    /// Active accounts with product access, guests excluded.
    Licensed,
    /// Active accounts that are logged in, with or without product access.
    LoggedIn,
    /// Active members of a group that administers the product.
    ProductAdmin,
}

/// One name that a layer can allow or deny.
///
/// `User` and `Group` are the API's own principals, compared as given. The `Source…` ones are identities of a
/// connector's directory, scoped to the data source that reported them: the same account id on two sites is two people.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Principal {
    /// A user named in an `AccessControlList`.
    User {
        /// The name as given.
        name: String,
    },
    /// A group named in an `AccessControlList`, tied to a data source if one was given.
    Group {
        /// The name as given.
        name: String,
        /// The data source that the group belongs to.
        data_source: Option<String>,
    },
    /// An account of a data source's directory.
    SourceUser {
        /// The data source.
        data_source: String,
        /// Confluence Cloud: account id. Data Center: user key.
        id: String,
    },
    /// A group of a data source's directory.
    SourceGroup {
        /// The data source.
        data_source: String,
        /// Confluence Cloud: group id. Data Center: name.
        id: String,
    },
    /// A class of people of a data source.
    Class {
        /// The data source.
        data_source: String,
        /// Which class.
        class: AccessClass,
    },
}

/// Who is asking, as the set of principals that speak for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reader {
    /// The request named nobody: only what is open to everyone, with nobody denied.
    Nobody,
    /// The request named somebody; the set may be empty for a stranger.
    Named(HashSet<Principal>),
}

impl Reader {
    /// True if one of the reader's principals is `principal`.
    pub fn is(&self, principal: &Principal) -> bool {
        match self {
            Self::Nobody => false,
            Self::Named(principals) => principals.contains(principal),
        }
    }
}
