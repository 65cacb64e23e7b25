//! A server of one's own: the binary as users start it, over a temporary folder, and a client that may do everything.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use sangam::client::Client;
use sangam::provision::{self, CrawledSite};
use sangam::settings::ClientSettings;
use sangam_api::Sensitive;
use sangam_api::kendra::{
    CreateDataSourceRequest, CreateDataSourceResponse, DataSourceSyncJob, DataSourceType, KendraRequest, QueryRequest,
    QueryResult, UserContext,
};
use sangam_api::secretsmanager::{CreateSecretRequest, CreateSecretResponse, SecretsRequest};
use sangam_server::sigv4::Credentials;
use serde_json::json;

pub(crate) const KEY_ID: &str = "AKIATESTTESTTESTTEST";
pub(crate) const KEY_SECRET: &str = "a-secret-that-only-this-test-knows-0001";
/// Longer than any step takes on a busy machine; a test that needs it has failed.
pub(crate) const PATIENCE: Duration = Duration::from_secs(90);

/// A running server; killed when dropped.
pub(crate) struct Installation {
    child: Child,
    pub(crate) endpoint: String,
    pub(crate) client: Client,
}

impl Installation {
    /// Starts `sangam serve` over `folder` with further settings, and waits until it serves.
    pub(crate) fn start(folder: &Path, settings: &[(&str, &str)]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_sangam"))
            .arg("serve")
            .current_dir(folder)
            .env_clear()
            .env("SANGAM_LISTEN", "127.0.0.1:0")
            .env("SANGAM_DATA_DIR", folder.join("data"))
            .env("SANGAM_ACCESS_KEY_ID", KEY_ID)
            .env("SANGAM_SECRET_ACCESS_KEY", KEY_SECRET)
            .envs(settings.iter().copied())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (sender, receiver) = std::sync::mpsc::channel();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        // Ends with the process; reading on keeps its pipe from filling.
        std::thread::spawn(move || {
            for line in stderr.lines().map_while(Result::ok) {
                if let Some((_, rest)) = line.split_once("serving on ") {
                    let end = rest.find(['"', ' ']).unwrap_or(rest.len());
                    sender.send(rest[..end].to_owned()).ok();
                }
                if std::env::var_os("SANGAM_TEST_LOG").is_some() {
                    eprintln!("{line}");
                }
            }
        });
        let endpoint = receiver.recv_timeout(PATIENCE).expect("the server serves");
        let credentials = Credentials { access_key_id: KEY_ID.into(), secret: KEY_SECRET.to_owned().into() };
        let client = Client::new(ClientSettings {
            endpoint: endpoint.parse().unwrap(),
            credentials: Some(credentials),
            region: "us-east-1".into(),
        });
        Self { child, endpoint, client: client.unwrap() }
    }

    /// Waits until the process has died by itself.
    pub(crate) async fn dies(&mut self) -> bool {
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            if self.child.try_wait().unwrap().is_some() {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        false
    }

    /// True while the process has not ended.
    pub(crate) fn is_alive(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Ends the process at once, as a power cut would.
    pub(crate) fn kill(&mut self) {
        self.child.kill().ok();
        self.child.wait().unwrap();
    }

    /// The process's id.
    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }

    /// Asks the process to end, and returns how it did.
    pub(crate) fn terminate(&mut self) -> ExitStatus {
        assert!(Command::new("kill").arg(self.child.id().to_string()).status().unwrap().success());
        self.child.wait().unwrap()
    }

    pub(crate) async fn create_index(&self) -> String {
        provision::create_index(&self.client, "test").await.unwrap()
    }

    /// Stores the crawler's secret and makes a data source of everything on the site.
    pub(crate) async fn create_data_source(&self, index_id: &str, url: &str, crawler: &str, token: &str) -> String {
        let everything =
            json!({ "isCrawlArchivedSpace": true, "isCrawlArchivedPage": true, "isCrawlPersonalSpace": true });
        let site = CrawledSite { url, crawler, token, maps_fields: false };
        provision::create_source(&self.client, index_id, "site", site, &everything).await.unwrap()
    }

    /// Stores a secret; returns its ARN.
    pub(crate) async fn create_secret(&self, name: &str, members: &serde_json::Value) -> String {
        let request = CreateSecretRequest {
            name: name.into(),
            client_request_token: Some(uuid::Uuid::new_v4().to_string()),
            secret_string: Some(Sensitive::from(members.to_string())),
            ..CreateSecretRequest::default()
        };
        let request = SecretsRequest::CreateSecret(Box::new(request));
        self.client.secrets::<CreateSecretResponse>(&request).await.unwrap().arn.unwrap()
    }

    /// Makes a data source with a configuration as the API has it; returns its id.
    pub(crate) async fn create_data_source_of(
        &self,
        index_id: &str,
        name: &str,
        r#type: DataSourceType,
        configuration: serde_json::Value,
    ) -> String {
        let request = CreateDataSourceRequest {
            name: name.into(),
            index_id: index_id.into(),
            r#type,
            configuration: Some(serde_json::from_value(configuration).unwrap()),
            vpc_configuration: None,
            description: None,
            schedule: None,
            role_arn: Some("arn:aws:iam::000000000000:role/sangam".into()),
            tags: None,
            client_token: None,
            language_code: None,
            custom_document_enrichment_configuration: None,
        };
        let request = KendraRequest::CreateDataSource(Box::new(request));
        self.client.kendra::<CreateDataSourceResponse>(&request).await.unwrap().id
    }

    pub(crate) async fn start_job(&self, index_id: &str, data_source_id: &str) -> String {
        provision::start_job(&self.client, index_id, data_source_id).await.unwrap()
    }

    pub(crate) async fn jobs(&self, index_id: &str, data_source_id: &str) -> Vec<DataSourceSyncJob> {
        provision::jobs(&self.client, index_id, data_source_id).await.unwrap()
    }

    /// Waits until the newest job has ended.
    pub(crate) async fn ended(&self, index_id: &str, data_source_id: &str) -> DataSourceSyncJob {
        let waiting = async {
            loop {
                let job = self.jobs(index_id, data_source_id).await.into_iter().next().unwrap();
                if job.end_time.is_some() {
                    return job;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(PATIENCE, waiting).await.expect("the job ends")
    }

    /// Ids of what `user` finds for `text`, best first; `None` names nobody.
    pub(crate) async fn found(&self, index_id: &str, user: Option<&str>, text: &str) -> Vec<String> {
        let request = QueryRequest {
            index_id: index_id.into(),
            query_text: Some(text.into()),
            user_context: user.map(|user| UserContext { user_id: Some(user.into()), ..UserContext::default() }),
            page_size: Some(100),
            ..QueryRequest::default()
        };
        let answer: QueryResult = self.client.kendra(&KendraRequest::Query(Box::new(request))).await.unwrap();
        let items = answer.result_items.unwrap_or_default();
        items.into_iter().filter_map(|item| item.document_id).collect()
    }
}

impl Drop for Installation {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
