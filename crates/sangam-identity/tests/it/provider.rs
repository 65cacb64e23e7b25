//! An OpenID provider of the test's own, which can be told to misbehave in every way.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Form, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use parking_lot::Mutex;
use reqwest::Url;
use sangam_identity::{Callback, OidcSettings};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub(crate) const CLIENT_ID: &str = "sangam";
/// With characters that are lost if it is not encoded before it goes into the header.
const CLIENT_SECRET: &str = "s:e cret%";

/// A key of the provider.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key {
    Rsa,
    Ec,
    EcRotated,
    Ed25519,
}

impl Key {
    pub(crate) fn private(self) -> EncodingKey {
        match self {
            Self::Rsa => EncodingKey::from_rsa_der(include_bytes!("keys/rsa.der")),
            Self::Ec => EncodingKey::from_ec_der(include_bytes!("keys/ec.der")),
            Self::EcRotated => EncodingKey::from_ec_der(include_bytes!("keys/ec_rotated.der")),
            Self::Ed25519 => EncodingKey::from_ed_der(include_bytes!("keys/ed25519.der")),
        }
    }

    /// The key as it is published. It names no algorithm: one RSA key signs by several.
    pub(crate) fn public(self) -> Value {
        let algorithm = match self {
            Self::Rsa => Algorithm::RS256,
            Self::Ec | Self::EcRotated => Algorithm::ES256,
            Self::Ed25519 => Algorithm::EdDSA,
        };
        let mut jwk = Jwk::from_encoding_key(&self.private(), algorithm).unwrap();
        jwk.common.key_algorithm = None;
        jwk.common.key_id = Some(self.id().to_owned());
        serde_json::to_value(jwk).unwrap()
    }

    pub(crate) fn id(self) -> &'static str {
        match self {
            Self::Rsa => "rsa",
            Self::Ec => "ec",
            Self::EcRotated => "ec-rotated",
            Self::Ed25519 => "ed25519",
        }
    }
}

/// What an endpoint answers in place of what it should.
#[derive(Clone)]
pub(crate) enum Fault {
    Html,
    Huge,
    Status(u16),
    Redirect,
    Silence,
    Body(Value),
}

/// How the provider behaves.
pub(crate) struct Behaviour {
    /// Claims of the id token in place of, or beside, the right ones; null takes one away.
    pub(crate) claims: Map<String, Value>,
    /// What userinfo tells beside the right `sub`.
    pub(crate) userinfo: Map<String, Value>,
    pub(crate) algorithm: Algorithm,
    pub(crate) key: Key,
    /// Whether tokens name their key.
    pub(crate) names_key: bool,
    pub(crate) published: Vec<Value>,
    /// Makes the whole id token of its claims.
    pub(crate) forge: Option<fn(&Value) -> String>,
    /// By endpoint: `discovery`, `keys`, `token`, `userinfo`.
    pub(crate) faults: HashMap<&'static str, Fault>,
    /// What discovery says beside, or in place of, the right things.
    pub(crate) discovery: Map<String, Value>,
    /// How often each endpoint was asked.
    pub(crate) asked: HashMap<&'static str, usize>,
    /// Codes that were given out, with what they were asked for by.
    codes: HashMap<String, HashMap<String, String>>,
}

#[derive(Clone)]
struct Shared {
    issuer: String,
    behaviour: Arc<Mutex<Behaviour>>,
}

/// The provider; goes away with its value.
pub(crate) struct Provider {
    shared: Shared,
    serving: JoinHandle<()>,
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Provider {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let mut published = vec![json!({ "kty": "oct", "k": "AAAA" }), json!({ "kty": "surprise" })];
        published.extend([Key::Rsa, Key::Ec, Key::Ed25519].map(Key::public));
        let claims = json!({ "name": "Ada Lovelace", "email": "ada@example.com", "email_verified": true });
        let behaviour = Behaviour {
            claims: claims.as_object().unwrap().clone(),
            userinfo: Map::new(),
            algorithm: Algorithm::RS256,
            key: Key::Rsa,
            names_key: true,
            published,
            forge: None,
            faults: HashMap::new(),
            discovery: Map::new(),
            asked: HashMap::new(),
            codes: HashMap::new(),
        };
        let shared = Shared { issuer, behaviour: Arc::new(Mutex::new(behaviour)) };
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .route("/userinfo", get(userinfo))
            .with_state(shared.clone());
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { shared, serving }
    }

    pub(crate) fn issuer(&self) -> &str {
        &self.shared.issuer
    }

    /// Settings that fit.
    pub(crate) fn settings(&self) -> OidcSettings {
        let redirect = "https://search.example/sign-in/callback";
        let mut settings = OidcSettings::new(self.issuer(), CLIENT_ID, Some(CLIENT_SECRET.into()), redirect);
        settings.allowed_email_domains = vec!["example.com".into()];
        settings
    }

    /// Has it behave otherwise from now on.
    pub(crate) fn behave(&self, change: impl FnOnce(&mut Behaviour)) {
        change(&mut self.shared.behaviour.lock());
    }

    pub(crate) fn n_asked(&self, endpoint: &'static str) -> usize {
        self.shared.behaviour.lock().asked.get(endpoint).copied().unwrap_or_default()
    }

    /// What a person's browser comes back with after `address`, where they signed in.
    pub(crate) fn authorize(&self, address: &str) -> Callback {
        let url = Url::parse(address).unwrap();
        let asked: HashMap<String, String> = url.query_pairs().into_owned().collect();
        let code = format!("code {}", uuid_like(&asked["state"]));
        let state = asked["state"].clone();
        self.behave(|it| drop(it.codes.insert(code.clone(), asked)));
        Callback { state, code: Some(code), error: None, issuer: None }
    }
}

fn uuid_like(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(text))
}

/// The answer that a fault makes, if the endpoint has one.
async fn fault(shared: &Shared, endpoint: &'static str) -> Option<Response> {
    let fault = {
        let mut behaviour = shared.behaviour.lock();
        *behaviour.asked.entry(endpoint).or_default() += 1;
        behaviour.faults.get(endpoint).cloned()?
    };
    Some(match fault {
        Fault::Html => {
            ([(header::CONTENT_TYPE, "text/html")], "<h1>Sign in to the airport's network</h1>").into_response()
        }
        Fault::Huge => vec![b' '; 3 << 20].into_response(),
        Fault::Status(status) => StatusCode::from_u16(status).unwrap().into_response(),
        Fault::Redirect => (StatusCode::FOUND, [(header::LOCATION, "/keys")]).into_response(),
        Fault::Silence => std::future::pending().await,
        Fault::Body(body) => Json(body).into_response(),
    })
}

async fn discovery(State(shared): State<Shared>) -> Response {
    if let Some(answer) = fault(&shared, "discovery").await {
        return answer;
    }
    let issuer = &shared.issuer;
    let mut document = json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize?tenant=1"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/keys"),
        "userinfo_endpoint": format!("{issuer}/userinfo"),
        "end_session_endpoint": format!("{issuer}/end"),
    });
    document.as_object_mut().unwrap().extend(shared.behaviour.lock().discovery.clone());
    Json(document).into_response()
}

async fn keys(State(shared): State<Shared>) -> Response {
    if let Some(answer) = fault(&shared, "keys").await {
        return answer;
    }
    Json(json!({ "keys": shared.behaviour.lock().published })).into_response()
}

async fn userinfo(State(shared): State<Shared>, headers: HeaderMap) -> Response {
    if let Some(answer) = fault(&shared, "userinfo").await {
        return answer;
    }
    if headers[header::AUTHORIZATION] != "Bearer access" {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let mut claims = json!({ "sub": "42" });
    claims.as_object_mut().unwrap().extend(shared.behaviour.lock().userinfo.clone());
    Json(claims).into_response()
}

async fn token(
    State(shared): State<Shared>,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> Response {
    if let Some(answer) = fault(&shared, "token").await {
        return answer;
    }
    let refuse = |error: &str| (StatusCode::BAD_REQUEST, Json(json!({ "error": error }))).into_response();
    if !is_client(&headers, &form) {
        return refuse("invalid_client");
    }
    let mut behaviour = shared.behaviour.lock();
    // A code is good once.
    let Some(asked) = behaviour.codes.remove(&form["code"]) else { return refuse("invalid_grant") };
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&form["code_verifier"]));
    if asked["code_challenge"] != challenge || asked["redirect_uri"] != form["redirect_uri"] {
        return refuse("invalid_grant");
    }
    let id_token = id_token(&shared.issuer, &behaviour, &asked["nonce"]);
    Json(json!({ "id_token": id_token, "access_token": "access", "token_type": "Bearer" })).into_response()
}

/// Whether the client showed its secret, in one of the two ways.
fn is_client(headers: &HeaderMap, form: &HashMap<String, String>) -> bool {
    let shown = headers.get(header::AUTHORIZATION).map(|login| {
        let login = login.to_str().unwrap().strip_prefix("Basic ").unwrap();
        String::from_utf8(STANDARD.decode(login).unwrap()).unwrap()
    });
    match shown {
        Some(login) => login == "sangam:s%3Ae%20cret%25",
        None => {
            form.get("client_id").is_some_and(|id| id == CLIENT_ID)
                && form.get("client_secret").is_some_and(|secret| secret == CLIENT_SECRET)
        }
    }
}

fn id_token(issuer: &str, behaviour: &Behaviour, nonce: &str) -> String {
    let now_s = sangam_store::now_ms() / 1000;
    let mut claims =
        json!({ "iss": issuer, "aud": CLIENT_ID, "sub": "42", "nonce": nonce, "iat": now_s, "exp": now_s + 300 });
    for (name, value) in &behaviour.claims {
        claims[name] = value.clone();
    }
    claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    if let Some(forge) = behaviour.forge {
        return forge(&claims);
    }
    sign(behaviour.algorithm, behaviour.names_key.then(|| behaviour.key.id()), &behaviour.key.private(), &claims)
}

/// A token of `claims`.
pub(crate) fn sign(algorithm: Algorithm, key_id: Option<&str>, key: &EncodingKey, claims: &Value) -> String {
    let header = Header { kid: key_id.map(str::to_owned), ..Header::new(algorithm) };
    jsonwebtoken::encode(&header, claims, key).unwrap()
}
