//! `sangam console`: a one-time link to the console, in the data folder itself, so that a lost password never locks anybody out.

use std::net::SocketAddr;

use sangam_identity::{Clock, People, Role};
use sangam_store::Store;
use secrecy::ExposeSecret;
use serde_json::json;

use super::demo;
use crate::data_dir::DataDir;
use crate::failure::{Exit, Failure};
use crate::output::Output;
use crate::settings::Settings;

/// Makes a link and prints it.
pub(super) async fn run(settings: &Settings, output: &Output) -> Result<Exit, Failure> {
    // No lock: links are made beside a running server, and the database takes turns.
    let folder = DataDir::existing(&settings.data_dir).or_else(|missing| {
        // Whoever tries the demo means its folder.
        DataDir::existing(&settings.data_dir.join(demo::FOLDER)).map_err(|_| missing)
    })?;
    let store = Store::open(&folder.database()).await?;
    let made = link(&People::new(&store, &Clock::system()), settings.public_url.as_deref(), settings.listen).await;
    store.close().await;
    let url = made?;
    if output.is_json() {
        output.json(&json!({ "url": url }))?;
    } else {
        output.line(url)?;
        output.talk("the link signs an administrator in, once, within 15 minutes");
    }
    Ok(Exit::Done)
}

/// A link for an administrator, at the address under which browsers reach the server.
pub(super) async fn link(people: &People, public_url: Option<&str>, listen: SocketAddr) -> Result<String, Failure> {
    let token = people.links.make(Role::Administrator).await.map_err(Failure::failed)?;
    Ok(format!("{}/sign-in/link?token={}", web_base(public_url, listen), token.expose_secret()))
}

/// The address under which browsers reach the server, without a slash at its end.
pub(super) fn web_base(public_url: Option<&str>, listen: SocketAddr) -> String {
    public_url.map_or_else(|| format!("http://{listen}"), |url| url.trim_end_matches('/').to_owned())
}
