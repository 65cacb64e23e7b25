//! Attributes that a crawled document has without a mapping, as one that is put through the API has them, so that facets, filters and sorting
//! find both.

use crate::{Content, FieldValue};

/// The field of the data source's id.
const DATA_SOURCE_ID_FIELD: &str = "_data_source_id";
/// The field of the title.
const TITLE_FIELD: &str = "_document_title";
/// The field of a file's type, such as `pdf`.
const FILE_TYPE_FIELD: &str = "_file_type";

/// Longest title that is an attribute too, as for every attribute of the API; a longer one is still the title.
const TITLE_ATTRIBUTE_CHARS_MAX: usize = 2_048;

/// Adds them to what the source gave, which stays as it is.
pub(crate) fn add(
    attributes: &mut Vec<(String, FieldValue)>,
    data_source_id: &str,
    title: &str,
    file_type: Option<&'static str>,
) {
    let is_title = !title.is_empty() && title.chars().count() <= TITLE_ATTRIBUTE_CHARS_MAX;
    let own = [
        (DATA_SOURCE_ID_FIELD, Some(data_source_id)),
        (TITLE_FIELD, Some(title).filter(|_| is_title)),
        (FILE_TYPE_FIELD, file_type),
    ];
    for (name, value) in own {
        if let Some(value) = value
            && !attributes.iter().any(|(given, _)| given == name)
        {
            attributes.push((name.to_owned(), FieldValue::String(value.to_owned())));
        }
    }
}

/// The type of a file as its bytes have it, by the extension that it usually has; none for what is no file and for types without text.
pub(crate) fn file_type(content: &Content) -> Option<&'static str> {
    let Content::File { bytes, media_type, name } = content else { return None };
    sangam_extract::sniff(bytes, media_type.as_deref(), Some(name)).extension()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(value: &str) -> FieldValue {
        FieldValue::String(value.to_owned())
    }

    #[test]
    fn what_the_source_gave_stays_and_the_rest_is_added() {
        let mut attributes = vec![("_file_type".to_owned(), text("Word"))];
        add(&mut attributes, "source", "A title", Some("docx"));
        let expected =
            [("_file_type", text("Word")), ("_data_source_id", text("source")), ("_document_title", text("A title"))];
        assert_eq!(attributes, expected.map(|(name, value)| (name.to_owned(), value)));
    }

    #[test]
    fn a_title_that_no_attribute_may_be_as_long_as_is_none() {
        for (title, expected) in [(String::new(), 1), ("é".repeat(2_048), 2), ("é".repeat(2_049), 1)] {
            let mut attributes = Vec::new();
            add(&mut attributes, "source", &title, None);
            assert_eq!(attributes.len(), expected);
        }
    }

    #[test]
    fn a_file_s_type_is_that_of_its_bytes() {
        let file = |bytes: &[u8], name: &str| {
            file_type(&Content::File { bytes: bytes.to_vec(), media_type: None, name: name.to_owned() })
        };
        assert_eq!(file(b"%PDF-1.7 ...", "minutes.txt"), Some("pdf"));
        assert_eq!(file(b"a,b\n1,2\n", "Numbers.CSV"), Some("csv"));
        assert_eq!(file(b"\x89PNG\r\n\x1A\n", "chart.png"), None);
        assert_eq!(file_type(&Content::Text("text".into())), None);
    }
}
