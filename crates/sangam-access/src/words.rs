//! An explanation in words, the same on a terminal and in a browser. Names come from the source: whoever shows them makes them harmless.

use std::collections::BTreeMap;

use crate::{AccessClass, LayerExplanation, LayerOrigin, LayerState, Principal};

/// Principals of a list that are told: a space may let in a thousand.
const TOLD_MAX: usize = 10;

/// What people call accounts and groups, by id.
pub type Names = BTreeMap<String, String>;

impl LayerExplanation {
    /// Where the layer came from: "the space `HR`".
    pub fn place(&self) -> String {
        origin(&self.origin)
    }

    /// Why it lets the reader in, or what stops them.
    pub fn reason(&self, names: &Names) -> String {
        match &self.state {
            LayerState::Unknown { reason } => format!("its list could not be read ({reason}), so nobody passes"),
            LayerState::Known if !self.denied.is_empty() => format!("it denies {}", list(&self.denied, names)),
            LayerState::Known if self.everyone && self.passed => "it lets everybody in".to_owned(),
            LayerState::Known if self.everyone => {
                "it lets everybody in but those whom it denies, and nobody was named".to_owned()
            }
            LayerState::Known if self.passed => format!("they are {}", list(&self.matched, names)),
            LayerState::Known if self.allowed.is_empty() => "it lets nobody in".to_owned(),
            LayerState::Known => format!("it lets in {}, and they are none of these", list(&self.allowed, names)),
        }
    }
}

fn origin(origin: &LayerOrigin) -> String {
    match origin {
        LayerOrigin::Site { name } => format!("the site `{name}`"),
        LayerOrigin::Space { key } => format!("the space `{key}`"),
        LayerOrigin::Restriction { id, title } => format!("the restriction of `{title}` ({id})"),
        LayerOrigin::AccessControlList { level: 0 } => "the access control list".to_owned(),
        LayerOrigin::AccessControlList { level } => format!("level {} of the access control list", level + 1),
    }
}

fn list(principals: &[Principal], names: &Names) -> String {
    let mut named: Vec<String> = principals.iter().take(TOLD_MAX).map(|one| principal(one, names)).collect();
    if principals.len() > TOLD_MAX {
        named.push(format!("{} more", principals.len() - TOLD_MAX));
    }
    match named.split_last() {
        None => "nobody".to_owned(),
        Some((only, [])) => only.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}

fn principal(principal: &Principal, names: &Names) -> String {
    let called = |id: &str| match names.get(id) {
        Some(name) => format!("`{name}` ({id})"),
        None => format!("`{id}`"),
    };
    match principal {
        Principal::User { name } => format!("user `{name}`"),
        Principal::Group { name, data_source: None } => format!("group `{name}`"),
        Principal::Group { name, data_source: Some(source) } => {
            format!("group `{name}` of data source `{source}`")
        }
        Principal::SourceUser { id, .. } => format!("account {}", called(id)),
        Principal::SourceGroup { id, .. } => format!("group {}", called(id)),
        Principal::Class { class, .. } => match class {
            AccessClass::SiteUser => "everybody who may use the site",
            AccessClass::Licensed => "every licensed user",
            AccessClass::LoggedIn => "everybody who is logged in",
            AccessClass::ProductAdmin => "the product's administrators",
        }
        .to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_list_is_cut() {
        let many: Vec<Principal> = (0..12).map(|n| Principal::User { name: n.to_string() }).collect();
        assert!(list(&many, &Names::new()).ends_with("user `9` and 2 more"), "{}", list(&many, &Names::new()));
        assert_eq!(list(&[], &Names::new()), "nobody");
    }
}
