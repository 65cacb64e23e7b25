//! The open indices of an installation, and the tasks that each of them owns.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::RwLock;
use sangam_embed::EmbedService;
use sangam_store::Store;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::{Index, IngestError, inbox, vectors};

/// Where indices live and what they are made with.
#[derive(Clone)]
pub struct RegistryOptions {
    /// The folder that holds one folder per index.
    pub folder: PathBuf,
    /// The SQL state.
    pub store: Store,
    /// The embedding service; without it search is lexical only.
    pub embed: Option<Arc<EmbedService>>,
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
        let index = Index::open(id, &folder, self.options.store.clone(), self.options.embed.clone()).await?;
        let index = Arc::new(index);
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
        }
    }

    /// Closes the index and removes its folder.
    pub async fn delete(&self, id: &str) -> Result<(), IngestError> {
        self.close(id).await;
        let folder = self.folder(id);
        match std::fs::remove_dir_all(&folder) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            Err(source) => Err(IngestError::Folder { path: folder.display().to_string(), action: "removed", source }),
        }
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

fn make_folder(folder: &Path) -> Result<(), IngestError> {
    std::fs::create_dir_all(folder).map_err(|source| IngestError::Folder {
        path: folder.display().to_string(),
        action: "made",
        source,
    })
}
