//! Carries out an append, after any crash before it: the one piece of code
//! that changes a ledger.

use std::collections::BTreeSet;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::digest::{ContentDigest, ContentHasher};
use crate::log::{Append, Item};
use crate::merkle::tile::TileId;

use super::durable;
use super::error::{At as _, StoreError, StoreProblem};
use super::layout;
use super::ledger_dir::{LedgerDir, hash};
use super::lock::WriterLock;
use super::volume::{FileKind, Volume};

/// The longest plan of an append that is read back.
const MAX_PLAN: u64 = 1 << 30;

/// Bytes of a document to be stored, which can be read once more.
pub trait Contents {
    /// Opens them from their beginning.
    ///
    /// # Errors
    /// If the system refuses.
    fn open(&self) -> io::Result<Box<dyn Read + '_>>;

    /// How to call the source in messages.
    fn name(&self) -> &Path;
}

/// A document to be stored.
pub struct NewDocument<'a> {
    /// The digest that was signed.
    pub digest: ContentDigest,
    /// Where its bytes are read from.
    pub contents: &'a dyn Contents,
}

/// Everything one append writes.
pub struct AppendFiles<'a> {
    /// The log's part.
    pub log: &'a Append,
    /// Documents, each once.
    pub documents: Vec<NewDocument<'a>>,
    /// The signed checkpoint, written last.
    pub checkpoint: String,
}

/// The one writer of a ledger, as long as it holds the lock.
pub struct LedgerWriter<'a> {
    dir: &'a LedgerDir<'a>,
    volume: &'a dyn Volume,
    _lock: WriterLock,
}

/// A file written aside, and the place it is meant for.
struct Staged {
    aside: PathBuf,
    place: PathBuf,
    item: Item,
}

impl<'a> LedgerWriter<'a> {
    pub(super) fn new(dir: &'a LedgerDir<'a>, volume: &'a dyn Volume, lock: WriterLock) -> Self {
        Self {
            dir,
            volume,
            _lock: lock,
        }
    }

    /// The ledger this writes to.
    #[must_use]
    pub fn dir(&self) -> &LedgerDir<'a> {
        self.dir
    }

    /// Writes a file that explains and proves nothing.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn write_format(&self, text: &str) -> Result<(), StoreError> {
        let path = self.dir.folder().join(layout::FORMAT);
        durable::write(self.volume, &path, text.as_bytes(), (false, true))
    }

    /// Keeps a checkpoint with cosignatures, in place of the one kept of that size.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn keep_cosigned(&self, size: u64, bytes: &[u8]) -> Result<(), StoreError> {
        let path = self.dir.path(&Item::Cosigned(size));
        let folder = durable::parent_of(&path);
        durable::make_folders(self.volume, self.dir.folder(), folder)?;
        durable::write(self.volume, &path, bytes, (false, true))
    }

    /// Keeps a stamped checkpoint or a stamp. One that is there has the same bytes,
    /// by its name, and is left.
    ///
    /// # Errors
    /// If the system refuses, or others stand there.
    pub fn keep_stamp(&self, item: &Item, bytes: &[u8]) -> Result<(), StoreError> {
        let path = self.dir.path(item);
        if let Some(known) = durable::read(self.volume, &path, bytes.len() as u64)? {
            return match known == bytes {
                true => Ok(()),
                false => Err(StoreError::new(&path, StoreProblem::Exists)),
            };
        }
        let folder = durable::parent_of(&path);
        durable::make_folders(self.volume, self.dir.folder(), folder)?;
        durable::write(self.volume, &path, bytes, (false, false))
    }

    /// Clears what an interrupted append left: its files beyond the published
    /// head of `size` entries, documents that no entry names, and whatever it
    /// wrote aside. Returns the paths it removed.
    ///
    /// # Errors
    /// If something can't be read or removed.
    pub fn clear_debris(
        &self,
        size: u64,
        is_named: impl Fn(&ContentDigest) -> bool,
    ) -> Result<Vec<PathBuf>, StoreError> {
        let staging = self.staging();
        if self
            .volume
            .kind(&staging)
            .at(&staging, "looking")?
            .is_none()
        {
            return Ok(Vec::new());
        }
        let names = self.volume.list(&staging).at(&staging, "listing")?;
        if names.is_empty() {
            return Ok(Vec::new());
        }
        let planned = self.planned()?;
        // A writer that was killed may have left a checkpoint that is seen and
        // does not last. Nothing that an older one relies on goes before it does.
        let folders = self.folders_above(&planned);
        self.sync_folders(&folders)?;
        let mut removed = Vec::new();
        for item in planned {
            let debris = match &item {
                Item::Tile(tile) => tile.needed_size() > size,
                Item::Content(digest) => !is_named(digest),
                Item::Checkpoint
                | Item::Public(_)
                | Item::Cosigned(_)
                | Item::Stamped(_)
                | Item::Stamp { .. } => false,
            };
            let path = self.dir.path(&item);
            if debris && self.volume.kind(&path).at(&path, "looking")?.is_some() {
                self.remove(&path)?;
                removed.push(path);
            }
            if let Item::Tile(tile) = item
                && tile.is_full()
                && tile.needed_size() <= size
            {
                removed.extend(self.drop_partials(&tile)?);
            }
        }
        // Only when that lasts, the plan goes too, which accounts for it.
        if !removed.is_empty() {
            self.sync_folders(&folders)?;
        }
        for (name, _) in names {
            let path = staging.join(name);
            self.remove(&path)?;
            removed.push(path);
        }
        Ok(removed)
    }

    /// Carries out an append. Returns what could not be tidied up after the
    /// commit; the next writer will.
    ///
    /// # Errors
    /// If anything fails before the commit, which then did not happen, and what
    /// was written is cleared as far as the system lets us; or
    /// [`StoreProblem::Unconfirmed`] right after it.
    pub fn append(&self, files: &AppendFiles<'_>) -> Result<Vec<StoreError>, StoreError> {
        if let Err(error) = self.prepare(files) {
            // The plan lists only what this append added.
            return Err(match self.clear_debris(files.log.old_size, |_| false) {
                Ok(_) => error,
                Err(left) => error.and_left(left),
            });
        }
        self.commit(&files.checkpoint)?;
        Ok(self.tidy(files))
    }

    /// Everything but the commit.
    fn prepare(&self, files: &AppendFiles<'_>) -> Result<(), StoreError> {
        let staging = self.staging();
        durable::make_folders(self.volume, self.dir.folder(), &staging)?;
        let mut staged = Vec::new();
        for document in &files.documents {
            staged.extend(self.stage_document(document, staged.len())?);
        }
        for (tile, bytes) in &files.log.tiles {
            staged.extend(self.stage_tile(tile, bytes, staged.len())?);
        }
        self.write_plan(&staged)?;
        // A crash before this leaves files aside; none has a name that counts.
        self.sync_all(&staged)?;
        for folder in [&staging, self.dir.folder()] {
            self.volume
                .sync_folder(folder)
                .at(folder, "making the folder durable")?;
        }
        // From here on a crash leaves files in place that the old checkpoint
        // does not cover; the plan, durable by now, accounts for them.
        let mut folders = BTreeSet::new();
        for file in &staged {
            let folder = file.place.parent().unwrap_or(self.dir.folder());
            durable::make_folders(self.volume, self.dir.folder(), folder)?;
            self.volume
                .rename(&file.aside, &file.place)
                .at(&file.place, "putting it in place")?;
            folders.insert(folder.to_owned());
        }
        self.sync_folders(&folders)?;
        let aside = staging.join(layout::CHECKPOINT);
        let text = files.checkpoint.as_bytes();
        self.volume
            .create(&aside, &mut &*text, false)
            .at(&aside, "writing")?;
        self.volume
            .sync_file(&aside)
            .at(&aside, "making it durable")
    }

    /// Makes the files written aside durable.
    fn sync_all(&self, staged: &[Staged]) -> Result<(), StoreError> {
        durable::sync_all(staged, |file| {
            self.volume
                .sync_file(&file.aside)
                .at(&file.aside, "making it durable")
        })
    }

    /// One rename: before it the old ledger, after it the new one.
    fn commit(&self, checkpoint: &str) -> Result<(), StoreError> {
        let aside = self.staging().join(layout::CHECKPOINT);
        let place = self.dir.folder().join(layout::CHECKPOINT);
        if let Err(error) = self.volume.rename(&aside, &place) {
            let stands = durable::read(self.volume, &place, checkpoint.len() as u64);
            match stands {
                Ok(Some(bytes)) if bytes == checkpoint.as_bytes() => {}
                Ok(_) => return Err(error).at(&place, "putting it in place"),
                Err(_) => return Err(StoreError::new(&place, StoreProblem::Unconfirmed(error))),
            }
        }
        self.volume
            .sync_folder(self.dir.folder())
            .map_err(|error| StoreError::new(&place, StoreProblem::Unconfirmed(error)))
    }

    /// What the new head makes superfluous, and the plan.
    fn tidy(&self, files: &AppendFiles<'_>) -> Vec<StoreError> {
        let mut failed = Vec::new();
        for tile in &files.log.superseding {
            failed.extend(self.drop_partials(tile).err());
        }
        failed.extend(self.remove(&self.staging().join(layout::PLAN)).err());
        failed
    }

    /// A document that is there already is hashed, never trusted by its name.
    fn stage_document(
        &self,
        document: &NewDocument<'_>,
        number: usize,
    ) -> Result<Option<Staged>, StoreError> {
        let item = Item::Content(document.digest);
        let place = self.dir.path(&item);
        if let Some(stored) = durable::open(self.volume, &place)? {
            let (digest, _) = hash(stored, &place)?;
            if digest == document.digest {
                return Ok(None);
            }
            return Err(StoreError::new(&place, StoreProblem::Damaged));
        }
        let aside = self.aside(number);
        let source = document.contents.name();
        let mut contents = Hashing {
            inner: document.contents.open().at(source, "opening")?,
            hasher: ContentHasher::new(),
        };
        self.volume
            .create(&aside, &mut contents, false)
            .at(&aside, "writing")?;
        if contents.hasher.finish().0 != document.digest {
            return Err(StoreError::new(source, StoreProblem::Changed));
        }
        Ok(Some(Staged { aside, place, item }))
    }

    fn stage_tile(
        &self,
        tile: &TileId,
        bytes: &[u8],
        number: usize,
    ) -> Result<Option<Staged>, StoreError> {
        let item = Item::Tile(*tile);
        let place = self.dir.path(&item);
        match durable::read(self.volume, &place, bytes.len() as u64) {
            Ok(Some(stored)) if stored == bytes => return Ok(None),
            Ok(None) => {}
            Ok(Some(_)) => return Err(StoreError::new(&place, StoreProblem::Occupied)),
            Err(StoreError {
                problem: StoreProblem::TooLong(_),
                ..
            }) => {
                return Err(StoreError::new(&place, StoreProblem::Occupied));
            }
            Err(error) => return Err(error),
        }
        let aside = self.aside(number);
        self.volume
            .create(&aside, &mut &*bytes, false)
            .at(&aside, "writing")?;
        Ok(Some(Staged { aside, place, item }))
    }

    /// Lists what is new, and only that: what stood before is not the append's to clear.
    fn write_plan(&self, staged: &[Staged]) -> Result<(), StoreError> {
        let lines: Vec<_> = staged
            .iter()
            .filter_map(|file| layout::path_of(&file.item))
            .collect();
        let plan = self.staging().join(layout::PLAN);
        let text = lines.join("\n") + "\n";
        self.volume
            .create(&plan, &mut text.as_bytes(), false)
            .at(&plan, "writing")?;
        self.volume.sync_file(&plan).at(&plan, "making it durable")
    }

    /// What an interrupted append was about to put in place. A torn plan was
    /// never acted on, since it is made durable first; a line cut short could
    /// name another tile.
    fn planned(&self) -> Result<Vec<Item>, StoreError> {
        let plan = self.staging().join(layout::PLAN);
        let text = durable::read(self.volume, &plan, MAX_PLAN)?.unwrap_or_default();
        Ok(String::from_utf8_lossy(&text)
            .split_inclusive('\n')
            .filter_map(|line| layout::item_at(line.strip_suffix('\n')?))
            .collect())
    }

    /// The folder of the ledger, and those between it and things in it.
    fn folders_above(&self, items: &[Item]) -> BTreeSet<PathBuf> {
        let top = self.dir.folder();
        let mut folders = BTreeSet::from([top.to_owned()]);
        for item in items {
            let path = self.dir.path(item);
            let above = path.ancestors().skip(1).take_while(|at| *at != top);
            folders.extend(above.map(Path::to_owned));
        }
        folders
    }

    /// Makes the names in these folders durable, as far as they are there.
    fn sync_folders(&self, folders: &BTreeSet<PathBuf>) -> Result<(), StoreError> {
        for folder in folders {
            if self.volume.kind(folder).at(folder, "looking")?.is_some() {
                self.volume
                    .sync_folder(folder)
                    .at(folder, "making the folder durable")?;
            }
        }
        Ok(())
    }

    fn drop_partials(&self, full: &TileId) -> Result<Vec<PathBuf>, StoreError> {
        let mut folder = self.dir.path(&Item::Tile(*full)).into_os_string();
        folder.push(".p");
        let folder = PathBuf::from(folder);
        if self.volume.kind(&folder).at(&folder, "looking")? != Some(FileKind::Folder) {
            return Ok(Vec::new());
        }
        let names = self.volume.list(&folder).at(&folder, "listing")?;
        let paths: Vec<_> = names
            .into_iter()
            .map(|(name, _)| folder.join(name))
            .collect();
        for path in &paths {
            self.remove(path)?;
        }
        self.volume.remove_folder(&folder).at(&folder, "removing")?;
        Ok(paths)
    }

    fn remove(&self, path: &Path) -> Result<(), StoreError> {
        self.volume.remove(path).at(path, "removing")
    }

    fn staging(&self) -> PathBuf {
        self.dir.folder().join(layout::STAGING)
    }

    fn aside(&self, number: usize) -> PathBuf {
        self.staging().join(number.to_string())
    }
}

/// Passes bytes on and hashes them.
struct Hashing<R> {
    inner: R,
    hasher: ContentHasher,
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.inner.read(buffer)?;
        self.hasher.update(&buffer[..length]);
        Ok(length)
    }
}
