//! How a client proves who it is, and to which host one call goes with that.

use std::{collections::BTreeSet, sync::Arc};

use base64::Engine;
use reqwest::{Url, header::HeaderValue};
use sangam_sync::SourceError;
use secrecy::{ExposeSecret, SecretString};

use super::{Client, site::Route};
use crate::{config::Hosting, error::ClientError, oauth::Tokens};

/// What calls are signed in with.
#[derive(Clone)]
pub(super) enum SignIn {
    /// Nothing.
    Nobody,
    /// User name and API token or password.
    Basic(HeaderValue),
    /// A token that stays as it is.
    Bearer(HeaderValue),
    /// A token that is replaced when it is about to expire, and when it is refused.
    Rotating(Arc<Tokens>),
}

/// What one try of a call is sent with.
#[derive(Clone)]
pub(super) struct Ticket {
    pub(super) authorization: Option<HeaderValue>,
    pub(super) route: Route,
    /// Which of the rotating tokens it holds.
    generation: u64,
}

impl SignIn {
    pub(super) fn basic(username: &str, password: &SecretString) -> Result<Self, SourceError> {
        let pair = format!("{username}:{}", password.expose_secret());
        let encoded = base64::engine::general_purpose::STANDARD.encode(pair);
        Ok(Self::Basic(header(&format!("Basic {encoded}"), "the secret's `username` or `password` cannot be sent")?))
    }

    pub(super) fn bearer(token: &SecretString) -> Result<Self, SourceError> {
        Ok(Self::Bearer(header(
            &format!("Bearer {}", token.expose_secret()),
            "the secret's `patToken` cannot be sent",
        )?))
    }
}

fn header(text: &str, wrong: &str) -> Result<HeaderValue, SourceError> {
    let mut value = HeaderValue::from_str(text)
        .map_err(|_| SourceError::Configuration { message: wrong.to_owned(), code: None })?;
    value.set_sensitive(true);
    Ok(value)
}

impl Ticket {
    /// Where a call to an address of the site goes.
    pub(super) fn address(&self, url: &Url) -> Url {
        self.route.address(url)
    }
}

impl Client {
    /// What the next call is sent with: the token in force, and the host that it is for.
    pub(super) async fn ticket(&self) -> Result<Ticket, ClientError> {
        let (authorization, generation) = match &self.sign_in {
            SignIn::Nobody => (None, 0),
            SignIn::Basic(value) | SignIn::Bearer(value) => (Some(value.clone()), 0),
            SignIn::Rotating(tokens) => {
                let current = tokens.current(&self.stop).await?;
                (Some(current.authorization), current.generation)
            }
        };
        let site = &self.shared.site;
        let route = match (&self.sign_in, site.hosting()) {
            // The gateway knows nobody without a token; the site's own host does.
            (SignIn::Nobody, _) | (_, Hosting::DataCenter) => Route::Direct,
            (SignIn::Rotating(_), Hosting::Cloud) => match site.known_route() {
                Some(route) => route,
                None => return self.granted_ticket().await,
            },
            _ => site.known_route().unwrap_or(Route::Direct),
        };
        Ok(Ticket { authorization, route, generation })
    }

    /// The first ticket of an OAuth 2.0 grant on Cloud, for which the gateway has to be asked where the site is.
    async fn granted_ticket(&self) -> Result<Ticket, ClientError> {
        let SignIn::Rotating(tokens) = &self.sign_in else {
            unreachable!("only grants ask the gateway where a site is")
        };
        let mut current = tokens.current(&self.stop).await?;
        let mut asked = self.shared.site.find_granted(&self.shared.http, &current.authorization).await;
        if matches!(asked, Err(ClientError::Unauthorized { .. }))
            && tokens.renew(current.generation, &self.stop).await?
        {
            current = tokens.current(&self.stop).await?;
            asked = self.shared.site.find_granted(&self.shared.http, &current.authorization).await;
        }
        Ok(Ticket { authorization: Some(current.authorization), route: asked?, generation: current.generation })
    }

    /// The scopes of the grant that calls are made with; `None` if they are made without one, or nobody tells them.
    pub(crate) async fn granted_scopes(&self) -> Result<Option<BTreeSet<String>>, ClientError> {
        if !self.is_rotating() || self.hosting() == Hosting::DataCenter {
            return Ok(None);
        }
        let Some(authorization) = self.ticket().await?.authorization else { return Ok(None) };
        let scopes = self.shared.site.granted_scopes(&self.shared.http, &authorization).await?;
        Ok(Some(scopes).filter(|scopes| !scopes.is_empty()))
    }

    /// After a refusal: true if there is something newer to try it with.
    pub(super) async fn is_renewed_since(&self, ticket: &Ticket) -> Result<bool, ClientError> {
        match &self.sign_in {
            SignIn::Rotating(tokens) => tokens.renew(ticket.generation, &self.stop).await,
            SignIn::Basic(authorization) if self.hosting() == Hosting::Cloud && ticket.route == Route::Direct => {
                // A token with scopes is refused by the site's own host, and taken by the gateway.
                Ok(self.shared.site.find_gateway(&self.shared.http, authorization).await)
            }
            _ => Ok(false),
        }
    }

    /// What a person should look at when the credentials are refused.
    pub(super) fn advice(&self) -> &'static str {
        match (&self.sign_in, self.hosting()) {
            (SignIn::Rotating(_), _) => "run `sangam connect confluence` again to renew the grant",
            (SignIn::Bearer(_), _) => {
                "check the secret's `patToken`, and that the token has not expired or been revoked"
            }
            (_, Hosting::Cloud) => {
                "check the user name and the API token in the secret, and that the token has not expired"
            }
            (_, Hosting::DataCenter) => {
                "check the user name and the password in the secret, and that the site lets them in by Basic authentication"
            }
        }
    }
}
