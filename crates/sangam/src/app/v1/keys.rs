//! `access-keys`: the keys that sign requests.

use sangam_api::ApiError;
use sangam_server::{Policy, V1Request};
use secrecy::ExposeSecret as _;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Endpoints, internal, read};

/// A new key.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NewKey {
    /// `admin`, `ingest`, `query`, or actions and indices.
    policy: Policy,
    #[serde(default)]
    description: String,
}

impl Endpoints {
    pub(super) async fn access_keys(&self, request: &V1Request, below: &[&str]) -> Result<Value, ApiError> {
        match (request.method.as_str(), below) {
            ("POST", []) => {
                let new: NewKey = read(&request.body, "an access key")?;
                let policy = serde_json::to_string(&new.policy).map_err(internal)?;
                let key = self.keys.create(&policy, &new.description).await.map_err(internal)?;
                Ok(json!({ "accessKeyId": key.id, "secretAccessKey": key.secret.expose_secret() }))
            }
            ("DELETE", [id]) => {
                let revoked = self.keys.revoke(id).await.map_err(internal)?;
                let missing = || ApiError::not_found(format!("there is no key `{id}` that is not revoked"));
                revoked.then(|| json!({})).ok_or_else(missing)
            }
            _ => {
                let keys = self.keys.list().await.map_err(internal)?;
                let shown = keys.iter().map(|key| {
                    json!({
                        "accessKeyId": key.id,
                        "policy": serde_json::from_str::<Value>(&key.policy).unwrap_or(Value::Null),
                        "description": key.description,
                        "isPreset": key.is_preset,
                        "createdAt": key.created_at,
                        "revokedAt": key.revoked_at,
                    })
                });
                Ok(json!({ "accessKeys": shown.collect::<Vec<_>>() }))
            }
        }
    }
}
