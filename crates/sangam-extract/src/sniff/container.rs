//! What is in a container, from its directory alone: nothing is unpacked, and the time is linear in the bytes.

use crate::limits::MEMBERS_MAX;

/// Bytes of the record that ends a zip's directory, without its comment.
const ZIP_END_BYTES: usize = 22;
/// Longest comment behind it.
const ZIP_COMMENT_MAX: usize = u16::MAX as usize;
/// Bytes of a directory entry's fixed part.
const ZIP_ENTRY_BYTES: usize = 46;
/// Bytes of a local header's fixed part.
const ZIP_LOCAL_BYTES: usize = 30;

/// The names of a zip's members, in the order of its directory; none if there is no directory.
///
/// Source: APPNOTE 6.3, sections 4.3.12 and 4.3.16.
pub(super) fn zip_names(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut at = zip_directory(bytes);
    let entries = std::iter::from_fn(move || {
        let entry = bytes.get(at?..).filter(|rest| rest.starts_with(b"PK\x01\x02"))?;
        let (name, extra, comment) = (u16_at(entry, 28)?, u16_at(entry, 30)?, u16_at(entry, 32)?);
        at = at.map(|at| at + ZIP_ENTRY_BYTES + name + extra + comment);
        entry.get(ZIP_ENTRY_BYTES..ZIP_ENTRY_BYTES + name)
    });
    entries.take(MEMBERS_MAX)
}

fn zip_directory(bytes: &[u8]) -> Option<usize> {
    let from = bytes.len().saturating_sub(ZIP_END_BYTES + ZIP_COMMENT_MAX);
    let end = bytes[from..].windows(4).rposition(|window| window == b"PK\x05\x06")?;
    u32_at(&bytes[from + end..], 16)
}

/// What the member `mimetype` says, which OpenDocument and EPUB put first and do not pack.
pub(super) fn zip_mimetype(bytes: &[u8]) -> Option<&str> {
    let (name, extra, size) = (u16_at(bytes, 26)?, u16_at(bytes, 28)?, u32_at(bytes, 18)?);
    let data = ZIP_LOCAL_BYTES + name + extra;
    let is_mimetype = bytes.get(ZIP_LOCAL_BYTES..ZIP_LOCAL_BYTES + name)? == b"mimetype";
    // Some writers give the size only behind the data, where the next header begins.
    let rest = bytes.get(data..)?;
    let size = if size > 0 { size } else { rest.windows(2).take(128).position(|window| window == b"PK")? };
    std::str::from_utf8(rest.get(..size)?).ok().filter(|_| is_mimetype).map(str::trim)
}

/// Bytes of a directory entry of a compound file.
const OLE_ENTRY_BYTES: usize = 128;

/// Whether a compound file has a stream or storage of this name, anywhere in it.
///
/// Entries are as long as they are aligned, so no chain of sectors needs to be followed.
/// Source: MS-CFB, section 2.6.1.
pub(super) fn ole_has(bytes: &[u8], name: &str) -> bool {
    let wide: Vec<u8> = name.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect();
    bytes.as_chunks::<OLE_ENTRY_BYTES>().0.iter().any(|entry| {
        entry.starts_with(&wide) && u16_at(entry, 64) == Some(wide.len()) && matches!(entry[66], 1 | 2 | 5)
    })
}

fn u16_at(bytes: &[u8], at: usize) -> Option<usize> {
    let field = bytes.get(at..at + 2)?;
    Some(usize::from(u16::from_le_bytes([field[0], field[1]])))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<usize> {
    let field = bytes.get(at..at + 4)?;
    Some(u32::from_le_bytes([field[0], field[1], field[2], field[3]]) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_directories_end_the_names() {
        assert_eq!(zip_names(b"PK\x03\x04").count(), 0);
        assert_eq!(zip_names(b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\xFF\xFF\xFF\xFF\0\0").count(), 0);
        assert_eq!(zip_mimetype(b"PK\x03\x04"), None);
        assert!(!ole_has(b"\xD0\xCF", "WordDocument"));
    }
}
