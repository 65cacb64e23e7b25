//! The form as the API's input.

use serde_json::{Value, json};

use super::place::{Form, Source};
use super::{mapping, template};
use crate::fields::Fields;
use crate::trouble::Troubles;
use crate::view::Rows;
use crate::visit::{InIndex, Visit};

/// The input of `CreateDataSource`.
pub(super) fn create(index_id: &str, typed: &Fields, schedule: &str) -> Value {
    let mut input = common(index_id, typed);
    input["Configuration"] = configuration(&json!({}), typed);
    input["Type"] = "TEMPLATE".into();
    if !schedule.is_empty() {
        input["Schedule"] = schedule.into();
    }
    if typed.last("description").is_empty() {
        input.as_object_mut().map(|members| members.remove("Description"));
    }
    let tags = Rows::read("tags", typed);
    if !tags.is_empty() {
        input["Tags"] = tags.iter().map(|(key, value)| json!({ "Key": key, "Value": value })).collect();
    }
    input
}

/// The input of `UpdateDataSource`. What the form of that kind does not ask stays out of it, and stays as it is.
pub(super) fn update(source: &Source, typed: &Fields, schedule: &str) -> Value {
    let mut input = common(&source.index.id, typed);
    input["Id"] = source.id.as_str().into();
    match source.form() {
        Form::Connector(template) => input["Configuration"] = configuration(template, typed),
        Form::Scheduled => {}
        Form::Custom => {
            input.as_object_mut().map(|members| members.remove("RoleArn"));
            return input;
        }
    }
    input["Schedule"] = schedule.into();
    input
}

fn configuration(base: &Value, typed: &Fields) -> Value {
    json!({ "TemplateConfiguration": { "Template": template::write(base, typed) } })
}

fn common(index_id: &str, typed: &Fields) -> Value {
    let mut input = json!({
        "IndexId": index_id,
        "Name": typed.last("name"),
        "Description": typed.last("description"),
        "LanguageCode": if typed.has("languageCode") { typed.last("languageCode") } else { "en" },
        "RoleArn": if typed.has("roleArn") { typed.last("roleArn") } else { crate::pages::indices::ROLE },
    });
    let (subnets, groups) = (typed.lines("subnetIds"), typed.lines("securityGroupIds"));
    if !subnets.is_empty() || !groups.is_empty() {
        input["VpcConfiguration"] = json!({ "SubnetIds": subnets, "SecurityGroupIds": groups });
    }
    input
}

/// The input of `UpdateIndex` that makes the index fields that are mapped and not there, and has results show those that are; none if there
/// is nothing to do.
pub(super) fn fields(index: &InIndex, typed: &Fields) -> Option<Value> {
    let mut updates = mapping::missing(typed, &index.described);
    updates.extend(mapping::hidden(typed, &index.described));
    (!updates.is_empty()).then(|| json!({ "Id": index.id, "DocumentMetadataConfigurationUpdates": updates }))
}

/// Makes those fields.
pub(super) async fn make_fields(visit: &Visit, index: &InIndex, typed: &Fields) -> Result<(), Troubles> {
    let Some(input) = fields(index, typed) else { return Ok(()) };
    let made = visit.call("kendra:UpdateIndex", input).await;
    made.map(drop).map_err(|error| Troubles::default().about(mapping::CUSTOM, &error.message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_empty_is_not_sent_and_an_edit_can_empty_it() {
        let typed =
            Fields::parse("name=wiki&description=&subnetIds=subnet-1&securityGroupIds=sg-1&tags_key=a&tags_value=b");
        let input = create("i", &typed, "");
        assert!(input["Schedule"].is_null() && input["Description"].is_null());
        assert_eq!(input["VpcConfiguration"], json!({ "SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"] }));
        assert_eq!((&input["Type"], &input["Tags"]), (&json!("TEMPLATE"), &json!([{ "Key": "a", "Value": "b" }])));
        assert_eq!(create("i", &typed, "cron(0 3 * * ? *)")["Schedule"], "cron(0 3 * * ? *)");
        let template = json!({ "type": "CONFLUENCEV2", "version": "1.0.0" });
        let configuration = json!({ "TemplateConfiguration": { "Template": template } });
        let input = update(&source(json!({ "Type": "TEMPLATE", "Configuration": configuration })), &typed, "");
        assert_eq!((&input["Schedule"], &input["Description"]), (&json!(""), &json!("")));
        assert_eq!(input["Configuration"]["TemplateConfiguration"]["Template"]["version"], "1.0.0");
    }

    fn source(described: Value) -> Source {
        Source { index: InIndex { id: "i".into(), described: json!({}) }, id: "d".into(), described }
    }

    #[test]
    fn of_other_kinds_only_what_the_api_lets_change_is_sent() {
        let typed = Fields::parse("name=n&description=d&languageCode=de&roleArn=r");
        let input = update(&source(json!({ "Type": "CUSTOM" })), &typed, "");
        assert_eq!(input, json!({ "Id": "d", "IndexId": "i", "Name": "n", "Description": "d", "LanguageCode": "de" }));
        let input = update(&source(json!({ "Type": "CONFLUENCE" })), &typed, "cron(0 3 * * ? *)");
        assert!(input["Configuration"].is_null() && input["RoleArn"] == "r", "{input}");
        assert_eq!(input["Schedule"], "cron(0 3 * * ? *)");
    }
}
