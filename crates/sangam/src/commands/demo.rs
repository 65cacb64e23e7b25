//! `sangam demo`: a simulated Confluence, the service, a sync, and one question asked as two people.

mod colleagues;
mod key;
mod setup;
mod tell;

use std::net::SocketAddr;

use confluence_sim::Site;
use sangam_secrets::PresetKey;
use sangam_server::sigv4::Credentials;

use self::tell::Demo;
use super::console::{link, web_base};
use super::serve::{arm, told_to_stop};
use crate::app::App;
use crate::client::Client;
use crate::data_dir::DataDir;
use crate::failure::{Exit, Failure};
use crate::output::Output;
use crate::settings::{ClientSettings, Settings};

/// Where the simulated Confluence listens: fixed, because a second start finds it in its data source's configuration.
pub const DEMO_CONFLUENCE: &str = "127.0.0.1:8723";
/// The region of the demo's requests if the settings pin none.
const REGION: &str = "us-east-1";
/// The demo's folder in the data folder, so that it never mixes with anybody's own data.
pub(super) const FOLDER: &str = "demo";

/// Serves the demo until it is told to stop.
pub async fn run(settings: Settings, confluence: SocketAddr, output: &Output) -> Result<Exit, Failure> {
    arm(&settings)?;
    let folder = DataDir::lock(&settings.data_dir.join(FOLDER))?;
    let key = key::of(settings.preset_key.as_ref(), folder.path())?;
    let region = settings.region.clone().unwrap_or_else(|| REGION.to_owned());
    let site = confluence_sim::serve(Site::demo(), confluence).await.map_err(|error| {
        Failure::wrong(anyhow::Error::new(error).context("the simulated Confluence could not start"))
            .hint("is another `sangam demo` running? `--confluence-listen` takes another address")
    })?;
    let preset_key = Some(PresetKey { id: key.id.clone(), secret: key.secret.clone() });
    let settings = Settings { preset_key, ..settings.with_data_dir(folder.path().to_owned()) };
    let app = App::start(&settings, &folder).await.map_err(Failure::failed)?;
    let endpoint = format!("http://{}", app.address());
    let client = Client::new(ClientSettings {
        endpoint: endpoint.parse().map_err(|_| Failure::wrong_input("the listening address makes no URL"))?,
        credentials: Some(Credentials { access_key_id: key.id.clone(), secret: key.secret.clone() }),
        region: region.clone(),
    })?;
    let walked = async {
        let index_id = setup::run(&client, site.base_url(), output).await?;
        let link = link(app.people(), settings.public_url.as_deref(), app.address()).await?;
        let colleagues = colleagues::ready(app.people(), folder.path()).await?;
        let demo = Demo {
            link: &link,
            search_page: &format!("{}/search", web_base(settings.public_url.as_deref(), app.address())),
            colleagues: &colleagues,
            endpoint: &endpoint,
            index_id: &index_id,
            key: &key,
            region: &region,
        };
        tell::run(&client, &demo, output).await
    };
    // Whoever is impatient may stop it at any point: the sync goes on at the next start.
    let walked = tokio::select! {
        walked = walked => Some(walked),
        stopped = told_to_stop() => { stopped?; None }
    };
    match walked {
        Some(Ok(())) => told_to_stop().await?,
        Some(Err(failure)) => {
            app.stop().await;
            return Err(failure);
        }
        None => {}
    }
    app.stop().await;
    site.shutdown().await;
    Ok(Exit::Done)
}
