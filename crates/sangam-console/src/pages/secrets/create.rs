//! *Store a new secret*: type and values, name, rotation, review.

use sangam_api::{ApiError, ErrorKind};
use serde_json::{Value, json};

use super::kinds::{kind, options};
use super::pairs;
use crate::answer::{self, Answer};
use crate::failed::Done;
use crate::fields::{Fields, segment};
use crate::pages::indices::{tags, typed_tags};
use crate::trouble::Troubles;
use crate::view::{Action, Cell, Facts, Field, Html, Notice, Opt, Rows, Screen, Section, Step, Tone, Turn, Wizard};
use crate::visit::Visit;

const PATH: &str = "/console/secrets/new";
/// The step with the pairs.
const VALUES_STEP: usize = 0;
/// The step with the name.
const NAME_STEP: usize = 1;
/// The kind whose keys are shown, to be told from the one that is chosen.
const SHOWN_KIND: &str = "_kind";

const NAME_RULE: &str = "A secret's name may have letters from A to Z, digits and / _ + = . @ ! - only, and no blanks.";
const NAME_TAKEN: &str = "There is a secret of this name already. Choose another name, or edit that one.";
const NAME_HELD: &str = "A secret of this name waits for its deletion. Restore it on its page, or choose another name.";

/// The first step.
pub(super) async fn show(visit: Visit) -> Done {
    Ok(step(&visit, VALUES_STEP, Troubles::default(), None))
}

/// Any step. What is wrong with one is told on the way out of it.
pub(super) async fn submit(visit: Visit) -> Done {
    let typed = visit.form();
    let wizard = wizard(typed);
    match wizard.turn(typed) {
        Turn::Show(at) if typed.last("_go") == "next" => {
            let from = at - 1;
            if from == VALUES_STEP && is_other_kind(typed) {
                let told =
                    format!("These are the keys for {}. Fill them in and go on.", kind(typed.last("kind")).label);
                return Ok(step(&visit, from, Troubles::default(), Some(Notice::new(Tone::Wait, &told))));
            }
            match leave(&visit, &wizard, from).await {
                Ok(()) => Ok(step(&visit, at, Troubles::default(), None)),
                Err(troubles) => Ok(step(&visit, from, troubles, None)),
            }
        }
        Turn::Show(at) => Ok(step(&visit, at, Troubles::default(), None)),
        Turn::Finish => finish(&visit).await,
    }
}

/// Everything that can be wrong with the steps up to `from`.
async fn leave(visit: &Visit, wizard: &Wizard, from: usize) -> Result<(), Troubles> {
    let typed = visit.form();
    pairs::check(typed)?;
    let foreseen = Troubles::foreseen("secretsmanager:CreateSecret", &input(typed));
    let troubles = foreseen.keep(|one| wizard.step_of(one).is_some_and(|step| step <= from));
    if !troubles.is_empty() {
        return Err(troubles);
    }
    if from == NAME_STEP { name_is_free(visit, typed.last("name")).await } else { Ok(()) }
}

/// Whether a secret can have that name: asking for it tells both whether it can be one and whether it is taken.
async fn name_is_free(visit: &Visit, name: &str) -> Result<(), Troubles> {
    match visit.call("secretsmanager:DescribeSecret", json!({ "SecretId": name })).await {
        Ok(secret) if secret["DeletedDate"].is_null() => Err(Troubles::default().about("name", NAME_TAKEN)),
        Ok(_) => Err(Troubles::default().about("name", NAME_HELD)),
        Err(error) if error.kind == ErrorKind::ResourceNotFound => Ok(()),
        Err(error) => Err(refusal(&error)),
    }
}

/// An error of `CreateSecret`, beside the field that it is about.
fn refusal(error: &ApiError) -> Troubles {
    let troubles = Troubles::from_api(error);
    match error.kind {
        ErrorKind::ResourceExists => Troubles::default().about("name", NAME_TAKEN),
        // A violated constraint names its member.
        ErrorKind::Validation if ["name", "description", "tags", pairs::NAME].iter().any(|it| troubles.concern(it)) => {
            troubles
        }
        ErrorKind::Validation => Troubles::default().about("name", NAME_RULE),
        ErrorKind::InvalidRequest => Troubles::default().about("name", NAME_HELD),
        ErrorKind::InvalidParameter if error.message.contains("tag") => troubles.all_about("tags"),
        ErrorKind::InvalidParameter => troubles.all_about(pairs::NAME),
        _ => troubles,
    }
}

async fn finish(visit: &Visit) -> Done {
    let typed = visit.form();
    if let Err(troubles) = pairs::check(typed) {
        return Ok(step(visit, VALUES_STEP, troubles, None));
    }
    match visit.call("secretsmanager:CreateSecret", input(typed)).await {
        Ok(_) => Ok(answer::see_other(&format!("/console/secrets/{}?said=stored", segment(typed.last("name"))))),
        Err(error) => Ok(step(visit, usize::MAX, refusal(&error), None)),
    }
}

/// Whether another kind was chosen than the one whose keys were shown.
fn is_other_kind(typed: &Fields) -> bool {
    typed.has(SHOWN_KIND) && typed.last(SHOWN_KIND) != kind(typed.last("kind")).value
}

fn step(visit: &Visit, at: usize, troubles: Troubles, notice: Option<Notice>) -> Answer {
    let wizard = wizard(visit.form());
    let at = at.min(wizard.steps.len() - 1);
    visit.will_call("secretsmanager:CreateSecret", &input(visit.form()));
    let screen = Screen::new("Store a new secret").crumb("/console/secrets", "Secrets").notices(notice);
    visit.wizard(screen, &wizard, at, troubles, None)
}

fn wizard(typed: &Fields) -> Wizard {
    let types = vec![Opt::new(
        "other",
        "Other type of secret",
        "Keys and values, such as the credentials of a Confluence site.",
    )];
    let kind = kind(typed.last("kind"));
    let values = vec![
        Section::new("").field(Field::radio("type", "Secret type", types).default("other")),
        Section::new("")
            .field(Field::select("kind", "Keys for", options()).default(kind.value).help(kind.about))
            .hidden(SHOWN_KIND, kind.value)
            .html(Action::submit("kind", "Show these keys", "plain"))
            .rows(pairs::rows(kind.keys, "Rows without a value are left out.")),
    ];
    let name = vec![
        Section::new("Secret name and description")
            .field(Field::text("name", "Secret name").placeholder("AmazonKendra-Confluence-wiki").help(
                "Letters, digits and / _ + = . @ ! -. Data sources name the secret by its ARN, which holds this name.",
            ))
            .field(Field::area("description", "Description", 2).optional()),
        Section::new("").rows(tags()),
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

fn review(typed: &Fields) -> Html {
    let pairs = Rows::read(pairs::NAME, typed);
    let keys: Vec<&str> = pairs.iter().filter(|(_, value)| !value.is_empty()).map(|(key, _)| key.as_str()).collect();
    let tags: Vec<String> = Rows::read("tags", typed).iter().map(|(key, value)| format!("{key} = {value}")).collect();
    Facts::new("")
        .fact("Secret type", Cell::text("Other type of secret"))
        .fact("Keys", Cell::text(&keys.join(", ")))
        .fact("Secret name", Cell::text(typed.last("name")))
        .fact("Description", Cell::text(typed.last("description")))
        .fact("Tags", Cell::text(&tags.join(", ")))
        .fact("Automatic rotation", Cell::text("off"))
        .render()
}

fn input(typed: &Fields) -> Value {
    let mut input = json!({ "Name": typed.last("name"), "SecretString": pairs::value(typed) });
    if let Some(description) = typed.given("description") {
        input["Description"] = description.into();
    }
    let tags = typed_tags(typed);
    if !tags.is_empty() {
        input["Tags"] = tags.into();
    }
    input
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_kind_is_known_by_the_keys_that_were_shown() {
        assert!(is_other_kind(&Fields::parse("_kind=cloud-basic&kind=oauth2")));
        assert!(!is_other_kind(&Fields::parse("_kind=oauth2&kind=oauth2")));
        assert!(!is_other_kind(&Fields::parse("kind=oauth2")), "later steps show no keys");
    }

    #[test]
    fn the_keys_of_another_kind_come_in_its_order_with_the_values_that_they_have() {
        let typed = "secretString_key=username&secretString_value=ada&secretString_key=password&secretString_value=\
                     &secretString_key=extra&secretString_value=x&secretString_key=hostUrl&secretString_value=w";
        let rows = pairs::rows(kind("server-basic").keys, "");
        let html = rows.render(&Fields::parse(typed), &mut Troubles::default()).into_string();
        let at = |text: &str| html.find(text).unwrap_or_else(|| panic!("{text}: {html}"));
        let places = ["hostUrl", r#""w""#, "username", r#""ada""#, r#"value="password""#, "extra"].map(at);
        assert!(places.is_sorted(), "{places:?}: {html}");
    }

    #[test]
    fn a_refusal_stands_beside_its_field() {
        let told = |kind, message: &str, field| refusal(&ApiError::new(kind, message)).concern(field);
        assert!(told(ErrorKind::Validation, "a secret's name has letters only", "name"));
        assert!(told(ErrorKind::ResourceExists, "secret `x` already exists", "name"));
        assert!(told(ErrorKind::InvalidParameter, "the tag key `a` is given twice", "tags"));
        assert!(told(ErrorKind::InvalidParameter, "the value has 70000 bytes, over the limit", pairs::NAME));
        let violated =
            "1 validation error detected: Value '' at 'description' failed to satisfy constraint: Member must x";
        assert!(told(ErrorKind::Validation, violated, "description"));
    }
}
