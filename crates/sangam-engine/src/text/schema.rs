//! The fields of the text index. Fixed: a new attribute is a new key in one JSON field, so adding a
//! field to an index costs nothing and rewrites nothing.

use tantivy::schema::{FAST, Field, INDEXED, IndexRecordOption, STORED, Schema, TextFieldIndexing, TextOptions};

use crate::analysis::{BODY_ANALYZER, TITLE_ANALYZER};

/// The name of the field of ordinals.
pub(super) const ORDINAL: &str = "ordinal";

/// The name of the field of attributes.
pub(super) const ATTRIBUTES: &str = "attributes";

/// The fields by name.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fields {
    /// The document's number: a term to delete by, a column to filter by.
    pub(super) ordinal: Field,
    pub(super) title: Field,
    pub(super) body: Field,
    /// Columns of attribute values; see [`attributes`](super::attributes).
    pub(super) attributes: Field,
    /// What is neither title nor body, to be given back; see [`record`](super::record).
    pub(super) record: Field,
}

/// Returns the schema and its fields.
pub(super) fn schema() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let fields = Fields {
        ordinal: builder.add_u64_field(ORDINAL, INDEXED | FAST),
        title: builder.add_text_field("title", text(TITLE_ANALYZER)),
        body: builder.add_text_field("body", text(BODY_ANALYZER)),
        attributes: builder.add_json_field(ATTRIBUTES, FAST),
        record: builder.add_bytes_field("record", STORED),
    };
    (builder.build(), fields)
}

/// Searched with positions, and stored.
fn text(analyzer: &str) -> TextOptions {
    let indexing =
        TextFieldIndexing::default().set_tokenizer(analyzer).set_index_option(IndexRecordOption::WithFreqsAndPositions);
    TextOptions::default().set_indexing_options(indexing).set_stored()
}
