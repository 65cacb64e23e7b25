//! The table of contents: every endpoint there is.

use axum::routing::MethodFilter;

use super::call::Call;
use super::reply::Reply;
use super::{browser, identity, media, v1, v2};

/// Answers a call; both arms are answers, the second ended early.
pub(crate) type Handler = fn(&Call<'_>) -> Result<Reply, Reply>;

/// Which generation of the API an endpoint belongs to, which decides its door and its errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Api {
    /// `/wiki/rest/api`.
    V1,
    /// `/wiki/api/v2`.
    V2,
    /// Neither: no account is asked for.
    Open,
    /// The pages that people look at.
    Browser,
}

/// How an endpoint is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Method {
    Get,
    Post,
    Delete,
}

impl Method {
    pub(crate) fn filter(self) -> MethodFilter {
        match self {
            Self::Get => MethodFilter::GET,
            Self::Post => MethodFilter::POST,
            Self::Delete => MethodFilter::DELETE,
        }
    }
}

/// One endpoint.
#[derive(Clone, Copy)]
pub(crate) struct Route {
    pub(crate) method: Method,
    pub(crate) pattern: &'static str,
    pub(crate) api: Api,
    pub(crate) handler: Handler,
}

const fn get(pattern: &'static str, api: Api, handler: Handler) -> Route {
    Route { method: Method::Get, pattern, api, handler }
}

const fn post(pattern: &'static str, api: Api, handler: Handler) -> Route {
    Route { method: Method::Post, pattern, api, handler }
}

const fn delete(pattern: &'static str, api: Api, handler: Handler) -> Route {
    Route { method: Method::Delete, pattern, api, handler }
}

/// Removed from v1; 410 for good.
const fn gone(pattern: &'static str) -> Route {
    Route { method: Method::Get, pattern, api: Api::V1, handler: v1::system::gone }
}

use Api::{Browser, Open, V1, V2};

pub(crate) const ROUTES: &[Route] = &[
    // spaces
    get("/wiki/api/v2/spaces", V2, v2::spaces::list),
    get("/wiki/api/v2/spaces/{id}", V2, v2::spaces::one),
    get("/wiki/api/v2/spaces/{id}/permissions", V2, v2::spaces::permissions),
    get("/wiki/api/v2/spaces/{id}/role-assignments", V2, v2::roles::assignments),
    get("/wiki/api/v2/space-role-mode", V2, v2::roles::mode),
    get("/wiki/api/v2/space-roles", V2, v2::roles::list),
    get("/wiki/api/v2/space-roles/{id}", V2, v2::roles::one),
    get("/wiki/api/v2/space-permissions", V2, v2::roles::permissions),
    // pages and blog posts
    get("/wiki/api/v2/spaces/{id}/pages", V2, v2::pages::of_space),
    get("/wiki/api/v2/pages", V2, v2::pages::all),
    get("/wiki/api/v2/pages/{id}", V2, v2::pages::one),
    get("/wiki/api/v2/spaces/{id}/blogposts", V2, v2::pages::blogs_of_space),
    get("/wiki/api/v2/blogposts", V2, v2::pages::all_blogs),
    get("/wiki/api/v2/blogposts/{id}", V2, v2::pages::one_blog),
    // the tree
    get("/wiki/api/v2/folders/{id}", V2, v2::tree::folder),
    get("/wiki/api/v2/whiteboards/{id}", V2, v2::tree::whiteboard),
    get("/wiki/api/v2/databases/{id}", V2, v2::tree::database),
    get("/wiki/api/v2/embeds/{id}", V2, v2::tree::embed),
    get("/wiki/api/v2/pages/{id}/ancestors", V2, v2::tree::ancestors),
    get("/wiki/api/v2/folders/{id}/ancestors", V2, v2::tree::ancestors),
    get("/wiki/api/v2/whiteboards/{id}/ancestors", V2, v2::tree::ancestors),
    get("/wiki/api/v2/databases/{id}/ancestors", V2, v2::tree::ancestors),
    get("/wiki/api/v2/embeds/{id}/ancestors", V2, v2::tree::ancestors),
    get("/wiki/api/v2/pages/{id}/direct-children", V2, v2::tree::direct_children),
    get("/wiki/api/v2/folders/{id}/direct-children", V2, v2::tree::direct_children),
    get("/wiki/api/v2/whiteboards/{id}/direct-children", V2, v2::tree::direct_children),
    get("/wiki/api/v2/databases/{id}/direct-children", V2, v2::tree::direct_children),
    get("/wiki/api/v2/embeds/{id}/direct-children", V2, v2::tree::direct_children),
    get("/wiki/api/v2/pages/{id}/descendants", V2, v2::tree::descendants),
    get("/wiki/api/v2/folders/{id}/descendants", V2, v2::tree::descendants),
    get("/wiki/api/v2/whiteboards/{id}/descendants", V2, v2::tree::descendants),
    get("/wiki/api/v2/databases/{id}/descendants", V2, v2::tree::descendants),
    get("/wiki/api/v2/embeds/{id}/descendants", V2, v2::tree::descendants),
    post("/wiki/api/v2/content/convert-ids-to-types", V2, v2::tree::types_of_ids),
    // comments
    get("/wiki/api/v2/footer-comments", V2, v2::comments::all_footer),
    get("/wiki/api/v2/inline-comments", V2, v2::comments::all_inline),
    get("/wiki/api/v2/footer-comments/{id}", V2, v2::comments::one_footer),
    get("/wiki/api/v2/inline-comments/{id}", V2, v2::comments::one_inline),
    get("/wiki/api/v2/footer-comments/{id}/children", V2, v2::comments::replies),
    get("/wiki/api/v2/inline-comments/{id}/children", V2, v2::comments::replies),
    get("/wiki/api/v2/pages/{id}/footer-comments", V2, v2::comments::footer_of),
    get("/wiki/api/v2/pages/{id}/inline-comments", V2, v2::comments::inline_of),
    get("/wiki/api/v2/blogposts/{id}/footer-comments", V2, v2::comments::footer_of),
    get("/wiki/api/v2/blogposts/{id}/inline-comments", V2, v2::comments::inline_of),
    get("/wiki/api/v2/attachments/{id}/footer-comments", V2, v2::comments::footer_of),
    // attachments
    get("/wiki/api/v2/attachments", V2, v2::attachments::all),
    get("/wiki/api/v2/attachments/{id}", V2, v2::attachments::one),
    get("/wiki/api/v2/pages/{id}/attachments", V2, v2::attachments::of),
    get("/wiki/api/v2/blogposts/{id}/attachments", V2, v2::attachments::of),
    // custom content
    get("/wiki/api/v2/custom-content", V2, v2::custom_content::all),
    get("/wiki/api/v2/custom-content/{id}", V2, v2::custom_content::one),
    get("/wiki/api/v2/spaces/{id}/custom-content", V2, v2::custom_content::of_space),
    get("/wiki/api/v2/pages/{id}/custom-content", V2, v2::custom_content::of_page),
    get("/wiki/api/v2/blogposts/{id}/custom-content", V2, v2::custom_content::of_page),
    get("/wiki/api/v2/custom-content/{id}/children", V2, v2::custom_content::children),
    get("/wiki/api/v2/custom-content/{id}/attachments", V2, v2::custom_content::attachments),
    get("/wiki/api/v2/custom-content/{id}/footer-comments", V2, v2::custom_content::comments),
    get("/wiki/api/v2/custom-content/{id}/labels", V2, v2::custom_content::labels),
    // labels
    get("/wiki/api/v2/pages/{id}/labels", V2, v2::labels::of_content),
    get("/wiki/api/v2/blogposts/{id}/labels", V2, v2::labels::of_content),
    get("/wiki/api/v2/attachments/{id}/labels", V2, v2::labels::of_content),
    get("/wiki/api/v2/spaces/{id}/content/labels", V2, v2::labels::of_space_content),
    get("/wiki/api/v2/spaces/{id}/labels", V2, v2::labels::of_space),
    get("/wiki/api/v2/labels/{id}/pages", V2, v2::labels::pages),
    // administrators
    get("/wiki/api/v2/admin-key", V2, v2::admin_key::get),
    post("/wiki/api/v2/admin-key", V2, v2::admin_key::give),
    delete("/wiki/api/v2/admin-key", V2, v2::admin_key::take_back),
    // people, in v2
    post("/wiki/api/v2/users-bulk", V2, v2::users::bulk),
    // people and groups, in v1
    get("/wiki/rest/api/user", V1, v1::users::one),
    get("/wiki/rest/api/user/current", V1, v1::users::current),
    get("/wiki/rest/api/user/bulk", V1, v1::users::bulk),
    get("/wiki/rest/api/user/email", V1, v1::users::email),
    get("/wiki/rest/api/user/memberof", V1, v1::groups::of_user),
    get("/wiki/rest/api/group", V1, v1::groups::list),
    get("/wiki/rest/api/group/by-id", V1, v1::groups::one),
    get("/wiki/rest/api/group/{id}/membersByGroupId", V1, v1::groups::members),
    // access
    get("/wiki/rest/api/content/{id}/restriction", V1, v1::restrictions::list),
    get("/wiki/rest/api/content/{id}/restriction/byOperation", V1, v1::restrictions::by_operation),
    get("/wiki/rest/api/content/{id}/restriction/byOperation/{operation}", V1, v1::restrictions::one_operation),
    post("/wiki/rest/api/content/{id}/permission/check", V1, v1::permission_check::check),
    // search, bytes, system
    get("/wiki/rest/api/content/search", V1, v1::search::content),
    get("/wiki/rest/api/search", V1, v1::search::envelopes),
    get("/wiki/rest/api/search/user", V1, v1::search::people),
    get("/wiki/rest/api/audit", V1, v1::audit::list),
    get("/wiki/rest/api/content/{id}/child/attachment/{attachment}/download", V1, v1::download::redirect),
    get("/wiki/rest/api/settings/systemInfo", V1, v1::system::info),
    get("/wiki/download/attachments/{page}/{name}", V1, v1::download::web_link),
    get("/_edge/tenant_info", Open, v1::system::tenant_info),
    get("/media/file/{id}/binary", Open, media::binary),
    // identity
    get("/authorize", Open, identity::authorize),
    post("/authorize", Open, identity::decide),
    post("/oauth/token", Open, identity::token),
    get("/oauth/token/accessible-resources", Open, identity::accessible_resources),
    // for people
    get("/wiki/spaces/{key}", Browser, browser::space),
    get("/wiki/spaces/{key}/pages/{id}", Browser, browser::page),
    get("/wiki/spaces/{key}/pages/{id}/{title}", Browser, browser::page),
    get("/wiki/spaces/{key}/folder/{id}", Browser, browser::page),
    get("/wiki/spaces/{key}/blog/{year}/{month}/{day}/{id}/{title}", Browser, browser::page),
    // removed from v1
    gone("/wiki/rest/api/content"),
    gone("/wiki/rest/api/content/{id}"),
    gone("/wiki/rest/api/content/{id}/child"),
    gone("/wiki/rest/api/content/{id}/child/{type}"),
    gone("/wiki/rest/api/content/{id}/history"),
    gone("/wiki/rest/api/content/{id}/label"),
    gone("/wiki/rest/api/content/{id}/property"),
    gone("/wiki/rest/api/content/{id}/property/{key}"),
    gone("/wiki/rest/api/content/{id}/version"),
    gone("/wiki/rest/api/content/{id}/version/{number}"),
    gone("/wiki/rest/api/content/{id}/restriction/byOperation/{operation}/group/{name}"),
    gone("/wiki/rest/api/space"),
    gone("/wiki/rest/api/space/{key}"),
    gone("/wiki/rest/api/space/{key}/content"),
    gone("/wiki/rest/api/space/{key}/content/{type}"),
    gone("/wiki/rest/api/space/{key}/property"),
    gone("/wiki/rest/api/space/{key}/property/{name}"),
    gone("/wiki/rest/api/group/by-name"),
    gone("/wiki/rest/api/group/member"),
    gone("/wiki/rest/api/group/{id}"),
    gone("/wiki/rest/api/group/{id}/member"),
    gone("/wiki/rest/api/user/bulk/migration"),
];
