//! Reads members of a JSON document leniently, and remembers where it is for the message.
//!
//! Configurations come from consoles, templates and people: booleans are strings, numbers are strings, absent members are `null`.
//! Each of these means what it says; what means nothing becomes a violation that names the member.

use serde_json::Value;

/// A place in the document, with what is there; `null` counts as absent.
#[derive(Clone)]
pub(crate) struct Member<'v> {
    path: String,
    value: Option<&'v Value>,
}

/// The violations of a document, each naming its member.
pub(crate) type Violations = Vec<String>;

impl<'v> Member<'v> {
    /// The whole document.
    pub(crate) fn root(value: &'v Value) -> Self {
        Self { path: String::new(), value: Some(value) }
    }

    /// The member `name` of this object.
    pub(crate) fn get(&self, name: &str) -> Self {
        let path = if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) };
        Self { path, value: self.value.and_then(|value| value.get(name)).filter(|value| !value.is_null()) }
    }

    /// True if the member is there.
    pub(crate) fn is_present(&self) -> bool {
        self.value.is_some()
    }

    /// Adds the violation "`<path>` must `<what>`".
    pub(crate) fn must(&self, what: &str, violations: &mut Violations) {
        violations.push(format!("`{}` must {what}", self.path));
    }

    /// Reports a member that is absent or no object; true if it is one.
    pub(crate) fn require_object(&self, violations: &mut Violations) -> bool {
        match self.value {
            Some(Value::Object(_)) => return true,
            Some(_) => self.must("be an object", violations),
            None => self.must("be present", violations),
        }
        false
    }

    /// The string, if the member is present; a number is taken as its text.
    pub(crate) fn string(&self, violations: &mut Violations) -> Option<String> {
        match self.value? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => {
                self.must("be a string", violations);
                None
            }
        }
    }

    /// The string of a member that has to be there.
    pub(crate) fn required_string(&self, violations: &mut Violations) -> Option<String> {
        if !self.is_present() {
            self.must("be present", violations);
        }
        self.string(violations)
    }

    /// The string, unless it is absent or empty.
    pub(crate) fn filled_string(&self, violations: &mut Violations) -> Option<String> {
        self.string(violations).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
    }

    /// The boolean, also as the string `true` or `false`; `default` if it is absent.
    pub(crate) fn boolean(&self, default: bool, violations: &mut Violations) -> bool {
        let found = match self.value {
            None => Some(default),
            Some(Value::Bool(flag)) => Some(*flag),
            Some(Value::String(text)) => match text.trim() {
                "" => Some(default),
                text if text.eq_ignore_ascii_case("true") => Some(true),
                text if text.eq_ignore_ascii_case("false") => Some(false),
                _ => None,
            },
            Some(_) => None,
        };
        if found.is_none() {
            self.must("be `true` or `false`", violations);
        }
        found.unwrap_or(default)
    }

    /// The number, also as a string; `None` if it is absent, empty or, with a violation saying `what` it must be, no number.
    pub(crate) fn number(&self, what: &str, violations: &mut Violations) -> Option<f64> {
        let text = match self.value? {
            Value::Number(number) => number.to_string(),
            Value::String(text) if text.trim().is_empty() => return None,
            Value::String(text) => text.trim().to_owned(),
            _ => String::new(),
        };
        let number = text.parse::<f64>().ok().filter(|number| number.is_finite());
        if number.is_none() {
            self.must(what, violations);
        }
        number
    }

    /// The items of a list, each with its place; none if it is absent.
    pub(crate) fn items(&self, violations: &mut Violations) -> Vec<Self> {
        match self.value {
            None => Vec::new(),
            Some(Value::Array(items)) => items
                .iter()
                .enumerate()
                .map(|(index, item)| Self {
                    path: format!("{}[{index}]", self.path),
                    value: Some(item).filter(|item| !item.is_null()),
                })
                .collect(),
            Some(_) => {
                self.must("be a list", violations);
                Vec::new()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn booleans_and_numbers_may_be_strings_and_null_is_absent() {
        let document = json!({ "a": "true", "b": false, "c": null, "d": "12.5", "e": 3, "f": "" });
        let (root, mut violations) = (Member::root(&document), Vec::new());
        assert!(root.get("a").boolean(false, &mut violations));
        assert!(!root.get("b").boolean(true, &mut violations));
        assert!(root.get("c").boolean(true, &mut violations));
        assert_eq!(root.get("d").number("be a number", &mut violations), Some(12.5));
        assert_eq!(root.get("e").number("be a number", &mut violations), Some(3.0));
        assert_eq!(root.get("f").number("be a number", &mut violations), None);
        assert!(violations.is_empty(), "{violations:?}");
    }

    #[test]
    fn what_means_nothing_is_named_by_its_path() {
        let document = json!({ "a": { "flag": "yes", "list": "x", "many": [1, {}] } });
        let (member, mut violations) = (Member::root(&document).get("a"), Vec::new());
        assert!(!member.get("flag").boolean(false, &mut violations));
        assert!(member.get("list").items(&mut violations).is_empty());
        let many: Vec<_> =
            member.get("many").items(&mut violations).iter().map(|item| item.filled_string(&mut violations)).collect();
        assert_eq!(many, [Some("1".to_owned()), None]);
        assert_eq!(
            violations,
            ["`a.flag` must be `true` or `false`", "`a.list` must be a list", "`a.many[1]` must be a string"]
        );
    }
}
