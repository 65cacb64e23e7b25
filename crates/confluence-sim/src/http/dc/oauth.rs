//! The OAuth 2.0 provider of a Data Center: consent, codes, tokens that rotate.
//!
//! Apps, tokens and the clock are those of [`crate::OAuth`]. A code is bound to its `redirect_uri`
//! and, when a challenge came with the request, to the verifier that the challenge was made of.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::call::Call;
use super::door::Caller;
use super::pages::escape;
use crate::http::query::{Query, encode};
use crate::http::reply::Reply;
use crate::oauth::{OAuthApp, Refusal, TokenPair};

/// What may be asked for.
const SCOPES: [&str; 4] = ["READ", "WRITE", "ADMIN", "SYSTEM_ADMIN"];

/// What the tokens' keeper calls the right to renew; every consent has it here.
const RENEWABLE: &str = "offline_access";

/// A request for consent that can be granted.
struct Request<'c> {
    app: OAuthApp,
    scope: &'c str,
    redirect_uri: &'c str,
    challenge: Option<&'c str>,
    account_id: String,
}

fn request<'c>(call: &'c Call<'_>) -> Result<Request<'c>, Reply> {
    let of = |name: &str| call.query.get(name).unwrap_or_default();
    let app = call.oauth.app(of("client_id")).ok_or_else(|| refused("There is no such client_id."))?;
    let redirect_uri = of("redirect_uri");
    if !app.redirect_uris.iter().any(|known| known == redirect_uri) {
        return Err(refused("The redirect_uri is not one of the app."));
    }
    if of("response_type") != "code" {
        return Err(refused("The response_type must be code."));
    }
    let scope = of("scope");
    if scope.is_empty() || scope.split_whitespace().any(|word| !SCOPES.contains(&word)) {
        return Err(refused("The scope must be of READ, WRITE, ADMIN and SYSTEM_ADMIN."));
    }
    let challenge = call.query.get("code_challenge");
    if challenge.is_some() && of("code_challenge_method") != "S256" {
        return Err(refused("The code_challenge_method must be S256."));
    }
    let signed_in = match &call.caller {
        Caller::Account { id, .. } => Some(id.clone()),
        Caller::Anonymous => call.oauth.signed_in(),
    };
    let who = signed_in.or_else(|| call.site.credentials().first().map(|known| known.account_id.clone()));
    let user = who.and_then(|who| call.site.find_user(&who)).ok_or_else(|| refused("Nobody is signed in."))?;
    Ok(Request { app, scope, redirect_uri, challenge, account_id: user.account_id.clone() })
}

fn refused(why: &str) -> Reply {
    Reply::html(400, &format!("<!doctype html><h1>Something went wrong</h1><p>{}</p>", escape(why)))
}

/// `GET /rest/oauth2/latest/authorize`: the consent page. Its form leads back here.
pub(crate) fn authorize(call: &Call<'_>) -> Result<Reply, Reply> {
    let request = request(call)?;
    Ok(Reply::html(
        200,
        &format!(
            "<!doctype html><html><head><title>Consent</title></head><body><h1>Allow <em>{}</em>?</h1><p>{}</p>\
             <form method=\"post\" action=\"{}{}?{}\"><button name=\"decision\" value=\"allow\">Allow</button> \
             <button name=\"decision\" value=\"deny\">Deny</button></form></body></html>",
            escape(&request.app.client_id),
            escape(request.scope),
            escape(call.context_path()),
            escape(&call.path),
            escape(&call.query.without(&[])),
        ),
    ))
}

/// What was answered on the consent page: back to the app, with a code or with a refusal.
pub(crate) fn decide(call: &Call<'_>) -> Result<Reply, Reply> {
    let request = request(call)?;
    let form = Query::parse(&String::from_utf8_lossy(&call.body));
    let answer = if form.get("decision") == Some("allow") {
        let scopes = format!("{} {RENEWABLE}", request.scope);
        let bound = bound(request.redirect_uri, request.challenge);
        format!("code={}", call.oauth.issue_code(&request.app.client_id, &request.account_id, &scopes, &bound))
    } else {
        "error=access_denied".to_owned()
    };
    let joint = if request.redirect_uri.contains('?') { '&' } else { '?' };
    let state = encode(call.query.get("state").unwrap_or_default());
    let location = format!("{}{joint}{answer}&state={state}", request.redirect_uri);
    Ok(Reply::new(302, "text/plain", "").with("location", location))
}

/// What a code is good for. No address that an app registers has a fragment.
fn bound(redirect_uri: &str, challenge: Option<&str>) -> String {
    challenge.map_or_else(|| redirect_uri.to_owned(), |challenge| format!("{redirect_uri}#{challenge}"))
}

/// `POST /rest/oauth2/latest/token`, as a form and nothing else.
pub(crate) fn token(call: &Call<'_>) -> Result<Reply, Reply> {
    let form = Query::parse(&String::from_utf8_lossy(&call.body));
    let of = |name: &str| form.get(name).unwrap_or_default();
    let client = (of("client_id"), of("client_secret"));
    let app = call.oauth.app(client.0).ok_or_else(|| error(401, "invalid_client"))?;
    let redirect_uri = of("redirect_uri");
    // Needed to renew, too, which the standard does not ask for.
    if !app.redirect_uris.iter().any(|known| known == redirect_uri) {
        return Err(error(400, "invalid_request"));
    }
    let pair = match of("grant_type") {
        "authorization_code" => {
            let challenge = form.get("code_verifier").map(|text| URL_SAFE_NO_PAD.encode(Sha256::digest(text)));
            call.oauth.exchange(client, of("code"), &bound(redirect_uri, challenge.as_deref()))
        }
        "refresh_token" => call.oauth.refresh(client, of("refresh_token")),
        _ => return Err(error(400, "unsupported_grant_type")),
    };
    pair.map(|pair| body(call, &pair)).map_err(|refusal| match refusal {
        Refusal::Client => error(401, "invalid_client"),
        Refusal::RefreshToken | Refusal::Code => error(400, "invalid_grant"),
    })
}

fn body(call: &Call<'_>, pair: &TokenPair) -> Reply {
    let scopes: Vec<&str> = pair.scopes.iter().map(String::as_str).filter(|scope| *scope != RENEWABLE).collect();
    Reply::ok(&json!({
        "access_token": pair.access_token,
        "refresh_token": pair.refresh_token,
        "token_type": "bearer",
        "expires_in": pair.expires_in.as_secs(),
        "scope": scopes.join(" "),
        "created_at": call.site.now().as_second(),
    }))
    .with("cache-control", "no-store")
}

fn error(status: u16, code: &str) -> Reply {
    Reply::json(status, &json!({"error": code}))
}
