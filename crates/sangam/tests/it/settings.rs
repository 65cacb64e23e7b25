//! Settings that are wrong stop the program and say all of it.

use std::fs;

use crate::binary::Binary;

#[test]
fn all_mistakes_are_listed_and_the_exit_code_is_one() {
    let binary = Binary::new();
    fs::write(binary.folder().join("sangam.toml"), "lissten = 1\n[confluence]\nmedia_hosts = [1]\n").unwrap();
    let ran = binary.run(&["serve"], &[("SANGAM_QUOTAS", "kendra"), ("SANGAM_SECRETS_KEY", "hunter2")]);
    insta::assert_snapshot!(ran.shown());
}

#[test]
fn a_named_file_must_be_there_and_an_unnamed_one_need_not() {
    let binary = Binary::new();
    for (arguments, env) in [
        (&["keys", "list", "--config", "no.toml"][..], &[][..]),
        (&["keys", "list"][..], &[("SANGAM_CONFIG", "no.toml")][..]),
    ] {
        let ran = binary.run(arguments, env);
        assert_eq!(ran.code, 1, "{}", ran.shown());
        assert!(ran.stderr.contains("`no.toml` cannot be read"), "{}", ran.shown());
    }
    let ran = binary.run(&["keys", "list"], &[("SANGAM_CONFIG", "")]);
    assert!(ran.stderr.contains("there is no data in `./data`"), "{}", ran.shown());
}

#[test]
fn a_file_that_is_no_toml_is_told_by_its_line_alone() {
    let binary = Binary::new();
    fs::write(binary.folder().join("sangam.toml"), "listen = \"127.0.0.1:1\"\nsecret_access_key = \"hunter2\n")
        .unwrap();
    let ran = binary.run(&["serve"], &[]);
    assert!(ran.code == 1 && ran.stderr.contains("line 2"), "{}", ran.shown());
    assert!(!ran.stderr.contains("hunter2"), "{}", ran.shown());
}
