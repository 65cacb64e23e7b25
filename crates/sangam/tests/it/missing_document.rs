//! *Why not?* of a real server: a document that somebody does not find is named by what they have of it.

use crate::installation::Installation;
use crate::person::Browser;
use crate::search_page::{index, signed_in};

/// What an address is in an address.
fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_document_is_found_by_its_address_or_title_and_by_whom_it_may() {
    let folder = tempfile::tempdir().unwrap();
    let installation = Installation::start(folder.path(), &[("SANGAM_MODEL", "none")]);
    let index = index(&installation, "handbook").await;
    let admin = signed_in(&installation, "admin", "administrator", "").await;
    let auditor = signed_in(&installation, "auditor", "auditor", "").await;
    let explain = async |browser: &Browser, find: &str| {
        let user = encoded("ben@example.com");
        let at = format!("/console/indices/{index}/explain?find={}&document=&user={user}", encoded(find));
        let page = browser.get(&at).await;
        assert_eq!(page.status, 200, "{}", page.html);
        page.html
    };

    // By an address with what browsers add, and by a title; ben may read neither document.
    for find in ["https://wiki.example/adas/#top", "HTTPS://wiki.example/adas?src=mail", "lantern of ada", "adas"] {
        let html = explain(&admin, find).await;
        assert!(html.contains("ben@example.com does not see it."), "{find}: {html}");
        assert!(html.contains("It lets in ada@example.com, and they are none of these."), "{html}");
    }
    let several = explain(&admin, "lantern of").await;
    assert!(several.contains("Which of these?") && several.contains("document=not-bens"), "{several}");
    assert!(!several.contains("<script>alert"), "{several}");
    let nowhere = explain(&admin, "https://wiki.example/nowhere").await;
    assert!(nowhere.contains("No document of this index has this address."), "{nowhere}");
    assert!(!nowhere.contains("does not see it"), "{nowhere}");
    assert!(explain(&admin, "").await.contains("Say which document is meant"), "an empty form is told so");

    // An auditor has an address or an id, and is told no title.
    let html = explain(&auditor, "https://wiki.example/adas").await;
    assert!(html.contains("ben@example.com does not see it.") && !html.contains("lantern of ada"), "{html}");
    let html = explain(&auditor, "lantern").await;
    assert!(html.contains("An auditor reads no titles.") && !html.contains("document=adas"), "{html}");
}
