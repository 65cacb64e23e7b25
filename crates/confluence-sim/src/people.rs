//! People, groups and the credentials that calls are made with.

use std::collections::BTreeSet;

/// What kind of account somebody has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountType {
    /// A person.
    Atlassian,
    /// An app or a bot.
    App,
    /// A customer of a service desk, who has no Confluence licence.
    Customer,
}

impl AccountType {
    /// The word of the REST API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Atlassian => "atlassian",
            Self::App => "app",
            Self::Customer => "customer",
        }
    }
}

/// Whether the account may log in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountStatus {
    /// It may.
    Active,
    /// An administrator deactivated it; it stays listed in groups and restrictions.
    Inactive,
    /// The person closed it; its name is no longer shown.
    Closed,
}

impl AccountStatus {
    /// The word of the REST API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Inactive => "inactive",
            Self::Closed => "closed",
        }
    }
}

/// Somebody with an Atlassian account.
#[derive(Debug, Clone)]
pub struct User {
    /// The identity; everything refers to this.
    pub account_id: String,
    /// The short name that the seed uses for this person.
    pub handle: String,
    /// The full name.
    pub display_name: String,
    /// The real e-mail address, which the API shows only when [`User::email_hidden`] is false.
    pub email: String,
    /// Whether the person's privacy settings hide the address.
    pub email_hidden: bool,
    /// Person, app or customer.
    pub account_type: AccountType,
    /// Active, inactive or closed.
    pub status: AccountStatus,
    /// Whether this is a guest of the site (an external collaborator).
    pub guest: bool,
}

impl User {
    /// The name as the API shows it: deactivated people are marked, closed accounts are nameless.
    pub fn shown_name(&self) -> String {
        match self.status {
            AccountStatus::Active => self.display_name.clone(),
            AccountStatus::Inactive => format!("{} (Deactivated)", self.display_name),
            AccountStatus::Closed => "Former user".to_owned(),
        }
    }

    /// The address as the API shows it: empty when hidden.
    pub fn shown_email(&self) -> &str {
        if self.email_hidden || self.account_type == AccountType::App { "" } else { &self.email }
    }
}

/// What being in a group gives on the site, beyond what spaces and pages grant to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupAccess {
    /// Nothing.
    None,
    /// Use of Confluence.
    User,
    /// Use and administration of Confluence.
    Admin,
    /// Administration of the whole site.
    SiteAdmin,
}

/// A group; in Cloud there is no nesting.
#[derive(Debug, Clone)]
pub struct Group {
    /// The identity; a rename keeps it.
    pub id: String,
    /// The name, which may change.
    pub name: String,
    /// Account ids.
    pub members: BTreeSet<String>,
    /// What membership gives on the site.
    pub access: GroupAccess,
    /// A deleted group is gone from listings and still shown in the restrictions that name it.
    pub deleted: bool,
}

/// An e-mail and API token that calls can be made with.
#[derive(Clone)]
pub struct Credential {
    /// The user part of Basic authentication.
    pub email: String,
    /// The token; never printed.
    pub token: String,
    /// Whom the calls act as.
    pub account_id: String,
    /// Whether the calls see every space and page whatever its restrictions, as those of a site
    /// administrator with an admin key do. It changes nothing for the account as a *reader*.
    pub sees_everything: bool,
    /// Where the token works and what for.
    pub kind: CredentialKind,
}

/// The sort of an API token, which decides the host that takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CredentialKind {
    /// An API token without scopes: Basic, at the site.
    Unscoped,
    /// An API token with scopes: Basic, at the gateway.
    Scoped {
        /// What the token may do.
        scopes: BTreeSet<String>,
    },
    /// A token of a service account: Bearer, at the gateway.
    ServiceAccount {
        /// What the token may do.
        scopes: BTreeSet<String>,
    },
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credential").field("account_id", &self.account_id).finish_non_exhaustive()
    }
}
