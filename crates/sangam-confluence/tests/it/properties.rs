//! Every property of a template that chooses documents, one crawl each: what was synced without it and is not asked for any more is gone.

use std::collections::BTreeSet;

use confluence_sim::Site;
use serde_json::{Value, json};

use crate::world::World;

/// One of everything that a property can leave out; documents are told apart by their ids alone.
fn site() -> Site {
    let everybody = json!([{ "group": "users" }]);
    let seed = json!({
        "users": [{ "handle": "ada", "name": "Ada" }, { "handle": "crawler", "name": "Crawler", "email": "crawler@example.org" }],
        "groups": [
            { "name": "users", "access": "user", "members": ["ada"] },
            { "name": "admins", "access": "admin", "members": ["crawler"] },
        ],
        "credentials": [{ "user": "crawler", "token": "token", "seesEverything": true }],
        "spaces": [
            { "key": "ENG", "name": "Engineering", "id": 10, "permissions": everybody, "pages": [
                { "title": "Home", "id": 101, "children": [
                    { "title": "Runbook alpha", "id": 102, "body": "what to do",
                      "comments": [{ "by": "ada", "body": "really?", "id": 201,
                                     "replies": [{ "by": "ada", "body": "yes", "id": 202 }] }],
                      "attachments": [
                          { "name": "plan.txt", "id": 301, "text": "the plan" },
                          { "name": "numbers.csv", "id": 302, "text": "a,b" },
                          { "name": "big.log", "id": 303, "size": 1_500_000 }] },
                    { "title": "Retired notes", "id": 103, "status": "archived" }] }],
              "blogs": [
                { "title": "Release alpha", "id": 111,
                  "comments": [{ "by": "ada", "body": "at last", "id": 211 }],
                  "attachments": [{ "name": "changes.txt", "id": 311, "text": "everything" }] }] },
            { "key": "OPS", "name": "Operations", "id": 11, "permissions": everybody, "pages": [
                { "title": "Shifts", "id": 121, "attachments": [{ "name": "Drawing.PNG", "id": 321, "text": "lines" }] }] },
            { "key": "~ada", "name": "Ada", "id": 12, "type": "personal", "permissions": everybody,
              "pages": [{ "title": "My notes", "id": 131 }] },
            { "key": "OLD", "name": "Legacy", "id": 13, "status": "archived", "permissions": everybody,
              "pages": [{ "title": "Legacy", "id": 141 }] },
        ],
    });
    Site::from_json(&seed.to_string()).unwrap()
}

/// What there is with everything switched on: spaces, pages, blog posts, comments, attachments.
const EVERYTHING: [u32; 19] =
    [10, 11, 12, 13, 101, 102, 103, 111, 121, 131, 141, 201, 202, 211, 301, 302, 303, 311, 321];

fn everything_on() -> Value {
    json!({ "isCrawlPersonalSpace": true, "isCrawlArchivedSpace": true, "isCrawlArchivedPage": "true" })
}

fn ids(world: &World) -> BTreeSet<u32> {
    let number = |id: &String| id.rsplit(['/', 't']).next().unwrap().parse().unwrap();
    world.shelf.documents.keys().map(number).collect()
}

/// Syncs everything, then with `properties` as well, and tells what they left out.
async fn left_out_by(properties: &Value) -> Vec<u32> {
    let mut world = World::new(site()).await;
    world.more = everything_on();
    world.sync().await;
    assert_eq!(ids(&world), BTreeSet::from(EVERYTHING));
    let more = world.more.as_object_mut().unwrap();
    more.extend(properties.as_object().unwrap().clone());
    world.sync().await;
    BTreeSet::from(EVERYTHING).difference(&ids(&world)).copied().collect()
}

async fn check(rows: &[(Value, &[u32])]) {
    let mut wrong = Vec::new();
    for (properties, expected) in rows {
        let left_out = left_out_by(properties).await;
        if left_out != *expected {
            wrong.push(format!("{properties}: {left_out:?} left out instead of {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn each_switch_leaves_out_its_kind_and_what_hangs_on_it() {
    check(&[
        (json!({}), &[]),
        (json!({ "isCrawlPage": false }), &[101, 102, 103, 121, 131, 141, 201, 202, 301, 302, 303, 321]),
        (json!({ "isCrawlBlog": "false" }), &[111, 211, 311]),
        (json!({ "isCrawlPageComment": false }), &[201, 202]),
        (json!({ "isCrawlBlogComment": "false" }), &[211]),
        (json!({ "isCrawlPageAttachment": false }), &[301, 302, 303, 321]),
        (json!({ "isCrawlBlogAttachment": "false" }), &[311]),
        (json!({ "isCrawlPersonalSpace": false }), &[12, 131]),
        (json!({ "isCrawlArchivedSpace": "false" }), &[13, 141]),
        (json!({ "isCrawlArchivedPage": false }), &[103]),
    ])
    .await;
}

#[tokio::test]
async fn a_space_filter_chooses_by_key_and_exclusion_wins() {
    check(&[
        (json!({ "inclusionSpaceKeyFilter": ["eng"] }), &[11, 12, 13, 121, 131, 141, 321]),
        (json!({ "inclusionSpaceKeyFilter": ["E.*", "~ada"] }), &[11, 13, 121, 141, 321]),
        (json!({ "exclusionSpaceKeyFilter": ["O.+"] }), &[11, 13, 121, 141, 321]),
        (
            json!({ "inclusionSpaceKeyFilter": ["ENG", "OPS"], "exclusionSpaceKeyFilter": ["OPS"] }),
            &[11, 12, 13, 121, 131, 141, 321],
        ),
        (json!({ "inclusionSpaceKeyFilter": [], "exclusionSpaceKeyFilter": null }), &[]),
    ])
    .await;
}

#[tokio::test]
async fn a_title_pattern_is_for_its_entity_alone() {
    check(&[
        (json!({ "pageTitleRegEX": ["alpha", "^Legacy$"] }), &[101, 103, 121, 131, 321]),
        (json!({ "blogTitleRegEX": ["^Post"] }), &[111, 211, 311]),
        (json!({ "blogTitleRegEX": ["^Release", "^Post"] }), &[]),
        (json!({ "commentTitleRegEX": ["Runbook"] }), &[211]),
        (json!({ "attachmentTitleRegEX": ["\\.txt$"] }), &[302, 303, 321]),
    ])
    .await;
}

#[tokio::test]
async fn files_are_chosen_by_type_and_size() {
    check(&[
        (json!({ "inclusionFileTypePatterns": [".*\\.txt"] }), &[302, 303, 321]),
        (json!({ "inclusionFileTypePatterns": ["*.txt", "*.png"] }), &[302, 303]),
        (json!({ "exclusionFileTypePatterns": ["*.txt"] }), &[301, 311]),
        (json!({ "exclusionFileTypePatterns": [".*\\.(csv|log)"] }), &[302, 303]),
        (
            json!({ "inclusionFileTypePatterns": ["*.txt", "*.csv"], "exclusionFileTypePatterns": [".*\\.csv"] }),
            &[302, 303, 321],
        ),
        (json!({ "maxFileSizeInMegaBytes": "1" }), &[303]),
        (json!({ "maxFileSizeInMegaBytes": 0.000_005 }), &[301, 303, 311]),
        (json!({ "maxFileSizeInMegaBytes": "2" }), &[]),
    ])
    .await;
}

#[tokio::test]
async fn addresses_are_chosen_by_regular_expression_or_glob_and_exclusion_wins() {
    check(&[
        (json!({ "inclusionUrlPatterns": [".*/spaces/ENG.*"] }), &[11, 12, 13, 121, 131, 141, 321]),
        (
            json!({ "inclusionUrlPatterns": ["*/spaces/OPS*", "*/blog/*"] }),
            &[10, 12, 13, 101, 102, 103, 131, 141, 201, 202, 301, 302, 303],
        ),
        (json!({ "exclusionUrlPatterns": ["/blog/"] }), &[111, 211, 311]),
        (
            json!({ "inclusionUrlPatterns": ["/spaces/(ENG|OPS)"], "exclusionUrlPatterns": ["*/spaces/OPS*"] }),
            &[11, 12, 13, 121, 131, 141, 321],
        ),
    ])
    .await;
}
