//! Attributes of documents, by the names that fields have in Kendra's tutorials and the connector's default mapping.

use serde_json::Value;

/// The name of the space.
const SPACE: &[&str] = &["cf_space_name", "cf_sp_document_title", "cf_space_key"];
/// The titles from the space down to the document.
const PATH: &[&str] = &["cf_path", "cf_ancestors"];
/// The data source.
pub(crate) const SOURCE: &str = "_data_source_id";
/// What kind of file an attachment is.
const FILE_TYPE: &[&str] = &["cf_attachment_file_type", "cf_file_type", "_file_type"];
/// Joins a path that a text field holds.
const JOIN: &str = " / ";

/// A document's attributes.
#[derive(Clone, Copy)]
pub(crate) struct Attributes<'a>(pub(crate) &'a Value);

impl<'a> Attributes<'a> {
    fn value(self, name: &str) -> Option<&'a Value> {
        self.0.as_array()?.iter().find(|attribute| attribute["Key"] == name).map(|attribute| &attribute["Value"])
    }

    fn texts(self, name: &str) -> Vec<&'a str> {
        let Some(value) = self.value(name) else { return Vec::new() };
        match value["StringListValue"].as_array() {
            Some(list) => list.iter().filter_map(Value::as_str).collect(),
            None => value["StringValue"].as_str().into_iter().collect(),
        }
    }

    fn first(self, names: &[&str]) -> Option<&'a str> {
        names.iter().find_map(|name| self.texts(name).into_iter().find(|text| !text.is_empty()))
    }

    /// The space, and the titles below it.
    pub(crate) fn crumbs(self) -> Vec<&'a str> {
        let space = self.first(SPACE);
        let path = PATH.iter().map(|name| self.texts(name)).find(|path| !path.is_empty()).unwrap_or_default();
        let path: Vec<&str> = match path.as_slice() {
            [one] => one.split(JOIN).collect(),
            _ => path,
        };
        let path = path.into_iter().filter(|title| Some(*title) != space);
        space.into_iter().chain(path).filter(|title| !title.is_empty()).collect()
    }

    /// Who wrote it.
    pub(crate) fn authors(self) -> Vec<&'a str> {
        self.texts("_authors")
    }

    /// The id of the data source that it came from.
    pub(crate) fn source(self) -> Option<&'a str> {
        self.first(&[SOURCE])
    }

    /// What it is: `page`, `pdf`.
    pub(crate) fn kind(self) -> Option<&'a str> {
        self.first(FILE_TYPE).or_else(|| self.first(&["_category"]))
    }

    /// When it was changed, or else made; in seconds.
    pub(crate) fn changed_at(self) -> Option<f64> {
        ["_last_updated_at", "_created_at"].iter().find_map(|name| self.value(name)?["DateValue"].as_f64())
    }
}

/// A field's name as people read it.
pub(crate) fn label(name: &str) -> String {
    let known = match name {
        SOURCE => "Source",
        "_category" | "cf_content_type" => "Type",
        "_authors" => "Author",
        "_file_type" | "cf_attachment_file_type" | "cf_file_type" => "File type",
        "_language_code" => "Language",
        "cf_space_name" => "Space",
        "cf_space_key" => "Space key",
        _ => "",
    };
    if !known.is_empty() {
        return known.to_owned();
    }
    let words = name.trim_start_matches('_').trim_start_matches("cf_").replace(['_', '-'], " ");
    let mut characters = words.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_breadcrumb_is_the_space_and_what_is_above() {
        let text = |key: &str, value: &str| json!({ "Key": key, "Value": { "StringValue": value } });
        let list = |key: &str, value: Value| json!({ "Key": key, "Value": { "StringListValue": value } });
        for path in [text("cf_path", "Handbook / On call"), list("cf_ancestors", json!(["Handbook", "On call"]))] {
            let attributes = json!([text("cf_space_name", "Engineering"), path]);
            assert_eq!(Attributes(&attributes).crumbs(), ["Engineering", "Handbook", "On call"]);
        }
        let no_space = json!([text("cf_space_name", "")]);
        assert!(Attributes(&no_space).crumbs().is_empty());
        assert!(Attributes(&Value::Null).crumbs().is_empty());
    }

    #[test]
    fn what_a_document_is_and_from_when() {
        let attributes = json!([
            { "Key": "_category", "Value": { "StringValue": "attachment" } },
            { "Key": "cf_attachment_file_type", "Value": { "StringValue": "pdf" } },
            { "Key": "_created_at", "Value": { "DateValue": 1.5 } },
            { "Key": "_authors", "Value": { "StringListValue": ["Ada", "Ben"] } },
        ]);
        let attributes = Attributes(&attributes);
        assert_eq!((attributes.kind(), attributes.changed_at()), (Some("pdf"), Some(1.5)));
        assert_eq!(attributes.authors(), ["Ada", "Ben"]);
    }

    #[test]
    fn fields_have_names_for_people() {
        assert_eq!(label("_authors"), "Author");
        assert_eq!(label("cf_labels"), "Labels");
        assert_eq!(label("team_name"), "Team name");
        assert_eq!(label("_"), "");
    }
}
