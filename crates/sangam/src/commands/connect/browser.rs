//! Opens an address in the person's browser, where there is one: the command in `BROWSER`, else the desktop's own.

use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};

use reqwest::Url;

/// Commands for a browser, several apart by `:`; `%s` stands for the address, which otherwise comes last.
const BROWSER: &str = "BROWSER";
/// A desktop has one of these; without, `xdg-open` would start a browser in the terminal.
const DISPLAYS: [&str; 2] = ["DISPLAY", "WAYLAND_DISPLAY"];
/// Variables with our keys begin with these, and a browser has no business with them.
const OURS: [&str; 2] = ["SANGAM_", "AWS_"];

/// A browser that was started, or the command that hands the address to one.
pub(super) struct Opened(Child);

impl Drop for Opened {
    fn drop(&mut self) {
        // Whoever hands over has ended; a browser that stays open is the person's.
        let _ = self.0.try_wait();
    }
}

/// Opens `address`; `None` if there is no browser, or none that starts.
pub(super) fn open(address: &Url) -> Option<Opened> {
    let env = |name: &str| std::env::var(name).ok().filter(|value| !value.trim().is_empty());
    commands(env, address.as_str()).iter().find_map(|words| start(words)).map(Opened)
}

/// What to try, in this order: words, of which the first is the program.
fn commands(env: impl Fn(&str) -> Option<String>, address: &str) -> Vec<Vec<String>> {
    if let Some(browsers) = env(BROWSER) {
        return browsers.split(':').map(|browser| with_address(browser, address)).filter(|it| it.len() > 1).collect();
    }
    let opener = if cfg!(target_os = "macos") {
        "open"
    } else if DISPLAYS.iter().any(|name| env(name).is_some()) {
        "xdg-open"
    } else {
        return Vec::new();
    };
    vec![with_address(opener, address)]
}

/// The words of a command; no shell sees them.
fn with_address(command: &str, address: &str) -> Vec<String> {
    let mut words: Vec<String> = command.split_whitespace().map(|word| word.replace("%s", address)).collect();
    if !words.is_empty() && !command.contains("%s") {
        words.push(address.to_owned());
    }
    words
}

fn start(words: &[String]) -> Option<Child> {
    let (program, arguments) = words.split_first()?;
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        if OURS.iter().any(|prefix| name.to_string_lossy().starts_with(prefix)) {
            command.env_remove(name);
        }
    }
    // In a group of its own: interrupting us must not close the person's browser.
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
    command.spawn().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tried(env: &[(&str, &str)]) -> Vec<String> {
        let of = |name: &str| env.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        commands(of, "https://x.example/a?b=c%20d").iter().map(|words| words.join(" ")).collect()
    }

    #[test]
    fn the_persons_own_browser_comes_first_and_without_a_desktop_there_is_none() {
        let address = "https://x.example/a?b=c%20d";
        assert_eq!(tried(&[("BROWSER", "firefox"), ("DISPLAY", ":0")]), [format!("firefox {address}")]);
        assert_eq!(
            tried(&[("BROWSER", "a --new %s --quiet::b")]),
            [format!("a --new {address} --quiet"), format!("b {address}")]
        );
        if cfg!(target_os = "macos") {
            return;
        }
        assert_eq!(tried(&[]), [""; 0]);
        for display in DISPLAYS {
            assert_eq!(tried(&[(display, ":0")]), [format!("xdg-open {address}")]);
        }
    }

    #[test]
    fn a_program_that_is_not_there_starts_nothing() {
        assert!(start(&["/nowhere/browser".to_owned(), "https://x.example".to_owned()]).is_none());
        assert!(start(&[]).is_none());
    }
}
