use super::*;

fn text(rtf: &[u8]) -> String {
    let mut writer = TextWriter::new(10_000);
    write(rtf, &mut writer);
    writer.finish().0
}

#[test]
fn the_title_is_told_apart() {
    let mut writer = TextWriter::new(10_000);
    let title = write(br"{\rtf1{\info{\author Ann}{\title A \'e4 title}}text}", &mut writer);
    assert_eq!((title.as_deref(), writer.finish().0.as_str()), (Some("A ä title"), "text"));
}

#[test]
fn paragraphs_tables_and_characters_are_read() {
    let rtf = br"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0\fswiss Arial;}{\f1\fcharset204 Cyr;}}{\colortbl;\red0;}
{\info{\title ignored here}}\pard One\par two {\b bold}ly\line three \emdash  \'e4\u223?\~x\par
\trowd a\cell b\cell\row \trowd c\cell d\cell\row\pard {\f1 \'ef\'f0}end \{x\}{\*\unknown none}{\pict 00ff00}{\footnote note}}";
    let expected = "One\n\ntwo boldly\nthree \u{2014} äß x\n\na\tb\nc\td\nпрend {x}\n\nnote";
    assert_eq!(text(rtf), expected);
}

#[test]
fn two_bytes_are_one_character() {
    assert_eq!(text(br"{\rtf1{\fonttbl{\f0\fcharset128 M;}}\f0 \'93\'fa\'96\'7b}"), "日本");
    assert_eq!(text(br"{\rtf1 \uc1\u-10179?\u-8704?\uc0\u20320 x}"), "😀你x");
}

#[test]
fn broken_files_are_read_as_far_as_they_go() {
    assert_eq!(text(br"{\rtf1 a}}}} b \'zz \bin99999 c"), "a b zz");
    assert_eq!(text(&[b"{\\rtf1 ".as_slice(), &b"{".repeat(100_000), b"deep"].concat()), "deep");
    assert_eq!(text(b"{\\rtf1 \\u99999999999? \\uc-5 \\"), "");
}
