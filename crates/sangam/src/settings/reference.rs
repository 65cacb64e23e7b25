//! The reference page of the settings, written from the table.

use std::fmt::Write;

use super::declared::{Audience, Fallback, Info};
use super::table;

const HEAD: &str = "\
# Settings

<!-- Written from `crates/sangam/src/settings/table.rs`; `SANGAM_REGENERATE=1 cargo test -p sangam reference` writes it again. -->

Settings come from `sangam.toml` in the working directory (or the file that `--config` or `SANGAM_CONFIG` names) and from environment variables, which win. A variable that is empty counts as not set. \
Each setting has one name in the file and one in the environment, where two underscores stand for the dot of a table:

```toml
listen = \"127.0.0.1:8722\"
data_dir = \"./data\"

[confluence]
media_hosts = [\"files.example.com\"]   # or SANGAM_CONFLUENCE__MEDIA_HOSTS=files.example.com
```

A name that is no setting, or a value that is not accepted, stops the program with exit code 1 and a list of all such mistakes. Values of secrets are never shown.
";

/// The page, as Markdown.
pub fn reference() -> String {
    let mut page = HEAD.to_owned();
    for info in table::ALL.into_iter().filter(|info| !info.is_hidden) {
        section(&mut page, info).expect("a string takes all that is written to it");
    }
    page
}

fn section(page: &mut String, info: &Info) -> std::fmt::Result {
    write!(page, "\n## `{}`\n\n{}\n\n", info.key, info.doc)?;
    writeln!(page, "- Environment: `{}`", info.env_name())?;
    writeln!(page, "- Accepted: {}", info.accepts)?;
    match info.fallback {
        Fallback::Value(value) => writeln!(page, "- Default: `{value}`")?,
        Fallback::Absent(meaning) => writeln!(page, "- Without it: {meaning}")?,
    }
    let readers = match info.audience {
        Audience::Server => "the server",
        Audience::Client => "the commands that speak to a server",
        Audience::Both => "the server, and the commands that speak to one",
    };
    writeln!(page, "- Read by: {readers}")?;
    writeln!(page, "- Since: {}", info.since)
}

#[cfg(test)]
mod tests {
    use crate::pages;

    #[test]
    fn the_reference_page_of_the_settings_is_current() {
        pages::assert_current("settings.md", &super::reference());
    }
}
