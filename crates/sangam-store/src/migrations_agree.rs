//! Both engines' migrations make the same tables: what differs is a column's type, where SQLite and PostgreSQL name it differently.

/// The statements without comments, types named alike, white space folded.
fn folded(sql: &str) -> String {
    let code = sql.lines().map(|line| line.split("--").next().unwrap_or_default());
    let code = code.collect::<Vec<_>>().join(" ");
    let code = code
        .replace("BYTEA", "BLOB")
        .replace("BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY", "INTEGER PRIMARY KEY AUTOINCREMENT");
    code.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_two_folders_hold_the_same_tables() {
    let names = |folder: &str| {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(folder);
        let mut files: Vec<_> = std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        files
    };
    let (sqlite, postgres) = (names("sqlite"), names("postgres"));
    assert_eq!(sqlite.len(), postgres.len());
    for (one, other) in sqlite.iter().zip(&postgres) {
        assert_eq!(one.file_name(), other.file_name());
        let read = |path: &std::path::Path| folded(&std::fs::read_to_string(path).unwrap());
        assert_eq!(read(one), read(other), "{}", one.display());
    }
}
