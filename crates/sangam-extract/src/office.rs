//! Word, PowerPoint and Excel, of both generations.

use std::io::Cursor;

use office_oxide::doc::DocError;
use office_oxide::docx::DocxError;
use office_oxide::options::ParseOptions;
use office_oxide::ppt::PptError;
use office_oxide::pptx::PptxError;
use office_oxide::xls::XlsError;
use office_oxide::xlsx::XlsxError;
use office_oxide::{Document, DocumentFormat, OfficeError, core};

use crate::error::Death;
use crate::limits::{MEMBER_BYTES_MAX, MEMBERS_MAX, NESTED_MAX, RATIO_MAX, UNPACKED_BYTES_MAX};
use crate::package::{Package, corrupt};
use crate::writer::TextWriter;
use crate::{ExtractError, MediaType};

/// Most packages that are opened inside one document, such as charts with their numbers.
const EMBEDDED_MAX: usize = 16;

/// Memory for what a small file can multiply: empty cells, and strings that many cells share. A quarter of what a worker has.
const MULTIPLIED_BYTES_MAX: u64 = 256 * 1024 * 1024;

/// Characters that are asked for beyond those that fit, so that a text that was cut is seen to be cut.
const TEXT_MARGIN_CHARS: usize = 1024;

/// Writes the document's text and returns its title.
pub(crate) fn write(
    bytes: &[u8],
    media_type: MediaType,
    writer: &mut TextWriter,
) -> Result<Option<String>, ExtractError> {
    let format = format(media_type);
    if !format.is_legacy() && bytes.starts_with(b"PK") {
        // Only for what its directory says: which parts are read, and how much of them, is decided below.
        if let Err(error @ ExtractError::Expands { .. }) = Package::open(bytes, media_type) {
            return Err(error);
        }
    }
    let options = options(writer.bytes_max());
    let document = Document::from_reader_with(Cursor::new(bytes.to_vec()), format, &options)
        .map_err(|error| refusal(&error, media_type))?;
    writer.preformatted(&document.plain_text());
    Ok(title(&document))
}

fn format(media_type: MediaType) -> DocumentFormat {
    match media_type {
        MediaType::Pptx => DocumentFormat::Pptx,
        MediaType::Xlsx => DocumentFormat::Xlsx,
        MediaType::Doc => DocumentFormat::Doc,
        MediaType::Ppt => DocumentFormat::Ppt,
        MediaType::Xls => DocumentFormat::Xls,
        _ => DocumentFormat::Docx,
    }
}

fn options(text_bytes_max: usize) -> ParseOptions {
    let mut options = ParseOptions::default();
    options.limits.package_entries = MEMBERS_MAX;
    options.limits.package_bytes = UNPACKED_BYTES_MAX;
    options.limits.part_bytes = MEMBER_BYTES_MAX;
    options.limits.inflate_ratio = RATIO_MAX;
    options.limits.embedded_depth = NESTED_MAX;
    options.limits.embedded_packages = EMBEDDED_MAX;
    options.limits.text_chars = text_bytes_max + TEXT_MARGIN_CHARS;
    options.limits.memory_bytes = MULTIPLIED_BYTES_MAX;
    options
}

/// The title that the author gave. The older formats' only comes with a whole conversion, in which a heading stands for it otherwise.
fn title(document: &Document) -> Option<String> {
    let properties = match document.format() {
        DocumentFormat::Docx => document.as_docx()?.core_properties.as_ref(),
        DocumentFormat::Pptx => document.as_pptx()?.core_properties.as_ref(),
        DocumentFormat::Xlsx => document.as_xlsx()?.core_properties.as_ref(),
        DocumentFormat::Doc | DocumentFormat::Ppt | DocumentFormat::Xls => return document.to_ir().metadata.title,
    };
    properties?.title.clone()
}

/// What the library's error means. Its messages quote the document, so none of them is kept.
fn refusal(error: &OfficeError, media_type: MediaType) -> ExtractError {
    match error {
        OfficeError::Panic(_) => return ExtractError::Died { death: Death::Crash },
        // It parses on a thread of its own, for which there was no room.
        OfficeError::UnsupportedFormat(message) if message.starts_with("thread spawn failed") => {
            return ExtractError::Died { death: Death::Memory };
        }
        _ => {}
    }
    let is_encrypted = match error {
        OfficeError::Doc(DocError::Encrypted)
        | OfficeError::Ppt(PptError::Encrypted)
        | OfficeError::Xls(XlsError::Encrypted | XlsError::EncryptionNotSupported(_)) => true,
        OfficeError::UnsupportedFormat(message) => message.contains("encrypted"),
        _ => false,
    };
    if is_encrypted {
        return ExtractError::Encrypted { media_type: media_type.as_str().to_owned() };
    }
    let package = match error {
        OfficeError::Core(error)
        | OfficeError::Docx(DocxError::Core(error))
        | OfficeError::Pptx(PptxError::Core(error))
        | OfficeError::Xlsx(XlsxError::Core(error)) => Some(error),
        _ => None,
    };
    match package {
        Some(core::Error::PackageLimit { .. } | core::Error::DecompressionLimit { .. }) => ExtractError::Expands {
            media_type: media_type.as_str().to_owned(),
            limit: format!("{UNPACKED_BYTES_MAX} bytes, {MEMBER_BYTES_MAX} in a part"),
        },
        _ => corrupt(media_type),
    }
}
