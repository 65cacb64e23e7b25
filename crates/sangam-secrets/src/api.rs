//! The operations on the wire.

use async_trait::async_trait;
use sangam_api::secretsmanager::{
    BatchGetSecretValueRequest, BatchGetSecretValueResponse, CreateSecretRequest, CreateSecretResponse,
    DeleteSecretRequest, DeleteSecretResponse, DescribeSecretRequest, DescribeSecretResponse, GetRandomPasswordRequest,
    GetRandomPasswordResponse, GetResourcePolicyRequest, GetResourcePolicyResponse, GetSecretValueRequest,
    GetSecretValueResponse, ListSecretVersionIdsRequest, ListSecretVersionIdsResponse, ListSecretsRequest,
    ListSecretsResponse, PutSecretValueRequest, PutSecretValueResponse, RestoreSecretRequest, RestoreSecretResponse,
    RotateSecretRequest, RotateSecretResponse, SecretsManager, SecretsOperation, TagResourceRequest,
    UntagResourceRequest, UpdateSecretRequest, UpdateSecretResponse, UpdateSecretVersionStageRequest,
    UpdateSecretVersionStageResponse,
};
use sangam_api::{ApiError, RequestContext};

use crate::error::SecretsError;
use crate::password;
use crate::secrets::Secrets;

/// What the client is told. Faults of ours are logged here, the last place that knows their cause.
fn answer<T>(ctx: &RequestContext, result: Result<T, SecretsError>) -> Result<T, ApiError> {
    result.map_err(|error| {
        if matches!(error, SecretsError::Store(_) | SecretsError::Sealed { .. }) {
            tracing::error!(request.id = %ctx.request_id, %error, "request `{}` about a secret failed", ctx.request_id);
        }
        error.into()
    })
}

#[async_trait]
impl SecretsManager for Secrets {
    async fn batch_get_secret_value(
        &self,
        ctx: &RequestContext,
        input: BatchGetSecretValueRequest,
    ) -> Result<BatchGetSecretValueResponse, ApiError> {
        answer(ctx, self.batch_get(ctx, input).await)
    }

    async fn create_secret(
        &self,
        ctx: &RequestContext,
        input: CreateSecretRequest,
    ) -> Result<CreateSecretResponse, ApiError> {
        answer(ctx, self.create(ctx, input).await)
    }

    async fn delete_secret(
        &self,
        ctx: &RequestContext,
        input: DeleteSecretRequest,
    ) -> Result<DeleteSecretResponse, ApiError> {
        answer(ctx, self.delete(ctx, input).await)
    }

    async fn describe_secret(
        &self,
        ctx: &RequestContext,
        input: DescribeSecretRequest,
    ) -> Result<DescribeSecretResponse, ApiError> {
        answer(ctx, self.describe(ctx, input).await)
    }

    async fn get_random_password(
        &self,
        ctx: &RequestContext,
        input: GetRandomPasswordRequest,
    ) -> Result<GetRandomPasswordResponse, ApiError> {
        let password = answer(ctx, password::random(&input, &mut rand::rng()))?;
        Ok(GetRandomPasswordResponse { random_password: Some(password.into()) })
    }

    async fn get_resource_policy(
        &self,
        ctx: &RequestContext,
        input: GetResourcePolicyRequest,
    ) -> Result<GetResourcePolicyResponse, ApiError> {
        answer(ctx, self.get_policy(ctx, input).await)
    }

    async fn get_secret_value(
        &self,
        ctx: &RequestContext,
        input: GetSecretValueRequest,
    ) -> Result<GetSecretValueResponse, ApiError> {
        answer(ctx, self.get_value(ctx, input).await)
    }

    async fn list_secret_version_ids(
        &self,
        ctx: &RequestContext,
        input: ListSecretVersionIdsRequest,
    ) -> Result<ListSecretVersionIdsResponse, ApiError> {
        answer(ctx, self.list_versions(ctx, input).await)
    }

    async fn list_secrets(
        &self,
        ctx: &RequestContext,
        input: ListSecretsRequest,
    ) -> Result<ListSecretsResponse, ApiError> {
        answer(ctx, self.list(ctx, input).await)
    }

    async fn put_secret_value(
        &self,
        ctx: &RequestContext,
        input: PutSecretValueRequest,
    ) -> Result<PutSecretValueResponse, ApiError> {
        answer(ctx, self.put_value(ctx, input).await)
    }

    async fn restore_secret(
        &self,
        ctx: &RequestContext,
        input: RestoreSecretRequest,
    ) -> Result<RestoreSecretResponse, ApiError> {
        answer(ctx, self.restore(ctx, input).await)
    }

    async fn rotate_secret(
        &self,
        ctx: &RequestContext,
        input: RotateSecretRequest,
    ) -> Result<RotateSecretResponse, ApiError> {
        answer(ctx, self.check_rotation(input).await)?;
        Err(SecretsOperation::RotateSecret.not_implemented())
    }

    async fn tag_resource(&self, ctx: &RequestContext, input: TagResourceRequest) -> Result<(), ApiError> {
        answer(ctx, self.tag(input).await)
    }

    async fn untag_resource(&self, ctx: &RequestContext, input: UntagResourceRequest) -> Result<(), ApiError> {
        answer(ctx, self.untag(input).await)
    }

    async fn update_secret(
        &self,
        ctx: &RequestContext,
        input: UpdateSecretRequest,
    ) -> Result<UpdateSecretResponse, ApiError> {
        answer(ctx, self.update(ctx, input).await)
    }

    async fn update_secret_version_stage(
        &self,
        ctx: &RequestContext,
        input: UpdateSecretVersionStageRequest,
    ) -> Result<UpdateSecretVersionStageResponse, ApiError> {
        answer(ctx, self.update_version_stage(ctx, input).await)
    }
}
