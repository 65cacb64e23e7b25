//! Valid inputs are accepted and come out as they went in.

use crate::sample::{full, minimal};
use crate::services;

#[test]
fn the_smallest_input_of_every_operation() {
    for operation in services::all() {
        let body = minimal(operation.input());
        let parsed = operation.parse(&body).unwrap_or_else(|error| panic!("{}: {error}: {body}", operation.name()));
        assert_eq!(parsed.json, body, "{}", operation.name());
    }
}

#[test]
fn the_fullest_input_of_every_operation() {
    for operation in services::all() {
        let body = full(operation.input());
        let parsed = operation.parse(&body).unwrap_or_else(|error| panic!("{}: {error}: {body}", operation.name()));
        assert_eq!(parsed.json, body, "{}", operation.name());
    }
}

#[test]
fn an_empty_body_is_an_empty_object() {
    let list_indices = services::all().find(|operation| operation.name() == "ListIndices").unwrap();
    for body in ["", " \r\n", "{}"] {
        assert_eq!(list_indices.parse_bytes(body.as_bytes()).unwrap().json, serde_json::json!({}));
    }
}
