//! The questions to a Cloud site.

use sangam_sync::{Probe, SourceError};
use serde_json::{Value, json};

use super::{Findings, SAMPLE_BYTES_MAX, SpaceRow, first, sampled, scopes, text};
use crate::{client::Client, config::ConfluenceConfig, error::ClientError};

/// Members of a group that are looked at for visible e-mail addresses.
const PEOPLE: &str = "50";

pub(super) async fn probe(client: &Client, config: &ConfluenceConfig) -> Result<Probe, SourceError> {
    let account = client.account().await?;
    let optional = client.optional();
    let mut found = Findings::default();
    scopes::compare(client, config, &mut found).await?;
    let spaces = match client.list("api/v2/spaces", &[("limit", "250")]).all::<SpaceRow>().await {
        // That is told already, and what else is lacking is worth to be known.
        Err(ClientError::Scope { .. }) => Vec::new(),
        answer => answer?,
    };
    let account_id = account.account_id.clone().unwrap_or_default();
    let group = people(&optional, &mut found).await?;
    if let Some(space) = spaces.first() {
        let id = text(&json!({ "id": space.id }), "id").to_owned();
        content(&optional, &id, group.as_deref(), &account_id, &mut found).await?;
    } else {
        found
            .lacks
            .push("The account sees no space, so nothing would be indexed: give it access to the spaces.".into());
    }
    found.abilities.push(end_of(client).into());
    let kind = account.account_type.as_deref().filter(|kind| !kind.is_empty()).unwrap_or("unknown");
    Ok(Probe {
        product: "Confluence Cloud".into(),
        site: client.site_base(),
        account: format!("{} ({kind} account)", account.display_name),
        n_spaces: spaces.len() as u64,
        abilities: found.abilities,
        lacks: found.lacks,
    })
}

/// When the credentials end. No call tells the day.
fn end_of(client: &Client) -> &'static str {
    if client.is_rotating() {
        "The grant renews itself; it ends after 90 days without a sync, and a year after it was made: connect again before."
    } else {
        "The API token ends on the day that was chosen when it was made, after a year at most; Confluence does not tell which, so note it."
    }
}

/// Groups and their members; returns one group's id.
async fn people(client: &Client, found: &mut Findings) -> Result<Option<String>, SourceError> {
    let groups = first::<Value>(client, "rest/api/group", &[("limit", "1")]).await;
    let group = found.note(
        groups,
        "Reads the groups.",
        "Groups cannot be read, so restrictions to groups hide their pages from everybody: give the account access to user management.",
    )?;
    let Some(id) = group.flatten().map(|group| text(&group, "id").to_owned()).filter(|id| !id.is_empty()) else {
        return Ok(None);
    };
    let path = format!("rest/api/group/{id}/membersByGroupId");
    let members: Result<Value, ClientError> = client.get(&path, &[("limit", PEOPLE)]).await;
    let members = found.note(
        members,
        "Reads the members of groups.",
        "Members of groups cannot be read, so only groups that are named in a query count.",
    )?;
    let members = members.as_ref().and_then(|page| page.get("results")).and_then(Value::as_array);
    if let Some(members) = members.filter(|members| !members.is_empty()) {
        let n_visible = members.iter().filter(|member| !text(member, "email").is_empty()).count();
        let told = format!("{n_visible} of {} people asked about show their e-mail address", members.len());
        if n_visible == members.len() {
            found.abilities.push(format!("{told}."));
        } else {
            found.lacks.push(format!(
                "{told}: the others are found by their account ids only, unless they set its visibility to `Anyone` or `usersAclS3FilePath` maps them."
            ));
        }
    }
    Ok(Some(id))
}

/// What carries access, and attachments.
async fn content(
    client: &Client,
    space_id: &str,
    group: Option<&str>,
    account_id: &str,
    found: &mut Findings,
) -> Result<(), SourceError> {
    let path = format!("api/v2/spaces/{space_id}/permissions");
    let permissions = client.get::<Value>(&path, &[("limit", "1")]).await;
    found.note(
        permissions,
        "Reads the permissions of spaces.",
        "Permissions of spaces cannot be read, so all of their content is hidden.",
    )?;
    let page = first::<Value>(client, "api/v2/pages", &[("limit", "1")]).await;
    let page = found.note(page, "Reads pages.", "Pages cannot be read.")?.flatten();
    if let Some(id) = page.as_ref().map(|page| text(page, "id")).filter(|id| !id.is_empty()) {
        let path = format!("rest/api/content/{id}/restriction/byOperation/read");
        let query = [("expand", "restrictions.user,restrictions.group"), ("limit", "1")];
        let restriction = client.get::<Value>(&path, &query).await;
        found.note(
            restriction,
            "Reads restrictions of pages.",
            "Restrictions of pages cannot be read, so pages are hidden.",
        )?;
        let subject = match group {
            Some(id) => json!({ "type": "group", "identifier": id }),
            None => json!({ "type": "user", "identifier": account_id }),
        };
        let question = json!({ "subject": subject, "operation": "read" });
        let checked = client.ask::<Value>(&format!("rest/api/content/{id}/permission/check"), &question).await;
        found.note(
            checked,
            "Asks what others may see, as a Confluence administrator: pages below restricted folders get exactly their readers.",
            "The account is no Confluence administrator, so pages below folders whose restrictions Confluence does not tell are hidden: make it one to show them.",
        )?;
    }
    attachment(client, found).await
}

async fn attachment(client: &Client, found: &mut Findings) -> Result<(), SourceError> {
    let file = first::<Value>(client, "api/v2/attachments", &[("limit", "1")]).await;
    let Some(Some(file)) = found.note(file, "Lists attachments.", "Attachments cannot be listed.")? else {
        return Ok(());
    };
    let container = ["pageId", "blogPostId"].map(|name| text(&file, name)).into_iter().find(|id| !id.is_empty());
    let Some(container) = container else { return Ok(()) };
    let bytes = sampled(client.attachment_bytes(container, text(&file, "id"), SAMPLE_BYTES_MAX).await);
    found.note(
        bytes,
        "Reads the bytes of attachments.",
        "The bytes of an attachment could not be read, so files are found by their names only.",
    )?;
    Ok(())
}
