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
    let body = r#"<p><ac:link><ri:user ri:account-id="a1"/></ac:link> <ac:link><ri:user ri:userkey="k1"/></ac:link>
        <ac:link><ri:user ri:account-id="a1"/></ac:link> <ac:link><ri:user ri:username="ben"/></ac:link></p>"#;
    assert_eq!(storage_to_text(body, 1 << 20).mentions, ["a1", "k1", "ben"], "each once, whichever way they are named");
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
    let both = r#"<p>See <ac:image ac:alt="Topology" ac:title="The network"><ri:attachment ri:filename="x.png"/></ac:image></p>"#;
    assert_eq!(text(both), "See Topology The network");
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
fn every_macro_that_shows_other_pages_shows_nothing() {
    for name in [
        "children",
        "pagetree",
        "recently-updated",
        "contentbylabel",
        "blog-posts",
        "detailssummary",
        "livesearch",
        "gallery",
        "attachments",
        "contributors",
        "space-index",
        "tasks-report",
        "include",
        "excerpt-include",
        "html-include",
        "toc",
        "anchor",
        "style",
        "profile",
        "CHILDREN",
    ] {
        let body = format!(
            r#"<ac:structured-macro ac:name="{name}"><ac:parameter ac:name="title">Secret</ac:parameter><ac:parameter ac:name=""><ri:page ri:content-title="Secret"/></ac:parameter><ac:rich-text-body><p>Secret</p></ac:rich-text-body><ac:plain-text-body><![CDATA[Secret]]></ac:plain-text-body></ac:structured-macro><p>mine</p>"#
        );
        assert_eq!(text(&body), "mine", "{name}");
    }
}

#[test]
fn macros_with_a_body_keep_it() {
    for name in [
        "info",
        "note",
        "tip",
        "warning",
        "panel",
        "success",
        "error",
        "expand",
        "ui-expand",
        "excerpt",
        "details",
        "toc-zone",
        "section",
        "column",
        "unheard-of",
        "Info",
    ] {
        let body = format!(
            r#"<ac:structured-macro ac:name="{name}"><ac:parameter ac:name="hidden">true</ac:parameter><ac:parameter ac:name="title">Head</ac:parameter><ac:rich-text-body><p>Body</p></ac:rich-text-body></ac:structured-macro>"#
        );
        assert_eq!(text(&body), "Head\n\nBody", "{name}");
    }
    for name in ["markdown", "noformat", "plantuml", "mermaid", "mathblock", "latex"] {
        let body = format!(
            r#"<ac:structured-macro ac:name="{name}"><ac:plain-text-body><![CDATA[A -> B]]></ac:plain-text-body></ac:structured-macro>"#
        );
        assert_eq!(text(&body), "A -> B", "{name}");
    }
}

#[test]
fn files_and_addresses_in_macros_are_named() {
    let file = r#"<p>See <ac:structured-macro ac:name="view-file"><ac:parameter ac:name="name"><ri:attachment ri:filename="plan.pdf"/></ac:parameter><ac:parameter ac:name="height">250</ac:parameter></ac:structured-macro></p>"#;
    assert_eq!(text(file), "See plan.pdf");
    let widget = r#"<ac:structured-macro ac:name="widget"><ac:parameter ac:name="url"><ri:url ri:value="https://v.example/1"/></ac:parameter></ac:structured-macro>"#;
    assert_eq!(text(widget), "https://v.example/1");
}

#[test]
fn the_older_form_of_a_macro_is_read_too() {
    let body = r#"<ac:macro ac:name="panel"><ac:default-parameter>texttrue</ac:default-parameter><ac:rich-text-body><p>Old</p></ac:rich-text-body></ac:macro>"#;
    assert_eq!(text(body), "Old");
}

#[test]
fn bodies_that_are_no_text_are_left_out() {
    for data in [
        r#"[{"body":"pie title Pets","date":1700000000}]"#.to_owned(),
        "iVBORw0KGgoAAAANSUhEUgAA".repeat(40),
        "1f8b0800deadbeef".repeat(40),
        r#"<svg xmlns="http://www.w3.org/2000/svg"><text>x</text></svg>"#.to_owned(),
    ] {
        let body = format!(
            r#"<p>before</p><ac:structured-macro ac:name="mermaid-cloud"><ac:plain-text-body><![CDATA[{data}]]></ac:plain-text-body></ac:structured-macro><p>after</p>"#
        );
        assert_eq!(text(&body), "before\n\nafter");
    }
}

#[test]
fn links_of_every_kind_show_a_word() {
    let link = |inner: &str| text(&format!("<p>a <ac:link>{inner}</ac:link> b</p>"));
    assert_eq!(link(r#"<ri:blog-post ri:content-title="News" ri:posting-day="2026/08/11"/>"#), "a News b");
    assert_eq!(link(r#"<ri:space ri:space-key="OPS"/>"#), "a OPS b");
    assert_eq!(link(r#"<ri:shortcut ri:key="jira" ri:parameter="OPS-1"/>"#), "a OPS-1 b");
    assert_eq!(link(r#"<ri:url ri:value="https://x.example"/>"#), "a https://x.example b");
    assert_eq!(link(r#"<ri:content-entity ri:content-id="123"/>"#), "a b", "an id is no word");
    let smart = r#"<p><a href="https://s.example/wiki/spaces/E/pages/1/T" data-card-appearance="inline">https://s.example/wiki/spaces/E/pages/1/T</a></p>"#;
    assert_eq!(text(smart), "https://s.example/wiki/spaces/E/pages/1/T");
    assert_eq!(text(r#"<p>the <a href="https://secret.example/x">post-mortem</a></p>"#), "the post-mortem");
}

#[test]
fn decisions_placeholders_and_variables() {
    let decision = r#"<ac:adf-extension><ac:adf-node type="decision-list"><ac:adf-attribute key="local-id">x1</ac:adf-attribute><ac:adf-node type="decision-item"><ac:adf-attribute key="state">DECIDED</ac:adf-attribute><ac:adf-content>Use two replicas</ac:adf-content></ac:adf-node></ac:adf-node><ac:adf-fallback><ul><li>Use two replicas</li></ul></ac:adf-fallback></ac:adf-extension>"#;
    assert_eq!(text(decision), "Use two replicas");
    assert_eq!(text(r#"<p><ac:placeholder>Type here</ac:placeholder>kept <at:var at:name="owner"/></p>"#), "kept");
}

#[test]
fn a_large_table_takes_linear_time() {
    let table = |n_bytes: usize| {
        let row = "<tr><td><p>db-primary</p></td><td><p>5432</p></td></tr>";
        format!("<table><tbody>{}</tbody></table>", row.repeat(n_bytes / row.len()))
    };
    let seconds = |body: &str| {
        let started = std::time::Instant::now();
        assert!(!storage_to_text(body, 16 << 20).truncated);
        started.elapsed().as_secs_f64()
    };
    let (small, large) = (table(5 << 18), table(5 << 20));
    // Four times the bytes: about 4 if linear, 16 if quadratic. What else the machine does only makes a try worse.
    let ratios: Vec<f64> = (0..6).map(|_| seconds(&large) / seconds(&small)).collect();
    assert!(ratios.iter().any(|ratio| *ratio < 9.0), "{ratios:?}");
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
    let cells = "<td>x</td>".repeat(20);
    assert!((0..40).all(|most| storage_to_text(&cells, most).text.len() <= most), "what stands between cells counts");
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
