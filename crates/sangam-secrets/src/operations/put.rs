//! PutSecretValue.

use sangam_api::RequestContext;
use sangam_api::secretsmanager::{PutSecretValueRequest, PutSecretValueResponse};
use sangam_store::now_ms;

use super::token;
use crate::error::SecretsError;
use crate::secrets::Secrets;
use crate::value::Value;
use crate::{arn, stages};

impl Secrets {
    pub(crate) async fn put_value(
        &self,
        ctx: &RequestContext,
        input: PutSecretValueRequest,
    ) -> Result<PutSecretValueResponse, SecretsError> {
        let token = token(input.client_request_token)?;
        let value = Value::of(input.secret_string, input.secret_binary)?
            .ok_or_else(|| SecretsError::request("a SecretString or a SecretBinary is needed"))?;
        let labels = input.version_stages.unwrap_or_else(|| vec![stages::CURRENT.to_owned()]);
        let mut tx = self.store().write_secrets().await?;
        let mut secret = arn::get_usable(&mut tx, &input.secret_id).await?;
        let labels = self.add_version(&mut tx, &secret, &token, &value, &labels).await?;
        secret.changed_at = now_ms();
        tx.put(&secret).await?;
        tx.commit().await?;
        Ok(PutSecretValueResponse {
            arn: Some(arn::arn(ctx, &secret.arn_suffix)),
            name: Some(secret.name),
            version_id: Some(token),
            version_stages: (!labels.is_empty()).then_some(labels),
        })
    }
}
