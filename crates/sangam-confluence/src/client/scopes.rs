//! Which scopes a call needs. The gateway says only that one is missing, not which.

use reqwest::header::HeaderMap;

/// The header by which the gateway tells a missing scope from a bad token.
const FAILURE_HEADER: &str = "x-failure-category";

/// What that header says.
const SCOPE_FAILURE: &str = "FAILURE_CLIENT_SCOPE_CHECK";

/// What the body says.
const SCOPE_MESSAGE: &str = "scope does not match";

pub(super) fn is_told_in(headers: &HeaderMap) -> bool {
    headers.get(FAILURE_HEADER).and_then(|value| value.to_str().ok()).is_some_and(|text| text.contains(SCOPE_FAILURE))
}

pub(super) fn is_told_by(body: &[u8]) -> bool {
    String::from_utf8_lossy(body).contains(SCOPE_MESSAGE)
}

/// The end of a path without its ids, and what opens it. The first that fits counts.
const NEEDED: [(&str, &str); 30] = [
    ("/permission/check", "`read:confluence-content.permission` or `read:content.permission:confluence`"),
    ("/restriction", "`read:confluence-content.all` or `read:content-details:confluence`"),
    ("/download", "`readonly:content.attachment:confluence` or `read:attachment:confluence`"),
    ("/membersByGroupId", "`read:confluence-groups`, or `read:group:confluence` with `read:user:confluence`"),
    ("/api/group", "`read:confluence-groups` or `read:group:confluence`"),
    ("/user/memberof", "`read:confluence-user`, or `read:group:confluence` with `read:user:confluence`"),
    ("/search/user", "`read:content-details:confluence`"),
    ("/api/user", "`read:confluence-user` or `read:content-details:confluence`"),
    ("/api/content/search", "`search:confluence` or `read:content-details:confluence`"),
    ("/api/search", "`search:confluence` or `read:content-details:confluence`"),
    ("/api/audit", "`read:audit-log:confluence`"),
    ("/state", "`read:confluence-content.summary` or `read:content-details:confluence`"),
    ("/systemInfo", "`manage:confluence-configuration` or `read:configuration:confluence`"),
    ("/space-role-mode", "`read:configuration:confluence`"),
    ("/role-assignments", "`read:space.permission:confluence`"),
    ("/space-roles", "`read:space.permission:confluence`"),
    ("/space-permissions", "`read:space.permission:confluence`"),
    ("/users-bulk", "`read:user:confluence`"),
    ("/direct-children", "`read:hierarchical-content:confluence`"),
    ("/descendants", "`read:hierarchical-content:confluence`"),
    ("/ancestors", "`read:content.metadata:confluence`"),
    ("-comments", "`read:comment:confluence`"),
    ("/attachments", "`read:attachment:confluence`"),
    ("/folders", "`read:folder:confluence`"),
    ("/whiteboards", "`read:whiteboard:confluence`"),
    ("/databases", "`read:database:confluence`"),
    ("/embeds", "`read:embed:confluence`"),
    ("/pages", "`read:page:confluence`"),
    ("/blogposts", "`read:page:confluence` and `read:blogpost:confluence`"),
    ("/spaces", "`read:space:confluence`"),
];

/// The scopes that open a call, in words.
pub(super) fn for_path(path: &str) -> &'static str {
    NEEDED.iter().find(|(part, _)| path.contains(part)).map_or("the ones of the documentation", |(_, scopes)| scopes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_call_of_a_crawl_names_its_scopes() {
        for (path, expected) in [
            ("/wiki/api/v2/spaces", "read:space:confluence"),
            ("/wiki/api/v2/spaces/65538/permissions", "read:space:confluence"),
            ("/wiki/api/v2/spaces/65538/pages", "read:page:confluence"),
            ("/wiki/api/v2/pages/65802/labels", "read:page:confluence"),
            ("/wiki/api/v2/spaces/65538/blogposts", "read:blogpost:confluence"),
            ("/wiki/api/v2/footer-comments", "read:comment:confluence"),
            ("/wiki/api/v2/pages/1/inline-comments", "read:comment:confluence"),
            ("/wiki/api/v2/attachments", "read:attachment:confluence"),
            ("/wiki/api/v2/folders/7/direct-children", "read:hierarchical-content:confluence"),
            ("/wiki/rest/api/content/7/restriction/byOperation/read", "read:content-details:confluence"),
            ("/wiki/rest/api/content/7/child/attachment/att8/download", "readonly:content.attachment:confluence"),
            ("/wiki/rest/api/content/search", "search:confluence"),
            ("/wiki/rest/api/search/user", "read:content-details:confluence"),
            ("/wiki/rest/api/group/a/membersByGroupId", "read:confluence-groups"),
            ("/wiki/rest/api/group", "read:group:confluence"),
            ("/wiki/rest/api/user/current", "read:confluence-user"),
            ("/wiki/rest/api/content/7/permission/check", "read:content.permission:confluence"),
            ("/wiki/api/v2/users-bulk", "read:user:confluence"),
        ] {
            assert!(for_path(path).contains(expected), "{path}: {}", for_path(path));
        }
    }
}
