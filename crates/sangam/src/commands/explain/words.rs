//! An explanation in words.

use sangam_access::{AccountState, LayerExplanation, Names};

use super::answer::{Account, Answer};
use crate::output::printable;

/// The whole explanation, several lines.
pub(super) fn tell(answer: &Answer, user: Option<&str>, groups: &[String]) -> String {
    let who = reader(user, groups);
    let document = printable(&answer.document_id);
    if !answer.found {
        return format!("No: the index has no document `{document}`.");
    }
    let verdict = match (answer.access.readable, &answer.missing_since_job) {
        (true, _) => format!("Yes: {who} may read `{document}`."),
        (false, None) => format!("No: {who} may not read `{document}`."),
        (false, Some(job)) => {
            format!("No: `{document}` is hidden from everybody, because the listing of job `{job}` lacked it.")
        }
    };
    let mut lines = vec![verdict];
    lines.extend(lost_sight(answer));
    if let Some(user) = user {
        lines.extend(accounts(user, &answer.accounts));
    }
    lines.extend(answer.status.as_ref().map(|status| format!("The document's status is {}.", printable(status))));
    lines.extend(answer.access.note.as_ref().map(|note| format!("It is {}.", printable(note))));
    if !answer.access.layers.is_empty() {
        lines.push("Every one of these must let them in:".to_owned());
        lines.extend(answer.access.layers.iter().map(|told| layer(told, &answer.names)));
    }
    lines.join("\n")
}

/// What it means that the crawler of the document's data source lost its sight, if it did.
fn lost_sight(answer: &Answer) -> Option<String> {
    let reason = answer.source_lost_sight.as_deref().map(printable);
    let because = reason.map(|reason| format!(" ({})", reason.trim_end_matches('.'))).unwrap_or_default();
    match answer.source_hidden_since {
        Some(since) => {
            let since = jiff::Timestamp::from_millisecond(since).map(|since| format!("{since:.0}")).unwrap_or_default();
            Some(format!("Everything of its data source is hidden since {since}: the source lost sight{because}."))
        }
        None if answer.source_lost_sight.is_some() => Some(format!(
            "Its data source lost sight{because}: it keeps its last access for a while and is hidden then."
        )),
        None => None,
    }
}

fn reader(user: Option<&str>, groups: &[String]) -> String {
    let groups = groups.iter().map(|group| format!("`{}`", printable(group))).collect::<Vec<_>>().join(", ");
    match (user, groups.is_empty()) {
        (None, true) => "somebody who is not named".to_owned(),
        (None, false) => format!("a member of {groups}"),
        (Some(user), true) => format!("`{}`", printable(user)),
        (Some(user), false) => format!("`{}`, as a member of {groups},", printable(user)),
    }
}

fn accounts(user: &str, accounts: &[Account]) -> Vec<String> {
    if accounts.is_empty() {
        return vec![format!(
            "No data source knows `{}`: what names them, and what is public, is all they see.",
            printable(user)
        )];
    }
    let told = |account: &Account| {
        format!(
            "In data source `{}` they are {} (`{}`), {}.",
            account.data_source_id,
            printable(&account.display_name),
            printable(&account.id),
            state(account.state)
        )
    };
    accounts.iter().map(told).collect()
}

fn state(state: AccountState) -> &'static str {
    match state {
        AccountState::Active => "an active account",
        AccountState::Guest => "a guest",
        AccountState::Inactive => "an account that is not active and reads what is public only",
        AccountState::App => "an app's account, which reads what is public only",
    }
}

fn layer(layer: &LayerExplanation, names: &Names) -> String {
    let mark = if layer.passed { "lets in" } else { "stops " };
    format!("  {mark}  {}: {}", printable(&layer.place()), printable(&layer.reason(names)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(json: &str) -> Answer {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn a_refusal_names_what_stops_and_what_is_missing() {
        let told = answer(
            r#"{"document_id":"confluence/d/page/1","found":true,"status":"INDEXED","missing_since_job":null,
            "accounts":[{"data_source_id":"d","id":"5b10","display_name":"Ben Ruiz","state":"active"}],
            "names":{"7f3a":"people-team"},
            "access":{"readable":false,"note":null,"layers":[
              {"origin":{"kind":"site","name":"https://a.example"},"state":{"state":"known"},"passed":true,"everyone":false,
               "matched":[{"kind":"class","data_source":"d","class":"site-user"}],"denied":[],
               "allowed":[{"kind":"class","data_source":"d","class":"site-user"}]},
              {"origin":{"kind":"restriction","id":"42","title":"Salaries"},"state":{"state":"known"},"passed":false,"everyone":false,
               "matched":[],"denied":[],"allowed":[{"kind":"source-group","data_source":"d","id":"7f3a"},{"kind":"source-user","data_source":"d","id":"77"}]},
              {"origin":{"kind":"space","key":"HR"},"state":{"state":"unknown","reason":"the list was cut"},"passed":false,"everyone":false,
               "matched":[],"denied":[],"allowed":[]}]}}"#,
        );
        insta::assert_snapshot!(tell(&told, Some("ben@a.example"), &[]), @r"
        No: `ben@a.example` may not read `confluence/d/page/1`.
        In data source `d` they are Ben Ruiz (`5b10`), an active account.
        The document's status is INDEXED.
        Every one of these must let them in:
          lets in  the site https://a.example: they may use the site
          stops   the restriction of “Salaries”: it lets in the group people-team and the unknown account 77, and they are none of these
          stops   the space HR: its list could not be read (the list was cut), so nobody passes
        ");
    }

    #[test]
    fn a_stranger_and_an_unknown_document_are_said_to_be_such() {
        let told = answer(
            r#"{"document_id":"a","found":true,"status":"INDEXED","missing_since_job":null,"accounts":[],
            "access":{"readable":true,"note":"public: the document has no access list","layers":[]}}"#,
        );
        insta::assert_snapshot!(tell(&told, Some("x"), &["g".to_owned()]), @r"
        Yes: `x`, as a member of `g`, may read `a`.
        No data source knows `x`: what names them, and what is public, is all they see.
        The document's status is INDEXED.
        It is public: the document has no access list.
        ");
        let told = answer(
            r#"{"document_id":"a","found":false,"status":null,"missing_since_job":null,"accounts":[],
            "access":{"readable":false,"note":null,"layers":[]}}"#,
        );
        assert_eq!(tell(&told, None, &[]), "No: the index has no document `a`.");
    }

    #[test]
    fn what_the_searcher_writes_is_what_is_read_here() {
        let told = sangam_search::ReadExplanation {
            document_id: "d".to_owned(),
            found: true,
            status: None,
            missing_since_job: Some("j".to_owned()),
            source_hidden_since: Some(0),
            source_lost_sight: Some("the token was refused.".to_owned()),
            accounts: Vec::new(),
            names: std::collections::BTreeMap::new(),
            access: sangam_access::AccessTable::default()
                .explain(sangam_access::AccessId::HIDDEN, &sangam_access::Reader::Nobody),
        };
        let read: Answer = serde_json::from_value(serde_json::to_value(told).unwrap()).unwrap();
        let words = tell(&read, None, &[]);
        assert!(words.starts_with("No: `d` is hidden from everybody"));
        let sight = "hidden since 1970-01-01T00:00:00Z: the source lost sight (the token was refused).";
        assert!(words.contains(sight), "{words}");
    }
}
