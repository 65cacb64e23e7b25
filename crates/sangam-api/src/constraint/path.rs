//! Where in a request a value stands.

use std::fmt;

/// A path, linked from the value back to the root, so that walking allocates nothing.
///
/// It prints as AWS prints it: members in lowerCamel with dots, elements of lists counted from one, as in
/// `attributeFilter.andAllFilters.1.member.equalsTo.key`.
#[derive(Clone, Copy, Debug)]
pub(super) enum Path<'a> {
    Root,
    Member(&'a Path<'a>, &'static str),
    /// The index counts from zero.
    Element(&'a Path<'a>, usize),
    /// The value of a map's entry; the key is the client's, so it is not shown.
    Entry(&'a Path<'a>),
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Member(Path::Root, name) => f.write_str(&lower_camel(name)),
            Self::Member(parent, name) => write!(f, "{parent}.{}", lower_camel(name)),
            Self::Element(parent, index) => write!(f, "{parent}.{}.member", index + 1),
            Self::Entry(parent) => write!(f, "{parent}.value"),
        }
    }
}

/// `IndexId` is `indexId`, `ResourceARN` is `resourceARN`; a name all in capitals is all in small letters.
fn lower_camel(name: &str) -> String {
    if name.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return name.to_ascii_lowercase();
    }
    let mut characters = name.chars();
    let first = characters.next().map(|c| c.to_ascii_lowercase());
    first.into_iter().chain(characters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_print_as_aws_prints_them() {
        let (documents, first);
        let path = {
            documents = Path::Member(&Path::Root, "Documents");
            first = Path::Element(&documents, 0);
            Path::Member(&first, "S3Path")
        };
        assert_eq!(path.to_string(), "documents.1.member.s3Path");
        assert_eq!(Path::Member(&Path::Root, "ResourceARN").to_string(), "resourceARN");
        assert_eq!(Path::Member(&Path::Root, "URL").to_string(), "url");
    }
}
