//! Bodies as ADF, the document of Cloud's editor: what `atlas_doc_format` holds as a string.
//!
//! It is made from storage format; what we write in seeds has its counterpart here.

mod blocks;
mod inline;
mod markup;

use serde_json::{Value, json};

use crate::content::Content;
use crate::ids::stable_uuid;
use crate::site::Site;

/// The document of a piece of content. Links lead to `origin`.
pub(crate) fn document(site: &Site, origin: &str, content: &Content) -> Value {
    let mut writer = Writer { site, origin, content, n_ids: 0 };
    let blocks = writer.blocks(&markup::parse(&content.storage()));
    json!({"type": "doc", "version": 1, "content": blocks})
}

/// Makes one document.
struct Writer<'s> {
    site: &'s Site,
    origin: &'s str,
    content: &'s Content,
    n_ids: usize,
}

impl Writer<'_> {
    /// The next id of a node, the same at every look.
    fn local_id(&mut self) -> String {
        self.n_ids += 1;
        stable_uuid(&format!("adf/{}/{}", self.content.id, self.n_ids))
    }
}

/// A node that holds others.
fn node(kind: &str, content: Vec<Value>) -> Value {
    let mut node = json!({"type": kind});
    node["content"] = Value::Array(content);
    node
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::ContentId;

    /// The document of a page of acme with this body.
    fn adf(body: &str) -> Vec<Value> {
        let mut site = Site::acme();
        site.edit(ContentId(65802), body, "ada").unwrap();
        let document = document(&site, "https://acme.example", site.content(ContentId(65802)).unwrap());
        assert_eq!((&document["type"], &document["version"]), (&json!("doc"), &json!(1)));
        document["content"].as_array().unwrap().clone()
    }

    fn text(text: &str) -> Value {
        json!({"type": "text", "text": text})
    }

    fn paragraph(words: &str) -> Value {
        node("paragraph", vec![text(words)])
    }

    #[test]
    fn paragraphs_headings_lists_and_quotes() {
        assert_eq!(adf(""), [] as [Value; 0]);
        assert_eq!(adf("<p />"), [json!({"type": "paragraph", "content": []})]);
        assert_eq!(
            adf("<h2>Steps</h2>\n<p>One  two<br/>three</p>loose<hr/><blockquote><p>q</p></blockquote>"),
            [
                json!({"type": "heading", "attrs": {"level": 2}, "content": [text("Steps")]}),
                node("paragraph", vec![text("One two"), json!({"type": "hardBreak"}), text("three")]),
                paragraph("loose"),
                json!({"type": "rule"}),
                node("blockquote", vec![paragraph("q")]),
            ]
        );
        assert_eq!(
            adf("<ul><li>a<ol><li><p>b</p></li></ol></li></ul>"),
            [node(
                "bulletList",
                vec![node(
                    "listItem",
                    vec![paragraph("a"), node("orderedList", vec![node("listItem", vec![paragraph("b")])])]
                )]
            )]
        );
    }

    #[test]
    fn marks_add_up() {
        let link = json!({"type": "link", "attrs": {"href": "https://x.example"}});
        assert_eq!(
            adf("<p><strong>a<em>b</em></strong><a href=\"https://x.example\">c</a></p>"),
            [node(
                "paragraph",
                vec![
                    json!({"type": "text", "text": "a", "marks": [{"type": "strong"}]}),
                    json!({"type": "text", "text": "b", "marks": [{"type": "strong"}, {"type": "em"}]}),
                    json!({"type": "text", "text": "c", "marks": [link]}),
                ]
            )]
        );
    }

    #[test]
    fn a_table_has_rows_of_cells() {
        let cell = |kind: &str, words: &str| json!({"type": kind, "attrs": {}, "content": [paragraph(words)]});
        let found =
            adf("<table><colgroup><col/></colgroup><tbody><tr><th>h</th><td><p>c</p></td></tr></tbody></table>");
        let row = node("tableRow", vec![cell("tableHeader", "h"), cell("tableCell", "c")]);
        assert_eq!((&found[0]["type"], &found[0]["content"]), (&json!("table"), &json!([row])));
    }

    #[test]
    fn macros_that_the_editor_knows_are_nodes_of_their_own() {
        let found = adf(concat!(
            "<ac:structured-macro ac:name=\"code\"><ac:parameter ac:name=\"language\">bash</ac:parameter>",
            "<ac:plain-text-body><![CDATA[a && b\n  <c>]]></ac:plain-text-body></ac:structured-macro>",
            "<ac:structured-macro ac:name=\"warning\"><ac:rich-text-body><p>w</p></ac:rich-text-body>",
            "</ac:structured-macro><ac:structured-macro ac:name=\"expand\"><ac:parameter ac:name=\"title\">More",
            "</ac:parameter><ac:rich-text-body><p>x</p></ac:rich-text-body></ac:structured-macro>",
            "<ac:adf-extension><ac:adf-node type=\"panel\"><ac:adf-attribute key=\"panel-type\">note",
            "</ac:adf-attribute><ac:adf-content><p>n</p></ac:adf-content></ac:adf-node><ac:adf-fallback><p>n</p>",
            "</ac:adf-fallback></ac:adf-extension>",
            "<ac:structured-macro ac:name=\"details\"><ac:rich-text-body><p>d</p></ac:rich-text-body>",
            "</ac:structured-macro><ac:structured-macro ac:name=\"toc\"/>",
        ));
        let code = json!({"type": "codeBlock", "attrs": {"language": "bash"}, "content": [text("a && b\n  <c>")]});
        assert_eq!(found[0], code);
        assert_eq!(found[1], json!({"type": "panel", "attrs": {"panelType": "warning"}, "content": [paragraph("w")]}));
        assert_eq!(found[2], json!({"type": "expand", "attrs": {"title": "More"}, "content": [paragraph("x")]}));
        assert_eq!(found[3], json!({"type": "panel", "attrs": {"panelType": "note"}, "content": [paragraph("n")]}));
        assert_eq!((&found[4]["type"], &found[4]["content"][0]), (&json!("bodiedExtension"), &paragraph("d")));
        assert_eq!((&found[5]["type"], &found[5]["attrs"]["extensionKey"]), (&json!("extension"), &json!("toc")));
    }

    #[test]
    fn tasks_mentions_states_dates_and_links() {
        let ada = Site::acme().find_user("ada").unwrap().account_id.clone();
        let found = adf(&format!(
            "<p><ac:link><ri:user ri:account-id=\"{ada}\"/></ac:link> by <time datetime=\"2026-09-30\"/>\
             <ac:structured-macro ac:name=\"status\"><ac:parameter ac:name=\"title\">IN PROGRESS</ac:parameter>\
             <ac:parameter ac:name=\"colour\">Yellow</ac:parameter></ac:structured-macro>\
             <ac:link><ri:page ri:content-title=\"Runbooks\"/></ac:link></p><ac:task-list><ac:task>\
             <ac:task-id>1</ac:task-id><ac:task-status>complete</ac:task-status><ac:task-body>Rotate</ac:task-body>\
             </ac:task></ac:task-list>"
        ));
        let inline = found[0]["content"].as_array().unwrap();
        let kinds: Vec<_> = inline.iter().map(|it| it["type"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["mention", "text", "date", "status", "text"]);
        assert_eq!((&inline[0]["attrs"]["id"], &inline[0]["attrs"]["text"]), (&json!(ada), &json!("@Ada Okafor")));
        assert_eq!(inline[2]["attrs"]["timestamp"], "1790726400000");
        assert_eq!(
            (&inline[3]["attrs"]["text"], &inline[3]["attrs"]["color"]),
            (&json!("IN PROGRESS"), &json!("yellow"))
        );
        assert_eq!(inline[4]["text"], "Runbooks");
        let href = &inline[4]["marks"][0]["attrs"]["href"];
        assert_eq!(href, "https://acme.example/wiki/spaces/ENG/pages/65801");
        let task = &found[1]["content"][0];
        assert_eq!((&task["attrs"]["state"], &task["content"][0]["text"]), (&json!("DONE"), &json!("Rotate")));
    }
}
