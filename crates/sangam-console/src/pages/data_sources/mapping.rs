//! *Set field mappings*: the default table, fields of one's own, and the index fields that they need.

mod index_fields;
mod table;

use serde_json::{Value, json};

use crate::fields::Fields;
use crate::view::{CheckRow, Checks, Column, Grid, Opt, Section};

pub(super) use index_fields::{hidden, missing};
use table::Row;

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

/// What a box sends.
fn box_value(row: &Row) -> String {
    format!("{}:{}", row.source, row.index)
}

/// The tables and the rows below them.
pub(super) fn sections() -> Vec<Section> {
    let mut default = Section::new("Default data source fields").about(
        "Which fields of Confluence go into which fields of the index. Fields that the index lacks are made. Title and body are always there.",
    );
    for (entity, label, name) in ENTITIES {
        let rows = table::rows(entity).map(|row| CheckRow {
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
    let ticked = table::rows(entity).filter(|row| Checks::has(name, &box_value(row), true, typed));
    let ticked = ticked.map(Mapping::of);
    let own = grid().read(typed).into_iter().filter(|row| row[0] == entity);
    let own = own.map(|row| Mapping { source: row[1].clone(), index: row[2].clone(), kind: row[3].clone() });
    ticked.chain(own).collect()
}

impl Mapping {
    fn of(row: &Row) -> Self {
        Self { source: row.source.into(), index: row.index.into(), kind: row.kind.into() }
    }

    fn is(&self, written: &Value) -> bool {
        (
            written["dataSourceFieldName"].as_str(),
            written["indexFieldName"].as_str(),
            written["indexFieldType"].as_str(),
        ) == (Some(&self.source), Some(&self.index), Some(&self.kind))
    }

    fn write(&self) -> Value {
        let mut written = json!({
            "indexFieldName": self.index,
            "indexFieldType": self.kind,
            "dataSourceFieldName": self.source,
        });
        if self.kind == "DATE" {
            written["dateFieldFormat"] = DATE_FORMAT.into();
        }
        written
    }
}

/// `repositoryConfigurations`. Mappings of `base` that are still wanted stay as and where they are.
pub(super) fn write(base: &Value, typed: &Fields) -> Value {
    let mut configurations = base.as_object().cloned().unwrap_or_default();
    let is_new = configurations.is_empty();
    for (entity, _, name) in ENTITIES {
        let mut wanted = chosen(entity, name, typed);
        let mut mappings = Vec::new();
        for written in base[entity]["fieldMappings"].as_array().into_iter().flatten() {
            if let Some(at) = wanted.iter().position(|mapping| mapping.is(written)) {
                wanted.remove(at);
                mappings.push(written.clone());
            }
        }
        mappings.extend(wanted.iter().map(Mapping::write));
        if is_new || base[entity].is_object() || !mappings.is_empty() {
            let mut configuration = base[entity].as_object().cloned().unwrap_or_default();
            configuration.insert("fieldMappings".into(), mappings.into());
            configurations.insert((*entity).to_owned(), configuration.into());
        }
    }
    configurations.into()
}

/// How many fields of each kind of document are mapped, and which of them the table does not have.
pub(super) fn told(configurations: &Value) -> Vec<(&'static str, String)> {
    let of = |(entity, label, _): &(&str, &'static str, &str)| {
        let mappings = configurations[entity]["fieldMappings"].as_array().map_or(&[][..], Vec::as_slice);
        let is_own = |mapping: &&Value| !table::rows(entity).any(|row| Mapping::of(row).is(mapping));
        let text = |mapping: &Value, name: &str| mapping[name].as_str().unwrap_or_default().to_owned();
        let own = mappings.iter().filter(is_own).map(|mapping| {
            let (source, index) = (text(mapping, "dataSourceFieldName"), text(mapping, "indexFieldName"));
            format!("{source} → {index} ({})", text(mapping, "indexFieldType"))
        });
        let own = own.collect::<Vec<_>>();
        let default = format!("{} of {} default fields", mappings.len() - own.len(), table::rows(entity).count());
        (*label, if own.is_empty() { default } else { format!("{default}; of your own: {}", own.join(", ")) })
    };
    ENTITIES.iter().map(of).collect()
}

/// A configuration as the form has it: what the table knows is ticked, everything else is a row of its own.
pub(super) fn read(configurations: &Value, into: &mut Fields) {
    for (entity, _, name) in ENTITIES {
        into.push(name, "");
        for mapping in configurations[entity]["fieldMappings"].as_array().into_iter().flatten() {
            let text = |member: &str| mapping[member].as_str().unwrap_or_default();
            let (source, index, kind) = (text("dataSourceFieldName"), text("indexFieldName"), text("indexFieldType"));
            let known = table::rows(entity).find(|row| (row.source, row.index, row.kind) == (source, index, kind));
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

#[cfg(test)]
mod tests {
    use super::*;

    fn names(typed: &Fields, entity: &str) -> Vec<String> {
        let written = write(&json!({}), typed);
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
        let written = write(&json!({}), &typed);
        assert_eq!(written["page"]["fieldMappings"][0]["dateFieldFormat"], DATE_FORMAT);
        let mut again = Fields::default();
        read(&written, &mut again);
        assert_eq!(write(&json!({}), &again), written);
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
