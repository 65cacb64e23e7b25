//! The secret of a data source: one of those that are stored, or a new one made in place.

use sangam_api::ApiError;
use serde_json::{Map, Value, json};

use crate::fields::Fields;
use crate::trouble::Troubles;
use crate::view::{Field, Opt, Section};
use crate::visit::Visit;

/// Chosen for a secret that is made in place.
pub(super) const NEW: &str = "new";
/// Secrets that are offered: what Secrets Manager lists at once.
const OFFERED_MAX: u32 = 100;
/// Characters that Secrets Manager puts behind a name.
const RANDOM_CHARS: usize = 6;
/// What Kendra's console begins the names of its secrets with.
const PREFIX: &str = "AmazonKendra-Confluence-";

/// A key of a secret and how it is asked for.
struct Key {
    name: &'static str,
    label: &'static str,
    optional: bool,
    hidden: bool,
}

const fn shown(name: &'static str, label: &'static str) -> Key {
    Key { name, label, optional: false, hidden: false }
}

const fn hidden(name: &'static str, label: &'static str) -> Key {
    Key { name, label, optional: false, hidden: true }
}

const fn token(name: &'static str, label: &'static str) -> Key {
    Key { name, label, optional: true, hidden: true }
}

const CLOUD_BASIC: &[Key] =
    &[shown("username", "User name (e-mail address)"), hidden("password", "Password (API token)")];
const SERVER_BASIC: &[Key] = &[shown("username", "User name"), hidden("password", "Password")];
const SERVER_TOKEN: &[Key] = &[hidden("patToken", "Personal access token")];
const OAUTH2: &[Key] = &[
    shown("confluenceAppKey", "App key (client ID)"),
    hidden("confluenceAppSecret", "App secret (client secret)"),
    token("confluenceAccessToken", "Access token"),
    token("confluenceRefreshToken", "Refresh token"),
];

fn keys(typed: &Fields) -> &'static [Key] {
    match (typed.last("authType"), typed.last("type")) {
        ("OAuth2", _) => OAUTH2,
        ("Personal-token", _) => SERVER_TOKEN,
        (_, "ON_PREM") => SERVER_BASIC,
        _ => CLOUD_BASIC,
    }
}

/// The stored secrets, to choose from, and the way to a new one.
pub(super) async fn options(visit: &Visit, typed: &Fields) -> Result<Vec<Opt>, ApiError> {
    let listed = visit.call("secretsmanager:ListSecrets", json!({ "MaxResults": OFFERED_MAX })).await?;
    let mut options = vec![Opt::new("", "Choose a secret", ""), Opt::new(NEW, "Create and add new secret (below)", "")];
    for secret in listed["SecretList"].as_array().into_iter().flatten() {
        let text = |name: &str| secret[name].as_str().unwrap_or_default();
        options.push(Opt::new(text("ARN"), text("Name"), ""));
    }
    let now = typed.last("secretArn");
    if !options.iter().any(|option| option.value == now) {
        options.push(Opt::new(now, now, ""));
    }
    Ok(options)
}

/// The name in a secret's ARN, which ends in six characters of its own; anything else is a name already.
pub(super) fn name_of(arn: &str) -> &str {
    let Some((_, end)) = arn.split_once(":secret:") else { return arn };
    match end.rsplit_once('-') {
        Some((name, random)) if random.len() == RANDOM_CHARS => name,
        _ => end,
    }
}

/// The fields of a new secret, for the authentication that is chosen.
pub(super) fn section(typed: &Fields) -> Section {
    let about = if typed.last("authType") == "OAuth2" {
        "Used if you create one. Without tokens, store it with the app's key and secret, and press “Connect to Confluence” on the secret's page."
    } else {
        "Used if you create one. It is stored when you go on, and its values are never shown again."
    };
    let mut section = Section::new("New secret")
        .about(about)
        .field(Field::text("secretName", "Secret name").optional().placeholder("AmazonKendra-Confluence-wiki"));
    for key in keys(typed) {
        let field = if key.hidden { Field::password(key.name, key.label) } else { Field::text(key.name, key.label) };
        section = section.field(if key.optional { field.optional() } else { field });
    }
    section
}

/// The new secret's value, as JSON. The site's address is part of it, so that the secret is sent nowhere else.
pub(super) fn value(typed: &Fields) -> String {
    let mut members = Map::new();
    members.insert("hostUrl".into(), typed.last("hostUrl").into());
    for key in keys(typed).iter().filter(|key| !typed.raw(key.name).is_empty()) {
        let value = if key.hidden { typed.raw(key.name) } else { typed.last(key.name) };
        members.insert(key.name.into(), value.into());
    }
    Value::Object(members).to_string()
}

/// What is missing of the choice.
pub(super) fn check(typed: &Fields) -> Vec<(&'static str, &'static str)> {
    match typed.last("secretArn") {
        "" => vec![("secretArn", "Choose a secret, or create one.")],
        NEW => {
            let empty = keys(typed).iter().filter(|key| !key.optional && typed.raw(key.name).trim().is_empty());
            empty.map(|key| (key.name, "This must not be empty.")).collect()
        }
        _ => Vec::new(),
    }
}

/// Stores a new secret if one is to be made; afterwards the form holds its ARN and none of its values.
pub(super) async fn make(visit: &Visit, typed: &mut Fields) -> Result<(), Troubles> {
    if typed.last("secretArn") != NEW {
        forget(typed);
        return Ok(());
    }
    let name = match typed.given("secretName") {
        Some(name) => name.to_owned(),
        None => format!("{PREFIX}{}", suffix(typed)),
    };
    let input = json!({ "Name": name, "SecretString": value(typed) });
    match visit.call("secretsmanager:CreateSecret", input).await {
        Ok(stored) => {
            typed.set("secretArn", stored["ARN"].as_str().unwrap_or_default());
            forget(typed);
            Ok(())
        }
        Err(error) => Err(Troubles::default().about("secretName", &error.message)),
    }
}

/// The end of a name that nobody typed: the data source's, which is made of letters that a secret's may have.
fn suffix(typed: &Fields) -> &str {
    typed.given("name").unwrap_or("confluence")
}

fn forget(typed: &mut Fields) {
    typed.remove("secretName");
    for key in [CLOUD_BASIC, SERVER_TOKEN, OAUTH2].into_iter().flatten() {
        typed.remove(key.name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_authentication_has_its_keys_and_the_address() {
        let all = "hostUrl=https://w&username=u&password=+p+&patToken=t&confluenceAppKey=k&confluenceAppSecret=s";
        let keys = |more: &str| {
            let value: Value = serde_json::from_str(&value(&Fields::parse(&format!("{all}&{more}")))).unwrap();
            value.as_object().unwrap().keys().cloned().collect::<Vec<_>>()
        };
        assert_eq!(keys("type=SAAS&authType=Basic"), ["hostUrl", "username", "password"]);
        assert_eq!(keys("type=ON_PREM&authType=Personal-token"), ["hostUrl", "patToken"]);
        assert_eq!(keys("type=SAAS&authType=OAuth2"), ["hostUrl", "confluenceAppKey", "confluenceAppSecret"]);
        assert!(value(&Fields::parse(all)).contains(r#"" p ""#), "blanks are part of a password");
    }

    #[test]
    fn a_secret_is_called_by_its_name() {
        let at = |end: &str| format!("arn:aws:secretsmanager:us-east-1:000000000000:secret:{end}");
        assert_eq!(name_of(&at("AmazonKendra-Confluence-wiki-Ab3dEf")), "AmazonKendra-Confluence-wiki");
        assert_eq!((name_of(&at("wiki")), name_of("my-secret")), ("wiki", "my-secret"));
    }

    #[test]
    fn what_is_missing_is_told_and_nothing_is_kept() {
        assert_eq!(check(&Fields::default())[0].0, "secretArn");
        let mut typed = Fields::parse("secretArn=new&type=SAAS&authType=Basic&username=u&password=");
        assert_eq!(check(&typed), [("password", "This must not be empty.")]);
        typed.set("password", "p");
        forget(&mut typed);
        assert!(!typed.has("password") && !typed.has("username") && typed.has("secretArn"));
    }
}
