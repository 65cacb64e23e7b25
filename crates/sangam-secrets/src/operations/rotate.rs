//! RotateSecret: says what is wrong with the request; a right one waits for functions that can be called.

use sangam_api::secretsmanager::RotateSecretRequest;

use super::token;
use crate::arn;
use crate::error::SecretsError;
use crate::secrets::Secrets;

impl Secrets {
    /// Whether a rotation could be started as asked.
    pub(crate) async fn check_rotation(&self, input: RotateSecretRequest) -> Result<(), SecretsError> {
        token(input.client_request_token)?;
        let mut view = self.store().read_secrets().await?;
        let secret = arn::get_usable(&mut view, &input.secret_id).await?;
        if input.rotation_lambda_arn.is_none_or(|function| function.is_empty()) {
            return Err(SecretsError::request(format!(
                "secret `{}` has no rotation function, and the request names none",
                secret.name
            )));
        }
        Ok(())
    }
}
