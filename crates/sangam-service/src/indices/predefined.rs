//! The fourteen fields that every index has.
//!
//! Infrastructure clients compare them member by member, so the table is exactly what a fresh Kendra index shows (reference `kendra.md`
//! §5).

use super::field::{Field, FieldKind, FieldRelevance, FieldSearch};

use FieldKind::{Date, Long, String, StringList};

/// Name, kind, displayable, searchable, sortable, importance; none is facetable.
const TABLE: [(&str, FieldKind, bool, bool, bool, i32); 14] = [
    ("_authors", StringList, false, false, false, 1),
    ("_category", String, false, false, true, 1),
    ("_created_at", Date, false, false, true, 1),
    ("_data_source_id", String, false, false, true, 1),
    ("_document_title", String, true, true, true, 2),
    ("_excerpt_page_number", Long, false, false, false, 2),
    ("_faq_id", String, false, false, true, 1),
    ("_file_type", String, false, false, true, 1),
    ("_language_code", String, false, false, true, 1),
    ("_last_updated_at", Date, false, false, true, 1),
    ("_source_uri", String, true, false, false, 1),
    ("_tenant_id", String, false, false, true, 1),
    ("_version", String, false, false, true, 1),
    ("_view_count", Long, false, false, true, 1),
];

/// The fields of a fresh index.
pub(crate) fn fields() -> Vec<Field> {
    TABLE
        .iter()
        .map(|&(name, kind, displayable, searchable, sortable, importance)| Field {
            name: name.to_owned(),
            kind,
            search: FieldSearch { displayable, facetable: false, searchable, sortable },
            relevance: FieldRelevance::initial(kind, importance),
        })
        .collect()
}

/// Number of predefined fields.
pub(crate) const N_PREDEFINED: usize = TABLE.len();
