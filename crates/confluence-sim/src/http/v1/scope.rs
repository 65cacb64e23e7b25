//! Where a query has to look: by its spaces, kinds and ids, so that asking for the pages of one
//! space does not look at all others.
//!
//! It is only ever too wide: what is in it is still asked whether it matches.

use std::collections::BTreeSet;

use super::cql::{Clause, Condition, Cql, Operator};
use crate::content::Content;
use crate::ids::{ContentId, SpaceId};
use crate::shelf::Sort;
use crate::site::Site;

/// What all results have in common; `None` where anything goes.
#[derive(Debug, Default)]
pub(crate) struct Scope {
    spaces: Option<BTreeSet<SpaceId>>,
    sorts: Option<BTreeSet<Sort>>,
    ids: Option<BTreeSet<ContentId>>,
}

impl Scope {
    pub(crate) fn of(cql: &Cql, site: &Site) -> Self {
        let mut scope = Self::default();
        scope.narrow(cql.condition(), site);
        scope
    }

    /// Goes down through what every result must meet.
    fn narrow(&mut self, condition: &Condition, site: &Site) {
        match condition {
            Condition::All(list) => list.iter().for_each(|it| self.narrow(it, site)),
            Condition::Any(list) => {
                if let [only] = &list[..] {
                    self.narrow(only, site);
                }
            }
            Condition::Clause(clause) if clause.operator == Operator::Is => self.meet(clause, site),
            Condition::Clause(_) | Condition::Not(_) => {}
        }
    }

    fn meet(&mut self, clause: &Clause, site: &Site) {
        let values = &clause.values;
        match clause.field.as_str() {
            "space" => {
                let named = |key: &str| values.iter().any(|value| value.eq_ignore_ascii_case(key));
                meet(&mut self.spaces, site.spaces().filter(|it| named(&it.key)).map(|it| it.id).collect());
            }
            "type" => meet(&mut self.sorts, values.iter().flat_map(|value| sorts_of(value)).copied().collect()),
            "id" | "content" => meet(&mut self.ids, values.iter().filter_map(|value| value.parse().ok()).collect()),
            _ => {}
        }
    }

    /// All that can be a result, each once.
    pub(crate) fn contents<'s>(&self, site: &'s Site) -> Box<dyn Iterator<Item = &'s Content> + 's> {
        if let Some(ids) = &self.ids {
            return Box::new(ids.clone().into_iter().filter_map(move |id| site.content(id)));
        }
        if self.spaces.is_none() && self.sorts.is_none() {
            return Box::new(site.contents());
        }
        let sorts: Vec<Sort> = match &self.sorts {
            Some(sorts) => sorts.iter().copied().collect(),
            None => Sort::ALL.to_vec(),
        };
        let spaces: Vec<Option<SpaceId>> = match &self.spaces {
            Some(spaces) => spaces.iter().copied().map(Some).collect(),
            None => vec![None],
        };
        let shelves =
            spaces.into_iter().flat_map(move |space| sorts.clone().into_iter().map(move |sort| (space, sort)));
        Box::new(shelves.flat_map(move |(space, sort)| site.shelved(sort, space, None)))
    }
}

fn meet<T: Ord>(known: &mut Option<BTreeSet<T>>, with: BTreeSet<T>) {
    match known {
        Some(known) => known.retain(|it| with.contains(it)),
        None => *known = Some(with),
    }
}

/// The shelves on which content of a type of CQL stands.
fn sorts_of(name: &str) -> &'static [Sort] {
    match name {
        "page" => &[Sort::Page],
        "blogpost" => &[Sort::Blog],
        "comment" => &[Sort::Footer, Sort::Inline],
        "attachment" => &[Sort::Attachment],
        "folder" | "whiteboard" | "database" | "embed" => &[Sort::Node],
        // Types of apps are as many as there are apps.
        _ => &[Sort::Custom],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_holds_all_results_and_little_else() {
        let site = Site::acme();
        for (query, n_at_most) in [
            ("space = ENG and type in (page, blogpost)", 12),
            ("type = comment", 8),
            ("id in (65802, att66110) and type = page", 2),
            ("space = HR and (type = page and space = ENG)", 0),
            ("space in (HR, eng) and type = attachment order by title", 8),
            ("space = ENG", usize::MAX),
            ("space = ENG or type = page", usize::MAX),
            ("not space = ENG and not type = page", usize::MAX),
            ("space != ENG", usize::MAX),
            ("title = \"Runbooks\"", usize::MAX),
        ] {
            let cql = Cql::parse(query, &site).unwrap();
            let scope: Vec<&Content> = Scope::of(&cql, &site).contents(&site).collect();
            let mut within: Vec<_> = scope.iter().filter(|it| cql.matches(&site, it)).map(|it| it.id).collect();
            within.sort_unstable();
            let all: Vec<_> = site.contents().filter(|it| cql.matches(&site, it)).map(|it| it.id).collect();
            assert_eq!(within, all, "{query}");
            assert!(scope.len() <= n_at_most, "{query}: {}", scope.len());
        }
    }
}
