//! Two colleagues who can sign in to the search page: those whose answers differ. Their passwords are made once and kept beside the demo's
//! data, so that the next start prints the same ones.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use confluence_sim::DEMO_QUESTIONS;
use sangam_identity::{IdentityError, People, Role};
use secrecy::{ExposeSecret, SecretString};

use crate::failure::Failure;

/// The file in the demo's folder; readable by its owner only.
const FILE: &str = "demo.passwords";
/// Characters of a password.
const PASSWORD_CHARS: usize = 12;

/// Somebody of the bundled site with an account here.
pub(super) struct Colleague {
    /// The account's name.
    pub(super) name: String,
    pub(super) password: SecretString,
}

/// The colleagues, with accounts; those that are missing are made.
pub(super) async fn ready(people: &People, folder: &Path) -> Result<Vec<Colleague>, Failure> {
    let known = std::fs::read_to_string(folder.join(FILE)).unwrap_or_default();
    let mut colleagues = Vec::new();
    for (user_id, _) in DEMO_QUESTIONS[0].askers {
        let name = user_id.split('@').next().unwrap_or(user_id).to_owned();
        let kept = known.lines().find_map(|line| line.strip_prefix(name.as_str())?.strip_prefix(' '));
        let password = match kept {
            Some(kept) => kept.to_owned(),
            None => uuid::Uuid::new_v4().simple().to_string()[..PASSWORD_CHARS].to_owned(),
        };
        let colleague = Colleague { name, password: password.into() };
        prepare(people, &colleague, user_id, kept.is_some()).await.map_err(Failure::failed)?;
        colleagues.push(colleague);
    }
    keep(&colleagues, folder).map_err(|error| {
        Failure::failed(
            anyhow::Error::new(error).context("the passwords of the demo's colleagues could not be written"),
        )
    })?;
    Ok(colleagues)
}

/// Makes the account, or gives it a password that is known if the file was lost.
async fn prepare(people: &People, who: &Colleague, user_id: &str, is_known: bool) -> Result<(), IdentityError> {
    let exists = people.accounts.find(&who.name).await?.is_some();
    match (exists, is_known) {
        (true, true) => Ok(()),
        (true, false) => people.accounts.set_password(&who.name, who.password.clone()).await,
        (false, _) => {
            let user_id = Some(user_id.to_owned());
            people.accounts.create(&who.name, who.password.clone(), Role::Searcher, user_id).await.map(drop)
        }
    }
}

fn keep(colleagues: &[Colleague], folder: &Path) -> std::io::Result<()> {
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(folder.join(FILE))?;
    for colleague in colleagues {
        writeln!(file, "{} {}", colleague.name, colleague.password.expose_secret())?;
    }
    Ok(())
}
