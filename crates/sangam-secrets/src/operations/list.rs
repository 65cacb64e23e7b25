//! ListSecrets.

use std::collections::BTreeMap;

use sangam_api::secretsmanager::{ListSecretsRequest, ListSecretsResponse, SecretListEntry, SortByType, SortOrderType};
use sangam_api::{RequestContext, Timestamp};
use sangam_store::{SecretRecord, Stages, Tag};

use crate::error::SecretsError;
use crate::filter::Filters;
use crate::page::{Order, Page, Position};
use crate::secrets::Secrets;
use crate::{arn, stages, tags};

impl Secrets {
    pub(crate) async fn list(
        &self,
        ctx: &RequestContext,
        input: ListSecretsRequest,
    ) -> Result<ListSecretsResponse, SecretsError> {
        let filters = Filters::of_request(input.filters)?;
        let with_deleted = input.include_planned_deletion.unwrap_or(false);
        let sort_by = input.sort_by.unwrap_or(SortByType::CreatedDate);
        let order = match input.sort_order {
            Some(SortOrderType::Desc) => Order::Descending,
            Some(SortOrderType::Asc) | None => Order::Ascending,
        };
        let listing = format!("ListSecrets {sort_by} {order:?} {with_deleted} {}", filters.fingerprint());
        let page = Page::of_request(&listing, input.next_token.as_deref(), input.max_results)?;

        let mut view = self.store().read_secrets().await?;
        let mut secrets = view.all().await?;
        let (all_tags, all_stages) = (view.all_tags().await?, view.all_stages().await?);
        drop(view);
        let (no_tags, no_stages) = (Vec::new(), BTreeMap::new());
        let tags_of = |secret: &SecretRecord| all_tags.get(&secret.name).unwrap_or(&no_tags);
        secrets.retain(|secret| with_deleted || secret.deleted_at.is_none());
        secrets.retain(|secret| filters.pass(secret, tags_of(secret)));
        let (secrets, next_token) = page.cut(secrets, order, |secret| position(secret, sort_by));
        let stages_of = |secret: &SecretRecord| all_stages.get(&secret.name).unwrap_or(&no_stages);
        let list = secrets.iter().map(|secret| entry(ctx, secret, tags_of(secret), stages_of(secret))).collect();
        Ok(ListSecretsResponse { secret_list: Some(list), next_token })
    }
}

fn position(secret: &SecretRecord, sort_by: SortByType) -> Position {
    let key = match sort_by {
        SortByType::CreatedDate => secret.created_at,
        SortByType::LastAccessedDate => secret.accessed_at.unwrap_or_default(),
        SortByType::LastChangedDate => secret.changed_at,
        SortByType::Name => 0,
    };
    (key, secret.name.clone())
}

fn entry(ctx: &RequestContext, secret: &SecretRecord, tags: &[Tag], stages: &Stages) -> SecretListEntry {
    SecretListEntry {
        arn: Some(arn::arn(ctx, &secret.arn_suffix)),
        name: Some(secret.name.clone()),
        description: secret.description.clone(),
        kms_key_id: secret.kms_key_id.clone(),
        last_changed_date: Some(Timestamp::from_millis(secret.changed_at)),
        last_accessed_date: secret.accessed_at.map(Timestamp::from_millis),
        deleted_date: secret.deleted_at.map(Timestamp::from_millis),
        tags: tags::to_wire(tags),
        secret_versions_to_stages: stages::by_version(stages),
        created_date: Some(Timestamp::from_millis(secret.created_at)),
        ..Default::default()
    }
}
