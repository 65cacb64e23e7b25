//! Roles: what they open, while they alone count and while permission rows count too.

use confluence_sim::{AccessClass, Operation, Reader, Site, Subject};
use serde_json::json;

use crate::client::{CRAWLER, Sim, get, ids, served, walk};

fn site(mode: &str) -> Site {
    let seed = format!(
        r#"{{
        "site": {{"roleMode": "{mode}"}},
        "users": [
            {{"handle": "ada", "name": "Ada", "email": "ada@acme.example"}}, {{"handle": "cho", "name": "Cho"}},
            {{"handle": "gia", "name": "Gia", "guest": true}}, {{"handle": "root", "name": "Root"}}
        ],
        "groups": [
            {{"name": "all", "access": "user", "members": ["ada", "cho"]}},
            {{"name": "admins", "access": "admin", "members": ["root"]}},
            {{"name": "E", "members": ["ada"]}}, {{"name": "H", "members": ["cho"]}}
        ],
        "credentials": [{{"user": "ada", "token": "t"}}],
        "roles": [{{"name": "Janitor", "may": ["delete page"]}}],
        "spaces": [{{
            "key": "S", "name": "S", "permissions": [{{"user": "gia"}}],
            "roles": [{{"class": "all-licensed-users", "role": "Viewer"}}, {{"group": "E", "role": "Collaborator"}}],
            "pages": [{{"title": "P", "children": [{{"title": "C", "body": "text"}}]}}]
        }}]}}"#
    );
    Site::from_json(&seed).unwrap()
}

#[track_caller]
fn expect(site: &Site, readers: &[&str]) {
    let child = site.find_titled("C").unwrap().id;
    let found: Vec<&str> = ["ada", "cho", "gia", "root"]
        .into_iter()
        .filter(|who| site.can_read(Reader::User(&site.find_user(who).unwrap().account_id), child))
        .collect();
    assert_eq!(found, readers);
}

#[test]
fn s36_roles_are_the_space_layer_only() {
    let mut site = site("ROLES");
    expect(&site, &["ada", "cho", "root"]);
    let parent = site.find_titled("P").unwrap().id;
    site.restrict(parent, Operation::Read, &[], &["H"]).unwrap();
    expect(&site, &["cho"]);
}

#[test]
fn the_mode_decides_which_system_counts() {
    expect(&site("PRE_ROLES"), &["gia"]);
    expect(&site("ROLES_TRANSITION"), &["ada", "cho", "gia", "root"]);
    expect(&site("ROLES"), &["ada", "cho", "root"]);
}

#[test]
fn a_role_opens_what_its_permissions_say() {
    let mut site = site("ROLES");
    site.unassign_roles("S", &Subject::Class(AccessClass::AllLicensedUsers)).unwrap();
    expect(&site, &["ada"]);
    let cho = site.find_user("cho").unwrap().account_id.clone();
    site.assign_role("S", Subject::User(cho), "Janitor").unwrap();
    expect(&site, &["ada"]);
    site.set_role_permissions("Janitor", &["read/space", "delete/page"]).unwrap();
    expect(&site, &["ada", "cho"]);
    site.delete_role("Collaborator").unwrap();
    expect(&site, &["cho"]);
    site.assign_role("S", Subject::Class(AccessClass::AllProductAdmins), "Viewer").unwrap();
    expect(&site, &["cho", "root"]);
    site.assign_role("S", Subject::Class(AccessClass::JsmProjectAdmins), "Viewer").unwrap();
    expect(&site, &["cho", "root"]);
    let gia = site.find_user("gia").unwrap().account_id.clone();
    site.assign_role("S", Subject::User(gia), "Viewer").unwrap();
    site.set_guest("ada", true).unwrap();
    expect(&site, &["cho", "gia", "root"]);
    assert!(site.assign_role("S", Subject::Class(AccessClass::AllProductAdmins), "Czar").is_err());
}

#[test]
fn the_seed_knows_its_roles() {
    let seed = r#"{"roles": [{"name": "Viewer"}, {"name": "R", "may": ["read"]}],
                   "spaces": [{"key": "S", "name": "S", "roles": [{"class": "x", "role": "Czar"}]}]}"#;
    let problems = Site::from_json(seed).unwrap_err().to_string();
    for expected in ["role `Viewer`: there are two", "unknown role `Czar`", "unknown access class `x`", "`read` is not"]
    {
        assert!(problems.contains(expected), "{expected}: {problems}");
    }
}

async fn acme(mode: &str) -> Sim {
    let mut site = Site::acme();
    mode.clone_into(&mut site.settings.role_mode);
    served(site).await
}

#[tokio::test]
async fn roles_are_listed_filtered_and_sometimes_missing() {
    let sim = acme("ROLES").await;
    let (roles, pages) = walk(&sim, Some(CRAWLER), "/wiki/api/v2/space-roles?limit=3").await;
    assert_eq!((roles.len(), pages), (4, 2));
    let path = "/wiki/api/v2/space-roles?space-id=65538&principal-type=GROUP";
    assert_eq!(ids(&walk(&sim, Some(CRAWLER), path).await.0), ["0a1b2c3d-1111-4aaa-8bbb-000000000002"]);
    let one = get(&sim, "/wiki/api/v2/space-roles/0a1b2c3d-1111-4aaa-8bbb-000000000004").await.json();
    assert_eq!(one["name"], "Admin");
    let (permissions, _) = walk(&sim, Some(CRAWLER), "/wiki/api/v2/space-permissions?limit=2").await;
    assert!(ids(&permissions).contains(&"read/space".to_owned()));

    sim.site().write().settings.role_list_missing = true;
    for path in ["space-roles", "space-roles/0a1b2c3d-1111-4aaa-8bbb-000000000004", "space-permissions"] {
        assert_eq!(get(&sim, &format!("/wiki/api/v2/{path}")).await.status, 404, "{path}");
    }
    assert_eq!(get(&sim, "/wiki/api/v2/space-role-mode").await.json(), json!({"mode": "ROLES"}));
}

#[tokio::test]
async fn assignments_are_listed_paged_and_included() {
    let sim = acme("ROLES").await;
    let path = "/wiki/api/v2/spaces/65538/role-assignments";
    let (rows, pages) = walk(&sim, Some(CRAWLER), &format!("{path}?limit=3")).await;
    let principals: Vec<&str> = rows.iter().filter_map(|row| row["principal"]["principalId"].as_str()).collect();
    let ada = "5b10ac8d82e05b22cc7d4ef5";
    let engineering = "c4d9e8f7-0a1b-4c2d-8e3f-5a6b7c8d9e03";
    assert_eq!((principals, pages), (vec!["all-licensed-users", engineering, ada, "all-product-admins"], 2));
    let (admins, _) =
        walk(&sim, Some(CRAWLER), &format!("{path}?role-id={}", rows[3]["roleId"].as_str().unwrap())).await;
    assert_eq!(admins.len(), 2);
    let space =
        get(&sim, "/wiki/api/v2/spaces/65538?include-role-assignments=true&include-permissions=true").await.json();
    assert_eq!(space["roleAssignments"]["results"], json!(rows));
    assert_eq!(space["permissions"]["meta"]["hasMore"], false);
    assert!(get(&sim, "/wiki/api/v2/spaces/65538").await.json().get("roleAssignments").is_none());
    assert!(walk(&acme("PRE_ROLES").await, Some(CRAWLER), path).await.0.is_empty());
}
