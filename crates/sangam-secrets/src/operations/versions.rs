//! ListSecretVersionIds.

use sangam_api::secretsmanager::{ListSecretVersionIdsRequest, ListSecretVersionIdsResponse, SecretVersionsListEntry};
use sangam_api::{RequestContext, Timestamp};
use sangam_store::VersionRecord;

use crate::error::SecretsError;
use crate::page::{Order, Page};
use crate::secrets::Secrets;
use crate::{arn, stages};

/// What the service calls the key of a secret that names none.
const DEFAULT_KEY: &str = "DefaultEncryptionKey";

impl Secrets {
    /// The versions, oldest first; those without a label only if asked for.
    pub(crate) async fn list_versions(
        &self,
        ctx: &RequestContext,
        input: ListSecretVersionIdsRequest,
    ) -> Result<ListSecretVersionIdsResponse, SecretsError> {
        let with_deprecated = input.include_deprecated.unwrap_or(false);
        let mut view = self.store().read_secrets().await?;
        let secret = arn::get(&mut view, &input.secret_id).await?;
        let listing = format!("ListSecretVersionIds {} {with_deprecated}", secret.arn_suffix);
        let page = Page::of_request(&listing, input.next_token.as_deref(), input.max_results)?;
        let stages = view.stages(&secret.name).await?;
        let mut versions = view.versions(&secret.name).await?;
        versions.retain(|version| with_deprecated || stages.values().any(|holder| *holder == version.id));
        let (versions, next_token) =
            page.cut(versions, Order::Ascending, |version: &VersionRecord| (version.seq, version.id.clone()));
        let entry = |version: VersionRecord| {
            let labels = stages::labels_of(&stages, &version.id);
            SecretVersionsListEntry {
                version_id: Some(version.id),
                version_stages: (!labels.is_empty()).then_some(labels),
                last_accessed_date: version.accessed_at.map(Timestamp::from_millis),
                created_date: Some(Timestamp::from_millis(version.created_at)),
                kms_key_ids: Some(vec![secret.kms_key_id.clone().unwrap_or_else(|| DEFAULT_KEY.to_owned())]),
            }
        };
        Ok(ListSecretVersionIdsResponse {
            versions: Some(versions.into_iter().map(entry).collect()),
            next_token,
            arn: Some(arn::arn(ctx, &secret.arn_suffix)),
            name: Some(secret.name.clone()),
        })
    }
}
