//! `PutPrincipalMapping`

use sangam_access::{MappedMember, ScopedGroup};
use sangam_api::kendra::{GroupMembers, PutPrincipalMappingRequest};
use sangam_store::GroupKey;

use super::{member_file, ordering_id, scope};
use crate::Service;
use crate::error::{Outcome, invalid};
use crate::s3::{self, S3Error};

/// The largest file of members: a hundred thousand of them.
const MEMBER_FILE_BYTES_MAX: usize = 32 * 1024 * 1024;

/// Replaces the members of a group, unless a higher ordering id is known. A file of members that cannot be read is not refused but told
/// by `DescribePrincipalMapping`, because clients expect it there.
pub(crate) async fn put(service: &Service, input: PutPrincipalMappingRequest) -> Outcome<()> {
    let index = service.active_index(&input.index_id).await?;
    let scope = scope(service, &index.id, input.data_source_id.as_deref()).await?;
    let group = GroupKey { index_id: &index.id, scope: &scope, group_id: &input.group_id };
    let ordering_id = ordering_id(input.ordering_id);
    match members(service, input.group_members).await? {
        Ok(members) => service.store().put_mapping(&group, ordering_id, &members).await?,
        Err(failure) => service.store().fail_mapping(&group, ordering_id, &failure).await?,
    }
    service.host().access_changed(&index.id).await?;
    Ok(())
}

/// The members, or why those of the file could not be read.
async fn members(service: &Service, given: GroupMembers) -> Outcome<Result<Vec<MappedMember>, String>> {
    if given.member_users.is_none() && given.member_groups.is_none() && given.s3_pathfor_group_members.is_none() {
        return Err(invalid("GroupMembers must have MemberUsers, MemberGroups or S3PathforGroupMembers"));
    }
    let users =
        given.member_users.unwrap_or_default().into_iter().map(|user| MappedMember::User { name: user.user_id });
    let groups = given.member_groups.unwrap_or_default().into_iter().map(|group| MappedMember::Group {
        group: ScopedGroup { name: group.group_id, data_source: group.data_source_id },
    });
    let mut members: Vec<MappedMember> = users.chain(groups).collect();
    let Some(path) = given.s3_pathfor_group_members else { return Ok(Ok(members)) };
    match s3::read(&service.settings().s3_folder, &path, MEMBER_FILE_BYTES_MAX).await {
        Ok(bytes) => Ok(member_file::parse(&bytes).map(|more| {
            members.extend(more);
            members
        })),
        Err(error @ S3Error::Outside { .. }) => Err(invalid(error.to_string())),
        Err(error) => Ok(Err(error.to_string())),
    }
}
