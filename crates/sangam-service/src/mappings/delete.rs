//! `DeletePrincipalMapping`

use sangam_api::kendra::DeletePrincipalMappingRequest;
use sangam_store::GroupKey;

use super::{ordering_id, scope};
use crate::Service;
use crate::error::Outcome;

/// Deletes a group, unless a higher ordering id is known. An unknown group is deleted all the same: a put that is older and comes later
/// must not bring it.
pub(crate) async fn delete(service: &Service, input: DeletePrincipalMappingRequest) -> Outcome<()> {
    let index = service.active_index(&input.index_id).await?;
    let scope = scope(service, &index.id, input.data_source_id.as_deref()).await?;
    let group = GroupKey { index_id: &index.id, scope: &scope, group_id: &input.group_id };
    service.store().delete_mapping(&group, ordering_id(input.ordering_id)).await?;
    service.host().access_changed(&index.id).await?;
    Ok(())
}
