//! The default table of field mappings, as the contract of the connector has it.

/// A mapping that is offered: Confluence's field, the index field, its type, and the kinds of documents that have it.
pub(super) struct Row {
    pub(super) source: &'static str,
    pub(super) index: &'static str,
    pub(super) kind: &'static str,
    of: &'static [&'static str],
}

const fn of(of: &'static [&'static str], source: &'static str, index: &'static str, kind: &'static str) -> Row {
    Row { source, index, kind, of }
}

/// The kinds of documents, in three groups that have much in common.
const ALL: &[&str] = &["space", "page", "blog", "comment", "attachment"];
const WRITTEN: &[&str] = &["page", "blog", "comment", "attachment"];
const LABELLED: &[&str] = &["page", "blog", "attachment"];

const TABLE: &[Row] = &[
    of(&["space"], "spaceName", "_document_title", "STRING"),
    of(&["page", "blog", "comment"], "title", "_document_title", "STRING"),
    of(&["attachment"], "fileName", "_document_title", "STRING"),
    of(ALL, "itemType", "_category", "STRING"),
    of(ALL, "url", "_source_uri", "STRING"),
    of(ALL, "spaceKey", "cf_space_key", "STRING"),
    of(WRITTEN, "spaceName", "cf_space_name", "STRING"),
    of(&["space"], "description", "cf_description", "STRING"),
    of(&["space"], "spaceType", "cf_type", "STRING"),
    of(WRITTEN, "author", "_authors", "STRING_LIST"),
    of(&["page", "comment", "attachment"], "createdDate", "_created_at", "DATE"),
    of(&["blog"], "publishedDate", "_created_at", "DATE"),
    of(LABELLED, "modifiedDate", "_last_updated_at", "DATE"),
    of(LABELLED, "labels", "cf_labels", "STRING_LIST"),
    of(WRITTEN, "version", "cf_version", "LONG"),
    of(WRITTEN, "status", "cf_status", "STRING"),
    of(WRITTEN, "parentId", "cf_parent_id", "STRING"),
    of(&["comment", "attachment"], "contentType", "cf_content_type", "STRING"),
    of(&["attachment"], "fileSize", "cf_file_size", "LONG"),
    of(&["attachment"], "fileType", "cf_attachment_file_type", "STRING"),
    of(&["attachment"], "attachmentComment", "cf_attachment_comment", "STRING"),
];

/// What is offered for a kind of document.
pub(super) fn rows(entity: &str) -> impl Iterator<Item = &'static Row> {
    TABLE.iter().filter(move |row| row.of.contains(&entity))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_has_its_fields_and_fills_no_index_field_twice() {
        for (entity, n_rows) in [("space", 6), ("page", 12), ("blog", 12), ("comment", 11), ("attachment", 16)] {
            let mut filled: Vec<&str> = rows(entity).map(|row| row.index).collect();
            assert_eq!(filled.len(), n_rows, "{entity}");
            filled.sort_unstable();
            filled.dedup();
            assert_eq!(filled.len(), n_rows, "{entity}");
        }
    }
}
