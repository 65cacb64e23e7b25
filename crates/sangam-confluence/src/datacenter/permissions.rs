//! Permission rows of four generations to viewers, and viewers to layers. Pure; what is not understood opens nothing.

use std::collections::BTreeSet;

use sangam_access::{Layer, Principal, fold};
use serde_json::Value;

use super::wire::{PermissionRow, PermissionSet, SetRow};
use crate::access::Principals;

/// JSON-RPC's word for viewing a space.
const VIEW_SPACE: &str = "VIEWSPACE";

/// Whom rows let do one thing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Holders {
    /// People by their keys.
    pub user_keys: BTreeSet<String>,
    /// People by their names, of rows that have no key.
    pub user_names: BTreeSet<String>,
    /// Groups by their names.
    pub groups: BTreeSet<String>,
    /// People who are not signed in, if the site lets them in at all.
    pub anonymous: bool,
    /// People who are signed in and have no licence. They are no users of a search, so that this opens nothing.
    pub unlicensed: bool,
    /// Kinds of subjects that were not understood and open nothing.
    pub not_understood: BTreeSet<String>,
}

impl Holders {
    /// Who may view a space, by the rows of the REST interface. Only viewing counts: administering a space, or creating in it, does not
    /// let anybody read.
    pub(crate) fn viewing(rows: &[PermissionRow]) -> Self {
        Self::of_rows(rows, |target, key| target == "space" && key == "read")
    }

    /// Who may use the site, by the rows of its global permissions; `None` if no row is about that, which says nothing about anybody.
    pub(crate) fn using(rows: &[PermissionRow]) -> Option<Self> {
        let is_use = |target: &str, key: &str| target == "application" && key == "use";
        let operation =
            |row: &PermissionRow| is_use(&lower(&row.operation.target_type), &lower(&row.operation.operation_key));
        rows.iter().any(operation).then(|| Self::of_rows(rows, is_use))
    }

    fn of_rows(rows: &[PermissionRow], counts: impl Fn(&str, &str) -> bool) -> Self {
        let mut holders = Self::default();
        for PermissionRow { operation, subject } in rows {
            if !counts(&lower(&operation.target_type), &lower(&operation.operation_key)) {
                continue;
            }
            match lower(&subject.kind).as_str() {
                "user" | "known" if !subject.user_key.is_empty() => {
                    {
                        holders.user_keys.insert(subject.user_key.clone());
                    };
                }
                "user" | "known" if !subject.username.is_empty() => {
                    {
                        holders.user_names.insert(subject.username.clone());
                    };
                }
                "group" if !subject.name.is_empty() => {
                    holders.groups.insert(subject.name.clone());
                }
                "anonymous" => holders.anonymous = true,
                "unlicensed" | "authenticated" => holders.unlicensed = true,
                kind => {
                    holders.not_understood.insert(format!("subject type `{kind}`"));
                }
            }
        }
        holders
    }

    /// Who may view a space, by the sets of JSON-RPC; `None` if there is no set about that. A row without user and group is for people
    /// who are not signed in.
    pub(crate) fn viewing_by_sets(sets: &[PermissionSet]) -> Option<Self> {
        let mut viewing = sets.iter().filter(|set| set.kind.eq_ignore_ascii_case(VIEW_SPACE)).peekable();
        viewing.peek()?;
        let mut holders = Self::default();
        for row in viewing.flat_map(|set| &set.space_permissions) {
            match row {
                SetRow { user_name: Some(Value::String(name)), group_name: None | Some(Value::Null) } => {
                    {
                        holders.user_names.insert(name.clone());
                    };
                }
                SetRow { user_name: None | Some(Value::Null), group_name: Some(Value::String(name)) } => {
                    {
                        holders.groups.insert(name.clone());
                    };
                }
                SetRow { user_name: Some(Value::Null), group_name: Some(Value::Null) } => holders.anonymous = true,
                _ => {
                    holders.not_understood.insert("row without a user or group".to_owned());
                }
            }
        }
        Some(holders)
    }

    /// The layer of a space. `key_of` finds the key of a user name; a name that nobody has lets nobody in.
    pub(crate) fn layer(
        &self,
        principals: &Principals,
        site_is_open: bool,
        key_of: impl Fn(&str) -> Option<String>,
    ) -> Layer {
        if self.anonymous && site_is_open {
            return Layer::everyone();
        }
        let keys = self.user_keys.iter().cloned().chain(self.user_names.iter().filter_map(|name| key_of(name)));
        let users: Vec<Principal> = keys.map(|key| principals.user(&key)).collect();
        let groups = self.groups.iter().map(|name| principals.group(&group_id(name)));
        Layer::only(users.into_iter().chain(groups))
    }
}

/// The id of a group: its name, whose case does not count.
pub(crate) fn group_id(name: &str) -> String {
    fold(name)
}

fn lower(text: &str) -> String {
    text.to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::datacenter::fixture;

    fn rows(value: Value) -> Vec<PermissionRow> {
        serde_json::from_value(value).unwrap()
    }

    fn names(list: &[&str]) -> BTreeSet<String> {
        list.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn only_rows_of_viewing_the_space_count() {
        let holders = Holders::viewing(&rows(fixture("dc-space-permissions-91")));
        assert_eq!(holders.groups, names(&["confluence-users"]));
        assert_eq!(holders.user_keys, names(&["8a7f80838f1c2d3e018f1c2e4a5b0001"]));
        assert!(holders.anonymous && !holders.unlicensed && holders.not_understood.is_empty());
        let others = rows(json!([
            { "operation": { "targetType": "space", "operationKey": "administer" }, "subject": { "type": "user", "userKey": "a" } },
            { "operation": { "targetType": "page", "operationKey": "read" }, "subject": { "type": "anonymous" } },
            { "operation": { "targetType": "space", "operationKey": "read" }, "subject": { "type": "robot", "name": "r" } },
            { "operation": { "targetType": "space", "operationKey": "read" } },
        ]));
        let holders = Holders::viewing(&others);
        assert!(holders.user_keys.is_empty() && !holders.anonymous);
        assert_eq!(holders.not_understood.len(), 2);
    }

    #[test]
    fn a_json_rpc_row_with_two_nulls_is_everybody_and_one_with_nothing_is_nobody() {
        let sets: Vec<PermissionSet> =
            serde_json::from_value(fixture("dc-jsonrpc-permission-sets")["result"].clone()).unwrap();
        let holders = Holders::viewing_by_sets(&sets).unwrap();
        assert_eq!((holders.groups, holders.user_names), (names(&["confluence-users"]), names(&["aokafor"])));
        assert!(holders.anonymous);
        let broken =
            json!([{ "type": "VIEWSPACE", "spacePermissions": [{ "type": "VIEWSPACE" }, { "userName": null }] }]);
        let holders = Holders::viewing_by_sets(&serde_json::from_value::<Vec<_>>(broken).unwrap()).unwrap();
        assert!(!holders.anonymous && !holders.not_understood.is_empty());
        assert_eq!(Holders::viewing_by_sets(&[]), None, "no answer about viewing is no empty list");
    }

    #[test]
    fn who_may_use_the_site_is_unknown_unless_a_row_says_so() {
        let row = |target: &str, key: &str, subject: Value| json!({ "operation": { "targetType": target, "operationKey": key }, "subject": subject });
        assert_eq!(Holders::using(&rows(json!([]))), None);
        let group = json!({ "type": "group", "name": "confluence-users" });
        assert_eq!(Holders::using(&rows(json!([row("application", "administer", group.clone())]))), None);
        let using = Holders::using(&rows(json!([
            row("application", "use", group),
            row("application", "use", json!({ "type": "anonymous" })),
            row("application", "use", json!({ "type": "user", "userKey": "k" })),
            row("application", "create_space", json!({ "type": "group", "name": "makers" })),
        ])));
        let using = using.unwrap();
        assert_eq!((using.groups, using.user_keys), (names(&["confluence-users"]), names(&["k"])));
        assert!(using.anonymous);
    }

    #[test]
    fn everybody_passes_only_where_the_site_is_open() {
        let principals = Principals::new("ds");
        let holders = Holders {
            anonymous: true,
            groups: names(&["Engineering"]),
            user_names: names(&["ben", "gone"]),
            ..Holders::default()
        };
        let key_of = |name: &str| (name == "ben").then(|| "k-ben".to_owned());
        assert_eq!(holders.layer(&principals, true, key_of), Layer::everyone());
        let closed = Layer::only([principals.group("engineering"), principals.user("k-ben")]);
        assert_eq!(holders.layer(&principals, false, key_of), closed);
        assert_eq!(Holders::default().layer(&principals, true, key_of), Layer::nobody());
    }
}
