//! Spaces and their permission rows.

use jiff::Timestamp;

use crate::ids::{ContentId, SpaceId};
use crate::roles::RoleAssignment;

/// Where a space is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpaceStatus {
    /// In use.
    Current,
    /// Put away: still readable, absent from default searches.
    Archived,
    /// Deleted softly: nobody sees it or anything in it.
    Trashed,
}

impl SpaceStatus {
    /// The word of the REST API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Archived => "archived",
            Self::Trashed => "trashed",
        }
    }
}

/// A class of people that a permission row can name instead of a user or a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccessClass {
    /// Everyone with a Confluence licence; guests are outside.
    AllLicensedUsers,
    /// Everyone who administers Confluence.
    AllProductAdmins,
    /// Everyone who is logged in to the site, licensed or not.
    AuthenticatedUsers,
    /// Everybody, logged in or not.
    AnonymousUsers,
    /// Everyone who administers a project of the service desk: nobody, on these sites.
    JsmProjectAdmins,
}

impl AccessClass {
    /// The id that the permission endpoint shows.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AllLicensedUsers => "ALL_LICENSED_USERS",
            Self::AllProductAdmins => "ALL_PRODUCT_ADMINS",
            Self::AuthenticatedUsers => "AUTHENTICATED_USERS",
            Self::AnonymousUsers => "ANONYMOUS_USERS",
            Self::JsmProjectAdmins => "JSM_PROJECT_ADMINS",
        }
    }

    /// The id that role assignments show.
    pub fn role_principal(self) -> &'static str {
        match self {
            Self::AllLicensedUsers => "all-licensed-users",
            Self::AllProductAdmins => "all-product-admins",
            Self::AuthenticatedUsers => "authenticated-users",
            Self::AnonymousUsers => "anonymous-users",
            Self::JsmProjectAdmins => "jsm-project-admins",
        }
    }

    /// The class with this id, in either of the two spellings that Atlassian uses.
    pub fn parse(id: &str) -> Option<Self> {
        let all = [
            Self::AllLicensedUsers,
            Self::AllProductAdmins,
            Self::AuthenticatedUsers,
            Self::AnonymousUsers,
            Self::JsmProjectAdmins,
        ];
        all.into_iter().find(|class| class.as_str() == id.to_uppercase().replace('-', "_"))
    }
}

/// Whom a permission row is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// One account, by its id.
    User(String),
    /// One group, by its id.
    Group(String),
    /// A class of people.
    Class(AccessClass),
}

/// One row of a space's permissions: a subject and one thing it may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permission {
    /// The id of the row.
    pub id: u64,
    /// Who.
    pub subject: Subject,
    /// The verb: `read`, `create`, `administer`…
    pub operation: String,
    /// What the verb applies to: `space`, `page`, `comment`…
    pub target: String,
}

impl Permission {
    /// Whether this row lets its subject view the space. No other row does.
    pub fn grants_view(&self) -> bool {
        self.operation == "read" && self.target == "space"
    }
}

/// A space.
#[derive(Debug, Clone)]
pub struct Space {
    /// The identity.
    pub id: SpaceId,
    /// The short key that links carry.
    pub key: String,
    /// The name.
    pub name: String,
    /// `global`, `collaboration`, `knowledge_base`, `personal`…
    pub kind: String,
    /// Current, archived or trashed.
    pub status: SpaceStatus,
    /// The root page.
    pub homepage: Option<ContentId>,
    /// What the space is for, in plain text.
    pub description: Option<String>,
    /// Who created it, by account id.
    pub author: String,
    /// When.
    pub created_at: Timestamp,
    /// Who may do what, in the order of the rows' ids.
    pub permissions: Vec<Permission>,
    /// Who has which role, where the site has roles.
    pub role_assignments: Vec<RoleAssignment>,
}
