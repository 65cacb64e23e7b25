//! Looks at the view lists that are due, each by a call of its own; where that reads empty, a server that tells all lists that count for a
//! page has to say the same.

use std::collections::HashMap;

use futures::{StreamExt, stream};
use sangam_sync::{CrawlMode, NodeAccess, SourceError};

use super::{Run, capabilities::Feature, wire::OperationRow};
use crate::{
    access::OwnList,
    client::CONCURRENT_CALLS,
    error::ClientError,
    tree::Tree,
    walk::{
        verification::{OwnAnswer, SpaceVerification, corrected},
        view_list::read_one,
    },
};

impl Run<'_> {
    /// Verifies what is due of a space, as far as the run's limit goes, and corrects `accesses`. `listed` is what its listings said.
    pub(super) async fn rotate(
        &mut self,
        key: &str,
        tree: &Tree,
        listed: &HashMap<String, OwnList>,
        mut verification: SpaceVerification,
        accesses: &mut HashMap<String, NodeAccess>,
    ) -> Result<(), SourceError> {
        if self.mode == CrawlMode::Preview {
            return Ok(());
        }
        let round = verification.round(&mut self.verification, tree);
        if !round.ids.is_empty() {
            let answers = self.own_answers(&round.ids).await?;
            let n_corrected = verification.apply(&round, &answers, listed, accesses);
            if n_corrected > 0 {
                self.outbox.warn(corrected(key, n_corrected));
            }
        }
        verification.remember(&mut self.outbox);
        Ok(())
    }

    /// What the server says of each list by itself; `None` for those of which it says nothing.
    pub(super) async fn own_answers(&self, ids: &[&str]) -> Result<HashMap<String, Option<OwnAnswer>>, ClientError> {
        let mut calls = Vec::with_capacity(ids.len());
        for id in ids.iter().map(|id| (*id).to_owned()) {
            calls.push(async move {
                let answer = self.own_answer(&id).await;
                (id, answer)
            });
        }
        let mut answers = stream::iter(calls).buffer_unordered(CONCURRENT_CALLS);
        let mut found = HashMap::new();
        while let Some((id, answer)) = answers.next().await {
            let answer = match answer {
                Ok(answer) => Some(answer),
                Err(error) if error.ends_the_sync() => return Err(error),
                Err(_) => None,
            };
            found.insert(id, answer);
        }
        Ok(found)
    }

    async fn own_answer(&self, id: &str) -> Result<OwnAnswer, ClientError> {
        let list = read_one::<OperationRow>(&self.client, &self.principals, id).await?;
        let is_asked_again = list == OwnList::Open && self.capabilities.has(Feature::RelevantRestrictions);
        let is_proven = !is_asked_again || self.has_no_list(id).await?;
        Ok(OwnAnswer { list, is_proven })
    }
}
