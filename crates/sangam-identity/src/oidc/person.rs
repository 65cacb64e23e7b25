//! From a provider's claims to who somebody is here: pure, and where in doubt, less.

use serde_json::Value;

use super::OidcError;
use super::http::answer;
use super::id_token::Claims;
use super::settings::{EMAIL_CLAIM, OidcSettings};
use crate::text::{clean, is_identifier};
use crate::{Reader, Role};

/// Longest value that finds a person in a data source.
const USER_ID_CHARS_MAX: usize = 256;
/// Longest name that is shown.
const NAME_CHARS_MAX: usize = 128;
/// Most groups. Leaving some out could let a document through that one of them is denied, so more is an error.
const GROUPS_MAX: usize = 1_000;
/// Longest name of a group.
const GROUP_CHARS_MAX: usize = 256;
/// Says whether the provider has seen to it that the address is the person's.
const EMAIL_VERIFIED: &str = "email_verified";
/// The claims with a name to show, the best first.
const NAMES: [&str; 4] = ["name", "preferred_username", EMAIL_CLAIM, "sub"];

/// Why somebody who is signed in finds what is public and nothing more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReaderGap {
    /// The provider does not tell the claim that finds people.
    NoClaim,
    /// The provider has not verified the e-mail address.
    EmailUnverified,
    /// The address is of a domain that is not allowed.
    DomainNotAllowed,
}

impl ReaderGap {
    /// The sentence for a person.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoClaim => "the provider does not tell who you are in the data sources",
            Self::EmailUnverified => "the provider has not verified your e-mail address",
            Self::DomainNotAllowed => "your e-mail address is of a domain that is not allowed here",
        }
    }

    /// The name in a session's row.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::NoClaim => "no-claim",
            Self::EmailUnverified => "email-unverified",
            Self::DomainNotAllowed => "domain-not-allowed",
        }
    }

    /// The gap of that name.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        [Self::NoClaim, Self::EmailUnverified, Self::DomainNotAllowed].into_iter().find(|gap| gap.name() == name)
    }
}

/// Who somebody is by a provider's claims.
pub(super) struct Person {
    pub name: String,
    pub role: Role,
    pub reader: Reader,
    pub gap: Option<ReaderGap>,
}

/// What a provider told: in the id token and, if that was not enough, at its userinfo endpoint.
#[derive(Clone, Copy)]
pub(super) struct Told<'a> {
    pub id_token: &'a Claims,
    pub userinfo: Option<&'a Claims>,
}

impl<'a> Told<'a> {
    fn documents(self) -> impl Iterator<Item = &'a Claims> {
        [Some(self.id_token), self.userinfo].into_iter().flatten()
    }

    fn claim(self, name: &str) -> Option<&'a Value> {
        self.documents().find_map(|claims| claims.get(name).filter(|value| !value.is_null()))
    }
}

/// Whether `claims` lack something that the settings need, so that userinfo is worth a call.
pub(super) fn is_lacking(claims: &Claims, settings: &OidcSettings) -> bool {
    let lacks = |name: &str| claims.get(name).is_none_or(Value::is_null);
    lacks(&settings.user_claim)
        || (settings.user_claim == EMAIL_CLAIM && lacks(EMAIL_VERIFIED))
        || (settings.needs_groups() && lacks(&settings.groups_claim))
}

/// Who it is that `told` is about.
pub(super) fn person(told: Told<'_>, settings: &OidcSettings) -> Result<Person, OidcError> {
    let groups = if settings.needs_groups() { groups(told.claim(&settings.groups_claim))? } else { Vec::new() };
    let is_in = |group: &Option<String>| group.as_ref().is_some_and(|group| groups.contains(group));
    let role = if is_in(&settings.administrators_group) {
        Role::Administrator
    } else if is_in(&settings.auditors_group) {
        Role::Auditor
    } else {
        Role::Searcher
    };
    let shown = |name: &&str| told.claim(name).and_then(Value::as_str).map(|name| clean(name, NAME_CHARS_MAX));
    let name = NAMES.iter().filter_map(shown).find(|name| !name.is_empty()).unwrap_or_default();
    let (reader, gap) = match user_id(told, settings) {
        Ok(user_id) => {
            let groups = if settings.use_groups { groups } else { Vec::new() };
            (Reader { user_id: Some(user_id), groups, gap: None }, None)
        }
        Err(gap) => (Reader { gap: Some(gap), ..Reader::default() }, Some(gap)),
    };
    Ok(Person { name, role, reader, gap })
}

/// The value that finds the person in the data sources.
fn user_id(told: Told<'_>, settings: &OidcSettings) -> Result<String, ReaderGap> {
    let identifier =
        |value: &Value| value.as_str().filter(|id| is_identifier(id, USER_ID_CHARS_MAX)).map(str::to_owned);
    if settings.user_claim != EMAIL_CLAIM {
        return told.claim(&settings.user_claim).and_then(identifier).ok_or(ReaderGap::NoClaim);
    }
    // Address and verification are of one document: another one's word is about another address.
    let address = |claims: &Claims| claims.get(EMAIL_CLAIM).and_then(identifier);
    let is_verified = |claims: &Claims| claims.get(EMAIL_VERIFIED) == Some(&Value::Bool(true));
    if told.documents().all(|claims| address(claims).is_none()) {
        return Err(ReaderGap::NoClaim);
    }
    let verified = told.documents().filter(|claims| is_verified(claims)).find_map(address);
    let address = verified.ok_or(ReaderGap::EmailUnverified)?;
    let domain = match address.split_once('@') {
        Some((person, domain)) if !person.is_empty() && !domain.contains('@') => domain.to_ascii_lowercase(),
        _ => return Err(ReaderGap::DomainNotAllowed),
    };
    if settings.allowed_email_domains.contains(&domain) { Ok(address) } else { Err(ReaderGap::DomainNotAllowed) }
}

/// The groups in a claim: none, one, or a list.
fn groups(claim: Option<&Value>) -> Result<Vec<String>, OidcError> {
    let refused = |problem: &str| answer("groups claim", problem.to_owned());
    let group = |value: &Value| match value.as_str() {
        Some(name) if name.chars().count() <= GROUP_CHARS_MAX => Ok(name.to_owned()),
        _ => Err(refused("it holds something that is no name of a group")),
    };
    match claim {
        None => Ok(Vec::new()),
        Some(Value::Array(names)) if names.len() > GROUPS_MAX => {
            Err(refused("it lists more than 1,000 groups; have the provider tell only those that are needed"))
        }
        Some(Value::Array(names)) => names.iter().map(group).collect(),
        Some(one) => Ok(vec![group(one)?]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn settings() -> OidcSettings {
        let mut settings = OidcSettings::new("https://id.example", "sangam", None, "https://search.example/callback");
        settings.allowed_email_domains = vec!["example.com".into()];
        settings
    }

    fn of(id_token: &Value, userinfo: Option<&Value>, settings: &OidcSettings) -> Result<Person, OidcError> {
        let claims = |value: &Value| value.as_object().unwrap().clone();
        let (id_token, userinfo) = (claims(id_token), userinfo.map(claims));
        person(Told { id_token: &id_token, userinfo: userinfo.as_ref() }, settings)
    }

    fn reader(id_token: &Value) -> Result<String, ReaderGap> {
        let person = of(id_token, None, &settings()).unwrap();
        person.reader.user_id.ok_or_else(|| person.gap.unwrap())
    }

    #[test]
    fn an_address_counts_if_it_is_verified_and_of_an_allowed_domain() {
        let told = |email: &str, verified: Value| reader(&json!({ "email": email, "email_verified": verified }));
        assert_eq!(told("Ada@Example.com", json!(true)), Ok("Ada@Example.com".into()));
        for verified in [json!(false), json!("true"), json!(1), Value::Null] {
            assert_eq!(told("ada@example.com", verified), Err(ReaderGap::EmailUnverified));
        }
        for foreign in [
            "ada@evil.example",
            "ada@sub.example.com",
            "ada@example.com@evil.example",
            "ada@evil.example@example.com",
            "@example.com",
            "example.com",
            "ada@example.com.",
        ] {
            assert_eq!(told(foreign, json!(true)), Err(ReaderGap::DomainNotAllowed), "{foreign}");
        }
        for odd in ["", "ada@example.com\u{0}", " ada@example.com"] {
            assert_eq!(told(odd, json!(true)), Err(ReaderGap::NoClaim), "{odd:?}");
        }
        assert_eq!(reader(&json!({ "email_verified": true })), Err(ReaderGap::NoClaim));
        let nobody = OidcSettings { allowed_email_domains: Vec::new(), ..settings() };
        let told = json!({ "email": "ada@example.com", "email_verified": true });
        assert_eq!(of(&told, None, &nobody).unwrap().gap, Some(ReaderGap::DomainNotAllowed), "no list allows none");
    }

    #[test]
    fn one_documents_verification_is_not_anothers() {
        let id_token = json!({ "email": "boss@example.com" });
        let userinfo = json!({ "email": "ada@example.com", "email_verified": true });
        let found = of(&id_token, Some(&userinfo), &settings()).unwrap();
        assert_eq!(found.reader.user_id.as_deref(), Some("ada@example.com"));
        let only_the_word = json!({ "email_verified": true });
        let found = of(&id_token, Some(&only_the_word), &settings()).unwrap();
        assert_eq!(found.gap, Some(ReaderGap::EmailUnverified));
    }

    #[test]
    fn another_claim_is_believed_as_it_stands() {
        let settings = OidcSettings { user_claim: "account".into(), ..settings() };
        let found = of(&json!({ "account": "5b10a2844c20165700ede21g" }), None, &settings).unwrap();
        assert_eq!(found.reader.user_id.as_deref(), Some("5b10a2844c20165700ede21g"));
        for odd in [json!(5), json!(["a"]), json!(""), json!("a".repeat(257))] {
            assert_eq!(of(&json!({ "account": odd }), None, &settings).unwrap().gap, Some(ReaderGap::NoClaim));
        }
    }

    #[test]
    fn groups_make_roles_and_are_the_readers_only_if_switched_on() {
        let mut settings = OidcSettings {
            administrators_group: Some("admins".into()),
            auditors_group: Some("audit".into()),
            ..settings()
        };
        let told = |groups: Value| json!({ "email": "a@example.com", "email_verified": true, "groups": groups });
        let role = |groups: Value| of(&told(groups), None, &settings).unwrap().role;
        assert_eq!(role(json!(["audit", "admins"])), Role::Administrator);
        assert_eq!(role(json!(["audit"])), Role::Auditor);
        assert_eq!(role(json!("admins")), Role::Administrator, "some providers tell one as itself");
        for none in [json!([]), json!(["Admins", "admins2", ""]), Value::Null] {
            assert_eq!(role(none), Role::Searcher);
        }
        assert!(of(&told(json!(["staff"])), None, &settings).unwrap().reader.groups.is_empty());
        settings.use_groups = true;
        assert_eq!(of(&told(json!(["staff"])), None, &settings).unwrap().reader.groups, ["staff"]);
        let nobody = json!({ "groups": ["staff"] });
        assert!(of(&nobody, None, &settings).unwrap().reader.groups.is_empty(), "public means public");
        let many: Vec<_> = (0..=GROUPS_MAX).map(|n| n.to_string()).collect();
        for odd in [json!({ "a": 1 }), json!([1]), json!(many)] {
            assert!(of(&told(odd), None, &settings).is_err());
        }
        settings.use_groups = false;
        settings.administrators_group = None;
        settings.auditors_group = None;
        assert!(of(&told(json!([1])), None, &settings).is_ok(), "what nobody needs is not looked at");
    }

    #[test]
    fn userinfo_is_asked_when_something_is_lacking() {
        let lacking = |claims: Value, settings: &OidcSettings| is_lacking(claims.as_object().unwrap(), settings);
        let full = json!({ "email": "a@example.com", "email_verified": true });
        assert!(!lacking(full.clone(), &settings()));
        assert!(lacking(json!({ "email": "a@example.com" }), &settings()));
        assert!(lacking(json!({ "email_verified": true, "email": null }), &settings()));
        assert!(lacking(full, &OidcSettings { use_groups: true, ..settings() }));
    }

    #[test]
    fn the_name_to_show_is_cleaned() {
        let found = of(&json!({ "name": " ", "preferred_username": "ada\u{202e}", "sub": "42" }), None, &settings());
        assert_eq!(found.unwrap().name, "ada");
    }
}
