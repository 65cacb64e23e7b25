//! What a simulated site says of itself: every document, its own word, and who may read it.

use confluence_sim::{Entity, Reader, Site, Status};

/// A document of the site as the index calls it, with its word and those who may read it.
#[derive(Debug, Clone)]
pub(crate) struct Expected {
    pub(crate) id: String,
    pub(crate) word: String,
    pub(crate) readers: Vec<Option<String>>,
}

/// Everybody by account id, nobody included, and every document in scope of a sync of everything.
pub(crate) fn expectations(site: &Site, source_id: &str) -> (Vec<Option<String>>, Vec<Expected>) {
    let people: Vec<Option<String>> = site.everyone().map(|user| Some(user.account_id.clone())).chain([None]).collect();
    let in_scope = |status: Status| matches!(status, Status::Current | Status::Archived);
    let documents = site.documents().into_iter().filter(|document| in_scope(document.status));
    let expected = documents.map(|document| {
        let readers = people.iter().filter(|person| {
            let reader = person.as_deref().map_or(Reader::Anonymous, Reader::User);
            site.can_read_document(reader, &document)
        });
        Expected {
            id: format!("confluence/{source_id}/{}/{}", entity(document.entity), document.id),
            word: document.word.clone().expect("each document of these sites has one"),
            readers: readers.cloned().collect(),
        }
    });
    let expected = expected.collect();
    (people, expected)
}

fn entity(entity: Entity) -> &'static str {
    match entity {
        Entity::Space => "space",
        Entity::Page => "page",
        Entity::Blog => "blog",
        Entity::Comment => "comment",
        Entity::Attachment => "attachment",
        Entity::Folder => "folder",
        Entity::Whiteboard => "whiteboard",
        Entity::Database => "database",
        Entity::Embed => "embed",
    }
}
