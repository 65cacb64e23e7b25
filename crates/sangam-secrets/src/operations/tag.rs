//! TagResource and UntagResource.

use sangam_api::secretsmanager::{TagResourceRequest, UntagResourceRequest};
use sangam_store::now_ms;

use crate::error::SecretsError;
use crate::secrets::Secrets;
use crate::{arn, tags};

impl Secrets {
    /// Adds tags, each in place of one with the same key.
    pub(crate) async fn tag(&self, input: TagResourceRequest) -> Result<(), SecretsError> {
        let new = tags::of_request(input.tags)?;
        let mut tx = self.store().write_secrets().await?;
        let mut secret = arn::get_usable(&mut tx, &input.secret_id).await?;
        tx.put_tags(&secret.name, &new).await?;
        tags::check_limit(&tx.tags(&secret.name).await?)?;
        secret.changed_at = now_ms();
        tx.put(&secret).await?;
        Ok(tx.commit().await?)
    }

    /// Removes tags; unknown keys are passed over.
    pub(crate) async fn untag(&self, input: UntagResourceRequest) -> Result<(), SecretsError> {
        let mut tx = self.store().write_secrets().await?;
        let mut secret = arn::get_usable(&mut tx, &input.secret_id).await?;
        tx.remove_tags(&secret.name, &input.tag_keys).await?;
        secret.changed_at = now_ms();
        tx.put(&secret).await?;
        Ok(tx.commit().await?)
    }
}
