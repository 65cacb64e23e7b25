//! `TagResource`, `UntagResource`, `ListTagsForResource`, and the tags that creates begin with.
//!
//! Infrastructure clients compose ARNs themselves, so only the resource path of one counts.

use sangam_api::ApiError;
use sangam_api::arn::{self, ResourceKind, ResourcePath};
use sangam_api::kendra::{
    ListTagsForResourceRequest, ListTagsForResourceResponse, Tag, TagResourceRequest, TagResourceResponse,
    UntagResourceRequest, UntagResourceResponse,
};
use sangam_store::{data_source_resource, index_resource};

use crate::Service;
use crate::error::{Outcome, invalid};

/// Most tags of a resource: as many as one request may hold, so that all of them can be listed and copied.
const TAGS_MAX: usize = 200;
/// What keys must not begin with, in any case.
const RESERVED: &str = "aws:";

/// Adds tags, each in place of one with the same key.
pub(crate) async fn tag(service: &Service, input: TagResourceRequest) -> Outcome<TagResourceResponse> {
    let resource = existing(service, &input.resource_arn).await?;
    let tags = checked(input.tags)?;
    if service.store().put_tags(&resource, &tags, TAGS_MAX).await? {
        Ok(TagResourceResponse {})
    } else {
        Err(invalid(format!("a resource can have at most {TAGS_MAX} tags")))
    }
}

/// Removes tags; keys that the resource does not have are passed over.
pub(crate) async fn untag(service: &Service, input: UntagResourceRequest) -> Outcome<UntagResourceResponse> {
    let resource = existing(service, &input.resource_arn).await?;
    service.store().remove_tags(&resource, &input.tag_keys).await?;
    Ok(UntagResourceResponse {})
}

/// The tags of a resource, by key.
pub(crate) async fn list(service: &Service, input: ListTagsForResourceRequest) -> Outcome<ListTagsForResourceResponse> {
    let resource = existing(service, &input.resource_arn).await?;
    let tags = service.store().tags(&resource).await?;
    Ok(ListTagsForResourceResponse { tags: Some(tags.into_iter().map(|(key, value)| Tag { key, value }).collect()) })
}

/// Tags as the store has them.
///
/// # Errors
/// `ValidationException` for a reserved key, or one that is given twice.
pub(crate) fn checked(tags: Vec<Tag>) -> Outcome<Vec<sangam_store::Tag>> {
    let mut checked: Vec<sangam_store::Tag> = Vec::with_capacity(tags.len());
    for Tag { key, value } in tags {
        if key.get(..RESERVED.len()).is_some_and(|start| start.eq_ignore_ascii_case(RESERVED)) {
            return Err(invalid(format!("tag key `{key}` is reserved: it begins with `{RESERVED}`")));
        }
        if checked.iter().any(|(known, _)| *known == key) {
            return Err(invalid(format!("tag key `{key}` is given twice")));
        }
        checked.push((key, value));
    }
    Ok(checked)
}

/// The resource path of an ARN whose resource exists.
///
/// # Errors
/// `ResourceUnavailableException`, also for an ARN of another form.
async fn existing(service: &Service, resource_arn: &str) -> Outcome<String> {
    let unavailable = || ApiError::unavailable(format!("resource `{resource_arn}` not found"));
    let path = arn::parse(resource_arn).ok_or_else(unavailable)?;
    let resource = match path {
        ResourcePath { index_id, child: None } => {
            service.store().index(index_id).await?.map(|index| index_resource(&index.id))
        }
        ResourcePath { index_id, child: Some((ResourceKind::DataSource, id)) } => {
            service.store().data_source(index_id, id).await?.map(|source| data_source_resource(index_id, &source.id))
        }
        ResourcePath { .. } => None,
    };
    Ok(resource.ok_or_else(unavailable)?)
}
