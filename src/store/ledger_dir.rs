//! A ledger in a folder: reads it.

use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use crate::digest::{ContentDigest, ContentHasher};
use crate::log::{Evidence, EvidenceError, EvidenceProblem, Found, Item};

use super::durable;
use super::error::{At as _, StoreError, StoreProblem};
use super::layout;
use super::volume::{FileKind, Volume};
use super::writer::LedgerWriter;

/// How much of a document is read at once.
pub(super) const BLOCK: usize = 64 * 1024;

/// A folder with a ledger, and the folder with its public keys.
pub struct LedgerDir<'a> {
    volume: &'a dyn Volume,
    ledger: PathBuf,
    keys: PathBuf,
}

impl<'a> LedgerDir<'a> {
    /// Names the two folders; nothing is read yet.
    #[must_use]
    pub fn new(volume: &'a dyn Volume, ledger: &Path, keys: &Path) -> Self {
        Self {
            volume,
            ledger: ledger.to_owned(),
            keys: keys.to_owned(),
        }
    }

    /// The folder of the ledger.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.ledger
    }

    /// Whether a checkpoint stands here.
    ///
    /// # Errors
    /// If the system can't tell.
    pub fn exists(&self) -> Result<bool, StoreError> {
        let path = self.path(&Item::Checkpoint);
        Ok(self.volume.kind(&path).at(&path, "looking")?.is_some())
    }

    /// Becomes the one writer, calling `waiting` once if it has to wait. The
    /// folder is made if it isn't there.
    ///
    /// # Errors
    /// If the folder can't be written to or locked.
    pub fn lock(&self, waiting: impl FnOnce()) -> Result<LedgerWriter<'_>, StoreError> {
        let parent = self
            .ledger
            .parent()
            .filter(|parent| !parent.as_os_str().is_empty());
        if let Some(parent) = parent
            && self.volume.kind(parent).at(parent, "looking")?.is_some()
            && !self.exists()?
        {
            durable::make_folder(self.volume, &self.ledger, false)?;
        }
        let path = self.ledger.join(layout::LOCK);
        let mut waiting = Some(waiting);
        let mut waits = || {
            if let Some(waiting) = waiting.take() {
                waiting();
            }
        };
        let lock = self.volume.lock(&path, &mut waits).at(&path, "locking")?;
        Ok(LedgerWriter::new(self, self.volume, lock))
    }

    /// Opens the stored bytes of a document; `None` if they are not there.
    ///
    /// # Errors
    /// If they are there and can't be opened.
    pub fn open_document(
        &self,
        digest: &ContentDigest,
    ) -> Result<Option<Box<dyn std::io::Read>>, StoreError> {
        durable::open(self.volume, &self.path(&Item::Content(*digest)))
    }

    /// Where the query cache stands or can stand: a plain file, or nothing yet.
    ///
    /// # Errors
    /// If something else stands there.
    pub fn index_path(&self) -> Result<PathBuf, StoreError> {
        let path = self.ledger.join(layout::INDEX);
        match self.volume.kind(&path).at(&path, "looking")? {
            None | Some(FileKind::File) => Ok(path),
            Some(FileKind::Link) => Err(StoreError::new(&path, StoreProblem::Link)),
            Some(_) => Err(StoreError::new(&path, StoreProblem::NotAFile)),
        }
    }

    pub(super) fn path(&self, item: &Item) -> PathBuf {
        match (layout::path_of(item), item) {
            (Some(path), _) => self.ledger.join(path),
            (None, Item::Public(name)) => self.keys.join(name),
            (None, _) => self.ledger.clone(),
        }
    }

    fn walk(
        &self,
        folder: &Path,
        path: &str,
        show: &mut dyn FnMut(Found),
    ) -> Result<(), StoreError> {
        for (name, kind) in self.volume.list(folder).at(folder, "listing")? {
            let inner = folder.join(&name);
            let name = name.to_string_lossy();
            let path = if path.is_empty() {
                name.into_owned()
            } else {
                format!("{path}/{name}")
            };
            match kind {
                FileKind::Folder => self.walk(&inner, &path, show)?,
                FileKind::Link => show(Found::Link(path)),
                _ if layout::UNCHECKED.contains(&path.as_str()) => {}
                _ => show(layout::item_at(&path).map_or(Found::Stray(path), Found::Item)),
            }
        }
        Ok(())
    }

    fn walk_keys(&self, show: &mut dyn FnMut(Found)) -> Result<(), StoreError> {
        if self
            .volume
            .kind(&self.keys)
            .at(&self.keys, "looking")?
            .is_none()
        {
            return Ok(());
        }
        for (name, kind) in self.volume.list(&self.keys).at(&self.keys, "listing")? {
            let name = name.to_string_lossy().into_owned();
            match kind {
                FileKind::Folder if name == layout::PRIVATE => {}
                FileKind::File => show(Found::Item(Item::Public(name))),
                FileKind::Link => show(Found::Link(format!("keys/{name}"))),
                _ => show(Found::Stray(format!("keys/{name}"))),
            }
        }
        Ok(())
    }
}

impl Evidence for LedgerDir<'_> {
    fn read(&self, item: &Item, limit: u64) -> Result<Option<Vec<u8>>, EvidenceError> {
        durable::read(self.volume, &self.path(item), limit).map_err(|error| self.told(item, error))
    }

    fn hash(&self, digest: &ContentDigest) -> Result<Option<(ContentDigest, u64)>, EvidenceError> {
        let item = Item::Content(*digest);
        let path = self.path(&item);
        let hashed = durable::open(self.volume, &path)
            .and_then(|file| file.map(|file| hash(file, &path)).transpose());
        hashed.map_err(|error| self.told(&item, error))
    }

    fn everything(&self, show: &mut dyn FnMut(Found)) -> Result<(), EvidenceError> {
        let walked = self
            .walk(&self.ledger, "", show)
            .and_then(|()| self.walk_keys(show));
        walked.map_err(|error| EvidenceError {
            path: error.path.display().to_string(),
            problem: problem(error),
        })
    }

    fn place(&self, item: &Item) -> String {
        match (layout::path_of(item), item) {
            (Some(path), _) => path,
            (None, item) => format!("keys/{item}"),
        }
    }
}

impl LedgerDir<'_> {
    fn told(&self, item: &Item, error: StoreError) -> EvidenceError {
        EvidenceError {
            path: self.place(item),
            problem: problem(error),
        }
    }
}

fn problem(error: StoreError) -> EvidenceProblem {
    match error.problem {
        StoreProblem::Link => EvidenceProblem::Link,
        StoreProblem::TooLong(limit) => EvidenceProblem::TooLong(limit),
        StoreProblem::NotAFile => EvidenceProblem::NotAFile,
        other => EvidenceProblem::System(other.to_string()),
    }
}

pub(super) fn hash(
    mut file: Box<dyn std::io::Read>,
    path: &Path,
) -> Result<(ContentDigest, u64), StoreError> {
    let mut hasher = ContentHasher::new();
    let mut block = vec![0; BLOCK];
    loop {
        match file.read(&mut block) {
            Ok(0) => return Ok(hasher.finish()),
            Ok(length) => hasher.update(&block[..length]),
            // The contract of `Read`: nothing was lost, ask again.
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error).at(path, "reading"),
        }
    }
}
