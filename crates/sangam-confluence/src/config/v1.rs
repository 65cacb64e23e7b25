//! The `ConfluenceConfiguration` of the first generation, read as the template that says the same.
//!
//! The job's host hands it over as `{"ConfluenceConfiguration": …, "IndexFields": {"_authors": "STRING_LIST_VALUE", …}}`: its mappings
//! name no types, so each value takes the type of the field that it goes to.

use reqwest::Url;
use sangam_sync::CrawlMode;

use super::{
    AuthType, ConfluenceConfig, DELETION_THRESHOLD_PERCENT, Hosting, Switches, UserIdField, host, mapping,
    member::{Member, Violations},
    proxy,
};
use crate::filters::Filters;

/// The member that the configuration stands under.
pub(super) const MEMBER: &str = "ConfluenceConfiguration";

/// The types of the index's fields, by name.
const INDEX_FIELDS: &str = "IndexFields";

/// Reads a configuration of the first generation. Pages, blog posts and regular spaces are always crawled, comments never, attachments on
/// demand; access is always read, and a sync fetches what changed.
pub(super) fn read(root: &Member<'_>, violations: &mut Violations) -> Option<ConfluenceConfig> {
    let member = root.get(MEMBER);
    if !member.require_object(violations) {
        return None;
    }
    let hosting = parse_version(&member.get("Version"), violations);
    let auth = parse_auth(&member.get("AuthenticationType"), hosting, violations);
    let host_url = parse_server_url(&member.get("ServerUrl"), hosting, violations);
    let secret = member.get("SecretArn");
    let secret_arn = secret.required_string(violations).filter(|arn| !arn.trim().is_empty());
    if secret.is_present() && secret_arn.is_none() {
        secret.must("not be empty", violations);
    }
    let spaces = object(&member, "SpaceConfiguration", violations);
    let attachments = object(&member, "AttachmentConfiguration", violations);
    let mut switch = |of: &Member<'_>, name: &str| of.get(name).boolean(false, violations);
    let attachments_on = switch(&attachments, "CrawlAttachments");
    let switches = Switches {
        pages: true,
        blogs: true,
        page_comments: false,
        blog_comments: false,
        page_attachments: attachments_on,
        blog_attachments: attachments_on,
        personal_spaces: switch(&spaces, "CrawlPersonalSpaces"),
        archived_spaces: switch(&spaces, "CrawlArchivedSpaces"),
        archived_pages: false,
    };
    let filters = Filters::parse_v1(&member, &spaces, violations);
    let fields = root.get(INDEX_FIELDS);
    let lists = [
        spaces.get("SpaceFieldMappings"),
        object(&member, "PageConfiguration", violations).get("PageFieldMappings"),
        object(&member, "BlogConfiguration", violations).get("BlogFieldMappings"),
        attachments.get("AttachmentFieldMappings"),
    ];
    let mappings = mapping::parse_v1(&lists, &fields, violations);
    let proxy = proxy::parse_v1(&member.get("ProxyConfiguration"), violations);
    let hosting = hosting?;
    Some(ConfluenceConfig {
        host_url: host_url?,
        hosting,
        auth: auth?,
        mode: CrawlMode::Changes,
        secret_arn: secret_arn?,
        identity_crawler: true,
        crawl_acl: true,
        user_id_field: match hosting {
            Hosting::Cloud => UserIdField::AccountId,
            Hosting::DataCenter => UserIdField::UserName,
        },
        users_acl_s3_path: None,
        switches,
        filters,
        mappings,
        proxy,
        certificate: None,
        deletion_threshold_percent: Some(DELETION_THRESHOLD_PERCENT),
        include_supported_file_type: false,
        rotate_secret: false,
    })
}

/// The member `name`, which is an object if it is there.
fn object<'v>(member: &Member<'v>, name: &str, violations: &mut Violations) -> Member<'v> {
    let part = member.get(name);
    if part.is_present() {
        part.require_object(violations);
    }
    part
}

fn parse_version(member: &Member<'_>, violations: &mut Violations) -> Option<Hosting> {
    match member.required_string(violations)?.as_str() {
        "CLOUD" => Some(Hosting::Cloud),
        "SERVER" => Some(Hosting::DataCenter),
        _ => {
            member.must("be `CLOUD` or `SERVER`", violations);
            None
        }
    }
}

fn parse_auth(member: &Member<'_>, hosting: Option<Hosting>, violations: &mut Violations) -> Option<AuthType> {
    match member.filled_string(violations).as_deref() {
        None | Some("HTTP_BASIC") => return Some(AuthType::Basic),
        Some("PAT") if hosting != Some(Hosting::Cloud) => return Some(AuthType::PersonalToken),
        Some("PAT") => member.must("be `HTTP_BASIC` for the version `CLOUD`", violations),
        Some(_) => member.must("be `HTTP_BASIC` or `PAT`", violations),
    }
    None
}

/// The address; of Cloud also with the path `/wiki`, which the first generation took.
fn parse_server_url(member: &Member<'_>, hosting: Option<Hosting>, violations: &mut Violations) -> Option<Url> {
    let mut url = host::parse_lenient(member, hosting, violations)?;
    if hosting == Some(Hosting::Cloud) {
        url.set_path("/");
    }
    Some(url)
}
