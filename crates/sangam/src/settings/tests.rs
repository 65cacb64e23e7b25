//! From sources to settings, and from mistakes to messages.

use std::ffi::OsString;
use std::path::Path;

use super::*;

fn sources(file: &str, env: &[(&str, &str)]) -> Sources {
    let mut sources = Sources::default();
    sources.add_file(Path::new("sangam.toml"), file);
    sources.add_env(env.iter().map(|(name, value)| (OsString::from(name), OsString::from(value))));
    sources
}

fn server(file: &str, env: &[(&str, &str)]) -> Result<Settings, Mistakes> {
    Settings::new(sources(file, env))
}

fn message(file: &str, env: &[(&str, &str)]) -> String {
    server(file, env).unwrap_err().to_string()
}

#[test]
fn without_sources_everything_has_its_default() {
    let settings = server("", &[]).unwrap();
    assert_eq!(settings.listen.to_string(), "127.0.0.1:8722");
    assert_eq!(settings.data_dir, Path::new("./data"));
    assert_eq!(settings.account_id, "000000000000");
    assert_eq!(settings.max_body_bytes, 72 * 1024 * 1024);
    assert_eq!(settings.secrets_key, KeySource::File("./data/secrets.key".into()));
    assert_eq!(settings.model, ModelChoice::Bundled);
    assert_eq!(settings.no_user_context, NoUserContext::Public);
    assert_eq!(format!("{:?}", settings.confluence), format!("{:?}", ConfluenceSettings::default()));
    assert!(settings.preset_key.is_none() && settings.region.is_none() && settings.abort_at.is_none());
}

#[test]
fn the_environment_wins_over_the_file_and_an_empty_variable_is_none() {
    let file =
        "listen = \"0.0.0.0:80\"\nregion = \"eu-west-1\"\n[confluence]\nmedia_hosts = [\"a.example\", \"b.example\"]";
    let settings = server(file, &[("SANGAM_LISTEN", "127.0.0.1:1"), ("SANGAM_REGION", "")]).unwrap();
    assert_eq!(settings.listen.to_string(), "127.0.0.1:1");
    assert_eq!(settings.region.as_deref(), Some("eu-west-1"));
    assert_eq!(settings.confluence.media_hosts, ["a.example", "b.example"]);
    let settings = server(file, &[("SANGAM_CONFLUENCE__MEDIA_HOSTS", "c.example:8443")]).unwrap();
    assert_eq!(settings.confluence.media_hosts, ["c.example:8443"]);
}

#[test]
fn the_sealing_key_follows_the_data_folder() {
    let settings = server("data_dir = \"/srv/sangam\"", &[]).unwrap();
    assert_eq!(settings.secrets_key, KeySource::File("/srv/sangam/secrets.key".into()));
    let settings = settings.with_data_dir("/srv/demo".into());
    assert_eq!(settings.secrets_key, KeySource::File("/srv/demo/secrets.key".into()));
    let settings = server("secrets_key = \"env:A_KEY\"", &[]).unwrap().with_data_dir("/srv/demo".into());
    assert_eq!(settings.secrets_key, KeySource::Env("A_KEY".into()));
}

#[test]
fn all_mistakes_are_told_at_once() {
    let file = "lisen = \"x\"\ndata_dir = 1.5\nquotas = \"kendra\"\n[confluence]\napi_uri = \"x\"\n[cluster]\nsize = 3";
    let env = [("SANGAM_LISTEN", "8722"), ("SANGAM_DATADIR", "x"), ("SANGAM_CONFIG", "x"), ("PATH", "x")];
    insta::assert_snapshot!(message(file, &env), @r"
    the settings have 7 mistakes
      `cluster` in `sangam.toml` is not a setting
      `confluence.api_uri` in `sangam.toml` is not a setting: did you mean `confluence.api_url`?
      `data_dir` in `sangam.toml` is `float`: accepted is the path of a folder
      `lisen` in `sangam.toml` is not a setting: did you mean `listen`?
      `SANGAM_DATADIR` is not a setting: did you mean `SANGAM_DATA_DIR`?
      `SANGAM_LISTEN` is `8722`: accepted is an IP address and a port, such as `127.0.0.1:8722` or `[::]:8722`
      `quotas` in `sangam.toml` is `kendra`: accepted is `off`
    ");
}

#[test]
fn a_preset_key_is_both_halves_or_neither() {
    let env = [("SANGAM_ACCESS_KEY_ID", "AKIAEXAMPLE"), ("SANGAM_SECRET_ACCESS_KEY", "hunter2")];
    let key = server("", &env).unwrap().preset_key.unwrap();
    assert_eq!((key.id.as_str(), key.secret.expose_secret()), ("AKIAEXAMPLE", "hunter2"));
    assert!(message("", &env[..1]).contains("without its secret"));
    assert!(message("", &env[1..]).contains("`SANGAM_SECRET_ACCESS_KEY` is set without `SANGAM_ACCESS_KEY_ID`"));
}

#[test]
fn the_secret_may_come_from_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secret");
    fs::write(&path, "hunter2\n").unwrap();
    let path = path.to_str().unwrap();
    let env = [("SANGAM_ACCESS_KEY_ID", "AKIAEXAMPLE"), ("SANGAM_SECRET_ACCESS_KEY_FILE", path)];
    assert_eq!(server("", &env).unwrap().preset_key.unwrap().secret.expose_secret(), "hunter2");

    let both = [env[0], env[1], ("SANGAM_SECRET_ACCESS_KEY", "other")];
    assert!(message("", &both).contains("are both set"), "{}", message("", &both));
    fs::write(path, "\n").unwrap();
    assert!(message("", &env).contains("is empty"));
    fs::remove_file(path).unwrap();
    assert!(message("", &env).contains("cannot be read"));
}

#[test]
fn no_message_and_no_debug_shows_a_secret() {
    let env = [
        ("SANGAM_ACCESS_KEY_ID", "not a key id"),
        ("SANGAM_SECRET_ACCESS_KEY", "hunter2"),
        ("SANGAM_SECRETS_KEY", "hunter2hunter2hunter2"),
        ("SANGAM_SECRET_ACCESS_KEY_FILE", "hunter2"),
    ];
    let told = message("secret_access_key = { value = \"hunter2\" }", &env);
    assert!(!told.contains("hunter2") && told.contains("SANGAM_SECRETS_KEY"), "{told}");
    let told = message("secret_access_key = \"hunter2\" \"hunter2\"", &[]);
    assert!(!told.contains("hunter2") && told.contains("line 1"), "{told}");

    let env = [
        ("SANGAM_ACCESS_KEY_ID", "AKIA"),
        ("SANGAM_SECRET_ACCESS_KEY", "hunter2"),
        ("SANGAM_SECRETS_KEY", "command:echo hunter2"),
    ];
    let shown = format!("{:?} {:?} {:?}", sources("", &env), server("", &env), ClientSettings::new(sources("", &env)));
    assert!(shown.contains("AKIA") && !shown.contains("hunter2"), "{shown}");
}

#[test]
fn a_client_signs_with_our_key_or_with_awss() {
    let aws = [("AWS_ACCESS_KEY_ID", "AKIAAWS"), ("AWS_SECRET_ACCESS_KEY", "b")];
    let ours = [aws[0], aws[1], ("SANGAM_ACCESS_KEY_ID", "AKIAOURS"), ("SANGAM_SECRET_ACCESS_KEY", "a")];
    let id =
        |env: &[(&str, &str)]| ClientSettings::new(sources("", env)).unwrap().credentials.map(|key| key.access_key_id);
    assert_eq!(id(&aws).as_deref(), Some("AKIAAWS"));
    assert_eq!(id(&ours).as_deref(), Some("AKIAOURS"));
    assert_eq!(id(&aws[..1]), None);
    // The server takes no key from AWS's variables: they belong to somebody else's account.
    assert!(server("", &aws).unwrap().preset_key.is_none());
}

#[test]
fn a_client_does_not_mind_the_servers_values_but_minds_unknown_names() {
    let settings =
        ClientSettings::new(sources("listen = \"x\"", &[("SANGAM_ENDPOINT", "https://search.example")])).unwrap();
    assert_eq!(settings.endpoint.as_str(), "https://search.example/");
    assert_eq!(settings.region, "us-east-1");
    let told = ClientSettings::new(sources("", &[("SANGAM_ENDPIONT", "x")])).unwrap_err().to_string();
    assert!(told.contains("did you mean `SANGAM_ENDPOINT`?"), "{told}");
}

#[test]
fn a_provider_needs_the_address_that_it_sends_browsers_back_to() {
    let env = [
        ("SANGAM_OIDC_ISSUER", "https://id.example.com/realms/a"),
        ("SANGAM_OIDC_CLIENT_ID", "sangam"),
        ("SANGAM_PUBLIC_URL", "https://search.example.com"),
        ("SANGAM_OIDC_CLIENT_SECRET", "hunter2"),
        ("SANGAM_OIDC_ALLOWED_EMAIL_DOMAINS", "Example.com, example.org"),
    ];
    let oidc = server("", &env).unwrap().oidc.unwrap();
    assert_eq!(oidc.redirect_url, "https://search.example.com/sign-in/callback");
    assert_eq!((oidc.user_claim.as_str(), oidc.use_groups), ("email", false));
    assert_eq!(oidc.scopes, ["openid", "email", "profile"]);
    assert_eq!(oidc.allowed_email_domains, ["example.com", "example.org"]);
    assert!(!format!("{:?}", server("", &env)).contains("hunter2"));

    let told = message("", &env[..1]);
    assert!(told.contains("`SANGAM_OIDC_ISSUER` is set without `SANGAM_PUBLIC_URL`"), "{told}");
    assert!(told.contains("without `SANGAM_OIDC_CLIENT_ID`"), "{told}");
    let told = message("oidc_administrators_group = \"admins\"", &[]);
    assert!(told.contains("`oidc_administrators_group` is set without `SANGAM_OIDC_ISSUER`"), "{told}");
    let told = message("", &[("SANGAM_OIDC_ISSUER", "http://id.example.com"), env[1], env[2]]);
    assert!(told.contains("`SANGAM_OIDC_ISSUER` is `http://id.example.com`"), "{told}");
    assert!(server("", &[]).unwrap().oidc.is_none());
}
