//! The one door: bytes of a known type in, text out.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::decode::decode;
use crate::error::Death;
use crate::html::HtmlText;
use crate::limits::NESTED_MAX;
use crate::writer::TextWriter;
use crate::{ExtractError, Limits, MediaType, csv, email, epub, json, markdown, odf, office, pdf, rtf, xml};

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
/// Never panics, whatever the bytes are. What is malformed is read as far as it can be. For the types that [`MediaType::is_text`] names it takes
/// time linear in the bytes, which are UTF-8 or UTF-16 with a byte-order mark, or else windows-1252; those may be read anywhere. The other types
/// are read by libraries that a crafted file can make take any time and memory, or end the process: they are for a worker of an
/// [`ExtractPool`](crate::ExtractPool).
///
/// # Errors
/// [`ExtractError::Unsupported`] for a type without an extractor, [`ExtractError::TooLarge`] over the input limit, and for files of which nothing can
/// be read what they are; none of them may be retried.
pub fn extract(bytes: &[u8], media_type: MediaType, limits: &Limits) -> Result<Extracted, ExtractError> {
    if bytes.len() > limits.input_bytes_max && !matches!(media_type, MediaType::Unsupported(_)) {
        return Err(ExtractError::TooLarge { size_bytes: bytes.len(), limit_bytes: limits.input_bytes_max });
    }
    let read = || read(bytes, media_type, TextWriter::new(limits.text_bytes_max), Depth::default());
    // The state that a panic leaves behind is all dropped here.
    let caught = catch_unwind(AssertUnwindSafe(read));
    let (title, writer) = caught.unwrap_or(Err(ExtractError::Died { death: Death::Crash }))?;
    let (text, truncated) = writer.finish();
    Ok(Extracted { title: title.as_deref().and_then(title_line), text, truncated })
}

/// How many documents a document is inside of.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Depth(usize);

impl Depth {
    /// One deeper, if documents there are still followed.
    pub(crate) fn deeper(self) -> Option<Self> {
        (self.0 < NESTED_MAX).then_some(Self(self.0 + 1))
    }
}

/// Writes the text of `bytes`; returns the title and the writer.
pub(crate) fn read(
    bytes: &[u8],
    media_type: MediaType,
    mut writer: TextWriter,
    depth: Depth,
) -> Result<(Option<String>, TextWriter), ExtractError> {
    let mut title = None;
    match media_type {
        MediaType::PlainText => writer.preformatted(&decode(bytes)),
        MediaType::Html => (title, writer) = HtmlText::new(writer).feed(&decode(bytes)).finish(),
        MediaType::Markdown => (title, writer) = markdown::write(&decode(bytes), writer),
        MediaType::Csv => csv::write(&decode(bytes), &mut writer),
        MediaType::Json => json::write(&decode(bytes), &mut writer),
        MediaType::Xml => xml::write(&decode(bytes), &mut writer),
        MediaType::Pdf => title = pdf::write(bytes, &mut writer)?,
        MediaType::Rtf => title = rtf::write(bytes, &mut writer),
        MediaType::Docx | MediaType::Pptx | MediaType::Xlsx | MediaType::Doc | MediaType::Ppt | MediaType::Xls => {
            title = office::write(bytes, media_type, &mut writer)?;
        }
        MediaType::Odt | MediaType::Odp | MediaType::Ods => title = odf::write(bytes, media_type, &mut writer)?,
        MediaType::Epub => (title, writer) = epub::write(bytes, writer)?,
        MediaType::Email => (title, writer) = email::write(bytes, writer, depth)?,
        MediaType::Unsupported(media_type) => {
            return Err(ExtractError::Unsupported { media_type: media_type.to_owned() });
        }
    }
    Ok((title, writer))
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
        let error = extract(b"GIF89a", MediaType::Unsupported("image/gif"), &limits()).unwrap_err();
        assert_eq!(error.to_string(), "media type `image/gif` is not supported");
    }

    #[test]
    fn a_title_is_one_line() {
        assert_eq!(title_line(" a\n\tb "), Some("a b".to_owned()));
        assert_eq!(title_line(" \n"), None);
        assert_eq!(title_line(&"é".repeat(1000)).map(|title| title.chars().count()), Some(TITLE_CHARS_MAX));
    }
}
