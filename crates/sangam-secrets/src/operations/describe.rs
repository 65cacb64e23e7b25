//! DescribeSecret.

use sangam_api::secretsmanager::{DescribeSecretRequest, DescribeSecretResponse};
use sangam_api::{RequestContext, Timestamp};

use crate::error::SecretsError;
use crate::secrets::Secrets;
use crate::{arn, stages, tags};

impl Secrets {
    /// Everything but the value, of a secret marked for deletion too.
    pub(crate) async fn describe(
        &self,
        ctx: &RequestContext,
        input: DescribeSecretRequest,
    ) -> Result<DescribeSecretResponse, SecretsError> {
        let mut view = self.store().read_secrets().await?;
        let secret = arn::get(&mut view, &input.secret_id).await?;
        let stages = view.stages(&secret.name).await?;
        let tags = view.tags(&secret.name).await?;
        Ok(DescribeSecretResponse {
            arn: Some(arn::arn(ctx, &secret.arn_suffix)),
            name: Some(secret.name),
            description: secret.description,
            kms_key_id: secret.kms_key_id,
            last_changed_date: Some(Timestamp::from_millis(secret.changed_at)),
            last_accessed_date: secret.accessed_at.map(Timestamp::from_millis),
            deleted_date: secret.deleted_at.map(Timestamp::from_millis),
            tags: tags::to_wire(&tags),
            version_ids_to_stages: stages::by_version(&stages),
            created_date: Some(Timestamp::from_millis(secret.created_at)),
            ..Default::default()
        })
    }
}
