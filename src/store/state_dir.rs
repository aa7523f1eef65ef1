//! What is kept for this user, outside every ledger: the ledger ids pinned as
//! anchors. Whoever can write here can make this user trust anything.

use std::path::{Path, PathBuf};

use crate::digest::LedgerId;

use super::durable;
use super::error::{At as _, StoreError, StoreProblem};
use super::volume::{FileKind, Volume};

/// The first line of a pin's file.
const HEADER: &str = "docledger pin 1";
/// The longest pin file.
const MAX_PIN: u64 = 64 * 1024;
/// Pins, in the state folder.
const PINS: &str = "pins";

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
        let folder = self.folder.join(PINS);
        let existing = folder
            .ancestors()
            .find(|at| matches!(self.volume.kind(at), Ok(Some(_))));
        durable::make_folders(self.volume, existing.unwrap_or(Path::new("")), &folder)?;
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
