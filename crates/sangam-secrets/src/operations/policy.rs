//! GetResourcePolicy: no secret has a policy, because none can be put. Answered because Terraform asks after each read of a secret.

use sangam_api::RequestContext;
use sangam_api::secretsmanager::{GetResourcePolicyRequest, GetResourcePolicyResponse};

use crate::arn;
use crate::error::SecretsError;
use crate::secrets::Secrets;

impl Secrets {
    pub(crate) async fn get_policy(
        &self,
        ctx: &RequestContext,
        input: GetResourcePolicyRequest,
    ) -> Result<GetResourcePolicyResponse, SecretsError> {
        let mut view = self.store().read_secrets().await?;
        let secret = arn::get_usable(&mut view, &input.secret_id).await?;
        Ok(GetResourcePolicyResponse {
            arn: Some(arn::arn(ctx, &secret.arn_suffix)),
            name: Some(secret.name),
            ..Default::default()
        })
    }
}
