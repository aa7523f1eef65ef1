//! One writer at a time, by an exclusive lock on a file that the system
//! releases when the process ends.

use std::any::Any;
use std::fmt;
use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;

/// Held while a writer works; released when dropped.
pub struct WriterLock {
    _held: Box<dyn Any + Send>,
}

impl WriterLock {
    /// Stands for a lock that lasts as long as `held` does.
    #[must_use]
    pub fn new(held: impl Any + Send) -> Self {
        Self {
            _held: Box::new(held),
        }
    }

    /// Takes the lock on a real file, calling `waiting` if another holds it.
    #[expect(
        clippy::disallowed_methods,
        reason = "the lock lives on a file of the ledger"
    )]
    pub(super) fn take(path: &Path, waiting: &mut dyn FnMut()) -> io::Result<Self> {
        let file: File = OpenOptions::new().create(true).append(true).open(path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                waiting();
                file.lock()?;
            }
            Err(TryLockError::Error(error)) => return Err(error),
        }
        Ok(Self::new(file))
    }
}

impl fmt::Debug for WriterLock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WriterLock")
    }
}
