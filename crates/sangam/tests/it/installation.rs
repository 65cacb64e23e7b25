//! A server of one's own: the binary as users start it, over a temporary folder, and a client that may do everything.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use sangam::client::Client;
use sangam::settings::ClientSettings;
use sangam_api::Sensitive;
use sangam_api::kendra::{
    CreateDataSourceRequest, CreateDataSourceResponse, CreateIndexRequest, CreateIndexResponse,
    DataSourceConfiguration, DataSourceSyncJob, DataSourceType, KendraRequest, ListDataSourceSyncJobsRequest,
    ListDataSourceSyncJobsResponse, QueryRequest, QueryResult, StartDataSourceSyncJobRequest,
    StartDataSourceSyncJobResponse, TemplateConfiguration, UserContext,
};
use sangam_api::secretsmanager::{CreateSecretRequest, CreateSecretResponse, SecretsRequest};
use sangam_server::sigv4::Credentials;
use serde_json::json;

pub(crate) const KEY_ID: &str = "AKIATESTTESTTESTTEST";
pub(crate) const KEY_SECRET: &str = "a-secret-that-only-this-test-knows-0001";
const ROLE: &str = "arn:aws:iam::000000000000:role/test";
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
        let request = CreateIndexRequest {
            name: "test".into(),
            role_arn: ROLE.into(),
            client_token: Some("index".into()),
            ..CreateIndexRequest::default()
        };
        let created: CreateIndexResponse =
            self.client.kendra(&KendraRequest::CreateIndex(Box::new(request))).await.unwrap();
        created.id.unwrap()
    }

    /// Stores the crawler's secret and makes a data source of the site at `site_url`.
    pub(crate) async fn create_data_source(
        &self,
        index_id: &str,
        site_url: &str,
        crawler: &str,
        token: &str,
    ) -> String {
        let secret = json!({ "username": crawler, "password": token }).to_string();
        let request = CreateSecretRequest {
            name: "confluence".into(),
            client_request_token: Some("a-token-that-is-long-enough-to-be-one".into()),
            secret_string: Some(Sensitive::from(secret)),
            ..CreateSecretRequest::default()
        };
        let stored: CreateSecretResponse =
            self.client.secrets(&SecretsRequest::CreateSecret(Box::new(request))).await.unwrap();
        let entity = || json!({ "fieldMappings": [] });
        let template = json!({
            "type": "CONFLUENCEV2", "syncMode": "FULL_CRAWL", "secretArn": stored.arn,
            "connectionConfiguration": {
                "repositoryEndpointMetadata": { "type": "SAAS", "hostUrl": site_url, "authType": "Basic" }
            },
            "repositoryConfigurations": {
                "space": entity(), "page": entity(), "blog": entity(), "comment": entity(), "attachment": entity()
            },
            "additionalProperties": { "isCrawlArchivedSpace": true, "isCrawlArchivedPage": true, "isCrawlPersonalSpace": true }
        });
        let request = CreateDataSourceRequest {
            name: "site".into(),
            index_id: index_id.into(),
            r#type: DataSourceType::Template,
            configuration: Some(DataSourceConfiguration {
                template_configuration: Some(TemplateConfiguration { template: Some(template) }),
                ..DataSourceConfiguration::default()
            }),
            vpc_configuration: None,
            description: None,
            schedule: None,
            role_arn: Some(ROLE.into()),
            tags: None,
            client_token: Some("source".into()),
            language_code: None,
            custom_document_enrichment_configuration: None,
        };
        let created: CreateDataSourceResponse =
            self.client.kendra(&KendraRequest::CreateDataSource(Box::new(request))).await.unwrap();
        created.id
    }

    pub(crate) async fn start_job(&self, index_id: &str, data_source_id: &str) -> String {
        let request = StartDataSourceSyncJobRequest { id: data_source_id.into(), index_id: index_id.into() };
        let started: StartDataSourceSyncJobResponse =
            self.client.kendra(&KendraRequest::StartDataSourceSyncJob(Box::new(request))).await.unwrap();
        started.execution_id.unwrap()
    }

    pub(crate) async fn jobs(&self, index_id: &str, data_source_id: &str) -> Vec<DataSourceSyncJob> {
        let request = ListDataSourceSyncJobsRequest {
            id: data_source_id.into(),
            index_id: index_id.into(),
            ..ListDataSourceSyncJobsRequest::default()
        };
        let request = KendraRequest::ListDataSourceSyncJobs(Box::new(request));
        let listed: ListDataSourceSyncJobsResponse = self.client.kendra(&request).await.unwrap();
        listed.history.unwrap_or_default()
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
