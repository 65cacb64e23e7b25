//! What all pages share.

use std::sync::Arc;

use sangam_identity::{Oidc, People, Role};
use sangam_server::{App, Policy};

use crate::sign_in::KeptForms;

/// What an auditor may call: everything that only looks and holds no content, and what explains access.
const AUDITOR: &str = r#"{"actions": ["kendra:Describe*", "kendra:List*", "kendra:BatchGetDocumentStatus",
    "secretsmanager:Describe*", "secretsmanager:List*", "secretsmanager:GetResourcePolicy",
    "sangam:Describe*", "sangam:List*", "sangam:ExplainAccess"], "indices": ["*"]}"#;
/// What a searcher may call.
const SEARCHER: &str = r#"{"actions": ["kendra:Query", "kendra:GetQuerySuggestions", "kendra:SubmitFeedback", "sangam:ListSearchIndices"],
    "indices": ["*"]}"#;

/// The path of this server that a provider sends browsers back to.
pub const CALLBACK_PATH: &str = crate::sign_in::CALLBACK;

/// What the pages are made over.
#[derive(Clone)]
pub struct ConsoleOptions {
    /// The server whose operations the pages call.
    pub app: Arc<App>,
    /// Who may sign in, and who has.
    pub people: People,
    /// Where browsers reach this server, such as `https://search.example.com`; decides whether cookies are for TLS only.
    pub public_url: Option<String>,
    /// Sign-in at an OpenID provider, which sends browsers back to [`CALLBACK_PATH`].
    pub oidc: Option<Oidc>,
}

/// The pages' state.
pub struct Console {
    pub(crate) app: Arc<App>,
    pub(crate) people: People,
    pub(crate) oidc: Option<Oidc>,
    /// Whether cookies are sent over TLS only.
    pub(crate) secure: bool,
    public_url: Option<String>,
    /// Forms that wait for sign-ins at the provider.
    pub(crate) kept_forms: KeptForms,
}

impl Console {
    /// The state of pages over these parts.
    pub fn new(options: ConsoleOptions) -> Arc<Self> {
        let public_url = options.public_url.map(|url| url.trim_end_matches('/').to_owned());
        let secure = public_url.as_ref().is_some_and(|url| url.starts_with("https://"));
        Arc::new(Self {
            app: options.app,
            people: options.people,
            oidc: options.oidc,
            secure,
            public_url,
            kept_forms: KeptForms::default(),
        })
    }

    /// The host of the provider, if people can sign in there.
    pub(crate) fn provider_host(&self) -> Option<&str> {
        let issuer = self.oidc.as_ref()?.issuer();
        issuer.split_once("://").map_or(issuer, |(_, rest)| rest).split('/').next()
    }

    /// The address of a path of ours as the outside knows it; `host` is what the browser sent, used where the settings name none.
    pub(crate) fn outside(&self, host: Option<&str>, path: &str) -> String {
        match (&self.public_url, host) {
            (Some(url), _) => format!("{url}{path}"),
            (None, Some(host)) => format!("http://{host}{path}"),
            (None, None) => path.to_owned(),
        }
    }
}

/// What somebody with that role may call.
pub(crate) fn policy(role: Role) -> Policy {
    let text = match role {
        Role::Administrator => return Policy::ADMIN,
        Role::Auditor => AUDITOR,
        Role::Searcher => SEARCHER,
    };
    text.parse().expect("both are valid, as a test shows")
}

/// A role as people read it.
pub(crate) const fn role_name(role: Role) -> &'static str {
    match role {
        Role::Administrator => "Administrator",
        Role::Auditor => "Auditor",
        Role::Searcher => "Searcher",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_auditor_reads_everything_but_content_and_changes_nothing() {
        let auditor = policy(Role::Auditor);
        for (service, operation) in [
            ("kendra", "DescribeIndex"),
            ("kendra", "ListDataSourceSyncJobs"),
            ("secretsmanager", "ListSecrets"),
            ("sangam", "ExplainAccess"),
            ("sangam", "ListSyncJobDocuments"),
        ] {
            assert!(auditor.allows(service, operation, Some("i")), "{operation}");
        }
        for (service, operation) in [
            ("kendra", "Query"),
            ("kendra", "Retrieve"),
            ("kendra", "CreateIndex"),
            ("kendra", "DeleteDataSource"),
            ("kendra", "StartDataSourceSyncJob"),
            ("secretsmanager", "GetSecretValue"),
            ("secretsmanager", "PutSecretValue"),
            ("sangam", "RefreshAccess"),
            ("sangam", "CreateAccount"),
        ] {
            assert!(!auditor.allows(service, operation, Some("i")), "{operation}");
        }
    }

    #[test]
    fn a_searcher_asks_and_nothing_else() {
        let searcher = policy(Role::Searcher);
        assert!(searcher.allows("kendra", "Query", Some("i")) && searcher.allows("sangam", "ListSearchIndices", None));
        for operation in ["DescribeIndex", "Retrieve", "ListIndices", "DeleteIndex"] {
            assert!(!searcher.allows("kendra", operation, Some("i")), "{operation}");
        }
        assert!(!searcher.allows("sangam", "ExplainAccess", Some("i")));
    }
}
