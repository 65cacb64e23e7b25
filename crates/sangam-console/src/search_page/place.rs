//! The index that is searched, as the page learns it.

use serde_json::Value;

use crate::hits::SOURCE;

/// Fields that people narrow by first; the others follow in the index's order.
const FIRST: [&str; 7] =
    ["_category", SOURCE, "cf_space_name", "cf_space_key", "_authors", "_file_type", "cf_attachment_file_type"];

/// A field whose values are counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Facet {
    /// The field.
    pub(super) name: String,
    /// Whether a document has several values.
    pub(super) is_list: bool,
}

/// An index on the page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    /// The id.
    pub(super) id: String,
    /// The name.
    pub(super) name: String,
    /// Whether it takes nobody's word for who is asking.
    pub(super) is_named_by_token: bool,
    /// What is counted.
    pub(super) facets: Vec<Facet>,
    /// What "newest first" sorts by, if the index can.
    pub(super) newest: Option<String>,
    /// Id and name of its data sources.
    pub(super) sources: Vec<(String, String)>,
    /// The only data sources whose documents are shown; all of them if it is empty.
    pub(super) only: Vec<String>,
}

impl Place {
    /// Reads what `search-indices/{id}` answers.
    pub(super) fn read(answer: &Value) -> Self {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let list = |name: &str| answer[name].as_array().cloned().unwrap_or_default();
        let facet =
            |facet: &Value| Facet { name: text(&facet["name"]), is_list: facet["isList"].as_bool() == Some(true) };
        let mut facets: Vec<Facet> = list("facets").iter().map(facet).collect();
        facets.sort_by_key(|facet| FIRST.iter().position(|first| *first == facet.name).unwrap_or(FIRST.len()));
        Self {
            id: text(&answer["id"]),
            name: text(&answer["name"]),
            // Where it is not said, nobody is searched for.
            is_named_by_token: answer["namedByToken"].as_bool() != Some(false),
            facets,
            newest: answer["newest"].as_str().map(str::to_owned),
            sources: list("sources").iter().map(|source| (text(&source["id"]), text(&source["name"]))).collect(),
            only: list("only").iter().map(text).collect(),
        }
    }

    /// The facet of that field.
    pub(super) fn facet(&self, name: &str) -> Option<&Facet> {
        self.facets.iter().find(|facet| facet.name == name)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_people_narrow_by_comes_first() {
        let facet = |name: &str| json!({ "name": name, "isList": false });
        let answer = json!({ "facets": [facet("team"), facet("_authors"), facet("cf_labels"), facet("_category")] });
        let place = Place::read(&answer);
        let names: Vec<&str> = place.facets.iter().map(|facet| facet.name.as_str()).collect();
        assert_eq!(names, ["_category", "_authors", "team", "cf_labels"]);
        assert!(place.is_named_by_token, "what is not said is not granted");
    }
}
