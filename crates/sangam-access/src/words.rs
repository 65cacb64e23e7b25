//! An explanation in words, the same on a terminal and in a browser. Names come from the source: whoever shows them makes them harmless.

use std::collections::BTreeMap;

use crate::{AccessClass, LayerExplanation, LayerOrigin, LayerState, Principal};

/// Principals of a list that are told: a space may let in a thousand.
const TOLD_MAX: usize = 10;

/// What people call accounts and groups, by id.
pub type Names = BTreeMap<String, String>;

impl LayerExplanation {
    /// Where the layer came from: "the space HR".
    pub fn place(&self) -> String {
        match &self.origin {
            LayerOrigin::Site { name } => format!("the site {name}"),
            LayerOrigin::Space { key } => format!("the space {key}"),
            // Titles are not told to everybody.
            LayerOrigin::Restriction { id, title } if title.is_empty() => format!("the restriction of {id}"),
            LayerOrigin::Restriction { title, .. } => format!("the restriction of “{title}”"),
            LayerOrigin::AccessControlList { level: 0 } => "the access control list".to_owned(),
            LayerOrigin::AccessControlList { level } => format!("level {} of the access control list", level + 1),
        }
    }

    /// Why it lets the reader in, or what stops them.
    pub fn reason(&self, names: &Names) -> String {
        match &self.state {
            LayerState::Unknown { reason } => format!("its list could not be read ({reason}), so nobody passes"),
            LayerState::Known if !self.denied.is_empty() => format!("it denies {}", those(&self.denied, names)),
            LayerState::Known if self.everyone && self.passed => "it lets everybody in".to_owned(),
            LayerState::Known if self.everyone => {
                "it lets everybody in but those whom it denies, and nobody was named".to_owned()
            }
            LayerState::Known if self.passed => format!("they {}", are(&self.matched, names)),
            LayerState::Known if self.allowed.is_empty() => "it lets nobody in".to_owned(),
            LayerState::Known => format!("it lets in {}, and they are none of these", those(&self.allowed, names)),
        }
    }
}

/// What makes a reader pass: "are in the group staff and have a licence".
fn are(matched: &[Principal], names: &Names) -> String {
    let (told, n_more) = cut(matched);
    let mut said = Vec::new();
    let people: Vec<String> = told.iter().filter_map(|one| person(one, names)).collect();
    if !people.is_empty() {
        said.push(format!("are {}", list(&people)));
    }
    said.extend(groups(told, names).map(|groups| format!("are in {groups}")));
    said.extend(told.iter().filter_map(class).map(|class| {
        match class {
            AccessClass::SiteUser => "may use the site",
            AccessClass::Licensed => "have a licence",
            AccessClass::LoggedIn => "are logged in",
            AccessClass::ProductAdmin => "administer the product",
        }
        .to_owned()
    }));
    if n_more > 0 {
        said.push(format!("pass by {n_more} more"));
    }
    list(&said)
}

/// Whom a list names: "the group staff, Ada Lovelace and everybody with a licence".
fn those(principals: &[Principal], names: &Names) -> String {
    let (told, n_more) = cut(principals);
    let mut said: Vec<String> = groups(told, names).into_iter().collect();
    said.extend(told.iter().filter_map(|one| person(one, names)));
    said.extend(told.iter().filter_map(class).map(|class| {
        match class {
            AccessClass::SiteUser => "everybody who may use the site",
            AccessClass::Licensed => "everybody with a licence",
            AccessClass::LoggedIn => "everybody who is logged in",
            AccessClass::ProductAdmin => "the product's administrators",
        }
        .to_owned()
    }));
    if n_more > 0 {
        said.push(format!("{n_more} more"));
    }
    list(&said)
}

fn cut(principals: &[Principal]) -> (&[Principal], usize) {
    let told = &principals[..principals.len().min(TOLD_MAX)];
    (told, principals.len() - told.len())
}

fn person(principal: &Principal, names: &Names) -> Option<String> {
    match principal {
        Principal::User { name } => Some(name.clone()),
        Principal::SourceUser { id, .. } => {
            Some(names.get(id).cloned().unwrap_or_else(|| format!("the unknown account {id}")))
        }
        _ => None,
    }
}

/// All groups at once: "the groups staff and sales".
fn groups(principals: &[Principal], names: &Names) -> Option<String> {
    let name = |principal: &Principal| match principal {
        Principal::Group { name, .. } => Some(name.clone()),
        Principal::SourceGroup { id, .. } => Some(names.get(id).cloned().unwrap_or_else(|| format!("{id} (unknown)"))),
        _ => None,
    };
    let mut named: Vec<String> = principals.iter().filter_map(name).collect();
    named.dedup();
    match named.as_slice() {
        [] => None,
        [one] => Some(format!("the group {one}")),
        several => Some(format!("the groups {}", list(several))),
    }
}

fn class(principal: &Principal) -> Option<AccessClass> {
    match principal {
        Principal::Class { class, .. } => Some(*class),
        _ => None,
    }
}

fn list(said: &[String]) -> String {
    match said.split_last() {
        None => "nobody".to_owned(),
        Some((only, [])) => only.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(id: &str) -> Principal {
        Principal::SourceGroup { data_source: "d".into(), id: id.into() }
    }

    #[test]
    fn sentences_have_names_and_no_ids() {
        let names: Names = [("7f3a", "people-team"), ("9c", "staff"), ("5b10", "Ada")]
            .map(|(id, name)| (id.to_owned(), name.to_owned()))
            .into();
        let account = |id: &str| Principal::SourceUser { data_source: "d".into(), id: id.into() };
        let licensed = Principal::Class { data_source: "d".into(), class: AccessClass::Licensed };
        assert_eq!(are(&[group("7f3a")], &names), "are in the group people-team");
        assert_eq!(
            are(&[account("5b10"), group("7f3a"), group("9c"), licensed.clone()], &names),
            "are Ada, are in the groups people-team and staff and have a licence"
        );
        assert_eq!(
            those(&[account("77"), group("9c"), licensed], &names),
            "the group staff, the unknown account 77 and everybody with a licence"
        );
        assert_eq!(those(&[group("1")], &names), "the group 1 (unknown)");
    }

    #[test]
    fn a_long_list_is_cut() {
        let many: Vec<Principal> = (0..12).map(|n| Principal::User { name: n.to_string() }).collect();
        assert!(those(&many, &Names::new()).ends_with(", 9 and 2 more"), "{}", those(&many, &Names::new()));
        assert_eq!(those(&[], &Names::new()), "nobody");
    }
}
