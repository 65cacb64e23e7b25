//! PDF: the text of each page in reading order.
//!
//! The second library reads files on which the first one gives up; it knows less of layout. Both may end the process over a crafted file,
//! so this belongs into a worker.

use lopdf::Document as Plain;
use pdf_oxide::PdfDocument;
use pdf_oxide::error::Error;
use pdf_oxide::object::Object;

use crate::decode::decode;
use crate::package::corrupt;
use crate::writer::TextWriter;
use crate::{ExtractError, MediaType};

/// Most pages that are read: a file that refers to one page ten million times is small.
const PAGES_MAX: usize = 20_000;

/// Most bytes that the content of a page may unpack to in the second library.
const PAGE_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Writes the document's text and returns its title.
pub(crate) fn write(bytes: &[u8], writer: &mut TextWriter) -> Result<Option<String>, ExtractError> {
    let start = writer.len();
    let read = write_pages(bytes, writer);
    if writer.len() > start || matches!(read, Err(ExtractError::Encrypted { .. })) {
        return read;
    }
    match (read, write_plain(bytes, writer)) {
        (Ok(title), _) => Ok(title),
        (Err(error), false) => Err(error),
        (Err(_), true) => Ok(None),
    }
}

fn write_pages(bytes: &[u8], writer: &mut TextWriter) -> Result<Option<String>, ExtractError> {
    let document = PdfDocument::from_bytes(bytes.to_vec()).map_err(|error| refusal(&error))?;
    // Most encrypted files have an empty password: they may be read, and only ask not to be printed.
    let is_open =
        !document.is_encrypted() || document.is_authenticated() || document.authenticate(b"").unwrap_or(false);
    if !is_open {
        return Err(refusal(&Error::EncryptedPdf));
    }
    let n_pages = document.page_count().map_err(|error| refusal(&error))?;
    let mut first_error = None;
    let start = writer.len();
    for page in 0..n_pages.min(PAGES_MAX) {
        if writer.is_full() {
            break;
        }
        match document.extract_text(page) {
            Ok(text) => writer.lines(&text),
            Err(error) => first_error = first_error.or(Some(refusal(&error))),
        }
        writer.block();
    }
    if n_pages > PAGES_MAX {
        writer.cut();
    }
    match first_error {
        Some(error) if writer.len() == start => Err(error),
        _ => Ok(title(&document)),
    }
}

/// The title in the information dictionary.
fn title(document: &PdfDocument) -> Option<String> {
    let resolved = |object: &Object| match object.as_reference() {
        Some(reference) => document.load_object(reference).ok(),
        None => Some(object.clone()),
    };
    let info = resolved(document.trailer().as_dict()?.get("Info")?)?;
    let title = resolved(info.as_dict()?.get("Title")?)?;
    // Without a byte-order mark it is nearly windows-1252.
    Some(decode(title.as_string()?).into_owned())
}

/// What the second library finds; false if it cannot open the file either.
fn write_plain(bytes: &[u8], writer: &mut TextWriter) -> bool {
    let Ok(document) = Plain::load_mem(bytes) else { return false };
    for page in document.get_pages().into_keys().take(PAGES_MAX) {
        if writer.is_full() {
            break;
        }
        if let Ok(text) = document.extract_text_with_limit(&[page], PAGE_BYTES_MAX) {
            writer.lines(&text);
        }
        writer.block();
    }
    true
}

/// What the library's error means. Its messages quote the document, so none of them is kept.
fn refusal(error: &Error) -> ExtractError {
    match error {
        Error::EncryptedPdf => ExtractError::Encrypted { media_type: MediaType::Pdf.as_str().to_owned() },
        _ => corrupt(MediaType::Pdf),
    }
}
