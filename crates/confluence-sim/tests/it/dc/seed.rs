//! A Data Center from a seed, and the bundled sites as Data Centers.

use confluence_sim::{DEMO_QUESTIONS, DcOptions, DcVersion, JsonRpc, Reader, Site};

use super::{As, column, served_as_is};

const SEED: &str = r#"{
    "site": {"baseUrl": "https://wiki.example.com/docs", "dataCenter": {"version": "8.5", "contextPath": "/wiki/", "emails": "masked"}},
    "users": [{"handle": "ada", "name": "Ada"}, {"handle": "uma", "name": "Uma", "canUse": true}],
    "groups": [
        {"name": "all-staff", "access": "user", "groups": ["engineering"]},
        {"name": "engineering", "members": ["ada"]}
    ],
    "credentials": [{"user": "ada", "token": "ada-token"}, {"user": "uma", "token": "uma-token", "seesEverything": true}],
    "spaces": [{"key": "S", "name": "S", "permissions": [{"group": "all-staff"}], "pages": [{"title": "P"}]}]
}"#;

#[tokio::test]
async fn a_seed_can_be_a_data_center() {
    let site = Site::from_json(SEED).unwrap();
    let dc = site.data_center().unwrap();
    assert_eq!((dc.options.version, dc.json_rpc()), (DcVersion::V8_5, JsonRpc::On));
    let sim = served_as_is(site).await;
    assert!(sim.base_url().ends_with("/wiki"));
    let (pages, _) = sim.walk(As::Basic("ada", "ada-token"), "/rest/api/content?spaceKey=S").await;
    assert_eq!(column(&pages, "title"), ["P"], "a licence and a row, both through the group around");
    let space = sim.json_as(As::Bearer("uma-token"), "/rest/api/space/S").await;
    assert_eq!(space["_links"]["base"], "https://wiki.example.com/docs");
}

#[test]
fn mistakes_are_told() {
    let mistake = |from: &str, to: &str| Site::from_json(&SEED.replace(from, to)).unwrap_err().to_string();
    assert!(mistake("\"8.5\"", "\"6.0\"").contains("7.19.30, 8.5.22, 9.2.4, 10.0.3"));
    assert!(mistake("/wiki/", "wiki").contains("slash"));
    assert!(mistake("[\"engineering\"]", "[\"engineers\"]").contains("`engineers`"));
    assert!(
        mistake(", \"dataCenter\": {\"version\": \"8.5\", \"contextPath\": \"/wiki/\", \"emails\": \"masked\"}", "")
            .contains("need site.dataCenter")
    );
}

#[test]
fn the_demo_keeps_its_questions() {
    let site = Site::demo().into_data_center(DcOptions::default());
    for question in DEMO_QUESTIONS {
        let [(first, plain), (second, better)] = question.askers;
        let may = |who: &str, title: &str| {
            let user = site.find_user(who).unwrap();
            site.can_read(Reader::User(&user.account_id), site.find_titled(title).unwrap().id)
        };
        assert!(may(first, plain) && may(second, plain) && may(second, better), "{}", question.text);
        assert!(!may(first, better), "{}", question.text);
    }
    assert!(site.documents().len() >= 220);
}
