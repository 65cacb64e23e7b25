//! The CONFLUENCEV2 template as people write it, read leniently; every mistake is named by its member. The `ConfluenceConfiguration` of
//! the first generation becomes the same thing.

mod host;
mod mapping;
mod member;
mod proxy;
mod v1;

use reqwest::Url;
use sangam_sync::CrawlMode;
use serde_json::Value;

use crate::filters::Filters;

pub(crate) use host::{is_loopback, same_site};
pub use mapping::{Entity, FieldMapping, FieldType, Mappings};
pub(crate) use member::{Member, Violations};
pub use proxy::{Proxy, ProxyLogin};

/// Where the site runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hosting {
    /// Confluence Cloud (`SAAS`).
    Cloud,
    /// Confluence Data Center or Server (`ON_PREM`).
    DataCenter,
}

/// How the source signs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthType {
    /// User name and API token or password.
    Basic,
    /// OAuth 2.0 with rotating tokens.
    OAuth2,
    /// A personal access token, Data Center only.
    PersonalToken,
}

/// Which alias of a person is shown first; every alias finds the person all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum UserIdField {
    /// The e-mail address.
    #[default]
    Email,
    /// The user name.
    UserName,
    /// The account id or user key.
    AccountId,
}

/// What is crawled, by kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Switches {
    /// Pages.
    pub pages: bool,
    /// Blog posts.
    pub blogs: bool,
    /// Comments of pages.
    pub page_comments: bool,
    /// Attachments of pages.
    pub page_attachments: bool,
    /// Comments of blog posts.
    pub blog_comments: bool,
    /// Attachments of blog posts.
    pub blog_attachments: bool,
    /// Personal spaces.
    pub personal_spaces: bool,
    /// Archived spaces.
    pub archived_spaces: bool,
    /// Archived pages.
    pub archived_pages: bool,
}

/// A template that holds no mistakes.
#[derive(Debug, Clone)]
pub struct ConfluenceConfig {
    /// The site's address, without `/wiki`.
    pub host_url: Url,
    /// Where the site runs.
    pub hosting: Hosting,
    /// How the source signs in.
    pub auth: AuthType,
    /// How much a sync fetches.
    pub mode: CrawlMode,
    /// ARN or name of the secret.
    pub secret_arn: String,
    /// Whether memberships are read.
    pub identity_crawler: bool,
    /// Whether access is read; if not, all documents are public.
    pub crawl_acl: bool,
    /// The alias shown for a person.
    pub user_id_field: UserIdField,
    /// Where an explicit map of people lies, if there is one.
    pub users_acl_s3_path: Option<String>,
    /// What is crawled.
    pub switches: Switches,
    /// What of it is wanted.
    pub filters: Filters,
    /// Fields of the index.
    pub mappings: Mappings,
    /// The web proxy, if any.
    pub proxy: Option<Proxy>,
    /// Bucket and key of a file with further authorities whose certificates are believed.
    pub certificate: Option<(String, String)>,
    /// Removals above this share of a sync, in percent, are held back; `None` if the guard is off.
    pub deletion_threshold_percent: Option<u8>,
    /// `includeSupportedFileType`, recorded.
    pub include_supported_file_type: bool,
    /// `isRotateSecret`, recorded: rotated tokens are written back in any case.
    pub rotate_secret: bool,
}

/// The types of template that this source is for; the second is what a sibling product writes.
const TEMPLATE_TYPES: [&str; 2] = ["CONFLUENCEV2", "CONFLUENCE"];

/// Length of a secret's ARN or name, in characters.
const SECRET_ARN_CHARS: std::ops::RangeInclusive<usize> = 20..=2048;

/// The guard's threshold when the template names none.
const DELETION_THRESHOLD_PERCENT: u8 = 15;

impl ConfluenceConfig {
    /// True if `configuration` says that it is for Confluence: a template by its `type`, or a `ConfluenceConfiguration` by its name.
    pub fn handles(configuration: &Value) -> bool {
        let template_type = configuration.get("type").and_then(Value::as_str);
        template_type.is_some_and(|kind| TEMPLATE_TYPES.contains(&kind)) || is_v1(configuration)
    }

    /// Reads a template, or `{"ConfluenceConfiguration": …}` of the first generation.
    ///
    /// # Errors
    /// All violations, each naming its member.
    pub fn parse(configuration: &Value) -> Result<Self, Vec<String>> {
        let mut violations = Vec::new();
        let root = Member::root(configuration);
        let config =
            if is_v1(configuration) { v1::read(&root, &mut violations) } else { Self::read(&root, &mut violations) };
        match config {
            Some(config) if violations.is_empty() => Ok(config),
            _ => Err(violations),
        }
    }

    /// The ARN or name of the secret that `configuration` names.
    pub fn secret_id(configuration: &Value) -> Option<String> {
        let id = match configuration.get(v1::MEMBER) {
            Some(first_generation) => first_generation.get("SecretArn"),
            None => configuration.get("secretArn"),
        };
        id.and_then(Value::as_str).map(str::to_owned)
    }

    fn read(root: &Member<'_>, violations: &mut Violations) -> Option<Self> {
        if !root.require_object(violations) {
            return None;
        }
        let kind = root.get("type");
        if kind.required_string(violations).is_some_and(|kind| !TEMPLATE_TYPES.contains(&kind.as_str())) {
            kind.must("be `CONFLUENCEV2`", violations);
        }
        let mode = parse_mode(&root.get("syncMode"), violations);
        let secret_arn = parse_secret_arn(&root.get("secretArn"), violations);
        let identity_crawler = root.get("enableIdentityCrawler").boolean(true, violations);
        check_version(&root.get("version"), violations);
        let certificate = parse_certificate(&root.get("sslCertificatePath"), violations);
        let endpoint = parse_endpoint(&root.get("connectionConfiguration"), violations);
        let mappings = Mappings::parse(&root.get("repositoryConfigurations"), violations);
        let more = root.get("additionalProperties");
        if !more.require_object(violations) {
            return None;
        }
        let crawl_acl = more.get("isCrawlAcl").boolean(true, violations);
        let user_id_field = parse_user_id_field(&more.get("fieldForUserId"), violations);
        let users_acl_s3_path = more.get("usersAclS3FilePath").filled_string(violations);
        let switches = parse_switches(&more, violations);
        let filters = Filters::parse(&more, violations);
        let proxy = proxy::parse(&more, violations);
        let deletion_threshold_percent = parse_deletion(&more, violations);
        let include_supported_file_type = more.get("includeSupportedFileType").boolean(false, violations);
        let rotate_secret = more.get("isRotateSecret").boolean(false, violations);
        let (host_url, hosting, auth) = endpoint?;
        Some(Self {
            host_url,
            hosting,
            auth,
            mode: mode?,
            secret_arn: secret_arn?,
            identity_crawler,
            crawl_acl,
            user_id_field,
            users_acl_s3_path,
            switches,
            filters,
            mappings,
            proxy,
            certificate,
            deletion_threshold_percent,
            include_supported_file_type,
            rotate_secret,
        })
    }
}

fn is_v1(configuration: &Value) -> bool {
    configuration.get("type").is_none() && configuration.get(v1::MEMBER).is_some()
}

fn parse_mode(member: &Member<'_>, violations: &mut Violations) -> Option<CrawlMode> {
    match member.required_string(violations)?.as_str() {
        "FULL_CRAWL" => Some(CrawlMode::Changes),
        "FORCED_FULL_CRAWL" => Some(CrawlMode::Everything),
        _ => {
            member.must("be `FULL_CRAWL` or `FORCED_FULL_CRAWL`", violations);
            None
        }
    }
}

fn parse_secret_arn(member: &Member<'_>, violations: &mut Violations) -> Option<String> {
    let arn = member.required_string(violations)?;
    if !SECRET_ARN_CHARS.contains(&arn.chars().count()) {
        member.must("have 20 to 2048 characters", violations);
        return None;
    }
    Some(arn)
}

fn check_version(member: &Member<'_>, violations: &mut Violations) {
    if member.filled_string(violations).is_some_and(|version| !version.contains("1.0.0")) {
        member.must("be `1.0.0`", violations);
    }
}

fn parse_certificate(member: &Member<'_>, violations: &mut Violations) -> Option<(String, String)> {
    if !member.is_present() || !member.require_object(violations) {
        return None;
    }
    let mut filled = |name: &str| {
        let part = member.get(name);
        let text = part.required_string(violations)?;
        if text.is_empty() {
            part.must("not be empty", violations);
        }
        Some(text)
    };
    let (bucket, key) = (filled("bucket"), filled("key"));
    bucket.zip(key)
}

fn parse_endpoint(connection: &Member<'_>, violations: &mut Violations) -> Option<(Url, Hosting, AuthType)> {
    if !connection.require_object(violations) {
        return None;
    }
    let endpoint = connection.get("repositoryEndpointMetadata");
    if !endpoint.require_object(violations) {
        return None;
    }
    let hosting = parse_hosting(&endpoint.get("type"), violations);
    let auth = parse_auth(&endpoint.get("authType"), hosting, violations);
    let host_url = host::parse(&endpoint.get("hostUrl"), hosting, violations);
    Some((host_url?, hosting?, auth?))
}

fn parse_hosting(member: &Member<'_>, violations: &mut Violations) -> Option<Hosting> {
    match member.required_string(violations)?.as_str() {
        "SAAS" => Some(Hosting::Cloud),
        "ON_PREM" => Some(Hosting::DataCenter),
        _ => {
            member.must("be `SAAS` or `ON_PREM`", violations);
            None
        }
    }
}

fn parse_auth(member: &Member<'_>, hosting: Option<Hosting>, violations: &mut Violations) -> Option<AuthType> {
    match (member.required_string(violations)?.as_str(), hosting) {
        ("Basic", _) => return Some(AuthType::Basic),
        ("OAuth2", _) => return Some(AuthType::OAuth2),
        ("Personal-token", hosting) if hosting != Some(Hosting::Cloud) => return Some(AuthType::PersonalToken),
        (_, Some(Hosting::Cloud)) => member.must("be `Basic` or `OAuth2` for the type `SAAS`", violations),
        _ => member.must("be `Basic`, `OAuth2` or `Personal-token`", violations),
    }
    None
}

fn parse_user_id_field(member: &Member<'_>, violations: &mut Violations) -> UserIdField {
    match member.filled_string(violations).as_deref() {
        Some("user_id" | "userName" | "username") => UserIdField::UserName,
        Some("uuid" | "accountId" | "userKey") => UserIdField::AccountId,
        // Other names are tolerated: the field decides what is shown, never who may read.
        _ => UserIdField::Email,
    }
}

fn parse_switches(more: &Member<'_>, violations: &mut Violations) -> Switches {
    let mut switch = |name: &str, default| more.get(name).boolean(default, violations);
    let pages = switch("isCrawlPage", true);
    let blogs = switch("isCrawlBlog", true);
    Switches {
        pages,
        blogs,
        page_comments: switch("isCrawlPageComment", true) && pages,
        page_attachments: switch("isCrawlPageAttachment", true) && pages,
        blog_comments: switch("isCrawlBlogComment", true) && blogs,
        blog_attachments: switch("isCrawlBlogAttachment", true) && blogs,
        personal_spaces: switch("isCrawlPersonalSpace", false),
        archived_spaces: switch("isCrawlArchivedSpace", false),
        archived_pages: switch("isCrawlArchivedPage", false),
    }
}

fn parse_deletion(more: &Member<'_>, violations: &mut Violations) -> Option<u8> {
    let is_on = more.get("enableDeletionProtection").boolean(true, violations);
    let member = more.get("deletionProtectionThreshold");
    let what = "be a whole number from 0 to 100";
    let threshold = match member.number(what, violations) {
        None => DELETION_THRESHOLD_PERCENT,
        Some(number) if number.fract() == 0.0 && (0.0..=100.0).contains(&number) => number as u8,
        Some(_) => {
            member.must(what, violations);
            DELETION_THRESHOLD_PERCENT
        }
    };
    is_on.then_some(threshold)
}

#[cfg(test)]
mod tests;
