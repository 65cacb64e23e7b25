//! Electronic books: their chapters in the order in which they are read.
//!
//! Source: EPUB 3.3, "Open Container Format" and "Package document".

use std::collections::HashMap;

use crate::decode::decode;
use crate::html::HtmlText;
use crate::odf::title;
use crate::package::{Package, corrupt};
use crate::writer::TextWriter;
use crate::xml_events::{Node, attribute, walk};
use crate::{ExtractError, MediaType};

/// Writes the book's text; returns its title and the writer.
pub(crate) fn write(bytes: &[u8], mut writer: TextWriter) -> Result<(Option<String>, TextWriter), ExtractError> {
    let mut package = Package::open(bytes, MediaType::Epub)?;
    let container = part(&mut package, "META-INF/container.xml")?;
    let path = root_file(&container).ok_or_else(|| corrupt(MediaType::Epub))?;
    let book = part(&mut package, &path)?;
    let chapters = chapters(&book, path.rsplit_once('/').map_or("", |(folder, _)| folder));
    // Fonts are often listed there too, scrambled but no secret.
    let encrypted = package.read("META-INF/encryption.xml").ok().flatten().unwrap_or_default();
    if chapters.iter().any(|chapter| contains(&encrypted, chapter.as_bytes())) {
        return Err(package.encrypted());
    }
    let mut n_read = 0;
    for chapter in &chapters {
        if writer.is_full() {
            break;
        }
        // A chapter that is damaged or lacking does not take the others along.
        let Ok(Some(content)) = package.read(chapter) else { continue };
        n_read += 1;
        writer.block();
        (_, writer) = HtmlText::new(writer).feed(&decode(&content)).finish();
    }
    if n_read == 0 { Err(corrupt(MediaType::Epub)) } else { Ok((title(&book), writer)) }
}

fn part(package: &mut Package<'_>, name: &str) -> Result<String, ExtractError> {
    let content = package.read(name)?.ok_or_else(|| corrupt(package.media_type()))?;
    Ok(decode(&content).into_owned())
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    !part.is_empty() && bytes.windows(part.len()).any(|window| window == part)
}

/// The path of the package document.
fn root_file(container: &str) -> Option<String> {
    let mut path = None;
    walk(container, |node| {
        if let Node::Start { element, .. } = node
            && element.local_name().as_ref() == b"rootfile"
        {
            path = attribute(&element, b"full-path");
        }
        path.is_none()
    });
    path
}

/// The paths of the chapters in the order of the spine, each once.
fn chapters(book: &str, folder: &str) -> Vec<String> {
    let mut paths = HashMap::new();
    let mut order = Vec::new();
    walk(book, |node| {
        if let Node::Start { element, .. } = node {
            match element.local_name().as_ref() {
                b"item" => {
                    if let (Some(id), Some(link)) = (attribute(&element, b"id"), attribute(&element, b"href")) {
                        paths.insert(id, resolve(folder, &link));
                    }
                }
                b"itemref" => order.extend(attribute(&element, b"idref")),
                _ => {}
            }
        }
        true
    });
    order.iter().filter_map(|id| paths.remove(id)).collect()
}

/// The member that a link from `folder` leads to.
fn resolve(folder: &str, link: &str) -> String {
    let link = percent_decoded(link.split(['#', '?']).next().unwrap_or_default());
    let mut steps: Vec<&str> = if link.starts_with('/') { Vec::new() } else { folder.split('/').collect() };
    for step in link.split('/') {
        match step {
            "." | "" => {}
            ".." => {
                steps.pop();
            }
            _ => steps.push(step),
        }
    }
    steps.retain(|step| !step.is_empty());
    steps.join("/")
}

fn percent_decoded(link: &str) -> String {
    let mut bytes = Vec::with_capacity(link.len());
    let mut rest = link.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let digits = after.get(..2).filter(|_| byte == b'%').and_then(|digits| std::str::from_utf8(digits).ok());
        let decoded = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(decoded.unwrap_or(byte));
        rest = if decoded.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_to_members() {
        assert_eq!(resolve("OPS/a", "../text/one%20two.xhtml#part"), "OPS/text/one two.xhtml");
        assert_eq!(resolve("", "./x.xhtml"), "x.xhtml");
        assert_eq!(resolve("OPS", "/x%zz"), "x%zz");
        assert_eq!(resolve("OPS", "../../../x"), "x");
    }

    #[test]
    fn chapters_come_in_the_order_of_the_spine() {
        let book = "<p><item id='a' href='1'/><item id='b' href='2'/><itemref idref='b'/><itemref idref='c'/><itemref idref='a'/></p>";
        assert_eq!(chapters(book, "O"), ["O/2", "O/1"]);
    }
}
