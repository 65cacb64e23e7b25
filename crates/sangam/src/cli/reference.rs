//! The reference page of the command line, written from what it accepts.

use std::fmt::Write;

use clap::{Arg, Command, CommandFactory};

use super::Cli;

const HEAD: &str = "\
# Command line

<!-- Written from `crates/sangam/src/cli.rs` and `commands`; `SANGAM_REGENERATE=1 cargo test -p sangam reference` writes it again. -->
";

/// The page, as Markdown.
pub fn reference() -> String {
    let mut root = Cli::command();
    root.build();
    let mut page = HEAD.to_owned();
    section(&mut page, &root, &[]).expect("a string takes all that is written to it");
    page
}

/// One command and those below it. clap's own `help` is left out.
fn section(page: &mut String, command: &Command, above: &[&str]) -> std::fmt::Result {
    let names: Vec<&str> = above.iter().copied().chain([command.get_name()]).collect();
    let name = names.join(" ");
    write!(page, "\n{} `{name}`\n\n", "#".repeat(names.len() + 1))?;
    let about = command.get_long_about().or_else(|| command.get_about());
    writeln!(page, "{}\n", about.map(ToString::to_string).unwrap_or_default())?;
    let usage = command.clone().bin_name(&name).render_usage().to_string();
    writeln!(page, "```text\n{}\n```", usage.trim_start_matches("Usage: "))?;
    let own = |arg: &&Arg| !arg.is_global_set() || above.is_empty();
    let mut arguments = command.get_arguments().filter(own).filter(|arg| !is_claps_own(arg)).peekable();
    if arguments.peek().is_some() {
        writeln!(page)?;
    }
    arguments.try_for_each(|argument| entry(page, argument))?;
    let below = command.get_subcommands().filter(|command| command.get_name() != "help" && !command.is_hide_set());
    below.into_iter().try_for_each(|command| section(page, command, &names))
}

fn is_claps_own(arg: &Arg) -> bool {
    matches!(arg.get_id().as_str(), "help" | "version")
}

fn entry(page: &mut String, argument: &Arg) -> std::fmt::Result {
    let help = argument.get_long_help().or_else(|| argument.get_help());
    let help = help.map(|help| help.to_string().replace("\n\n", " ").replace('\n', " ")).unwrap_or_default();
    write!(page, "- `{argument}`: {}.", help.trim_end_matches('.'))?;
    let takes_value = argument.get_action().takes_values();
    let values: Vec<String> =
        argument.get_possible_values().iter().map(|value| format!("`{}`", value.get_name())).collect();
    if takes_value && !values.is_empty() {
        write!(page, " One of {}.", values.join(", "))?;
    }
    let defaults: Vec<String> =
        argument.get_default_values().iter().map(|value| format!("`{}`", value.display())).collect();
    if takes_value && !defaults.is_empty() && defaults != ["``"] {
        write!(page, " Default: {}.", defaults.join(", "))?;
    }
    writeln!(page)
}

#[cfg(test)]
mod tests {
    use crate::pages;

    #[test]
    fn the_reference_page_of_the_command_line_is_current() {
        pages::assert_current("cli.md", &super::reference());
    }
}
