//! A data source in words: before it is made, on its page, and in the same words as the form's.

use serde_json::Value;

use super::template::{MEGABYTES, THRESHOLD, on_off};
use super::words::{self, AUTHENTICATIONS, HOSTINGS, MODES, SHOWN_BY};
use super::{create, input, languages, mapping, schedule, scope, secret};
use crate::fields::Fields;
use crate::view::{Cell, Facts, Html, Lines, Rows, Wizard};
use crate::visit::InIndex;

/// The last step: what will be made, each part with the way back to its step.
pub(super) fn sections(index: &InIndex, typed: &Fields) -> Html {
    let line = schedule::expression(typed).unwrap_or_default();
    let source = input::create(&index.id, typed, &line);
    let template = &source["Configuration"]["TemplateConfiguration"]["Template"];
    let tags: Vec<Html> =
        Rows::read("tags", typed).iter().map(|(key, value)| Cell::text(&format!("{key} = {value}"))).collect();
    let text = |name: &str| source[name].as_str().unwrap_or_default();
    let details = Facts::new("Data source details")
        .fact("Data source name", Cell::text(text("Name")))
        .fact("Description", Cell::text(text("Description")))
        .fact("Default language", Cell::text(&languages::label(text("LanguageCode"))))
        .fact("Tags", if tags.is_empty() { Cell::text("") } else { Lines::of(&tags) });
    let new = mapping::missing(typed, &index.described);
    let new: Vec<&str> = new.iter().filter_map(|field| field["Name"].as_str()).collect();
    let made = if new.is_empty() { "none".to_owned() } else { new.join(", ") };
    let secret = Cell::text(secret::name_of(template["secretArn"].as_str().unwrap_or_default()));
    let parts = [
        (create::DETAILS, "the details", details),
        (create::ACCESS, "access and security", access(&source, template, secret)),
        (create::SYNC, "the sync settings", sync(template, &line)),
        (
            create::MAPPINGS,
            "the field mappings",
            mappings(template).fact("Index fields that are made", Cell::text(&made)),
        ),
    ];
    parts
        .into_iter()
        .fold(Html::default(), |all, (step, what, facts)| all.then(&facts.action(Wizard::edit(step, what)).render()))
}

/// How the site is reached, as whom, and who may read. `source` has the members that the API's operations share.
pub(super) fn access(source: &Value, template: &Value, secret: Html) -> Facts {
    let endpoint = &template["connectionConfiguration"]["repositoryEndpointMetadata"];
    let more = &template["additionalProperties"];
    let text = |value: &'_ Value| value.as_str().unwrap_or_default().to_owned();
    let shown_by = more["fieldForUserId"].as_str().unwrap_or("email");
    let mut facts = Facts::new("Access and security")
        .fact("Confluence", Cell::text(words::label(HOSTINGS, &text(&endpoint["type"]))))
        .fact("Confluence URL", Cell::text(&text(&endpoint["hostUrl"])))
        .fact("Authentication", Cell::text(words::label(AUTHENTICATIONS, &text(&endpoint["authType"]))))
        .fact("AWS Secrets Manager secret", secret)
        .fact("Access control lists are read", Cell::text(on_off(&more["isCrawlAcl"], true)))
        .fact("Identity crawler", Cell::text(on_off(&template["enableIdentityCrawler"], true)))
        .fact("People are shown by", Cell::text(words::label(SHOWN_BY, shown_by)))
        .fact("Role ARN", Cell::code(source["RoleArn"].as_str().unwrap_or_default()));
    let host = ["proxyHost", "proxyUrl"].map(|name| text(&more[name])).into_iter().find(|host| !host.is_empty());
    let port = more["proxyPort"].as_str().map_or_else(|| more["proxyPort"].to_string(), str::to_owned);
    let path = &template["sslCertificatePath"];
    let list = |name: &str| lines(&source["VpcConfiguration"][name]);
    for (label, value) in [
        ("File with e-mail addresses in S3", text(&more["usersAclS3FilePath"])),
        ("Web proxy", host.map(|host| format!("{host}:{port}")).unwrap_or_default()),
        (
            "TLS certificate in S3",
            if path.is_object() { format!("{}/{}", text(&path["bucket"]), text(&path["key"])) } else { String::new() },
        ),
        ("VPC subnets", list("SubnetIds")),
        ("VPC security groups", list("SecurityGroupIds")),
    ] {
        facts = facts.fact(label, Cell::code(&value));
    }
    facts
}

/// What is read, how, and when.
pub(super) fn sync(template: &Value, line: &str) -> Facts {
    let more = &template["additionalProperties"];
    let number = |name: &str, default: &str| match &more[name] {
        Value::String(text) if !text.is_empty() => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => default.to_owned(),
    };
    let protection = match on_off(&more["enableDeletionProtection"], true) {
        "on" => format!("on, above {} percent", number("deletionProtectionThreshold", THRESHOLD)),
        off => off.to_owned(),
    };
    let mode = template["syncMode"].as_str().unwrap_or_default();
    let mut facts = Facts::new("Sync settings")
        .fact("Sync scope", Cell::text(&scope::told(more)))
        .fact("Maximum file size", Cell::text(&format!("{} MB", number("maxFileSizeInMegaBytes", MEGABYTES))))
        .fact("Sync mode", Cell::text(words::label(MODES, mode)))
        .fact("Deletion protection", Cell::text(&protection))
        .fact("Frequency", schedule::told(line));
    for (name, label) in FILTERS {
        let entries: Vec<Html> =
            more[*name].as_array().into_iter().flatten().filter_map(Value::as_str).map(Cell::code).collect();
        if !entries.is_empty() {
            facts = facts.fact(label, Lines::of(&entries));
        }
    }
    facts
}

/// Which fields are mapped, by kind of document.
pub(super) fn mappings(template: &Value) -> Facts {
    let told = mapping::told(&template["repositoryConfigurations"]);
    told.into_iter().fold(Facts::new("Field mappings"), |facts, (label, told)| facts.fact(label, Cell::text(&told)))
}

fn lines(list: &Value) -> String {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).collect::<Vec<_>>().join(", ")
}

/// The filters and what they are called.
const FILTERS: &[(&str, &str)] = &[
    ("inclusionSpaceKeyFilter", "Space keys to include"),
    ("exclusionSpaceKeyFilter", "Space keys to exclude"),
    ("pageTitleRegEX", "Page titles to include"),
    ("blogTitleRegEX", "Blog titles to include"),
    ("commentTitleRegEX", "Comment titles to include"),
    ("attachmentTitleRegEX", "Attachment titles to include"),
    ("inclusionFileTypePatterns", "File types to include"),
    ("exclusionFileTypePatterns", "File types to exclude"),
    ("inclusionUrlPatterns", "URLs to include"),
    ("exclusionUrlPatterns", "URLs to exclude"),
];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn everything_that_was_typed_is_told_in_the_forms_words() {
        let typed = Fields::parse(
            "name=wiki&languageCode=de&tags_key=team&tags_value=docs&type=ON_PREM&authType=Personal-token\
             &hostUrl=https%3A%2F%2Fwiki.example&secretArn=arn:aws:secretsmanager:r:a:secret:crawler-Ab12Cd\
             &roleArn=arn:aws:iam::1:role/r&proxyHost=proxy.example&proxyPort=3128&bucket=b&key=ca.pem&subnetIds=subnet-1\
             &securityGroupIds=sg-1&fieldForUserId=user_id&maxFileSizeInMegaBytes=7&deletionProtectionThreshold=33\
             &pageTitleRegEX=%5ERun&isCrawlPage=off&frequency=daily&runAt=03:30&fieldMappings_entity=page\
             &fieldMappings_source=mentions&fieldMappings_index=who&fieldMappings_type=STRING_LIST",
        );
        let index = InIndex { id: "i".into(), described: json!({}) };
        let html = sections(&index, &typed).into_string();
        for told in [
            "German (de)",
            "team = docs",
            "Confluence Server/Data Center",
            "Personal access token",
            "<dd>crawler</dd>",
            "arn:aws:iam::1:role/r",
            "proxy.example:3128",
            "b/ca.pem",
            "subnet-1",
            "sg-1",
            "User name",
            "7 MB",
            "on, above 33 percent",
            "^Run",
            "Daily at 03:30 UTC",
            "<dd>Spaces, Blogs, Comments of blogs, Attachments of blogs</dd>",
            "mentions → who (STRING_LIST)",
            "cf_labels",
        ] {
            assert!(html.contains(told), "{told} in {html}");
        }
        for step in 0..4 {
            assert!(html.contains(&format!(r#"value="step-{step}""#)), "{html}");
        }
    }
}
