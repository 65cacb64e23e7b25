//! What results can be sorted by: fields that say something to people, in words.

use serde_json::Value;

use super::question::searchable;
use crate::hits::label;
use crate::view::Opt;

/// Fields of every index and of the connector's default mapping that are worth sorting by; of the others, one's own are.
const USEFUL: &[(&str, &str)] = &[
    ("_last_updated_at", "Last updated"),
    ("_created_at", "Created"),
    ("_document_title", "Title"),
    ("cf_space_name", "Space"),
    ("cf_file_size", "File size"),
    ("_view_count", "Views"),
];

/// The orders, and by their values which one is chosen. One that stands in the address and is none of these is offered too.
pub(super) fn options(fields: &Value, chosen: &str) -> Vec<(Opt, bool)> {
    let sortable: Vec<&str> = searchable(fields, "Sortable").collect();
    let known = USEFUL.iter().filter(|(name, _)| sortable.contains(name));
    let own = sortable.iter().filter(|name| !name.starts_with('_') && !name.starts_with("cf_"));
    let named = known.map(|(name, label)| (*name, (*label).to_owned())).chain(own.map(|name| (*name, label(name))));
    let mut sorts = vec![Opt::new("", "Relevance", "")];
    for (name, label) in named {
        let [down, up] = directions(fields, name);
        sorts.push(Opt::new(&format!("{name} DESC"), &format!("{label}, {down}"), ""));
        sorts.push(Opt::new(&format!("{name} ASC"), &format!("{label}, {up}"), ""));
    }
    if sorts.iter().all(|sort| sort.value != chosen) {
        sorts.push(Opt::new(chosen, chosen, ""));
    }
    sorts.into_iter().map(|sort| (sort.value == chosen, sort)).map(|(is_chosen, sort)| (sort, is_chosen)).collect()
}

/// What descending and ascending mean to a reader.
fn directions(fields: &Value, name: &str) -> [&'static str; 2] {
    let field = fields.as_array().into_iter().flatten().find(|field| field["Name"] == name);
    match field.and_then(|field| field["Type"].as_str()) {
        Some("DATE_VALUE") => ["newest first", "oldest first"],
        Some("LONG_VALUE") => ["highest first", "lowest first"],
        _ => ["Z to A", "A to Z"],
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn sorts_are_few_and_in_words() {
        let field = |name: &str, kind: &str| json!({ "Name": name, "Type": kind, "Search": { "Sortable": true } });
        let fields = json!([
            field("_tenant_id", "STRING_VALUE"),
            field("_last_updated_at", "DATE_VALUE"),
            field("cf_parent_id", "STRING_VALUE"),
            field("team_name", "STRING_VALUE"),
        ]);
        let labels =
            |chosen| -> Vec<String> { options(&fields, chosen).into_iter().map(|(sort, _)| sort.label).collect() };
        assert_eq!(
            labels(""),
            [
                "Relevance",
                "Last updated, newest first",
                "Last updated, oldest first",
                "Team name, Z to A",
                "Team name, A to Z"
            ]
        );
        assert_eq!(labels("_tenant_id ASC").last().unwrap(), "_tenant_id ASC");
        let chosen: Vec<String> = options(&fields, "team_name ASC")
            .into_iter()
            .filter_map(|(sort, is_chosen)| is_chosen.then_some(sort.value))
            .collect();
        assert_eq!(chosen, ["team_name ASC"]);
    }
}
