//! *Store a new secret*: type and values, name, rotation, review.

use serde_json::{Map, Value, json};

use super::kinds::{kind, options};
use crate::answer::{self, Answer};
use crate::failed::Done;
use crate::fields::{Fields, segment};
use crate::trouble::Troubles;
use crate::view::{Cell, Facts, Field, Html, Opt, Rows, Screen, Section, Step, Turn, Wizard};
use crate::visit::Visit;

const PATH: &str = "/console/secrets/new";
/// The step with the pairs.
const VALUES_STEP: usize = 0;

/// The first step.
pub(super) async fn show(visit: Visit) -> Done {
    Ok(step(&visit, VALUES_STEP, Troubles::default()))
}

/// Any step.
pub(super) async fn submit(visit: Visit) -> Done {
    let typed = visit.form();
    match wizard(typed).turn(typed) {
        // Going on from the values without any is told at once, not three steps later.
        Turn::Show(at) if at > VALUES_STEP && typed.last("_go") == "next" => match check(typed) {
            Ok(()) => Ok(step(&visit, at, Troubles::default())),
            Err(troubles) => Ok(step(&visit, VALUES_STEP, troubles)),
        },
        Turn::Show(at) => Ok(step(&visit, at, Troubles::default())),
        Turn::Finish => finish(&visit).await,
    }
}

async fn finish(visit: &Visit) -> Done {
    let typed = visit.form();
    if let Err(troubles) = check(typed) {
        return Ok(step(visit, VALUES_STEP, troubles));
    }
    match visit.call("secretsmanager:CreateSecret", input(typed)).await {
        Ok(_) => Ok(answer::see_other(&format!("/console/secrets/{}?said=stored", segment(typed.last("name"))))),
        Err(error) => Ok(step(visit, usize::MAX, Troubles::from_api(&error))),
    }
}

/// Rows for keys and values.
pub(super) fn pairs(offered: &[&str]) -> Rows {
    Rows {
        name: "secretString",
        label: "Key/value pairs",
        key_label: "Key",
        value_label: "Value",
        help: "Rows without a value are left out.".to_owned(),
        hidden: true,
        optional: false,
        offered: offered.iter().map(|key| (*key).to_owned()).collect(),
    }
}

/// The pairs that have a value, as the JSON that is sealed.
pub(super) fn value(typed: &Fields) -> String {
    let pairs =
        Rows::read("secretString", typed).into_iter().filter(|(key, value)| !key.is_empty() && !value.is_empty());
    let members: Map<String, Value> = pairs.map(|(key, value)| (key, value.into())).collect();
    Value::Object(members).to_string()
}

/// What can be told of the pairs before the API is asked.
pub(super) fn check(typed: &Fields) -> Result<(), Troubles> {
    let pairs = Rows::read("secretString", typed);
    let wrong = if pairs.iter().any(|(key, value)| key.is_empty() && !value.is_empty()) {
        Some("A value has no key. Give it one, or empty the row.")
    } else if pairs.iter().all(|(_, value)| value.is_empty()) {
        Some("A secret needs at least one value.")
    } else {
        let mut keys: Vec<&str> = pairs.iter().map(|(key, _)| key.as_str()).collect();
        keys.sort_unstable();
        keys.windows(2).any(|two| two[0] == two[1]).then_some("A key is there twice. Each may have one value.")
    };
    wrong.map_or(Ok(()), |wrong| Err(Troubles::default().about("secretString", wrong)))
}

fn step(visit: &Visit, at: usize, troubles: Troubles) -> Answer {
    let wizard = wizard(visit.form());
    let at = at.min(wizard.steps.len() - 1);
    if at + 1 == wizard.steps.len() {
        visit.will_call("secretsmanager:CreateSecret", &input(visit.form()));
    }
    let screen = Screen::new("Store a new secret").crumb("/console/secrets", "Secrets");
    visit.wizard(screen, &wizard, at, troubles, None)
}

fn wizard(typed: &Fields) -> Wizard {
    let types = vec![Opt::new(
        "other",
        "Other type of secret",
        "Keys and values, such as the credentials of a Confluence site.",
    )];
    let values = vec![
        Section::new("Secret type").field(Field::radio("type", "Secret type", types).default("other")),
        Section::new("Key/value pairs")
            .field(
                Field::select("kind", "Keys for", options())
                    .default("cloud-basic")
                    .help(kind(typed.last("kind")).about),
            )
            .html(apply())
            .rows(pairs(kind(typed.last("kind")).keys)),
    ];
    let name = vec![
        Section::new("Secret name and description")
            .field(Field::text("name", "Secret name").placeholder("AmazonKendra-Confluence-wiki").help(
                "Letters, digits and / _ + = . @ -. Data sources name the secret by its ARN, which holds this name.",
            ))
            .field(Field::area("description", "Description", 2).optional()),
        Section::new("Tags").rows(crate::pages::indices::tags()),
    ];
    let rotation = vec![Section::new("Configure rotation").about(
        "There is nothing to configure. OAuth 2.0 tokens are renewed by this server when they are used, and stored in the \
         secret before that. Passwords and API tokens are changed on the secret's page.",
    )];
    Wizard {
        action: PATH.to_owned(),
        cancel: "/console/secrets".to_owned(),
        finish: "Store",
        steps: vec![
            Step { name: "Choose secret type", sections: values },
            Step { name: "Configure secret", sections: name },
            Step { name: "Configure rotation", sections: rotation },
            Step { name: "Review", sections: vec![Section::new("Review").html(review(typed))] },
        ],
    }
}

/// Shows the keys of another kind, where no script does.
fn apply() -> Html {
    crate::view::Action::submit("kind", "Show these keys", "plain")
}

fn review(typed: &Fields) -> Html {
    let pairs = Rows::read("secretString", typed);
    let keys: Vec<&str> = pairs.iter().filter(|(_, value)| !value.is_empty()).map(|(key, _)| key.as_str()).collect();
    Facts::new("")
        .fact("Secret type", Cell::text("Other type of secret"))
        .fact("Keys", Cell::text(&keys.join(", ")))
        .fact("Secret name", Cell::text(typed.last("name")))
        .fact("Description", Cell::text(typed.last("description")))
        .fact("Automatic rotation", Cell::text("off"))
        .render()
}

fn input(typed: &Fields) -> Value {
    let mut input = json!({ "Name": typed.last("name"), "SecretString": value(typed) });
    if let Some(description) = typed.given("description") {
        input["Description"] = description.into();
    }
    let tags = Rows::read("tags", typed);
    if !tags.is_empty() {
        input["Tags"] = tags.iter().map(|(key, value)| json!({ "Key": key, "Value": value })).collect();
    }
    input
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_without_a_value_are_left_out_and_mistakes_are_told() {
        let typed = Fields::parse(
            "secretString_key=username&secretString_value=ada&secretString_key=hostUrl&secretString_value=",
        );
        assert_eq!(value(&typed), r#"{"username":"ada"}"#);
        assert!(check(&typed).is_ok());
        for wrong in [
            "",
            "secretString_key=&secretString_value=x",
            "secretString_key=a&secretString_value=x&secretString_key=a&secretString_value=y",
        ] {
            assert!(check(&Fields::parse(wrong)).unwrap_err().concern("secretString"), "{wrong}");
        }
    }
}
