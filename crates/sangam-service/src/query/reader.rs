//! Who is asking.

use sangam_access::{ReaderRequest, ScopedGroup};
use sangam_api::kendra::{NOBODY, UserContext, UserContextPolicy};
use sangam_store::{IndexRecord, index_resource};

use crate::error::{Outcome, invalid, not_built};
use crate::indices::IndexDocument;
use crate::{Audience, NoUserContext, Service};

/// The tag of an index that goes before the setting: `everything` or `public`.
const TAG: &str = "sangam:no-user-context";

/// Whom the request names, by its user context or by its filter, or what it sees that names nobody.
///
/// # Errors
/// `ValidationException` if both name somebody, or if the index lets readers be named in another way.
pub(super) async fn audience(
    service: &Service,
    record: &IndexRecord,
    index: &IndexDocument,
    context: Option<UserContext>,
    by_filter: Option<ReaderRequest>,
) -> Outcome<Audience> {
    let by_context = context.map(|context| by_context(index, context)).transpose()?.filter(|reader| !reader.is_empty());
    let needs_token = index.user_context_policy == UserContextPolicy::UserToken;
    match (by_context, by_filter) {
        (Some(_), Some(_)) => {
            Err(invalid("UserContext cannot be combined with _user_id or _group_ids in AttributeFilter"))
        }
        // Such an index does not take a caller's word for it.
        (Some(_), None) | (None, Some(_)) if needs_token => Err(invalid(
            "the index has the user context policy USER_TOKEN: a reader is named by UserContext.Token only",
        )),
        (Some(reader), None) | (None, Some(reader)) if is_nobody(&reader) => {
            Ok(Audience::Request(ReaderRequest::default()))
        }
        (Some(reader), None) | (None, Some(reader)) => Ok(Audience::Request(reader)),
        (None, None) if needs_token => Ok(Audience::Request(ReaderRequest::default())),
        (None, None) => unnamed(service, record).await,
    }
}

fn by_context(index: &IndexDocument, context: UserContext) -> Outcome<ReaderRequest> {
    let UserContext { token, user_id, groups, data_source_groups } = context;
    if token.is_some() {
        if user_id.is_some() || groups.is_some() || data_source_groups.is_some() {
            return Err(invalid("UserContext cannot have both Token and UserId, Groups or DataSourceGroups"));
        }
        if index.user_token_configurations.is_none() {
            return Err(invalid("UserContext cannot have Token: the index has no user token configuration"));
        }
        return Err(not_built("UserContext.Token"));
    }
    let data_source_groups = data_source_groups
        .unwrap_or_default()
        .into_iter()
        .map(|group| ScopedGroup { name: group.group_id, data_source: Some(group.data_source_id) })
        .collect();
    Ok(ReaderRequest { user: user_id, groups: groups.unwrap_or_default(), data_source_groups })
}

/// Whether the request says that nobody is known behind it. A stranger of that name would be more: they pass a list that denies somebody else.
fn is_nobody(reader: &ReaderRequest) -> bool {
    reader.user.as_deref() == Some(NOBODY) && reader.groups.is_empty() && reader.data_source_groups.is_empty()
}

/// What a request sees that names nobody: what is public, unless everything was asked for by tag or setting. A tag with any other value
/// means what is public.
async fn unnamed(service: &Service, record: &IndexRecord) -> Outcome<Audience> {
    let tags = service.store().tags(&index_resource(&record.id)).await?;
    let by_tag = tags.into_iter().find(|(key, _)| key == TAG).map(|(_, value)| value == "everything");
    let everything = by_tag.unwrap_or(service.settings().no_user_context == NoUserContext::Everything);
    Ok(if everything { Audience::Everything } else { Audience::Request(ReaderRequest::default()) })
}
