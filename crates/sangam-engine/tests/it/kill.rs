//! Kills a process at every point of a commit, and looks at what it left.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use roaring::RoaringBitmap;
use sangam_engine::{CommitPoint, EmbeddedEngine, Engine, EngineOptions};

use crate::support::{document, found, open, options, ordinals, vectors};

/// Tells the child where to work and where to die.
const VARIABLE: &str = "SANGAM_ENGINE_TEST_KILL";

/// Tells the other child where to work until it is killed.
const FOREVER_VARIABLE: &str = "SANGAM_ENGINE_TEST_FOREVER";

/// Documents that are there at a time while the other child works.
const N_KEPT: u32 = 3;

#[test]
fn a_killed_commit_is_there_or_not_and_can_be_repeated() {
    for (index, point) in CommitPoint::ALL.into_iter().enumerate() {
        let dir = tempfile::tempdir().unwrap();
        let engine = open(dir.path());
        engine.add((0..10).map(document).collect()).unwrap();
        engine.add_vectors((0..10).map(vectors).collect()).unwrap();
        engine.commit(1).unwrap();
        drop(engine);
        run_child(dir.path(), index);
        let engine = open(dir.path());
        let is_complete = point == CommitPoint::AfterManifestRename;
        assert_eq!(engine.last_batch_id(), Some(if is_complete { 2 } else { 1 }), "{point:?}");
        let (words, meaning) = found(&engine);
        let (old, new) = (ordinals(0..10), ordinals(5..15));
        let text_is_new = point != CommitPoint::BeforeTextCommit;
        assert_eq!(words, if text_is_new { new.clone() } else { old.clone() }, "{point:?}");
        assert_eq!(meaning, if is_complete { new.clone() } else { old }, "{point:?}");
        // Whatever was there, repeating the batch completes it.
        change(&engine);
        engine.commit(2).unwrap();
        assert_eq!(found(&engine), (new.clone(), new.clone()), "{point:?}");
        assert_eq!(engine.ordinals().unwrap(), new);
        assert_eq!(vector_files(dir.path()), 2, "{point:?}");
    }
}

#[test]
fn what_was_acknowledged_survives_a_kill_at_any_moment() {
    for n_batches in [1, 2, 9, 20] {
        let dir = tempfile::tempdir().unwrap();
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "kill::forever", "--nocapture"])
            .env(FOREVER_VARIABLE, dir.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let batches =
            lines.filter_map(|line| line.strip_prefix("committed ").map(|batch| batch.parse::<u32>().unwrap()));
        let acknowledged = batches.take(n_batches).last().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        let engine = open(dir.path());
        let last = engine.last_batch_id().unwrap() as u32;
        assert!(last >= acknowledged);
        let kept = |batch: u32| ordinals(batch.saturating_sub(N_KEPT - 1)..=batch);
        let (words, meaning) = found(&engine);
        assert_eq!(meaning, kept(last));
        assert!(words == kept(last) || words == kept(last + 1), "{words:?} after batch {last}");
    }
}

/// The other child's work; nothing when run as a test.
#[test]
fn forever() {
    let Ok(dir) = std::env::var(FOREVER_VARIABLE) else { return };
    let engine = open(Path::new(&dir));
    for batch in 0..1000 {
        engine.add(vec![document(batch)]).unwrap();
        engine.add_vectors(vec![vectors(batch)]).unwrap();
        engine.delete(&batch.checked_sub(N_KEPT).into_iter().collect()).unwrap();
        engine.commit(u64::from(batch)).unwrap();
        println!("committed {batch}");
    }
}

fn change(engine: &EmbeddedEngine) {
    engine.add((10..15).map(document).collect()).unwrap();
    engine.add_vectors((10..15).map(vectors).collect()).unwrap();
    engine.delete(&(0..5).collect::<RoaringBitmap>()).unwrap();
}

fn vector_files(dir: &Path) -> usize {
    let entries = std::fs::read_dir(dir.join("vectors")).unwrap();
    entries.filter(|entry| entry.as_ref().unwrap().path().extension().is_some_and(|ext| ext == "vec")).count()
}

fn run_child(dir: &Path, point: usize) {
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "kill::child", "--nocapture"])
        .env(VARIABLE, format!("{point} {}", dir.display()))
        .output()
        .unwrap();
    assert!(!child.status.success(), "the child was to die at point {point}");
    assert!(String::from_utf8_lossy(&child.stdout).contains("dying"), "the child died elsewhere");
}

/// The child's work; nothing when run as a test.
#[test]
fn child() {
    let Ok(task) = std::env::var(VARIABLE) else { return };
    let (point, dir) = task.split_once(' ').unwrap();
    let point = CommitPoint::ALL[point.parse::<usize>().unwrap()];
    let hook = move |reached| {
        if reached == point {
            println!("dying");
            std::process::abort();
        }
    };
    let options = EngineOptions { commit_hook: Some(Arc::new(hook)), ..options() };
    let engine = EmbeddedEngine::open(Path::new(dir), options).unwrap();
    change(&engine);
    engine.commit(2).unwrap();
}
