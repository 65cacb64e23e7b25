//! The spaces of the site that are crawled, and the rows of who may view each.

use futures::{StreamExt, stream};
use sangam_sync::SourceError;
use serde::Deserialize;
use serde_json::json;

use super::{
    Run,
    capabilities::{Capabilities, Feature, Support, encoded},
    permissions::Holders,
    wire::{PermissionRow, PermissionSet, RpcAnswer, SpaceRow},
};
use crate::{
    client::{CONCURRENT_CALLS, Client},
    error::ClientError,
    walk::spaces::{CrawledSpace, wanted_spaces},
    wire::Space,
};

/// Spaces of one call.
const PAGE_ROWS: &str = "200";

/// JSON-RPC's address.
const RPC: &str = "rpc/json-rpc/confluenceservice-v2";

impl Run<'_> {
    /// The spaces that are wanted, in the order of their ids.
    ///
    /// # Errors
    /// If the listing fails, or if not one space is visible: then nothing at all can be concluded about any of them.
    pub(super) async fn spaces(&mut self) -> Result<Vec<CrawledSpace>, SourceError> {
        let mut visible = self.spaces_of_status("current").await?;
        if self.config.switches.archived_spaces {
            visible.extend(self.spaces_of_status("archived").await?);
        }
        wanted_spaces(self.config, visible, &mut self.outbox)
    }

    async fn spaces_of_status(&mut self, status: &str) -> Result<Vec<Space>, ClientError> {
        let (spaces, base) = all_spaces(&self.client, Some(status)).await?;
        if let Some(base) = base {
            self.base = base;
        }
        Ok(spaces)
    }

    /// The rows of who may view each space, in order, or why they could not be read.
    pub(super) async fn space_holders(
        &mut self,
        spaces: &[CrawledSpace],
    ) -> Result<Vec<Result<Holders, ClientError>>, SourceError> {
        if !self.config.crawl_acl {
            return Ok(Vec::new());
        }
        let reader = PermissionReader {
            client: self.client.optional(),
            second: self.client.with_second_token().map(|client| client.optional()),
            capabilities: &self.capabilities,
        };
        let calls: Vec<_> = spaces.iter().map(|space| reader.holders(&space.space.key)).collect();
        let answers: Vec<_> = stream::iter(calls).buffered(CONCURRENT_CALLS).collect().await;
        if let Some(error) = answers.iter().find_map(|answer| answer.as_ref().err().filter(|e| e.ends_the_sync())) {
            return Err(error.clone().into());
        }
        Ok(answers)
    }
}

/// All spaces of a status, or of any, and the site's base for people.
pub(super) async fn all_spaces(
    client: &Client,
    status: Option<&str>,
) -> Result<(Vec<Space>, Option<String>), ClientError> {
    let status = status.map(|status| ("status", status));
    let query: Vec<(&str, &str)> =
        [("limit", PAGE_ROWS), ("expand", "description.plain")].into_iter().chain(status).collect();
    let mut listing = client.list("rest/api/space", &query);
    let (mut spaces, mut base) = (Vec::new(), None);
    while let Some(page) = listing.page::<SpaceRow>().await? {
        base = page.base.map(|base| base.trim_end_matches('/').to_owned()).or(base);
        spaces.extend(page.rows.iter().map(SpaceRow::as_space));
    }
    Ok((spaces, base))
}

/// Reads the permissions of spaces by whatever way is open.
struct PermissionReader<'r> {
    client: Client,
    /// The same with a token of its own for reading access.
    second: Option<Client>,
    capabilities: &'r Capabilities,
}

impl PermissionReader<'_> {
    /// Who may view a space: by REST, by JSON-RPC, and with the second token likewise. What the last way said is the error.
    async fn holders(&self, key: &str) -> Result<Holders, ClientError> {
        let mut last = ClientError::NotFound { path: format!("rest/api/space/{}/permissions", encoded(key)) };
        for client in [Some(&self.client), self.second.as_ref()].into_iter().flatten() {
            // What the first token is refused the second one may be permitted.
            let is_second = self.second.is_some();
            let is_usable = |support: Support| support == Support::There || is_second && support == Support::Refused;
            if self.capabilities.support(Feature::SpacePermissions) != Support::Missing {
                match rows_by_rest(client, key).await {
                    Ok(holders) => return Ok(holders),
                    Err(error) if error.ends_the_sync() => return Err(error),
                    Err(error) => last = error,
                }
            }
            for (feature, light) in [(Feature::JsonRpc, false), (Feature::JsonRpcLight, true)] {
                if is_usable(self.capabilities.support(feature)) {
                    match sets_by_rpc(client, key, light).await {
                        Ok(holders) => return Ok(holders),
                        Err(error) if error.ends_the_sync() => return Err(error),
                        Err(error) => last = error,
                    }
                }
            }
        }
        Err(last)
    }
}

async fn rows_by_rest(client: &Client, key: &str) -> Result<Holders, ClientError> {
    let rows: Vec<PermissionRow> = client.get(&format!("rest/api/space/{}/permissions", encoded(key)), &[]).await?;
    Ok(Holders::viewing(&rows))
}

/// Who may view a space by JSON-RPC, in either form. An error comes with status 200; an answer without a word on viewing is none.
pub(super) async fn sets_by_rpc(client: &Client, key: &str, light: bool) -> Result<Holders, ClientError> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum LightAnswer {
        Sets(Vec<PermissionSet>),
        Other(RpcAnswer),
    }
    let method = "getSpacePermissionSets";
    let sets = if light {
        match client.ask(&format!("{RPC}/{method}"), &json!([key])).await? {
            LightAnswer::Sets(sets) => Some(sets),
            LightAnswer::Other(answer) => answer.result,
        }
    } else {
        let question = json!({ "jsonrpc": "2.0", "method": method, "id": 7, "params": [key] });
        client.ask::<RpcAnswer>(RPC, &question).await?.result
    };
    let refused = || ClientError::Forbidden { path: format!("/{RPC}"), what: "JSON-RPC answered with an error" };
    Holders::viewing_by_sets(&sets.ok_or_else(refused)?).ok_or_else(refused)
}
