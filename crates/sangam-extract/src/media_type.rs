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
    /// Anything else, by its MIME type.
    Unsupported(&'static str),
}

impl MediaType {
    /// The MIME type, without parameters.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PlainText => "text/plain",
            Self::Html => "text/html",
            Self::Markdown => "text/markdown",
            Self::Csv => "text/csv",
            Self::Json => "application/json",
            Self::Xml => "application/xml",
            Self::Unsupported(name) => name,
        }
    }

    /// The type that a label names: a MIME type with or without parameters, or one of Kendra's `ContentType`s.
    ///
    /// Returns `None` for labels that say nothing (`application/octet-stream`) or that are not known here.
    pub fn from_label(label: &str) -> Option<Self> {
        let essence = label.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        Some(match essence.as_str() {
            "text/plain" | "plain_text" => Self::PlainText,
            "text/html" | "application/xhtml+xml" | "html" => Self::Html,
            "text/markdown" | "text/x-markdown" | "md" => Self::Markdown,
            "text/csv" | "text/tab-separated-values" | "application/csv" | "csv" => Self::Csv,
            "application/json" | "text/json" | "json" => Self::Json,
            "application/xml" | "text/xml" | "application/xslt+xml" | "xml" | "xslt" => Self::Xml,
            "pdf" => Self::Unsupported(PDF),
            "rtf" | "text/rtf" => Self::Unsupported(RTF),
            "ms_word" => Self::Unsupported(DOCX),
            "ms_excel" => Self::Unsupported(XLSX),
            "ppt" => Self::Unsupported(PPTX),
            other if other.ends_with("+json") => Self::Json,
            other if other.ends_with("+xml") && !other.starts_with("image/") => Self::Xml,
            other => Self::Unsupported(UNSUPPORTED.iter().find(|name| **name == other)?),
        })
    }

    /// The type that a file name's extension stands for, or `None` without one that is known here.
    pub fn from_file_name(file_name: &str) -> Option<Self> {
        let (_, extension) = file_name.rsplit_once('.')?;
        Some(match extension.to_ascii_lowercase().as_str() {
            "txt" | "text" | "log" => Self::PlainText,
            "html" | "htm" | "xhtml" => Self::Html,
            "md" | "markdown" | "mdown" => Self::Markdown,
            "csv" | "tsv" => Self::Csv,
            "json" | "ndjson" | "jsonl" => Self::Json,
            "xml" | "xsl" | "xslt" | "xsd" => Self::Xml,
            "pdf" => Self::Unsupported(PDF),
            "rtf" => Self::Unsupported(RTF),
            "docx" => Self::Unsupported(DOCX),
            "xlsx" => Self::Unsupported(XLSX),
            "pptx" => Self::Unsupported(PPTX),
            "doc" => Self::Unsupported("application/msword"),
            "xls" => Self::Unsupported("application/vnd.ms-excel"),
            "ppt" => Self::Unsupported("application/vnd.ms-powerpoint"),
            "odt" => Self::Unsupported("application/vnd.oasis.opendocument.text"),
            "ods" => Self::Unsupported("application/vnd.oasis.opendocument.spreadsheet"),
            "odp" => Self::Unsupported("application/vnd.oasis.opendocument.presentation"),
            "epub" => Self::Unsupported("application/epub+zip"),
            _ => return None,
        })
    }
}

pub(crate) const PDF: &str = "application/pdf";
pub(crate) const RTF: &str = "application/rtf";
pub(crate) const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
pub(crate) const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
pub(crate) const PPTX: &str = "application/vnd.openxmlformats-officedocument.presentationml.presentation";
pub(crate) const ZIP: &str = "application/zip";
pub(crate) const OLE: &str = "application/x-ole-storage";
pub(crate) const BINARY: &str = "application/octet-stream";

/// MIME types that a label may name and that have no extractor yet.
const UNSUPPORTED: [&str; 18] = [
    PDF,
    RTF,
    DOCX,
    XLSX,
    PPTX,
    ZIP,
    "application/msword",
    "application/vnd.ms-excel",
    "application/vnd.ms-powerpoint",
    "application/vnd.oasis.opendocument.text",
    "application/vnd.oasis.opendocument.spreadsheet",
    "application/vnd.oasis.opendocument.presentation",
    "application/epub+zip",
    "message/rfc822",
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/svg+xml",
];
