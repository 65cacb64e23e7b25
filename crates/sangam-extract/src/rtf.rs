//! RTF to text: control words that part text, groups that hold none, and bytes in the code page of their font.
//!
//! One pass over the bytes, groups on a bounded stack of our own.
//! Source: Rich Text Format Specification 1.9.1.

mod font;
mod words;

use encoding_rs::Encoding;

use crate::writer::TextWriter;
use font::{Fonts, encoding_of_page};
use words::{Meaning, meaning};

/// Deepest group whose state is kept; deeper ones share the state of this one. Programs nest some twenty.
const GROUPS_MAX: usize = 512;

/// Longest control word, in letters.
const WORD_CHARS_MAX: usize = 32;

/// Writes the text of `rtf` and returns its title.
pub(crate) fn write(rtf: &[u8], writer: &mut TextWriter) -> Option<String> {
    let mut reader = Reader::new(rtf, writer);
    reader.run();
    reader.flush();
    Some(reader.title).filter(|title| !title.is_empty())
}

/// What holds until its group ends.
#[derive(Clone, Copy)]
struct Group {
    /// Where its characters go.
    to: Destination,
    encoding: &'static Encoding,
    /// Characters that stand behind a `\u` for readers that do not know it.
    n_fallback: usize,
    /// Nothing but the destination's name has come yet.
    is_new: bool,
    /// The destination may be left out by who does not know it.
    is_optional: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Destination {
    Text,
    Info,
    Title,
    FontTable,
    Nowhere,
}

struct Reader<'a> {
    rest: &'a [u8],
    writer: &'a mut TextWriter,
    title: String,
    fonts: Fonts,
    group: Group,
    outer: Vec<Group>,
    n_beyond: usize,
    /// Bytes of the current code page that were not decoded yet: a character may have two.
    pending: Vec<u8>,
    high_surrogate: Option<u16>,
    /// Characters that are still to be left out behind a `\u`.
    n_skip: usize,
}

impl<'a> Reader<'a> {
    fn new(rtf: &'a [u8], writer: &'a mut TextWriter) -> Self {
        let group = Group {
            to: Destination::Text,
            encoding: encoding_rs::WINDOWS_1252,
            n_fallback: 1,
            is_new: false,
            is_optional: false,
        };
        Self {
            rest: rtf,
            writer,
            title: String::new(),
            fonts: Fonts::default(),
            group,
            outer: Vec::new(),
            n_beyond: 0,
            pending: Vec::new(),
            high_surrogate: None,
            n_skip: 0,
        }
    }

    fn run(&mut self) {
        while let Some((&byte, rest)) = self.rest.split_first() {
            if self.writer.is_full() {
                return;
            }
            self.rest = rest;
            match byte {
                b'{' => self.open(),
                b'}' => self.close(),
                b'\\' => self.control(),
                b'\r' | b'\n' | 0 => {}
                _ => self.byte(byte),
            }
        }
    }

    fn open(&mut self) {
        self.flush();
        self.n_skip = 0;
        if self.outer.len() < GROUPS_MAX {
            self.outer.push(self.group);
            self.group = Group { is_new: true, is_optional: false, ..self.group };
        } else {
            self.n_beyond += 1;
        }
    }

    fn close(&mut self) {
        self.flush();
        self.n_skip = 0;
        if self.n_beyond > 0 {
            self.n_beyond -= 1;
        } else if let Some(outer) = self.outer.pop() {
            self.group = outer;
        }
    }

    fn control(&mut self) {
        let Some((&byte, rest)) = self.rest.split_first() else { return };
        if byte.is_ascii_alphabetic() {
            return self.word();
        }
        self.rest = rest;
        match byte {
            b'\'' => self.hex_byte(),
            b'*' => self.group.is_optional = true,
            b'~' => self.char(' '),
            b'_' => self.char('-'),
            b'\r' | b'\n' => self.apply(Meaning::Block, None),
            b'{' | b'}' | b'\\' => self.byte(byte),
            _ => {}
        }
    }

    fn hex_byte(&mut self) {
        let digits = self.rest.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        if let Some(byte) = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            self.rest = &self.rest[2..];
            self.byte(byte);
        }
    }

    fn word(&mut self) {
        let n_letters = self.rest.iter().take(WORD_CHARS_MAX).take_while(|byte| byte.is_ascii_alphabetic()).count();
        let (word, rest) = self.rest.split_at(n_letters);
        let n_digits = rest.iter().skip(1).take_while(|byte| byte.is_ascii_digit()).count();
        let is_number = matches!(rest.first(), Some(b'-' | b'0'..=b'9')) && (rest[0] != b'-' || n_digits > 0);
        let (number, rest) = rest.split_at(if is_number { 1 + n_digits } else { 0 });
        let number = std::str::from_utf8(number).ok().and_then(|digits| digits.parse::<i32>().ok());
        self.rest = rest.strip_prefix(b" ").unwrap_or(rest);
        self.apply(meaning(word), number);
    }

    fn apply(&mut self, meaning: Meaning, number: Option<i32>) {
        let (is_first, is_optional) = (self.group.is_new, self.group.is_optional);
        self.group.is_new = false;
        let value = usize::try_from(number.unwrap_or_default()).unwrap_or_default();
        match meaning {
            Meaning::Unicode => self.unicode(number.unwrap_or_default()),
            Meaning::Fallback => self.group.n_fallback = value,
            Meaning::Bytes => self.rest = self.rest.get(value..).unwrap_or_default(),
            Meaning::CodePage => self.set_encoding(encoding_of_page(value)),
            Meaning::Font => self.font(value),
            Meaning::Charset => self.fonts.set_charset(value),
            Meaning::Info => self.begin(Destination::Info),
            Meaning::Title => self.begin(Destination::Title),
            Meaning::FontTable => self.begin(Destination::FontTable),
            Meaning::NoText => self.begin(Destination::Nowhere),
            // Notes, headers and the like are text, although who does not know them might leave them out.
            Meaning::Text => self.text_begins(),
            Meaning::Unknown if is_first && is_optional => self.begin(Destination::Nowhere),
            Meaning::Unknown | Meaning::Inline => {}
            Meaning::Char(char) => self.char(char),
            Meaning::Space | Meaning::Line | Meaning::Block | Meaning::Cell | Meaning::Row => self.gap(meaning),
        }
    }

    /// A destination begins: within one without text nothing is text.
    fn begin(&mut self, to: Destination) {
        self.flush();
        let is_title = self.group.to == Destination::Info && to == Destination::Title;
        if is_title || !matches!(self.group.to, Destination::Nowhere | Destination::Info) {
            self.group.to = to;
        }
    }

    fn text_begins(&mut self) {
        self.begin(Destination::Text);
        if self.group.to == Destination::Text {
            self.writer.block();
        }
    }

    fn gap(&mut self, gap: Meaning) {
        self.flush();
        if self.group.to == Destination::Title {
            self.title.push(' ');
        }
        if self.group.to != Destination::Text {
            return;
        }
        match gap {
            Meaning::Line => self.writer.line(),
            Meaning::Block => self.writer.block(),
            Meaning::Cell => self.writer.cell(),
            Meaning::Row => self.writer.row(),
            _ => self.writer.words(" "),
        }
    }

    fn font(&mut self, number: usize) {
        if self.group.to == Destination::FontTable {
            self.fonts.begin(number);
        } else if let Some(encoding) = self.fonts.encoding(number) {
            self.set_encoding(Some(encoding));
        }
    }

    fn set_encoding(&mut self, encoding: Option<&'static Encoding>) {
        self.flush();
        self.group.encoding = encoding.unwrap_or(self.group.encoding);
    }

    /// A UTF-16 unit as a signed number.
    fn unicode(&mut self, number: i32) {
        self.flush_bytes();
        self.n_skip = self.group.n_fallback;
        let unit = (number & 0xFFFF) as u16;
        let units = self.high_surrogate.take().into_iter().chain([unit]);
        if (0xD800..0xDC00).contains(&unit) {
            self.high_surrogate = Some(unit);
        } else {
            let decoded: String = char::decode_utf16(units).filter_map(Result::ok).collect();
            self.put(&decoded);
        }
    }

    fn char(&mut self, char: char) {
        if self.n_skip > 0 {
            self.n_skip -= 1;
            return;
        }
        self.flush();
        self.put(char.encode_utf8(&mut [0; 4]));
    }

    fn byte(&mut self, byte: u8) {
        self.group.is_new = false;
        if self.n_skip > 0 {
            self.n_skip -= 1;
        } else if matches!(self.group.to, Destination::Text | Destination::Title) {
            self.pending.push(byte);
        }
    }

    /// Decodes what is pending; half a pair does not wait for its other half.
    fn flush(&mut self) {
        self.flush_bytes();
        self.high_surrogate = None;
    }

    fn flush_bytes(&mut self) {
        if self.pending.is_empty() {
            return;
        }
        let pending = std::mem::take(&mut self.pending);
        let (decoded, _) = self.group.encoding.decode_without_bom_handling(&pending);
        self.put(&decoded);
    }

    fn put(&mut self, text: &str) {
        match self.group.to {
            Destination::Text => self.writer.words(text),
            Destination::Title if self.title.len() < self.writer.bytes_max() => self.title.push_str(text),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests;
