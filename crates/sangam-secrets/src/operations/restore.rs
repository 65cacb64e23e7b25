//! RestoreSecret.

use sangam_api::RequestContext;
use sangam_api::secretsmanager::{RestoreSecretRequest, RestoreSecretResponse};

use crate::arn;
use crate::error::SecretsError;
use crate::secrets::Secrets;

impl Secrets {
    /// Takes the mark for deletion away; one that has none stays as it is.
    pub(crate) async fn restore(
        &self,
        ctx: &RequestContext,
        input: RestoreSecretRequest,
    ) -> Result<RestoreSecretResponse, SecretsError> {
        let mut tx = self.store().write_secrets().await?;
        let mut secret = arn::get(&mut tx, &input.secret_id).await?;
        secret.deleted_at = None;
        secret.purge_at = None;
        tx.put(&secret).await?;
        tx.commit().await?;
        Ok(RestoreSecretResponse { arn: Some(arn::arn(ctx, &secret.arn_suffix)), name: Some(secret.name) })
    }
}
