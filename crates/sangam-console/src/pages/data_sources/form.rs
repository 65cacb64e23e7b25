//! What is asked about a data source, step by step; *Edit* shows the same at once.

use super::template::{MEGABYTES, THRESHOLD};
use super::words::{self, AUTHENTICATIONS, HOSTINGS, MODES, SHOWN_BY};
use super::{languages, mapping, schedule, scope, secret};
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
        .field(Field::text("description", "Description").optional())
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
        permissions(typed),
        network(),
        vpc(),
        role(),
        test,
    ]
}

fn source() -> Section {
    Section::new("Source").field(Field::radio("type", "Confluence", words::options(HOSTINGS)).default("SAAS")).field(
        Field::text("hostUrl", "Confluence URL").placeholder("https://example.atlassian.net").help(
            "Scheme and host, without /wiki. A Data Center site may have a context path, such as https://wiki.example.com/confluence.",
        ),
    )
}

fn authentication(typed: &Fields, shown: &Shown) -> Section {
    Section::new("Authentication and secret")
        .field(Field::radio("authType", "Authentication", words::options(AUTHENTICATIONS)).default("Basic"))
        .html(Action::submit("apply", "Show the fields of this authentication", "plain"))
        .field(Field::select("secretArn", "AWS Secrets Manager secret", shown.secrets.clone()).help(
            if typed.last("secretArn").is_empty() {
                "It is stored sealed on this server."
            } else {
                "Another value for it is given on the secret's page."
            },
        ))
}

fn permissions(typed: &Fields) -> Section {
    let mut names = words::options(SHOWN_BY);
    let now = typed.last("fieldForUserId");
    if !now.is_empty() && !names.iter().any(|option| option.value == now) {
        // Other names that the template may have for the same, such as `accountId`.
        names.push(Opt::new(now, now, ""));
    }
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
                .help("Such as s3://crawler/users.jsonl: JSON lines that give the addresses that people hide from the crawler's account. The page Files puts one there."),
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
                .help("A file with the authority that signed the site's certificate, if it is one of your own. The page Files puts one there."),
        )
}

/// Without the network of a cloud, the VPC is a record.
pub(super) fn vpc() -> Section {
    Section::new("Virtual Private Cloud (VPC)")
        .about(
            "Recorded for clients that read it back; this server reaches the site over its own network. Once recorded, it can be changed but not removed: the API has no call for that.",
        )
        .field(Field::area("subnetIds", "VPC subnets", 2).optional().help("One a line."))
        .field(Field::area("securityGroupIds", "VPC security groups", 2).optional().help("One a line."))
}

/// The role.
pub(super) fn role() -> Section {
    Section::new("IAM role").field(Field::text("roleArn", "Role ARN").default(ROLE).help(ROLE_HELP))
}

/// *Configure sync settings*.
pub(super) fn sync(shown: &Shown) -> Vec<Section> {
    vec![scope::section(), patterns(), mode(), schedule::section(shown.next_runs.clone())]
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
    Section::new("Sync mode")
        .field(Field::radio("syncMode", "Sync mode", words::options(MODES)).default("FULL_CRAWL"))
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
