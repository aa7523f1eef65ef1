//! What is kept for this user, outside every ledger: the ledger ids pinned as
//! anchors, and the newest head verified of each. Whoever can write here can
//! make this user trust anything; a digest catches accidents only.

use std::path::{Path, PathBuf};

use crate::digest::{ContentDigest, LedgerId, TreeHash};

use super::durable;
use super::error::{At as _, StoreError, StoreProblem};
use super::lock::WriterLock;
use super::volume::{FileKind, Volume};

/// The first line of a pin's file.
const HEADER: &str = "docledger pin 1";
/// The longest pin file.
const MAX_PIN: u64 = 64 * 1024;
/// Pins, in the state folder.
const PINS: &str = "pins";

/// The first line of a remembered head's file.
const HEAD_HEADER: &str = "docledger head 1";
/// Heads, in the state folder.
const HEADS: &str = "heads";

/// A head that this user verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptHead {
    /// The ledger.
    pub ledger_id: LedgerId,
    /// How many entries it had.
    pub size: u64,
    /// Their root (RFC 6962).
    pub root: TreeHash,
    /// When it was verified, as written then (RFC 3339).
    pub when: String,
}

/// The first line of the file of a head that a witness saw.
const WITNESS_HEADER: &str = "docledger witness 1";
/// Heads of logs that this user is a witness of, in the state folder.
const WITNESS: &str = "witness";

/// A ledger id that this user trusts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pin {
    /// The id.
    pub ledger_id: LedgerId,
    /// When it was pinned, as written then (RFC 3339).
    pub when: String,
    /// By which command.
    pub how: String,
    /// The folder it was pinned for, escaped; none if for any.
    pub folder: Option<String>,
}

/// The folder of what is kept for this user.
pub struct StateDir<'a> {
    volume: &'a dyn Volume,
    folder: PathBuf,
}

impl<'a> StateDir<'a> {
    /// Names the folder; nothing is read yet.
    #[must_use]
    pub fn new(volume: &'a dyn Volume, folder: &Path) -> Self {
        Self {
            volume,
            folder: folder.to_owned(),
        }
    }

    /// Pins an id, replacing an older pin of the same id.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn pin(&self, pin: &Pin) -> Result<(), StoreError> {
        let folder = self.folder_of(PINS)?;
        let mut text = format!(
            "{HEADER}\nledger-id {}\nwhen {}\nhow {}\n",
            pin.ledger_id, pin.when, pin.how
        );
        if let Some(folder) = &pin.folder {
            text.push_str(&format!("folder {folder}\n"));
        }
        let path = folder.join(pin.ledger_id.to_string());
        durable::write(self.volume, &path, text.as_bytes(), (false, true))
    }

    /// All pins, in order of their ids.
    ///
    /// # Errors
    /// If one can't be read, or is not as this program writes it.
    pub fn pins(&self) -> Result<Vec<Pin>, StoreError> {
        let folder = self.folder.join(PINS);
        if self.volume.kind(&folder).at(&folder, "looking")? != Some(FileKind::Folder) {
            return Ok(Vec::new());
        }
        let mut names = self.volume.list(&folder).at(&folder, "listing")?;
        names.retain(|(name, _)| {
            name.to_str()
                .is_some_and(|name| name.parse::<LedgerId>().is_ok())
        });
        names.sort_by(|a, b| a.0.cmp(&b.0));
        names
            .into_iter()
            .map(|(name, _)| self.read_pin(&folder.join(name)))
            .collect()
    }

    /// Keeps a head in place of the one kept before.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn keep_head(&self, head: &KeptHead) -> Result<(), StoreError> {
        let text = format!(
            "{HEAD_HEADER}\nledger-id {}\nsize {}\nroot {}\nwhen {}\n",
            head.ledger_id, head.size, head.root, head.when
        );
        let digest = ContentDigest::of(text.as_bytes());
        let text = format!("{text}sha256 {digest}\n");
        let path = self.folder_of(HEADS)?.join(head.ledger_id.to_string());
        durable::write(self.volume, &path, text.as_bytes(), (false, true))
    }

    /// The head kept for a ledger.
    ///
    /// # Errors
    /// If it can't be read, or is not as this program writes it.
    pub fn head(&self, id: LedgerId) -> Result<Option<KeptHead>, StoreError> {
        let path = self.folder.join(HEADS).join(id.to_string());
        let malformed =
            |what: &str| StoreError::new(&path, StoreProblem::Malformed(what.to_owned()));
        let Some(bytes) = durable::read(self.volume, &path, MAX_PIN)? else {
            return Ok(None);
        };
        let text = String::from_utf8(bytes).map_err(|_| malformed("not text"))?;
        let (body, digest) = text.rsplit_once("sha256 ").ok_or(malformed("no digest"))?;
        if ContentDigest::of(body.as_bytes()).to_string() != digest.trim_end() {
            return Err(malformed("its digest does not fit: it was damaged"));
        }
        let mut lines = body.lines();
        if lines.next() != Some(HEAD_HEADER) {
            return Err(malformed("the first line is not that of a head"));
        }
        let mut field = |name: &str| {
            lines
                .next()
                .and_then(|line| line.strip_prefix(name)?.strip_prefix(' '))
        };
        let is_of = field("ledger-id").and_then(|found| found.parse().ok()) == Some(id);
        let size = field("size").and_then(|size| size.parse().ok());
        let root = field("root").and_then(|root| root.parse().ok());
        let when = field("when").map(str::to_owned);
        match (is_of, size, root, when) {
            (true, Some(size), Some(root), Some(when)) => Ok(Some(KeptHead {
                ledger_id: id,
                size,
                root,
                when,
            })),
            (false, ..) => Err(malformed("it is another ledger's")),
            _ => Err(malformed("a line of it is not as this program writes it")),
        }
    }

    /// Becomes the one witness of this user, until the lock is dropped.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn lock_witness(&self, waiting: &mut dyn FnMut()) -> Result<WriterLock, StoreError> {
        let path = self.folder_of(WITNESS)?.join(".lock");
        self.volume.lock(&path, waiting).at(&path, "locking")
    }

    /// Keeps the head of a log that the witness is about to cosign.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn keep_seen(
        &self,
        witness: &str,
        origin: &str,
        (size, root): (u64, TreeHash),
    ) -> Result<(), StoreError> {
        let text = format!(
            "{WITNESS_HEADER}\nwitness {witness}\norigin {origin}\nsize {size}\nroot {root}\n"
        );
        let digest = ContentDigest::of(text.as_bytes());
        let text = format!("{text}sha256 {digest}\n");
        let path = self.folder_of(WITNESS)?.join(seen_name(witness, origin));
        durable::write(self.volume, &path, text.as_bytes(), (false, true))
    }

    /// The head of a log that this witness cosigned last: its size and root.
    ///
    /// # Errors
    /// If it can't be read, or is not as this program writes it: a witness that
    /// forgot must not sign.
    pub fn seen(&self, witness: &str, origin: &str) -> Result<Option<(u64, TreeHash)>, StoreError> {
        let path = self.folder.join(WITNESS).join(seen_name(witness, origin));
        let Some(bytes) = durable::read(self.volume, &path, MAX_PIN)? else {
            return Ok(None);
        };
        let read = || {
            let text = String::from_utf8(bytes).ok()?;
            let (body, digest) = text.rsplit_once("sha256 ")?;
            let head = format!("{WITNESS_HEADER}\nwitness {witness}\norigin {origin}\nsize ");
            let (size, root) = body.strip_prefix(&head)?.trim_end().split_once("\nroot ")?;
            let seen = (size.parse().ok()?, root.parse().ok()?);
            let is_whole = ContentDigest::of(body.as_bytes()).to_string() == digest.trim_end();
            is_whole.then_some(seen)
        };
        let malformed = StoreProblem::Malformed("it was damaged".to_owned());
        read()
            .map(Some)
            .ok_or_else(|| StoreError::new(&path, malformed))
    }

    /// A folder in the state folder, made if need be.
    fn folder_of(&self, name: &str) -> Result<PathBuf, StoreError> {
        let folder = self.folder.join(name);
        let existing = self
            .folder
            .ancestors()
            .find(|at| matches!(self.volume.kind(at), Ok(Some(_))));
        durable::make_folders(self.volume, existing.unwrap_or(Path::new("")), &self.folder)?;
        for folder in [&self.folder, &folder] {
            durable::make_folder(self.volume, folder, false)?;
        }
        Ok(folder)
    }

    fn read_pin(&self, path: &Path) -> Result<Pin, StoreError> {
        let malformed =
            |what: &str| StoreError::new(path, StoreProblem::Malformed(what.to_owned()));
        let bytes = durable::read(self.volume, path, MAX_PIN)?.unwrap_or_default();
        let text = String::from_utf8(bytes).map_err(|_| malformed("not text"))?;
        let mut lines = text.lines();
        if lines.next() != Some(HEADER) {
            return Err(malformed("the first line is not that of a pin"));
        }
        let mut field = |name: &str| {
            lines
                .next()
                .and_then(|line| line.strip_prefix(name)?.strip_prefix(' '))
                .map(str::to_owned)
        };
        let id = field("ledger-id")
            .and_then(|id| id.parse().ok())
            .ok_or(malformed("no ledger id"))?;
        let is_named = path
            .file_name()
            .is_some_and(|name| *name == *LedgerId::to_string(&id));
        if !is_named {
            return Err(malformed(
                "the ledger id is not the one the file is named by",
            ));
        }
        Ok(Pin {
            ledger_id: id,
            when: field("when").ok_or(malformed("no time"))?,
            how: field("how").ok_or(malformed("no command"))?,
            folder: field("folder"),
        })
    }
}

/// A file for each witness and log.
fn seen_name(witness: &str, origin: &str) -> String {
    ContentDigest::of(format!("{witness}\n{origin}").as_bytes()).to_string()
}
