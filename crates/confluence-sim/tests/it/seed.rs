//! A seed with mistakes says all of them.

use confluence_sim::{SimError, Site};

fn problems(seed: &str) -> Vec<String> {
    match Site::from_json(seed) {
        Err(SimError::SeedContent(problems)) => problems,
        other => panic!("expected a list of mistakes, got {other:?}"),
    }
}

#[test]
fn all_mistakes_are_listed_at_once() {
    let found = problems(
        r#"{
        "users": [{"handle": "ada", "name": "Ada", "type": "robot"}, {"handle": "ada", "name": "Ada again"}],
        "groups": [{"name": "g", "members": ["zoe"]}, {"name": "g"}],
        "credentials": [{"user": "ada", "token": "t"}, {"user": "yan", "token": "t"}],
        "spaces": [{
            "key": "S", "name": "S",
            "permissions": [{"group": "missing"}, {"class": "EVERYBODY"}, {}, {"user": "ada", "may": ["read"]}],
            "pages": [
                {"title": "A", "id": 7, "view": {"users": ["xi"], "groups": ["h"]}},
                {"title": "B", "id": 7, "parent": 99, "status": "lost"},
                {"title": "F", "type": "folder", "body": "text"},
                {"title": "D", "type": "drawer", "children": [{"title": "E", "parent": 7}]},
                {"title": "G", "comments": [{"by": "wu", "body": "x", "resolution": "maybe"}],
                 "attachments": [{"name": "a", "text": "x", "size": 3}, {"name": "b", "base64": "%%"}]}
            ],
            "blogs": [{"title": "H", "children": [{"title": "I"}]}]
        }, {"key": "s", "name": "again"}]}"#,
    );
    let expected = [
        "user `ada`: `robot` is none of atlassian, app, customer",
        "user `ada`: there are two of them",
        "group `g`: unknown user `zoe`",
        "group `g`: there are two of them",
        "credential of `ada`: that user has no e-mail",
        "credential of `yan`: unknown user `yan`",
        "content id `7` is used twice",
        "space `S`: unknown group `missing`",
        "space `S`: unknown access class `EVERYBODY`",
        "space `S`: a permission names one of user, group or class",
        "space `S`: `read` is not an operation and its target, like `read space`",
        "space `S`: `A`: unknown user `xi`",
        "space `S`: `A`: unknown group `h`",
        "space `S`: `B`: unknown parent `99`",
        "space `S`: `B`: `lost` is none of current, archived, trashed, draft",
        "space `S`: `F`: only pages and blog posts have a body, comments, attachments and custom content",
        "space `S`: `D`: `drawer` is none of page, live, folder, whiteboard, database, embed",
        "space `S`: `D` > `E`: a nested page has its parent already",
        "space `S`: `G`: unknown user `wu`",
        "space `S`: `G`: `maybe` is none of open, reopened, resolved, dangling",
        "space `S`: `G`: attachment `a`: give one of text, base64 or size",
        "space `S`: `H`: a blog post has no type, parent or children",
        "space `s`: there are two of them",
    ];
    for line in expected {
        assert!(found.iter().any(|problem| problem == line), "missing: {line}\nin: {found:#?}");
    }
    let broken = found.iter().filter(|problem| problem.contains("base64 is broken")).count();
    assert_eq!(found.len(), expected.len() + broken, "{found:#?}");
}

#[test]
fn a_wrong_form_says_where() {
    let error = Site::from_json("{\"users\": [\n{\"handle\": \"a\", \"nam\": \"A\"}]}").unwrap_err().to_string();
    assert!(error.contains("`nam`") && error.contains("line 2"), "{error}");
    let error = Site::from_json(r#"{"spaces": [{"key": "S", "name": "S", "created": "yesterday"}]}"#).unwrap_err();
    assert!(error.to_string().contains("`yesterday` is not a date"), "{error}");
}

#[test]
fn ids_and_dates_are_the_same_every_time() {
    let facts = |site: &Site| -> Vec<String> {
        site.contents().map(|it| format!("{} {} {}", it.id, it.title, it.version.created_at)).collect()
    };
    assert_eq!(facts(&Site::demo()), facts(&Site::demo()));
}

#[test]
fn a_flat_seed_names_parents_by_id() {
    let site = Site::from_json(
        r#"{"users": [{"handle": "a", "name": "A"}],
            "spaces": [{"key": "S", "name": "S", "pages": [{"title": "up", "id": 9}, {"title": "down", "parent": 9}]}]}"#,
    )
    .unwrap();
    let down = site.find_titled("down").unwrap();
    assert_eq!(down.parent.unwrap().0, 9);
    assert!(down.id.0 > 1 << 31, "ids that are not given are beyond 31 bits");
}

#[test]
fn the_example_of_the_readme_is_a_seed() {
    let readme = include_str!("../../README.md");
    let example = readme.split("```json\n").nth(1).unwrap().split("```").next().unwrap();
    let site = Site::from_json(example).unwrap();
    assert_eq!(
        site.find_titled("Runbooks").unwrap().body,
        "<p>A paragraph.</p><h2>Storage format begins with a bracket</h2>"
    );
    assert_eq!(site.contents().count(), 7);
}
