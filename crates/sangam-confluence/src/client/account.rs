//! Whom the site takes the credentials for. A site that is open to the public answers wrong ones too, with less.

use sangam_sync::SourceError;
use serde::Deserialize;

use super::{Client, sign_in::SignIn};
use crate::{config::Hosting, error::ClientError};

/// The account behind the credentials.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Account {
    /// `known`, `anonymous`, …
    #[serde(rename = "type")]
    pub kind: String,
    /// On Cloud.
    pub account_id: Option<String>,
    /// On Cloud: `atlassian`, `app`, …
    pub account_type: Option<String>,
    /// On Data Center.
    pub username: Option<String>,
    /// On Data Center; stays when the name changes.
    pub user_key: Option<String>,
    /// As people see it.
    pub display_name: String,
    /// Empty where the account hides it.
    pub email: Option<String>,
}

impl Account {
    fn is_nobody(&self) -> bool {
        let has_id = [&self.account_id, &self.user_key, &self.username]
            .into_iter()
            .any(|id| id.as_deref().is_some_and(|id| !id.is_empty()));
        self.kind == "anonymous" || !has_id
    }
}

impl Client {
    /// Makes sure that the credentials are taken for an account, and returns it. The first call of every run.
    ///
    /// # Errors
    /// [`SourceError::Unauthorized`] if they are refused or nobody's; else what the first call's failure says of the host.
    pub(crate) async fn account(&self) -> Result<Account, SourceError> {
        let mut account = self.whoami().await?;
        if account.is_nobody() && self.is_scoped_after_all().await {
            account = self.whoami().await?;
        }
        if account.is_nobody() {
            return Err(self.refused_at_first("Confluence takes the credentials for nobody's"));
        }
        self.shared.site.settle();
        Ok(account)
    }

    async fn whoami(&self) -> Result<Account, SourceError> {
        match self.get("rest/api/user/current", &[]).await {
            Ok(account) => Ok(account),
            Err(error @ (ClientError::Unauthorized { .. } | ClientError::Forbidden { .. })) => {
                Err(self.refused_at_first(&error.to_string()))
            }
            Err(error) => Err(self.no_first_answer(error)),
        }
    }

    /// An open site has answered: with a token that only the gateway takes it takes the caller for nobody.
    async fn is_scoped_after_all(&self) -> bool {
        match &self.sign_in {
            SignIn::Basic(authorization) if self.hosting() == Hosting::Cloud => {
                self.shared.site.find_gateway(&self.shared.http, authorization).await
            }
            _ => false,
        }
    }

    fn refused_at_first(&self, what: &str) -> SourceError {
        let advice = self.advice();
        // A refusal that was tried again says it already.
        let message = if what.contains(advice) { what.to_owned() } else { format!("{what}; {advice}") };
        SourceError::Unauthorized { message, code: Some("CNF-5123".into()) }
    }

    /// What the first call's failure says of the host: the sentence names it, and what to look at.
    fn no_first_answer(&self, error: ClientError) -> SourceError {
        let host = self.shared.site.host_url().as_str().trim_end_matches('/');
        match error {
            ClientError::Unavailable { retry_at, .. } => SourceError::Unavailable {
                message: format!(
                    "`{host}` cannot be used: {error}; check `hostUrl`, and that this server can reach it"
                ),
                code: Some("CNF-5565".into()),
                retry_at,
            },
            ClientError::NotFound { .. } | ClientError::Malformed { .. } => SourceError::Configuration {
                message: format!("`{host}` does not answer as a Confluence site: {error}; check `hostUrl`"),
                code: Some("CNF-5563".into()),
            },
            error => error.into(),
        }
    }
}
