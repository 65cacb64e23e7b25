//! Where a sync is, so that it can go on there.
//!
//! ```text
//! {"v":2, "settled":"9f…", "at":{"stage":"space","space":"65538","listing":"pages","after":"65802"}, "incomplete":["space/7"]}
//! {"v":2, "settled":"9f…", "at":{"stage":"site","listing":"attachments","next":"https://…"}, "incomplete":[]}
//! ```

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The form of the checkpoint; another one is not understood, and the sync starts over.
const VERSION: u32 = 2;

/// A listing of a space, in the order in which they are walked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum SpaceListing {
    /// The space's own document.
    Space,
    /// Its pages.
    Pages,
    /// Its blog posts.
    Blogs,
    /// Their comments and replies. On Data Center, where there is no listing of the whole site.
    Comments,
    /// Their attachments, likewise.
    Attachments,
}

/// A listing of the whole site, in the order in which they are walked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum SiteListing {
    /// Footer comments and their replies.
    FooterComments,
    /// Inline comments and their replies.
    InlineComments,
    /// Attachments.
    Attachments,
}

/// How far the documents are sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "stage")]
pub(crate) enum Position {
    /// Nothing yet.
    Start,
    /// In a space; those with smaller ids are done.
    Space {
        /// The space's id.
        space: String,
        /// The listing; those before it are done.
        listing: SpaceListing,
        /// The last content id that is done in it, if any; ids before it are done.
        after: Option<String>,
    },
    /// All spaces are done; in a listing of the whole site.
    Site {
        /// The listing; those before it are done.
        listing: SiteListing,
        /// The page to go on with; `None` is the first.
        next: Option<String>,
    },
}

/// What is stored with a batch.
#[derive(Debug, Serialize, Deserialize)]
struct Checkpoint {
    v: u32,
    /// A digest of what the sync began with; with anything else it starts over.
    settled: String,
    at: Position,
    incomplete: BTreeSet<String>,
}

/// Writes a checkpoint.
pub(crate) fn write(settled: &str, at: &Position, incomplete: &BTreeSet<String>) -> Value {
    let checkpoint =
        Checkpoint { v: VERSION, settled: settled.to_owned(), at: at.clone(), incomplete: incomplete.clone() };
    serde_json::to_value(checkpoint).expect("a checkpoint is strings and numbers")
}

/// Reads a checkpoint; one that is not understood, or is of a sync that began with something else, is none.
pub(crate) fn read(value: Option<&Value>, settled: &str) -> (Position, BTreeSet<String>) {
    let parsed = value
        .and_then(|value| Checkpoint::deserialize(value).ok())
        .filter(|checkpoint| checkpoint.v == VERSION && checkpoint.settled == settled);
    parsed.map_or((Position::Start, BTreeSet::new()), |checkpoint| (checkpoint.at, checkpoint.incomplete))
}

/// The order of ids, which are numbers of any length.
pub(crate) fn id_order(id: &str) -> (usize, &str) {
    (id.len(), id)
}

/// Where to begin with a listing of the whole site.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Begin<'p> {
    /// Not at all: it was done before the interruption.
    Done,
    /// At its first page.
    First,
    /// At this page.
    At(&'p str),
}

impl Position {
    /// True if this document of a space was sent already.
    pub(crate) fn is_past(&self, space_id: &str, in_listing: SpaceListing, content_id: &str) -> bool {
        match self {
            Self::Start => false,
            Self::Site { .. } => true,
            Self::Space { space, listing, after } => {
                let done_in_space = *listing > in_listing
                    || (*listing == in_listing
                        && after.as_deref().is_some_and(|after| id_order(content_id) <= id_order(after)));
                id_order(space_id) < id_order(space) || (space_id == space && done_in_space)
            }
        }
    }

    /// Where to begin with a listing of the whole site.
    pub(crate) fn begin(&self, of: SiteListing) -> Begin<'_> {
        match self {
            Self::Site { listing, .. } if *listing > of => Begin::Done,
            Self::Site { listing, next: Some(next) } if *listing == of => Begin::At(next),
            _ => Begin::First,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checkpoint_comes_back_and_another_form_is_none() {
        let at = Position::Space { space: "65538".into(), listing: SpaceListing::Pages, after: Some("65802".into()) };
        let written = write("s", &at, &["space/7".to_owned()].into());
        assert_eq!(read(Some(&written), "s"), (at, ["space/7".to_owned()].into()));
        assert_eq!(read(Some(&written), "another").0, Position::Start);
        assert_eq!(
            read(Some(&serde_json::json!({ "v": 1, "at": { "stage": "start" }, "incomplete": [] })), "s").0,
            Position::Start
        );
        assert_eq!(read(Some(&serde_json::json!("x")), "s").0, Position::Start);
        assert_eq!(read(None, "s").0, Position::Start);
    }

    #[test]
    fn what_is_before_the_position_is_past_it() {
        let at = Position::Space { space: "20".into(), listing: SpaceListing::Pages, after: Some("100".into()) };
        assert!(at.is_past("3", SpaceListing::Blogs, "9"));
        assert!(at.is_past("20", SpaceListing::Space, "20"));
        assert!(at.is_past("20", SpaceListing::Pages, "99") && at.is_past("20", SpaceListing::Pages, "100"));
        assert!(!at.is_past("20", SpaceListing::Pages, "101"));
        assert!(!at.is_past("20", SpaceListing::Blogs, "1"));
        assert!(!at.is_past("100", SpaceListing::Space, "1"));
        assert_eq!(at.begin(SiteListing::FooterComments), Begin::First);
        let at = Position::Site { listing: SiteListing::InlineComments, next: Some("u".into()) };
        assert!(at.is_past("100", SpaceListing::Blogs, "1"));
        assert_eq!(at.begin(SiteListing::FooterComments), Begin::Done);
        assert_eq!(at.begin(SiteListing::InlineComments), Begin::At("u"));
        assert_eq!(at.begin(SiteListing::Attachments), Begin::First);
    }
}
