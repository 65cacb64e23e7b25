//! Whose secret a connection test sends where: none to a host that its caller may name freely.

use sangam::client::Client;
use sangam::settings::ClientSettings;
use sangam_api::kendra::DataSourceType;
use sangam_server::sigv4::Credentials;
use serde_json::{Value, json};

use crate::data_center;
use crate::served::Served;

/// The only action of a key that tests connections, and reads no secret.
const TESTER: &str = "sangam:TestConnection";

fn template(url: &str, secret_arn: &str) -> Value {
    json!({
        "type": "CONFLUENCEV2",
        "syncMode": "FULL_CRAWL",
        "secretArn": secret_arn,
        "connectionConfiguration": {
            "repositoryEndpointMetadata": { "type": "ON_PREM", "hostUrl": url, "authType": "Personal-token" }
        },
        "repositoryConfigurations": { "page": { "fieldMappings": [] } },
        "additionalProperties": {}
    })
}

/// A client with a new key for this action.
fn client_with(served: &Served, action: &str) -> Client {
    let data = served.binary.folder().join("data");
    let env = [("SANGAM_DATA_DIR", data.to_str().unwrap())];
    let arguments = ["keys", "create", "--action", action, "--description", "a tester", "--json"];
    let made = served.binary.run(&arguments, &env);
    assert_eq!(made.code, 0, "{}", made.shown());
    let made: Value = serde_json::from_str(&made.stdout).unwrap();
    let text = |name: &str| made[name].as_str().unwrap().to_owned();
    let credentials = Credentials { access_key_id: text("AccessKeyId"), secret: text("SecretAccessKey").into() };
    let endpoint = served.installation.endpoint.parse().unwrap();
    Client::new(ClientSettings { endpoint, credentials: Some(credentials), region: "us-east-1".into() }).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_carries_a_secret_only_to_where_it_is_for_or_used_unless_its_caller_may_read_it() {
    let ours = confluence_sim::serve(data_center::site(), ([127, 0, 0, 1], 0).into()).await.unwrap();
    let theirs = confluence_sim::serve(data_center::site(), ([127, 0, 0, 1], 0).into()).await.unwrap();
    let served = Served::start();
    let (admin, tester) = (&served.installation.client, client_with(&served, TESTER));
    let token = data_center::CRAWLER.1;
    let free = served.installation.create_secret("free", &json!({ "patToken": token })).await;
    let bound = json!({ "patToken": token, "hostUrl": ours.base_url() });
    let bound = served.installation.create_secret("bound", &bound).await;
    let tested = async |client: &Client, url: &str, secret: &str| {
        let body = json!({ "configuration": template(url, secret) });
        client.v1("connections/test", &body).await.map(|told| told["connected"] == true)
    };

    for url in [ours.base_url(), theirs.base_url()] {
        let refused = tested(&tester, url, &free).await.unwrap_err();
        assert!(refused.to_string().contains("hostUrl"), "{refused}");
    }
    assert_eq!(ours.n_calls() + theirs.n_calls(), 0, "nothing was sent");
    assert!(tested(&tester, ours.base_url(), &bound).await.unwrap());
    assert!(!tested(&tester, theirs.base_url(), &bound).await.unwrap(), "another host than the secret's own");
    assert_eq!(theirs.n_calls(), 0);
    assert!(tested(admin, theirs.base_url(), &free).await.unwrap(), "who may read it may send it");

    // A data source uses the secret with our site, so testing that tells the site nothing new.
    let index_id = served.installation.create_index().await;
    let configuration = json!({ "TemplateConfiguration": { "Template": template(ours.base_url(), &free) } });
    served.installation.create_data_source_of(&index_id, "wiki", DataSourceType::Template, configuration).await;
    theirs.reset_calls();
    assert!(tested(&tester, ours.base_url(), &free).await.unwrap());
    assert!(tested(&tester, theirs.base_url(), &free).await.is_err());
    assert_eq!(theirs.n_calls(), 0);
    theirs.shutdown().await;
    ours.shutdown().await;
}
