//! The page: which indices there are, one question to one of them, and its answer.

use axum::http::StatusCode;
use jiff::Timestamp;
use sangam_api::{ApiError, ErrorKind};
use sangam_identity::{Reader, Role};
use serde_json::Value;

use super::asked::{Asked, TEXT_CHARS_MAX};
use super::place::Place;
use super::question;
use super::view::{Found, Results, SearchView, assets};
use crate::answer;
use crate::console::role_name;
use crate::failed::{Done, Failed};
use crate::fields::Fields;
use crate::view::Who;
use crate::visit::Visit;

/// The page.
pub(super) async fn show(visit: Visit) -> Done {
    let asked = Asked::read(visit.query());
    let places = places(&visit).await?;
    // An address may name an index that is not shown any more.
    let chosen = places.iter().find(|(id, _)| *id == asked.index).or_else(|| places.first());
    let mut asked = asked.within(chosen.filter(|_| places.len() > 1).map(|(id, _)| id.as_str()));
    let place = match chosen {
        Some((id, _)) => {
            let answer = visit.v1("GET", &["search-indices", id], &Fields::default(), None).await?;
            Some(Place::read(&answer))
        }
        None => None,
    };
    let results = match &place {
        Some(place) if !place.is_named_by_token => {
            asked = asked.suiting(place);
            results(&visit, &asked, place).await?
        }
        _ => Results::default(),
    };
    let identity = visit.identity();
    let who = Who { name: identity.name.clone(), role: role_name(identity.role), csrf: visit.csrf().to_owned() };
    let (assets, mark) = assets();
    let view = SearchView {
        assets,
        mark,
        who: &who,
        has_console: identity.role != Role::Searcher,
        has_account: identity.account().is_some(),
        reader: identity.reader.user_id.as_deref(),
        gap: gap(&identity.reader, identity.account().is_some()),
        asked: &asked,
        places: &places,
        place: place.as_ref(),
        results,
    };
    Ok(answer::page(StatusCode::OK, view.into_document()))
}

/// Id and name of the indices that can be chosen.
async fn places(visit: &Visit) -> Result<Vec<(String, String)>, Failed> {
    let listed = visit.v1("GET", &["search-indices"], &Fields::default(), None).await?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let indices = listed["indices"].as_array().into_iter().flatten();
    Ok(indices.map(|index| (text(&index["id"]), text(&index["name"]))).collect())
}

/// Asks, if there is something to ask. A question that is refused is answered on the page, where it can be mended.
async fn results(visit: &Visit, asked: &Asked, place: &Place) -> Result<Results, ApiError> {
    let results = Results::new(asked, place);
    let n_characters = asked.text.chars().count();
    if n_characters > TEXT_CHARS_MAX {
        let told = format!(
            "A question may have {TEXT_CHARS_MAX} characters; this one has {n_characters}. Leave the rest out."
        );
        return Ok(Results { trouble: Some(told), ..results });
    }
    let (reader, now) = (&visit.identity().reader, Timestamp::now());
    let Some(input) = question::input(asked, place, reader, now) else {
        return Ok(results);
    };
    match visit.query_as_reader(&input).await {
        Ok(answer) => {
            let others = match question::without_choice(asked, place, reader, now) {
                Some(input) => visit.query_as_reader(&input).await.unwrap_or_default(),
                None => Value::Null,
            };
            Ok(Results { found: Some(Found::read(&answer, &others, asked, place)), ..results })
        }
        Err(error) if error.kind == ErrorKind::Validation => {
            // The server's words are for programs, and may repeat the question.
            tracing::warn!(index.id = place.id, "index `{}` refused a question of the search page", place.id);
            let told = "The index does not take this question as it stands. Use other words, or remove the filters.";
            Ok(Results { trouble: Some(told.to_owned()), ..results })
        }
        Err(error) => Err(error),
    }
}

/// Why somebody finds what is public only; `None` if they search as a person.
fn gap(reader: &Reader, is_account: bool) -> Option<String> {
    if reader.user_id.is_some() {
        return None;
    }
    let why = match reader.gap {
        Some(gap) => gap.as_str(),
        None if is_account => "your account does not say who you are in the data sources; an administrator can set it",
        None => "a one-time link does not say who you are in the data sources",
    };
    Some(format!("Only public documents are shown: {why}."))
}

#[cfg(test)]
mod tests {
    use sangam_identity::ReaderGap;

    use super::*;

    #[test]
    fn who_finds_public_documents_only_is_told_why() {
        let told = |reader_gap| gap(&Reader { gap: reader_gap, ..Reader::default() }, false).unwrap();
        assert!(told(Some(ReaderGap::EmailUnverified)).contains("has not verified your e-mail address"));
        assert!(told(None).contains("one-time link"));
        assert!(gap(&Reader::default(), true).unwrap().contains("administrator"));
        assert_eq!(gap(&Reader { user_id: Some("ada".into()), ..Reader::default() }, true), None);
    }
}
