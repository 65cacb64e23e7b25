//! The file behind `S3PathforGroupMembers`.
//!
//! One JSON object a line, or one JSON array of them: `{"type": "USER" | "GROUP", "id": …, "dataSourceId": …}`. The contract says what is in
//! it and not how it is written, so both spellings are read, and blank lines are passed over.

use sangam_access::{MappedMember, ScopedGroup};
use serde::Deserialize;

#[derive(Deserialize)]
struct Entry {
    #[serde(rename = "type")]
    kind: EntryKind,
    id: String,
    #[serde(rename = "dataSourceId")]
    data_source_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum EntryKind {
    User,
    Group,
}

/// The members in a file.
///
/// # Errors
/// Where it cannot be read, as a sentence; never what stands there.
pub(crate) fn parse(bytes: &[u8]) -> Result<Vec<MappedMember>, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "the file of group members is not UTF-8".to_owned())?;
    if text.trim_start().starts_with('[') {
        let entries: Vec<Entry> = serde_json::from_str(text).map_err(|error| {
            format!("the file of group members is not a JSON array of members (line {})", error.line())
        })?;
        return Ok(entries.into_iter().map(member).collect());
    }
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(number, line)| {
            serde_json::from_str(line)
                .map(member)
                .map_err(|_| format!("line {} of the file of group members is not a member", number + 1))
        })
        .collect()
}

fn member(entry: Entry) -> MappedMember {
    match entry.kind {
        EntryKind::User => MappedMember::User { name: entry.id },
        EntryKind::Group => {
            MappedMember::Group { group: ScopedGroup { name: entry.id, data_source: entry.data_source_id } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_arrays_say_the_same() {
        let lines =
            "{\"type\":\"USER\",\"id\":\"ada\"}\n\n{\"type\":\"GROUP\",\"id\":\"staff\",\"dataSourceId\":\"s\"}\n";
        let array = r#" [{"type":"USER","id":"ada"},{"type":"GROUP","id":"staff","dataSourceId":"s"}]"#;
        let expected = vec![
            MappedMember::User { name: "ada".into() },
            MappedMember::Group { group: ScopedGroup { name: "staff".into(), data_source: Some("s".into()) } },
        ];
        assert_eq!(parse(lines.as_bytes()).unwrap(), expected);
        assert_eq!(parse(array.as_bytes()).unwrap(), expected);
        assert_eq!(parse(b"").unwrap(), []);
    }

    #[test]
    fn a_broken_file_says_where_and_not_what() {
        let error = parse(b"{\"type\":\"USER\",\"id\":\"ada\"}\nsecret").unwrap_err();
        assert!(error.contains("line 2") && !error.contains("secret"), "{error}");
        assert!(parse(b"[{\"type\":\"ROBOT\",\"id\":\"x\"}]").is_err());
        assert!(parse(&[0xff]).is_err());
    }
}
