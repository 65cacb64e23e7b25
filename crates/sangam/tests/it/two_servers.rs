//! Two servers that need the same rotating token at once: it is refreshed once, and neither loses the grant.
//!
//! A data folder lets one server in, so these have a folder each and share what a refresh touches: the database, by a link, and the key
//! that seals secrets. Nothing else is shown to work for two servers over one database, and nothing else is promised.

use std::os::unix::fs::{DirBuilderExt, symlink};
use std::time::Duration;

use confluence_sim::{Fault, OAuthApp, Site};
use sangam_api::secretsmanager::{GetSecretValueRequest, GetSecretValueResponse, SecretsRequest};
use sangam_confluence::oauth::CLOUD_SCOPES;
use serde_json::{Value, json};

use crate::installation::Installation;

/// How often the token ends and both ask for the next.
const N_ROTATIONS: u64 = 5;
/// The same on a machine so busy that the two seldom meet.
const N_ROTATIONS_MAX: u64 = 20;
/// How long these calls take: time enough for the other process to find its token expired as well.
const CALL_TAKES: Duration = Duration::from_millis(600);
/// The first call of a connection test, made with whatever token the secret held.
const FIRST_CALL: &str = "/oauth/token/accessible-resources";
/// How often a test makes that call with a token that is good: for the site, and for the scopes.
const ANSWERED_OF_A_TEST: u64 = 2;

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_that_refresh_at_once_refresh_once() {
    let sim = confluence_sim::serve(Site::demo(), ([127, 0, 0, 1], 0).into()).await.unwrap();
    let account = sim.site().read().credentials()[0].account_id.clone();
    let app = ("app", "app-secret");
    sim.oauth().register(OAuthApp {
        client_id: app.0.into(),
        client_secret: app.1.into(),
        redirect_uris: vec!["http://127.0.0.1:8723/callback".into()],
    });
    sim.oauth().set_refresh_ends_access(true);
    let pair = sim.oauth().mint(app.0, &account, &CLOUD_SCOPES);
    // Slow enough that both are under way with the old token, also where one of the processes starts late.
    sim.set_faults(|request| {
        let is_slow = ["/oauth/token", FIRST_CALL].contains(&request.endpoint.as_str());
        is_slow.then_some(Fault::Slow(CALL_TAKES))
    });

    let (folder, other_folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (data, other_data) = (folder.path().join("data"), other_folder.path().join("data"));
    let key = format!("file:{}", data.join("secrets.key").display());
    let settings = [
        ("SANGAM_MODEL", "none"),
        ("SANGAM_CONFLUENCE__AUTH_URL", sim.base_url()),
        ("SANGAM_CONFLUENCE__API_URL", sim.base_url()),
        ("SANGAM_SECRETS_KEY", key.as_str()),
    ];
    // The first makes the key where it makes its folder.
    let one = Installation::start(folder.path(), &settings[..3]);
    std::fs::DirBuilder::new().mode(0o700).create(&other_data).unwrap();
    symlink(data.join("sangam.db"), other_data.join("sangam.db")).unwrap();
    let other = Installation::start(other_folder.path(), &settings);
    assert_ne!(one.process(), other.process());

    let members = json!({
        "confluenceAppKey": app.0,
        "confluenceAppSecret": app.1,
        "confluenceAccessToken": pair.access_token,
        "confluenceRefreshToken": pair.refresh_token,
    });
    let arn = one.create_secret("wiki", &members).await;
    let body = json!({ "configuration": template(sim.base_url(), &arn) });
    let mut n_contended = 0;
    for rotation in 1..=N_ROTATIONS_MAX {
        if rotation > N_ROTATIONS && n_contended > 0 {
            break;
        }
        sim.oauth().advance(Duration::from_hours(2));
        sim.reset_calls();
        let (one_told, other_told) =
            tokio::join!(one.client.v1("connections/test", &body), other.client.v1("connections/test", &body));
        for told in [one_told.unwrap(), other_told.unwrap()] {
            assert_eq!(told["connected"], true, "rotation {rotation}: {told}");
        }
        assert_eq!((sim.oauth().n_refreshes(), sim.oauth().n_refused()), (rotation, 0), "rotation {rotation}");
        // Both were refused with the old token, and called again with the new one.
        n_contended += u64::from(sim.calls()[FIRST_CALL] == 2 * (ANSWERED_OF_A_TEST + 1));
        let (stored, current) = (stored(&one, &arn).await, sim.oauth().current(app.0, &account).unwrap());
        assert_eq!(stored["confluenceAccessToken"], current.access_token.as_str());
        assert_eq!(stored["confluenceRefreshToken"], current.refresh_token.unwrap().as_str());
    }
    assert!(n_contended > 0, "the processes never needed the token at once, so nothing was shown");
    sim.shutdown().await;
}

fn template(site: &str, secret_arn: &str) -> Value {
    json!({
        "type": "CONFLUENCEV2",
        "syncMode": "FULL_CRAWL",
        "secretArn": secret_arn,
        "connectionConfiguration": {
            "repositoryEndpointMetadata": { "type": "SAAS", "hostUrl": site, "authType": "OAuth2" }
        },
        "repositoryConfigurations": { "page": { "fieldMappings": [] } },
        "additionalProperties": {}
    })
}

async fn stored(server: &Installation, arn: &str) -> Value {
    let request = GetSecretValueRequest { secret_id: arn.into(), ..GetSecretValueRequest::default() };
    let request = SecretsRequest::GetSecretValue(Box::new(request));
    let value: GetSecretValueResponse = server.client.secrets(&request).await.unwrap();
    serde_json::from_str(value.secret_string.unwrap().expose()).unwrap()
}
