//! One writer at a time, by an exclusive lock on a file that the system
//! releases when the process ends.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

use super::error::{At as _, StoreError};

/// Held while a writer works; released when dropped.
#[derive(Debug)]
pub struct WriterLock {
    _file: File,
}

impl WriterLock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the lock lives on a file of the ledger"
    )]
    /// Takes the lock, calling `waiting` once if another holds it.
    ///
    /// # Errors
    /// If the lock file can't be made, or the system has no locks.
    pub(super) fn take(path: &Path, waiting: impl FnOnce()) -> Result<Self, StoreError> {
        let file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(path)
            .at(path, "opening")?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                waiting();
                file.lock().at(path, "locking")?;
            }
            Err(TryLockError::Error(error)) => return Err(error).at(path, "locking"),
        }
        Ok(Self { _file: file })
    }
}
