//! View lists in the form of Data Center.

use super::{
    permissions::group_id,
    wire::{NamedGroup, OperationRow, Person},
};
use crate::{
    access::{OwnList, Principals},
    wire::{Group, Restriction, RestrictionLists},
};

/// What a listing is asked for, to have view lists inline.
pub(super) const EXPAND: &str = "restrictions.read.restrictions.user,restrictions.read.restrictions.group";

/// What a list says that came whole or not at all.
pub(super) fn own_list(principals: &Principals, row: Option<&OperationRow>) -> OwnList {
    let row = row.cloned().map(Restriction::from);
    principals.own_list(row.as_ref().and_then(|row| row.restrictions.as_ref()))
}

impl From<OperationRow> for Restriction {
    /// Accounts and groups that are gone stay entries: a list of such entries is not empty, and nobody passes it.
    fn from(row: OperationRow) -> Self {
        let named = |group: NamedGroup| Group { id: Some(group_id(&group.name)), name: group.name };
        let restrictions = row.restrictions.map(|lists| RestrictionLists {
            user: lists.user.map(|users| users.map(|person: Person| person.as_user())),
            group: lists.group.map(|groups| groups.map(named)),
        });
        Self { operation: String::new(), restrictions }
    }
}

#[cfg(test)]
mod tests {
    use sangam_access::Layer;
    use serde_json::{Value, json};

    use super::*;
    use crate::datacenter::{fixture, wire::ByOperation};

    fn row(lists: &Value) -> OperationRow {
        serde_json::from_value(json!({ "restrictions": lists })).unwrap()
    }

    #[test]
    fn a_list_is_a_union_of_people_and_groups_by_name() {
        let principals = Principals::new("ds");
        let read: ByOperation = serde_json::from_value(fixture("dc-restriction-byoperation")).unwrap();
        let list = own_list(&principals, read.read.as_ref());
        let ben = principals.user("8a7f80838f1c2d3e018f1c2e4a5b0002");
        assert_eq!(list, OwnList::Only(Layer::only([ben, principals.group("engineering")])));
    }

    #[test]
    fn strangers_keep_a_list_closed_and_a_cut_or_missing_list_is_unknown() {
        let principals = Principals::new("ds");
        let page = |results: Value, limit: u64| json!({ "size": results.as_array().unwrap().len(), "results": results, "limit": limit });
        let gone = row(&json!({ "user": page(json!([{ "type": "unknown" }]), 100), "group": page(json!([]), 100) }));
        assert_eq!(own_list(&principals, Some(&gone)), OwnList::Only(Layer::nobody()));
        let cut = row(&json!({ "user": page(json!([{ "userKey": "a" }]), 1), "group": page(json!([]), 100) }));
        assert_eq!(own_list(&principals, Some(&cut)), OwnList::Incomplete);
        assert_eq!(own_list(&principals, Some(&row(&json!({ "user": page(json!([]), 1) })))), OwnList::Incomplete);
        assert_eq!(own_list(&principals, None), OwnList::Incomplete);
        let open = row(&json!({ "user": page(json!([]), 100), "group": page(json!([]), 100) }));
        assert_eq!(own_list(&principals, Some(&open)), OwnList::Open);
    }
}
