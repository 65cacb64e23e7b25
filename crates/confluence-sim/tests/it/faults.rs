//! Things that go wrong on purpose, seen by a client.

use std::time::Duration;

use confluence_sim::{Fault, Site};

use crate::client::{get, served};

const PATH: &str = "/wiki/api/v2/spaces";

#[tokio::test]
async fn each_fault_looks_like_the_real_thing() {
    let sim = served(Site::acme()).await;
    sim.set_faults(|info| match info.nth_of_endpoint {
        1 => Some(Fault::Status(503)),
        2 => Some(Fault::RateLimited { retry_after: Some(Duration::from_secs(5)) }),
        3 => Some(Fault::RateLimited { retry_after: None }),
        4 => Some(Fault::HtmlLogin),
        _ => None,
    });
    let broken = get(&sim, PATH).await;
    assert_eq!((broken.status, broken.header("content-type")), (503, "text/html;charset=UTF-8"));
    let limited = get(&sim, PATH).await;
    assert_eq!((limited.status, limited.header("retry-after")), (429, "5"));
    assert_eq!(limited.header("ratelimit-reason"), "burst");
    let limited = get(&sim, PATH).await;
    assert_eq!((limited.status, limited.header("retry-after")), (429, ""));
    let login = get(&sim, PATH).await;
    assert_eq!((login.status, login.header("content-type")), (200, "text/html;charset=UTF-8"));
    assert_eq!(get(&sim, PATH).await.json()["results"].as_array().unwrap().len(), 5);
}

#[tokio::test]
async fn a_truncated_body_breaks_off() {
    let sim = served(Site::acme()).await;
    sim.set_faults(|_| Some(Fault::TruncatedBody));
    let url = format!("{}{PATH}", sim.base_url());
    let request = reqwest::Client::new().get(url).basic_auth("search-crawler@acme.example", Some("crawler-token"));
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert!(response.bytes().await.is_err());
}

#[tokio::test]
async fn a_stalled_call_ends_with_the_server() {
    let sim = served(Site::acme()).await;
    sim.set_faults(|_| Some(Fault::Stall));
    let url = format!("{}{PATH}", sim.base_url());
    let call = tokio::spawn(reqwest::Client::new().get(url).send());
    while sim.n_calls() == 0 {
        tokio::task::yield_now().await;
    }
    assert!(!call.is_finished());
    sim.handle.shutdown().await;
    // Whatever it gets, it gets something.
    let _ = call.await.unwrap();
}

#[tokio::test]
async fn calls_are_counted_by_endpoint() {
    let sim = served(Site::acme()).await;
    get(&sim, "/wiki/api/v2/pages/65802").await;
    get(&sim, "/wiki/api/v2/pages/65801").await;
    get(&sim, PATH).await;
    assert_eq!(sim.calls().get("/wiki/api/v2/pages/{id}"), Some(&2));
    assert_eq!(sim.n_calls(), 3);
    sim.reset_calls();
    assert!(sim.calls().is_empty());
}

#[tokio::test]
async fn latency_is_added_to_every_call() {
    let sim = served(Site::acme()).await;
    sim.set_latency_ms(40);
    let before = std::time::Instant::now();
    get(&sim, PATH).await;
    assert!(before.elapsed() >= Duration::from_millis(40));
}

#[tokio::test]
async fn unknown_paths_and_removed_endpoints_differ() {
    let sim = served(Site::acme()).await;
    assert_eq!(get(&sim, "/wiki/api/v2/nonsense").await.status, 404);
    assert_eq!(get(&sim, "/wiki/rest/api/nonsense").await.status, 404);
    for path in [
        "content",
        "content/65802",
        "content/65802/child/page",
        "content/65802/label",
        "space",
        "space/ENG",
        "group/member",
    ] {
        assert_eq!(get(&sim, &format!("/wiki/rest/api/{path}")).await.status, 410, "{path}");
    }
}
