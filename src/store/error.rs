//! Errors about files, each with its path.

use std::io;
use std::path::{Path, PathBuf};

/// Something that could not be done with a file.
#[derive(Debug, thiserror::Error)]
#[error("{}: {problem}", path.display())]
pub struct StoreError {
    /// Which file or folder.
    pub path: PathBuf,
    /// What is wrong.
    pub problem: StoreProblem,
}

/// What can be wrong with a file.
#[derive(Debug, thiserror::Error)]
pub enum StoreProblem {
    /// The system refused.
    #[error("{doing}: {source}")]
    System {
        /// What was being done.
        doing: &'static str,
        /// The system's answer.
        source: io::Error,
    },
    /// Links inside a ledger are refused.
    #[error("is a symbolic link; a ledger has none")]
    Link,
    /// Longer than its kind can be.
    #[error("is longer than {0} bytes, the most its kind can have")]
    TooLong(u64),
    /// A folder or device in the place of a file.
    #[error("is not a plain file")]
    NotAFile,
    /// Something else stands where a write-once file belongs.
    #[error(
        "holds other bytes than the ones to be written, and no interrupted append explains them: \
         the checkpoint may have been set back"
    )]
    Occupied,
    /// A stored document whose bytes are not those its name says.
    #[error("the stored document is damaged: its bytes no longer have this digest")]
    Damaged,
    /// The file being registered is not what was hashed before.
    #[error("changed while it was being registered")]
    Changed,
    /// A secret or ledger that must not be overwritten.
    #[error("exists already and is never overwritten")]
    Exists,
    /// What an export wrote that did not end.
    #[error("was left by an export that was interrupted, or is being written by one that runs")]
    Unfinished,
    /// Text that can't be read back.
    #[error("is not in the form this program writes: {0}")]
    Malformed(String),
    /// Something failed, and clearing what was written before failed too.
    #[error(
        "{error}; what was written before it could not be cleared ({left}), so the next writer will"
    )]
    Left {
        /// What failed first.
        error: Box<StoreProblem>,
        /// What kept it from being cleared.
        left: Box<StoreError>,
    },
    /// The commit was carried out, but the system did not confirm that it lasts.
    #[error("the new checkpoint stands, but the system did not confirm that it is on disk: {0}")]
    Unconfirmed(io::Error),
}

impl StoreError {
    pub(super) fn new(path: &Path, problem: StoreProblem) -> Self {
        Self {
            path: path.to_owned(),
            problem,
        }
    }

    pub(super) fn and_left(self, left: Self) -> Self {
        let problem = StoreProblem::Left {
            error: Box::new(self.problem),
            left: Box::new(left),
        };
        Self {
            path: self.path,
            problem,
        }
    }

    /// The system's error, if it was the system that refused.
    #[must_use]
    pub fn system(&self) -> Option<&io::Error> {
        match &self.problem {
            StoreProblem::System { source, .. } | StoreProblem::Unconfirmed(source) => Some(source),
            StoreProblem::Left { left, .. } => left.system(),
            _ => None,
        }
    }
}

/// Adds path and deed to a system error.
pub(super) trait At<T> {
    fn at(self, path: &Path, doing: &'static str) -> Result<T, StoreError>;
}

impl<T> At<T> for io::Result<T> {
    fn at(self, path: &Path, doing: &'static str) -> Result<T, StoreError> {
        self.map_err(|source| StoreError::new(path, StoreProblem::System { doing, source }))
    }
}
