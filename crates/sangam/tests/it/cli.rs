//! Help, exit codes, streams, and the commands that need no server.

use std::fs::File;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::binary::Binary;

/// A key, so that a client gets as far as the network.
const KEY: [(&str, &str); 2] = [("SANGAM_ACCESS_KEY_ID", "AKIAEXAMPLE"), ("SANGAM_SECRET_ACCESS_KEY", "hunter2")];

#[test]
fn the_short_help_is_one_screen() {
    let ran = Binary::new().run(&["-h"], &[]);
    insta::assert_snapshot!(ran.shown());
}

#[test]
fn a_commands_help_has_a_line_and_a_paragraph_for_each_flag() {
    let ran = Binary::new().run(&["search", "--help"], &[]);
    insta::assert_snapshot!(ran.shown());
}

#[test]
fn wrong_input_is_one_and_goes_to_the_standard_error() {
    let binary = Binary::new();
    for arguments in [
        &["serch"][..],
        &["search", "x"][..],
        &["keys", "create"][..],
        &["search", "x", "--index", "i", "--page", "0"][..],
    ] {
        let ran = binary.run(arguments, &KEY);
        assert!(ran.code == 1 && ran.stdout.is_empty() && !ran.stderr.is_empty(), "{}", ran.shown());
    }
    let ran = binary.run(&["--version"], &[]);
    assert!(ran.code == 0 && ran.stdout.starts_with("sangam ") && ran.stderr.is_empty(), "{}", ran.shown());
}

#[test]
fn without_a_server_the_next_step_is_named_and_the_exit_code_is_two() {
    // Port 1 is privileged and nobody's.
    let env = [KEY[0], KEY[1], ("SANGAM_ENDPOINT", "http://127.0.0.1:1")];
    let ran = Binary::new().run(&["search", "x", "--index", "docs"], &env);
    assert_eq!(ran.code, 2, "{}", ran.shown());
    assert!(ran.stderr.contains("error: `http://127.0.0.1:1/` does not answer"), "{}", ran.shown());
    assert!(ran.stderr.contains("\nhint: start the server"), "{}", ran.shown());
}

#[test]
fn without_a_key_a_client_says_where_one_comes_from() {
    let ran = Binary::new().run(&["secrets", "list"], &[]);
    assert!(ran.code == 1 && ran.stderr.contains("no access key is set"), "{}", ran.shown());
}

#[test]
fn keys_are_made_listed_and_revoked_in_the_data_folder() {
    let binary = Binary::new();
    let made = binary.run(&["keys", "create", "--policy", "query", "--description", "the portal", "--json"], &[]);
    assert_eq!(made.code, 0, "{}", made.shown());
    let made: Value = serde_json::from_str(&made.stdout).unwrap();
    let (id, secret) = (made["AccessKeyId"].as_str().unwrap(), made["SecretAccessKey"].as_str().unwrap());
    assert_eq!((id.len(), secret.len(), &made["Policy"]), (20, 40, &Value::from("query")));

    let listed = binary.run(&["keys", "list"], &[]);
    assert!(listed.stdout.contains(id) && listed.stdout.contains("active  query  the portal"), "{}", listed.shown());
    assert!(!listed.stdout.contains(secret), "{}", listed.shown());

    assert_eq!(binary.run(&["keys", "revoke", id], &[]).code, 0);
    let again = binary.run(&["keys", "revoke", id], &[]);
    assert!(again.code == 1 && again.stderr.contains("that is not revoked"), "{}", again.shown());
    let listed: Value = serde_json::from_str(&binary.run(&["keys", "list", "--json"], &[]).stdout).unwrap();
    assert!(listed[0]["RevokedAt"].is_string(), "{listed}");
}

#[test]
fn a_key_for_an_index_that_is_not_there_is_not_made() {
    let binary = Binary::new();
    let ran = binary.run(&["keys", "create", "--policy", "query", "--index", "docs"], &[]);
    assert!(ran.code == 1 && ran.stderr.contains("index `docs` not found"), "{}", ran.shown());
    assert_eq!(binary.run(&["keys", "list"], &[]).stdout, "");
}

#[test]
fn an_empty_secret_is_refused_before_anything_is_sent() {
    let ran = Binary::new().run(&["secrets", "create", "a"], &KEY);
    assert!(ran.code == 1 && ran.stderr.contains("the value is empty"), "{}", ran.shown());
}

#[test]
fn a_closed_pipe_is_no_error() {
    let binary = Binary::new();
    assert_eq!(binary.run(&["keys", "create", "--policy", "query"], &[]).code, 0);
    // A pipe whose reading end is gone.
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = Command::new(env!("CARGO_BIN_EXE_sangam"))
        .args(["keys", "list", "--json"])
        .env_clear()
        .current_dir(binary.folder())
        .stdin(Stdio::null())
        .stdout(writer)
        .output()
        .unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]));
}

#[test]
fn a_first_start_that_fails_makes_no_key_that_nobody_sees() {
    let binary = Binary::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let ran = binary.run(&["serve"], &[("SANGAM_LISTEN", &address), ("SANGAM_MODEL", "none")]);
    assert!(ran.code == 2 && ran.stderr.contains("could not listen on"), "{}", ran.shown());
    let keys = binary.run(&["keys", "list", "--json"], &[]);
    assert_eq!((keys.code, keys.stdout.trim()), (0, "[]"), "{}", keys.shown());
}

#[test]
fn a_full_disk_is_one() {
    let binary = Binary::new();
    let full = File::options().write(true).open("/dev/full").unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_sangam"))
        .args(["keys", "create", "--policy", "query"])
        .env_clear()
        .current_dir(binary.folder())
        .stdin(Stdio::null())
        .stdout(full)
        .output()
        .unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(2) && told.contains("cannot be written"), "{told}");
}
