//! The whole service in one process: what knows what, in which order it starts and in which it ends.

mod agenda;
mod extractor;
mod host;
mod jobs;
mod keys;
mod searcher;
mod sync_host;
mod trail;
mod v1;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use sangam_confluence::ConfluenceConnector;
use sangam_console::{Console, ConsoleOptions, Router};
use sangam_embed::{EmbedService, MiniLm};
use sangam_identity::{Clock, Oidc, People};
use sangam_ingest::{IndexRegistry, RegistryOptions};
use sangam_search::{RankingWeights, Searcher};
use sangam_secrets::{AccessKey, AccessKeys, Sealer, Secrets};
use sangam_server::{Limits, Services, Settings as ServerSettings};
use sangam_service::{Seams, Service, ServiceSettings};
use sangam_store::{IndexState, Store, now_ms};
use sangam_sync::{Connector, Scheduler, SyncHost, SyncOptions, SyncService};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::agenda::StoredAgenda;
use self::extractor::extractor;
use self::host::Host;
use self::jobs::SyncJobs;
use self::keys::StoredKeys;
use self::searcher::IndexSearcher;
use self::sync_host::StoredHost;
use self::trail::StoredTrail;
use self::v1::Endpoints;
use crate::data_dir::DataDir;
use crate::settings::{ModelChoice, Settings};

/// Indices listed at once when they are opened at the start.
const INDICES_PAGE: u32 = 100;
/// How often secrets whose recovery window has ended, and sessions, are removed.
const PURGE_EVERY: Duration = Duration::from_hours(1);
/// The policy of the first key and of a preset one.
pub(crate) const ADMIN_POLICY: &str = "\"admin\"";

/// The running service.
pub struct App {
    address: SocketAddr,
    first_key: Option<AccessKey>,
    people: People,
    service: Service,
    sync: Arc<SyncService>,
    indices: Arc<IndexRegistry>,
    store: Store,
    shutdown: CancellationToken,
    tasks: TaskTracker,
}

impl App {
    /// Starts everything and listens; on return requests are answered and jobs that were cut off go on.
    pub async fn start(options: &Settings, folder: &DataDir) -> anyhow::Result<Self> {
        let store = Store::open(&folder.database()).await.context("could not open the state")?;
        let sealer = Sealer::start(options.secrets_key.clone(), &store).await?;
        let keys = AccessKeys::new(store.clone(), sealer.clone());
        let secrets = Secrets::new(store.clone(), sealer);
        let indices = Arc::new(IndexRegistry::new(RegistryOptions {
            folder: folder.indices(),
            store: store.clone(),
            embed: embed_service(&options.model).await?,
            extractor: extractor()?,
        }));
        let connectors: Vec<Arc<dyn Connector>> = vec![Arc::new(ConfluenceConnector::new(options.confluence.clone()))];
        let sync_host: Arc<dyn SyncHost> =
            Arc::new(StoredHost { store: store.clone(), secrets: secrets.clone(), s3_folder: folder.s3() });
        let sync = SyncService::new(SyncOptions {
            store: store.clone(),
            indices: Arc::clone(&indices),
            connectors: connectors.clone(),
            host: Arc::clone(&sync_host),
            policy: options.sync,
        });
        let searcher = Searcher::new(Arc::clone(&indices), RankingWeights::bundled()?);
        let seams = Seams {
            host: Arc::new(Host { indices: Arc::clone(&indices), store: store.clone() }),
            jobs: Arc::new(SyncJobs(Arc::clone(&sync))),
            searcher: Arc::new(IndexSearcher { searcher: searcher.clone(), store: store.clone() }),
            connectors: connectors.clone(),
        };
        let service = Service::new(store.clone(), service_settings(options, folder), seams);
        open_indices(&store, &indices).await?;
        service.resume().await?;
        sync.resume().await?;

        let oidc = options.oidc.clone().map(|provider| Oidc::new(provider, store.clone(), Clock::system()));
        let oidc = oidc.transpose().context("nobody could sign in at the OpenID provider")?;
        let listener = TcpListener::bind(options.listen)
            .await
            .with_context(|| format!("could not listen on `{}`", options.listen))?;
        let address = listener.local_addr()?;
        // Once nothing can fail any more: a start that fails shows no key, and the next one would find a key that nobody ever saw.
        let first_key = keys.start(options.preset_key.as_ref(), ADMIN_POLICY).await?;
        let people = People::new(&store, &Clock::system());
        let endpoints = Endpoints {
            keys: keys.clone(),
            people: people.clone(),
            kendra: Arc::new(service.clone()),
            searcher,
            store: store.clone(),
            indices: Arc::clone(&indices),
            sync: Arc::clone(&sync),
            connectors,
            host: sync_host,
            s3_folder: folder.s3(),
            confluence: options.confluence.clone(),
        };
        let services = Services {
            kendra: Arc::new(service.clone()),
            secrets: Arc::new(secrets.clone()),
            v1: Some(Arc::new(endpoints)),
            trail: Some(Arc::new(StoredTrail(people.clone()))),
            keys: Arc::new(StoredKeys(keys)),
            ready: Arc::new(|| Ok(())),
            clock: Arc::new(jiff::Timestamp::now),
        };
        let app = Self {
            address,
            first_key,
            people: people.clone(),
            service,
            sync,
            indices,
            store,
            shutdown: CancellationToken::new(),
            tasks: TaskTracker::new(),
        };
        let settings = ServerSettings {
            account_id: options.account_id.clone(),
            region: options.region.clone(),
            limits: Limits { max_body_bytes: options.max_body_bytes, ..Limits::default() },
            trusted_proxies: options.trusted_proxies.clone(),
        };
        let server = sangam_server::App::new(services, settings);
        let console = Console::new(ConsoleOptions {
            app: Arc::clone(&server),
            people: people.clone(),
            public_url: options.public_url.clone(),
            oidc,
        });
        app.serve(listener, server, sangam_console::router(console));
        app.purge_sessions(people);
        app.purge_secrets(secrets);
        app.schedule();
        Ok(app)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The key that this first start made, to be shown once.
    pub fn first_key(&self) -> Option<&AccessKey> {
        self.first_key.as_ref()
    }

    /// Who may sign in, and who has.
    pub fn people(&self) -> &People {
        &self.people
    }

    /// Ends everything in order: requests under way finish, jobs stop where they are and go on after the next start.
    pub async fn stop(self) {
        self.shutdown.cancel();
        self.tasks.close();
        self.tasks.wait().await;
        self.sync.shut_down().await;
        self.service.finish().await;
        self.indices.close_all().await;
        self.store.close().await;
    }

    fn serve(&self, listener: TcpListener, app: Arc<sangam_server::App>, pages: Router) {
        let shutdown = self.shutdown.clone();
        self.tasks.spawn(async move {
            if let Err(error) = sangam_server::serve(listener, app, pages, shutdown).await {
                tracing::warn!(%error, "the server did not drain");
            }
        });
    }

    fn schedule(&self) {
        let agenda = Arc::new(StoredAgenda(self.store.clone()));
        let scheduler = Scheduler::new(Arc::clone(&self.sync), agenda, now_ms());
        self.tasks.spawn(scheduler.run(self.shutdown.clone()));
    }

    fn purge_sessions(&self, people: People) {
        let shutdown = self.shutdown.clone();
        self.tasks.spawn(async move {
            loop {
                if let Err(error) = people.sessions.purge_due().await {
                    tracing::error!(%error, "sessions that have ended were not removed");
                }
                tokio::select! {
                    () = shutdown.cancelled() => return,
                    () = tokio::time::sleep(PURGE_EVERY) => {}
                }
            }
        });
    }

    fn purge_secrets(&self, secrets: Secrets) {
        let shutdown = self.shutdown.clone();
        self.tasks.spawn(async move {
            loop {
                if let Err(error) = secrets.purge_due(now_ms()).await {
                    tracing::error!(%error, "secrets whose recovery window has ended were not removed");
                }
                tokio::select! {
                    () = shutdown.cancelled() => return,
                    () = tokio::time::sleep(PURGE_EVERY) => {}
                }
            }
        });
    }
}

fn service_settings(options: &Settings, folder: &DataDir) -> ServiceSettings {
    ServiceSettings { no_user_context: options.no_user_context, quotas: options.quotas, s3_folder: folder.s3() }
}

/// Loads the model and starts its threads.
async fn embed_service(model: &ModelChoice) -> anyhow::Result<Option<Arc<EmbedService>>> {
    let model = model.clone();
    let load = move || match model {
        ModelChoice::None => Ok(None),
        ModelChoice::Bundled => MiniLm::bundled().map(Some),
        ModelChoice::Folder(folder) => MiniLm::from_folder(&folder).map(Some),
    };
    let Some(model) = tokio::task::spawn_blocking(load).await?? else {
        tracing::warn!("no model is set: questions are answered by their words only");
        return Ok(None);
    };
    Ok(Some(Arc::new(EmbedService::start(Arc::new(model))?)))
}

/// Opens every index that is in use.
async fn open_indices(store: &Store, indices: &IndexRegistry) -> anyhow::Result<()> {
    let mut after: Option<(i64, String)> = None;
    loop {
        let page = store.indices(after.as_ref().map(|(at, id)| (*at, id.as_str())), INDICES_PAGE).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = Some((last.created_at, last.id.clone()));
        for index in page.iter().filter(|index| index.state == IndexState::Active) {
            indices.open(&index.id).await.with_context(|| format!("could not open index `{}`", index.id))?;
        }
    }
}
