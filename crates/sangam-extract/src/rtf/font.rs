//! Fonts, of which only the encoding of their characters matters.

use std::collections::HashMap;

use encoding_rs::Encoding;

/// Most fonts that are kept; programs declare a few dozen.
const FONTS_MAX: usize = 4096;

/// The encodings of the fonts of a document.
#[derive(Default)]
pub(super) struct Fonts {
    by_number: HashMap<usize, &'static Encoding>,
    declared: usize,
}

impl Fonts {
    /// The font `number` is declared.
    pub(super) fn begin(&mut self, number: usize) {
        self.declared = number;
    }

    /// The character set of the font that is declared.
    pub(super) fn set_charset(&mut self, charset: usize) {
        if let Some(encoding) = encoding_of_charset(charset).filter(|_| self.by_number.len() < FONTS_MAX) {
            self.by_number.insert(self.declared, encoding);
        }
    }

    /// The encoding of font `number`, if it has one of its own.
    pub(super) fn encoding(&self, number: usize) -> Option<&'static Encoding> {
        self.by_number.get(&number).copied()
    }
}

/// Source: RTF Specification 1.9.1, "Font Table", `\fcharset`; the symbol set (2) has no encoding.
fn encoding_of_charset(charset: usize) -> Option<&'static Encoding> {
    Some(match charset {
        0 => encoding_rs::WINDOWS_1252,
        77 => encoding_rs::MACINTOSH,
        128 => encoding_rs::SHIFT_JIS,
        129 => encoding_rs::EUC_KR,
        134 => encoding_rs::GBK,
        136 => encoding_rs::BIG5,
        161 => encoding_rs::WINDOWS_1253,
        162 => encoding_rs::WINDOWS_1254,
        163 => encoding_rs::WINDOWS_1258,
        177 => encoding_rs::WINDOWS_1255,
        178 => encoding_rs::WINDOWS_1256,
        186 => encoding_rs::WINDOWS_1257,
        204 => encoding_rs::WINDOWS_1251,
        222 => encoding_rs::WINDOWS_874,
        238 => encoding_rs::WINDOWS_1250,
        _ => return None,
    })
}

/// The encoding of a Windows code page.
pub(super) fn encoding_of_page(page: usize) -> Option<&'static Encoding> {
    Some(match page {
        874 => encoding_rs::WINDOWS_874,
        932 => encoding_rs::SHIFT_JIS,
        936 => encoding_rs::GBK,
        949 => encoding_rs::EUC_KR,
        950 => encoding_rs::BIG5,
        1250 => encoding_rs::WINDOWS_1250,
        1251 => encoding_rs::WINDOWS_1251,
        1252 => encoding_rs::WINDOWS_1252,
        1253 => encoding_rs::WINDOWS_1253,
        1254 => encoding_rs::WINDOWS_1254,
        1255 => encoding_rs::WINDOWS_1255,
        1256 => encoding_rs::WINDOWS_1256,
        1257 => encoding_rs::WINDOWS_1257,
        1258 => encoding_rs::WINDOWS_1258,
        10000 => encoding_rs::MACINTOSH,
        65001 => encoding_rs::UTF_8,
        _ => return None,
    })
}
