//! Documents on their way into an index.

use sangam_engine::AttributeValue;
use sangam_store::{DocumentFailure, RevisionAccess};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The attribute that tells a document's language.
pub(crate) const LANGUAGE_FIELD: &str = "_language_code";
/// What a document is in that does not say.
const DEFAULT_LANGUAGE: &str = "en";

/// A value of a document's attribute.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FieldValue {
    /// Text.
    String(String),
    /// Several texts.
    StringList(Vec<String>),
    /// A whole number.
    Long(i64),
    /// Milliseconds since 1970 UTC.
    Date(i64),
}

impl std::fmt::Debug for FieldValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::String(_) => "String",
            Self::StringList(_) => "StringList",
            Self::Long(_) => "Long",
            Self::Date(_) => "Date",
        })
    }
}

impl From<FieldValue> for AttributeValue {
    fn from(value: FieldValue) -> Self {
        match value {
            FieldValue::String(text) => Self::String(text),
            FieldValue::StringList(texts) => Self::StringList(texts),
            FieldValue::Long(number) => Self::Long(number),
            FieldValue::Date(date_ms) => Self::Date(date_ms),
        }
    }
}

/// What the inbox keeps of a document beside its bytes.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct InboxRecord {
    /// The title, if one was given.
    pub title: Option<String>,
    /// The API's content type, if one was given.
    pub content_type: Option<String>,
    /// Attributes by index field name.
    pub attributes: Vec<(String, FieldValue)>,
}

/// A document with its text, ready to be written.
#[derive(Clone)]
pub struct NewDocument {
    /// The document.
    pub document_id: String,
    /// The data source that owns it.
    pub data_source_id: Option<String>,
    /// The node whose access it has.
    pub anchor: Option<String>,
    /// The source's version of it.
    pub version: String,
    /// The title.
    pub title: String,
    /// The text; empty if there is none to have.
    pub text: String,
    /// Attributes by index field name.
    pub attributes: Vec<(String, FieldValue)>,
    /// Where its access comes from.
    pub access: RevisionAccess,
    /// Why its text could not be had.
    pub failure: Option<DocumentFailure>,
    /// Its place in the inbox, if it came from there.
    pub inbox_seq: Option<i64>,
}

impl std::fmt::Debug for NewDocument {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewDocument")
            .field("document_id", &self.document_id)
            .field("text_bytes", &self.text.len())
            .finish_non_exhaustive()
    }
}

impl NewDocument {
    /// Digest of everything that is indexed, so that an unchanged document is known without comparing texts.
    pub(crate) fn content_hash(&self) -> Vec<u8> {
        let mut digest = Sha256::new();
        let mut part = |bytes: &[u8]| {
            digest.update((bytes.len() as u64).to_le_bytes());
            digest.update(bytes);
        };
        part(self.title.as_bytes());
        part(self.text.as_bytes());
        part(self.failure.as_ref().map(|failure| failure.reason.as_str()).unwrap_or_default().as_bytes());
        let mut attributes: Vec<_> = self.attributes.iter().collect();
        attributes.sort_by(|a, b| a.0.cmp(&b.0));
        for (name, value) in attributes {
            part(name.as_bytes());
            part(&serde_json::to_vec(value).expect("plain values always serialize"));
        }
        digest.finalize().to_vec()
    }

    /// The document's language code.
    pub(crate) fn language(&self) -> String {
        let given = self.attributes.iter().find(|(name, _)| name == LANGUAGE_FIELD);
        match given {
            Some((_, FieldValue::String(code))) => code.clone(),
            _ => DEFAULT_LANGUAGE.to_owned(),
        }
    }
}

/// The media type behind one of the API's content types.
pub fn media_type_of(content_type: &str) -> Option<&'static str> {
    Some(match content_type {
        "PLAIN_TEXT" => "text/plain",
        "HTML" => "text/html",
        "MD" => "text/markdown",
        "CSV" => "text/csv",
        "JSON" => "application/json",
        "XML" => "application/xml",
        "XSLT" => "application/xslt+xml",
        "PDF" => "application/pdf",
        "RTF" => "application/rtf",
        "MS_WORD" => "application/msword",
        "MS_EXCEL" => "application/vnd.ms-excel",
        "PPT" => "application/vnd.ms-powerpoint",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(title: &str, text: &str) -> NewDocument {
        NewDocument {
            document_id: "a".into(),
            data_source_id: None,
            anchor: None,
            version: "1".into(),
            title: title.into(),
            text: text.into(),
            attributes: vec![("x".into(), FieldValue::Long(1)), ("a".into(), FieldValue::String("b".into()))],
            access: RevisionAccess::Anchored,
            failure: None,
            inbox_seq: None,
        }
    }

    #[test]
    fn the_hash_sees_what_is_indexed_and_not_the_order_of_attributes() {
        let one = document("ab", "c");
        assert_ne!(one.content_hash(), document("a", "bc").content_hash());
        let mut turned = one.clone();
        turned.attributes.reverse();
        turned.version = "2".into();
        assert_eq!(one.content_hash(), turned.content_hash());
        turned.attributes[0].1 = FieldValue::String("other".into());
        assert_ne!(one.content_hash(), turned.content_hash());
    }

    #[test]
    fn debug_shows_no_text() {
        let shown = format!("{:?}", document("secret title", "secret text"));
        assert!(!shown.contains("secret"), "{shown}");
    }
}
