//! Sign-in by OpenID Connect: the good way, and what belongs to the browser.

use std::time::Duration;

use reqwest::Url;
use sangam_identity::{
    BrowserBinding, Callback, Finished, Oidc, OidcError, OidcSettings, ReaderGap, Role, SIGN_IN_AGE_MAX,
};
use serde_json::{Value, json};

use crate::provider::Provider;
use crate::world::{World, origin};

/// A provider, an installation that signs in there, and a browser.
pub(crate) struct SignIn {
    pub(crate) world: World,
    pub(crate) provider: Provider,
    pub(crate) oidc: Oidc,
    pub(crate) binding: BrowserBinding,
}

impl SignIn {
    pub(crate) async fn new() -> Self {
        Self::with(|_| ()).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut OidcSettings)) -> Self {
        let (world, provider) = (World::new().await, Provider::start().await);
        let mut settings = provider.settings();
        change(&mut settings);
        let oidc = Oidc::new(settings, world.store.clone(), world.clock.clone()).unwrap();
        Self { world, provider, oidc, binding: BrowserBinding::generate() }
    }

    /// Goes to the provider and comes back.
    pub(crate) async fn come_back(&self) -> Callback {
        let address = self.oidc.begin("/search?q=x", &self.binding).await.unwrap();
        self.provider.authorize(&address)
    }

    /// Goes to the provider, comes back and is signed in.
    pub(crate) async fn sign_in(&self) -> Result<Finished, OidcError> {
        let callback = self.come_back().await;
        self.oidc.finish(&callback, &self.binding).await
    }
}

#[tokio::test]
async fn a_person_comes_back_as_the_provider_says() {
    let it = SignIn::new().await;
    let finished = it.sign_in().await.unwrap();
    let identity = &finished.identity;
    assert_eq!(identity.subject, format!("oidc:{}|42", it.provider.issuer()));
    assert_eq!((identity.name.as_str(), identity.role), ("Ada Lovelace", Role::Searcher));
    assert_eq!(identity.reader.user_id.as_deref(), Some("ada@example.com"));
    assert!(identity.reader.groups.is_empty() && finished.gap.is_none());
    assert_eq!(finished.return_to, "/search?q=x");
    assert_eq!(it.provider.n_asked("userinfo"), 0, "nothing was lacking");
    it.sign_in().await.unwrap();
    assert_eq!((it.provider.n_asked("discovery"), it.provider.n_asked("keys")), (1, 1), "remembered");
    let signed_in = it.world.people.start(finished.identity, &origin(1)).await.unwrap();
    assert!(signed_in.identity.account().is_none());
}

#[tokio::test]
async fn the_address_asks_for_a_code_bound_to_this_sign_in() {
    let it = SignIn::new().await;
    let address = it.oidc.begin("//evil.example", &it.binding).await.unwrap();
    let url = Url::parse(&address).unwrap();
    let value = |name: &str| url.query_pairs().find(|(found, _)| found == name).map(|(_, value)| value.into_owned());
    for (name, expected) in [
        ("tenant", "1"),
        ("response_type", "code"),
        ("client_id", "sangam"),
        ("redirect_uri", "https://search.example/sign-in/callback"),
        ("scope", "openid email profile"),
        ("code_challenge_method", "S256"),
    ] {
        assert_eq!(value(name).as_deref(), Some(expected), "{name}");
    }
    assert!(!address.contains(it.binding.expose()), "the cookie's value stays in the browser");
    let second = Url::parse(&it.oidc.begin("/", &it.binding).await.unwrap()).unwrap();
    for name in ["state", "nonce", "code_challenge"] {
        let again = second.query_pairs().find(|(found, _)| found == name).map(|(_, value)| value.into_owned());
        assert_ne!(again, value(name), "{name}");
    }
    let finished = it.oidc.finish(&it.provider.authorize(&address), &it.binding).await.unwrap();
    assert_eq!(finished.return_to, "/", "never to another host");
    assert!(it.oidc.finish(&it.provider.authorize(second.as_str()), &it.binding).await.is_ok(), "two tabs");
}

#[tokio::test]
async fn a_state_is_good_once_for_its_browser_and_in_its_time() {
    let it = SignIn::new().await;
    let callback = it.come_back().await;
    let other = BrowserBinding::generate();
    assert!(matches!(it.oidc.finish(&callback, &other).await, Err(OidcError::OtherBrowser)));
    it.oidc.finish(&callback, &it.binding).await.unwrap();
    assert!(matches!(it.oidc.finish(&callback, &it.binding).await, Err(OidcError::UnknownState)), "replayed");
    let callback = it.come_back().await;
    let mut tampered = callback.state.clone();
    tampered.replace_range(..1, if tampered.starts_with('A') { "B" } else { "A" });
    for state in [tampered, String::new(), "x".repeat(100_000), callback.state[1..].to_owned()] {
        let tampered = Callback { state, ..callback.clone() };
        assert!(matches!(it.oidc.finish(&tampered, &it.binding).await, Err(OidcError::UnknownState)));
    }
    it.world.pass(SIGN_IN_AGE_MAX);
    assert!(matches!(it.oidc.finish(&callback, &it.binding).await, Err(OidcError::UnknownState)), "too late");
    assert_eq!(it.provider.n_asked("token"), 1, "no code was shown to the provider");
}

#[tokio::test]
async fn a_code_is_of_use_to_its_sign_in_only() {
    let it = SignIn::new().await;
    let (mine, stolen) = (it.come_back().await, it.come_back().await);
    let mixed = Callback { code: stolen.code.clone(), ..mine };
    let refused = it.oidc.finish(&mixed, &it.binding).await.unwrap_err();
    assert_eq!(refused.to_string(), "the provider does not accept what it is shown: `invalid_grant`");
    let replayed = Callback { code: stolen.code.clone(), ..it.come_back().await };
    let refused = it.oidc.finish(&replayed, &it.binding).await;
    assert!(matches!(refused, Err(OidcError::Exchange { .. })), "the provider gave that one out already");
    for code in [None, Some(String::new()), Some("x".repeat(5000))] {
        let without = Callback { code, ..it.come_back().await };
        assert!(matches!(it.oidc.finish(&without, &it.binding).await, Err(OidcError::Answer { .. })));
    }
}

#[tokio::test]
async fn a_refusal_is_told_in_the_providers_word_and_uses_the_sign_in_up() {
    let it = SignIn::new().await;
    let callback = it.come_back().await;
    let error = Some("access_denied<script>".to_owned());
    let refusal = Callback { error, code: None, ..callback.clone() };
    let refused = it.oidc.finish(&refusal, &it.binding).await.unwrap_err();
    assert_eq!(refused.to_string(), "the provider refused the sign-in: `access_deniedscript`");
    assert!(matches!(it.oidc.finish(&callback, &it.binding).await, Err(OidcError::UnknownState)));
}

#[tokio::test]
async fn a_callback_of_another_issuer_is_refused() {
    let it = SignIn::new().await;
    let mixed = Callback { issuer: Some("https://evil.example".into()), ..it.come_back().await };
    assert!(matches!(it.oidc.finish(&mixed, &it.binding).await, Err(OidcError::Answer { what: "callback", .. })));
    let named = Callback { issuer: Some(it.provider.issuer().to_owned()), ..it.come_back().await };
    assert!(it.oidc.finish(&named, &it.binding).await.is_ok());
    it.provider.behave(|it| {
        it.discovery.insert("authorization_response_iss_parameter_supported".into(), true.into());
    });
    it.world.pass(Duration::from_hours(2));
    let silent = it.sign_in().await;
    assert!(matches!(silent, Err(OidcError::Answer { what: "callback", .. })), "who says that it tells must tell");
}

#[tokio::test]
async fn who_is_not_found_reads_what_is_public() {
    let cases: [(Value, ReaderGap); 4] = [
        (json!({ "email_verified": false }), ReaderGap::EmailUnverified),
        (json!({ "email_verified": "true" }), ReaderGap::EmailUnverified),
        (json!({ "email": "ada@evil.example" }), ReaderGap::DomainNotAllowed),
        (json!({ "email": null, "email_verified": null }), ReaderGap::NoClaim),
    ];
    let it = SignIn::with(|settings| settings.use_groups = true).await;
    for (claims, gap) in cases {
        it.provider.behave(|it| {
            it.claims.extend(claims.as_object().unwrap().clone());
            it.claims.insert("groups".into(), json!(["staff"]));
        });
        let finished = it.sign_in().await.unwrap();
        assert_eq!(finished.gap, Some(gap));
        assert_eq!((finished.identity.reader.user_id, finished.identity.reader.groups.len()), (None, 0));
        it.provider.behave(|it| {
            it.claims.insert("email".into(), json!("ada@example.com"));
            it.claims.insert("email_verified".into(), json!(true));
        });
    }
}

#[tokio::test]
async fn groups_give_roles_and_lacking_one_gives_none() {
    let it = SignIn::with(|settings| {
        settings.administrators_group = Some("admins".into());
        settings.auditors_group = Some("auditors".into());
    })
    .await;
    let role = async |groups: Value| {
        it.provider.behave(|it| drop(it.claims.insert("groups".into(), groups)));
        it.sign_in().await.unwrap().identity.role
    };
    assert_eq!(role(json!(["staff", "admins"])).await, Role::Administrator);
    assert_eq!(role(json!(["auditors"])).await, Role::Auditor);
    for none in [json!(["staff"]), json!([]), Value::Null] {
        assert_eq!(role(none).await, Role::Searcher);
    }
}

#[tokio::test]
async fn what_the_token_lacks_is_read_from_userinfo_about_the_same_person() {
    let it = SignIn::with(|settings| settings.use_groups = true).await;
    it.provider.behave(|it| {
        it.claims.insert("email".into(), Value::Null);
        it.userinfo = json!({ "email": "ada@example.com", "email_verified": true, "groups": ["staff"] })
            .as_object()
            .unwrap()
            .clone();
    });
    let reader = it.sign_in().await.unwrap().identity.reader;
    assert_eq!((reader.user_id.as_deref(), reader.groups), (Some("ada@example.com"), vec!["staff".to_owned()]));
    for other in [json!("43"), json!(42), Value::Null] {
        it.provider.behave(|it| drop(it.userinfo.insert("sub".into(), other)));
        let refused = it.sign_in().await.unwrap_err();
        assert_eq!(refused.to_string(), "the provider's userinfo answer cannot be used: it is about somebody else");
    }
}

#[tokio::test]
async fn a_secret_goes_into_the_form_where_the_provider_wants_it_there() {
    let it = SignIn::new().await;
    it.provider.behave(|it| {
        it.discovery.insert("token_endpoint_auth_methods_supported".into(), json!(["client_secret_post"]));
    });
    it.sign_in().await.unwrap();
    let wrong = SignIn::with(|settings| settings.client_secret = Some("guess".into())).await;
    let refused = wrong.sign_in().await.unwrap_err();
    assert_eq!(refused.to_string(), "the provider does not accept what it is shown: `invalid_client`");
}

#[tokio::test]
async fn signing_out_goes_by_the_provider_if_it_has_a_place_for_it() {
    let it = SignIn::new().await;
    let finished = it.sign_in().await.unwrap();
    let url = it.oidc.end_session_url(Some(&finished.id_token_hint), "https://search.example/").await.unwrap().unwrap();
    assert!(url.starts_with(&format!("{}/end?id_token_hint=ey", it.provider.issuer())), "{url}");
    assert!(url.ends_with("&client_id=sangam&post_logout_redirect_uri=https%3A%2F%2Fsearch.example%2F"), "{url}");
    it.provider.behave(|it| drop(it.discovery.insert("end_session_endpoint".into(), Value::Null)));
    it.world.pass(Duration::from_hours(2));
    assert_eq!(it.oidc.end_session_url(None, "https://search.example/").await.unwrap(), None);
}
