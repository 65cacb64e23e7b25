//! Finding a document's type from its bytes; what the sender says is a hint, because senders mislabel.

use crate::media_type::{BINARY, DOCX, MediaType, OLE, PDF, PPTX, RTF, XLSX, ZIP};

/// Bytes that are looked at: every signature lies at the start, and a long comment before `<html` still fits.
const HEAD_BYTES: usize = 4096;

/// The type of `bytes`.
///
/// In this order: a signature that cannot be mistaken (`%PDF-`, `<!doctype html`, a NUL byte); then `declared`, a MIME type or
/// one of Kendra's `ContentType`s, then the extension of `file_name`, each only as far as it names text, since bytes that look like text
/// are not what a label for a binary type says; then what the text looks like; else plain text.
pub fn sniff(bytes: &[u8], declared: Option<&str>, file_name: Option<&str>) -> MediaType {
    let hints = [declared.and_then(MediaType::from_label), file_name.and_then(MediaType::from_file_name)];
    let head = &bytes[..bytes.len().min(HEAD_BYTES)];
    if let Some(name) = binary_signature(head) {
        return MediaType::Unsupported(refine_container(name, head, &hints));
    }
    let head = printable_head(head);
    if let Some(found) = markup_signature(&head) {
        return found;
    }
    let hint = hints.into_iter().flatten().find(|hint| !matches!(hint, MediaType::Unsupported(_)));
    hint.unwrap_or_else(|| looks_like(&head))
}

/// Signatures of files that are not text, longest known first.
const SIGNATURES: [(&[u8], &str); 20] = [
    (b"%PDF-", PDF),
    (b"{\\rtf", RTF),
    (b"PK\x03\x04", ZIP),
    (b"PK\x05\x06", ZIP),
    (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", OLE),
    (b"\x89PNG\r\n\x1A\n", "image/png"),
    (b"\xFF\xD8\xFF", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"\x1F\x8B", "application/gzip"),
    (b"BZh9", "application/x-bzip2"),
    (b"\xFD7zXZ\0", "application/x-xz"),
    (b"7z\xBC\xAF\x27\x1C", "application/x-7z-compressed"),
    (b"Rar!\x1A\x07", "application/vnd.rar"),
    (b"\x28\xB5\x2F\xFD", "application/zstd"),
    (b"OggS", "audio/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"\x7FELF", "application/x-elf"),
];

fn binary_signature(head: &[u8]) -> Option<&'static str> {
    let found = SIGNATURES.iter().find(|(signature, _)| head.starts_with(signature));
    if let Some((_, name)) = found {
        return Some(name);
    }
    let is_utf16 = head.starts_with(b"\xFF\xFE") || head.starts_with(b"\xFE\xFF");
    (!is_utf16 && head.contains(&0)).then_some(BINARY)
}

/// Office files are zip or OLE containers: the parts' names inside, or else a hint, say which.
fn refine_container(name: &'static str, head: &[u8], hints: &[Option<MediaType>]) -> &'static str {
    if name != ZIP && name != OLE {
        return name;
    }
    let inside = |part: &[u8]| name == ZIP && head.windows(part.len()).any(|window| window == part);
    if inside(b"word/") {
        return DOCX;
    }
    if inside(b"xl/") {
        return XLSX;
    }
    if inside(b"ppt/") {
        return PPTX;
    }
    let hinted = hints.iter().flatten().find_map(|hint| match hint {
        MediaType::Unsupported(hinted) if *hinted != PDF && *hinted != RTF && !hinted.starts_with("image/") => {
            Some(*hinted)
        }
        _ => None,
    });
    hinted.unwrap_or(name)
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
    let json_object = content.strip_prefix('{').is_some_and(|rest| rest.trim_start().starts_with(['"', '}']));
    let json_array = content.strip_prefix('[').is_some_and(|rest| rest.trim_start().starts_with(['{', '[', '"']));
    if json_object || json_array { MediaType::Json } else { MediaType::PlainText }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_win_over_what_the_sender_says() {
        let pdf = sniff(b"%PDF-1.7\n...", Some("text/plain"), Some("notes.txt"));
        assert_eq!(pdf, MediaType::Unsupported(PDF));
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
        assert_eq!(MediaType::from_label("MS_WORD"), Some(MediaType::Unsupported(DOCX)));
    }

    #[test]
    fn office_containers_are_named_by_their_parts() {
        assert_eq!(sniff(b"PK\x03\x04....word/document.xml", None, None), MediaType::Unsupported(DOCX));
        assert_eq!(sniff(b"PK\x03\x04....", None, Some("a.odt")).as_str(), "application/vnd.oasis.opendocument.text");
        assert_eq!(sniff(b"PK\x03\x04....", None, Some("a.txt")), MediaType::Unsupported(ZIP));
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
