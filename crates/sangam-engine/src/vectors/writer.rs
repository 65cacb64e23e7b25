//! Takes vectors and deletions, and commits them: new file, list of dead rows, manifest, in that
//! order, so that a crash leaves the old state or the new one.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use roaring::RoaringBitmap;

use super::dead::{self, DeadRows};
use super::files;
use super::layout::fingerprint_hash;
use super::manifest::Manifest;
use super::merge;
use super::quantize::QuantizedRow;
use super::search::{LiveSegment, VectorSnapshot};
use super::segment::{Segment, file_name};
use super::segment_writer::{self, NewRow, RowValues};
use crate::document::DocumentVectors;
use crate::error::EngineError;
use crate::options::CommitPoint;

/// What may wait for a commit, about 200,000 vectors at 384 dimensions. Callers commit every second
/// or every thousand documents; more than this means that they forgot.
const PENDING_BYTES_MAX: usize = 256 << 20;

/// A vector that waits for a commit.
#[derive(Debug)]
struct PendingRow {
    text_hash: u64,
    row: QuantizedRow,
}

/// The one writer of a folder of vectors.
#[derive(Debug)]
pub(crate) struct VectorWriter {
    dir: PathBuf,
    manifest: Manifest,
    segments: Vec<LiveSegment>,
    /// 0 without a model, whatever is stored.
    dimensions: usize,
    pending: BTreeMap<(u32, u16), PendingRow>,
    /// Ordinals whose committed rows die with the next commit.
    deleted: RoaringBitmap,
}

impl VectorWriter {
    /// Opens the folder, creates it if it is missing, and verifies everything in it.
    pub(crate) fn open(dir: &Path, dimensions: usize, fingerprint: &str) -> Result<Self, EngineError> {
        std::fs::create_dir_all(dir).map_err(|error| EngineError::io(dir, error))?;
        let mut manifest = match Manifest::read(dir)? {
            Some(manifest) => manifest,
            None => create(dir, dimensions, fingerprint)?,
        };
        if dimensions != 0 && (manifest.dimensions, manifest.fingerprint.as_str()) != (dimensions, fingerprint) {
            if !manifest.segments.is_empty() {
                return Err(EngineError::FingerprintMismatch {
                    stored: manifest.fingerprint,
                    stored_dimensions: manifest.dimensions,
                    wanted: fingerprint.to_owned(),
                    wanted_dimensions: dimensions,
                });
            }
            manifest.dimensions = dimensions;
            fingerprint.clone_into(&mut manifest.fingerprint);
        }
        let segments = open_segments(dir, &manifest)?;
        let writer = Self {
            dir: dir.to_owned(),
            manifest,
            segments,
            dimensions,
            pending: BTreeMap::new(),
            deleted: RoaringBitmap::new(),
        };
        writer.remove_orphans()?;
        Ok(writer)
    }

    /// Drops all vectors of a folder that no writer has open, and forgets the model.
    pub(crate) fn reset(dir: &Path) -> Result<(), EngineError> {
        let Some(old) = Manifest::read(dir)? else {
            return Ok(());
        };
        let mut manifest = Manifest::new(0, "");
        manifest.batch_id = old.batch_id;
        manifest.has_text = old.has_text;
        manifest.next_id = old.next_id;
        manifest.write(dir, || ())
        // The files of the old vectors are orphans now, which the next start removes.
    }

    /// See [`Engine::add_vectors`](crate::Engine::add_vectors).
    pub(crate) fn add(&mut self, vectors: Vec<DocumentVectors>) -> Result<(), EngineError> {
        let mut rows = Vec::new();
        for document in vectors {
            for vector in document.vectors {
                if vector.values.len() != self.dimensions || self.dimensions == 0 {
                    return Err(EngineError::Dimensions { expected: self.dimensions, found: vector.values.len() });
                }
                if !vector.values.iter().all(|value| value.abs() <= 1.01) {
                    return Err(EngineError::InvalidDocument {
                        ordinal: document.ordinal,
                        reason: format!("vector {} is not of unit norm", vector.passage),
                    });
                }
                let row = PendingRow { text_hash: vector.text_hash, row: QuantizedRow::new(&vector.values) };
                rows.push(((document.ordinal, vector.passage), row));
            }
        }
        let bytes = (self.pending.len() + rows.len()) * self.pending_row_bytes();
        if bytes > PENDING_BYTES_MAX {
            return Err(EngineError::BatchFull { bytes, limit_bytes: PENDING_BYTES_MAX });
        }
        self.pending.extend(rows);
        Ok(())
    }

    fn pending_row_bytes(&self) -> usize {
        4 * self.dimensions + size_of::<((u32, u16), PendingRow)>()
    }

    /// See [`Engine::delete`](crate::Engine::delete).
    pub(crate) fn delete(&mut self, ordinals: &RoaringBitmap) {
        self.pending.retain(|(ordinal, _), _| !ordinals.contains(*ordinal));
        self.deleted |= ordinals;
    }

    /// Commits what was added and deleted, and the number of the batch. After an error the old state
    /// is still committed, and the call may be repeated.
    pub(crate) fn commit(
        &mut self,
        batch_id: u64,
        has_text: bool,
        reached: &dyn Fn(CommitPoint),
    ) -> Result<(), EngineError> {
        let (dead_changed, segments) = self.without_dead_rows();
        let sizes: Vec<merge::Size> = segments.iter().map(LiveSegment::size).collect();
        let folded = merge::plan(&sizes, self.pending.len());
        let mut next = self.manifest.clone();
        next.batch_id = Some(batch_id);
        next.has_text = has_text;
        let kept = segments.iter().enumerate();
        let mut kept: Vec<LiveSegment> =
            kept.filter(|(index, _)| !folded.contains(index)).map(|(_, segment)| segment.clone()).collect();
        let folded: Vec<&LiveSegment> = folded.iter().map(|index| &segments[*index]).collect();
        let new = self.write_segment(&folded, &mut next)?;
        let has_new_file = new.is_some();
        kept.extend(new);
        next.segments = kept.iter().map(|live| live.segment.id()).collect();
        let dead_written = dead_changed || !folded.is_empty();
        if dead_written {
            self.write_dead(&kept, &mut next)?;
        }
        if has_new_file || dead_written {
            // The manifest must not become durable before the names it refers to.
            files::sync_parent(&Manifest::path(&self.dir))?;
        }
        next.write(&self.dir, || reached(CommitPoint::BeforeManifestRename))?;
        reached(CommitPoint::AfterManifestRename);
        self.remove_unused(&folded, &next);
        self.manifest = next;
        self.segments = kept;
        self.pending.clear();
        self.deleted.clear();
        Ok(())
    }

    /// Returns the segments with the rows marked that were deleted or replaced since the last
    /// commit, and whether there were any.
    fn without_dead_rows(&self) -> (bool, Vec<LiveSegment>) {
        let mut changed = false;
        let mut segments = self.segments.clone();
        for live in &mut segments {
            let mut rows = RoaringBitmap::new();
            for ordinal in &self.deleted {
                let range = live.segment.rows_of(ordinal);
                rows.insert_range(range.start as u32..range.end as u32);
            }
            let replaced = self.pending.keys();
            rows.extend(replaced.filter_map(|(ordinal, passage)| {
                let row = live.segment.row_of(*ordinal, *passage);
                row.map(|row| row as u32)
            }));
            rows -= live.dead.rows();
            if !rows.is_empty() {
                changed = true;
                rows |= live.dead.rows();
                live.dead = Arc::new(DeadRows::new(rows, live.segment.n_rows()));
            }
        }
        (changed, segments)
    }

    /// Writes the pending rows and the living rows of the folded segments to one new file.
    fn write_segment(&self, folded: &[&LiveSegment], next: &mut Manifest) -> Result<Option<LiveSegment>, EngineError> {
        let fresh = self.pending.iter().map(|((ordinal, passage), pending)| NewRow {
            ordinal: *ordinal,
            passage: *passage,
            text_hash: pending.text_hash,
            values: RowValues::Fresh(&pending.row),
        });
        let mut rows: Vec<NewRow<'_>> = fresh.collect();
        for live in folded {
            rows.extend(live.rows());
        }
        if rows.is_empty() {
            return Ok(None);
        }
        rows.sort_by_key(|row| (row.ordinal, row.passage));
        let id = next.next_id;
        next.next_id += 1;
        let path = self.dir.join(file_name(id));
        segment_writer::write(&path, next.dimensions, &next.fingerprint, &rows)?;
        let segment = Segment::open(&self.dir, id, fingerprint_hash(&next.fingerprint))?;
        Ok(Some(LiveSegment::new(segment, RoaringBitmap::new())))
    }

    fn write_dead(&self, kept: &[LiveSegment], next: &mut Manifest) -> Result<(), EngineError> {
        let dead = kept.iter().filter(|live| live.dead.len() > 0);
        let mut dead = dead.map(|live| (live.segment.id(), live.dead.rows())).peekable();
        if dead.peek().is_none() {
            next.dead = None;
            return Ok(());
        }
        let name = format!("{:010}.dead", next.next_id);
        next.next_id += 1;
        dead::write(&self.dir.join(&name), dead)?;
        next.dead = Some(name);
        Ok(())
    }

    fn remove_unused(&self, folded: &[&LiveSegment], next: &Manifest) {
        for live in folded {
            files::remove(live.segment.path());
        }
        if let Some(old) = &self.manifest.dead
            && self.manifest.dead != next.dead
        {
            files::remove(&self.dir.join(old));
        }
    }

    /// Removes what a crash left behind: files that the manifest does not name.
    fn remove_orphans(&self) -> Result<(), EngineError> {
        for name in file_names(&self.dir)? {
            let is_used = self.manifest.segments.iter().any(|id| file_name(*id) == name)
                || self.manifest.dead.as_ref() == Some(&name);
            if !is_used && is_vector_file(&name) {
                files::remove(&self.dir.join(name));
            }
        }
        Ok(())
    }

    /// Returns whether a complete batch had text.
    pub(crate) fn has_text(&self) -> bool {
        self.manifest.has_text
    }

    /// Returns the last complete batch.
    pub(crate) fn batch_id(&self) -> Option<u64> {
        self.manifest.batch_id
    }

    /// Returns the committed state.
    pub(crate) fn snapshot(&self) -> VectorSnapshot {
        VectorSnapshot::new(self.dimensions, self.segments.clone())
    }
}

/// Makes an empty manifest, unless there are vectors without one.
fn create(dir: &Path, dimensions: usize, fingerprint: &str) -> Result<Manifest, EngineError> {
    if file_names(dir)?.iter().any(|name| extension(name) == Some("vec")) {
        return Err(EngineError::Corrupt {
            file: Manifest::path(dir),
            reason: "it is missing, and there are vectors".to_owned(),
        });
    }
    let manifest = Manifest::new(dimensions, fingerprint);
    manifest.write(dir, || ())?;
    Ok(manifest)
}

fn open_segments(dir: &Path, manifest: &Manifest) -> Result<Vec<LiveSegment>, EngineError> {
    let mut dead = match &manifest.dead {
        Some(name) => dead::read(&dir.join(name))?,
        None => BTreeMap::new(),
    };
    let hash = fingerprint_hash(&manifest.fingerprint);
    let segments = manifest.segments.iter().map(|id| {
        let segment = Segment::open(dir, *id, hash)?;
        let rows = dead.remove(id).unwrap_or_default();
        if segment.dimensions() != manifest.dimensions || rows.max().is_some_and(|row| row as usize >= segment.n_rows())
        {
            return Err(EngineError::Corrupt {
                file: segment.path().to_owned(),
                reason: "it does not fit the manifest".to_owned(),
            });
        }
        Ok(LiveSegment::new(segment, rows))
    });
    segments.collect()
}

fn file_names(dir: &Path) -> Result<Vec<String>, EngineError> {
    let entries = std::fs::read_dir(dir).map_err(|error| EngineError::io(dir, error))?;
    let names = entries.filter_map(Result::ok).map(|entry| entry.file_name());
    Ok(names.filter_map(|name| name.into_string().ok()).collect())
}

fn is_vector_file(name: &str) -> bool {
    matches!(extension(name), Some("vec" | "dead" | "tmp"))
}

fn extension(name: &str) -> Option<&str> {
    Path::new(name).extension().and_then(|extension| extension.to_str())
}
