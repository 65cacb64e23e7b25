//! What the configuration asks for.

use sangam_sync::{CrawlMode, FieldValue};
use serde_json::{Value, json};

use crate::world::{World, acme};

async fn crawled(more: Value) -> World {
    let mut world = World::new(acme()).await;
    world.more = more;
    world.crawl(CrawlMode::Changes).await.unwrap();
    world
}

fn has(world: &World, id: &str) -> bool {
    world.shelf.documents.contains_key(id)
}

#[tokio::test]
async fn switches_choose_kinds() {
    let world =
        crawled(json!({ "isCrawlPageComment": "false", "isCrawlPageAttachment": false, "isCrawlBlog": "false" })).await;
    assert!(has(&world, "page/65802") && has(&world, "space/65538"));
    assert!(!has(&world, "comment/66400") && !has(&world, "attachment/att66110") && !has(&world, "blog/66001"));
    assert!(!has(&world, "page/163900") && !has(&world, "page/196700") && !has(&world, "page/65850"));
}

#[tokio::test]
async fn personal_and_archived_are_on_demand() {
    let world =
        crawled(json!({ "isCrawlPersonalSpace": true, "isCrawlArchivedSpace": true, "isCrawlArchivedPage": true }))
            .await;
    assert_eq!(world.readers("page/163900"), ["cho"]);
    assert_eq!(world.readers("page/196700").len(), 4, "archived spaces keep their readers");
    assert_eq!(world.readers("page/65850").len(), 4);
    assert!(!has(&world, "page/65860") && !has(&world, "page/65840"), "neither trash nor drafts");
    let singly = world.sim.calls().get("/wiki/rest/api/content/{id}/restriction/byOperation/{operation}").copied();
    assert_eq!(singly, None, "archived lists come from search too");
}

#[tokio::test]
async fn a_filter_chooses_documents_and_never_readers() {
    let world = crawled(json!({ "inclusionSpaceKeyFilter": ["eng"], "pageTitleRegEX": ["failover"], "attachmentTitleRegEX": ["\\.txt$"] })).await;
    let mut found: Vec<_> = world.shelf.documents.keys().map(String::as_str).collect();
    found.sort_unstable();
    assert_eq!(
        found,
        [
            "attachment/att66113",
            "blog/66001",
            "comment/66400",
            "comment/66401",
            "comment/66410",
            "page/65802",
            "space/65538"
        ]
    );
    assert_eq!(world.readers("page/65802"), ["ada", "ben"], "an ancestor outside the filter still restricts");
}

#[tokio::test]
async fn labels_come_with_search_and_are_asked_for_only_if_mapped() {
    let mut world = World::new(acme()).await;
    let labels =
        json!({ "dataSourceFieldName": "labels", "indexFieldName": "cf_labels", "indexFieldType": "STRING_LIST" });
    world.mappings.as_array_mut().unwrap().push(labels);
    world.crawl(CrawlMode::Changes).await.unwrap();
    let document = &world.shelf.documents["page/65802"];
    let found = document.attributes.iter().find(|(name, _)| name == "cf_labels").map(|(_, value)| value);
    let mut names = match found {
        Some(FieldValue::StringList(names)) => names.clone(),
        other => panic!("{other:?}"),
    };
    names.sort_unstable();
    assert_eq!(names, ["runbook", "sre"], "the crawler's own label is left out");
    assert_eq!(world.sim.calls().get("/wiki/api/v2/pages/{id}/labels"), None);
    world.sim.site().write().add_label(confluence_sim::ContentId(65802), "urgent").unwrap();
    world.crawl(CrawlMode::Changes).await.unwrap();
    assert_eq!(world.shelf.sent, ["page/65802"], "a label makes no version and is an attribute all the same");
}

#[tokio::test]
async fn authors_are_shown_by_name() {
    let world = crawled(json!({})).await;
    let document = &world.shelf.documents["page/65802"];
    assert!(document.attributes.contains(&("_authors".to_owned(), FieldValue::StringList(vec!["Ada Okafor".into()]))));
    assert!(document.attributes.contains(&("_category".to_owned(), FieldValue::String("page".into()))));
}

#[tokio::test]
async fn a_configuration_of_the_first_generation_is_synced() {
    let mut world = World::new(acme()).await;
    world.first_generation = Some(json!({
        "SpaceConfiguration": { "IncludeSpaces": ["eng"] },
        "PageConfiguration": { "PageFieldMappings": [
            { "DataSourceFieldName": "AUTHOR", "IndexFieldName": "_authors" },
            { "DataSourceFieldName": "MODIFIED_DATE", "IndexFieldName": "_last_updated_at",
              "DateFieldFormat": "yyyy-MM-dd'T'HH:mm:ss'Z'" } ] },
    }));
    world.crawl(CrawlMode::Changes).await.unwrap();
    assert!(has(&world, "page/65802") && has(&world, "blog/66001") && has(&world, "space/65538"));
    let kinds = |world: &World, kind: &str| world.shelf.documents.keys().filter(|id| id.starts_with(kind)).count();
    assert_eq!(
        (kinds(&world, "comment/"), kinds(&world, "attachment/")),
        (0, 0),
        "comments never, attachments on demand"
    );
    let page = &world.shelf.documents["page/65802"];
    assert!(page.attributes.contains(&("_authors".to_owned(), FieldValue::StringList(vec!["Ada Okafor".into()]))));
    assert_eq!(world.readers("page/65802"), ["ada", "ben"], "access is always crawled");

    let first_generation = world.first_generation.as_mut().unwrap();
    first_generation["AttachmentConfiguration"] = json!({ "CrawlAttachments": true });
    first_generation["InclusionPatterns"] = json!(["failover", "\\.txt$"]);
    first_generation["ExclusionPatterns"] = json!(["/blog/"]);
    world.sync().await;
    assert!(has(&world, "page/65802") && has(&world, "attachment/att66113"));
    assert!(!has(&world, "blog/66001") && !has(&world, "space/65538"), "each is judged by its title and its address");
}
