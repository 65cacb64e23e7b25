//! CreateSecret.

use sangam_api::RequestContext;
use sangam_api::secretsmanager::{CreateSecretRequest, CreateSecretResponse};
use sangam_store::{SecretRecord, now_ms};

use super::{non_empty, token};
use crate::error::SecretsError;
use crate::secrets::Secrets;
use crate::value::Value;
use crate::{arn, stages, tags};

impl Secrets {
    pub(crate) async fn create(
        &self,
        ctx: &RequestContext,
        input: CreateSecretRequest,
    ) -> Result<CreateSecretResponse, SecretsError> {
        arn::check_name(&input.name)?;
        check_supported(&input)?;
        let token = token(input.client_request_token)?;
        let value = Value::of(input.secret_string, input.secret_binary)?;
        let tags = tags::of_request(input.tags.unwrap_or_default())?;
        let now = now_ms();
        let mut tx = self.store().write_secrets().await?;
        if let Some(existing) = tx.find(&input.name).await? {
            if existing.deleted_at.is_some() {
                return Err(SecretsError::NameHeld { name: input.name });
            }
            // The same request again, its answer lost on the way.
            return match &value {
                Some(value) if self.has_version(&mut tx, &existing, &token, value).await? => {
                    Ok(answer(ctx, &existing, Some(token)))
                }
                _ => Err(SecretsError::Exists { name: input.name }),
            };
        }
        let secret = SecretRecord {
            arn_suffix: arn::new_suffix(&input.name),
            name: input.name,
            description: input.description.and_then(non_empty),
            kms_key_id: input.kms_key_id.and_then(non_empty),
            created_at: now,
            changed_at: now,
            accessed_at: None,
            deleted_at: None,
            purge_at: None,
        };
        tx.put(&secret).await?;
        tx.put_tags(&secret.name, &tags).await?;
        let version = match value {
            Some(value) => {
                self.add_version(&mut tx, &secret, &token, &value, &[stages::CURRENT.to_owned()]).await?;
                Some(token)
            }
            None => None,
        };
        tx.commit().await?;
        Ok(answer(ctx, &secret, version))
    }
}

/// What cannot mean anything in one installation is refused, not ignored: the caller would rely on it.
fn check_supported(input: &CreateSecretRequest) -> Result<(), SecretsError> {
    if input.add_replica_regions.is_some() || input.cross_account_primary_arn.is_some() {
        return Err(SecretsError::request("there are no regions or accounts here to replicate a secret to"));
    }
    if input.r#type.as_deref().is_some_and(|kind| !kind.is_empty()) {
        return Err(SecretsError::request("secrets of a Type, which a partner's service manages, do not exist here"));
    }
    Ok(())
}

fn answer(ctx: &RequestContext, secret: &SecretRecord, version: Option<String>) -> CreateSecretResponse {
    CreateSecretResponse {
        arn: Some(arn::arn(ctx, &secret.arn_suffix)),
        name: Some(secret.name.clone()),
        version_id: version,
        replication_status: None,
    }
}
