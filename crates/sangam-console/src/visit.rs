//! A request of somebody who is signed in and may be here. Whoever gets one need not check anything again.

use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use sangam_api::ApiError;
use sangam_identity::{Identity, Role, Session};
use sangam_server::{Insider, V1Request};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::answer::{self, Answer};
use crate::command;
use crate::console::{Console, policy, role_name};
use crate::failed::Failed;
use crate::fields::{Fields, segment};
use crate::sign_in;
use crate::trouble::Troubles;
use crate::view::{Html, Link, NavGroup, Notice, Screen, Tone, Who, Wizard};
use crate::visitor::Visitor;

/// The pages of everybody, below it those of administrators and auditors.
const CONSOLE: &str = "/console";

/// A request with its session.
pub(crate) struct Visit {
    pub(crate) visitor: Visitor,
    pub(crate) session: Session,
    /// The API calls that this page made or will make.
    commands: Mutex<Vec<String>>,
}

/// An index that a page is about, for its navigation.
#[derive(Clone, Debug)]
pub(crate) struct InIndex {
    /// The id.
    pub(crate) id: String,
    /// What `DescribeIndex` answered.
    pub(crate) described: Value,
}

impl InIndex {
    /// The index's name.
    pub(crate) fn name(&self) -> &str {
        self.described["Name"].as_str().unwrap_or_default()
    }

    /// The address of a page of it.
    pub(crate) fn href(&self, below: &str) -> String {
        let id = segment(&self.id);
        if below.is_empty() { format!("/console/indices/{id}") } else { format!("/console/indices/{id}/{below}") }
    }
}

impl Visit {
    /// Who it is.
    pub(crate) fn identity(&self) -> &Identity {
        self.session.identity()
    }

    /// Whether it is for somebody who may change something: others are shown no buttons that would only be refused.
    pub(crate) fn may_change(&self) -> bool {
        self.identity().role == Role::Administrator
    }

    /// The token that forms carry.
    pub(crate) fn csrf(&self) -> &str {
        self.session.csrf()
    }

    /// What was typed.
    pub(crate) fn form(&self) -> &Fields {
        &self.visitor.form
    }

    /// The query string.
    pub(crate) fn query(&self) -> &Fields {
        &self.visitor.query
    }

    /// Calls an operation, such as `kendra:CreateIndex`, as whoever is signed in; the page shows the call.
    pub(crate) async fn call(&self, operation: &str, input: Value) -> Result<Value, ApiError> {
        self.will_call(operation, &input);
        let input = with_token(operation, input);
        self.visitor.console.app.call(&self.insider(), operation, &input).await
    }

    /// Asks an index as whoever is signed in, for the search page: with a searcher's rights, which are the same for every role.
    pub(crate) async fn query_as_reader(&self, input: &Value) -> Result<Value, ApiError> {
        let insider = Insider { policy: policy(Role::Searcher), ..self.insider() };
        self.visitor.console.app.call(&insider, "kendra:Query", input).await
    }

    /// Shows a call that this page's form will make.
    pub(crate) fn will_call(&self, operation: &str, input: &Value) {
        self.shown(command::aws(operation, input));
    }

    /// Calls an endpoint below `/sangam/v1`. `path` is its segments, not encoded.
    pub(crate) async fn v1(
        &self,
        method: &str,
        path: &[&str],
        query: &Fields,
        body: Option<Value>,
    ) -> Result<Value, ApiError> {
        let encoded: Vec<String> = path.iter().map(|part| segment(part)).collect();
        let mut address = encoded.join("/");
        if query.iter().next().is_some() {
            address = format!("{address}?{}", query.encode());
        }
        self.shown(command::sangam(method, &address, body.as_ref()));
        let query = query.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        self.call_v1(method, path, query, body.map(|body| body.to_string().into()).unwrap_or_default()).await
    }

    /// The same with a file as the body.
    pub(crate) async fn v1_file(&self, method: &str, path: &[&str], file: Bytes) -> Result<Value, ApiError> {
        let encoded: Vec<String> = path.iter().map(|part| segment(part)).collect();
        self.shown(command::sangam_file(method, &encoded.join("/")));
        self.call_v1(method, path, Vec::new(), file).await
    }

    async fn call_v1(
        &self,
        method: &str,
        path: &[&str],
        query: Vec<(String, String)>,
        body: Bytes,
    ) -> Result<Value, ApiError> {
        let request = V1Request {
            method: method.to_owned(),
            path: path.iter().map(|part| (*part).to_owned()).collect(),
            query,
            body,
            policy: self.insider().policy,
        };
        self.visitor.console.app.call_v1(&self.insider(), request).await
    }

    /// The index that a page is about.
    pub(crate) async fn index(&self, id: &str) -> Result<InIndex, ApiError> {
        let described = self.call("kendra:DescribeIndex", json!({ "Id": id })).await?;
        Ok(InIndex { id: id.to_owned(), described })
    }

    /// What the address says was done just now, in words of ours.
    pub(crate) fn said(&self, sentences: &[(&str, &str)]) -> Option<Notice> {
        let key = self.query().last("said");
        sentences.iter().find(|(name, _)| *name == key).map(|(_, sentence)| Notice::new(Tone::Good, sentence))
    }

    /// Answers with a page.
    pub(crate) fn page(&self, screen: &Screen, index: Option<&InIndex>) -> Answer {
        self.page_as(StatusCode::OK, screen, index)
    }

    /// Answers with a page whose form is refused: it is shown again with what was typed.
    pub(crate) fn refused(&self, screen: &Screen, index: Option<&InIndex>) -> Answer {
        self.page_as(StatusCode::UNPROCESSABLE_ENTITY, screen, index)
    }

    /// A step of a wizard with what was typed and what is wrong; a trouble leads to the step that it is about.
    pub(crate) fn wizard(
        &self,
        screen: Screen,
        wizard: &Wizard,
        at: usize,
        mut troubles: Troubles,
        index: Option<&InIndex>,
    ) -> Answer {
        let refused = !troubles.is_empty();
        let at = wizard.step_of(&troubles).unwrap_or(at);
        let html = wizard.render(at, self.csrf(), self.form(), &mut troubles);
        self.form_page(screen, html, &mut troubles, refused, index)
    }

    /// A page with a rendered form, its open troubles above it.
    pub(crate) fn form_page(
        &self,
        screen: Screen,
        form: Html,
        troubles: &mut Troubles,
        refused: bool,
        index: Option<&InIndex>,
    ) -> Answer {
        let notices = troubles.rest().into_iter().map(|sentence| Notice::new(Tone::Bad, &sentence));
        let mut screen = screen.notices(notices);
        if refused {
            screen = screen.notice(&Notice::new(Tone::Bad, "Nothing was saved. What you typed is still here."));
        }
        let screen = screen.block(form);
        if refused { self.refused(&screen, index) } else { self.page(&screen, index) }
    }

    fn page_as(&self, status: StatusCode, screen: &Screen, index: Option<&InIndex>) -> Answer {
        let identity = self.identity();
        let who = Who { name: identity.name.clone(), role: role_name(identity.role), csrf: self.csrf().to_owned() };
        let commands = self.commands.lock().map(|commands| commands.clone()).unwrap_or_default();
        answer::page(status, screen.render(Some(&who), &self.nav(index), &commands))
    }

    fn insider(&self) -> Insider {
        let identity = self.identity();
        Insider {
            name: identity.subject.clone(),
            address: Some(self.visitor.origin.address),
            policy: policy(identity.role),
        }
    }

    fn shown(&self, command: String) {
        if let Ok(mut commands) = self.commands.lock()
            && !commands.contains(&command)
        {
            commands.push(command);
        }
    }

    fn nav(&self, index: Option<&InIndex>) -> Vec<NavGroup> {
        let path = &self.visitor.path;
        let link = |href: String, label: &str, exact: bool| {
            let current = if exact { *path == href } else { path.starts_with(&href) };
            Link { href, label: label.to_owned(), current }
        };
        let mut groups = Vec::new();
        if let Some(index) = index {
            groups.push(NavGroup {
                title: index.name().to_owned(),
                links: vec![
                    link(index.href(""), "Index details", true),
                    link(index.href("data-sources"), "Data sources", false),
                    link(index.href("search"), "Search indexed content", false),
                    link(index.href("people"), "People and groups", false),
                ],
            });
        }
        let at = |below: &str| format!("{CONSOLE}/{below}");
        groups.push(NavGroup {
            title: "Sangam".to_owned(),
            links: vec![
                link(at("indices"), "Indices", index.is_some() || *path == at("indices")),
                link(at("secrets"), "Secrets", false),
                link(at("files"), "Files", false),
                link(at("keys"), "Access keys", false),
                link(at("accounts"), "Accounts", false),
                link(at("sessions"), "Sessions", false),
                link(at("search-page"), "Search page", false),
                link(at("audit"), "Audit trail", false),
            ],
        });
        groups
    }
}

/// Whether a page of the console is there to change something: its form is not even shown to who may not send it.
fn is_for_changes(visitor: &Visitor) -> bool {
    const FORMS: [&str; 9] = ["new", "add", "edit", "tags", "fields", "delete", "remove", "revoke", "connect"];
    // Ids of people and groups are their site's: one may be `new`.
    let is_of_site = ["/people/", "/groups/"].iter().any(|below| visitor.path.contains(below));
    let is_form = || visitor.path.rsplit('/').next().is_some_and(|last| FORMS.contains(&last));
    visitor.is_post || (!is_of_site && is_form())
}

/// What SDKs add by themselves to calls that make a version of a secret.
fn with_token(operation: &str, mut input: Value) -> Value {
    const TAKES_TOKEN: [&str; 3] =
        ["secretsmanager:CreateSecret", "secretsmanager:PutSecretValue", "secretsmanager:UpdateSecret"];
    if TAKES_TOKEN.contains(&operation) && input.get("ClientRequestToken").is_none() {
        input["ClientRequestToken"] = Uuid::new_v4().to_string().into();
    }
    input
}

impl FromRequest<Arc<Console>> for Visit {
    type Rejection = Answer;

    async fn from_request(request: Request, console: &Arc<Console>) -> Result<Self, Answer> {
        let visitor = Visitor::from_request(request, console).await?;
        let session = match visitor.session_token() {
            Some(token) => console.people.sessions.find(token).await.map_err(|e| Failed::from(e).into_response())?,
            None => None,
        };
        let Some(session) = session else { return Err(sign_in::needed(&visitor)) };
        if visitor.path.starts_with(CONSOLE) && session.identity().role == Role::Searcher {
            return Err(answer::see_other("/search"));
        }
        if session.identity().role == Role::Auditor && visitor.path.starts_with(CONSOLE) && is_for_changes(&visitor) {
            return Err(Failed::not_permitted().into_response());
        }
        if visitor.is_post && !session.csrf_matches(visitor.form.last("_csrf")) {
            // The session ended and another began in this browser: what was typed is worth keeping all the same.
            return Err(sign_in::resend(&visitor, &session));
        }
        Ok(Self { visitor, session, commands: Mutex::default() })
    }
}
