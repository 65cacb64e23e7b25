//! A document's attributes, against the fields of its index.

use sangam_api::Timestamp;
use sangam_api::kendra::{DocumentAttribute, DocumentAttributeValue};
use sangam_ingest::FieldValue;

use super::Refusal;
use crate::indices::{FieldKind, IndexDocument};

/// The attribute that ties a document to a custom data source; an index field too.
pub(super) const DATA_SOURCE_ID: &str = "_data_source_id";
/// The attribute that ties a document to a job of a custom data source; no index field.
pub(super) const JOB_ID: &str = "_data_source_sync_job_execution_id";
/// The attribute that is the title.
const TITLE: &str = "_document_title";

/// What a document's attributes say.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Attributes {
    /// The custom data source that owns it.
    pub(super) data_source_id: Option<String>,
    /// The job that it belongs to.
    pub(super) job_id: Option<String>,
    /// The title, if it is given here.
    pub(super) title: Option<String>,
    /// Values by field name.
    pub(super) values: Vec<(String, FieldValue)>,
}

/// Checks attributes against the index's fields.
///
/// # Errors
/// For a key that is no field, a value of another type, a key that is given twice.
pub(super) fn check(index: &IndexDocument, given: Vec<DocumentAttribute>) -> Result<Attributes, Refusal> {
    let mut attributes = Attributes::default();
    for DocumentAttribute { key, value } in given {
        let value = single(&key, value)?;
        if key == JOB_ID {
            attributes.job_id = Some(string(&key, value)?);
            continue;
        }
        let Some(field) = index.field(&key) else {
            // The two spaces are the original's.
            return Err(format!("No document metadata configuration found for document attribute key  {key}.").into());
        };
        if kind(&value) != field.kind {
            let expected = field.kind.wire();
            return Err(format!("the value of document attribute `{key}` must be of type {expected}").into());
        }
        if attributes.values.iter().any(|(name, _)| *name == key) {
            return Err(format!("document attribute `{key}` is given twice").into());
        }
        match (key.as_str(), &value) {
            (DATA_SOURCE_ID, FieldValue::String(id)) => attributes.data_source_id = Some(id.clone()),
            (TITLE, FieldValue::String(title)) => attributes.title = Some(title.clone()),
            _ => {}
        }
        attributes.values.push((key, value));
    }
    Ok(attributes)
}

/// The one value of an attribute.
fn single(key: &str, value: DocumentAttributeValue) -> Result<FieldValue, Refusal> {
    let DocumentAttributeValue { string_value, string_list_value, long_value, date_value } = value;
    let values = [
        string_value.map(FieldValue::String),
        string_list_value.map(FieldValue::StringList),
        long_value.map(FieldValue::Long),
        date_value.map(Timestamp::as_millis).map(FieldValue::Date),
    ];
    let mut values = values.into_iter().flatten();
    match (values.next(), values.next()) {
        (Some(value), None) => Ok(value),
        (None, _) => Err(format!("document attribute `{key}` has no value").into()),
        (Some(_), Some(_)) => Err(format!("document attribute `{key}` has more than one value").into()),
    }
}

fn string(key: &str, value: FieldValue) -> Result<String, Refusal> {
    match value {
        FieldValue::String(text) => Ok(text),
        _ => Err(format!("the value of document attribute `{key}` must be of type STRING_VALUE").into()),
    }
}

fn kind(value: &FieldValue) -> FieldKind {
    match value {
        FieldValue::String(_) => FieldKind::String,
        FieldValue::StringList(_) => FieldKind::StringList,
        FieldValue::Long(_) => FieldKind::Long,
        FieldValue::Date(_) => FieldKind::Date,
    }
}
