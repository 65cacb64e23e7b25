//! Which scopes a call needs, by the published description of each endpoint.
//!
//! A call has alternatives, of which the token must hold one entirely: the classic scope, or the
//! granular ones. An endpoint without an alternative is closed to OAuth and scoped tokens.

use std::collections::BTreeSet;

/// Whether `held` opens the endpoint of this route.
pub(crate) fn suffice(pattern: &str, held: &BTreeSet<String>) -> bool {
    alternatives(pattern).iter().any(|needed| needed.iter().all(|scope| held.contains(*scope)))
}

type Alternatives = &'static [&'static [&'static str]];

fn alternatives(pattern: &str) -> Alternatives {
    if let Some(path) = pattern.strip_prefix("/wiki/api/v2/") {
        return of_v2(path);
    }
    pattern.strip_prefix("/wiki/rest/api/").map_or(&[], of_v1)
}

fn of_v2(path: &str) -> Alternatives {
    let mut parts = path.split('/');
    let first = parts.next().unwrap_or_default();
    // The last part decides first: `pages/{id}/attachments` lists attachments.
    match parts.next_back().unwrap_or_default() {
        "ancestors" | "convert-ids-to-types" => return &[&["read:content.metadata:confluence"]],
        "direct-children" | "descendants" => return &[&["read:hierarchical-content:confluence"]],
        "footer-comments" | "inline-comments" => return &[&["read:comment:confluence"]],
        "attachments" => return &[&["read:attachment:confluence"]],
        "custom-content" => return &[&["read:custom-content:confluence"]],
        "pages" | "blogposts" => return &[&["read:page:confluence"]],
        "role-assignments" => return &[&["read:space.permission:confluence"]],
        _ => {}
    }
    match first {
        "spaces" => &[&["read:space:confluence"]],
        // Blog posts too, by the document.
        "pages" | "blogposts" => &[&["read:page:confluence"]],
        "attachments" => &[&["read:attachment:confluence"]],
        "footer-comments" | "inline-comments" => &[&["read:comment:confluence"]],
        "custom-content" => &[&["read:custom-content:confluence"]],
        "labels" => &[&["read:label:confluence"]],
        "folders" => &[&["read:folder:confluence"]],
        "whiteboards" => &[&["read:whiteboard:confluence"]],
        "databases" => &[&["read:database:confluence"]],
        "embeds" => &[&["read:embed:confluence"]],
        "space-roles" | "space-permissions" => &[&["read:space.permission:confluence"]],
        "space-role-mode" => &[&["read:configuration:confluence"]],
        "users-bulk" => &[&["read:user:confluence"]],
        _ => &[],
    }
}

fn of_v1(path: &str) -> Alternatives {
    const DETAILS: &str = "read:content-details:confluence";
    match path {
        "search" | "content/search" => &[&["search:confluence"], &[DETAILS]],
        "search/user" => &[&[DETAILS]],
        "user" | "user/current" | "user/bulk" => &[&["read:confluence-user"], &[DETAILS]],
        "user/memberof" => &[&["read:confluence-user"], &["read:user:confluence", "read:group:confluence"]],
        "user/email" => &[&["read:email-address:confluence"]],
        "group" | "group/by-id" => &[&["read:confluence-groups"], &["read:group:confluence"]],
        "group/{id}/membersByGroupId" => {
            &[&["read:confluence-groups"], &["read:group:confluence", "read:user:confluence"]]
        }
        "settings/systemInfo" => &[&["manage:confluence-configuration"], &["read:configuration:confluence"]],
        "audit" => &[&["read:audit-log:confluence"]],
        "content/{id}/permission/check" => {
            &[&["read:confluence-content.permission"], &["read:content.permission:confluence"]]
        }
        "content/{id}/child/attachment/{attachment}/download" => {
            &[&["readonly:content.attachment:confluence"], &["read:attachment:confluence"]]
        }
        _ if path.starts_with("content/{id}/restriction") => &[&["read:confluence-content.all"], &[DETAILS]],
        // Removed endpoints answer that they are gone to whoever may read anything.
        _ => &[&["read:confluence-content.all"], &["read:confluence-content.summary"], &[DETAILS]],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::routes::{Api, ROUTES};

    fn held(scopes: &[&str]) -> BTreeSet<String> {
        scopes.iter().map(|scope| (*scope).to_owned()).collect()
    }

    #[test]
    fn the_last_part_of_the_path_decides() {
        let page = held(&["read:page:confluence"]);
        for open in ["pages", "pages/{id}", "pages/{id}/labels", "spaces/{id}/pages", "labels/{id}/pages", "blogposts"]
        {
            assert!(suffice(&format!("/wiki/api/v2/{open}"), &page), "{open}");
        }
        for closed in ["pages/{id}/attachments", "pages/{id}/ancestors", "spaces", "pages/{id}/footer-comments"] {
            assert!(!suffice(&format!("/wiki/api/v2/{closed}"), &page), "{closed}");
        }
    }

    #[test]
    fn an_alternative_counts_only_entire() {
        let members = "/wiki/rest/api/group/{id}/membersByGroupId";
        assert!(!suffice(members, &held(&["read:group:confluence"])));
        assert!(suffice(members, &held(&["read:group:confluence", "read:user:confluence"])));
        assert!(suffice(members, &held(&["read:confluence-groups"])));
    }

    #[test]
    fn only_what_is_closed_to_apps_has_no_scope() {
        let api = |api| api == Api::V1 || api == Api::V2;
        let closed: BTreeSet<_> = ROUTES
            .iter()
            .filter(|route| api(route.api) && alternatives(route.pattern).is_empty())
            .map(|route| route.pattern)
            .collect();
        let expected: BTreeSet<_> = ["/wiki/api/v2/admin-key", "/wiki/download/attachments/{page}/{name}"].into();
        assert_eq!(closed, expected);
    }
}
