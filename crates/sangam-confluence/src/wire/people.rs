//! Accounts, as searches and look-ups give them.

use serde::Deserialize;

use super::{or_default, text};

/// A person's or an app's account.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct User {
    pub account_id: Option<String>,
    #[serde(default, deserialize_with = "text")]
    pub account_type: String,
    #[serde(default, deserialize_with = "text")]
    pub account_status: String,
    #[serde(default, deserialize_with = "text")]
    pub email: String,
    #[serde(default, deserialize_with = "text")]
    pub display_name: String,
    #[serde(default, deserialize_with = "or_default")]
    pub is_guest: bool,
    #[serde(default, deserialize_with = "or_default")]
    pub is_external_collaborator: bool,
}

/// A result of `search/user`.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct FoundUser {
    #[serde(default, deserialize_with = "or_default")]
    pub user: User,
}

/// The answer of `users-bulk`.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Users {
    #[serde(default)]
    pub results: Vec<User>,
}
