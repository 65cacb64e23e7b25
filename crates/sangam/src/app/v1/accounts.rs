//! `accounts`: who may sign in without a provider.

use sangam_api::ApiError;
use sangam_identity::{Account, IdentityError, Role};
use sangam_server::V1Request;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Endpoints, internal, read};

/// A new account.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NewAccount {
    name: String,
    password: String,
    role: String,
    #[serde(default)]
    user_id: Option<String>,
}

/// What to change; what is absent stays as it is.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Changes {
    #[serde(default)]
    password: Option<String>,
    #[serde(default)]
    role: Option<String>,
    /// Empty takes it away.
    #[serde(default)]
    user_id: Option<String>,
    #[serde(default)]
    disabled: Option<bool>,
}

impl Endpoints {
    pub(super) async fn accounts(&self, request: &V1Request, below: &[&str]) -> Result<Value, ApiError> {
        let accounts = &self.people.accounts;
        match (request.method.as_str(), below) {
            ("POST", []) => {
                let new: NewAccount = read(&request.body, "an account")?;
                let role = role(&new.role)?;
                let user_id = new.user_id.filter(|id| !id.is_empty());
                let account = accounts.create(&new.name, new.password.into(), role, user_id).await.map_err(refused)?;
                Ok(shown(&account))
            }
            ("PATCH", [name]) => self.change_account(name, read(&request.body, "a change of an account")?).await,
            ("DELETE", [name]) => accounts.remove(name).await.map(|()| json!({})).map_err(refused),
            _ => {
                let listed = accounts.list().await.map_err(refused)?;
                Ok(json!({ "accounts": listed.iter().map(shown).collect::<Vec<_>>() }))
            }
        }
    }

    async fn change_account(&self, name: &str, changes: Changes) -> Result<Value, ApiError> {
        let accounts = &self.people.accounts;
        let role = changes.role.as_deref().map(role).transpose()?;
        if let Some(password) = changes.password {
            accounts.set_password(name, password.into()).await.map_err(refused)?;
        }
        if let Some(role) = role {
            accounts.set_role(name, role).await.map_err(refused)?;
        }
        if let Some(user_id) = changes.user_id {
            accounts.set_user_id(name, Some(user_id).filter(|id| !id.is_empty())).await.map_err(refused)?;
        }
        match changes.disabled {
            Some(true) => accounts.disable(name).await.map_err(refused)?,
            Some(false) => accounts.enable(name).await.map_err(refused)?,
            None => {}
        }
        let account = accounts.find(name).await.map_err(refused)?;
        account.as_ref().map(shown).ok_or_else(|| ApiError::not_found(format!("account `{name}` not found")))
    }
}

fn role(name: &str) -> Result<Role, ApiError> {
    Role::parse(name).ok_or_else(|| ApiError::validation("`role` must be `administrator`, `auditor` or `searcher`"))
}

fn shown(account: &Account) -> Value {
    json!({
        "name": account.name,
        "role": account.role.as_str(),
        "userId": account.user_id,
        "createdAt": account.created_at,
        "changedAt": account.changed_at,
        "disabled": account.disabled,
    })
}

/// The member that a mistake is about, so that a form can show it there.
pub(super) fn refused(error: IdentityError) -> ApiError {
    let member = match &error {
        IdentityError::Store(_) | IdentityError::Hashing => return internal(error),
        IdentityError::AccountNotFound { .. } => return ApiError::not_found(error.to_string()),
        IdentityError::AccountExists { .. } => return ApiError::already_exists(format!("`name`: {error}")),
        IdentityError::Name { .. } => "name",
        IdentityError::PasswordTooShort { .. }
        | IdentityError::PasswordTooLong { .. }
        | IdentityError::PasswordIsName => "password",
        IdentityError::UserId { .. } => "userId",
        _ => return ApiError::validation(error.to_string()),
    };
    ApiError::validation(format!("`{member}`: {error}"))
}
