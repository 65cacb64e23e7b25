//! What a person is told of the connection.

use serde_json::{Value, json};

use super::create::Made;
use crate::failure::Failure;
use crate::output::{Output, printable};

/// Says what the connection can do and lacks.
pub(super) fn probe(tested: &Value, output: &Output) -> Result<(), Failure> {
    let text = |value: &Value, name: &str| printable(value.get(name).and_then(Value::as_str).unwrap_or_default());
    let Some(probe) = tested.get("probe") else {
        output.line(format!("the connection does not work: {}", text(tested, "message")))?;
        return output.line("the secret is kept: correct what is named and run the same command again");
    };
    let n_spaces = probe.get("nSpaces").and_then(Value::as_u64).unwrap_or(0);
    output.line(output.bold(&format!("{} at {}", text(probe, "product"), text(probe, "site"))))?;
    output.line(format!("as {}, which sees {n_spaces} spaces", text(probe, "account")))?;
    for (name, sign) in [("abilities", "+"), ("lacks", "-")] {
        let sentences = probe.get(name).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        for sentence in sentences {
            output.line(format!("  {sign} {}", printable(sentence)))?;
        }
    }
    Ok(())
}

/// Says what was made, and what comes next.
pub(super) fn end(tested: &Value, secret_arn: &str, made: Option<&Made>, output: &Output) -> Result<(), Failure> {
    if output.is_json() {
        return output.json(&json!({
            "secretArn": secret_arn,
            "test": tested,
            "indexId": made.map(|made| &made.index_id),
            "dataSourceId": made.map(|made| &made.data_source_id),
            "executionId": made.and_then(|made| made.execution_id.as_ref()),
        }));
    }
    output.line(format!("secret {secret_arn}"))?;
    let Some(made) = made else { return Ok(()) };
    output.line(format!("data source {}", made.data_source_id))?;
    if let Some(execution_id) = &made.execution_id {
        return output.line(format!("sync job {execution_id}"));
    }
    let (index_id, data_source_id) = (&made.index_id, &made.data_source_id);
    output.talk(format!("sync it with `sangam sync --index {index_id} --data-source {data_source_id}`"));
    Ok(())
}
