//! The identity service: consent in a browser, tokens for the app, and the sites they lead to.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::{Value, json};

use super::auth;
use super::browser::{document, escape};
use super::call::Call;
use super::door;
use super::query::{Query, encode};
use super::reply::Reply;
use crate::oauth::{Refusal, TokenPair};
use crate::people::User;

/// More scopes make a header that the real service refuses.
const SCOPES_MAX: usize = 50;

/// A request for consent that can be granted.
struct Request<'c> {
    client_id: &'c str,
    redirect_uri: &'c str,
    scope: &'c str,
    state: &'c str,
    user: &'c User,
}

fn request<'c>(call: &'c Call<'_>) -> Result<Request<'c>, Reply> {
    let of = |name: &str| call.query.get(name).unwrap_or_default();
    let client_id = of("client_id");
    let app = call.oauth.app(client_id).ok_or_else(|| refused("There is no app with this client_id."))?;
    let redirect_uri = of("redirect_uri");
    if !app.redirect_uris.iter().any(|known| known == redirect_uri) {
        return Err(refused("The redirect_uri is not the callback of the app."));
    }
    if of("response_type") != "code" || of("audience") != "api.atlassian.com" {
        return Err(refused("The response_type must be code and the audience api.atlassian.com."));
    }
    let scope = of("scope");
    if scope.is_empty() || scope.split_whitespace().count() > SCOPES_MAX {
        return Err(refused("Between 1 and 50 scopes can be asked for."));
    }
    let signed_in = call.query.get("login").map(str::to_owned).or_else(|| call.oauth.signed_in());
    let who = signed_in.or_else(|| call.site.credentials().first().map(|known| known.account_id.clone()));
    let user = who.and_then(|who| call.site.find_user(&who)).ok_or_else(|| refused("Nobody is signed in."))?;
    Ok(Request { client_id, redirect_uri, scope, state: of("state"), user })
}

fn refused(why: &str) -> Reply {
    let mut reply = document("Something went wrong", &format!("<h1>Something went wrong</h1><p>{}</p>", escape(why)));
    reply.status = 400;
    reply
}

/// The consent page. Its form leads back here with the answer.
pub(crate) fn authorize(call: &Call<'_>) -> Result<Reply, Reply> {
    let request = request(call)?;
    let mut scopes = String::new();
    for scope in request.scope.split_whitespace() {
        let _ = write!(scopes, "<li>{}</li>", escape(scope));
    }
    let html = format!(
        "<h1>Allow <em>{}</em> to use your account?</h1><p>Signed in as {}.</p><ul>{scopes}</ul>\
         <form method=\"post\" action=\"/authorize?{}\">\
         <button name=\"decision\" value=\"allow\">Allow</button> \
         <button name=\"decision\" value=\"deny\">Deny</button></form>",
        escape(request.client_id),
        escape(&request.user.shown_name()),
        escape(&call.query.without(&[])),
    );
    Ok(document("Consent", &html))
}

/// What was answered on the consent page: back to the app, with a code or with a refusal.
pub(crate) fn decide(call: &Call<'_>) -> Result<Reply, Reply> {
    let request = request(call)?;
    let form = Query::parse(&String::from_utf8_lossy(&call.body));
    let answer = if form.get("decision") == Some("allow") {
        let code =
            call.oauth.issue_code(request.client_id, &request.user.account_id, request.scope, request.redirect_uri);
        format!("code={code}")
    } else {
        "error=access_denied&error_description=User%20did%20not%20authorize%20the%20request".to_owned()
    };
    let joint = if request.redirect_uri.contains('?') { '&' } else { '?' };
    let location = format!("{}{joint}{answer}&state={}", request.redirect_uri, encode(request.state));
    Ok(Reply::new(302, "text/plain", "").with("location", location))
}

/// `POST /oauth/token`, as JSON or as a form.
pub(crate) fn token(call: &Call<'_>) -> Result<Reply, Reply> {
    let json = call.json_body();
    let form = Query::parse(&String::from_utf8_lossy(&call.body));
    let of = |name: &str| match &json {
        Some(body) => body[name].as_str().unwrap_or_default(),
        None => form.get(name).unwrap_or_default(),
    };
    let client = (of("client_id"), of("client_secret"));
    let pair = match of("grant_type") {
        "authorization_code" => call.oauth.exchange(client, of("code"), of("redirect_uri")),
        "refresh_token" => call.oauth.refresh(client, of("refresh_token")),
        _ => return Err(error(403, "unsupported_grant_type", "Unsupported grant type")),
    };
    pair.map(|pair| Reply::ok(&body(&pair)).with("cache-control", "no-store")).map_err(|refusal| match refusal {
        Refusal::Client => error(401, "access_denied", "Unauthorized"),
        Refusal::RefreshToken => error(403, "unauthorized_client", "refresh_token is invalid"),
        Refusal::Code => error(403, "invalid_grant", "Invalid authorization code"),
    })
}

fn body(pair: &TokenPair) -> Value {
    let mut body = json!({
        "access_token": pair.access_token,
        "expires_in": pair.expires_in.as_secs(),
        "token_type": "Bearer",
    });
    if let Some(token) = &pair.refresh_token {
        body["refresh_token"] = json!(token);
    }
    body["scope"] = json!(words(&pair.scopes).join(" "));
    body
}

fn words(scopes: &BTreeSet<String>) -> Vec<&str> {
    scopes.iter().map(String::as_str).collect()
}

fn error(status: u16, code: &str, why: &str) -> Reply {
    Reply::json(status, &json!({"error": code, "error_description": why}))
}

/// The sites that a token leads to, the served one last.
pub(crate) fn accessible_resources(call: &Call<'_>) -> Result<Reply, Reply> {
    let token = call.authorization.as_deref().and_then(auth::bearer);
    let proof = token.and_then(|token| call.oauth.prove(token)).ok_or_else(door::unauthorized)?;
    // What is no permission is not listed as one.
    let scopes: Vec<&str> = words(&proof.scopes).into_iter().filter(|scope| *scope != "offline_access").collect();
    let resource = |id: &str, url: &str, name: &str| {
        json!({
            "id": id,
            "url": url,
            "name": name,
            "scopes": scopes,
            "avatarUrl": format!("{}/avatars/240/rocket.png", call.served_origin),
        })
    };
    let mut list: Vec<Value> =
        call.oauth.other_sites().iter().map(|other| resource(&other.cloud_id, &other.url, &other.name)).collect();
    let settings = &call.site.settings;
    list.push(resource(&settings.cloud_id, call.origin(), &settings.name));
    Ok(Reply::ok(&Value::Array(list)))
}
