//! Local accounts: for small teams, and for whoever keeps the server.

use axum::extract::Path;
use serde_json::{Value, json};

use crate::answer::{self, Answer};
use crate::failed::{Done, Failed};
use crate::fields::{Fields, segment};
use crate::trouble::Troubles;
use crate::view::{Action, Button, Cell, Field, Form, Opt, Screen, Section, Table, Tone};
use crate::visit::Visit;

const LIST: &str = "/console/accounts";

/// All accounts.
pub(super) async fn list(visit: Visit) -> Done {
    let listed = visit.v1("GET", &["accounts"], &Fields::default(), None).await?;
    let mut table = Table::new(
        "Accounts",
        &["Name", "Role", "Searches as", "State", "Created", ""],
        "No local accounts yet. Who is signed in with a one-time link makes themselves an account with a password.",
    );
    if visit.may_change() {
        table = table.action(Action::primary("/console/accounts/new", "Create account"));
    }
    for account in listed["accounts"].as_array().into_iter().flatten() {
        let text = |name: &str| account[name].as_str().unwrap_or_default();
        let is_disabled = account["disabled"].as_bool() == Some(true);
        let at = format!("{LIST}/{}", segment(text("name")));
        let name =
            if visit.may_change() { Cell::link(&format!("{at}/edit"), text("name")) } else { Cell::text(text("name")) };
        let remove =
            if visit.may_change() { Action::plain(&format!("{at}/remove"), "Remove") } else { Cell::muted("–") };
        table = table.row(vec![
            name,
            Cell::text(text("role")),
            Cell::text(text("userId")),
            if is_disabled { Cell::badge(Tone::Wait, "disabled") } else { Cell::badge(Tone::Good, "active") },
            Cell::time(account["createdAt"].as_i64()),
            remove,
        ]);
    }
    let screen = Screen::new("Accounts")
        .lead("Who may sign in with a name and a password. What somebody finds on the search page is what the person they search as may read in Confluence.")
        .notices(visit.said(&[
            ("created", "The account is ready: its name and password work now."),
            ("changed", "The account was changed. Its sessions have ended."),
            ("removed", "The account is removed, and its sessions have ended."),
        ]))
        .block(table.counted().render());
    Ok(visit.page(&screen, None))
}

/// The form of a new account.
pub(super) async fn new(visit: Visit) -> Done {
    Ok(new_form(&visit, Troubles::default(), false))
}

/// A new account.
pub(super) async fn create(visit: Visit) -> Done {
    let typed = visit.form();
    let body = json!({
        "name": typed.last("name"),
        "password": typed.raw("password"),
        "role": typed.last("role"),
        "userId": typed.last("userId"),
    });
    match visit.v1("POST", &["accounts"], &Fields::default(), Some(body)).await {
        Ok(_) => Ok(answer::see_other(&format!("{LIST}?said=created"))),
        Err(error) => Ok(new_form(&visit, Troubles::from_api(&error), true)),
    }
}

/// The form of an account there is.
pub(super) async fn edit(Path(name): Path<String>, visit: Visit) -> Done {
    let account = find(&visit, &name).await?;
    let mut now = Fields::default();
    now.push("role", account["role"].as_str().unwrap_or_default());
    now.push("userId", account["userId"].as_str().unwrap_or_default());
    now.push("disabled", if account["disabled"].as_bool() == Some(true) { "on" } else { "off" });
    now.push("_seen", &account["changedAt"].to_string());
    Ok(edit_form(&visit, &name, &now, Troubles::default(), false))
}

/// The changes; only what differs is sent, since every change ends the account's sessions.
pub(super) async fn change(Path(name): Path<String>, visit: Visit) -> Done {
    let (account, typed) = (find(&visit, &name).await?, visit.form());
    let seen = account["changedAt"].to_string();
    if typed.last("_seen") != seen {
        let mut typed = typed.clone();
        typed.set("_seen", &seen);
        let trouble = "Somebody else has changed this account meanwhile. Save again to overwrite it.";
        return Ok(edit_form(&visit, &name, &typed, Troubles::of(trouble), true));
    }
    let mut body = json!({});
    for member in ["role", "userId"] {
        if typed.last(member) != account[member].as_str().unwrap_or_default() {
            body[member] = typed.last(member).into();
        }
    }
    let disabled = typed.checked("disabled", false);
    if account["disabled"].as_bool() != Some(disabled) {
        body["disabled"] = disabled.into();
    }
    if !typed.raw("password").is_empty() {
        body["password"] = typed.raw("password").into();
    }
    match visit.v1("PATCH", &["accounts", &name], &Fields::default(), Some(body)).await {
        Ok(_) => Ok(answer::see_other(&format!("{LIST}?said=changed"))),
        Err(error) => Ok(edit_form(&visit, &name, typed, Troubles::from_api(&error), true)),
    }
}

/// Asks whether an account is to be removed.
pub(super) async fn ask_remove(Path(name): Path<String>, visit: Visit) -> Done {
    let account = find(&visit, &name).await?;
    let listed = visit.v1("GET", &["accounts"], &Fields::default(), None).await?;
    let administrators = |account: &&Value| account["role"] == "administrator" && account["disabled"] != true;
    let n_administrators = listed["accounts"].as_array().into_iter().flatten().filter(administrators).count();
    let last = if n_administrators == 1 && administrators(&&account) {
        " It is the last account of an administrator: afterwards the way in is the command sangam console, or the provider."
    } else {
        ""
    };
    let about = format!("{name} is signed out and cannot sign in any more.{last}");
    let form = Form::new(&format!("{LIST}/{}/remove", segment(&name)), Button::danger("remove", "Remove account"))
        .cancel(LIST)
        .section(Section::new("").about(&about));
    let html = form.render(visit.csrf(), &Fields::default(), &mut Troubles::default());
    Ok(visit.page(&Screen::new("Remove account").crumb(LIST, "Accounts").block(html), None))
}

/// Removes an account.
pub(super) async fn remove(Path(name): Path<String>, visit: Visit) -> Done {
    visit.v1("DELETE", &["accounts", &name], &Fields::default(), None).await?;
    Ok(answer::see_other(&format!("{LIST}?said=removed")))
}

async fn find(visit: &Visit, name: &str) -> Result<Value, Failed> {
    let listed = visit.v1("GET", &["accounts"], &Fields::default(), None).await?;
    let found = listed["accounts"].as_array().into_iter().flatten().find(|account| account["name"] == name).cloned();
    found.ok_or_else(|| Failed::not_found("account"))
}

fn roles() -> Vec<Opt> {
    vec![
        Opt::new("searcher", "Searcher", "The search page, as the person below."),
        Opt::new("auditor", "Auditor", "Reads everything in the console but content, and may explain access."),
        Opt::new("administrator", "Administrator", "Everything."),
    ]
}

fn reader_field() -> Field {
    Field::text("userId", "Searches as")
        .optional()
        .placeholder("ada@example.com")
        .help("The person in Confluence: an e-mail address, an account id or a user name. Without one, the search page shows public documents only.")
}

fn new_form(visit: &Visit, mut troubles: Troubles, refused: bool) -> Answer {
    let form = Form::new("/console/accounts/new", Button::primary("create", "Create account")).cancel(LIST).section(
        Section::new("")
            .field(Field::text("name", "Name").autocomplete("off"))
            .field(Field::password("password", "Password").autocomplete("new-password").help("At least 12 characters."))
            .field(Field::radio("role", "Role", roles()).default("searcher"))
            .field(reader_field()),
    );
    let html = form.render(visit.csrf(), visit.form(), &mut troubles);
    visit.form_page(Screen::new("Create account").crumb(LIST, "Accounts"), html, &mut troubles, refused, None)
}

fn edit_form(visit: &Visit, name: &str, typed: &Fields, mut troubles: Troubles, refused: bool) -> Answer {
    let form = Form::new(&format!("{LIST}/{}/edit", segment(name)), Button::primary("save", "Save"))
        .cancel(LIST)
        .hidden("_seen", typed.last("_seen"))
        .section(
            Section::new("")
                .about("A change ends this account's sessions: whoever uses it signs in again.")
                .field(Field::radio("role", "Role", roles()))
                .field(reader_field())
                .field(
                    Field::password("password", "New password")
                        .optional()
                        .autocomplete("new-password")
                        .help("Left empty, the password stays."),
                )
                .field(Field::check("disabled", "Disabled: this account cannot sign in")),
        );
    let html = form.render(visit.csrf(), typed, &mut troubles);
    visit.form_page(Screen::new(name).crumb(LIST, "Accounts"), html, &mut troubles, refused, None)
}
