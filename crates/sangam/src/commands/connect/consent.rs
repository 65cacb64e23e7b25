//! The dance of OAuth 2.0: an address to open, a person's consent, a code, and tokens for it.

use std::time::Duration;

use reqwest::Url;
use sangam_confluence::oauth::{self, CodeRequest, GrantedSite, GrantedTokens, OAuthError, TokenServer};
use sangam_confluence::{ConfluenceSettings, Hosting};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Map;
use uuid::Uuid;

use super::ask::Ask;
use super::browser;
use super::callback::Callback;
use super::{ConfluenceArgs, Credentials, Plan, plain};
use crate::failure::Failure;
use crate::output::Output;

/// The authorisation server answers in much less.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Fetches a grant; returns the site that it is for and what the secret holds.
pub(super) async fn grant(
    args: &ConfluenceArgs,
    plan: &Plan,
    settings: &ConfluenceSettings,
    ask: &mut Ask,
    output: &Output,
) -> Result<Credentials, Failure> {
    let http = http(settings).await?;
    let callback = Callback::listen(args.port).await?;
    output.talk(format!("the app must have the callback address {}", callback.redirect_uri()));
    let app_key = match &args.app_key {
        Some(key) => key.clone(),
        None => ask.text("Client id of the app", "--app-key")?,
    };
    let app_secret: SecretString = ask.secret("Client secret of the app", "confluenceAppSecret")?.into();
    // Cloud's server is the same for all sites; the address only names Data Center's.
    let anywhere = Url::parse("https://atlassian.net").map_err(Failure::failed)?;
    let server = TokenServer::for_site(plan.hosting, plan.url.as_ref().unwrap_or(&anywhere), settings);
    let opens = !args.no_browser;
    let tokens = consent(&http, &server, &callback, (&app_key, &app_secret), opens, output).await?;
    let url = if let (Hosting::DataCenter, Some(url)) = (plan.hosting, &plan.url) {
        url.clone()
    } else {
        let sites = oauth::granted_sites(&http, settings, &tokens.access_token).await.map_err(told)?;
        site(&sites, plan.url.as_ref())?
    };
    let refresh_token = tokens.refresh_token.ok_or_else(|| {
        Failure::wrong_input("the grant has no refresh token, so it would end within the hour")
            .hint("the app must be allowed `offline_access`, which is asked for")
    })?;
    let mut members = Map::new();
    members.insert("hostUrl".into(), plain(&url).into());
    members.insert("confluenceAppKey".into(), app_key.into());
    members.insert("confluenceAppSecret".into(), app_secret.expose_secret().into());
    members.insert("confluenceAccessToken".into(), tokens.access_token.expose_secret().into());
    members.insert("confluenceRefreshToken".into(), refresh_token.expose_secret().into());
    members.insert("redirectUri".into(), callback.redirect_uri().into());
    Ok(Credentials { url, members })
}

/// Believes the authorities that the server believes.
async fn http(settings: &ConfluenceSettings) -> Result<reqwest::Client, Failure> {
    let builder = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).timeout(TIMEOUT);
    let certificates = sangam_confluence::further_authorities(settings).await.map_err(Failure::wrong)?;
    builder.tls_certs_merge(certificates).build().map_err(Failure::failed)
}

async fn consent(
    http: &reqwest::Client,
    server: &TokenServer,
    callback: &Callback,
    app: (&str, &SecretString),
    opens_browser: bool,
    output: &Output,
) -> Result<GrantedTokens, Failure> {
    let state = Uuid::new_v4().simple().to_string();
    // 64 characters with 244 random bits; the standard wants 43 to 128 characters.
    let verifier: SecretString = format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple()).into();
    let request = CodeRequest {
        app_key: app.0,
        redirect_uri: callback.redirect_uri(),
        state: &state,
        code_challenge: &oauth::code_challenge(&verifier),
    };
    let address = server.consent_url(&request);
    output.talk("open this address in a browser, and consent as the account that is to crawl:");
    output.talk(&address);
    let opened = opens_browser.then(|| browser::open(&address)).flatten();
    if opened.is_some() {
        output.talk("it was handed to your browser");
    }
    let code = tokio::select! {
        code = callback.code(&state) => code?,
        _ = tokio::signal::ctrl_c() => return Err(Failure::wrong_input("interrupted before anybody consented")),
    };
    server.exchange_code(http, app, &code, callback.redirect_uri(), &verifier).await.map_err(told)
}

/// The site that was named, or the only one.
fn site(sites: &[GrantedSite], wanted: Option<&Url>) -> Result<Url, Failure> {
    let listed = || sites.iter().map(|site| format!("`{}`", site.url)).collect::<Vec<_>>().join(", ");
    let found = match (wanted, sites) {
        (Some(wanted), _) => oauth::site_at(sites, wanted),
        (None, [only]) => Some(only),
        (None, _) => None,
    };
    let Some(found) = found else {
        let failure = Failure::wrong_input(match wanted {
            Some(wanted) => format!("the grant is not for `{}`", plain(wanted)),
            None if sites.is_empty() => "the grant is for no site".to_owned(),
            None => "the grant is for several sites".to_owned(),
        });
        return Err(if sites.is_empty() {
            failure.hint("choose a site on the consent page, as an account that uses Confluence there")
        } else {
            failure.hint(format!("it is for {}; name one of them with `--url`", listed()))
        });
    };
    found.url.parse().map_err(|_| Failure::failed(anyhow::anyhow!("the grant's site has no address")))
}

fn told(error: OAuthError) -> Failure {
    let hint = match &error {
        OAuthError::WrongApp => "compare client id and client secret with the app's settings",
        OAuthError::DeadGrant => "a code works once and for some minutes: run the command again",
        OAuthError::Malformed { .. } | OAuthError::Unavailable { .. } => {
            "look at `confluence.auth_url` and `confluence.api_url`, and try again later"
        }
    };
    let failure = match error {
        OAuthError::Unavailable { .. } | OAuthError::Malformed { .. } => Failure::failed(error),
        _ => Failure::wrong(error),
    };
    failure.hint(hint)
}
