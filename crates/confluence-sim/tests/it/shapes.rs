//! Every answer has the shape of the fixture of the same call: the same names, at every level,
//! holding the same kinds of values.

use confluence_sim::Site;
use serde_json::Value;

use crate::client::{CRAWLER, call_as, get, served};

fn fixture(name: &str) -> Value {
    let path = format!("{}/../../fixtures/confluence/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap()
}

/// Differences between the shapes of two values; lists are compared by their first elements.
fn differences(place: &str, expected: &Value, found: &Value, out: &mut Vec<String>) {
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => {
            for (name, value) in expected {
                match found.get(name) {
                    Some(other) => differences(&format!("{place}.{name}"), value, other, out),
                    None => out.push(format!("{place}.{name} is missing")),
                }
            }
            for name in found.keys().filter(|name| !expected.contains_key(*name)) {
                out.push(format!("{place}.{name} is too much"));
            }
        }
        (Value::Array(expected), Value::Array(found)) => {
            if let (Some(expected), Some(found)) = (expected.first(), found.first()) {
                differences(&format!("{place}[0]"), expected, found, out);
            }
        }
        // Optional values are null in one and present in the other.
        (Value::Null, _) | (_, Value::Null) => {}
        _ if std::mem::discriminant(expected) != std::mem::discriminant(found) => {
            out.push(format!("{place} is {found} instead of {expected}"));
        }
        _ => {}
    }
}

/// Makes the call of a fixture and compares status, content type and shape.
///
/// An object that is answered alone may have `_links.base` where the fixture left it out.
async fn check(name: &str, path: &str) {
    let mut site = Site::acme();
    if name.contains("role-assignments") {
        "ROLES".clone_into(&mut site.settings.role_mode);
    }
    let sim = served(site).await;
    let fixture = fixture(name);
    let answer = call_as(&sim, Some(CRAWLER), path, fixture["request"].get("body").cloned()).await;
    assert_eq!(answer.status, fixture["response"]["status"], "{name}: {}", answer.text);
    let mut out = Vec::new();
    differences("", &fixture["response"]["body"], &answer.json(), &mut out);
    out.retain(|line| line != "._links.base is too much");
    assert!(out.is_empty(), "{name}: {out:#?}");
}

macro_rules! shapes {
    ($($test:ident: $path:literal;)*) => {$(
        #[tokio::test]
        async fn $test() {
            check(&stringify!($test).replace('_', "-"), $path).await;
        }
    )*};
}

shapes! {
    cloud_v2_spaces_page1: "/wiki/api/v2/spaces?limit=2&sort=id";
    cloud_v2_spaces_page2_last: "/wiki/api/v2/spaces?sort=id";
    cloud_v2_space_permissions: "/wiki/api/v2/spaces/65538/permissions?limit=250";
    cloud_v2_space_permissions_page1of2: "/wiki/api/v2/spaces/65538/permissions?limit=3";
    cloud_v2_space_role_mode: "/wiki/api/v2/space-role-mode";
    cloud_v2_space_roles: "/wiki/api/v2/space-roles?space-id=65538";
    cloud_v2_space_role_assignments: "/wiki/api/v2/spaces/65538/role-assignments?limit=250";
    cloud_v2_space_pages_page1: "/wiki/api/v2/spaces/65538/pages?depth=all&body-format=storage&limit=3&sort=id";
    cloud_v2_space_pages_page2_last: "/wiki/api/v2/spaces/65538/pages?depth=all&body-format=storage&sort=id";
    cloud_v2_page_trashed_still_200: "/wiki/api/v2/pages/65860";
    cloud_v2_page_live_subtype: "/wiki/api/v2/pages?id=66300&body-format=storage";
    cloud_v2_blogposts: "/wiki/api/v2/spaces/65538/blogposts?body-format=storage&limit=25";
    cloud_v2_page_attachments: "/wiki/api/v2/pages/65802/attachments?limit=250";
    cloud_v2_footer_comments: "/wiki/api/v2/pages/65802/footer-comments?body-format=storage&limit=25";
    cloud_v2_footer_comment_children: "/wiki/api/v2/footer-comments/66400/children?body-format=storage&limit=25";
    cloud_v2_inline_comments: "/wiki/api/v2/pages/65802/inline-comments?body-format=storage&resolution-status=open";
    cloud_v2_page_labels: "/wiki/api/v2/pages/65802/labels?limit=250";
    cloud_v2_page_ancestors: "/wiki/api/v2/pages/65830/ancestors?limit=250";
    cloud_v2_page_descendants: "/wiki/api/v2/pages/65700/descendants?depth=10&limit=250";
    cloud_v2_page_direct_children: "/wiki/api/v2/pages/65801/direct-children?limit=250";
    cloud_v2_folder: "/wiki/api/v2/folders/65820";
    cloud_v2_whiteboard: "/wiki/api/v2/whiteboards/66200";
    cloud_v2_database: "/wiki/api/v2/databases/66201";
    cloud_v2_embed: "/wiki/api/v2/embeds/66202";
    cloud_v2_convert_ids_to_types: "/wiki/api/v2/content/convert-ids-to-types";
    cloud_v2_users_bulk: "/wiki/api/v2/users-bulk";
    cloud_v2_error_404: "/wiki/api/v2/pages/99999999";
    cloud_v2_error_400_bad_cursor: "/wiki/api/v2/pages?cursor=zzz";
    cloud_v1_user_current: "/wiki/rest/api/user/current";
    cloud_v1_user_bulk: "/wiki/rest/api/user/bulk?accountId=5b10ac8d82e05b22cc7d4ef5";
    cloud_v1_user_memberof: "/wiki/rest/api/user/memberof?accountId=5b10ac8d82e05b22cc7d4ef5&limit=200";
    cloud_v1_groups: "/wiki/rest/api/group?limit=200";
    cloud_v1_group_members:
        "/wiki/rest/api/group/c4d9e8f7-0a1b-4c2d-8e3f-5a6b7c8d9e03/membersByGroupId?shouldReturnTotalSize=true";
    cloud_v1_group_members_unknown:
        "/wiki/rest/api/group/00000000-0000-0000-0000-000000000000/membersByGroupId?start=0&limit=200";
    cloud_v1_restriction_list: "/wiki/rest/api/content/65830/restriction?expand=restrictions.user,restrictions.group";
    cloud_v1_restriction_byoperation:
        "/wiki/rest/api/content/65801/restriction/byOperation?expand=read.restrictions.user,read.restrictions.group";
    cloud_v1_restriction_read_page1: "/wiki/rest/api/content/65801/restriction/byOperation/read?limit=3&start=0";
    cloud_v1_restriction_read_page2: "/wiki/rest/api/content/65801/restriction/byOperation/read?limit=3&start=3";
    cloud_v1_permission_check_allowed: "/wiki/rest/api/content/65802/permission/check";
    cloud_v1_permission_check_denied: "/wiki/rest/api/content/65802/permission/check";
    cloud_v1_search_bad_cql: "/wiki/rest/api/content/search?cql=lastmodified%20%3E%20yesterdayish";
    cloud_v1_search_page1: "/wiki/rest/api/search?cql=type%20in%20%28page%2Cblogpost%29&limit=1";
    cloud_v1_search_user: "/wiki/rest/api/search/user?cql=type%3Duser&limit=2";
    cloud_v1_user_email_denied: "/wiki/rest/api/user/email?accountId=5b10ac8d82e05b22cc7d4ef5";
    cloud_v2_admin_key: "/wiki/api/v2/admin-key";
    cloud_v1_system_info: "/wiki/rest/api/settings/systemInfo";
    cloud_v1_gone_410: "/wiki/rest/api/space?limit=1";
    cloud_tenant_info: "/_edge/tenant_info";
}

const EXPAND: &str = "ancestors,history.lastUpdated,body.storage,space,version,metadata.labels,\
                      restrictions.read.restrictions.user,restrictions.read.restrictions.group";

#[tokio::test]
async fn cloud_v1_content_search_expanded() {
    let path = format!(
        "/wiki/rest/api/content/search?cql=space%3DENG%20and%20type%3Dpage%20and%20id!%3D65700&limit=1&expand={EXPAND}"
    );
    check("cloud-v1-content-search-expanded", &path).await;
}

#[tokio::test]
async fn listings_name_the_next_page_in_the_header_too() {
    let sim = served(Site::acme()).await;
    let answer = get(&sim, "/wiki/api/v2/spaces?limit=2&sort=id").await;
    let next = answer.json()["_links"]["next"].as_str().unwrap().to_owned();
    let base = "<https://acme.atlassian.net/wiki>; rel=\"base\"";
    assert_eq!(answer.header("link"), format!("<{next}>; rel=\"next\", {base}"));
    assert_eq!(get(&sim, "/wiki/api/v2/spaces?sort=id").await.header("link"), base);
    for name in ["x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset", "x-ratelimit-nearlimit"] {
        assert!(!answer.header(name).is_empty(), "{name}");
    }
}
