//! The extractor's checklist, and that nothing makes it panic.

use proptest::prelude::*;

use super::*;

fn text(body: &str) -> String {
    storage_to_text(body, 1 << 20).text
}

#[test]
fn code_keeps_its_characters_and_its_title() {
    let body = r#"<p>Use this.</p><ac:structured-macro ac:name="code" ac:schema-version="1"><ac:parameter ac:name="language">bash</ac:parameter>
        <ac:parameter ac:name="title">promote.sh</ac:parameter><ac:plain-text-body><![CDATA[if a[b[0]]]]><![CDATA[> && x < 1
    echo "<ok>"]]></ac:plain-text-body></ac:structured-macro><p>After.</p>"#;
    assert_eq!(text(body), "Use this.\n\npromote.sh\n\nif a[b[0]]> && x < 1\n    echo \"<ok>\"\n\nAfter.");
}

#[test]
fn macros_nest_and_their_titles_are_kept() {
    let body = r#"<ac:structured-macro ac:name="expand"><ac:parameter ac:name="title">More</ac:parameter><ac:rich-text-body>
        <ac:structured-macro ac:name="panel"><ac:parameter ac:name="bgColor">red</ac:parameter><ac:rich-text-body>
        <ac:structured-macro ac:name="info"><ac:rich-text-body><p>Deep</p></ac:rich-text-body></ac:structured-macro>
        </ac:rich-text-body></ac:structured-macro></ac:rich-text-body></ac:structured-macro>"#;
    assert_eq!(text(body), "More\n\nDeep");
}

#[test]
fn a_table_in_an_expand_in_a_layout_keeps_rows_and_cells_apart() {
    let body = r#"<ac:layout><ac:layout-section ac:type="single"><ac:layout-cell><ac:structured-macro ac:name="expand"><ac:rich-text-body>
        <table><tbody><tr><th><p>Name</p></th><th><p>Port</p></th></tr><tr><td><p>db</p></td><td><p>5432</p><p>5433</p></td></tr></tbody></table>
        </ac:rich-text-body></ac:structured-macro></ac:layout-cell></ac:layout-section></ac:layout>"#;
    assert_eq!(text(body), "Name | Port\ndb | 5432 5433");
}

#[test]
fn of_an_adf_extension_content_or_fallback_is_kept_never_both() {
    let body = r#"<ac:adf-extension><ac:adf-node type="panel"><ac:adf-attribute key="panel-type">note</ac:adf-attribute><ac:adf-content><p>Mind the gap</p></ac:adf-content></ac:adf-node><ac:adf-fallback><div><p>Mind the gap</p></div></ac:adf-fallback></ac:adf-extension>"#;
    assert_eq!(text(body), "Mind the gap");
    let without_content = r#"<ac:adf-extension><ac:adf-node type="extension"><ac:adf-attribute key="k">v</ac:adf-attribute></ac:adf-node><ac:adf-fallback><p>Plain</p></ac:adf-fallback></ac:adf-extension>"#;
    assert_eq!(text(without_content), "Plain");
}

#[test]
fn a_link_shows_its_body_or_else_what_it_leads_to() {
    let bare = r#"<p>See <ac:link><ri:page ri:content-title="On-call &amp; more" ri:space-key="OPS" /></ac:link>.</p>"#;
    assert_eq!(text(bare), "See On-call & more.");
    let file = r#"<p><ac:link ac:anchor="x"><ri:attachment ri:filename="a b.pdf"><ri:page ri:content-title="Other"/></ri:attachment></ac:link></p>"#;
    assert_eq!(text(file), "a b.pdf");
    let body = r#"<p><ac:link><ri:page ri:content-title="T"/><ac:plain-text-link-body><![CDATA[here]]></ac:plain-text-link-body></ac:link></p>"#;
    assert_eq!(text(body), "here");
    let rich = r#"<p><ac:link><ri:page ri:content-title="T"/><ac:link-body>rich <strong>text</strong></ac:link-body></ac:link></p>"#;
    assert_eq!(text(rich), "rich text");
    let anchor = r#"<p><ac:link ac:anchor="steps"></ac:link></p>"#;
    assert_eq!(text(anchor), "steps");
}

#[test]
fn a_mention_is_no_text() {
    let body = r#"<p>Ask <ac:link><ri:user ri:account-id="5b10ac8d82e05b22cc7d4ef5" /></ac:link> first</p>"#;
    assert_eq!(text(body), "Ask first");
}

#[test]
fn empty_bodies_are_empty() {
    for body in ["", "<p />", "<p></p>", "   "] {
        assert_eq!(text(body), "");
    }
    assert_eq!(text(r#"<ac:structured-macro ac:name="children" ac:schema-version="2" />"#), "");
}

#[test]
fn spaces_entities_and_surrogates() {
    assert_eq!(text("<p>a&nbsp;&nbsp; &nbsp;b</p>"), "a b");
    assert_eq!(text("<p>it&rsquo;s 5 &lt; 6 &mdash; &auml;&#228;</p>"), "it’s 5 < 6 — ää");
    assert_eq!(text("<p>smile &#55357;&#56832;!</p>"), "smile 😀!");
    assert_eq!(text("<p>R&D & more &unknown; x</p>"), "R&D & more &unknown; x");
    assert_eq!(text("<p>a\u{0}b\u{8}c \u{FFFE}d</p>"), "abc d");
}

#[test]
fn an_inline_marker_does_not_cut_a_word() {
    let body = r#"<p>fail<ac:inline-comment-marker ac:ref="b1f0">ov</ac:inline-comment-marker>er</p>"#;
    assert_eq!(text(body), "failover");
}

#[test]
fn lozenges_and_issue_keys_are_words_in_their_line() {
    let body = r#"<h2>Deploy<ac:structured-macro ac:name="status"><ac:parameter ac:name="colour">Blue</ac:parameter><ac:parameter ac:name="title">IN PROGRESS</ac:parameter></ac:structured-macro></h2><p>See <ac:structured-macro ac:name="jira"><ac:parameter ac:name="server">J</ac:parameter><ac:parameter ac:name="key">OPS-1</ac:parameter><ac:parameter ac:name="jqlQuery">a=b</ac:parameter></ac:structured-macro>.</p>"#;
    assert_eq!(text(body), "Deploy IN PROGRESS\n\nSee OPS-1 .");
}

#[test]
fn an_unknown_macro_keeps_its_body_and_drops_its_parameters() {
    let body = r#"<ac:structured-macro ac:name="fancy-box"><ac:parameter ac:name="">texttrue</ac:parameter><ac:parameter ac:name="width">400</ac:parameter><ac:rich-text-body><p>Kept</p></ac:rich-text-body></ac:structured-macro>"#;
    assert_eq!(text(body), "Kept");
    let nameless =
        "<ac:structured-macro><ac:plain-text-body><![CDATA[plain <kept>]]></ac:plain-text-body></ac:structured-macro>";
    assert_eq!(text(nameless), "plain <kept>");
}

#[test]
fn nothing_of_another_page_is_kept() {
    let body = r#"<ac:structured-macro ac:name="include"><ac:parameter ac:name=""><ac:link><ri:page ri:content-title="Secret plan"/></ac:link></ac:parameter></ac:structured-macro><ac:structured-macro ac:name="excerpt-include"><ac:parameter ac:name="default-parameter">Secret</ac:parameter></ac:structured-macro><p>mine</p>"#;
    assert_eq!(text(body), "mine");
}

#[test]
fn tasks_keep_their_bodies_only() {
    let body = r"<ac:task-list><ac:task><ac:task-id>1</ac:task-id><ac:task-status>incomplete</ac:task-status><ac:task-body>Call Ben</ac:task-body></ac:task><ac:task><ac:task-id>2</ac:task-id><ac:task-status>complete</ac:task-status><ac:task-body><span>Write it</span></ac:task-body></ac:task></ac:task-list>";
    assert_eq!(text(body), "Call Ben\nWrite it");
}

#[test]
fn images_show_their_alternative_text_and_caption() {
    let body = r#"<ac:image ac:alt="Topology"><ri:attachment ri:filename="x.png"/><ac:caption><p>Fig. 1</p></ac:caption></ac:image>"#;
    assert_eq!(text(body), "Topology\n\nFig. 1");
}

#[test]
fn dates_emoji_and_diagrams() {
    assert_eq!(text(r#"<p>Due <time datetime="2026-09-30" /></p>"#), "Due 2026-09-30");
    assert_eq!(
        text(
            r#"<p>ok <ac:emoticon ac:name="tick" ac:emoji-fallback="✔"/><ac:emoticon ac:name="x" ac:emoji-fallback=":x:"/></p>"#
        ),
        "ok ✔"
    );
    let drawing = r#"<ac:structured-macro ac:name="drawio"><ac:parameter ac:name="diagramName">Network</ac:parameter><ac:plain-text-body><![CDATA[7VpRb]]></ac:plain-text-body></ac:structured-macro>"#;
    assert_eq!(text(drawing), "Network");
    let html = r#"<ac:structured-macro ac:name="html"><ac:plain-text-body><![CDATA[<p>Hi</p><script>evil()</script>]]></ac:plain-text-body></ac:structured-macro>"#;
    assert!(!text(html).is_empty());
}

#[test]
fn broken_markup_loses_no_text() {
    assert_eq!(text("<p>one<p>two <strong>three</p> four"), "one\n\ntwo three\n\nfour");
    assert_eq!(text("<p>a < b and c > d</p>"), "a < b and c > d");
    let unclosed = storage_to_text("<p>start</p><![CDATA[never closed <b>bold</b>", 1 << 20);
    assert_eq!(unclosed.text, "start\n\nnever closed bold");
    assert!(unclosed.malformed);
    assert!(text("<p>x</p><a href=\"unterminated").contains('x'));
    assert_eq!(text("</p></div>plain"), "plain");
}

#[test]
fn right_to_left_and_cjk_pass_through() {
    assert_eq!(text("<p>שלום עולם</p><p>数据库故障转移</p>"), "שלום עולם\n\n数据库故障转移");
}

#[test]
fn size_and_depth_are_bounded() {
    let rows = "<tr><td>cell</td><td>value</td></tr>".repeat(150_000);
    let big = storage_to_text(&format!("<table><tbody>{rows}</tbody></table>"), 1 << 20);
    assert!(big.truncated && big.text.len() <= 1 << 20);
    let deep = format!("{}kept{}", "<div>".repeat(20_000), "</div>".repeat(20_000));
    assert_eq!(text(&deep), "kept");
    let hopeless = "<![CDATA[".repeat(10_000);
    assert!(storage_to_text(&hopeless, 1 << 20).malformed);
}

proptest! {
    #[test]
    fn never_panics(body in ".{0,400}") {
        storage_to_text(&body, 1000);
    }

    #[test]
    fn never_panics_on_what_looks_like_markup(parts in prop::collection::vec(prop::sample::select(vec![
        "<p>", "</p>", "<ac:structured-macro ac:name=\"code\">", "</ac:structured-macro>", "<ac:plain-text-body>", "<![CDATA[", "]]>",
        "<ac:link>", "<ri:page ri:content-title=\"T\"/>", "</ac:link>", "<td>", "</td>", "&amp;", "&#55357;", "&", "<", ">", "ä", "x ", "<!--", "-->", "<?x",
        "<ac:adf-extension>", "<ac:adf-fallback>", "</ac:adf-extension>", "<pre>", "</pre>", "\n",
    ]), 0..60)) {
        let text = storage_to_text(&parts.concat(), 200);
        prop_assert!(text.text.len() <= 200);
    }
}
