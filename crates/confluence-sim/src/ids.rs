//! Ids, and how the simulator invents them: the same seed always gets the same ones.

use std::fmt;
use std::str::FromStr;

/// The id of a piece of content: page, blog post, comment, attachment or tree node.
///
/// All of them share one number space, as in Confluence. On the wire an attachment's id carries
/// the prefix `att`; parsing accepts both forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContentId(pub u64);

/// The id of a space: a number in v1, a string in v2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SpaceId(pub u64);

impl fmt::Display for ContentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for SpaceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for ContentId {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.strip_prefix("att").unwrap_or(text).parse().map(Self)
    }
}

/// A number that depends on nothing but `text` (FNV-1a, 64 bits).
///
/// Not `DefaultHasher`: ids must not change with the compiler's version.
pub(crate) fn stable_hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// A value in the form of a version 4 UUID that depends on nothing but `text`.
pub(crate) fn stable_uuid(text: &str) -> String {
    let (a, b) = (stable_hash(text), stable_hash(&format!("{text}/2")));
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        a >> 32,
        (a >> 16) & 0xffff,
        a & 0xfff,
        0x8000 | ((b >> 48) & 0x3fff),
        b & 0xffff_ffff_ffff
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attachment_id_parses_with_and_without_its_prefix() {
        assert_eq!("att77".parse::<ContentId>().unwrap(), ContentId(77));
        assert_eq!("77".parse::<ContentId>().unwrap(), ContentId(77));
        assert!("ate77".parse::<ContentId>().is_err());
    }

    #[test]
    fn invented_ids_are_stable_and_differ() {
        assert_eq!(stable_uuid("engineering"), stable_uuid("engineering"));
        assert_ne!(stable_uuid("engineering"), stable_uuid("people"));
        assert_eq!(stable_uuid("engineering").len(), 36);
    }
}
