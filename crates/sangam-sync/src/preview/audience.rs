//! Who could see what a sync would bring, by the very rules that queries obey.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use roaring::RoaringBitmap;
use sangam_access::{AccessId, AccountState, Directory, LayerState, Reader, ReaderRequest};

use super::{AccessGap, Gathered, GroupReach, PersonReach, Preview};

/// People who are evaluated; each costs a look at every layer of the site.
const PEOPLE_MAX: usize = 5_000;
/// People and groups that are told one by one.
const TOLD_MAX: usize = 500;
/// Groups that are evaluated.
const GROUPS_MAX: usize = 1_000;
/// Reasons that are told.
const REASONS_MAX: usize = 20;

/// Adds to `found` who could read the documents of `gathered`.
pub(super) fn tell(gathered: &Gathered, directory: &Directory, found: &mut Preview) {
    let by_access = by_access(gathered);
    let public = gathered.table.passing(&Reader::Nobody);
    let mut reached = public.clone();
    let able =
        gathered.people.users.iter().filter(|user| matches!(user.state, AccountState::Active | AccountState::Guest));
    let able: Vec<_> = able.collect();
    found.n_people_evaluated = able.len().min(PEOPLE_MAX) as u64;
    found.n_people_left_out = able.len().saturating_sub(PEOPLE_MAX) as u64;
    for user in able.iter().take(PEOPLE_MAX) {
        let request = ReaderRequest { user: Some(user.id.clone()), ..ReaderRequest::default() };
        let passing = gathered.table.passing(&directory.resolve(&request));
        let mut spaces: BTreeSet<&str> = BTreeSet::new();
        let mut n_documents = 0;
        for (access, places) in by_access.iter().filter(|(access, _)| passing.contains(access.0)) {
            reached.insert(access.0);
            for (space, n) in places {
                spaces.insert(space);
                n_documents += n;
            }
        }
        for space in spaces {
            if let Some(space) = found.spaces.get_mut(space) {
                space.n_people += 1;
            }
        }
        found.people.push(PersonReach { id: user.id.clone(), name: user.display_name.clone(), n_documents });
    }
    found.people.sort_by(|one, other| other.n_documents.cmp(&one.n_documents).then_with(|| one.name.cmp(&other.name)));
    found.people.truncate(TOLD_MAX);
    tell_groups(gathered, directory, &by_access, &public, found);
    // Of those who were not asked it is not known whom they would reach.
    let is_sure = found.n_people_left_out == 0;
    tell_hidden(gathered, &by_access, &public, &reached, is_sure, found);
}

/// How many documents have each access, by space.
type ByAccess<'a> = BTreeMap<AccessId, HashMap<&'a str, u64>>;

fn by_access(gathered: &Gathered) -> ByAccess<'_> {
    let mut by_access: ByAccess<'_> = BTreeMap::new();
    for (group, counts) in &gathered.groups {
        *by_access.entry(group.access).or_default().entry(&group.space).or_default() += counts.total();
    }
    by_access
}

fn tell_groups(
    gathered: &Gathered,
    directory: &Directory,
    by_access: &ByAccess<'_>,
    public: &RoaringBitmap,
    found: &mut Preview,
) {
    found.n_groups_left_out = gathered.people.groups.len().saturating_sub(GROUPS_MAX) as u64;
    for group in gathered.people.groups.iter().take(GROUPS_MAX) {
        let request = ReaderRequest { groups: vec![group.id.clone()], ..ReaderRequest::default() };
        let passing = gathered.table.passing(&directory.resolve(&request)) - public;
        let readable = by_access.iter().filter(|(access, _)| passing.contains(access.0));
        let n_documents = readable.flat_map(|(_, places)| places.values()).sum();
        found.groups.push(GroupReach { name: group.name.clone(), n_documents });
    }
    found.groups.sort_by(|one, other| other.n_documents.cmp(&one.n_documents).then_with(|| one.name.cmp(&other.name)));
    found.groups.truncate(TOLD_MAX);
}

fn tell_hidden(
    gathered: &Gathered,
    by_access: &ByAccess<'_>,
    public: &RoaringBitmap,
    reached: &RoaringBitmap,
    is_sure: bool,
    found: &mut Preview,
) {
    let mut reasons: BTreeMap<String, u64> = BTreeMap::new();
    for (access, places) in by_access {
        let is_public = public.contains(access.0);
        let reason = reason(gathered, *access).or_else(|| {
            (is_sure && !reached.contains(access.0)).then(|| "no active account passes all of its layers".to_owned())
        });
        for (space, n) in places {
            let Some(space) = found.spaces.get_mut(*space) else { continue };
            if is_public {
                space.n_public += n;
            } else if reason.is_some() {
                space.n_hidden += n;
            }
        }
        if let Some(reason) = reason.filter(|_| !is_public) {
            *reasons.entry(reason).or_default() += places.values().sum::<u64>();
        }
    }
    found.hidden = reasons.into_iter().map(|(reason, n_documents)| AccessGap { reason, n_documents }).collect();
    found.hidden.sort_by_key(|gap| std::cmp::Reverse(gap.n_documents));
    found.hidden.truncate(REASONS_MAX);
}

/// Why nobody passes an access, as far as that lies in how it was read.
fn reason(gathered: &Gathered, access: AccessId) -> Option<String> {
    let Some(layers) = gathered.table.layers_of(access) else {
        return Some("its place does not reach the site's root".to_owned());
    };
    layers.iter().find_map(|layer| match &gathered.table.layer(*layer)?.state {
        LayerState::Unknown { reason } => Some(format!("its access could not be read: {reason}")),
        LayerState::Known => None,
    })
}
