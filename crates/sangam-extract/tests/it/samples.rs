//! The files in `tests/data`, and crafted ones.

use std::io::{Cursor, Read, Write};
use std::path::Path;

use sangam_extract::MediaType;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// The samples that anybody may read, with what they are.
pub(crate) const SAMPLES: [(&str, MediaType); 13] = [
    ("sample.pdf", MediaType::Pdf),
    ("sample.docx", MediaType::Docx),
    ("sample.doc", MediaType::Doc),
    ("sample.rtf", MediaType::Rtf),
    ("sample.odt", MediaType::Odt),
    ("sample.pptx", MediaType::Pptx),
    ("sample.ppt", MediaType::Ppt),
    ("sample.odp", MediaType::Odp),
    ("sample.xlsx", MediaType::Xlsx),
    ("sample.xls", MediaType::Xls),
    ("sample.ods", MediaType::Ods),
    ("sample.epub", MediaType::Epub),
    ("sample.eml", MediaType::Email),
];

/// The bytes of a file in `tests/data`; one of them is kept packed.
pub(crate) fn sample(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    if let Ok(bytes) = std::fs::read(folder.join(name)) {
        return bytes;
    }
    let packed = std::fs::read(folder.join(format!("{name}.zip"))).unwrap();
    let mut zip = zip::ZipArchive::new(Cursor::new(packed)).unwrap();
    let mut bytes = Vec::new();
    zip.by_name(name).unwrap().read_to_end(&mut bytes).unwrap();
    bytes
}

/// A package whose one member is `unpacked_bytes` blanks.
pub(crate) fn bomb(member: &str, unpacked_bytes: usize) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file(member, SimpleFileOptions::default().large_file(true)).unwrap();
    let piece = vec![b' '; 1 << 20];
    for _ in 0..unpacked_bytes / piece.len() {
        zip.write_all(&piece).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// Damaged copies of a file: a quarter cut short, the others with some bytes changed; the same every time.
pub(crate) fn mutants(bytes: &[u8], n: usize) -> Vec<Vec<u8>> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut next = move |below: usize| {
        // xorshift64
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    let mut mutant = |number: usize| {
        let mut mutant = bytes.to_vec();
        if number.is_multiple_of(4) {
            mutant.truncate(next(bytes.len()));
        } else {
            for _ in 0..=next(8) {
                mutant[next(bytes.len())] = next(256) as u8;
            }
        }
        mutant
    };
    (0..n).map(&mut mutant).collect()
}
