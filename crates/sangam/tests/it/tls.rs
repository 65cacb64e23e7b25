//! A site behind TLS whose certificate comes from an authority of its own: believed if the data source or the operator names it, and
//! never otherwise.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use sangam_api::kendra::{DataSourceSyncJob, DataSourceSyncJobStatus, DataSourceType};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use crate::data_center;
use crate::installation::Installation;

/// The host that the certificate is for.
const HOST: &str = "localhost";
/// The same machine by a name that the certificate does not have.
const OTHER_HOST: &str = "127.0.0.1";

/// Ends TLS in front of a site, as a reverse proxy does.
struct Front {
    port: u16,
    /// The authority of its certificate, in PEM.
    authority: String,
    task: JoinHandle<()>,
}

impl Drop for Front {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Front {
    async fn start(site: SocketAddr) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let key = KeyPair::generate().unwrap();
        let authority = params.self_signed(&key).unwrap().pem();
        let issuer = Issuer::new(params, key);
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new(vec![HOST.to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], PrivateKeyDer::Pkcs8(key.serialize_der().into()))
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind((OTHER_HOST, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let task = tokio::spawn(async move {
            let mut connections = tokio::task::JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                connections.spawn(pass(acceptor.clone(), client, site));
            }
        });
        Self { port, authority, task }
    }
}

/// One connection, until either side ends it; a client that does not believe the certificate ends it at once.
async fn pass(acceptor: TlsAcceptor, client: TcpStream, site: SocketAddr) {
    let Ok(mut client) = acceptor.accept(client).await else { return };
    let Ok(mut server) = TcpStream::connect(site).await else { return };
    let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
}

/// A template for the site at `host`, with the file of its authority if that is named.
fn template(host: &str, port: u16, secret_arn: &str, authority: Option<&str>) -> Value {
    let mut template = json!({
        "type": "CONFLUENCEV2",
        "syncMode": "FULL_CRAWL",
        "secretArn": secret_arn,
        "connectionConfiguration": { "repositoryEndpointMetadata": {
            "type": "ON_PREM", "hostUrl": format!("https://{host}:{port}/confluence"), "authType": "Basic" } },
        "repositoryConfigurations": { "page": { "fieldMappings": [] }, "attachment": { "fieldMappings": [] } },
        "additionalProperties": { "isCrawlAcl": true }
    });
    if let Some(key) = authority {
        template["sslCertificatePath"] = json!({ "bucket": "certificates", "key": key });
    }
    template
}

/// Makes a data source of `template`, syncs it and returns how that ended.
async fn synced(server: &Installation, index_id: &str, name: &str, template: &Value) -> DataSourceSyncJob {
    let configuration = json!({ "TemplateConfiguration": { "Template": template } });
    let source = server.create_data_source_of(index_id, name, DataSourceType::Template, configuration).await;
    server.start_job(index_id, &source).await;
    server.ended(index_id, &source).await
}

fn put(folder: &Path, key: &str, text: &str) {
    let bucket = folder.join("data/s3/certificates");
    std::fs::create_dir_all(&bucket).unwrap();
    std::fs::write(bucket.join(key), text).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_with_an_authority_of_its_own_is_believed_only_with_it_and_only_by_its_name() {
    let sim = confluence_sim::serve(data_center::site(), ([127, 0, 0, 1], 0).into()).await.unwrap();
    let front = Front::start(sim.addr()).await;
    let stranger = Front::start(sim.addr()).await;
    let folder = tempfile::tempdir().unwrap();
    // What lets plain HTTP be used must not weaken TLS.
    let settings = [("SANGAM_MODEL", "none"), ("SANGAM_CONFLUENCE__ALLOW_INSECURE_HTTP", "true")];
    let server = Installation::start(folder.path(), &settings);
    put(folder.path(), "ours.pem", &front.authority);
    put(folder.path(), "strangers.pem", &stranger.authority);
    put(folder.path(), "both.pem", &format!("{}{}", stranger.authority, front.authority));
    let index_id = server.create_index().await;
    let (username, password) = data_center::CRAWLER;
    let arn = server.create_secret("wiki", &json!({ "username": username, "password": password })).await;

    for (name, key) in [("ours", "ours.pem"), ("both", "both.pem")] {
        let job = synced(&server, &index_id, name, &template(HOST, front.port, &arn, Some(key))).await;
        assert_eq!(job.status, Some(DataSourceSyncJobStatus::Succeeded), "{:?}", job.error_message);
        assert!(job.metrics.unwrap().documents_added.unwrap().parse::<u32>().unwrap() > 0);
    }
    let n_calls = sim.n_calls();
    for (name, host, key, told) in [
        ("without", HOST, None, "sslCertificatePath"),
        ("strangers", HOST, Some("strangers.pem"), "sslCertificatePath"),
        ("other-name", OTHER_HOST, Some("ours.pem"), "is for another host"),
    ] {
        let job = synced(&server, &index_id, name, &template(host, front.port, &arn, key)).await;
        let message = job.error_message.unwrap_or_default();
        assert_eq!(job.status, Some(DataSourceSyncJobStatus::Failed), "{name}: {message}");
        assert!(message.contains("certificate") && message.contains(told), "{name}: {message}");
        assert!(!message.contains(password), "{name}: {message}");
    }
    assert_eq!(sim.n_calls(), n_calls, "no call, and so no password, went through a connection that is not believed");

    // The operator's own file does the same for all data sources.
    let (folder, file) = (tempfile::tempdir().unwrap(), folder.path().join("data/s3/certificates/ours.pem"));
    let settings = [("SANGAM_MODEL", "none"), ("SANGAM_CONFLUENCE__CA_FILE", file.to_str().unwrap())];
    let server = Installation::start(folder.path(), &settings);
    let arn = server.create_secret("wiki", &json!({ "username": username, "password": password })).await;
    let body = json!({ "configuration": template(HOST, front.port, &arn, None) });
    let told = server.client.v1("connections/test", &body).await.unwrap();
    assert_eq!(told["connected"], true, "{told}");
    sim.shutdown().await;
}
