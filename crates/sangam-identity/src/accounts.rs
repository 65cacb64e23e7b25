//! Local accounts: people with a name and a password of ours, made by an administrator.

use std::fmt;

use sangam_store::{AccountChange, AccountRecord, Store, StoreError};
use secrecy::SecretString;

use crate::identity::account_subject;
use crate::password::{self, Passwords};
use crate::text::is_identifier;
use crate::{Clock, Identity, IdentityError, Reader, Role};

/// Most accounts. They are for small teams: a list on one page, made by hand.
const ACCOUNTS_MAX: i64 = 1_000;
/// Longest name; an e-mail address fits.
const NAME_CHARS_MAX: usize = 64;
/// Longest user id; the longest e-mail address has 254 characters.
const USER_ID_CHARS_MAX: usize = 256;

/// A local account, to show.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    /// Its name, in lower case.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// As whom it searches; without, it finds what is public.
    pub user_id: Option<String>,
    /// Milliseconds since 1970.
    pub created_at: i64,
    /// When it was last changed.
    pub changed_at: i64,
    /// Whether it cannot sign in.
    pub disabled: bool,
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account").field("role", &self.role).field("disabled", &self.disabled).finish_non_exhaustive()
    }
}

/// The local accounts of an installation. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Accounts {
    store: Store,
    clock: Clock,
    passwords: Passwords,
}

impl Accounts {
    /// The accounts in `store`.
    pub fn new(store: Store, clock: Clock) -> Self {
        Self { store, clock, passwords: Passwords::default() }
    }

    /// Makes an account. Names are compared without regard to case.
    ///
    /// # Errors
    /// [`IdentityError::AccountExists`], [`IdentityError::TooManyAccounts`], and the variants that say what is wrong with an argument.
    pub async fn create(
        &self,
        name: &str,
        password: SecretString,
        role: Role,
        user_id: Option<String>,
    ) -> Result<Account, IdentityError> {
        let name = checked_name(name)?;
        let user_id = checked_user_id(user_id)?;
        password::check(&name, &password)?;
        let verifier = self.passwords.hash(password).await?;
        let now = self.clock.now_ms();
        let role = role.as_str().to_owned();
        let record = AccountRecord {
            name,
            verifier,
            role,
            user_id,
            revision: now,
            created_at: now,
            changed_at: now,
            disabled_at: None,
        };
        match self.store.insert_account(&record, ACCOUNTS_MAX).await {
            Ok(true) => Ok(account(record)),
            Ok(false) => Err(IdentityError::TooManyAccounts { n_max: ACCOUNTS_MAX }),
            Err(StoreError::Exists { id, .. }) => Err(IdentityError::AccountExists { name: id }),
            Err(error) => Err(error.into()),
        }
    }

    /// All accounts, by name.
    pub async fn list(&self) -> Result<Vec<Account>, IdentityError> {
        Ok(self.store.accounts().await?.into_iter().map(account).collect())
    }

    /// The account of that name.
    pub async fn find(&self, name: &str) -> Result<Option<Account>, IdentityError> {
        Ok(self.store.find_account(&fold(name)).await?.map(account))
    }

    /// Gives an account another password, and ends its sessions.
    pub async fn set_password(&self, name: &str, password: SecretString) -> Result<(), IdentityError> {
        password::check(&fold(name), &password)?;
        let verifier = self.passwords.hash(password).await?;
        self.change(name, AccountChange::Verifier(&verifier)).await
    }

    /// Gives an account another role, and ends its sessions.
    pub async fn set_role(&self, name: &str, role: Role) -> Result<(), IdentityError> {
        self.change(name, AccountChange::Role(role.as_str())).await
    }

    /// Says as whom an account searches, and ends its sessions.
    pub async fn set_user_id(&self, name: &str, user_id: Option<String>) -> Result<(), IdentityError> {
        let user_id = checked_user_id(user_id)?;
        self.change(name, AccountChange::UserId(user_id.as_deref())).await
    }

    /// Lets an account sign in no more, and ends its sessions.
    pub async fn disable(&self, name: &str) -> Result<(), IdentityError> {
        self.change(name, AccountChange::Disable).await
    }

    /// Lets a disabled account sign in again.
    pub async fn enable(&self, name: &str) -> Result<(), IdentityError> {
        self.change(name, AccountChange::Enable).await
    }

    /// Removes an account, and ends its sessions.
    pub async fn remove(&self, name: &str) -> Result<(), IdentityError> {
        let name = fold(name);
        if self.store.remove_account(&name, &account_subject(&name)).await? {
            return Ok(());
        }
        Err(IdentityError::AccountNotFound { name })
    }

    /// Who has that name and that password; `None` if nobody does or the account is disabled. Takes as long for a name that nobody has.
    ///
    /// Ask [`crate::Attempts::begin`] first; [`crate::People::sign_in`] does.
    ///
    /// # Errors
    /// [`IdentityError::Busy`] if too many passwords are being checked.
    pub async fn verify(&self, name: &str, password: SecretString) -> Result<Option<Identity>, IdentityError> {
        let record = self.store.find_account(&fold(name)).await?;
        let verifier = record.as_ref().map(|record| record.verifier.clone());
        let is_right = self.passwords.verify(password, verifier).await?;
        Ok(record.filter(|record| is_right && record.disabled_at.is_none()).map(identity))
    }

    async fn change(&self, name: &str, change: AccountChange<'_>) -> Result<(), IdentityError> {
        let name = fold(name);
        if self.store.change_account(&name, &account_subject(&name), change, self.clock.now_ms()).await? {
            return Ok(());
        }
        Err(IdentityError::AccountNotFound { name })
    }
}

/// The name that counts: in lower case, without white space around it.
pub(crate) fn fold(name: &str) -> String {
    name.trim().to_ascii_lowercase()
}

fn checked_name(name: &str) -> Result<String, IdentityError> {
    let name = fold(name);
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_@+".contains(&byte);
    if name.is_empty() || name.len() > NAME_CHARS_MAX || !name.bytes().all(is_plain) {
        return Err(IdentityError::Name { chars_max: NAME_CHARS_MAX });
    }
    Ok(name)
}

/// A user id without white space around it; one of nothing but that is none.
fn checked_user_id(user_id: Option<String>) -> Result<Option<String>, IdentityError> {
    let Some(user_id) = user_id.map(|user_id| user_id.trim().to_owned()).filter(|user_id| !user_id.is_empty()) else {
        return Ok(None);
    };
    if is_identifier(&user_id, USER_ID_CHARS_MAX) {
        return Ok(Some(user_id));
    }
    Err(IdentityError::UserId { chars_max: USER_ID_CHARS_MAX })
}

fn account(record: AccountRecord) -> Account {
    let role = Role::stored(&record.role);
    let AccountRecord { name, user_id, created_at, changed_at, disabled_at, .. } = record;
    Account { name, role, user_id, created_at, changed_at, disabled: disabled_at.is_some() }
}

fn identity(record: AccountRecord) -> Identity {
    Identity {
        subject: account_subject(&record.name),
        role: Role::stored(&record.role),
        reader: Reader { user_id: record.user_id, ..Reader::default() },
        account_revision: Some(record.revision),
        name: record.name,
    }
}
