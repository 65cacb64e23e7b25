//! The table of contents of a Data Center: every endpoint there is, and since when.

use super::call::Call;
use super::{
    bytes, comments, content, groups, json_rpc, oauth, pages, permissions, restrictions, scan, search, spaces,
};
use super::{system, users};
use crate::dc::DcVersion;
use crate::http::reply::Reply;

/// Answers a call; both arms are answers, the second ended early.
pub(crate) type Handler = fn(&Call<'_>) -> Result<Reply, Reply>;

/// What stands before an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Door {
    /// Credentials, or nobody where the site is open to everybody.
    Api,
    /// Nobody is refused at the door; the page says what it shows.
    Page,
    /// Nothing at all.
    Open,
}

/// One endpoint, without the context path.
#[derive(Clone, Copy)]
pub(crate) struct Route {
    pub(crate) post: bool,
    pub(crate) pattern: &'static str,
    pub(crate) door: Door,
    /// In older versions there is nothing at this address.
    pub(crate) since: DcVersion,
    pub(crate) handler: Handler,
}

const fn get(pattern: &'static str, handler: Handler) -> Route {
    Route { post: false, pattern, door: Door::Api, since: V7_19, handler }
}

const fn since(since: DcVersion, pattern: &'static str, handler: Handler) -> Route {
    Route { post: false, pattern, door: Door::Api, since, handler }
}

const fn post(pattern: &'static str, handler: Handler) -> Route {
    Route { post: true, pattern, door: Door::Api, since: V7_19, handler }
}

const fn page(pattern: &'static str, handler: Handler) -> Route {
    Route { post: false, pattern, door: Door::Page, since: V7_19, handler }
}

use DcVersion::{V7_19, V8_5, V9_2, V10_0};

pub(crate) const ROUTES: &[Route] = &[
    // content
    get("/rest/api/content", content::list),
    get("/rest/api/content/search", search::content),
    since(V9_2, "/rest/api/content/scan", scan::scan),
    get("/rest/api/content/{id}", content::one),
    get("/rest/api/content/{id}/history", content::history),
    get("/rest/api/content/{id}/label", content::labels),
    get("/rest/api/content/{id}/child", content::child),
    get("/rest/api/content/{id}/child/page", content::child_pages),
    get("/rest/api/content/{id}/child/comment", comments::list),
    get("/rest/api/content/{id}/child/attachment", content::attachments),
    since(V10_0, "/rest/api/content/{id}/child/attachment/{attachment}/extractedtext", bytes::extracted_text),
    get("/rest/api/content/{id}/descendant/{type}", content::descendants),
    get("/rest/api/search", search::everything),
    // spaces
    get("/rest/api/space", spaces::list),
    get("/rest/api/space/{key}", spaces::one),
    get("/rest/api/space/{key}/content", spaces::content),
    get("/rest/api/space/{key}/content/{type}", spaces::content_of_type),
    since(V9_2, "/rest/api/space/{key}/trash", scan::trash),
    // access
    get("/rest/api/content/{id}/restriction/byOperation", restrictions::by_operation),
    get("/rest/api/content/{id}/restriction/byOperation/{operation}", restrictions::one_operation),
    since(V9_2, "/rest/api/content/{id}/restriction/relevantViewRestrictions", restrictions::relevant),
    since(V9_2, "/rest/api/space/{key}/permissions", permissions::of_space),
    since(V9_2, "/rest/api/space/{key}/permissions/anonymous", permissions::of_space_anonymous),
    since(V9_2, "/rest/api/space/{key}/permissions/group/{name}", permissions::of_space_group),
    since(V9_2, "/rest/api/space/{key}/permissions/user/{user}", permissions::of_space_user),
    since(V9_2, "/rest/api/permissions", permissions::of_site),
    since(V9_2, "/rest/api/permissions/anonymous", permissions::of_site_anonymous),
    since(V9_2, "/rest/api/permissions/unlicensed", permissions::of_site_unlicensed),
    since(V9_2, "/rest/api/permissions/group/{name}", permissions::of_site_group),
    since(V9_2, "/rest/api/permissions/user/{user}", permissions::of_site_user),
    post("/rpc/json-rpc/confluenceservice-v2", json_rpc::full),
    post("/rpc/json-rpc/confluenceservice-v2/{method}", json_rpc::light),
    // people and groups
    get("/rest/api/group", groups::list),
    get("/rest/api/group/{name}", groups::one),
    get("/rest/api/group/{name}/member", groups::members),
    get("/rest/api/group/{name}/groupmember", groups::children),
    get("/rest/api/group/{name}/groupparent", groups::parents),
    since(V9_2, "/rest/api/group/{name}/groupancestor", groups::ancestors),
    get("/rest/api/user", users::one),
    get("/rest/api/user/current", users::current),
    get("/rest/api/user/anonymous", users::anonymous),
    get("/rest/api/user/memberof", groups::of_user),
    since(V8_5, "/rest/api/user/list", users::list),
    since(V9_2, "/rest/api/admin/users/list/active", users::active),
    get("/rest/mobile/1.0/profile/{name}", users::mobile_profile),
    // bytes
    page("/download/attachments/{page}/{name}", bytes::download),
    // the server
    since(V8_5, "/rest/api/server-information", system::information),
    get("/rest/api/accessmode", system::access_mode),
    Route { door: Door::Open, ..get("/rest/applinks/1.0/manifest", system::manifest) },
    page("/", system::start),
    // consent and tokens
    get("/rest/pat/latest/tokens", users::own_tokens),
    page("/rest/oauth2/latest/authorize", oauth::authorize),
    Route { door: Door::Page, ..post("/rest/oauth2/latest/authorize", oauth::decide) },
    Route { door: Door::Open, ..post("/rest/oauth2/latest/token", oauth::token) },
    // for people
    page("/display/{key}", pages::space),
    page("/display/{key}/{title}", pages::by_title),
    page("/display/{key}/{year}/{month}/{day}/{title}", pages::by_title),
    page("/pages/viewpage.action", pages::by_id),
    page("/spaces/{key}/pages/{id}/{title}", pages::by_id),
];
