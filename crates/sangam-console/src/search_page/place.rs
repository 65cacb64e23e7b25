//! The index that is searched, as the page learns it.

use serde_json::Value;

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
        Self {
            id: text(&answer["id"]),
            name: text(&answer["name"]),
            // Where it is not said, nobody is searched for.
            is_named_by_token: answer["namedByToken"].as_bool() != Some(false),
            facets: list("facets")
                .iter()
                .map(|facet| Facet { name: text(&facet["name"]), is_list: facet["isList"].as_bool() == Some(true) })
                .collect(),
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
