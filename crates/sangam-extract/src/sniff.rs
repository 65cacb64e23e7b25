//! Finding a document's type from its bytes; what the sender says is a hint, because senders mislabel.

mod container;

use crate::media_type::{BINARY, MediaType, OLE, ZIP};
use container::{ole_has, zip_mimetype, zip_names};

/// Bytes that are looked at in text: every signature lies at the start, and a long comment before `<html` still fits.
const HEAD_BYTES: usize = 4096;

/// The type of `bytes`.
///
/// In this order: a signature that cannot be mistaken (`%PDF-`, `<!doctype html`, a NUL byte), and for containers what is in them; then
/// `declared`, a MIME type or one of Kendra's `ContentType`s, then the extension of `file_name`, each only as far as it names text, since
/// bytes that look like text are not what a label for a binary type says; then what the text looks like; else plain text.
///
/// Nothing is parsed or unpacked: it takes time linear in the bytes and no memory, so that it is safe in any process.
pub fn sniff(bytes: &[u8], declared: Option<&str>, file_name: Option<&str>) -> MediaType {
    let hints = [declared.and_then(MediaType::from_label), file_name.and_then(MediaType::from_file_name)];
    let head = &bytes[..bytes.len().min(HEAD_BYTES)];
    match binary_signature(head) {
        Some(MediaType::Unsupported(ZIP)) => return in_zip(bytes, &hints),
        Some(MediaType::Unsupported(OLE)) => return in_ole(bytes, &hints),
        Some(found) => return found,
        None => {}
    }
    let head = printable_head(head);
    if let Some(found) = markup_signature(&head) {
        return found;
    }
    let hint = hints.into_iter().flatten().find(|hint| hint.is_text() || *hint == MediaType::Email);
    hint.unwrap_or_else(|| looks_like(&head))
}

/// Signatures of files that are not read as text.
const SIGNATURES: [(&[u8], MediaType); 20] = [
    (b"%PDF-", MediaType::Pdf),
    (b"{\\rtf", MediaType::Rtf),
    (b"PK\x03\x04", MediaType::Unsupported(ZIP)),
    (b"PK\x05\x06", MediaType::Unsupported(ZIP)),
    (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", MediaType::Unsupported(OLE)),
    (b"\x89PNG\r\n\x1A\n", MediaType::Unsupported("image/png")),
    (b"\xFF\xD8\xFF", MediaType::Unsupported("image/jpeg")),
    (b"GIF87a", MediaType::Unsupported("image/gif")),
    (b"GIF89a", MediaType::Unsupported("image/gif")),
    (b"II*\0", MediaType::Unsupported("image/tiff")),
    (b"MM\0*", MediaType::Unsupported("image/tiff")),
    (b"\x1F\x8B", MediaType::Unsupported("application/gzip")),
    (b"BZh9", MediaType::Unsupported("application/x-bzip2")),
    (b"\xFD7zXZ\0", MediaType::Unsupported("application/x-xz")),
    (b"7z\xBC\xAF\x27\x1C", MediaType::Unsupported("application/x-7z-compressed")),
    (b"Rar!\x1A\x07", MediaType::Unsupported("application/vnd.rar")),
    (b"\x28\xB5\x2F\xFD", MediaType::Unsupported("application/zstd")),
    (b"OggS", MediaType::Unsupported("audio/ogg")),
    (b"ID3", MediaType::Unsupported("audio/mpeg")),
    (b"\x7FELF", MediaType::Unsupported("application/x-elf")),
];

/// How far behind the start `%PDF-` may stand: printers' job headers and mail gateways put something before it.
const PDF_OFFSET_MAX: usize = 1024;

fn binary_signature(head: &[u8]) -> Option<MediaType> {
    let found = SIGNATURES.iter().find(|(signature, _)| head.starts_with(signature));
    if let Some((_, media_type)) = found {
        return Some(*media_type);
    }
    let is_utf16 = head.starts_with(b"\xFF\xFE") || head.starts_with(b"\xFE\xFF");
    let is_binary = !is_utf16 && head.contains(&0);
    let starts = &head[..head.len().min(PDF_OFFSET_MAX)];
    let has_pdf_line = starts.windows(6).any(|window| window == b"\n%PDF-");
    if (is_binary || head.starts_with(b"\x1B%-12345X")) && has_pdf_line {
        return Some(MediaType::Pdf);
    }
    is_binary.then_some(MediaType::Unsupported(BINARY))
}

/// The type of a zip: what it says itself, or what its members' names say; a hint only where those are lost.
fn in_zip(bytes: &[u8], hints: &[Option<MediaType>]) -> MediaType {
    if let Some(found) = zip_mimetype(bytes).and_then(MediaType::from_label).filter(|found| is_zipped(*found)) {
        return found;
    }
    let mut n_members = 0;
    for name in zip_names(bytes) {
        n_members += 1;
        let found = match name {
            name if name.starts_with(b"word/") => MediaType::Docx,
            name if name.starts_with(b"xl/") => MediaType::Xlsx,
            name if name.starts_with(b"ppt/") => MediaType::Pptx,
            b"META-INF/container.xml" => MediaType::Epub,
            _ => continue,
        };
        return found;
    }
    let hint = hints.iter().flatten().copied().find(|hint| is_zipped(*hint));
    match hint {
        Some(hint) if n_members == 0 => hint,
        _ => MediaType::Unsupported(ZIP),
    }
}

fn is_zipped(media_type: MediaType) -> bool {
    use MediaType::{Docx, Epub, Odp, Ods, Odt, Pptx, Xlsx};
    matches!(media_type, Docx | Pptx | Xlsx | Odt | Odp | Ods | Epub)
}

/// The type of a compound file, by the stream that each program keeps its document in. A document in a document has its streams too: then
/// a hint decides, and what reads the file looks again at which of them is the outer one. A package that is encrypted lies in such a file as well.
fn in_ole(bytes: &[u8], hints: &[Option<MediaType>]) -> MediaType {
    if ole_has(bytes, "EncryptedPackage") {
        let is_ooxml = |hint: &MediaType| matches!(hint, MediaType::Docx | MediaType::Pptx | MediaType::Xlsx);
        return hints.iter().flatten().copied().find(is_ooxml).unwrap_or(MediaType::Docx);
    }
    let streams = [
        ("WordDocument", MediaType::Doc),
        ("PowerPoint Document", MediaType::Ppt),
        ("Workbook", MediaType::Xls),
        ("Book", MediaType::Xls),
    ];
    let mut found = streams.into_iter().filter(|(name, _)| ole_has(bytes, name)).map(|(_, media_type)| media_type);
    let Some(first) = found.next() else { return MediaType::Unsupported(OLE) };
    let hinted = found.find(|media_type| hints.contains(&Some(*media_type)));
    if hints.contains(&Some(first)) { first } else { hinted.unwrap_or(first) }
}

/// The head as lower-case ASCII, without the NULs of UTF-16, a byte-order mark, and leading white space.
fn printable_head(head: &[u8]) -> String {
    let ascii: String = head
        .iter()
        .filter(|byte| byte.is_ascii() && **byte != 0)
        .map(|byte| byte.to_ascii_lowercase() as char)
        .collect();
    ascii.trim_start().to_owned()
}

fn markup_signature(head: &str) -> Option<MediaType> {
    let content = skip_comments(head);
    if content.starts_with("<!doctype html") || starts_with_tag(content, "html") {
        return Some(MediaType::Html);
    }
    let (_, body) = content.strip_prefix("<?xml")?.split_once("?>").unwrap_or_default();
    let body = skip_comments(body.trim_start());
    let is_xhtml = body.starts_with("<!doctype html") || starts_with_tag(body, "html");
    Some(if is_xhtml { MediaType::Html } else { MediaType::Xml })
}

fn skip_comments(mut content: &str) -> &str {
    while let Some(rest) = content.strip_prefix("<!--") {
        match rest.split_once("-->") {
            Some((_, after)) => content = after.trim_start(),
            None => return "",
        }
    }
    content
}

fn starts_with_tag(content: &str, name: &str) -> bool {
    let after = content.strip_prefix('<').and_then(|rest| rest.strip_prefix(name));
    after.is_some_and(|rest| rest.starts_with(|next: char| next == '>' || next == '/' || next.is_whitespace()))
}

/// Tags that open a fragment of HTML when nobody said what it is.
const FRAGMENT_TAGS: [&str; 12] =
    ["head", "body", "title", "p", "div", "h1", "h2", "table", "ul", "ol", "span", "section"];

fn looks_like(head: &str) -> MediaType {
    let content = skip_comments(head);
    if FRAGMENT_TAGS.iter().any(|name| starts_with_tag(content, name)) {
        return MediaType::Html;
    }
    if starts_with_tag(content, "svg") || (content.starts_with('<') && content.contains(" xmlns")) {
        return MediaType::Xml;
    }
    if looks_like_email(content) {
        return MediaType::Email;
    }
    let json_object = content.strip_prefix('{').is_some_and(|rest| rest.trim_start().starts_with(['"', '}']));
    let json_array = content.strip_prefix('[').is_some_and(|rest| rest.trim_start().starts_with(['{', '[', '"']));
    if json_object || json_array { MediaType::Json } else { MediaType::PlainText }
}

/// Headers of which every mail has the first two, and one at its very start.
const EMAIL_HEADERS: [&str; 9] =
    ["from:", "date:", "received:", "return-path:", "delivered-to:", "message-id:", "mime-version:", "subject:", "to:"];

/// Two headers of a mail in its first block of lines that begin like headers, the first of them in the first line.
fn looks_like_email(head: &str) -> bool {
    let is_known = |line: &str| EMAIL_HEADERS.iter().any(|header| line.starts_with(header));
    let is_header = |line: &str| {
        let name = line.split(':').next().unwrap_or_default();
        line.starts_with([' ', '\t']) || (line.contains(':') && !name.contains(char::is_whitespace))
    };
    let headers = || head.lines().take_while(|line| !line.is_empty() && is_header(line));
    let has = |name: &str| headers().any(|line| line.starts_with(name));
    head.lines().next().is_some_and(is_known) && has("from:") && (has("date:") || has("message-id:"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_win_over_what_the_sender_says() {
        let pdf = sniff(b"%PDF-1.7\n...", Some("text/plain"), Some("notes.txt"));
        assert_eq!(pdf, MediaType::Pdf);
        assert_eq!(sniff(b"\x1B%-12345X@PJL\r\n%PDF-1.4", None, None), MediaType::Pdf);
        assert_eq!(sniff(b"text about\n%PDF-1.4", None, None), MediaType::PlainText);
        let html = sniff(b"\n<!DOCTYPE HTML><p>x", Some("text/plain"), Some("notes.txt"));
        assert_eq!(html, MediaType::Html);
        assert_eq!(sniff(b"just words", Some("application/pdf"), Some("a.pdf")), MediaType::PlainText);
        assert_eq!(sniff(b"a\0b", Some("text/plain"), None), MediaType::Unsupported(BINARY));
    }

    #[test]
    fn declared_type_wins_over_file_name_and_file_name_over_looks() {
        assert_eq!(sniff(b"# a", Some("text/markdown; charset=utf-8"), Some("a.txt")), MediaType::Markdown);
        assert_eq!(sniff(b"a,b", Some("application/octet-stream"), Some("A.CSV")), MediaType::Csv);
        assert_eq!(sniff(b"<p>x", None, Some("a.md")), MediaType::Markdown);
        assert_eq!(sniff(b"<p>x", None, None), MediaType::Html);
        assert_eq!(sniff(b"[{\"a\": 1}]", None, None), MediaType::Json);
        assert_eq!(sniff(b"[draft] words", None, None), MediaType::PlainText);
    }

    #[test]
    fn kendra_content_types_are_labels() {
        assert_eq!(sniff(b"a", Some("MD"), None), MediaType::Markdown);
        assert_eq!(sniff(b"a", Some("PLAIN_TEXT"), None), MediaType::PlainText);
        assert_eq!(MediaType::from_label("MS_WORD"), Some(MediaType::Doc));
    }

    #[test]
    fn damaged_containers_are_what_is_said_of_them() {
        assert_eq!(sniff(b"PK\x03\x04....", Some("application/zip"), Some("a.odt")), MediaType::Odt);
        assert_eq!(sniff(b"PK\x03\x04....", None, Some("a.txt")), MediaType::Unsupported(ZIP));
        assert_eq!(sniff(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", None, Some("a.doc")), MediaType::Unsupported(OLE));
    }

    #[test]
    fn a_mail_is_known_by_its_headers() {
        let mail = b"Received: from a\n by b\nFrom: c\nSubject: d\nDate: e\n\nHello";
        assert_eq!(sniff(mail, None, None), MediaType::Email);
        assert_eq!(sniff(b"From: a\n\nDate: b", None, None), MediaType::PlainText);
        assert_eq!(sniff(b"Dear all,\nFrom: a\nDate: b", None, None), MediaType::PlainText);
        assert_eq!(sniff(b"X: y\n\nHello", Some("message/rfc822"), None), MediaType::Email);
    }

    #[test]
    fn xhtml_is_html_and_other_xml_is_xml() {
        assert_eq!(sniff(b"<?xml version='1.0'?><html xmlns='x'>", None, None), MediaType::Html);
        assert_eq!(sniff(b"<?xml version='1.0'?><book/>", Some("text/plain"), None), MediaType::Xml);
        let feed = b"<?xml version='1.0'?><feed><![CDATA[<html>]]></feed>";
        assert_eq!(sniff(feed, None, None), MediaType::Xml);
        let svg = b"<svg><text>a label</text></svg>";
        assert_eq!(sniff(svg, Some("image/svg+xml"), None), MediaType::Xml);
        assert_eq!(sniff(b"\xFF\xFE<\0h\0t\0m\0l\0>\0", None, None), MediaType::Html);
    }
}
