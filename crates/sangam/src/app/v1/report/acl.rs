//! Who may read a document, as the report tells it: in lines for people, and in the form that Kendra's own report has.

use std::collections::BTreeSet;

use sangam_access::{
    AccessClass, AccessId, AccessTable, Allow, Directory, LayerId, LayerOrigin, LayerRecord, LayerState, Principal,
};
use sangam_ingest::CatalogueView;
use serde_json::{Value, json};

/// Principals that are told of one access, as many as an access control list of Kendra has; the record says how many are left out.
const PRINCIPALS_MAX: usize = 200;
/// Principals named in one line: it is to be read.
const NAMED_MAX: usize = 20;

/// The access of documents.
pub(super) struct Told {
    /// One line for each layer; a reader must be among those of every line.
    pub(super) access: Vec<String>,
    /// A JSON list of principals in a string, as Kendra has it. It is flat: it names everybody whom some layer names, of whom `access`
    /// may let in fewer. Empty is everybody; nothing is nobody.
    pub(super) acl: Option<String>,
    /// Principals that `acl` would name and does not, because they are too many.
    pub(super) n_acl_left_out: usize,
}

impl Told {
    /// The access `id`, in the words of `catalogue`'s people. With `has_titles`, restrictions are named by the titles of their pages.
    pub(super) fn of(id: AccessId, catalogue: &CatalogueView, source_id: &str, has_titles: bool) -> Self {
        Self::from(id, catalogue.table(), catalogue.directory(), source_id, has_titles)
    }

    fn from(id: AccessId, table: &AccessTable, people: &Directory, source_id: &str, has_titles: bool) -> Self {
        let Some(layers) = table.layers_of(id) else { return Self::nobody() };
        if layers.is_empty() {
            return Self { access: vec!["everybody".into()], acl: Some("[]".into()), n_acl_left_out: 0 };
        }
        let records: Vec<Option<&LayerRecord>> = layers.iter().map(|layer: &LayerId| table.layer(*layer)).collect();
        let access =
            records.iter().map(|record| record.map_or_else(|| "nobody".into(), |it| line(it, people, has_titles)));
        let known: Option<Vec<&LayerRecord>> = records.iter().map(|record| record.filter(|it| lets_in(it))).collect();
        let listed = known.map(|known| acl(&known, people, source_id));
        let n_acl_left_out = listed.as_ref().map_or(0, |(_, n_left_out)| *n_left_out);
        Self { access: access.collect(), acl: listed.map(|(acl, _)| acl.to_string()), n_acl_left_out }
    }

    fn nobody() -> Self {
        Self { access: vec!["nobody".into()], acl: None, n_acl_left_out: 0 }
    }
}

/// False for a layer that nobody passes: without its principals the others' would look like an answer.
fn lets_in(record: &LayerRecord) -> bool {
    let is_empty = matches!(&record.layer.allow, Allow::Only(allowed) if allowed.is_empty());
    record.state == LayerState::Known && !is_empty
}

fn line(record: &LayerRecord, people: &Directory, has_titles: bool) -> String {
    let from = match &record.origin {
        LayerOrigin::Site { .. } => "site".to_owned(),
        LayerOrigin::Space { key } => format!("space {key}"),
        LayerOrigin::Restriction { id, title } if has_titles => format!("restriction of {title} ({id})"),
        LayerOrigin::Restriction { id, .. } => format!("restriction of {id}"),
        LayerOrigin::AccessControlList { level } => format!("access control list, level {}", level + 1),
    };
    let allowed = match (&record.state, &record.layer.allow) {
        (LayerState::Unknown { reason }, _) => format!("nobody, because it could not be read: {reason}"),
        (LayerState::Known, Allow::Everyone) => "everybody".to_owned(),
        (LayerState::Known, Allow::Only(allowed)) => list(allowed, people),
    };
    let denied = &record.layer.deny;
    if denied.is_empty() {
        return format!("{from}: {allowed}");
    }
    format!("{from}: {allowed}; never {}", list(denied, people))
}

fn list(principals: &BTreeSet<Principal>, people: &Directory) -> String {
    if principals.is_empty() {
        return "nobody".to_owned();
    }
    let mut named: Vec<String> = principals.iter().take(NAMED_MAX).map(|one| name(one, people)).collect();
    if principals.len() > NAMED_MAX {
        named.push(format!("{} more", principals.len() - NAMED_MAX));
    }
    named.join(", ")
}

/// Names everybody whom a layer names, each once, and tells how many are left out.
fn acl(layers: &[&LayerRecord], people: &Directory, source_id: &str) -> (Value, usize) {
    let mut named = BTreeSet::new();
    for record in layers {
        if let Allow::Only(allowed) = &record.layer.allow {
            named.extend(allowed.iter().map(|principal| ("ALLOWED", principal)));
        }
        named.extend(record.layer.deny.iter().map(|principal| ("DENIED", principal)));
    }
    let n_left_out = named.len().saturating_sub(PRINCIPALS_MAX);
    let told = named.into_iter().take(PRINCIPALS_MAX).map(|(access, principal)| {
        let (id, is_user) = id(principal);
        json!({
            "globalName": id,
            "name": name(principal, people),
            "type": if is_user { "USER" } else { "GROUP" },
            "isFederated": false,
            "access": access,
            "dataSourceId": source_id,
        })
    });
    (Value::Array(told.collect()), n_left_out)
}

/// What people call a principal.
fn name(principal: &Principal, people: &Directory) -> String {
    let known = people.name_of(principal);
    known.map_or_else(|| id(principal).0.to_owned(), str::to_owned)
}

/// What the source calls a principal, and whether it is one person.
fn id(principal: &Principal) -> (&str, bool) {
    match principal {
        Principal::User { name } => (name, true),
        Principal::SourceUser { id, .. } => (id, true),
        Principal::Group { name, .. } => (name, false),
        Principal::SourceGroup { id, .. } => (id, false),
        Principal::Class { class, .. } => (
            match class {
                AccessClass::SiteUser => "everybody who may use the site",
                AccessClass::Licensed => "every licensed user",
                AccessClass::LoggedIn => "everybody who is logged in",
                AccessClass::ProductAdmin => "the product's administrators",
            },
            false,
        ),
    }
}

#[cfg(test)]
mod tests {
    use sangam_access::Layer;

    use super::*;

    fn user(name: &str) -> Principal {
        Principal::User { name: name.into() }
    }

    fn table() -> AccessTable {
        let mut table = AccessTable::default();
        let level = |level| LayerOrigin::AccessControlList { level };
        let group = Principal::Group { name: "eng".into(), data_source: None };
        let layer = Layer { allow: Allow::Only([user("ada"), group].into()), deny: [user("ben")].into() };
        table.put_layer(LayerId(1), LayerRecord::known(layer, level(0)));
        table.put_layer(LayerId(2), LayerRecord::unknown("it answered 500", level(1)));
        table.put_layer(LayerId(3), LayerRecord::known(Layer::only([user("ada")]), level(1)));
        table.put_access(AccessId(2), [LayerId(1), LayerId(3)]);
        table.put_access(AccessId(3), [LayerId(1), LayerId(2)]);
        table.put_access(AccessId(4), [LayerId(1), LayerId(9)]);
        table
    }

    fn told(id: AccessId) -> Told {
        Told::from(id, &table(), &Directory::default(), "s", true)
    }

    #[test]
    fn every_layer_is_a_line_and_every_principal_is_in_the_list_once() {
        let told = told(AccessId(2));
        assert_eq!(
            told.access,
            ["access control list, level 1: ada, eng; never ben", "access control list, level 2: ada"]
        );
        let acl: Value = serde_json::from_str(&told.acl.unwrap()).unwrap();
        let named: Vec<(&str, &str, &str)> = acl
            .as_array()
            .unwrap()
            .iter()
            .map(|one| {
                (one["globalName"].as_str().unwrap(), one["type"].as_str().unwrap(), one["access"].as_str().unwrap())
            })
            .collect();
        assert_eq!(named, [("ada", "USER", "ALLOWED"), ("eng", "GROUP", "ALLOWED"), ("ben", "USER", "DENIED")]);
        assert_eq!((&acl[0]["dataSourceId"], &acl[0]["isFederated"]), (&json!("s"), &json!(false)));
    }

    #[test]
    fn a_restriction_is_named_by_its_title_to_who_reads_content_only() {
        let origin = LayerOrigin::Restriction { id: "7".into(), title: "Layoffs".into() };
        let record = LayerRecord::known(Layer::only([user("ada")]), origin);
        let told = |has_titles| line(&record, &Directory::default(), has_titles);
        assert_eq!(told(true), "restriction of Layoffs (7): ada");
        assert_eq!(told(false), "restriction of 7: ada");
    }

    #[test]
    fn a_list_that_is_cut_says_how_many_are_not_in_it() {
        let mut table = AccessTable::default();
        let people: Vec<Principal> = (0..PRINCIPALS_MAX + 3).map(|n| user(&format!("person {n}"))).collect();
        let origin = LayerOrigin::AccessControlList { level: 0 };
        table.put_layer(LayerId(1), LayerRecord::known(Layer::only(people), origin));
        table.put_access(AccessId(2), [LayerId(1)]);
        let told = Told::from(AccessId(2), &table, &Directory::default(), "s", true);
        let acl: Vec<Value> = serde_json::from_str(&told.acl.unwrap()).unwrap();
        assert_eq!((acl.len(), told.n_acl_left_out), (PRINCIPALS_MAX, 3));
        assert!(told.access[0].ends_with(&format!("{} more", PRINCIPALS_MAX + 3 - NAMED_MAX)), "{:?}", told.access);
    }

    #[test]
    fn what_nobody_may_read_has_no_list_that_looks_like_an_open_one() {
        let unknown = told(AccessId(3));
        assert_eq!(unknown.acl, None);
        assert!(unknown.access[1].ends_with("level 2: nobody, because it could not be read: it answered 500"));
        let missing = told(AccessId(4));
        assert_eq!((missing.access[1].as_str(), missing.acl), ("nobody", None));
        let hidden = told(AccessId::HIDDEN);
        assert_eq!((hidden.access, hidden.acl), (vec!["nobody".to_owned()], None));
        assert_eq!(told(AccessId::PUBLIC).acl.as_deref(), Some("[]"));
    }
}
