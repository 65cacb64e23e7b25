//! UpdateSecret.

use sangam_api::RequestContext;
use sangam_api::secretsmanager::{UpdateSecretRequest, UpdateSecretResponse};
use sangam_store::now_ms;

use super::{non_empty, token};
use crate::error::SecretsError;
use crate::secrets::Secrets;
use crate::value::Value;
use crate::{arn, stages};

impl Secrets {
    pub(crate) async fn update(
        &self,
        ctx: &RequestContext,
        input: UpdateSecretRequest,
    ) -> Result<UpdateSecretResponse, SecretsError> {
        if input.r#type.as_deref().is_some_and(|kind| !kind.is_empty()) {
            return Err(SecretsError::request(
                "secrets of a Type, which a partner's service manages, do not exist here",
            ));
        }
        let token = token(input.client_request_token)?;
        let value = Value::of(input.secret_string, input.secret_binary)?;
        let mut tx = self.store().write_secrets().await?;
        let mut secret = arn::get_usable(&mut tx, &input.secret_id).await?;
        let version = match value {
            Some(value) => {
                self.add_version(&mut tx, &secret, &token, &value, &[stages::CURRENT.to_owned()]).await?;
                Some(token)
            }
            None => None,
        };
        if let Some(description) = input.description {
            secret.description = non_empty(description);
        }
        if let Some(kms_key_id) = input.kms_key_id {
            secret.kms_key_id = non_empty(kms_key_id);
        }
        secret.changed_at = now_ms();
        tx.put(&secret).await?;
        tx.commit().await?;
        Ok(UpdateSecretResponse {
            arn: Some(arn::arn(ctx, &secret.arn_suffix)),
            name: Some(secret.name),
            version_id: version,
        })
    }
}
