//! *Test connection*: opens a source as a job would, and asks what it can do. Nothing is stored.
//!
//! The caller names both a secret and a host, and the test sends the one to the other. So that this gives nobody a secret who could not
//! have it anyway, the secret itself must name its host, or a data source must send it there already, or the caller may read it.

use sangam_api::ApiError;
use sangam_server::Policy;
use sangam_service::DataSourceDocument;
use sangam_sync::{Connector, OpenRequest, SourceError};
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Endpoints, internal, read};
use crate::app::agenda::sources_in_use;

/// The scope of principals that a test finds and forgets.
const NO_DATA_SOURCE: &str = "connection-test";

/// What a caller is told whose test would carry a secret to a new place.
const NOT_SENT: &str = "the secret does not name the host that it is for (`hostUrl`), no data source uses it with this one, and \
                        the key may not read it (`secretsmanager:GetSecretValue`), so it is not sent there";

/// What to connect to.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct TestRequest {
    /// A data source's configuration: the template, or one of the first generation.
    configuration: Value,
    /// Another secret than the one that the configuration names.
    #[serde(default)]
    secret_arn: Option<String>,
    /// What a secret would hold that is not stored yet.
    #[serde(default)]
    secret_string: Option<String>,
}

/// What to look over without connecting.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct CheckRequest {
    configuration: Value,
}

impl Endpoints {
    pub(super) async fn test_connection(&self, body: &[u8], policy: &Policy) -> Result<Value, ApiError> {
        let wanted: TestRequest = serde_json::from_slice(body)
            .map_err(|error| ApiError::validation(format!("the body is not a connection to test: {error}")))?;
        let configuration = wanted.configuration;
        let connector = self.connectors.iter().find(|connector| connector.handles(&configuration));
        let connector = connector.ok_or_else(|| ApiError::validation("no connector is for this configuration"))?;
        let violations = connector.validate(&configuration);
        if !violations.is_empty() {
            return Err(ApiError::validation(format!("the configuration is not valid: {}", violations.join("; "))));
        }
        // Whoever sends the value knows it.
        let secret = if let Some(text) = wanted.secret_string {
            text.into()
        } else {
            let secret_id = wanted.secret_arn.or_else(|| connector.secret_id(&configuration));
            let secret_id = secret_id.ok_or_else(|| ApiError::validation("the configuration names no secret"))?;
            let found = self.host.secret(&secret_id).await;
            let secret = found.map_err(|error| ApiError::validation(error.to_string()))?;
            let wish = Wish { connector: connector.as_ref(), configuration: &configuration, secret_id: &secret_id };
            if !self.may_send(&wish, &secret, policy).await? {
                return Err(ApiError::access_denied(NOT_SENT));
            }
            secret
        };
        let request = OpenRequest {
            data_source_id: NO_DATA_SOURCE.to_owned(),
            configuration,
            secret,
            host: std::sync::Arc::clone(&self.host),
        };
        let source = match connector.open(request).await {
            Ok(source) => source,
            Err(error) => return Ok(refused(&error)),
        };
        match source.probe().await {
            Ok(probe) => Ok(json!({ "connected": true, "probe": serde_json::to_value(probe).map_err(internal)? })),
            Err(error) => Ok(refused(&error)),
        }
    }

    /// What is wrong with a configuration, as far as that can be told without the network: what `CreateDataSource` would say of it.
    pub(super) fn check_connection(&self, body: &[u8]) -> Result<Value, ApiError> {
        let wanted: CheckRequest = read(body, "a configuration to check")?;
        let connector = self.connectors.iter().find(|connector| connector.handles(&wanted.configuration));
        let connector = connector.ok_or_else(|| ApiError::validation("no connector is for this configuration"))?;
        Ok(json!({ "violations": connector.validate(&wanted.configuration) }))
    }
}

/// What would be sent where.
struct Wish<'w> {
    connector: &'w dyn Connector,
    configuration: &'w Value,
    secret_id: &'w str,
}

impl Endpoints {
    /// Whether the test may send the secret to where the configuration says.
    async fn may_send(&self, wish: &Wish<'_>, secret: &SecretString, policy: &Policy) -> Result<bool, ApiError> {
        if policy.allows("secretsmanager", "GetSecretValue", None) {
            return Ok(true);
        }
        let Some(destination) = wish.connector.destination(wish.configuration) else { return Ok(false) };
        // Opening refuses another host than the secret's own.
        if wish.connector.is_bound(secret) {
            return Ok(true);
        }
        for source in sources_in_use(&self.store).await.map_err(internal)? {
            let document = DataSourceDocument::of(&source).map_err(internal)?;
            let Some(used) = document.connector_configuration().filter(|used| wish.connector.handles(used)) else {
                continue;
            };
            let is_same_secret = wish.connector.secret_id(&used).as_deref() == Some(wish.secret_id);
            if is_same_secret && wish.connector.destination(&used).as_ref() == Some(&destination) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// A connection that does not come about is an answer, and no failure of the server's.
fn refused(error: &SourceError) -> Value {
    let code = match error {
        SourceError::Configuration { code, .. }
        | SourceError::Unauthorized { code, .. }
        | SourceError::Unavailable { code, .. } => code.clone(),
        SourceError::Stopped | SourceError::SinkClosed => None,
    };
    json!({ "connected": false, "message": error.to_string(), "code": code })
}
