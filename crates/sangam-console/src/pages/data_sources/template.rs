//! The form as the template of the connector, and back.

use serde_json::{Map, Value, json};

use super::{mapping, scope};
use crate::fields::Fields;

/// Stands in the template of a connection test where the secret is not stored yet.
pub(super) const NO_SECRET: &str = "arn:aws:secretsmanager:us-east-1:000000000000:secret:not-stored-yet";

/// Booleans of `additionalProperties` beside the sync scope; all are on before anybody chose.
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

/// What was typed, beside what the form showed of the template that is edited.
pub(super) struct Edit<'t> {
    pub(super) typed: &'t Fields,
    /// Nothing for a new template.
    shown: Option<Fields>,
}

impl<'t> Edit<'t> {
    fn of(base: &Value, typed: &'t Fields) -> Self {
        let is_new = base.as_object().is_none_or(Map::is_empty);
        let shown = (!is_new).then(|| {
            let mut shown = Fields::default();
            read(base, &mut shown);
            shown
        });
        Self { typed, shown }
    }

    /// Whether a field is as it was shown: its member stays as whoever wrote it has it, `"true"`, `5` or left out.
    pub(super) fn keeps(&self, name: &str) -> bool {
        self.shown.as_ref().is_some_and(|shown| !self.typed.has(name) || shown.lines(name) == self.typed.lines(name))
    }

    fn text(&self, name: &str, default: &'t str) -> &'t str {
        if self.typed.has(name) { self.typed.last(name) } else { default }
    }

    /// Puts a member, unless its field is as it was shown.
    pub(super) fn put(&self, members: &mut Map<String, Value>, name: &str, value: impl Into<Value>) {
        if !self.keeps(name) {
            members.insert(name.to_owned(), value.into());
        }
    }
}

/// The template. What nobody changed of `base`, and what the form does not know of it, is kept as it is.
pub(super) fn write(base: &Value, typed: &Fields) -> Value {
    let edit = Edit::of(base, typed);
    let mut template = members(base);
    template.entry("type").or_insert_with(|| "CONFLUENCEV2".into());
    edit.put(&mut template, "syncMode", edit.text("syncMode", "FULL_CRAWL"));
    edit.put(&mut template, "secretArn", secret_arn(typed));
    edit.put(&mut template, "enableIdentityCrawler", typed.checked("enableIdentityCrawler", true));
    let mut connection = members(&base["connectionConfiguration"]);
    let mut endpoint = members(&base["connectionConfiguration"]["repositoryEndpointMetadata"]);
    for (name, default) in ENDPOINT {
        edit.put(&mut endpoint, name, edit.text(name, default));
    }
    connection.insert("repositoryEndpointMetadata".into(), endpoint.into());
    template.insert("connectionConfiguration".into(), connection.into());
    let mappings = mapping::write(&base["repositoryConfigurations"], typed);
    template.insert("repositoryConfigurations".into(), mappings);
    template.insert("additionalProperties".into(), additional(members(&base["additionalProperties"]), &edit).into());
    if !(edit.keeps("bucket") && edit.keeps("key")) {
        template.remove("sslCertificatePath");
        if typed.given("bucket").is_some() || typed.given("key").is_some() {
            let path = json!({ "bucket": typed.last("bucket"), "key": typed.last("key") });
            template.insert("sslCertificatePath".into(), path);
        }
    }
    Value::Object(template)
}

fn members(value: &Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}

/// The secret that was picked.
fn secret_arn(typed: &Fields) -> &str {
    match typed.last("secretArn") {
        "" | super::secret::NEW => NO_SECRET,
        arn => arn,
    }
}

fn additional(mut more: Map<String, Value>, edit: &Edit<'_>) -> Map<String, Value> {
    scope::write(edit, &mut more);
    for name in BOOLEANS {
        edit.put(&mut more, name, edit.typed.checked(name, true));
    }
    for name in LISTS {
        edit.put(&mut more, name, edit.typed.lines(name));
    }
    for (name, default) in TEXTS {
        let value = edit.text(name, default);
        // Empty means none for the proxy; the others have a meaning only if they are there.
        if !value.is_empty() || name.starts_with("proxy") {
            edit.put(&mut more, name, value);
        } else if !edit.keeps(name) {
            more.remove(*name);
        }
    }
    if !edit.keeps("proxyHost") {
        // The older name of `proxyHost` would say something else.
        more.remove("proxyUrl");
    }
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
    scope::read(more, into);
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

pub(super) fn on_off(value: &Value, default: bool) -> &'static str {
    let is_on = match value {
        Value::Bool(flag) => *flag,
        Value::String(text) if text.eq_ignore_ascii_case("true") => true,
        Value::String(text) if text.eq_ignore_ascii_case("false") => false,
        _ => default,
    };
    if is_on { "on" } else { "off" }
}

#[cfg(test)]
mod tests;
