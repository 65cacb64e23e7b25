//! DeleteSecret.

use sangam_api::secretsmanager::{DeleteSecretRequest, DeleteSecretResponse};
use sangam_api::{RequestContext, Timestamp};
use sangam_store::now_ms;

use crate::arn;
use crate::error::SecretsError;
use crate::secrets::Secrets;

/// How long a secret can be brought back where no window is asked for.
const WINDOW_DAYS: i64 = 30;
/// The shortest and the longest window.
const WINDOW_DAYS_RANGE: std::ops::RangeInclusive<i64> = 7..=30;
const DAY_MS: i64 = 86_400_000;

impl Secrets {
    /// Marks a secret for deletion, or removes it at once. Removing one that is not there succeeds, so that a cleanup can be repeated.
    pub(crate) async fn delete(
        &self,
        ctx: &RequestContext,
        input: DeleteSecretRequest,
    ) -> Result<DeleteSecretResponse, SecretsError> {
        let window_days = match (input.force_delete_without_recovery.unwrap_or(false), input.recovery_window_in_days) {
            (true, Some(_)) => {
                return Err(SecretsError::parameter(
                    "ForceDeleteWithoutRecovery and RecoveryWindowInDays exclude each other",
                ));
            }
            (true, None) => return self.remove(ctx, &input.secret_id).await,
            (false, days) => days.unwrap_or(WINDOW_DAYS),
        };
        if !WINDOW_DAYS_RANGE.contains(&window_days) {
            return Err(SecretsError::parameter("RecoveryWindowInDays is from 7 to 30"));
        }
        let now = now_ms();
        let mut tx = self.store().write_secrets().await?;
        let mut secret = arn::get_usable(&mut tx, &input.secret_id).await?;
        let due = now + window_days * DAY_MS;
        secret.deleted_at = Some(now);
        secret.purge_at = Some(due);
        tx.put(&secret).await?;
        tx.commit().await?;
        Ok(answer(arn::arn(ctx, &secret.arn_suffix), secret.name, due))
    }

    async fn remove(&self, ctx: &RequestContext, id: &str) -> Result<DeleteSecretResponse, SecretsError> {
        let mut tx = self.store().write_secrets().await?;
        let Some(secret) = arn::find(&mut tx, id).await? else {
            let name = arn::name_of(id)?;
            let arn = if id.starts_with("arn:") { id.to_owned() } else { arn::arn(ctx, &arn::new_suffix(name)) };
            return Ok(answer(arn, name.to_owned(), now_ms()));
        };
        tx.remove(&secret.name).await?;
        tx.commit().await?;
        Ok(answer(arn::arn(ctx, &secret.arn_suffix), secret.name, now_ms()))
    }
}

fn answer(arn: String, name: String, due: i64) -> DeleteSecretResponse {
    DeleteSecretResponse { arn: Some(arn), name: Some(name), deletion_date: Some(Timestamp::from_millis(due)) }
}
