//! The index fields that mappings need: made where they are not there, shown where results hide them.

use serde_json::{Value, json};

use super::{ENTITIES, Mapping, chosen};
use crate::fields::Fields;

/// The index fields that are mapped and not there, as `UpdateIndex` takes them; `described` is what `DescribeIndex` answered.
pub(in crate::pages::data_sources) fn missing(typed: &Fields, described: &Value) -> Vec<Value> {
    let there: Vec<&str> = described["DocumentMetadataConfigurations"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|field| field["Name"].as_str())
        .collect();
    let mut made: Vec<Mapping> = Vec::new();
    for (entity, _, name) in ENTITIES {
        for mapping in chosen(entity, name, typed) {
            let is_new = !mapping.index.starts_with('_') && !there.contains(&mapping.index.as_str());
            if is_new && !made.iter().any(|made| made.index == mapping.index) {
                made.push(mapping);
            }
        }
    }
    made.iter().map(field).collect()
}

/// The predefined fields that are mapped and that results do not show yet, as `UpdateIndex` takes them: an index has them hidden at first.
pub(in crate::pages::data_sources) fn hidden(typed: &Fields, described: &Value) -> Vec<Value> {
    let fields: Vec<&Value> = described["DocumentMetadataConfigurations"].as_array().into_iter().flatten().collect();
    let is_mapped = |name: &str| {
        ENTITIES.iter().any(|(entity, _, of)| chosen(entity, of, typed).iter().any(|mapping| mapping.index == name))
    };
    let told = PREDEFINED.iter().filter(|(name, _)| is_mapped(name)).filter_map(|(name, is_counted)| {
        let field = fields.iter().find(|field| field["Name"] == *name)?;
        if field["Search"]["Displayable"] == true {
            return None;
        }
        let sortable = field["Search"]["Sortable"] == true;
        let search = json!({ "Displayable": true, "Facetable": is_counted, "Searchable": false, "Sortable": sortable });
        Some(json!({ "Name": name, "Type": field["Type"], "Search": search }))
    });
    told.collect()
}

/// A new index field: shown and sorted by as far as its type can be; counted if what it holds is worth choosing by.
fn field(mapping: &Mapping) -> Value {
    let is_text = matches!(mapping.kind.as_str(), "STRING" | "STRING_LIST");
    let is_counted = is_text && !NOT_COUNTED.contains(&mapping.index.as_str());
    json!({
        "Name": mapping.index,
        "Type": format!("{}_VALUE", mapping.kind),
        "Search": { "Displayable": true, "Facetable": is_counted, "Searchable": false, "Sortable": mapping.kind != "STRING_LIST" },
    })
}

/// Predefined fields that results show, and whether their values are counted.
const PREDEFINED: &[(&str, bool)] =
    &[("_authors", true), ("_category", true), ("_created_at", false), ("_last_updated_at", false)];
/// Fields of which nobody chooses a value: ids, titles, and what another field says in words.
const NOT_COUNTED: &[&str] = &[
    "cf_parent_id",
    "cf_space_key",
    "cf_status",
    "cf_type",
    "cf_content_type",
    "cf_description",
    "cf_attachment_comment",
    "cf_sp_document_title",
    "cf_bg_document_title",
    "cf_cmt_document_title",
    "cf_attachment_document_title",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_fields_that_the_index_lacks_are_made_and_each_once() {
        let described = json!({ "DocumentMetadataConfigurations": [{ "Name": "cf_labels" }, { "Name": "_authors" }] });
        let made = missing(&Fields::default(), &described);
        let named: Vec<&str> = made.iter().map(|field| field["Name"].as_str().unwrap()).collect();
        assert_eq!(named.iter().filter(|name| **name == "cf_space_key").count(), 1);
        assert!(!named.contains(&"cf_labels") && !named.iter().any(|name| name.starts_with('_')));
        let size = made.iter().find(|field| field["Name"] == "cf_file_size").unwrap();
        assert_eq!((&size["Type"], &size["Search"]["Facetable"]), (&json!("LONG_VALUE"), &json!(false)));
    }

    #[test]
    fn predefined_fields_are_shown_once_and_ids_are_not_counted() {
        let authors = |shown: bool| json!({ "Name": "_authors", "Type": "STRING_LIST_VALUE", "Search": { "Displayable": shown } });
        let described = |shown| json!({ "DocumentMetadataConfigurations": [authors(shown)] });
        let told = hidden(&Fields::default(), &described(false));
        assert_eq!((told.len(), &told[0]["Search"]["Facetable"]), (1, &json!(true)));
        assert!(hidden(&Fields::default(), &described(true)).is_empty());
        let made = missing(&Fields::default(), &described(true));
        let counted =
            |name: &str| made.iter().find(|field| field["Name"] == name).unwrap()["Search"]["Facetable"].clone();
        assert_eq!((counted("cf_labels"), counted("cf_parent_id")), (json!(true), json!(false)));
    }
}
