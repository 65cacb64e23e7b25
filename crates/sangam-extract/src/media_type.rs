//! The types that extraction knows by name.

/// What a document's bytes are, as [`sniff`](crate::sniff()) finds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MediaType {
    /// Text without markup.
    PlainText,
    /// HTML of any age, also a fragment.
    Html,
    /// Markdown, the GitHub flavour.
    Markdown,
    /// Comma-, semicolon- or tab-separated rows.
    Csv,
    /// JSON: its strings, numbers and keys are the text.
    Json,
    /// XML of any vocabulary, XSLT included: its character data is the text.
    Xml,
    /// PDF, the text that it holds as text; a scan holds none.
    Pdf,
    /// Rich Text Format.
    Rtf,
    /// Word, as a package of XML.
    Docx,
    /// PowerPoint, as a package of XML.
    Pptx,
    /// Excel, as a package of XML.
    Xlsx,
    /// Word 6 to 2003.
    Doc,
    /// PowerPoint 95 to 2003.
    Ppt,
    /// Excel 5 to 2003.
    Xls,
    /// OpenDocument text.
    Odt,
    /// OpenDocument presentation or drawing.
    Odp,
    /// OpenDocument spreadsheet.
    Ods,
    /// An electronic book.
    Epub,
    /// A mail with its headers.
    Email,
    /// Anything else, by its MIME type.
    Unsupported(&'static str),
}

/// How a type is called.
struct Name {
    media_type: MediaType,
    mime: &'static str,
    /// Other labels: MIME types, and Kendra's `ContentType`s in lower case.
    labels: &'static [&'static str],
    extensions: &'static [&'static str],
}

const fn name(
    media_type: MediaType,
    mime: &'static str,
    labels: &'static [&'static str],
    extensions: &'static [&'static str],
) -> Name {
    Name { media_type, mime, labels, extensions }
}

const OOXML: &str = "application/vnd.openxmlformats-officedocument.";

/// Kendra's `MS_WORD`, `MS_EXCEL` and `PPT` do not say which generation; the bytes do.
const NAMES: [Name; 19] = [
    name(MediaType::PlainText, "text/plain", &["plain_text"], &["txt", "text", "log"]),
    name(MediaType::Html, "text/html", &["application/xhtml+xml", "html"], &["html", "htm", "xhtml"]),
    name(MediaType::Markdown, "text/markdown", &["text/x-markdown", "md"], &["md", "markdown", "mdown"]),
    name(MediaType::Csv, "text/csv", &["text/tab-separated-values", "application/csv", "csv"], &["csv", "tsv"]),
    name(MediaType::Json, "application/json", &["text/json", "json"], &["json", "ndjson", "jsonl"]),
    name(
        MediaType::Xml,
        "application/xml",
        &["text/xml", "application/xslt+xml", "xml", "xslt"],
        &["xml", "xsl", "xslt", "xsd"],
    ),
    name(MediaType::Pdf, "application/pdf", &["application/x-pdf", "pdf"], &["pdf"]),
    name(MediaType::Rtf, "application/rtf", &["text/rtf", "text/richtext", "rtf"], &["rtf"]),
    name(
        MediaType::Docx,
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        &[
            "application/vnd.openxmlformats-officedocument.wordprocessingml.template",
            "application/vnd.ms-word.document.macroenabled.12",
            "application/vnd.ms-word.template.macroenabled.12",
        ],
        &["docx", "docm", "dotx", "dotm"],
    ),
    name(
        MediaType::Pptx,
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        &[
            "application/vnd.openxmlformats-officedocument.presentationml.slideshow",
            "application/vnd.openxmlformats-officedocument.presentationml.template",
            "application/vnd.ms-powerpoint.presentation.macroenabled.12",
        ],
        &["pptx", "pptm", "ppsx", "ppsm", "potx", "potm"],
    ),
    name(
        MediaType::Xlsx,
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        &[
            "application/vnd.openxmlformats-officedocument.spreadsheetml.template",
            "application/vnd.ms-excel.sheet.macroenabled.12",
            "application/vnd.ms-excel.sheet.binary.macroenabled.12",
        ],
        &["xlsx", "xlsm", "xltx", "xltm", "xlsb"],
    ),
    name(MediaType::Doc, "application/msword", &["ms_word"], &["doc", "dot"]),
    name(MediaType::Ppt, "application/vnd.ms-powerpoint", &["ppt"], &["ppt", "pps", "pot"]),
    name(MediaType::Xls, "application/vnd.ms-excel", &["ms_excel"], &["xls", "xlt"]),
    name(
        MediaType::Odt,
        "application/vnd.oasis.opendocument.text",
        &["application/vnd.oasis.opendocument.text-template"],
        &["odt", "ott"],
    ),
    name(
        MediaType::Odp,
        "application/vnd.oasis.opendocument.presentation",
        &["application/vnd.oasis.opendocument.presentation-template", "application/vnd.oasis.opendocument.graphics"],
        &["odp", "otp", "odg"],
    ),
    name(
        MediaType::Ods,
        "application/vnd.oasis.opendocument.spreadsheet",
        &["application/vnd.oasis.opendocument.spreadsheet-template"],
        &["ods", "ots"],
    ),
    name(MediaType::Epub, "application/epub+zip", &[], &["epub"]),
    name(MediaType::Email, "message/rfc822", &[], &["eml"]),
];

impl MediaType {
    /// The MIME type, without parameters.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unsupported(name) => name,
            // Every other type is in the list, which a test counts through.
            _ => NAMES.iter().find(|name| name.media_type == self).map_or(BINARY, |name| name.mime),
        }
    }

    /// The extension that files of this type have most often, in lower case; none without an extractor.
    pub fn extension(self) -> Option<&'static str> {
        NAMES.iter().find(|name| name.media_type == self).and_then(|name| name.extensions.first().copied())
    }

    /// The type that a label names: a MIME type with or without parameters, or one of Kendra's `ContentType`s.
    ///
    /// Returns `None` for labels that say nothing (`application/octet-stream`) or that are not known here.
    pub fn from_label(label: &str) -> Option<Self> {
        let essence = label.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let essence = essence.as_str();
        if let Some(name) = NAMES.iter().find(|name| name.mime == essence || name.labels.contains(&essence)) {
            return Some(name.media_type);
        }
        if let Some(name) = UNSUPPORTED.iter().find(|name| **name == essence) {
            return Some(Self::Unsupported(name));
        }
        let is_xml = essence.ends_with("+xml") && !essence.starts_with("image/") && !essence.starts_with(OOXML);
        if is_xml {
            return Some(Self::Xml);
        }
        essence.ends_with("+json").then_some(Self::Json)
    }

    /// The type that a file name's extension stands for, or `None` without one that is known here.
    pub fn from_file_name(file_name: &str) -> Option<Self> {
        let (_, extension) = file_name.rsplit_once('.')?;
        let extension = extension.to_ascii_lowercase();
        NAMES.iter().find(|name| name.extensions.contains(&extension.as_str())).map(|name| name.media_type)
    }

    /// True for the types that are read as characters from their first byte to their last, so that any bytes without a signature of
    /// their own may be one. Reading them is linear, needs no recursion, and has been shown not to end the process, whatever they hold.
    pub fn is_text(self) -> bool {
        matches!(self, Self::PlainText | Self::Html | Self::Markdown | Self::Csv | Self::Json | Self::Xml)
    }
}

pub(crate) const ZIP: &str = "application/zip";
pub(crate) const OLE: &str = "application/x-ole-storage";
pub(crate) const BINARY: &str = "application/octet-stream";

/// MIME types that a label may name and that have no extractor.
const UNSUPPORTED: [&str; 5] = [ZIP, "image/png", "image/jpeg", "image/gif", "image/svg+xml"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_leads_to_its_type_and_back() {
        for name in &NAMES {
            assert_eq!(name.media_type.as_str(), name.mime);
            let file_name = format!("A.{}", name.media_type.extension().unwrap());
            assert_eq!(MediaType::from_file_name(&file_name), Some(name.media_type));
            assert_eq!(MediaType::from_label(name.mime), Some(name.media_type));
            for label in name.labels {
                assert_eq!(MediaType::from_label(&label.to_uppercase()), Some(name.media_type), "{label}");
            }
            for extension in name.extensions {
                assert_eq!(MediaType::from_file_name(&format!("a.b.{extension}")), Some(name.media_type));
            }
        }
    }

    #[test]
    fn labels_that_say_nothing_name_nothing() {
        assert_eq!(MediaType::from_label("application/octet-stream"), None);
        assert_eq!(MediaType::from_label("application/atom+xml; charset=utf-8"), Some(MediaType::Xml));
        assert_eq!(MediaType::from_label("image/svg+xml"), Some(MediaType::Unsupported("image/svg+xml")));
        assert_eq!(MediaType::from_file_name("pdf"), None);
    }
}
