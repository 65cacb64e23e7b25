//! *Set field mappings*: the default table, fields of one's own, and the index fields that they need.

use serde_json::{Value, json};

use crate::fields::Fields;
use crate::view::{CheckRow, Checks, Column, Grid, Opt, Section};

/// The kinds of documents, with the name under which their boxes are sent.
pub(super) const ENTITIES: &[(&str, &str, &str)] = &[
    ("space", "Spaces", "map_space"),
    ("page", "Pages", "map_page"),
    ("blog", "Blogs", "map_blog"),
    ("comment", "Comments", "map_comment"),
    ("attachment", "Attachments", "map_attachment"),
];
/// The one date format that the connector's contract has.
const DATE_FORMAT: &str = "yyyy-MM-dd'T'HH:mm:ss'Z'";
/// The name of the rows for fields of one's own: the member that the connector's mistakes name.
pub(super) const CUSTOM: &str = "fieldMappings";

/// A mapping of the default table: Confluence's field, the index field, its type.
struct Default {
    source: &'static str,
    index: &'static str,
    kind: &'static str,
}

const fn of(source: &'static str, index: &'static str, kind: &'static str) -> Default {
    Default { source, index, kind }
}

const COMMON: [Default; 4] = [
    of("itemType", "_category", "STRING"),
    of("url", "_source_uri", "STRING"),
    of("spaceKey", "cf_space_key", "STRING"),
    of("author", "_authors", "STRING_LIST"),
];
const SPACE: &[Default] = &[
    of("spaceName", "_document_title", "STRING"),
    of("description", "cf_description", "STRING"),
    of("spaceType", "cf_type", "STRING"),
];
const PAGE: &[Default] = &[
    of("title", "_document_title", "STRING"),
    of("spaceName", "cf_space_name", "STRING"),
    of("createdDate", "_created_at", "DATE"),
    of("modifiedDate", "_last_updated_at", "DATE"),
    of("labels", "cf_labels", "STRING_LIST"),
    of("version", "cf_version", "LONG"),
    of("status", "cf_status", "STRING"),
    of("parentId", "cf_parent_id", "STRING"),
];
const BLOG: &[Default] = &[
    of("title", "_document_title", "STRING"),
    of("spaceName", "cf_space_name", "STRING"),
    of("publishedDate", "_created_at", "DATE"),
    of("modifiedDate", "_last_updated_at", "DATE"),
    of("labels", "cf_labels", "STRING_LIST"),
    of("version", "cf_version", "LONG"),
    of("status", "cf_status", "STRING"),
    of("parentId", "cf_parent_id", "STRING"),
];
const COMMENT: &[Default] = &[
    of("title", "_document_title", "STRING"),
    of("spaceName", "cf_space_name", "STRING"),
    of("createdDate", "_created_at", "DATE"),
    of("version", "cf_version", "LONG"),
    of("status", "cf_status", "STRING"),
    of("parentId", "cf_parent_id", "STRING"),
    of("contentType", "cf_content_type", "STRING"),
];
const ATTACHMENT: &[Default] = &[
    of("fileName", "_document_title", "STRING"),
    of("spaceName", "cf_space_name", "STRING"),
    of("createdDate", "_created_at", "DATE"),
    of("modifiedDate", "_last_updated_at", "DATE"),
    of("labels", "cf_labels", "STRING_LIST"),
    of("version", "cf_version", "LONG"),
    of("status", "cf_status", "STRING"),
    of("parentId", "cf_parent_id", "STRING"),
    of("contentType", "cf_content_type", "STRING"),
    of("fileSize", "cf_file_size", "LONG"),
    of("fileType", "cf_attachment_file_type", "STRING"),
    of("attachmentComment", "cf_attachment_comment", "STRING"),
];

fn table(entity: &str) -> impl Iterator<Item = &'static Default> {
    let own = match entity {
        "space" => SPACE,
        "page" => PAGE,
        "blog" => BLOG,
        "comment" => COMMENT,
        _ => ATTACHMENT,
    };
    // A space has no author.
    let n_common = if entity == "space" { COMMON.len() - 1 } else { COMMON.len() };
    COMMON[..n_common].iter().chain(own)
}

/// What a box sends.
fn box_value(row: &Default) -> String {
    format!("{}:{}", row.source, row.index)
}

/// The tables and the rows below them.
pub(super) fn sections() -> Vec<Section> {
    let mut default = Section::new("Default data source fields").about(
        "Which fields of Confluence go into which fields of the index. Fields that the index lacks are made. Title and body are always there.",
    );
    for (entity, label, name) in ENTITIES {
        let rows = table(entity).map(|row| CheckRow {
            value: box_value(row),
            cells: vec![row.source.to_owned(), row.index.to_owned(), row.kind.to_owned()],
            on: true,
        });
        default = default.checks(Checks {
            name,
            label,
            columns: &["Confluence field", "Index field", "Type"],
            rows: rows.collect(),
        });
    }
    vec![default, Section::new("Custom data source fields").grid(grid())]
}

fn grid() -> Grid {
    let entities = ENTITIES.iter().map(|(entity, label, _)| Opt::new(entity, label, "")).collect();
    let kinds = ["STRING", "STRING_LIST", "LONG", "DATE"].map(|kind| Opt::new(kind, kind, "")).to_vec();
    Grid {
        name: CUSTOM,
        label: "Fields of your own",
        help: "The source field is a name that the connector knows, such as id, labels, ancestors or mentions. An index field that is not there is made with this type.",
        columns: vec![
            Column { name: "entity", label: "Entity", options: entities },
            Column { name: "source", label: "Source field", options: Vec::new() },
            Column { name: "index", label: "Index field", options: Vec::new() },
            Column { name: "type", label: "Type", options: kinds },
        ],
    }
}

/// One mapping, from wherever it comes.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Mapping {
    source: String,
    index: String,
    kind: String,
}

fn chosen(entity: &str, name: &str, typed: &Fields) -> Vec<Mapping> {
    let ticked = table(entity).filter(|row| Checks::has(name, &box_value(row), true, typed));
    let ticked =
        ticked.map(|row| Mapping { source: row.source.into(), index: row.index.into(), kind: row.kind.into() });
    let own = grid().read(typed).into_iter().filter(|row| row[0] == entity);
    let own = own.map(|row| Mapping { source: row[1].clone(), index: row[2].clone(), kind: row[3].clone() });
    ticked.chain(own).collect()
}

/// `repositoryConfigurations`.
pub(super) fn write(typed: &Fields) -> Value {
    let of = |(entity, _, name): &(&str, &str, &str)| {
        let mappings = chosen(entity, name, typed).into_iter().map(|mapping| {
            let mut json = json!({
                "indexFieldName": mapping.index,
                "indexFieldType": mapping.kind,
                "dataSourceFieldName": mapping.source,
            });
            if mapping.kind == "DATE" {
                json["dateFieldFormat"] = DATE_FORMAT.into();
            }
            json
        });
        ((*entity).to_owned(), json!({ "fieldMappings": mappings.collect::<Vec<_>>() }))
    };
    Value::Object(ENTITIES.iter().map(of).collect())
}

/// A configuration as the form has it: what the table knows is ticked, everything else is a row of its own.
pub(super) fn read(configurations: &Value, into: &mut Fields) {
    for (entity, _, name) in ENTITIES {
        into.push(name, "");
        for mapping in configurations[entity]["fieldMappings"].as_array().into_iter().flatten() {
            let text = |member: &str| mapping[member].as_str().unwrap_or_default();
            let (source, index, kind) = (text("dataSourceFieldName"), text("indexFieldName"), text("indexFieldType"));
            let known = table(entity).find(|row| (row.source, row.index, row.kind) == (source, index, kind));
            if let Some(row) = known {
                into.push(name, &box_value(row));
            } else {
                for (column, value) in [("entity", *entity), ("source", source), ("index", index), ("type", kind)] {
                    into.push(&format!("{CUSTOM}_{column}"), value);
                }
            }
        }
    }
}

/// What can be told of the rows before anybody is asked.
pub(super) fn check(typed: &Fields) -> Option<&'static str> {
    let rows = grid().read(typed);
    let half = rows.iter().any(|row| row[1].is_empty() || row[2].is_empty());
    half.then_some("A row has only one of source field and index field. Give it both, or empty it.")
}

/// The index fields that are mapped and not there, as `UpdateIndex` takes them; `described` is what `DescribeIndex` answered.
pub(super) fn missing(typed: &Fields, described: &Value) -> Vec<Value> {
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
pub(super) fn hidden(typed: &Fields, described: &Value) -> Vec<Value> {
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

    fn names(typed: &Fields, entity: &str) -> Vec<String> {
        let written = write(typed);
        let mappings = written[entity]["fieldMappings"].as_array().unwrap().clone();
        mappings.iter().map(|mapping| mapping["indexFieldName"].as_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn boxes_and_rows_are_mappings_and_come_back_from_them() {
        assert_eq!(names(&Fields::default(), "space").len(), 6, "all of the table before anybody chose");
        let typed = Fields::parse(
            "map_space=&map_page=&map_page=labels:cf_labels&map_page=createdDate:_created_at&map_blog=&map_comment=\
             &map_attachment=&fieldMappings_entity=page&fieldMappings_source=mentions&fieldMappings_index=who\
             &fieldMappings_type=STRING_LIST",
        );
        assert!(names(&typed, "space").is_empty());
        assert_eq!(names(&typed, "page"), ["_created_at", "cf_labels", "who"]);
        let written = write(&typed);
        assert_eq!(written["page"]["fieldMappings"][0]["dateFieldFormat"], DATE_FORMAT);
        let mut again = Fields::default();
        read(&written, &mut again);
        assert_eq!(write(&again), written);
    }

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

    #[test]
    fn half_a_row_is_told() {
        let row = |index: &str| {
            Fields::parse(&format!(
                "fieldMappings_entity=page&fieldMappings_source=id&fieldMappings_index={index}&fieldMappings_type=STRING"
            ))
        };
        assert!(check(&row("")).is_some() && check(&row("cf_id")).is_none());
    }
}
