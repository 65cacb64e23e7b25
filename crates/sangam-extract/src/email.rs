//! Mails: who wrote to whom about what, the text, and the attached files by their names and with their text.

use mail_parser::{Address, Message, MessageParser, MimeHeaders, PartType};

use crate::extract::{Depth, read};
use crate::html::HtmlText;
use crate::package::corrupt;
use crate::writer::TextWriter;
use crate::{ExtractError, MediaType, sniff};

/// Most attached files that are read; the rest is named.
const ATTACHMENTS_MAX: usize = 50;

/// Writes the mail's text; returns its subject and the writer.
pub(crate) fn write(
    bytes: &[u8],
    writer: TextWriter,
    depth: Depth,
) -> Result<(Option<String>, TextWriter), ExtractError> {
    let message = MessageParser::default().parse(bytes).ok_or_else(|| corrupt(MediaType::Email))?;
    let writer = write_message(&message, writer, depth);
    Ok((message.subject().map(str::to_owned), writer))
}

fn write_message(message: &Message<'_>, mut writer: TextWriter, depth: Depth) -> TextWriter {
    write_headers(message, &mut writer);
    writer.block();
    for part in message.text_bodies() {
        match &part.body {
            PartType::Text(text) => writer.preformatted(text),
            PartType::Html(html) => (_, writer) = HtmlText::new(writer).feed(html).finish(),
            _ => {}
        }
        writer.block();
    }
    for (n_before, part) in message.attachments().enumerate() {
        if writer.is_full() {
            break;
        }
        writer.block();
        let name = part.attachment_name();
        writer.words(name.unwrap_or_default());
        writer.block();
        let Some(depth) = depth.deeper().filter(|_| n_before < ATTACHMENTS_MAX) else { continue };
        writer = match &part.body {
            PartType::Message(inner) => write_message(inner, writer, depth),
            _ => write_file(part.contents(), name, writer, depth),
        };
    }
    writer
}

fn write_headers(message: &Message<'_>, writer: &mut TextWriter) {
    writer.words(message.subject().unwrap_or_default());
    writer.block();
    for (label, addresses) in [("From", message.from()), ("To", message.to()), ("Cc", message.cc())] {
        if let Some(addresses) = addresses {
            writer.line();
            writer.words(&format!("{label}: {}", people(addresses)));
        }
    }
    if let Some(date) = message.date() {
        writer.line();
        writer.words(&format!("Date: {}", date.to_rfc3339()));
    }
}

/// Names and addresses, as far as there are any.
fn people(addresses: &Address<'_>) -> String {
    let all = addresses.iter().map(|person| match (person.name(), person.address()) {
        (Some(name), Some(address)) => format!("{name} <{address}>"),
        (name, address) => name.or(address).unwrap_or_default().to_owned(),
    });
    all.collect::<Vec<_>>().join(", ")
}

/// The text of an attached file. One that cannot be read is found by its name all the same.
fn write_file(bytes: &[u8], name: Option<&str>, mut writer: TextWriter, depth: Depth) -> TextWriter {
    let room = TextWriter::new(writer.bytes_max().saturating_sub(writer.len()));
    if let Ok((_, inner)) = read(bytes, sniff(bytes, None, name), room, depth) {
        let (text, is_cut) = inner.finish();
        writer.preformatted(&text);
        if is_cut {
            writer.cut();
        }
    }
    writer
}
