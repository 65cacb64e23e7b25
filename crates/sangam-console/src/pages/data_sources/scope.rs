//! *Sync scope*: the nine switches. Those of comments and attachments say nothing without the switch of their page or blog.

use serde_json::{Map, Value};

use super::template::{Edit, on_off};
use crate::fields::Fields;
use crate::view::{Field, Section};

/// A switch of `additionalProperties`.
struct Switch {
    name: &'static str,
    label: &'static str,
    /// How it is before anybody chose.
    default: &'static str,
    /// The switch without which it says nothing.
    parent: Option<&'static str>,
}

const fn on(name: &'static str, label: &'static str) -> Switch {
    Switch { name, label, default: "on", parent: None }
}

const fn with(parent: &'static str, name: &'static str, label: &'static str) -> Switch {
    Switch { name, label, default: "on", parent: Some(parent) }
}

const fn off(name: &'static str, label: &'static str) -> Switch {
    Switch { name, label, default: "off", parent: None }
}

/// All of them; a parent stands before its children.
const SWITCHES: &[Switch] = &[
    on("isCrawlPage", "Pages"),
    with("isCrawlPage", "isCrawlPageComment", "Comments of pages"),
    with("isCrawlPage", "isCrawlPageAttachment", "Attachments of pages"),
    on("isCrawlBlog", "Blogs"),
    with("isCrawlBlog", "isCrawlBlogComment", "Comments of blogs"),
    with("isCrawlBlog", "isCrawlBlogAttachment", "Attachments of blogs"),
    off("isCrawlPersonalSpace", "Personal spaces"),
    off("isCrawlArchivedSpace", "Archived spaces"),
    off("isCrawlArchivedPage", "Archived pages"),
];

/// The boxes.
pub(super) fn section() -> Section {
    let about = "Spaces are always documents. Comments and attachments go with their page or blog: without its switch, theirs is turned off.";
    SWITCHES.iter().fold(Section::new("Sync scope").about(about), |section, switch| {
        section.field(Field::check(switch.name, switch.label).default(switch.default))
    })
}

/// Turns the switches off that say nothing, and names them.
pub(super) fn settle(typed: &mut Fields) -> Option<String> {
    let is_on = |typed: &Fields, name: &str| typed.checked(name, true);
    let idle: Vec<&Switch> = SWITCHES
        .iter()
        .filter(|switch| switch.parent.is_some_and(|parent| !is_on(typed, parent)) && is_on(typed, switch.name))
        .collect();
    for switch in &idle {
        typed.set(switch.name, "off");
    }
    let labels: Vec<&str> = idle.iter().map(|switch| switch.label).collect();
    (!labels.is_empty())
        .then(|| format!("Turned off: {}. They go with their page or blog, and those are not read.", labels.join(", ")))
}

/// The switches as members of `additionalProperties`: what is written is what is read.
pub(super) fn write(edit: &Edit<'_>, more: &mut Map<String, Value>) {
    let typed = edit.typed;
    for switch in SWITCHES {
        let has_parent = switch.parent.is_none_or(|parent| typed.checked(parent, true));
        let is_on = typed.checked(switch.name, switch.default == "on") && has_parent;
        edit.put(more, switch.name, is_on);
    }
}

/// The members as the form has them. One that is absent is as nobody chose.
pub(super) fn read(more: &Value, into: &mut Fields) {
    for switch in SWITCHES {
        into.push(switch.name, on_off(&more[switch.name], switch.default == "on"));
    }
}

/// What of `additionalProperties` is read, in words.
pub(super) fn told(more: &Value) -> String {
    let mut typed = Fields::default();
    read(more, &mut typed);
    settle(&mut typed);
    let on = SWITCHES.iter().filter(|switch| typed.checked(switch.name, false)).map(|switch| switch.label);
    ["Spaces"].into_iter().chain(on).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::pages::data_sources::template;

    fn written(typed: &Fields) -> Value {
        template::write(&json!({}), typed)["additionalProperties"].clone()
    }

    #[test]
    fn the_defaults_are_the_contracts() {
        let all =
            "Spaces, Pages, Comments of pages, Attachments of pages, Blogs, Comments of blogs, Attachments of blogs";
        assert_eq!(told(&written(&Fields::default())), all);
        assert_eq!(told(&json!({})), all, "what is absent is on, as the connector has it");
    }

    #[test]
    fn comments_and_attachments_go_with_their_parent() {
        let mut typed = Fields::parse("isCrawlPage=off&isCrawlPageComment=off&isCrawlPageComment=on&isCrawlBlog=on");
        let before = written(&typed);
        assert_eq!((&before["isCrawlPageComment"], &before["isCrawlBlogComment"]), (&json!(false), &json!(true)));
        let said = settle(&mut typed).unwrap();
        assert!(said.starts_with("Turned off: Comments of pages, Attachments of pages. "), "{said}");
        assert_eq!((written(&typed), settle(&mut typed)), (before, None));
        assert_eq!(told(&json!({ "isCrawlPage": "false" })), "Spaces, Blogs, Comments of blogs, Attachments of blogs");
    }
}
