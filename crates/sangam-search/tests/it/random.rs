//! Random documents with random access control lists, and who may read them by the plain rule.

use std::collections::BTreeSet;

use proptest::prelude::*;
use sangam_access::{Allow, Layer, Principal, ReaderRequest};
use sangam_store::AcceptedDocument;

use crate::world::{as_group, as_user, list, page, user};

/// Users and groups that lists and requests name; those with a capital are groups.
const NAMES: [&str; 5] = ["ada", "ben", "cho", "Eng", "Ops"];
/// What texts and questions are made of.
const WORDS: [&str; 6] = ["fox", "dog", "cat", "hen", "owl", "bee"];

/// One list: whom it allows (`None` is everyone) and whom it denies.
#[derive(Debug, Clone)]
struct List {
    allow: Option<BTreeSet<&'static str>>,
    deny: BTreeSet<&'static str>,
}

#[derive(Debug, Clone)]
pub(crate) struct RandomDocument {
    pub(crate) id: String,
    text: String,
    lists: Vec<List>,
}

impl RandomDocument {
    /// The rule, from its description.
    pub(crate) fn is_readable_by(&self, names: &[&str]) -> bool {
        self.lists.iter().all(|list| match names {
            [] => list.allow.is_none() && list.deny.is_empty(),
            names => {
                let allowed = list.allow.as_ref().is_none_or(|allow| names.iter().any(|name| allow.contains(name)));
                allowed && !names.iter().any(|name| list.deny.contains(name))
            }
        })
    }

    pub(crate) fn accepted(&self) -> AcceptedDocument {
        let layer = |of: &List| Layer {
            allow: of
                .allow
                .as_ref()
                .map_or(Allow::Everyone, |names| Allow::Only(names.iter().map(|name| principal(name)).collect())),
            deny: of.deny.iter().map(|name| principal(name)).collect(),
        };
        let lists = self.lists.iter().map(|of| list(layer(of))).collect();
        AcceptedDocument { lists, ..page(&self.id, &self.text) }
    }
}

fn is_group(name: &str) -> bool {
    name.starts_with(char::is_uppercase)
}

fn principal(name: &str) -> Principal {
    if is_group(name) { Principal::Group { name: name.into(), data_source: None } } else { user(name) }
}

/// Requests with the names that they stand for.
pub(crate) fn readers() -> Vec<(ReaderRequest, Vec<&'static str>)> {
    let mut readers = vec![(ReaderRequest::default(), vec![]), (as_user(Some("stranger")), vec!["stranger"])];
    for name in NAMES {
        let request = if is_group(name) { as_group(name, None) } else { as_user(Some(name)) };
        readers.push((request, vec![name]));
    }
    let both = ReaderRequest { groups: vec!["Eng".into()], ..as_user(Some("ada")) };
    readers.push((both, vec!["ada", "Eng"]));
    readers
}

fn names() -> impl Strategy<Value = BTreeSet<&'static str>> {
    prop::sample::subsequence(&NAMES[..], 0..=3).prop_map(|names| names.into_iter().collect())
}

fn any_list() -> impl Strategy<Value = List> {
    let deny = prop_oneof![3 => Just(BTreeSet::new()), 1 => names()];
    (prop::option::weighted(0.8, names()), deny).prop_map(|(allow, deny)| List { allow, deny })
}

/// Some words, so that questions match some documents and not others; now and then none at all.
pub(crate) fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(&WORDS[..]), 0..6).prop_map(|words| words.join(" "))
}

/// `n` documents, of which the first is public.
pub(crate) fn documents(n: usize) -> impl Strategy<Value = Vec<RandomDocument>> {
    prop::collection::vec((text(), prop::collection::vec(any_list(), 0..=2)), n).prop_map(|parts| {
        let number = |(number, (text, mut lists)): (usize, (String, Vec<List>))| {
            if number == 0 {
                lists.clear();
            }
            RandomDocument { id: format!("document {number}"), text, lists }
        };
        parts.into_iter().enumerate().map(number).collect()
    })
}
