//! Values of the template and what people call them: the same words in the form, in the review and in what the connector says.

use crate::view::Opt;

/// A value, what it is called, and a sentence about it.
pub(super) type Word = (&'static str, &'static str, &'static str);

/// Where the site is.
pub(super) const HOSTINGS: &[Word] = &[
    ("SAAS", "Confluence Cloud", "The site is at atlassian.net."),
    ("ON_PREM", "Confluence Server/Data Center", "The site is at an address of your own."),
];
/// How the crawler signs in.
pub(super) const AUTHENTICATIONS: &[Word] = &[
    ("Basic", "Basic authentication", "User name, with an API token on Cloud and a password on Data Center."),
    (
        "OAuth2",
        "OAuth 2.0",
        "An app's key and secret, with the tokens of its grant. They are renewed and stored by this server.",
    ),
    ("Personal-token", "Personal access token", "Confluence Server/Data Center only."),
];
/// What people are shown by.
pub(super) const SHOWN_BY: &[Word] =
    &[("email", "E-mail address", ""), ("user_id", "User name", ""), ("uuid", "Account ID or user key", "")];
/// How much a sync fetches.
pub(super) const MODES: &[Word] = &[
    ("FULL_CRAWL", "New, modified, deleted sync", "Lists everything and fetches only what changed."),
    ("FORCED_FULL_CRAWL", "Full sync", "Fetches and indexes everything again, each time."),
];

/// Words to choose from.
pub(super) fn options(words: &[Word]) -> Vec<Opt> {
    words.iter().map(|(value, label, about)| Opt::new(value, label, about)).collect()
}

/// What a value is called; a value that has no name is called by itself.
pub(super) fn label<'w>(words: &[Word], value: &'w str) -> &'w str {
    words.iter().find(|(known, ..)| *known == value).map_or(value, |(_, label, _)| label)
}

/// What the connector says about the template, by what the form says instead.
const SAID: &[(&str, &str)] = &[
    ("the secret's `hostUrl` is not the `hostUrl` of the configuration", "the secret is for another Confluence URL"),
    ("for the type `SAAS`", "for Confluence Cloud"),
    ("`SAAS`", "Confluence Cloud"),
    ("`ON_PREM`", "Confluence Server/Data Center"),
    ("`Basic`", "Basic authentication"),
    ("`OAuth2`", "OAuth 2.0"),
    ("`Personal-token`", "Personal access token"),
    ("check `hostUrl`", "check the Confluence URL"),
    ("run `sangam connect confluence` again to renew the grant", "press Connect to Confluence on the secret's page"),
];

/// A sentence of the connector in the form's words. Paths of members stay: they lead it to its field.
pub(super) fn in_words(sentence: &str) -> String {
    let told = SAID.iter().fold(sentence.to_owned(), |told, (theirs, ours)| told.replace(theirs, ours));
    let mut letters = told.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_connector_speaks_as_the_form_does() {
        let told = in_words("`c.hostUrl` must end in `.atlassian.net` for the type `SAAS`");
        assert_eq!(told, "`c.hostUrl` must end in `.atlassian.net` for Confluence Cloud");
        let told = in_words("`c.authType` must be `Basic` or `OAuth2` for the type `SAAS`");
        assert_eq!(told, "`c.authType` must be Basic authentication or OAuth 2.0 for Confluence Cloud");
        assert!(in_words("no answer; check `hostUrl`").starts_with("No answer; check the Confluence URL"));
        assert_eq!((label(HOSTINGS, "SAAS"), label(HOSTINGS, "x")), ("Confluence Cloud", "x"));
    }
}
