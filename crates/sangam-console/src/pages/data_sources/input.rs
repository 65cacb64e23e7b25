//! The form as the API's input.

use serde_json::{Value, json};

use super::{mapping, template};
use crate::fields::Fields;
use crate::trouble::Troubles;
use crate::view::Rows;
use crate::visit::{InIndex, Visit};

/// The input of `CreateDataSource`.
pub(super) fn create(index_id: &str, typed: &Fields, schedule: &str) -> Value {
    let mut input = common(index_id, &json!({}), typed);
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

/// The input of `UpdateDataSource`; `described` is what `DescribeDataSource` answered.
pub(super) fn update(described: &Value, typed: &Fields, schedule: &str) -> Value {
    let base = &described["Configuration"]["TemplateConfiguration"]["Template"];
    let mut input = common(described["IndexId"].as_str().unwrap_or_default(), base, typed);
    input["Id"] = described["Id"].clone();
    input["Schedule"] = schedule.into();
    input
}

fn common(index_id: &str, base: &Value, typed: &Fields) -> Value {
    let mut input = json!({
        "IndexId": index_id,
        "Name": typed.last("name"),
        "Description": typed.last("description"),
        "LanguageCode": if typed.has("languageCode") { typed.last("languageCode") } else { "en" },
        "RoleArn": if typed.has("roleArn") { typed.last("roleArn") } else { crate::pages::indices::ROLE },
        "Configuration": { "TemplateConfiguration": { "Template": template::write(base, typed) } },
    });
    let (subnets, groups) = (typed.lines("subnetIds"), typed.lines("securityGroupIds"));
    if !subnets.is_empty() || !groups.is_empty() {
        input["VpcConfiguration"] = json!({ "SubnetIds": subnets, "SecurityGroupIds": groups });
    }
    input
}

/// Makes the index fields that are mapped and not there, and has results show those that are.
pub(super) async fn make_fields(visit: &Visit, index: &InIndex, typed: &Fields) -> Result<(), Troubles> {
    let mut updates = mapping::missing(typed, &index.described);
    updates.extend(mapping::hidden(typed, &index.described));
    if updates.is_empty() {
        return Ok(());
    }
    let input = json!({ "Id": index.id, "DocumentMetadataConfigurationUpdates": updates });
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
        let described = json!({ "Id": "d", "IndexId": "i", "Configuration": { "TemplateConfiguration": { "Template": { "version": "1.0.0" } } } });
        let input = update(&described, &typed, "");
        assert_eq!((&input["Schedule"], &input["Description"]), (&json!(""), &json!("")));
        assert_eq!(input["Configuration"]["TemplateConfiguration"]["Template"]["version"], "1.0.0");
    }
}
