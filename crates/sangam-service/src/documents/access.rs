//! From access control lists to layers: one for the plain list, one for each level of the hierarchical one.

use std::collections::BTreeSet;

use sangam_access::{Allow, Layer, LayerOrigin, LayerRecord, Principal};
use sangam_api::kendra::{self, Document, PrincipalType, ReadAccessType};

use super::Refusal;

/// Most principals of one list, by the API's documentation.
const PRINCIPALS_MAX: usize = 200;

/// The layers of a document's lists; none means public. An empty list says nothing and adds no layer.
pub(super) fn layers(document: &Document) -> Result<Vec<LayerRecord>, Refusal> {
    let plain = document.access_control_list.as_deref().unwrap_or_default();
    let levels = document.hierarchical_access_control_list.as_deref().unwrap_or_default();
    let lists = std::iter::once(plain).chain(levels.iter().map(|level| level.principal_list.as_slice()));
    let mut records = Vec::new();
    for (level, list) in (0_u32..).zip(lists) {
        if list.len() > PRINCIPALS_MAX {
            return Err(format!("an access control list can have at most {PRINCIPALS_MAX} principals").into());
        }
        if !list.is_empty() {
            records.push(LayerRecord::known(layer(list), LayerOrigin::AccessControlList { level }));
        }
    }
    Ok(records)
}

/// A list of denials alone lets everyone else pass who is named.
fn layer(list: &[kendra::Principal]) -> Layer {
    let of = |access: ReadAccessType| -> BTreeSet<Principal> {
        list.iter().filter(|entry| entry.access == access).map(principal).collect()
    };
    let (allowed, deny) = (of(ReadAccessType::Allow), of(ReadAccessType::Deny));
    let allow = if allowed.is_empty() { Allow::Everyone } else { Allow::Only(allowed) };
    Layer { allow, deny }
}

/// Names are compared as given. A data source ties a group, never a user.
fn principal(entry: &kendra::Principal) -> Principal {
    match entry.r#type {
        PrincipalType::User => Principal::User { name: entry.name.clone() },
        PrincipalType::Group => {
            Principal::Group { name: entry.name.clone(), data_source: entry.data_source_id.clone() }
        }
    }
}

#[cfg(test)]
mod tests {
    use sangam_access::{Directory, Reader, ReaderRequest, ScopedGroup};
    use sangam_api::kendra::HierarchicalPrincipal;

    use super::*;

    fn entry(name: &str, r#type: PrincipalType, access: ReadAccessType) -> kendra::Principal {
        kendra::Principal { name: name.into(), r#type, access, data_source_id: None }
    }

    fn allow(name: &str) -> kendra::Principal {
        entry(name, PrincipalType::User, ReadAccessType::Allow)
    }

    fn deny(name: &str) -> kendra::Principal {
        entry(name, PrincipalType::User, ReadAccessType::Deny)
    }

    fn plain(list: Vec<kendra::Principal>) -> Document {
        Document { id: "d".into(), access_control_list: Some(list), ..Document::default() }
    }

    fn reads(document: &Document, request: &ReaderRequest) -> bool {
        let reader = Directory::default().resolve(request);
        layers(document).unwrap().iter().all(|record| record.layer.passes(&reader))
    }

    fn user(name: &str) -> ReaderRequest {
        ReaderRequest { user: Some(name.into()), ..ReaderRequest::default() }
    }

    #[test]
    fn no_list_and_an_empty_list_are_public() {
        assert!(layers(&Document::default()).unwrap().is_empty());
        assert!(layers(&plain(vec![])).unwrap().is_empty());
    }

    #[test]
    fn a_denial_wins_and_denials_alone_let_others_pass() {
        let document = plain(vec![allow("ada"), allow("ben"), deny("ben")]);
        assert!(reads(&document, &user("ada")) && !reads(&document, &user("ben")) && !reads(&document, &user("cho")));
        let denials = plain(vec![deny("ben")]);
        assert!(reads(&denials, &user("ada")) && !reads(&denials, &user("ben")));
        assert!(!reads(&denials, &ReaderRequest::default()), "nobody named is not known to be somebody else");
    }

    #[test]
    fn every_level_must_be_passed_and_the_plain_list_too() {
        let level = |list| HierarchicalPrincipal { principal_list: list };
        let mut document = plain(vec![allow("ada"), allow("ben")]);
        document.hierarchical_access_control_list =
            Some(vec![level(vec![allow("ada"), allow("cho")]), level(vec![]), level(vec![allow("ada")])]);
        assert_eq!(layers(&document).unwrap().len(), 3);
        assert!(reads(&document, &user("ada")));
        assert!(!reads(&document, &user("ben")) && !reads(&document, &user("cho")));
    }

    #[test]
    fn a_group_of_a_data_source_is_not_the_group_of_that_name() {
        let mut group = entry("staff", PrincipalType::Group, ReadAccessType::Allow);
        group.data_source_id = Some("s".into());
        let document = plain(vec![group]);
        let bare = ReaderRequest { groups: vec!["staff".into()], ..ReaderRequest::default() };
        let scoped = ScopedGroup { name: "staff".into(), data_source: Some("s".into()) };
        let tied = ReaderRequest { data_source_groups: vec![scoped], ..ReaderRequest::default() };
        let passes = |reader: &Reader| layers(&document).unwrap()[0].layer.passes(reader);
        assert!(passes(&Directory::default().resolve(&tied)));
        assert!(!passes(&Directory::default().resolve(&bare)));
    }

    #[test]
    fn a_list_has_a_limit() {
        assert!(layers(&plain(vec![allow("ada"); PRINCIPALS_MAX])).is_ok());
        assert!(layers(&plain(vec![allow("ada"); PRINCIPALS_MAX + 1])).is_err());
    }
}
