//! OAuth 2.0 of both hostings: the servers that hand out tokens, the scopes to ask for, and tokens that rotate.

mod consent;
mod scopes;
mod server;
mod tokens;

pub use consent::{code_challenge, granted_sites, site_at};
pub use scopes::{CLOUD_SCOPES, DATA_CENTER_SCOPE};
pub use server::{CodeRequest, GrantedTokens, OAuthError, TokenServer};
pub(crate) use tokens::Tokens;

pub use crate::client::GrantedSite;
