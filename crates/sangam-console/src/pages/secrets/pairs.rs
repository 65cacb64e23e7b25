//! Keys and values of a secret: as they are typed, and as they are stored. A stored value is never shown.

use std::fmt;

use serde_json::{Map, Value};

use crate::fields::Fields;
use crate::trouble::Troubles;
use crate::view::Rows;

/// The form's name of the pairs, and the API's of their JSON.
pub(super) const NAME: &str = "secretString";

/// Rows for keys and values.
pub(super) fn rows(offered: &[&str], help: &str) -> Rows {
    Rows {
        name: NAME,
        label: "Key/value pairs",
        key_label: "Key",
        value_label: "Value",
        help: help.to_owned(),
        hidden: true,
        optional: false,
        offered: offered.iter().map(|key| (*key).to_owned()).collect(),
    }
}

/// The pairs that have a value, as the JSON that is sealed.
pub(super) fn value(typed: &Fields) -> String {
    let pairs = Rows::read(NAME, typed).into_iter().filter(|(key, value)| !key.is_empty() && !value.is_empty());
    let members: Map<String, Value> = pairs.map(|(key, value)| (key, value.into())).collect();
    Value::Object(members).to_string()
}

/// What can be told of the pairs of a new secret before the API is asked.
pub(super) fn check(typed: &Fields) -> Result<(), Troubles> {
    let pairs = Rows::read(NAME, typed);
    let wrong = if pairs.iter().all(|(_, value)| value.is_empty()) {
        Some("A secret needs at least one value.".to_owned())
    } else {
        wrong_keys(&pairs)
    };
    wrong.map_or(Ok(()), |wrong| Err(Troubles::default().about(NAME, &wrong)))
}

fn wrong_keys(pairs: &[(String, String)]) -> Option<String> {
    if pairs.iter().any(|(key, _)| key.is_empty()) {
        return Some("A value has no key. Give it one, or empty the row.".to_owned());
    }
    let mut keys: Vec<&str> = pairs.iter().map(|(key, _)| key.as_str()).collect();
    keys.sort_unstable();
    let twice = keys.windows(2).find(|two| two[0] == two[1]);
    twice.map(|two| format!("The key `{}` is there twice. Each may have one value.", two[0]))
}

/// What a secret holds.
pub(super) enum Stored {
    /// Keys with their values.
    Pairs(Map<String, Value>),
    /// Something else, such as a single text.
    Other,
    /// Nothing yet.
    Nothing,
}

/// Names of keys only.
impl fmt::Debug for Stored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pairs(pairs) => f.debug_set().entries(pairs.keys()).finish(),
            Self::Other => f.write_str("Other"),
            Self::Nothing => f.write_str("Nothing"),
        }
    }
}

impl Stored {
    /// What `GetSecretValue` answered.
    pub(super) fn read(answer: &Value) -> Self {
        let text = answer["SecretString"].as_str().unwrap_or_default();
        match serde_json::from_str(text) {
            Ok(Value::Object(pairs)) => Self::Pairs(pairs),
            _ => Self::Other,
        }
    }

    /// Says in the form what there is and what typing does.
    pub(super) const fn about(&self) -> &'static str {
        match self {
            Self::Pairs(_) => {
                "The keys are shown, their values never. Leave a value empty to keep what is stored, or type another. Empty a key to remove \
                 it, and add a row for a new one."
            }
            Self::Other => {
                "The secret holds something other than keys and values. It stays while all rows are empty; keys and values replace it as a whole."
            }
            Self::Nothing => "The secret has no value yet.",
        }
    }

    /// The stored keys as rows without their values.
    pub(super) fn offer(&self, fields: &mut Fields) {
        let Self::Pairs(pairs) = self else { return };
        for key in pairs.keys() {
            fields.push(&format!("{NAME}_key"), key);
            fields.push(&format!("{NAME}_value"), "");
        }
    }

    /// What is to be stored in its place, as JSON; nothing if it stays as it is.
    pub(super) fn changed(&self, typed: &Fields) -> Result<Option<String>, Troubles> {
        let typed = Rows::read(NAME, typed);
        let wrong = |sentence: &str| Err(Troubles::default().about(NAME, sentence));
        if let Some(sentence) = wrong_keys(&typed) {
            return wrong(&sentence);
        }
        let none = Map::new();
        let stored = if let Self::Pairs(pairs) = self { pairs } else { &none };
        let mut next = Map::new();
        for (key, value) in typed {
            let value = match (value.is_empty(), stored.get(&key)) {
                (true, Some(kept)) => kept.clone(),
                (true, None) => {
                    return wrong(&format!("The key `{key}` has no value yet. Type one, or empty the row."));
                }
                (false, _) => value.into(),
            };
            next.insert(key, value);
        }
        match self {
            Self::Pairs(_) if next.is_empty() => {
                wrong("A secret needs at least one key. Delete the secret if it is not needed.")
            }
            Self::Pairs(pairs) if *pairs == next => Ok(None),
            Self::Other | Self::Nothing if next.is_empty() => Ok(None),
            _ => Ok(Some(Value::Object(next).to_string())),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn typed(pairs: &[(&str, &str)]) -> Fields {
        let mut fields = Fields::default();
        for (key, value) in pairs {
            fields.push("secretString_key", key);
            fields.push("secretString_value", value);
        }
        fields
    }

    #[test]
    fn rows_without_a_value_are_left_out_and_mistakes_are_told() {
        let one = typed(&[("username", "ada"), ("hostUrl", "")]);
        assert_eq!(value(&one), r#"{"username":"ada"}"#);
        assert!(check(&one).is_ok());
        for wrong in [&[][..], &[("", "x")], &[("a", "x"), ("a", "y")]] {
            assert!(check(&typed(wrong)).unwrap_err().concern(NAME), "{wrong:?}");
        }
    }

    #[test]
    fn an_empty_value_keeps_the_stored_one_and_a_missing_row_removes_its_key() {
        let answer = json!({ "SecretString": r#"{"username":"ada","password":"hunter2","port":5432}"# });
        let stored = Stored::read(&answer);
        let mut offered = Fields::default();
        stored.offer(&mut offered);
        assert_eq!(Rows::read(NAME, &offered).len(), 3);
        assert!(!offered.encode().contains("hunter2") && !format!("{stored:?}").contains("hunter2"));
        assert_eq!(stored.changed(&offered).unwrap(), None, "nothing was typed");
        let changed = |pairs: &[(&str, &str)]| {
            stored.changed(&typed(pairs)).map(|text| serde_json::from_str::<Value>(&text.unwrap()).unwrap())
        };
        let all = json!({ "username": "ben", "password": "hunter2", "port": 5432 });
        assert_eq!(changed(&[("username", "ben"), ("password", ""), ("port", "")]).unwrap(), all);
        let more = json!({ "password": "hunter2", "hostUrl": "https://w" });
        assert_eq!(changed(&[("", ""), ("password", ""), ("hostUrl", "https://w")]).unwrap(), more);
        for wrong in [&[][..], &[("passwort", "")], &[("a", "x"), ("a", "y")], &[("", "x")]] {
            assert!(stored.changed(&typed(wrong)).unwrap_err().concern(NAME), "{wrong:?}");
        }
    }

    #[test]
    fn a_value_that_is_no_pairs_is_kept_or_replaced_as_a_whole() {
        let text = Stored::read(&json!({ "SecretString": "just a token" }));
        for stored in [text, Stored::read(&json!({ "SecretBinary": "AQID" })), Stored::Nothing] {
            assert_eq!(stored.changed(&Fields::default()).unwrap(), None);
            assert_eq!(stored.changed(&typed(&[("a", "x")])).unwrap().unwrap(), r#"{"a":"x"}"#);
        }
    }
}
