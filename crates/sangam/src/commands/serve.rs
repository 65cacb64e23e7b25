//! `sangam serve`: the whole service until it is told to stop.

use anyhow::Context;
use sangam_secrets::AccessKey;
use secrecy::ExposeSecret;
use serde_json::json;

use super::console::link;
use crate::app::App;
use crate::data_dir::DataDir;
use crate::failure::{Exit, Failure};
use crate::output::Output;
use crate::settings::Settings;

/// Serves until SIGINT or SIGTERM, then ends in order.
pub async fn run(settings: Settings, output: &Output) -> Result<Exit, Failure> {
    arm(&settings)?;
    let folder = DataDir::lock(&settings.data_dir)?;
    let app = App::start(&settings, &folder).await.map_err(Failure::failed)?;
    if let Some(key) = app.first_key() {
        show_key(key, output)?;
        let url = link(app.people(), settings.public_url.as_deref(), app.address()).await?;
        show_link(&url, output)?;
    }
    let address = app.address();
    tracing::info!(%address, "serving on http://{address}");
    told_to_stop().await.map_err(Failure::failed)?;
    tracing::info!("stopping: requests under way finish first");
    app.stop().await;
    Ok(Exit::Done)
}

/// Arms the place where a kill test wants the process to die.
pub(super) fn arm(settings: &Settings) -> Result<(), Failure> {
    match &settings.abort_at {
        Some(place) => sangam_store::failpoint::arm(place).map_err(Failure::wrong_input),
        None => Ok(()),
    }
}

/// The one time that a first key is shown.
fn show_key(key: &AccessKey, output: &Output) -> Result<(), Failure> {
    let secret = key.secret.expose_secret();
    if output.is_json() {
        return output.json(&json!({ "access_key_id": key.id, "secret_access_key": secret }));
    }
    output.line("The first access key of this installation. It may do everything, and is shown only now:")?;
    output.line(format!("  export SANGAM_ACCESS_KEY_ID={}", key.id))?;
    output.line(format!("  export SANGAM_SECRET_ACCESS_KEY={secret}"))
}

/// The way into the console at the first start.
fn show_link(url: &str, output: &Output) -> Result<(), Failure> {
    if output.is_json() {
        return output.json(&json!({ "console_url": url }));
    }
    output.line("The console, for an administrator, once within 15 minutes (`sangam console` prints another link):")?;
    output.line(format!("  {url}"))
}

/// Returns once the process is asked to end.
pub(super) async fn told_to_stop() -> anyhow::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate()).context("could not listen for SIGTERM")?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted.context("could not listen for SIGINT"),
        _ = terminate.recv() => Ok(()),
    }
}
