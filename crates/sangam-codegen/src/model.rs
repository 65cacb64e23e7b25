//! A service model as botocore publishes it, parsed strictly.
//!
//! Every struct here denies unknown fields: a trait that this generator does not understand stops it, because a constraint that is
//! dropped in silence would be a hole in the API's validation.

use std::collections::BTreeMap;

use anyhow::{Context as _, bail};
use serde::Deserialize;
use serde_json::{Map, Number, Value};

use crate::names;

/// A parsed model. Members and operations keep the model's order.
#[derive(Debug)]
pub(crate) struct Model {
    /// What comes before the dot in `X-Amz-Target`.
    pub(crate) target_prefix: String,
    pub(crate) operations: Vec<Operation>,
    pub(crate) shapes: BTreeMap<String, Shape>,
}

/// One operation and the shapes it speaks.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) name: String,
    pub(crate) input: String,
    pub(crate) output: Option<String>,
    pub(crate) errors: Vec<String>,
}

/// One named shape.
#[derive(Debug)]
pub(crate) struct Shape {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    pub(crate) min: Option<Number>,
    pub(crate) max: Option<Number>,
    /// The value must never be printed: `sensitive` in the model.
    pub(crate) sensitive: bool,
    /// The value must not be echoed in an error: sensitive, or listed in [`crate::quirks`].
    pub(crate) hidden: bool,
}

/// What a shape is.
#[derive(Debug, PartialEq)]
pub(crate) enum Kind {
    Structure(Vec<Member>),
    /// Any JSON value.
    Document,
    /// The shape of the elements.
    List(String),
    /// The shapes of keys and values.
    Map(String, String),
    String {
        pattern: Option<String>,
    },
    /// The values as they are on the wire.
    Enum(Vec<String>),
    Integer,
    Long,
    Float,
    Boolean,
    Timestamp,
    Blob,
}

/// One member of a structure.
#[derive(Debug, PartialEq)]
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) shape: String,
    pub(crate) required: bool,
    pub(crate) idempotency_token: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawModel {
    #[serde(rename = "version")]
    _version: Value,
    metadata: RawMetadata,
    operations: Map<String, Value>,
    shapes: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawMetadata {
    protocol: String,
    json_version: String,
    target_prefix: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawOperation {
    name: String,
    #[serde(rename = "http")]
    _http: Value,
    input: RawReference,
    output: Option<RawReference>,
    errors: Vec<RawReference>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawReference {
    shape: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RawMember {
    shape: String,
    #[serde(default)]
    idempotency_token: bool,
    // What follows changes nothing on the wire.
    #[serde(rename = "box", default)]
    _boxed: bool,
    #[serde(rename = "deprecated", default)]
    _deprecated: bool,
    #[serde(rename = "deprecatedMessage", default)]
    _deprecated_message: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawShape {
    r#type: String,
    #[serde(default)]
    members: Map<String, Value>,
    #[serde(default)]
    required: Vec<String>,
    member: Option<RawReference>,
    key: Option<RawReference>,
    value: Option<RawReference>,
    min: Option<Number>,
    max: Option<Number>,
    pattern: Option<String>,
    r#enum: Option<Vec<String>>,
    #[serde(default)]
    sensitive: bool,
    #[serde(default)]
    document: bool,
    #[serde(rename = "exception", default)]
    _exception: bool,
    #[serde(rename = "fault", default)]
    _fault: bool,
    #[serde(rename = "box", default)]
    _boxed: bool,
}

impl Model {
    /// Parses a model's text.
    ///
    /// # Errors
    /// When it is no AWS JSON 1.1 model, holds a trait that is not known here, or refers to a shape that does not exist.
    pub(crate) fn parse(text: &str) -> anyhow::Result<Self> {
        let raw: RawModel = serde_json::from_str(text)?;
        if raw.metadata.protocol != "json" || raw.metadata.json_version != "1.1" {
            bail!("the protocol is not AWS JSON 1.1");
        }
        let operations = raw.operations.into_iter().map(|(name, value)| operation(&name, value));
        let shapes = raw.shapes.into_iter().map(|(name, value)| Ok((name.clone(), shape(name, value)?)));
        let model = Self {
            target_prefix: raw.metadata.target_prefix,
            operations: operations.collect::<anyhow::Result<_>>()?,
            shapes: shapes.collect::<anyhow::Result<_>>()?,
        };
        model.check_references()?;
        Ok(model)
    }

    /// The shape of that name, which [`Model::parse`] has checked to exist.
    pub(crate) fn shape(&self, name: &str) -> &Shape {
        self.shapes.get(name).expect("references are checked when a model is parsed")
    }

    fn check_references(&self) -> anyhow::Result<()> {
        let from_shapes = self.shapes.values().flat_map(Shape::references);
        let from_operations = self.operations.iter().flat_map(Operation::references);
        for name in from_shapes.chain(from_operations) {
            if !self.shapes.contains_key(name) {
                bail!("shape `{name}` is used and not defined");
            }
        }
        Ok(())
    }
}

impl Operation {
    /// The Rust type of the input.
    pub(crate) fn input_type(&self) -> String {
        names::type_name(&self.input)
    }

    fn references(&self) -> impl Iterator<Item = &str> {
        let output = self.output.iter();
        std::iter::once(&self.input).chain(output).chain(&self.errors).map(String::as_str)
    }
}

impl Shape {
    /// The names of the shapes that this one holds.
    pub(crate) fn references(&self) -> Vec<&str> {
        match &self.kind {
            Kind::Structure(members) => members.iter().map(|member| member.shape.as_str()).collect(),
            Kind::List(element) => vec![element],
            Kind::Map(key, value) => vec![key, value],
            _ => Vec::new(),
        }
    }

    /// The members, none if this is no structure.
    pub(crate) fn members(&self) -> &[Member] {
        match &self.kind {
            Kind::Structure(members) => members,
            _ => &[],
        }
    }
}

fn operation(name: &str, value: Value) -> anyhow::Result<Operation> {
    let raw: RawOperation = serde_json::from_value(value).with_context(|| format!("operation `{name}`"))?;
    Ok(Operation {
        name: raw.name,
        input: raw.input.shape,
        output: raw.output.map(|reference| reference.shape),
        errors: raw.errors.into_iter().map(|reference| reference.shape).collect(),
    })
}

fn shape(name: String, value: Value) -> anyhow::Result<Shape> {
    let raw: RawShape = serde_json::from_value(value).with_context(|| format!("shape `{name}`"))?;
    let (min, max, sensitive) = (raw.min.clone(), raw.max.clone(), raw.sensitive);
    let kind = kind(raw).with_context(|| format!("shape `{name}`"))?;
    let hidden = sensitive || kind == Kind::Blob;
    Ok(Shape { name, kind, min, max, sensitive, hidden })
}

fn kind(raw: RawShape) -> anyhow::Result<Kind> {
    Ok(match raw.r#type.as_str() {
        "structure" if raw.document => Kind::Document,
        "structure" => Kind::Structure(members(raw.members, &raw.required)?),
        "list" => Kind::List(raw.member.context("a list without member")?.shape),
        "map" => {
            Kind::Map(raw.key.context("a map without key")?.shape, raw.value.context("a map without value")?.shape)
        }
        "string" => match raw.r#enum {
            Some(_) if raw.pattern.is_some() => bail!("an enum with a pattern"),
            Some(values) => Kind::Enum(values),
            None => Kind::String { pattern: raw.pattern },
        },
        "integer" => Kind::Integer,
        "long" => Kind::Long,
        "float" | "double" => Kind::Float,
        "boolean" => Kind::Boolean,
        "timestamp" => Kind::Timestamp,
        "blob" => Kind::Blob,
        other => bail!("type `{other}` is not known"),
    })
}

fn members(raw: Map<String, Value>, required: &[String]) -> anyhow::Result<Vec<Member>> {
    if let Some(name) = required.iter().find(|&name| !raw.contains_key(name)) {
        bail!("required member `{name}` does not exist");
    }
    let member = |(name, value)| {
        let raw: RawMember = serde_json::from_value(value).with_context(|| format!("member `{name}`"))?;
        let required = required.contains(&name);
        Ok(Member { required, name, shape: raw.shape, idempotency_token: raw.idempotency_token })
    };
    raw.into_iter().map(member).collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A model with one operation, `Ask`, whose shapes are given as JSON.
    pub(crate) fn model(shapes: &str) -> Model {
        Model::parse(&text(shapes)).unwrap()
    }

    fn text(shapes: &str) -> String {
        format!(
            r#"{{"version":"2.0","metadata":{{"protocol":"json","jsonVersion":"1.1","targetPrefix":"T"}},
                "operations":{{"Ask":{{"name":"Ask","http":{{}},"input":{{"shape":"AskRequest"}},"errors":[]}}}},
                "shapes":{{{shapes}}}}}"#
        )
    }

    #[test]
    fn members_keep_their_order_and_their_traits() {
        let model = model(
            r#""AskRequest":{"type":"structure","required":["A"],"members":{"Z":{"shape":"S","idempotencyToken":true},"A":{"shape":"S"}}},
               "S":{"type":"string","min":1,"max":5,"pattern":"a*"}"#,
        );
        let names: Vec<_> = model
            .shape("AskRequest")
            .members()
            .iter()
            .map(|m| (m.name.as_str(), m.required, m.idempotency_token))
            .collect();
        assert_eq!(names, [("Z", false, true), ("A", true, false)]);
        assert_eq!(model.shape("S").kind, Kind::String { pattern: Some("a*".to_owned()) });
    }

    #[test]
    fn an_unknown_trait_stops_the_generator() {
        let text = text(r#""AskRequest":{"type":"structure","members":{},"uniqueItems":true}"#);
        let error = format!("{:#}", Model::parse(&text).unwrap_err());
        assert!(error.contains("AskRequest") && error.contains("uniqueItems"), "{error}");
    }

    #[test]
    fn a_reference_to_nothing_is_found() {
        let text = text(r#""AskRequest":{"type":"list","member":{"shape":"Gone"}}"#);
        assert!(Model::parse(&text).unwrap_err().to_string().contains("`Gone`"));
    }

    #[test]
    fn a_required_member_must_exist() {
        let text = text(r#""AskRequest":{"type":"structure","required":["B"],"members":{}}"#);
        assert!(format!("{:#}", Model::parse(&text).unwrap_err()).contains("`B`"));
    }
}
