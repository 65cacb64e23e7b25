//! GetSecretValue.

use sangam_api::RequestContext;
use sangam_api::Timestamp;
use sangam_api::secretsmanager::{GetSecretValueRequest, GetSecretValueResponse};

use crate::arn;
use crate::error::SecretsError;
use crate::secrets::Secrets;

impl Secrets {
    pub(crate) async fn get_value(
        &self,
        ctx: &RequestContext,
        input: GetSecretValueRequest,
    ) -> Result<GetSecretValueResponse, SecretsError> {
        let read = self.read(&input.secret_id, input.version_id.as_deref(), input.version_stage.as_deref()).await?;
        let (secret_string, secret_binary) = read.value.into_wire();
        Ok(GetSecretValueResponse {
            arn: Some(arn::arn(ctx, &read.secret.arn_suffix)),
            name: Some(read.secret.name),
            version_id: Some(read.version),
            secret_binary,
            secret_string,
            version_stages: (!read.labels.is_empty()).then_some(read.labels),
            created_date: Some(Timestamp::from_millis(read.created_at)),
        })
    }
}
