//! UpdateSecretVersionStage.

use sangam_api::RequestContext;
use sangam_api::secretsmanager::{UpdateSecretVersionStageRequest, UpdateSecretVersionStageResponse};
use sangam_store::now_ms;

use crate::error::SecretsError;
use crate::secrets::{Secrets, no_version};
use crate::{arn, stages};

impl Secrets {
    pub(crate) async fn update_version_stage(
        &self,
        ctx: &RequestContext,
        input: UpdateSecretVersionStageRequest,
    ) -> Result<UpdateSecretVersionStageResponse, SecretsError> {
        let (from, to) = (input.remove_from_version_id.as_deref(), input.move_to_version_id.as_deref());
        let mut tx = self.store().write_secrets().await?;
        let mut secret = arn::get_usable(&mut tx, &input.secret_id).await?;
        let versions = tx.versions(&secret.name).await?;
        for id in [from, to].into_iter().flatten() {
            if versions.iter().all(|version| version.id != id) {
                return Err(no_version(&secret.name, id));
            }
        }
        let mut stages = tx.stages(&secret.name).await?;
        stages::move_label(&mut stages, &input.version_stage, from, to)?;
        tx.set_stages(&secret.name, &stages).await?;
        secret.changed_at = now_ms();
        tx.put(&secret).await?;
        tx.commit().await?;
        Ok(UpdateSecretVersionStageResponse { arn: Some(arn::arn(ctx, &secret.arn_suffix)), name: Some(secret.name) })
    }
}
