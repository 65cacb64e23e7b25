//! The questions to a Data Center.

use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};
use sangam_sync::{Probe, SourceError};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{ADMINISTRATORS, Findings, SAMPLE_BYTES_MAX, SpaceRow, first, sampled, text};
use crate::{
    client::{Account, Client},
    datacenter::{abilities, encoded},
    error::ClientError,
};

/// The account's own personal access tokens.
const PERSONAL_TOKENS: &str = "rest/pat/latest/tokens";

/// A personal access token, without what it is.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PersonalToken {
    /// When it ends; absent for one that does not.
    #[serde(default)]
    expiring_at: Option<String>,
}

/// The older way to a space's permissions, which a site may have switched off.
const JSON_RPC: &str = "rpc/json-rpc/confluenceservice-v2";

pub(super) async fn probe(client: &Client) -> Result<Probe, SourceError> {
    let account = client.account().await?;
    let optional = client.optional();
    let mut found = Findings::default();
    let spaces = client.list("rest/api/space", &[("limit", "200")]).all::<SpaceRow>().await?;
    people(&optional, &account, &mut found).await?;
    if let Some(space) = spaces.first() {
        permissions(client, &space.key, &mut found).await?;
        content(&optional, &mut found).await?;
    } else {
        found
            .lacks
            .push("The account sees no space, so nothing would be indexed: give it access to the spaces.".into());
    }
    end_of(client, &mut found).await?;
    let name = account.username.as_deref().unwrap_or_default();
    let offered = abilities(client, spaces.first().map(|space| space.key.as_str()), name).await?;
    found.abilities.extend(offered.abilities);
    found.lacks.extend(offered.lacks);
    Ok(Probe {
        product: format!("Confluence Data Center {}", offered.version).trim_end().to_owned(),
        site: client.site_base(),
        account: format!("{} ({name})", account.display_name),
        n_spaces: spaces.len() as u64,
        abilities: found.abilities,
        lacks: found.lacks,
    })
}

/// Days before the end of a token at which it is time to make another.
const WARNED_DAYS: i32 = 30;

/// When the credentials end, as far as the server tells.
async fn end_of(client: &Client, found: &mut Findings) -> Result<(), SourceError> {
    if client.is_rotating() {
        found.abilities.push(
            "The grant renews itself at every sync; when it ends without one is the server's setting, which it does not tell.".into(),
        );
        return Ok(());
    }
    if !client.is_personal_token() {
        return Ok(());
    }
    match client.optional().get::<Vec<PersonalToken>>(PERSONAL_TOKENS, &[]).await {
        Ok(tokens) if !tokens.is_empty() => tell_end(&tokens, Timestamp::now().to_zoned(TimeZone::UTC).date(), found),
        Err(error) if error.ends_the_sync() => return Err(error.into()),
        _ => found.abilities.push(
            "A personal access token ends on the day that was chosen when it was made, if any; the server does not tell which, so note it."
                .into(),
        ),
    }
    Ok(())
}

/// Says when the first of an account's tokens ends: which of them is the one in use nobody tells.
fn tell_end(tokens: &[PersonalToken], today: Date, found: &mut Findings) {
    // The day in the server's zone is exact enough.
    let day = |token: &PersonalToken| token.expiring_at.as_deref()?.get(..10)?.parse::<Date>().ok();
    let first = tokens.iter().filter_map(day).filter(|day| *day >= today).min();
    let whose = match tokens.len() {
        1 => "The account's personal access token".to_owned(),
        n => format!("The first of the account's {n} personal access tokens"),
    };
    match first {
        Some(day) if today.checked_add(WARNED_DAYS.days()).is_ok_and(|soon| day <= soon) => found.lacks.push(format!(
            "{whose} ends on {day}; every sync fails from then on, so store another one in the secret before."
        )),
        Some(day) => found.abilities.push(format!("{whose} ends on {day}.")),
        None => found.abilities.push("The account's personal access token has no end.".into()),
    }
}

/// Groups, their members, whether the account is in the one that sees everything, and e-mail addresses.
async fn people(client: &Client, account: &Account, found: &mut Findings) -> Result<(), SourceError> {
    let name = account.username.as_deref().unwrap_or_default();
    let group = first::<Value>(client, "rest/api/group", &[("limit", "1")]).await;
    let group =
        found.note(group, "Reads the groups.", "Groups cannot be read, so restrictions to groups hide their pages.")?;
    if let Some(group) = group.flatten().map(|group| text(&group, "name").to_owned()).filter(|name| !name.is_empty()) {
        let path = format!("rest/api/group/{}/member", encoded(&group));
        let members = client.get::<Value>(&path, &[("limit", "1")]).await;
        found.note(
            members,
            "Reads the members of groups.",
            "Members of groups cannot be read, which needs an administrator: only groups that are named in a query count.",
        )?;
    }
    let own = client.get::<Value>("rest/api/user/memberof", &[("username", name), ("limit", "200")]).await;
    let own = own.unwrap_or_default();
    let groups = own.get("results").and_then(Value::as_array).into_iter().flatten();
    if groups.into_iter().any(|group| text(group, "name") == ADMINISTRATORS) {
        found.abilities.push(format!("Is in `{ADMINISTRATORS}`, so that restricted pages are crawled too."));
    } else {
        found.lacks.push(format!(
            "The account is not in `{ADMINISTRATORS}`: pages that are restricted to others are not crawled, and nobody finds them; add it to that group."
        ));
    }
    let profile = client.get::<Value>(&format!("rest/mobile/1.0/profile/{}", encoded(name)), &[]).await;
    found.note(
        profile,
        "Reads profiles, which may hold e-mail addresses.",
        "E-mail addresses cannot be read, so people are found by user name and user key, or by `usersAclS3FilePath`.",
    )?;
    Ok(())
}

/// Which of the ways to a space's permissions answers.
async fn permissions(client: &Client, key: &str, found: &mut Findings) -> Result<(), SourceError> {
    let second = client.with_second_token();
    let mut last = None;
    for (client, with) in [(Some(client), ""), (second.as_ref(), ", with the secret's `patToken`")] {
        let Some(client) = client else { continue };
        let optional = client.optional();
        for (name, answer) in [
            ("REST", optional.get::<Value>(&format!("rest/api/space/{}/permissions", encoded(key)), &[]).await),
            ("JSON-RPC", json_rpc(&optional, key).await),
        ] {
            match answer {
                Ok(_) => {
                    found.abilities.push(format!("Reads the permissions of spaces, by {name}{with}."));
                    return Ok(());
                }
                Err(error) if error.ends_the_sync() => return Err(error.into()),
                Err(error) => last = Some(error),
            }
        }
    }
    let reason = last.map_or_else(String::new, |error| format!(" ({error})"));
    found.lacks.push(format!(
        "Permissions of spaces cannot be read, so all of their content is hidden: make the account an administrator, switch on the Remote API on versions before 9.1, or, with OAuth 2.0, put a `patToken` of an administrator into the secret{reason}."
    ));
    Ok(())
}

async fn json_rpc(client: &Client, key: &str) -> Result<Value, ClientError> {
    let question = json!({ "jsonrpc": "2.0", "method": "getSpacePermissionSets", "id": 1, "params": [key] });
    let answer: Value = client.ask(JSON_RPC, &question).await?;
    let refused = ClientError::Forbidden { path: JSON_RPC.into(), what: "it answered with an error" };
    if answer.get("result").is_some_and(Value::is_array) { Ok(answer) } else { Err(refused) }
}

/// Restrictions and attachments.
async fn content(client: &Client, found: &mut Findings) -> Result<(), SourceError> {
    let query = [("type", "page"), ("limit", "1")];
    let page = first::<Value>(client, "rest/api/content", &query).await;
    let page = found.note(page, "Reads pages.", "Pages cannot be read.")?.flatten();
    let Some(id) = page.as_ref().map(|page| text(page, "id")).filter(|id| !id.is_empty()) else { return Ok(()) };
    let restriction = client.get::<Value>(&format!("rest/api/content/{id}/restriction/byOperation"), &[]).await;
    found.note(
        restriction,
        "Reads restrictions of pages.",
        "Restrictions of pages cannot be read, so pages are hidden.",
    )?;
    let query = [("cql", "type=attachment"), ("limit", "1")];
    let Ok(Some(file)) = first::<Value>(client, "rest/api/content/search", &query).await else { return Ok(()) };
    let Some(link) = file.pointer("/_links/download").and_then(Value::as_str) else { return Ok(()) };
    let bytes = sampled(client.linked_bytes(link, SAMPLE_BYTES_MAX).await);
    found.note(
        bytes,
        "Reads the bytes of attachments.",
        "The bytes of an attachment could not be read, so files are found by their names only.",
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_the_first_token_is_told_and_is_a_lack_once_it_is_near() {
        let told = |ends: &[Option<&str>]| {
            let tokens: Vec<PersonalToken> =
                ends.iter().map(|end| PersonalToken { expiring_at: end.map(str::to_owned) }).collect();
            let mut found = Findings::default();
            tell_end(&tokens, "2026-11-24".parse().unwrap(), &mut found);
            (found.abilities.concat(), found.lacks.concat())
        };
        let (able, lack) = told(&[Some("2027-03-01T10:00:00.000+01:00"), None, Some("2025-01-01T00:00:00Z")]);
        assert!(able.contains("first of the account's 3") && able.contains("2027-03-01") && lack.is_empty(), "{able}");
        let (able, lack) = told(&[Some("2026-12-24T10:00:00.000+0100")]);
        assert!(able.is_empty() && lack.contains("ends on 2026-12-24"), "{lack}");
        assert!(told(&[None]).0.contains("no end"));
    }
}
