//! A `ConfluenceConfiguration` of the version `SERVER`, from its members through a crawl to who may read what.

use confluence_sim::{ContentId, DcVersion, Operation, SpaceStatus};
use sangam_sync::{Content, FieldValue, NodeAccess, SourceError};
use serde_json::json;

use super::{World, acme};

fn kinds(world: &World, kind: &str) -> usize {
    world.shelf.documents.keys().filter(|id| id.starts_with(kind)).count()
}

fn has(world: &World, document: &str, name: &str, value: &FieldValue) -> bool {
    world.shelf.documents[document].attributes.iter().any(|(field, found)| field == name && found == value)
}

#[tokio::test]
async fn a_server_of_the_first_generation_is_synced_with_its_access_and_its_mappings() {
    for version in [DcVersion::V7_19, DcVersion::V9_2] {
        let mut world = World::new(acme(version)).await;
        world.first_generation = Some(json!({
            "AuthenticationType": "PAT",
            "PageConfiguration": { "PageFieldMappings": [
                { "DataSourceFieldName": "AUTHOR", "IndexFieldName": "_authors" },
                { "DataSourceFieldName": "SPACE_NAME", "IndexFieldName": "space_name" },
                { "DataSourceFieldName": "LABELS", "IndexFieldName": "labels" } ] },
            "AttachmentConfiguration": { "CrawlAttachments": true, "AttachmentFieldMappings": [
                { "DataSourceFieldName": "CONTENT_TYPE", "IndexFieldName": "file_type" } ] },
        }));
        world.sync().await;
        // Pages, blog posts, spaces and files with their texts; comments never.
        assert!(kinds(&world, "page/") > 5 && kinds(&world, "blog/") > 0 && kinds(&world, "space/") > 1);
        assert!(kinds(&world, "attachment/") > 0);
        assert_eq!(kinds(&world, "comment/"), 0, "{version:?}");
        assert!(matches!(&world.shelf.documents["page/65802"].content, Content::Text(text) if !text.is_empty()));
        assert!(has(&world, "page/65802", "_authors", &FieldValue::StringList(vec!["Ada Okafor".into()])));
        assert!(has(&world, "page/65802", "space_name", &FieldValue::String("Engineering".into())));
        let attachment = world.shelf.documents.keys().find(|id| id.starts_with("attachment/")).unwrap().clone();
        assert!(world.shelf.documents[&attachment].attributes.iter().any(|(name, _)| name == "file_type"));
        // The facts: people by user name, who may use the site, the rows of a space, a list of a page.
        let shown = world.sim.site().read().find_user("ada").unwrap().username().to_owned();
        assert!(world.finds(&shown, "page/65802") && !world.finds("nobody-at-all", "page/65802"));
        assert!(matches!(world.shelf.node("site").access, NodeAccess::Layer { .. }));
        assert_eq!(world.shelf.node("65802").parent.as_deref(), Some("65801"));
        world.sim.site().write().restrict(ContentId(65801), Operation::Read, &["ada"], &[]).unwrap();
        world.sync().await;
        assert_eq!(world.readers("page/65802"), ["ada"], "access is always crawled");
        assert!(world.shelf.sent.is_empty(), "and nothing is fetched for it: {:?}", world.shelf.sent);
    }
}

#[tokio::test]
async fn the_switches_and_filters_of_the_first_generation_choose_what_is_synced_from_a_server() {
    let mut site = acme(DcVersion::V9_2);
    site.set_space_status("HR", SpaceStatus::Archived).unwrap();
    let password = site.credentials()[0].token.clone();
    let handle = site.everyone().find(|user| user.account_id == site.credentials()[0].account_id).unwrap();
    let username = handle.username().to_owned();
    let mut world = World::new(site).await;
    // Without a word about it the account signs in with its password.
    world.secret = json!({ "username": username, "password": password });
    world.first_generation = Some(json!({ "SpaceConfiguration": { "IncludeSpaces": ["eng", "hr"] } }));
    world.sync().await;
    let hr = world.sim.site().read().find_space("HR").unwrap().id;
    assert!(kinds(&world, "page/") > 3 && kinds(&world, "attachment/") == 0, "attachments on demand");
    assert_eq!(kinds(&world, "space/"), 1, "archived spaces on demand");
    world.first_generation = Some(json!({ "SpaceConfiguration": {
        "IncludeSpaces": ["eng", "hr"], "CrawlArchivedSpaces": true, "ExcludeSpaces": ["ENG"] } }));
    world.sync().await;
    assert!(world.shelf.documents.contains_key(&format!("space/{hr}")) && kinds(&world, "space/") == 1);
    world.first_generation = Some(json!({ "ExclusionPatterns": ["Runbooks"] }));
    world.sync().await;
    let runbooks = super::titled(&world, "Runbooks");
    assert!(!world.shelf.documents.contains_key(&format!("page/{runbooks}")));
    // Each is judged by its own title and address, a space's own document, comments and files too.
    world.first_generation = Some(json!({ "InclusionPatterns": ["failover"],
        "AttachmentConfiguration": { "CrawlAttachments": true }, "ExclusionPatterns": ["nothing-has-this"] }));
    world.sync().await;
    assert_eq!((kinds(&world, "space/"), kinds(&world, "blog/")), (0, 0), "{:?}", world.shelf.documents.keys());
    assert!(world.shelf.documents.contains_key("page/65802"));
    world.first_generation = Some(json!({ "ExclusionPatterns": ["Runbooks"] }));
    world.sync().await;
    // What is excluded still restricts what is below it.
    world.sim.site().write().restrict(runbooks, Operation::Read, &["ada"], &[]).unwrap();
    world.sync().await;
    assert!(world.readers("page/65802").iter().all(|reader| reader == "ada"), "{:?}", world.readers("page/65802"));
}

#[tokio::test]
async fn a_token_of_the_first_generation_that_is_refused_ends_the_run_and_changes_nothing() {
    let mut world = World::new(acme(DcVersion::V9_2)).await;
    world.first_generation = Some(json!({ "AuthenticationType": "PAT" }));
    world.sync().await;
    let n = world.shelf.documents.len();
    world.secret = json!({ "patToken": "another" });
    let result = world.crawl(sangam_sync::CrawlMode::Changes).await;
    assert!(matches!(result, Err(SourceError::Unauthorized { .. })), "{result:?}");
    assert_eq!(world.shelf.documents.len(), n);
}
