//! The open indices of an installation, and the tasks that each of them owns.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::RwLock;
use sangam_embed::EmbedService;
use sangam_extract::Extractor;
use sangam_store::Store;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::{Index, IngestError, inbox, vectors};

/// What the name of an index's folder ends with while it is removed; ids have no dot.
const CONDEMNED: &str = "deleted";

/// How long closing waits for whoever still uses the engine; longer than a commit takes.
const CLOSE_PATIENCE: Duration = Duration::from_secs(10);
const LOOK_AGAIN: Duration = Duration::from_millis(5);

/// Where indices live and what they are made with.
#[derive(Clone)]
pub struct RegistryOptions {
    /// The folder that holds one folder per index.
    pub folder: PathBuf,
    /// The SQL state.
    pub store: Store,
    /// The embedding service; without it search is lexical only.
    pub embed: Option<Arc<EmbedService>>,
    /// What takes the text out of files.
    pub extractor: Extractor,
}

/// The open indices.
pub struct IndexRegistry {
    options: RegistryOptions,
    open: RwLock<HashMap<String, Arc<Entry>>>,
}

struct Entry {
    index: Arc<Index>,
    stop: CancellationToken,
    tasks: tokio::sync::Mutex<JoinSet<()>>,
}

impl IndexRegistry {
    /// A registry with no index open yet.
    pub fn new(options: RegistryOptions) -> Self {
        Self { options, open: RwLock::default() }
    }

    /// Opens the index `id`, creates its folder if there is none, and starts its tasks; one that is open already is returned.
    pub async fn open(&self, id: &str) -> Result<Arc<Index>, IngestError> {
        if let Some(entry) = self.open.read().get(id) {
            return Ok(Arc::clone(&entry.index));
        }
        let folder = self.folder(id);
        make_folder(&folder)?;
        let RegistryOptions { store, embed, extractor, .. } = self.options.clone();
        let index = Arc::new(Index::open(id, &folder, store, embed, extractor).await?);
        let stop = CancellationToken::new();
        let mut tasks = JoinSet::new();
        tasks.spawn(inbox::run(Arc::clone(&index), stop.clone()));
        tasks.spawn(vectors::run(Arc::clone(&index), stop.clone()));
        let entry = Entry { index: Arc::clone(&index), stop, tasks: tokio::sync::Mutex::new(tasks) };
        self.open.write().insert(id.to_owned(), Arc::new(entry));
        Ok(index)
    }

    /// The open index `id`.
    pub fn get(&self, id: &str) -> Result<Arc<Index>, IngestError> {
        let entry = self.open.read().get(id).map(|entry| Arc::clone(&entry.index));
        entry.ok_or_else(|| IngestError::NotOpen { index_id: id.to_owned() })
    }

    /// Stops the index's tasks and closes it; one that is not open is fine.
    pub async fn close(&self, id: &str) {
        let entry = self.open.write().remove(id);
        if let Some(entry) = entry {
            entry.stop.cancel();
            let mut tasks = entry.tasks.lock().await;
            while tasks.join_next().await.is_some() {}
            // A step that was cut off may still be at work on a blocking thread, and a query may still read.
            let began = Instant::now();
            while entry.index.is_in_use() && began.elapsed() < CLOSE_PATIENCE {
                tokio::time::sleep(LOOK_AGAIN).await;
            }
        }
    }

    /// Closes the index and removes its folder.
    pub async fn delete(&self, id: &str) -> Result<(), IngestError> {
        self.close(id).await;
        remove_folder(&self.folder(id))
    }

    /// Closes all indices; their tasks have ended on return.
    pub async fn close_all(&self) {
        let ids: Vec<String> = self.open.read().keys().cloned().collect();
        for id in ids {
            self.close(&id).await;
        }
    }

    fn folder(&self, id: &str) -> PathBuf {
        self.options.folder.join(id)
    }
}

/// Removes a folder in which somebody may still be writing: a commit of the engine runs to its end on its own thread, whether the task that
/// began it is there or not, and a query may hold the index. Under another name no new file gets into it, so that it can be emptied.
/// What a crash left under that name goes too.
fn remove_folder(folder: &Path) -> Result<(), IngestError> {
    let condemned = folder.with_extension(CONDEMNED);
    let gone = |result: std::io::Result<()>| match result {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        result => result,
    };
    gone(std::fs::remove_dir_all(&condemned))
        .and_then(|()| gone(std::fs::rename(folder, &condemned)))
        .and_then(|()| gone(std::fs::remove_dir_all(&condemned)))
        .map_err(|source| IngestError::Folder { path: folder.display().to_string(), action: "removed", source })
}

fn make_folder(folder: &Path) -> Result<(), IngestError> {
    std::fs::create_dir_all(folder).map_err(|source| IngestError::Folder {
        path: folder.display().to_string(),
        action: "made",
        source,
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

    use super::*;

    #[test]
    fn a_folder_is_removed_although_somebody_still_writes_into_it() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("an-index");
        let text = folder.join("text");
        std::fs::create_dir_all(&text).unwrap();
        std::fs::create_dir_all(folder.with_extension(CONDEMNED).join("left by a crash")).unwrap();
        let (ends, n_written) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let writer = std::thread::spawn({
            let (ends, n_written) = (Arc::clone(&ends), Arc::clone(&n_written));
            move || {
                while !ends.load(Ordering::Relaxed) {
                    let number = n_written.load(Ordering::Relaxed);
                    if std::fs::write(text.join(number.to_string()), "x").is_ok() {
                        n_written.store(number + 1, Ordering::Relaxed);
                    }
                }
            }
        });
        while n_written.load(Ordering::Relaxed) < 500 {
            std::thread::yield_now();
        }
        let removed = remove_folder(&folder);
        ends.store(true, Ordering::Relaxed);
        writer.join().unwrap();
        removed.unwrap();
        assert_eq!(std::fs::read_dir(parent.path()).unwrap().count(), 0);
        remove_folder(&folder).unwrap();
    }
}
