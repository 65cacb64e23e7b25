//! Looks at the view lists that are due, each by a call of its own, with the hash in which deleted people count.

use std::collections::HashMap;

use sangam_sync::{CrawlMode, NodeAccess, SourceError};

use super::{
    Run,
    restrictions::Searched,
    states::{State, states},
};
use crate::{
    tree::Tree,
    walk::{
        spaces::CrawledSpace,
        verification::{OwnAnswer, SpaceVerification, corrected},
    },
};

impl Run<'_> {
    /// Verifies what is due of a space, as far as the run's limit goes, and corrects `accesses`.
    pub(super) async fn rotate(
        &mut self,
        space: &CrawledSpace,
        tree: &Tree,
        searched: &Searched,
        mut verification: SpaceVerification,
        accesses: &mut HashMap<String, NodeAccess>,
    ) -> Result<(), SourceError> {
        if self.mode == CrawlMode::Preview {
            return Ok(());
        }
        let round = verification.round(&mut self.verification, tree);
        if !round.ids.is_empty() {
            let states = states(&self.client, &self.principals, &round.ids).await?;
            let open = accesses.iter().filter(|(_, access)| matches!(access, NodeAccess::Open));
            let never_closed = open.map(|(id, _)| id.clone()).filter(|id| !self.stored.contains_key(id)).collect();
            self.learn_empty_hash(never_closed, &states).await?;
            let answers =
                states.into_iter().map(|(id, state)| (id, state.map(|state| self.own_answer(state)))).collect();
            let n_corrected = verification.apply(&round, &answers, &searched.lists, accesses);
            if n_corrected > 0 {
                self.outbox.warn(corrected(&space.space.key, n_corrected));
            }
        }
        verification.remember(&mut self.outbox);
        Ok(())
    }

    /// What a state says. A list that reads empty is, unless the hash is not the one of empty lists.
    fn own_answer(&self, state: State) -> OwnAnswer {
        let is_proven = !state.reads_empty || self.empty_hash.as_ref().is_none_or(|hash| *hash == state.hash);
        OwnAnswer { list: state.read, is_proven }
    }
}
