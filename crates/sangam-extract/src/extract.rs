//! The one door: bytes of a known type in, text out.

use crate::decode::decode;
use crate::html::HtmlText;
use crate::writer::TextWriter;
use crate::{ExtractError, Limits, MediaType, csv, json, markdown, xml};

/// Longest title, in characters: what fits a line of results several times over.
const TITLE_CHARS_MAX: usize = 500;

/// What a document says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Extracted {
    /// The title that the document gives itself, in one line; most types have none.
    pub title: Option<String>,
    /// The text. An empty line parts blocks (paragraphs, headings, tables), a line end parts lines and rows, a tab parts cells. It holds no
    /// control characters but line feeds and tabs.
    pub text: String,
    /// Whether the end of the text is missing because of a limit.
    pub truncated: bool,
}

/// The text of `bytes`, read as `media_type`.
///
/// Never panics, whatever the bytes are, and takes time linear in them. What is malformed is read as a browser or an editor would read it. Bytes
/// are UTF-8 or UTF-16 with a byte-order mark, or else windows-1252.
///
/// # Errors
/// [`ExtractError::Unsupported`] for a type without an extractor, [`ExtractError::TooLarge`] over the input limit; neither may be retried.
pub fn extract(bytes: &[u8], media_type: MediaType, limits: &Limits) -> Result<Extracted, ExtractError> {
    if let MediaType::Unsupported(media_type) = media_type {
        return Err(ExtractError::Unsupported { media_type });
    }
    if bytes.len() > limits.input_bytes_max {
        return Err(ExtractError::TooLarge { size_bytes: bytes.len(), limit_bytes: limits.input_bytes_max });
    }
    let source = decode(bytes);
    let mut writer = TextWriter::new(limits.text_bytes_max);
    let mut title = None;
    match media_type {
        MediaType::PlainText => writer.preformatted(&source),
        MediaType::Html => (title, writer) = HtmlText::new(writer).feed(&source).finish(),
        MediaType::Markdown => (title, writer) = markdown::write(&source, writer),
        MediaType::Csv => csv::write(&source, &mut writer),
        MediaType::Json => json::write(&source, &mut writer),
        MediaType::Xml => xml::write(&source, &mut writer),
        MediaType::Unsupported(media_type) => return Err(ExtractError::Unsupported { media_type }),
    }
    let (text, truncated) = writer.finish();
    Ok(Extracted { title, text, truncated })
}

/// `text` as a title: in one line, not too long; `None` if there is nothing in it.
pub(crate) fn title_line(text: &str) -> Option<String> {
    let mut writer = TextWriter::new(TITLE_CHARS_MAX * 4);
    let head: String = text.trim_start().chars().take(TITLE_CHARS_MAX).collect();
    writer.words(&head);
    let (line, _) = writer.finish();
    (!line.is_empty()).then_some(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits() -> Limits {
        Limits { input_bytes_max: 20, text_bytes_max: 10 }
    }

    #[test]
    fn limits_refuse_input_and_cut_text() {
        let cut = extract("äöüäöü".as_bytes(), MediaType::PlainText, &limits()).unwrap();
        assert_eq!((cut.text.as_str(), cut.truncated), ("äöüäö", true));
        let error = extract(&[b'a'; 21], MediaType::PlainText, &limits()).unwrap_err();
        assert_eq!(error.to_string(), "document is 21 bytes, over the limit of 20");
    }

    #[test]
    fn an_unsupported_type_is_named() {
        let error = extract(b"%PDF-", MediaType::Unsupported("application/pdf"), &limits()).unwrap_err();
        assert_eq!(error.to_string(), "media type `application/pdf` is not supported");
    }

    #[test]
    fn a_title_is_one_line() {
        assert_eq!(title_line(" a\n\tb "), Some("a b".to_owned()));
        assert_eq!(title_line(" \n"), None);
        assert_eq!(title_line(&"é".repeat(1000)).map(|title| title.chars().count()), Some(TITLE_CHARS_MAX));
    }
}
