//! *Create an index*: details, user access control, provisioning, review.

use sangam_api::ApiError;
use serde_json::{Value, json};

use super::tags::{self, tags};
use super::text::{NAME_HELP, ROLE, ROLE_HELP, edition_name, editions, policies};
use crate::answer;
use crate::failed::Done;
use crate::fields::{Fields, segment};
use crate::trouble::Troubles;
use crate::view::{Cell, Facts, Field, Rows, Screen, Section, Step, Turn, Wizard};
use crate::visit::Visit;

const PATH: &str = "/console/indices/new";

/// The first step.
pub(super) async fn show(visit: Visit) -> Done {
    Ok(step(&visit, 0, Troubles::default()))
}

/// Any step.
pub(super) async fn submit(visit: Visit) -> Done {
    let typed = visit.form();
    let wizard = wizard(typed);
    match wizard.turn(typed) {
        Turn::Show(at) if typed.last("_go") == "next" => {
            let foreseen = Troubles::foreseen("kendra:CreateIndex", &input(typed));
            let troubles = foreseen.keep(|one| wizard.step_of(one).is_some_and(|step| step < at));
            Ok(step(&visit, if troubles.is_empty() { at } else { at - 1 }, troubles))
        }
        Turn::Show(at) => Ok(step(&visit, at, Troubles::default())),
        Turn::Finish => match visit.call("kendra:CreateIndex", input(typed)).await {
            Ok(created) => {
                let id = created["Id"].as_str().unwrap_or_default();
                Ok(answer::see_other(&format!("/console/indices/{}?said=created", segment(id))))
            }
            Err(error) => Ok(step(&visit, usize::MAX, refusal(&error))),
        },
    }
}

/// An error of `CreateIndex` or `UpdateIndex`, beside the field that it is about: rules that go beyond single members name none.
pub(super) fn refusal(error: &ApiError) -> Troubles {
    let troubles = Troubles::from_api(error);
    if error.message.contains("cannot use user tokens") {
        let told = "The GenAI enterprise edition takes no user tokens. Choose \"No tokens\", or another edition.";
        Troubles::default().about("userContextPolicy", told)
    } else if error.message.starts_with("tag key") {
        troubles.all_about("tags")
    } else {
        troubles
    }
}

fn step(visit: &Visit, at: usize, troubles: Troubles) -> answer::Answer {
    let wizard = wizard(visit.form());
    let at = at.min(wizard.steps.len() - 1);
    visit.will_call("kendra:CreateIndex", &input(visit.form()));
    let screen = Screen::new("Create an index").crumb("/console/indices", "Indices");
    visit.wizard(screen, &wizard, at, troubles, None)
}

fn wizard(typed: &Fields) -> Wizard {
    let details = vec![
        Section::new("Index details")
            .field(Field::text("name", "Index name").help(NAME_HELP))
            .field(Field::area("description", "Description", 2).optional()),
        Section::new("IAM role").field(Field::text("roleArn", "Role ARN").default(ROLE).help(ROLE_HELP)),
        Section::new("Encryption")
            .about("Secrets are sealed always. A key's ARN is recorded; the disk's own encryption protects documents.")
            .field(Field::text("kmsKeyId", "KMS key").optional()),
        Section::new("").rows(tags()),
    ];
    let access = vec![Section::new("User access control").field(
        Field::radio("userContextPolicy", "Use tokens for access control?", policies()).default("ATTRIBUTE_FILTER"),
    )];
    let provisioning =
        vec![Section::new("").field(Field::radio("edition", "Edition", editions()).default("ENTERPRISE_EDITION"))];
    let review = vec![Section::new("Review").html(review(typed))];
    Wizard {
        action: PATH.to_owned(),
        cancel: "/console/indices".to_owned(),
        finish: "Create",
        steps: vec![
            Step { name: "Specify index details", sections: details },
            Step { name: "Configure user access control", sections: access },
            Step { name: "Specify provisioning", sections: provisioning },
            Step { name: "Review and create", sections: review },
        ],
    }
}

fn review(typed: &Fields) -> crate::view::Html {
    let tags: Vec<String> = Rows::read("tags", typed).iter().map(|(key, value)| format!("{key} = {value}")).collect();
    Facts::new("")
        .fact("Index name", Cell::text(typed.last("name")))
        .fact("Description", Cell::text(typed.last("description")))
        .fact("Role ARN", Cell::code(typed.last("roleArn")))
        .fact("KMS key", Cell::code(typed.last("kmsKeyId")))
        .fact("Tags", Cell::text(&tags.join(", ")))
        .fact(
            "Readers are named by",
            Cell::text(if typed.last("userContextPolicy") == "USER_TOKEN" { "tokens" } else { "user and groups" }),
        )
        .fact("Edition", Cell::text(edition_name(typed.last("edition"))))
        .render()
}

/// The input of `CreateIndex`: what is empty is not sent.
fn input(typed: &Fields) -> Value {
    let mut input = json!({ "Name": typed.last("name"), "RoleArn": typed.last("roleArn") });
    for (member, field) in
        [("Description", "description"), ("Edition", "edition"), ("UserContextPolicy", "userContextPolicy")]
    {
        if let Some(value) = typed.given(field) {
            input[member] = value.into();
        }
    }
    if let Some(key) = typed.given("kmsKeyId") {
        input["ServerSideEncryptionConfiguration"] = json!({ "KmsKeyId": key });
    }
    let tags = tags::typed(typed);
    if !tags.is_empty() {
        input["Tags"] = tags.into();
    }
    input
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_stands_beside_its_field() {
        let told = |message: &str, field| refusal(&ApiError::validation(message)).concern(field);
        assert!(told("tag key `aws:x` is reserved: it begins with `aws:`", "tags"));
        assert!(told("an index of GEN_AI_ENTERPRISE_EDITION cannot use user tokens", "userContextPolicy"));
        assert!(told(
            "1 validation error detected: Value '' at 'name' failed to satisfy constraint: Member must x",
            "name"
        ));
    }
}
