//! The documents of a site as a search index sees them, each with a word that only it contains:
//! so a test can look for every document as every person, and know what must be found.

use std::collections::{BTreeMap, BTreeSet};

use crate::content::{Content, FileBytes, Kind, Status};
use crate::ids::{ContentId, SpaceId};
use crate::site::Site;
use crate::space::SpaceStatus;
use crate::visibility::Reader;

/// Two words that share so much of their beginning may be one to a stemmer.
const STEM_CHARS_MIN: usize = 5;

/// Numbers and the like may be this short.
const NUMBER_CHARS_MIN: usize = 4;

/// What sort of document it is, in the words of the product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Entity {
    /// A space, by its name and description.
    Space,
    /// A page.
    Page,
    /// A blog post.
    Blog,
    /// A comment of either sort, replies too.
    Comment,
    /// An attachment.
    Attachment,
    /// A folder, by its title.
    Folder,
    /// A whiteboard, by its title.
    Whiteboard,
    /// A database, by its title.
    Database,
    /// An embedded page of another site, by its title.
    Embed,
}

/// One document.
#[derive(Debug, Clone)]
pub struct Document {
    /// What it is.
    pub entity: Entity,
    /// Its id on the wire: `att…` for attachments, the space's id for spaces.
    pub id: String,
    /// Its title, a space's name.
    pub title: String,
    /// The key of its space.
    pub space_key: String,
    /// Current or archived, a comment's and an attachment's as its page's. Drafts and the trash
    /// are no documents.
    pub status: Status,
    /// A word, in lower case, that no other document contains, nor one that begins like it;
    /// `None` when it has none.
    pub word: Option<String>,
}

impl Site {
    /// All documents that somebody might find, in the order of ids, spaces first.
    pub fn documents(&self) -> Vec<Document> {
        let mut found: Vec<(Document, Text)> = Vec::new();
        for space in self.spaces().filter(|space| space.status != SpaceStatus::Trashed) {
            let text = format!("{} {}", space.name, space.description.as_deref().unwrap_or_default());
            let document = Document {
                entity: Entity::Space,
                id: space.id.to_string(),
                title: space.name.clone(),
                space_key: space.key.clone(),
                status: if space.status == SpaceStatus::Archived { Status::Archived } else { Status::Current },
                word: None,
            };
            found.push((document, Text::new(&text, &format!("{text} {}", space.key))));
        }
        found.extend(self.contents().filter_map(|content| self.document(content)));
        let owners = owners(&found);
        let words: Vec<_> = found.iter().map(|(_, text)| own_word(text, &owners)).collect();
        found.into_iter().zip(words).map(|((document, _), word)| Document { word, ..document }).collect()
    }

    /// Whether `reader` may find this document.
    pub fn can_read_document(&self, reader: Reader<'_>, document: &Document) -> bool {
        if document.entity == Entity::Space {
            return document.id.parse().is_ok_and(|id| self.can_view_space(reader, SpaceId(id)));
        }
        document.id.parse::<ContentId>().is_ok_and(|id| self.can_read(reader, id))
    }

    fn document(&self, content: &Content) -> Option<(Document, Text)> {
        let entity = match content.kind {
            Kind::Page { .. } => Entity::Page,
            Kind::BlogPost => Entity::Blog,
            Kind::FooterComment | Kind::InlineComment { .. } => Entity::Comment,
            Kind::Attachment(_) => Entity::Attachment,
            Kind::Folder => Entity::Folder,
            Kind::Whiteboard => Entity::Whiteboard,
            Kind::Database => Entity::Database,
            Kind::Embed { .. } => Entity::Embed,
            Kind::Custom { .. } => return None,
        };
        let space = self.space(content.space).filter(|space| space.status != SpaceStatus::Trashed)?;
        if !self.is_readable_state(content) {
            return None;
        }
        let body = match &content.kind {
            Kind::Attachment(file) => match &file.bytes {
                FileBytes::Real(bytes) => String::from_utf8_lossy(bytes).into_owned(),
                FileBytes::Generated(_) => String::new(),
            },
            _ => content.storage().into_owned(),
        };
        let own = if body.is_empty() { content.title.clone() } else { body.clone() };
        let document = Document {
            entity,
            id: content.wire_id(),
            title: content.title.clone(),
            space_key: space.key.clone(),
            status: self.anchor(content)?.status,
            word: None,
        };
        Some((document, Text::new(&own, &format!("{} {body}", content.title))))
    }
}

/// The words of a document: those it may be looked for by, and all that it must be told apart by.
struct Text {
    own: BTreeSet<String>,
    all: BTreeSet<String>,
}

impl Text {
    fn new(own: &str, all: &str) -> Self {
        Self { own: words(&without_tags(own)), all: words(all) }
    }
}

/// How many documents contain each word.
fn owners(found: &[(Document, Text)]) -> BTreeMap<&str, usize> {
    let mut owners = BTreeMap::new();
    for word in found.iter().flat_map(|(_, text)| &text.all) {
        *owners.entry(word.as_str()).or_default() += 1;
    }
    owners
}

/// The longest word of letters that stands alone; failing that, a number that does.
fn own_word(text: &Text, owners: &BTreeMap<&str, usize>) -> Option<String> {
    let alone = |word: &&String| {
        let stem: String = word.chars().take(word.chars().count().saturating_sub(3).max(STEM_CHARS_MIN)).collect();
        let alike = owners.range(stem.as_str()..).take_while(|(other, _)| other.starts_with(&stem));
        alike
            .map(|(other, n)| if other == word { *n - 1 } else { usize::from(!text.all.contains(*other)) })
            .sum::<usize>()
            == 0
    };
    let long = |word: &&String| word.chars().count() >= STEM_CHARS_MIN;
    let letters = |word: &&String| word.chars().all(|c| c.is_ascii_lowercase());
    let plain = text.own.iter().filter(long).filter(letters).filter(alone).max_by_key(|word| word.len());
    plain.or_else(|| text.own.iter().filter(|word| word.len() >= NUMBER_CHARS_MIN).find(alone)).cloned()
}

fn words(text: &str) -> BTreeSet<String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

/// Text without markup and entities; what stands inside of tags is no text.
pub(crate) fn without_tags(markup: &str) -> String {
    let mut text = String::with_capacity(markup.len());
    let mut inside = false;
    for c in markup.replace("<![CDATA[", " ").replace("]]>", " ").chars() {
        match c {
            '<' => inside = true,
            '>' if inside => {
                inside = false;
                text.push(' ');
            }
            _ if inside => {}
            _ => text.push(c),
        }
    }
    without_entities(&text)
}

/// `&amp;` and its like become spaces: none of them is a letter in our seeds.
fn without_entities(text: &str) -> String {
    let mut parts = text.split('&');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push(' ');
        out.push_str(part.split_once(';').filter(|(name, _)| !name.contains(' ')).map_or(part, |(_, rest)| rest));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_of_its_own_is_in_no_other_document_nor_alike() {
        let site = Site::acme();
        let documents = site.documents();
        let word = |title: &str| {
            documents.iter().find(|it| it.title == title && it.entity != Entity::Comment).unwrap().word.clone()
        };
        assert_eq!(word("INC-42 post-mortem").as_deref(), Some("confidential"));
        // `Engineering Home` says only `Welcome to Engineering`; the space has the one, `People Home` the other.
        assert_eq!(word("Engineering Home"), None);
        assert_eq!(word("steps.txt").as_deref(), Some("replica"));
    }

    #[test]
    fn drafts_and_the_trash_are_no_documents() {
        let documents = Site::acme().documents();
        assert!(documents.iter().all(|document| document.id != "65840" && document.id != "65860"));
        let archived = documents.iter().find(|document| document.id == "65850").unwrap();
        assert_eq!(archived.status, Status::Archived);
    }

    #[test]
    fn markup_is_not_text() {
        assert_eq!(words(&without_tags("<p class=\"wide\">one&nbsp;<b>two</b></p>")), words("one two"));
    }
}
