//! What becomes a document, and what is known of it.

use confluence_sim::{ContentId, Kind, NewContent, Resolution};
use sangam_sync::{Content, CrawlMode, FieldValue};
use serde_json::{Value, json};

use crate::world::{World, acme};

fn text<'w>(world: &'w World, id: &str) -> &'w str {
    match &world.shelf.documents.get(id).unwrap_or_else(|| panic!("`{id}` is a document")).content {
        Content::Text(text) => text,
        Content::None => "",
        other => panic!("{other:?}"),
    }
}

fn attribute<'w>(world: &'w World, id: &str, name: &str) -> Option<&'w FieldValue> {
    let attributes = &world.shelf.documents.get(id).unwrap_or_else(|| panic!("`{id}` is a document")).attributes;
    attributes.iter().find(|(field, _)| field == name).map(|(_, value)| value)
}

fn list(texts: &[&str]) -> FieldValue {
    FieldValue::StringList(texts.iter().map(|text| (*text).to_owned()).collect())
}

fn map(world: &mut World, source: &str, index: &str, kind: &str) {
    let mapping = json!({ "dataSourceFieldName": source, "indexFieldName": index, "indexFieldType": kind });
    world.mappings.as_array_mut().unwrap().push(mapping);
}

#[tokio::test]
async fn folders_whiteboards_databases_and_embeds_are_found_by_title_and_place() {
    let mut world = World::new(acme()).await;
    world.crawl(CrawlMode::Changes).await.unwrap();
    for (id, title, place) in [
        ("folder/65820", "Incidents", "/spaces/ENG/folder/65820"),
        ("whiteboard/66200", "Failover flow", "/spaces/ENG/whiteboard/66200"),
        ("database/66201", "Hosts", "/spaces/ENG/database/66201"),
        ("embed/66202", "Grafana", "/spaces/ENG/embed/66202"),
    ] {
        let document = &world.shelf.documents[id];
        assert_eq!((document.title.as_str(), &document.content), (title, &Content::None));
        assert!(document.uri.ends_with(place), "{}", document.uri);
        assert_eq!(world.readers(id), ["ada", "ben"], "`{id}` is below a restricted page");
    }
    assert_eq!(attribute(&world, "embed/66202", "_category"), Some(&FieldValue::String("embed".into())));
    world.assert_agreement();

    world.sync().await;
    assert!(world.shelf.sent.is_empty(), "{:?}", world.shelf.sent);
    world.sim.site().write().trash(ContentId(66200)).unwrap();
    world.sync().await;
    assert!(!world.shelf.documents.contains_key("whiteboard/66200"), "the trash is nobody's");
    world.more = json!({ "isCrawlPage": false });
    world.sync().await;
    assert!(!world.shelf.documents.contains_key("folder/65820"), "they go with the switch of pages");
}

#[tokio::test]
async fn a_place_above_pages_outside_the_filter_restricts_and_is_no_document() {
    let mut world = World::new(acme()).await;
    world.more = json!({ "pageTitleRegEX": ["^INC-"] });
    world.crawl(CrawlMode::Changes).await.unwrap();
    assert!(!world.shelf.documents.contains_key("folder/65820"), "its title does not pass");
    assert_eq!(world.readers("page/65830"), ["ada"]);
}

#[tokio::test]
async fn titles_of_what_is_above_are_a_field_if_they_are_mapped() {
    let mut world = World::new(acme()).await;
    map(&mut world, "ancestors", "trail", "STRING_LIST");
    map(&mut world, "path", "place", "STRING");
    world.crawl(CrawlMode::Changes).await.unwrap();
    let home = world.sim.site().read().content(ContentId(65700)).unwrap().title.clone();
    let above = |titles: &[&str]| list(&[&[home.as_str()], titles].concat());
    assert_eq!(attribute(&world, "page/65830", "trail"), Some(&above(&["Runbooks", "Incidents"])));
    assert_eq!(attribute(&world, "folder/65820", "trail"), Some(&above(&["Runbooks"])));
    assert_eq!(attribute(&world, "comment/66401", "trail"), Some(&above(&["Runbooks", "Database failover"])));
    assert_eq!(attribute(&world, "attachment/att66113", "trail"), Some(&above(&["Runbooks", "Database failover"])));
    let place = FieldValue::String(format!("{home} / Runbooks"));
    assert_eq!(attribute(&world, "page/65802", "place"), Some(&place));
    assert_eq!(attribute(&world, "blog/66001", "trail"), None, "a blog post is below nothing");

    let renamed = world.sim.site().write().rename(ContentId(65801), "Playbooks", "ada");
    renamed.unwrap();
    world.crawl(CrawlMode::Changes).await.unwrap();
    assert_eq!(attribute(&world, "page/65830", "trail"), Some(&above(&["Playbooks", "Incidents"])));
}

#[tokio::test]
async fn mentions_are_a_field_if_they_are_mapped_and_never_text() {
    let mut site = acme();
    let id_of = |site: &confluence_sim::Site, who: &str| site.find_user(who).unwrap().account_id.clone();
    let (ada, ben) = (id_of(&site, "ada"), id_of(&site, "ben"));
    let mention = |id: &str| format!(r#"<ac:link><ri:user ri:account-id="{id}"/></ac:link>"#);
    let body = format!("<p>Ask {} or {} or {}</p>", mention(&ada), mention("gone-7"), mention(&ada));
    let page = site.add_page("ENG", None, "Contacts", &body, "ada").unwrap();
    let comment = site.add_comment(page, &format!("<p>And {}</p>", mention(&ben)), "ada").unwrap();
    let mut world = World::new(site).await;
    world.crawl(CrawlMode::Changes).await.unwrap();
    let (page, comment) = (format!("page/{page}"), format!("comment/{comment}"));
    assert_eq!(text(&world, &page), "Ask or or");
    assert_eq!(attribute(&world, &page, "people"), None);
    map(&mut world, "mentions", "people", "STRING_LIST");
    world.crawl(CrawlMode::Changes).await.unwrap();
    let name = |id: &str| world.sim.site().read().find_user(id).unwrap().display_name.clone();
    assert_eq!(attribute(&world, &page, "people"), Some(&list(&[&name(&ada), "gone-7"])));
    assert_eq!(attribute(&world, &comment, "people"), Some(&list(&[&name(&ben)])));
    world.crawl(CrawlMode::Changes).await.unwrap();
    assert!(world.shelf.sent.is_empty(), "{:?}", world.shelf.sent);
}

#[tokio::test]
async fn comments_on_attachments_and_replies_at_any_depth_are_read_by_the_pages_readers() {
    let mut site = acme();
    let on_file = site.add_comment(ContentId(66113), "<p>Is this file current?</p>", "ben").unwrap();
    let mut last = site.add_comment(on_file, "<p>It is</p>", "ada").unwrap();
    for n in 0..5 {
        last = site.add_comment(last, &format!("<p>reply {n}</p>"), "ben").unwrap();
    }
    let mut inline = ContentId(66410);
    for n in 0..3 {
        inline = site.add_comment(inline, &format!("<p>inline reply {n}</p>"), "ada").unwrap();
    }
    let mut world = World::new(site).await;
    world.crawl(CrawlMode::Changes).await.unwrap();
    let id = |comment: ContentId| format!("comment/{comment}");
    assert_eq!(text(&world, &id(on_file)), "Is this file current?");
    assert_eq!(text(&world, &id(last)), "reply 4");
    assert_eq!(text(&world, &id(inline)), "inline reply 2");
    for comment in [on_file, last, inline] {
        assert_eq!(world.shelf.documents[&id(comment)].anchor, "65802");
        assert_eq!(world.readers(&id(comment)), ["ada", "ben"]);
    }
    world.assert_agreement();
    assert_eq!(world.sim.calls().get("/wiki/api/v2/attachments/{id}").copied(), Some(1), "asked for once");
    world.more = json!({ "isCrawlPageComment": false });
    world.sync().await;
    assert!(!world.shelf.documents.contains_key(&id(on_file)));
}

#[tokio::test]
async fn inline_comments_are_documents_whatever_became_of_their_discussion() {
    let mut site = acme();
    let mut made = Vec::new();
    for resolution in [Resolution::Open, Resolution::Reopened, Resolution::Resolved, Resolution::Dangling] {
        let kind = Kind::InlineComment { selection: "primary".into(), resolution };
        let body = format!("<p>it is {}</p>", resolution.as_str());
        let new =
            NewContent { kind, space: "ENG", parent: Some(ContentId(65802)), title: "", body: &body, author: "ben" };
        made.push((site.add(new).unwrap(), resolution));
    }
    let mut world = World::new(site).await;
    world.crawl(CrawlMode::Changes).await.unwrap();
    for (id, resolution) in made {
        assert_eq!(text(&world, &format!("comment/{id}")), format!("it is {}", resolution.as_str()));
    }
}

#[tokio::test]
async fn a_page_of_macros_alone_and_a_broken_one_are_documents() {
    let mut site = acme();
    let children = r#"<ac:structured-macro ac:name="children" ac:schema-version="2"/><ac:structured-macro ac:name="include"><ac:parameter ac:name=""><ac:link><ri:page ri:content-title="Layoffs"/></ac:link></ac:parameter></ac:structured-macro>"#;
    let empty = site.add_page("ENG", None, "Overview", children, "ada").unwrap();
    let broken = site.add_page("ENG", None, "Migrated", "<p>kept <![CDATA[for ever", "ada").unwrap();
    let mut world = World::new(site).await;
    world.crawl(CrawlMode::Changes).await.unwrap();
    let document = &world.shelf.documents[&format!("page/{empty}")];
    assert_eq!((document.title.as_str(), &document.content), ("Overview", &Content::None));
    assert_eq!(text(&world, &format!("page/{broken}")), "kept for ever");
    let warnings = &world.shelf.warnings;
    assert!(warnings.iter().any(|warning| warning.contains("`ENG`: 1 texts are not well-formed")), "{warnings:?}");
}

#[tokio::test]
async fn every_kind_has_the_fields_of_every_kind() {
    let mut world = World::new(acme()).await;
    for (source, kind) in
        [("id", "STRING"), ("spaceKey", "STRING"), ("spaceName", "STRING"), ("url", "STRING"), ("title", "STRING")]
    {
        map(&mut world, source, &format!("f_{source}"), kind);
    }
    world.crawl(CrawlMode::Changes).await.unwrap();
    for id in ["space/65538", "page/65802", "blog/66001", "comment/66400", "attachment/att66113", "folder/65820"] {
        for field in ["f_id", "f_spaceKey", "f_spaceName", "f_url", "f_title"] {
            assert!(
                matches!(attribute(&world, id, field), Some(FieldValue::String(text)) if !text.is_empty()),
                "{id} {field}"
            );
        }
        let kind = id.split('/').next().unwrap();
        assert_eq!(attribute(&world, id, "_category"), Some(&FieldValue::String(kind.into())));
        assert_eq!(attribute(&world, id, "f_spaceKey"), Some(&FieldValue::String("ENG".into())));
    }
}

#[tokio::test]
async fn without_mappings_documents_have_what_every_index_has_a_field_for() {
    let mut world = World::new(acme()).await;
    world.mappings = Value::Array(Vec::new());
    world.crawl(CrawlMode::Changes).await.unwrap();
    let names = |id: &str| -> Vec<&str> {
        world.shelf.documents[id].attributes.iter().map(|(name, _)| name.as_str()).collect()
    };
    let all = ["_source_uri", "_category", "_authors", "_created_at", "_last_updated_at"];
    for id in ["page/65802", "blog/66001", "comment/66400", "attachment/att66113"] {
        assert_eq!(names(id), all, "{id}");
    }
    assert_eq!(attribute(&world, "page/65802", "_authors"), Some(&list(&["Ada Okafor"])));
}
