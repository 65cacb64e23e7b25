//! From results to the wire.

use sangam_api::Timestamp;
use sangam_api::kendra::{
    DocumentAttribute, DocumentAttributeValue, Highlight, HighlightType, QueryResultItem, QueryResultType,
    RetrieveResultItem, ScoreAttributes, ScoreConfidence, TextWithHighlights,
};
use sangam_engine::AttributeValue;

use crate::service::new_id;
use crate::{Confidence, HighlightedText, PassageItem, SearchItem};

/// A document of the answer to the query `query_id`. A title or an address that it does not have is an empty text, as the original has it:
/// programs take `item["DocumentURI"]` without asking whether it is there.
pub(super) fn document(query_id: &str, item: SearchItem) -> QueryResultItem {
    QueryResultItem {
        id: Some(result_id(query_id)),
        r#type: Some(QueryResultType::Document),
        format: None,
        additional_attributes: Some(Vec::new()),
        document_id: Some(item.document_id),
        document_title: Some(text(item.title)),
        document_excerpt: Some(text(item.excerpt)),
        document_uri: Some(item.uri.unwrap_or_default()),
        document_attributes: Some(attributes(item.attributes)),
        score_attributes: Some(score(item.confidence)),
        feedback_token: None,
        table_excerpt: None,
        collapsed_result_detail: None,
    }
}

/// A passage of the answer to the query `query_id`.
pub(super) fn passage(query_id: &str, item: PassageItem) -> RetrieveResultItem {
    RetrieveResultItem {
        id: Some(result_id(query_id)),
        document_id: Some(item.document_id),
        document_title: Some(item.title),
        content: Some(item.text),
        document_uri: Some(item.uri.unwrap_or_default()),
        document_attributes: Some(attributes(item.attributes)),
        score_attributes: Some(score(item.confidence)),
    }
}

fn result_id(query_id: &str) -> String {
    format!("{query_id}-{}", new_id())
}

fn attributes(attributes: Vec<(String, AttributeValue)>) -> Vec<DocumentAttribute> {
    attributes.into_iter().map(|(key, value)| DocumentAttribute { key, value: wire_value(value) }).collect()
}

/// A value on the wire.
pub(super) fn wire_value(value: AttributeValue) -> DocumentAttributeValue {
    let mut wire = DocumentAttributeValue::default();
    match value {
        AttributeValue::String(text) => wire.string_value = Some(text),
        AttributeValue::StringList(texts) => wire.string_list_value = Some(texts),
        AttributeValue::Long(number) => wire.long_value = Some(number),
        AttributeValue::Date(date_ms) => wire.date_value = Some(Timestamp::from_millis(date_ms)),
    }
    wire
}

fn score(confidence: Confidence) -> ScoreAttributes {
    let confidence = match confidence {
        Confidence::VeryHigh => ScoreConfidence::VeryHigh,
        Confidence::High => ScoreConfidence::High,
        Confidence::Medium => ScoreConfidence::Medium,
        Confidence::Low => ScoreConfidence::Low,
        Confidence::NotAvailable => ScoreConfidence::NotAvailable,
    };
    ScoreAttributes { score_confidence: Some(confidence) }
}

/// Highlights count Unicode code points, so that a slice of a Python string is right.
fn text(highlighted: HighlightedText) -> TextWithHighlights {
    let HighlightedText { text, highlights } = highlighted;
    let code_points = |byte: usize| -> i32 {
        let before = text.get(..byte).unwrap_or(&text);
        i32::try_from(before.chars().count()).unwrap_or(i32::MAX)
    };
    let highlights = highlights
        .iter()
        .map(|highlight| Highlight {
            begin_offset: code_points(highlight.bytes.start),
            end_offset: code_points(highlight.bytes.end),
            top_answer: Some(false),
            r#type: Some(HighlightType::Standard),
        })
        .collect();
    TextWithHighlights { highlights: Some(highlights), text: Some(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn highlights_count_code_points() {
        let marked = HighlightedText {
            text: "für 🦀 Krabben".into(),
            highlights: vec![crate::Highlight { bytes: 5..9 }, crate::Highlight { bytes: 10..17 }],
        };
        let wire = text(marked.clone());
        let slices: Vec<String> = wire
            .highlights
            .unwrap()
            .iter()
            .map(|h| {
                marked
                    .text
                    .chars()
                    .skip(h.begin_offset as usize)
                    .take((h.end_offset - h.begin_offset) as usize)
                    .collect()
            })
            .collect();
        assert_eq!(slices, ["🦀", "Krabben"]);
    }
}
