//! The web proxy between the source and the site.

use sangam_sync::{SourceError, SyncHost};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::member::{Member, Violations};

/// A web proxy between the source and the site.
#[derive(Debug, Clone)]
pub struct Proxy {
    /// Host name or address.
    pub host: String,
    /// Port, 1–65535.
    pub port: u16,
    /// ARN or name of the secret that the proxy asks for, if it asks for one.
    pub secret_id: Option<String>,
    /// What that secret holds, once it was read.
    pub login: Option<ProxyLogin>,
}

/// How to sign in at a proxy.
#[derive(Debug, Clone)]
pub struct ProxyLogin {
    /// The user name.
    pub user_name: String,
    /// The password.
    pub password: SecretString,
}

impl Proxy {
    /// Reads the secret that the proxy asks for, if there is one.
    ///
    /// # Errors
    /// [`SourceError::Configuration`] if it cannot be read or does not hold a user name and a password.
    pub(crate) async fn sign_in(&mut self, host: &dyn SyncHost) -> Result<(), SourceError> {
        let Some(id) = &self.secret_id else { return Ok(()) };
        let wrong = |message: String| SourceError::Configuration { message, code: None };
        let secret = host.secret(id).await.map_err(|error| wrong(error.to_string()))?;
        let held: Held = serde_json::from_str(secret.expose_secret())
            .map_err(|_| wrong("the proxy's secret must be JSON with `username` and `password`".into()))?;
        self.login = Some(ProxyLogin { user_name: held.username, password: held.password.into() });
        Ok(())
    }
}

/// The secret of a proxy.
#[derive(Deserialize)]
struct Held {
    #[serde(alias = "userName", alias = "user")]
    username: String,
    password: String,
}

/// What a port must be.
const PORT: &str = "be a number from 0 to 65535";

/// Reads `proxyHost` (once `proxyUrl`) and `proxyPort`; empty ones are none.
pub(super) fn parse(more: &Member<'_>, violations: &mut Violations) -> Option<Proxy> {
    let port_member = more.get("proxyPort");
    let port = port(&port_member, violations);
    let host_member = more.get("proxyHost");
    let older_name = more.get("proxyUrl");
    let host_member = if host_member.is_present() { host_member } else { older_name };
    let host = host(&host_member, violations)?;
    match port {
        Some(port) if port > 0 => Some(Proxy { host, port, secret_id: None, login: None }),
        _ => {
            port_member.must("be given with a proxy host", violations);
            None
        }
    }
}

/// Reads `ProxyConfiguration` of the first generation.
pub(super) fn parse_v1(member: &Member<'_>, violations: &mut Violations) -> Option<Proxy> {
    if !member.is_present() || !member.require_object(violations) {
        return None;
    }
    let (host_member, port_member) = (member.get("Host"), member.get("Port"));
    for required in [&host_member, &port_member] {
        if !required.is_present() {
            required.must("be present", violations);
        }
    }
    let host = host(&host_member, violations);
    let port = port(&port_member, violations);
    if port == Some(0) {
        port_member.must("be a number from 1 to 65535", violations);
    }
    let secret_id = member.get("Credentials").filled_string(violations);
    Some(Proxy { host: host?, port: port.filter(|port| *port > 0)?, secret_id, login: None })
}

fn host(member: &Member<'_>, violations: &mut Violations) -> Option<String> {
    let host = member.filled_string(violations)?;
    if host.contains("://") || host.contains('/') {
        member.must("be a host without scheme or path", violations);
        return None;
    }
    Some(host)
}

fn port(member: &Member<'_>, violations: &mut Violations) -> Option<u16> {
    let port = member.number(PORT, violations)?;
    let is_port = port.fract() == 0.0 && (0.0..=65535.0).contains(&port);
    if !is_port {
        member.must(PORT, violations);
    }
    is_port.then_some(port as u16)
}
