//! The form as the template of the connector, and back.

use serde_json::{Map, Value, json};

use super::mapping;
use crate::fields::Fields;

/// Stands in the template of a connection test where the secret is not stored yet.
pub(super) const NO_SECRET: &str = "arn:aws:secretsmanager:us-east-1:000000000000:secret:not-stored-yet";

/// The switches of `additionalProperties`, and how they are before anybody chose.
pub(super) const SWITCHES: &[(&str, &str, bool)] = &[
    ("isCrawlPage", "Pages", true),
    ("isCrawlPageComment", "Comments of pages", true),
    ("isCrawlPageAttachment", "Attachments of pages", true),
    ("isCrawlBlog", "Blogs", true),
    ("isCrawlBlogComment", "Comments of blogs", true),
    ("isCrawlBlogAttachment", "Attachments of blogs", true),
    ("isCrawlPersonalSpace", "Personal spaces", false),
    ("isCrawlArchivedSpace", "Archived spaces", false),
    ("isCrawlArchivedPage", "Archived pages", false),
];
/// Other booleans of `additionalProperties`; all are on before anybody chose.
const BOOLEANS: &[&str] = &["isCrawlAcl", "enableDeletionProtection"];
/// Lists, a line for each entry.
const LISTS: &[&str] = &[
    "inclusionSpaceKeyFilter",
    "exclusionSpaceKeyFilter",
    "pageTitleRegEX",
    "blogTitleRegEX",
    "commentTitleRegEX",
    "attachmentTitleRegEX",
    "inclusionFileTypePatterns",
    "exclusionFileTypePatterns",
    "inclusionUrlPatterns",
    "exclusionUrlPatterns",
];
/// Texts of `additionalProperties`, with what stands there before anybody typed.
const TEXTS: &[(&str, &str)] = &[
    ("fieldForUserId", "email"),
    ("usersAclS3FilePath", ""),
    ("maxFileSizeInMegaBytes", MEGABYTES),
    ("deletionProtectionThreshold", THRESHOLD),
    ("proxyHost", ""),
    ("proxyPort", ""),
];
/// Largest file, in megabytes.
pub(super) const MEGABYTES: &str = "50";
/// Share of removals that is held back, in percent.
pub(super) const THRESHOLD: &str = "15";
/// The address's, the hosting's and the authentication's names.
const ENDPOINT: &[(&str, &str)] = &[("hostUrl", ""), ("type", "SAAS"), ("authType", "Basic")];

fn text<'t>(typed: &'t Fields, name: &str, default: &'t str) -> &'t str {
    if typed.has(name) { typed.last(name) } else { default }
}

/// The template. What the form does not know of `base` is kept, so that an edit loses nothing.
pub(super) fn write(base: &Value, typed: &Fields) -> Value {
    let mut template = base.as_object().cloned().unwrap_or_default();
    template.insert("type".into(), "CONFLUENCEV2".into());
    template.insert("syncMode".into(), text(typed, "syncMode", "FULL_CRAWL").into());
    template.insert("secretArn".into(), secret_arn(typed).into());
    template.insert("enableIdentityCrawler".into(), typed.checked("enableIdentityCrawler", true).into());
    let endpoint: Map<String, Value> =
        ENDPOINT.iter().map(|(name, default)| ((*name).to_owned(), text(typed, name, default).into())).collect();
    template.insert("connectionConfiguration".into(), json!({ "repositoryEndpointMetadata": endpoint }));
    template.insert("repositoryConfigurations".into(), mapping::write(typed));
    let more = additional(base["additionalProperties"].as_object().cloned().unwrap_or_default(), typed);
    template.insert("additionalProperties".into(), more.into());
    template.remove("sslCertificatePath");
    if typed.given("bucket").is_some() || typed.given("key").is_some() {
        let path = json!({ "bucket": typed.last("bucket"), "key": typed.last("key") });
        template.insert("sslCertificatePath".into(), path);
    }
    Value::Object(template)
}

/// The secret that was picked.
fn secret_arn(typed: &Fields) -> &str {
    match typed.last("secretArn") {
        "" | super::secret::NEW => NO_SECRET,
        arn => arn,
    }
}

fn additional(mut more: Map<String, Value>, typed: &Fields) -> Map<String, Value> {
    for (name, _, default) in SWITCHES {
        more.insert((*name).into(), typed.checked(name, *default).into());
    }
    for name in BOOLEANS {
        more.insert((*name).into(), typed.checked(name, true).into());
    }
    for name in LISTS {
        more.insert((*name).into(), typed.lines(name).into());
    }
    for (name, default) in TEXTS {
        let value = text(typed, name, default);
        // Empty means none for the proxy; the others have a meaning only if they are there.
        if value.is_empty() && !name.starts_with("proxy") {
            more.remove(*name);
        } else {
            more.insert((*name).into(), value.into());
        }
    }
    // The older name of `proxyHost` would say something else.
    more.remove("proxyUrl");
    more
}

/// A template as the form has it. Booleans may be texts, as people and consoles write them.
pub(super) fn read(template: &Value, into: &mut Fields) {
    for name in ["syncMode", "secretArn"] {
        into.push(name, template[name].as_str().unwrap_or_default());
    }
    into.push("enableIdentityCrawler", on_off(&template["enableIdentityCrawler"], true));
    let endpoint = &template["connectionConfiguration"]["repositoryEndpointMetadata"];
    for (name, _) in ENDPOINT {
        into.push(name, endpoint[*name].as_str().unwrap_or_default());
    }
    let more = &template["additionalProperties"];
    for (name, _, default) in SWITCHES {
        // A switch of comments or attachments that is absent goes with its parent, and is on.
        into.push(name, on_off(&more[*name], *default));
    }
    for name in BOOLEANS {
        into.push(name, on_off(&more[*name], true));
    }
    for name in LISTS {
        let entries = more[*name].as_array().into_iter().flatten().filter_map(Value::as_str);
        into.push(name, &entries.collect::<Vec<_>>().join("\n"));
    }
    for (name, default) in TEXTS {
        let value = match &more[*name] {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => (*default).to_owned(),
        };
        into.push(name, &value);
    }
    if let Some(host) = more["proxyUrl"].as_str().filter(|_| more["proxyHost"].is_null()) {
        into.set("proxyHost", host);
    }
    for name in ["bucket", "key"] {
        into.push(name, template["sslCertificatePath"][name].as_str().unwrap_or_default());
    }
    mapping::read(&template["repositoryConfigurations"], into);
}

fn on_off(value: &Value, default: bool) -> &'static str {
    let is_on = match value {
        Value::Bool(flag) => *flag,
        Value::String(text) if text.eq_ignore_ascii_case("true") => true,
        Value::String(text) if text.eq_ignore_ascii_case("false") => false,
        _ => default,
    };
    if is_on { "on" } else { "off" }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TYPED: &str = "type=ON_PREM&authType=Personal-token&hostUrl=https%3A%2F%2Fwiki.example.com%2Fc&\
        secretArn=arn%3Aaws%3Asecretsmanager%3Aus-east-1%3A000000000000%3Asecret%3Ax-abcdef&syncMode=FORCED_FULL_CRAWL&\
        enableIdentityCrawler=off&isCrawlAcl=off&isCrawlBlog=off&isCrawlPersonalSpace=off&isCrawlPersonalSpace=on&\
        inclusionSpaceKeyFilter=ENG%0D%0A%0D%0A%5EHR.*&exclusionUrlPatterns=.*%2Farchive%2F&maxFileSizeInMegaBytes=20&\
        enableDeletionProtection=off&deletionProtectionThreshold=30&proxyHost=proxy.example.com&proxyPort=3128&\
        bucket=b&key=k.pem&fieldForUserId=user_id&usersAclS3FilePath=b%2Fusers.json";

    #[test]
    fn each_option_of_the_form_is_a_member_of_the_template() {
        let template = write(&json!({}), &Fields::parse(TYPED));
        let endpoint = &template["connectionConfiguration"]["repositoryEndpointMetadata"];
        assert_eq!(
            *endpoint,
            json!({ "hostUrl": "https://wiki.example.com/c", "type": "ON_PREM", "authType": "Personal-token" })
        );
        assert_eq!((&template["syncMode"], &template["type"]), (&json!("FORCED_FULL_CRAWL"), &json!("CONFLUENCEV2")));
        assert_eq!(template["enableIdentityCrawler"], false);
        assert_eq!(template["sslCertificatePath"], json!({ "bucket": "b", "key": "k.pem" }));
        let more = &template["additionalProperties"];
        for (name, value) in [
            ("isCrawlAcl", json!(false)),
            ("isCrawlPage", json!(true)),
            ("isCrawlBlog", json!(false)),
            ("isCrawlPersonalSpace", json!(true)),
            ("isCrawlArchivedPage", json!(false)),
            ("inclusionSpaceKeyFilter", json!(["ENG", "^HR.*"])),
            ("exclusionSpaceKeyFilter", json!([])),
            ("exclusionUrlPatterns", json!([".*/archive/"])),
            ("maxFileSizeInMegaBytes", json!("20")),
            ("enableDeletionProtection", json!(false)),
            ("deletionProtectionThreshold", json!("30")),
            ("proxyHost", json!("proxy.example.com")),
            ("proxyPort", json!("3128")),
            ("fieldForUserId", json!("user_id")),
            ("usersAclS3FilePath", json!("b/users.json")),
        ] {
            assert_eq!(more[name], value, "{name}");
        }
    }

    #[test]
    fn the_defaults_are_the_contracts() {
        let template = write(&json!({}), &Fields::default());
        assert_eq!(template["syncMode"], "FULL_CRAWL");
        assert_eq!(template["enableIdentityCrawler"], true);
        assert_eq!(template["secretArn"], NO_SECRET);
        let more = &template["additionalProperties"];
        for (name, _, default) in SWITCHES {
            assert_eq!(more[*name], *default, "{name}");
        }
        assert_eq!(
            (&more["maxFileSizeInMegaBytes"], &more["deletionProtectionThreshold"]),
            (&json!("50"), &json!("15"))
        );
        assert!(more["usersAclS3FilePath"].is_null() && template["sslCertificatePath"].is_null());
    }

    #[test]
    fn what_was_written_is_read_back_and_what_the_form_does_not_know_is_kept() {
        let base =
            json!({ "version": "1.0.0", "additionalProperties": { "isRotateSecret": "true", "proxyUrl": "old" } });
        let template = write(&base, &Fields::parse(TYPED));
        assert_eq!(
            (&template["version"], &template["additionalProperties"]["isRotateSecret"]),
            (&json!("1.0.0"), &json!("true"))
        );
        let mut again = Fields::default();
        read(&template, &mut again);
        assert_eq!(write(&template, &again), template);
    }

    #[test]
    fn templates_that_other_hands_wrote_are_read() {
        let mut typed = Fields::default();
        let template = json!({ "enableIdentityCrawler": "false", "additionalProperties": {
            "isCrawlPage": "false", "isCrawlBlog": null, "maxFileSizeInMegaBytes": 5, "proxyUrl": "p.example" } });
        read(&template, &mut typed);
        assert!(!typed.checked("enableIdentityCrawler", true) && !typed.checked("isCrawlPage", true));
        assert!(typed.checked("isCrawlBlog", false));
        assert_eq!((typed.last("maxFileSizeInMegaBytes"), typed.last("proxyHost")), ("5", "p.example"));
    }
}
