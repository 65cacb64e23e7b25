use super::*;

fn text(html: &str) -> (Option<String>, String) {
    let (title, writer) = HtmlText::new(TextWriter::new(100_000)).feed(html).finish();
    (title, writer.finish().0)
}

fn body(html: &str) -> String {
    text(html).1
}

#[test]
fn a_page_becomes_blocks_and_a_title() {
    let html = "<!DOCTYPE html><html><head><title> Key &amp;\n rotation </title><style>p{}</style></head><body><h1>Rotate</h1>\
                <p>Keys are <b>ro</b>tated<br>nightly.</p><ul><li>one</li><li>two</ul><!-- no --><script>if (a<b) x()</script>\
                <noscript>no</noscript><template><p>no</p></template><img alt='A key' src=x>after</body></html>";
    let expected = "Rotate\n\nKeys are rotated\nnightly.\n\none\ntwo\n\nA key after";
    assert_eq!(text(html), (Some("Key & rotation".to_owned()), expected.to_owned()));
}

#[test]
fn the_first_heading_stands_in_for_a_title() {
    assert_eq!(text("<p>x</p><h1>The <i>one</i></h1><h1>other</h1>").0, Some("The one".to_owned()));
    assert_eq!(text("<p>x").0, None);
}

#[test]
fn cells_are_parted_and_rows_are_lines() {
    let html = "<table><thead><tr><th>Name<th>Role</thead><tr><td><p>Ann</p></td><td><p>Admin</p></td></tr><tr><td></td><td>x</table>y";
    assert_eq!(body(html), "Name\tRole\nAnn\tAdmin\nx\n\ny");
}

#[test]
fn entities_are_characters() {
    assert_eq!(body("&lt;b&gt; &eacute;&nbsp;&#8364; &#x80; &notit; AT&T"), "<b> é € € ¬it; AT&T");
}

#[test]
fn preformatted_text_keeps_its_lines() {
    assert_eq!(body("a<pre>  x\n\n  y</pre>b   c"), "a\n\n  x\n\n  y\n\nb c");
}

#[test]
fn tag_soup_is_read() {
    assert_eq!(body("<b><p>a</b></p></i>b<div c"), "a\n\nb");
    assert_eq!(body("</script>a<title>t</title>b"), "ab");
    assert_eq!(body("<noscript><noscript>x</noscript>y</noscript>z"), "z");
    assert_eq!(body("1 < 2 <3"), "1 < 2 <3");
}

#[test]
fn deep_nesting_is_no_work() {
    let html = "<div>".repeat(200_000) + "deep";
    assert_eq!(body(&html), "deep");
}

#[test]
fn a_document_ends_at_a_tag_with_too_many_attributes() {
    let attributes: Vec<String> = (0..=ATTRIBUTES_MAX).map(|i| format!("a{i}")).collect();
    let attributes = attributes.join(" ");
    let (_, writer) = HtmlText::new(TextWriter::new(100)).feed(&format!("before<a {attributes}>after")).finish();
    assert_eq!(writer.finish(), ("before".to_owned(), true));
}
