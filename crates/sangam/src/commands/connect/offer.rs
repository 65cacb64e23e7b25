//! Which index the data source is made in, if nobody said.

use super::ask::Ask;
use crate::client::Client;
use crate::commands::resolve::{self, Named};
use crate::failure::Failure;
use crate::output::{Output, printable};

/// The answer that makes no data source.
const NONE: &str = "none, only keep the secret";

/// Asks for the index; returns its id, or `None` if there is nobody to ask, no index, or the answer is none.
pub(super) async fn index(client: &Client, ask: &mut Ask, output: &Output) -> Result<Option<String>, Failure> {
    let indices = match resolve::indices(client).await {
        Ok(indices) => indices,
        // A key may store secrets and list nothing: what was asked for is done.
        Err(failure) => {
            output.talk(format!("the indices cannot be listed, so no data source is made: {failure}"));
            return Ok(None);
        }
    };
    if indices.is_empty() {
        output.talk("there is no index to make a data source in: create one, and run the command again with `--index`");
        return Ok(None);
    }
    if !ask.is_terminal() {
        let names = resolve::list(indices.iter().map(|index| index.name.as_str()));
        output.talk(format!("no data source is made without `--index`; there is {}", printable(&names)));
        return Ok(None);
    }
    choose(ask, &indices)
}

/// The one that a person wants.
fn choose(ask: &mut Ask, indices: &[Named]) -> Result<Option<String>, Failure> {
    let is_twice = |name: &str| indices.iter().filter(|index| index.name == name).count() > 1;
    let shown = |index: &Named| {
        if is_twice(&index.name) {
            printable(&format!("{} ({})", index.name, index.id))
        } else {
            printable(&index.name)
        }
    };
    let mut choices: Vec<String> = indices.iter().map(shown).collect();
    choices.push(NONE.to_owned());
    let choices: Vec<&str> = choices.iter().map(String::as_str).collect();
    let place = ask.choice("Make a data source in the index", "--index", &choices)?;
    Ok(indices.get(place).map(|index| index.id.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(answers: &'static str, names: &[&str]) -> Option<String> {
        let named = |(n, name): (usize, &&str)| Named { id: format!("id{n}"), name: (*name).to_owned() };
        let indices: Vec<Named> = names.iter().enumerate().map(named).collect();
        choose(&mut Ask::answering(answers), &indices).unwrap()
    }

    #[test]
    fn an_index_is_chosen_by_its_number_or_name_and_none_is_an_answer() {
        let names = ["docs", "wiki", "docs"];
        assert_eq!(chosen("2\n", &names).as_deref(), Some("id1"));
        assert_eq!(chosen("WIKI\n", &names).as_deref(), Some("id1"));
        assert_eq!(chosen("docs (id2)\n", &names).as_deref(), Some("id2"));
        assert_eq!(chosen("docs\n0\n9\n1\n", &names).as_deref(), Some("id0"), "asked again until it is one of them");
        assert_eq!(chosen("4\n", &names), None);
        assert_eq!(chosen("1\n", &["only"]).as_deref(), Some("id0"));
    }

    #[test]
    fn an_input_that_ends_is_no_answer() {
        let indices = [Named { id: "id".into(), name: "docs".into() }];
        assert!(choose(&mut Ask::answering("\n"), &indices).is_err());
    }
}
