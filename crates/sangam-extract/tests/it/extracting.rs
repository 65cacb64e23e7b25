//! Whatever the bytes, extraction returns, within its limits.

use proptest::prelude::*;
use sangam_extract::{Limits, MediaType, extract, sniff};

/// The types that are read by code of our own, which may be asked for anything.
const TYPES: [MediaType; 7] = [
    MediaType::PlainText,
    MediaType::Html,
    MediaType::Markdown,
    MediaType::Csv,
    MediaType::Json,
    MediaType::Xml,
    MediaType::Rtf,
];

/// A little of everything that the extractors know, to be cut up and broken.
const SAMPLE: &str = "---\ntitle: x\n---\n<!DOCTYPE html><title>T&amp;t</title><table><tr><td a=\"b>c\">1<td>2</table>\n# H *e*\n\n\
    | a | b |\n|---|---|\n| 1 | 2 |\n\n```\ncode\n```\n> - 1. q[^1]\n\n[^1]: n\n<script>if(a<b)</script><![CDATA[d]]><!-- c -->\
    {\"k\": [1, \"\\u00e9\\ud83d\\ude00\\n\"]}\r\n\"q, \"\"r\"\"\",s;t\té日本。\u{0}\u{ad}<pre>\n x</pre>{\\rtf1{\\fonttbl{\\f1\\fcharset128 M;}}\\f1\\'93\\'fa\\uc2\\u-10179??\\bin4 abcd{\\*\\x y}\\cell\\row}<plaintext>";

fn check(bytes: &[u8]) -> Result<(), TestCaseError> {
    let limits = Limits { text_bytes_max: 200, ..Limits::default() };
    let _ = sniff(bytes, None, None);
    for media_type in TYPES {
        let extracted = extract(bytes, media_type, &limits);
        let extracted = extracted.map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert!(extracted.text.len() <= limits.text_bytes_max);
        prop_assert!(!extracted.text.contains(|char: char| char.is_control() && char != '\n' && char != '\t'));
    }
    Ok(())
}

proptest! {
    #[test]
    fn arbitrary_bytes(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        check(&bytes)?;
    }

    #[test]
    fn mutated_documents(
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0_u8..4, any::<u8>()), 0..30),
    ) {
        let mut bytes = SAMPLE.as_bytes().to_vec();
        for (at, edit, byte) in edits {
            let at = at.index(bytes.len());
            match edit {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                2 => bytes.truncate(at + 1),
                _ => bytes.extend_from_within(at..),
            }
            bytes.truncate(4000);
        }
        check(&bytes)?;
    }
}

/// Inputs that make a careless parser take time or memory out of proportion. Linear ones take well under a second each.
#[test]
fn hostile_repetitions_take_linear_time() {
    for part in [
        "<div>",
        "<a b",
        " a",
        "<!--",
        "&amp;",
        "&",
        "<table><tr><td>",
        "> ",
        "- ",
        "[",
        "![",
        "*a_",
        "`",
        "```\n",
        "|",
        "\"",
        "\",",
        "[a](",
        "<p><b>",
        "{\"a\":",
        "\\",
        "<![CDATA[",
        "<?",
        "</",
        "<script>",
        "[^1]",
        "~~",
        "# ",
        "  - a\n",
        "a\n",
        "\n",
        "<a href='x",
        "]]>",
        "&#x1F600;",
        "[a]: b\n",
        "{\\f1 \\'e4",
        "\\u-10179?",
        "{\\*\\x{",
    ] {
        // The short lines go on with what the repetition has opened.
        let bytes = part.repeat(40_000 / part.len()) + "a\n" + &"a\n".repeat(10_000);
        for media_type in TYPES {
            let one = std::time::Instant::now();
            assert!(extract(bytes.as_bytes(), media_type, &Limits::default()).is_ok());
            assert!(one.elapsed().as_secs() < 5, "`{part}` as {media_type:?} took {:?}", one.elapsed());
        }
    }
}
