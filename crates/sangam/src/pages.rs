//! Proves that the pages under `docs/` which the program writes are what it would write today.

use std::path::Path;

/// The variable that has the tests write the pages instead of comparing them.
const REGENERATE: &str = "SANGAM_REGENERATE";

/// Compares `docs/<name>` with `page`, or writes it if the variable above is set.
pub(crate) fn assert_current(name: &str, page: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(name);
    if std::env::var_os(REGENERATE).is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, page).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(written == page, "docs/{name} is not current: run the tests of `sangam` once with {REGENERATE}=1");
}
