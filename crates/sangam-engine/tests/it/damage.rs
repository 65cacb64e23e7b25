use std::path::{Path, PathBuf};

use roaring::RoaringBitmap;
use sangam_engine::{EmbeddedEngine, Engine, EngineError};

use crate::support::{document, found, open, options, vectors};

fn write_some(dir: &Path) {
    let engine = open(dir);
    engine.add((0..20).map(document).collect()).unwrap();
    engine.add_vectors((0..20).map(vectors).collect()).unwrap();
    engine.commit(1).unwrap();
    engine.delete(&RoaringBitmap::from([3])).unwrap();
    engine.commit(2).unwrap();
}

/// Files whose loss or change must be noticed.
fn files(dir: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for folder in ["text", "vectors"] {
        for entry in std::fs::read_dir(dir.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            // Tantivy's own `meta.json` has no checksum.
            if !name.starts_with('.') && name != "meta.json" {
                files.push(path);
            }
        }
    }
    files
}

fn refused(dir: &Path, file: &Path, what: &str) {
    match EmbeddedEngine::open(dir, options()) {
        Ok(_) => panic!("{what} {} was not noticed", file.display()),
        Err(EngineError::Corrupt { file: named, reason }) => {
            let name = file.file_name().unwrap().to_str().unwrap();
            let is_named = named == file || reason.contains(name);
            assert!(is_named, "{what} {}: `{}` is named, {reason}", file.display(), named.display());
        }
        Err(error) => panic!("{what} {}: {error:?}", file.display()),
    }
}

#[test]
fn the_loss_of_the_text_is_noticed() {
    let dir = tempfile::tempdir().unwrap();
    write_some(dir.path());
    let lost = [dir.path().join("text/meta.json"), dir.path().join("text")];
    for path in lost {
        let aside = dir.path().join("aside");
        std::fs::rename(&path, &aside).unwrap();
        let opened = EmbeddedEngine::open(dir.path(), options());
        assert!(matches!(opened, Err(EngineError::Corrupt { .. })), "{}", path.display());
        let _ = std::fs::remove_dir_all(&path);
        let _ = std::fs::remove_file(&path);
        std::fs::rename(&aside, &path).unwrap();
    }
    assert_eq!(found(&open(dir.path())).0.len(), 19);
}

#[test]
fn every_damaged_file_is_named_at_the_start() {
    let dir = tempfile::tempdir().unwrap();
    write_some(dir.path());
    let files = files(dir.path());
    assert!(files.len() > 6, "{files:?}");
    for file in files {
        let good = std::fs::read(&file).unwrap();
        let mut flipped = good.clone();
        flipped[good.len() / 2] ^= 0x40;
        std::fs::write(&file, flipped).unwrap();
        refused(dir.path(), &file, "a flipped bit of");
        std::fs::write(&file, &good[..good.len() / 2]).unwrap();
        refused(dir.path(), &file, "the first half of");
        std::fs::remove_file(&file).unwrap();
        refused(dir.path(), &file, "the loss of");
        std::fs::write(&file, good).unwrap();
    }
    assert_eq!(open(dir.path()).last_batch_id(), Some(2));
}
