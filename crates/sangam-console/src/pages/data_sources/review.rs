//! What was typed, before it is done.

use serde_json::{Value, json};

use super::{mapping, schedule, template};
use crate::fields::Fields;
use crate::view::{Cell, Facts, Html, Rows};
use crate::visit::InIndex;

/// The last step: what will be made.
pub(super) fn sections(index: &InIndex, typed: &Fields) -> Html {
    let tags: Vec<String> = Rows::read("tags", typed).iter().map(|(key, value)| format!("{key} = {value}")).collect();
    let details = Facts::new("Data source details")
        .fact("Data source name", Cell::text(typed.last("name")))
        .fact("Description", Cell::text(typed.last("description")))
        .fact("Default language", Cell::text(typed.last("languageCode")))
        .fact("Tags", Cell::text(&tags.join(", ")));
    let new = mapping::missing(typed, &index.described);
    let new: Vec<&str> = new.iter().filter_map(|field| field["Name"].as_str()).collect();
    let template = template::write(&json!({}), typed);
    let line = schedule::expression(typed).unwrap_or_default();
    let made = if new.is_empty() { "none".to_owned() } else { new.join(", ") };
    let fields = Facts::new("Field mappings").fact("Index fields that are made", Cell::text(&made));
    details.render().then(&configuration(&template, &line)).then(&fields.render())
}

/// A template in words.
pub(super) fn configuration(template: &Value, line: &str) -> Html {
    let endpoint = &template["connectionConfiguration"]["repositoryEndpointMetadata"];
    let more = &template["additionalProperties"];
    let text = |name: &str| endpoint[name].as_str().unwrap_or_default();
    let is_on = |name: &str| more[name] == true || more[name] == "true";
    let crawled = template::SWITCHES.iter().filter(|(name, ..)| is_on(name)).map(|(_, label, _)| *label);
    let crawled = crawled.collect::<Vec<_>>().join(", ");
    let list = |name: &str| {
        let entries = more[name].as_array().into_iter().flatten().filter_map(Value::as_str);
        entries.collect::<Vec<_>>().join(", ")
    };
    let on = |flag: bool| Cell::text(if flag { "on" } else { "off" });
    let mut facts = Facts::new("Access, security and sync settings")
        .fact(
            "Source",
            Cell::text(if text("type") == "SAAS" { "Confluence Cloud" } else { "Confluence Server/Data Center" }),
        )
        .fact("Confluence URL", Cell::text(text("hostUrl")))
        .fact("Authentication", Cell::text(text("authType")))
        .fact("Secret", Cell::code(template["secretArn"].as_str().unwrap_or_default()))
        .fact("Access control lists", on(more["isCrawlAcl"] != false && more["isCrawlAcl"] != "false"))
        .fact(
            "Identity crawler",
            on(template["enableIdentityCrawler"] != false && template["enableIdentityCrawler"] != "false"),
        )
        .fact("Sync scope", Cell::text(&format!("Spaces, {crawled}")))
        .fact("Sync mode", Cell::text(mode(template["syncMode"].as_str().unwrap_or_default())))
        .fact("Frequency", schedule::told(line));
    for (name, label) in FILTERS {
        let entries = list(name);
        if !entries.is_empty() {
            facts = facts.fact(label, Cell::code(&entries));
        }
    }
    facts.render()
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

fn mode(mode: &str) -> &'static str {
    if mode == "FORCED_FULL_CRAWL" { "Full sync" } else { "New, modified, deleted sync" }
}
