//! What is asked about a data source, step by step; *Edit* shows the same at once.

use super::template::{MEGABYTES, SWITCHES, THRESHOLD};
use super::{languages, mapping, schedule, secret};
use crate::fields::Fields;
use crate::pages::indices::{ROLE, ROLE_HELP, tags};
use crate::view::{Action, Field, Html, Opt, Section};

/// What the server knows and the form shows.
#[derive(Clone, Debug, Default)]
pub(super) struct Shown {
    /// Secrets to choose from.
    pub(super) secrets: Vec<Opt>,
    /// What a connection test found.
    pub(super) tested: Option<Html>,
    /// The next runs of the schedule.
    pub(super) next_runs: Option<Html>,
}

/// *Specify data source details*.
pub(super) fn details(with_tags: bool) -> Vec<Section> {
    let details = Section::new("Data source details")
        .field(
            Field::text("name", "Data source name")
                .placeholder("wiki")
                .help("Letters, digits, hyphens and underscores, beginning with a letter or digit."),
        )
        .field(Field::area("description", "Description", 2).optional())
        .field(
            Field::select("languageCode", "Default language", languages::options())
                .default("en")
                .help("Of documents that do not tell theirs."),
        );
    if with_tags { vec![details, Section::new("Tags").rows(tags())] } else { vec![details] }
}

/// *Define access and security*.
pub(super) fn access(typed: &Fields, shown: &Shown) -> Vec<Section> {
    let mut test = Section::new("Test connection")
        .about("Signs in with what is above and asks what the account is, what it may see and what it lacks. Nothing is saved.")
        .html(Action::submit("test", "Test connection", "plain"));
    if let Some(tested) = &shown.tested {
        test = test.html(tested.clone());
    }
    vec![
        source(),
        authentication(typed, shown),
        secret::section(typed),
        permissions(),
        network(),
        Section::new("IAM role").field(Field::text("roleArn", "Role ARN").default(ROLE).help(ROLE_HELP)),
        test,
    ]
}

fn source() -> Section {
    let hostings = vec![
        Opt::new("SAAS", "Confluence Cloud", "The site is at atlassian.net."),
        Opt::new("ON_PREM", "Confluence Server/Data Center", "The site is at an address of your own."),
    ];
    Section::new("Source").field(Field::radio("type", "Confluence", hostings).default("SAAS")).field(
        Field::text("hostUrl", "Confluence URL").placeholder("https://example.atlassian.net").help(
            "Scheme and host, without /wiki. A Data Center site may have a context path, such as https://wiki.example.com/confluence.",
        ),
    )
}

fn authentication(typed: &Fields, shown: &Shown) -> Section {
    let mut ways = vec![
        Opt::new(
            "Basic",
            "Basic authentication",
            "User name, with an API token on Cloud and a password on Data Center.",
        ),
        Opt::new(
            "OAuth2",
            "OAuth 2.0",
            "An app's key and secret, with the tokens of its grant. They are renewed and stored by this server.",
        ),
    ];
    ways.push(Opt::new("Personal-token", "Personal access token", "Confluence Server/Data Center only."));
    Section::new("Authentication and secret")
        .field(Field::radio("authType", "Authentication", ways).default("Basic"))
        .html(Action::submit("apply", "Show the fields of this authentication", "plain"))
        .field(Field::select("secretArn", "AWS Secrets Manager secret", shown.secrets.clone()).help(
            if typed.last("secretArn").is_empty() {
                "It is stored sealed on this server."
            } else {
                "Another value for it is given on the secret's page."
            },
        ))
}

fn permissions() -> Section {
    let names = vec![
        Opt::new("email", "E-mail address", ""),
        Opt::new("user_id", "User name", ""),
        Opt::new("uuid", "Account ID or user key", ""),
    ];
    Section::new("Access control")
        .field(
            Field::check("isCrawlAcl", "Access control lists are read")
                .default("on")
                .help("Turned off, everybody who may search sees every document."),
        )
        .field(
            Field::check("enableIdentityCrawler", "Identity crawler is on")
                .default("on")
                .help("Reads who is in which group. Turned off, only groups that a query names count."),
        )
        .field(
            Field::select("fieldForUserId", "People are shown by", names)
                .default("email")
                .help("What is shown as a person's name in access lists. Searching works with every one of them."),
        )
        .field(
            Field::text("usersAclS3FilePath", "File with e-mail addresses in S3")
                .optional()
                .help("JSON lines that give the addresses that people hide from the crawler's account."),
        )
}

fn network() -> Section {
    Section::new("Network")
        .field(Field::text("proxyHost", "Web proxy host").optional().help("The host alone, without a scheme."))
        .field(Field::text("proxyPort", "Web proxy port").optional())
        .field(Field::text("bucket", "TLS certificate: S3 bucket").optional())
        .field(
            Field::text("key", "TLS certificate: S3 key")
                .optional()
                .help("A file with the authority that signed the site's certificate, if it is one of your own."),
        )
        .field(
            Field::area("subnetIds", "VPC subnets", 2)
                .optional()
                .help("One a line. Recorded for clients that read them back."),
        )
        .field(
            Field::area("securityGroupIds", "VPC security groups", 2).optional().help("One a line. Recorded likewise."),
        )
}

/// *Configure sync settings*.
pub(super) fn sync(shown: &Shown) -> Vec<Section> {
    vec![scope(), patterns(), mode(), schedule::section(shown.next_runs.clone())]
}

fn scope() -> Section {
    let about =
        "Spaces are always documents. Comments and attachments go with their page or blog: they need its switch too.";
    SWITCHES.iter().fold(Section::new("Sync scope").about(about), |section, (name, label, default)| {
        section.field(Field::check(name, label).default(if *default { "on" } else { "off" }))
    })
}

fn patterns() -> Section {
    let list = |name, label: &str, help: &str| Field::area(name, label, 2).optional().help(help);
    const REGEX: &str = "Regular expressions, one a line. Found anywhere in the title.";
    Section::new("Filters")
        .about(
            "Filters choose what is indexed. Where both have something to say, exclusion wins. Empty means everything.",
        )
        .field(list(
            "inclusionSpaceKeyFilter",
            "Space keys to include",
            "One a line: a key, or a regular expression over the whole key.",
        ))
        .field(list("exclusionSpaceKeyFilter", "Space keys to exclude", "Likewise."))
        .field(list("pageTitleRegEX", "Page titles to include", REGEX))
        .field(list("blogTitleRegEX", "Blog titles to include", REGEX))
        .field(list("commentTitleRegEX", "Comment titles to include", REGEX))
        .field(list("attachmentTitleRegEX", "Attachment titles to include", REGEX))
        .field(list("inclusionFileTypePatterns", "File types to include", "One a line, such as *.pdf or .*\\.docx"))
        .field(list("exclusionFileTypePatterns", "File types to exclude", "Likewise."))
        .field(list("inclusionUrlPatterns", "URLs to include", "One a line, such as .*/spaces/ENG/.*"))
        .field(list("exclusionUrlPatterns", "URLs to exclude", "Likewise."))
        .field(
            Field::text("maxFileSizeInMegaBytes", "Maximum file size in MB")
                .default(MEGABYTES)
                .help("Above 0, up to 50. Larger files are not read."),
        )
}

fn mode() -> Section {
    let modes = vec![
        Opt::new("FULL_CRAWL", "New, modified, deleted sync", "Lists everything and fetches only what changed."),
        Opt::new("FORCED_FULL_CRAWL", "Full sync", "Fetches and indexes everything again, each time."),
    ];
    Section::new("Sync mode")
        .field(Field::radio("syncMode", "Sync mode", modes).default("FULL_CRAWL"))
        .field(
            Field::check("enableDeletionProtection", "Deletion protection is on").default("on").help(
                "Holds removals back if a sync would remove more than the share below: an account that lost its rights empties no index.",
            ),
        )
        .field(Field::text("deletionProtectionThreshold", "Deletion protection threshold in percent").default(THRESHOLD))
}

/// *Set field mappings*.
pub(super) fn mappings() -> Vec<Section> {
    mapping::sections()
}

/// What can be told of a step before anybody is asked; `first` and `last` are steps.
pub(super) fn check(steps: std::ops::RangeInclusive<usize>, typed: &Fields) -> Vec<(&'static str, &'static str)> {
    let mut wrong = Vec::new();
    if steps.contains(&super::create::DETAILS) && !is_name(typed.last("name")) {
        wrong.push((
            "name",
            "Give a name of letters, digits, hyphens and underscores that begins with a letter or digit.",
        ));
    }
    if steps.contains(&super::create::ACCESS) {
        if typed.last("hostUrl").is_empty() {
            wrong.push(("hostUrl", "Give the address of the site, such as https://example.atlassian.net."));
        }
        wrong.extend(secret::check(typed));
    }
    if steps.contains(&super::create::MAPPINGS)
        && let Some(sentence) = mapping::check(typed)
    {
        wrong.push((mapping::CUSTOM, sentence));
    }
    wrong
}

fn is_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphanumeric())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_told_at_its_step() {
        let wrong = |steps, typed: &str| {
            check(steps, &Fields::parse(typed)).into_iter().map(|(field, _)| field).collect::<Vec<_>>()
        };
        assert_eq!(wrong(0..=0, "name="), ["name"]);
        assert_eq!(wrong(0..=0, "name=-x"), ["name"]);
        assert!(wrong(0..=0, "name=wiki_1").is_empty());
        assert_eq!(wrong(1..=1, ""), ["hostUrl", "secretArn"]);
        assert!(wrong(2..=2, "").is_empty());
    }
}
