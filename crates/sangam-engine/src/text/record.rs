//! What is stored with a document besides its title and body: language, attributes and passages, as
//! JSON with short names. Reading it back gives exactly what was added.

use serde::{Deserialize, Serialize};

use crate::document::{AttributeValue, EngineDocument, Passage};

#[derive(Serialize, Deserialize)]
struct Record {
    #[serde(rename = "l")]
    language: String,
    #[serde(rename = "a")]
    attributes: Vec<(String, Value)>,
    /// Start, end, start, end …
    #[serde(rename = "p")]
    passages: Vec<u32>,
}

#[derive(Serialize, Deserialize)]
enum Value {
    #[serde(rename = "s")]
    String(String),
    #[serde(rename = "t")]
    StringList(Vec<String>),
    #[serde(rename = "l")]
    Long(i64),
    #[serde(rename = "d")]
    Date(i64),
}

/// Returns the bytes to store.
pub(super) fn encode(document: &EngineDocument) -> Vec<u8> {
    let attributes = document.attributes.iter().map(|(name, value)| {
        let value = match value {
            AttributeValue::String(string) => Value::String(string.clone()),
            AttributeValue::StringList(strings) => Value::StringList(strings.clone()),
            AttributeValue::Long(number) => Value::Long(*number),
            AttributeValue::Date(millis) => Value::Date(*millis),
        };
        (name.clone(), value)
    });
    let passages = document.passages.iter();
    let record = Record {
        language: document.language.clone(),
        attributes: attributes.collect(),
        passages: passages.flat_map(|passage| [passage.start, passage.end]).collect(),
    };
    serde_json::to_vec(&record).expect("strings and numbers are always JSON")
}

/// Puts the parts of a stored document together again.
pub(super) fn decode(
    ordinal: u32,
    title: String,
    body: String,
    record: &[u8],
) -> Result<EngineDocument, serde_json::Error> {
    let record: Record = serde_json::from_slice(record)?;
    let attributes = record.attributes.into_iter().map(|(name, value)| {
        let value = match value {
            Value::String(string) => AttributeValue::String(string),
            Value::StringList(strings) => AttributeValue::StringList(strings),
            Value::Long(number) => AttributeValue::Long(number),
            Value::Date(millis) => AttributeValue::Date(millis),
        };
        (name, value)
    });
    let passages = record.passages.chunks_exact(2);
    Ok(EngineDocument {
        ordinal,
        title,
        body,
        language: record.language,
        attributes: attributes.collect(),
        passages: passages.map(|pair| Passage { start: pair[0], end: pair[1] }).collect(),
    })
}
