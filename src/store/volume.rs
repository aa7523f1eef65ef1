//! What the store asks of a file system, small enough to be simulated.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;

use super::lock::WriterLock;

/// What a name in a folder stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// A plain file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link.
    Link,
    /// Anything else.
    Other,
}

/// The operations of a file system that a ledger needs. Each is one step: a
/// test can stop between any two.
pub trait Volume: Sync {
    /// What stands at a path, without following a link; `None` if nothing does.
    ///
    /// # Errors
    /// If the system can't tell.
    fn kind(&self, path: &Path) -> io::Result<Option<FileKind>>;

    /// Opens a file for reading.
    ///
    /// # Errors
    /// If the system refuses.
    fn open(&self, path: &Path) -> io::Result<Box<dyn Read>>;

    /// The names in a folder.
    ///
    /// # Errors
    /// If the system refuses.
    fn list(&self, folder: &Path) -> io::Result<Vec<(std::ffi::OsString, FileKind)>>;

    /// Makes a new file and writes it; `secret` files only their owner may read.
    ///
    /// # Errors
    /// If it exists already, the source fails, or the system refuses.
    fn create(&self, path: &Path, contents: &mut dyn Read, secret: bool) -> io::Result<u64>;

    /// Makes a file's bytes durable.
    ///
    /// # Errors
    /// If the system refuses.
    fn sync_file(&self, path: &Path) -> io::Result<()>;

    /// Makes the names in a folder durable.
    ///
    /// # Errors
    /// If the system refuses.
    fn sync_folder(&self, folder: &Path) -> io::Result<()>;

    /// Puts a file in its place, replacing what stands there, in one step.
    ///
    /// # Errors
    /// If the system refuses.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Makes one folder.
    ///
    /// # Errors
    /// If it exists already or the system refuses.
    fn create_folder(&self, folder: &Path, secret: bool) -> io::Result<()>;

    /// Removes a file.
    ///
    /// # Errors
    /// If the system refuses.
    fn remove(&self, path: &Path) -> io::Result<()>;

    /// Removes an empty folder.
    ///
    /// # Errors
    /// If it is not empty or the system refuses.
    fn remove_folder(&self, folder: &Path) -> io::Result<()>;

    /// Takes the exclusive lock on a file, which is made if it isn't there,
    /// calling `waiting` once if another holds it.
    ///
    /// # Errors
    /// If the file can't be made, or the system has no locks.
    fn lock(&self, path: &Path, waiting: &mut dyn FnMut()) -> io::Result<WriterLock>;
}

/// The real file system.
#[derive(Debug, Clone, Copy, Default)]
pub struct Disk;

#[expect(
    clippy::disallowed_methods,
    reason = "the one place that touches a ledger's files"
)]
impl Volume for Disk {
    fn kind(&self, path: &Path) -> io::Result<Option<FileKind>> {
        match fs::symlink_metadata(path) {
            Ok(metadata) => Ok(Some(kind_of(metadata.file_type()))),
            Err(error) if is_absent(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn Read>> {
        Ok(Box::new(File::open(path)?))
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<(std::ffi::OsString, FileKind)>> {
        fs::read_dir(folder)?
            .map(|entry| {
                entry.and_then(|entry| Ok((entry.file_name(), kind_of(entry.file_type()?))))
            })
            .collect()
    }

    fn create(&self, path: &Path, contents: &mut dyn Read, secret: bool) -> io::Result<u64> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        if secret {
            use std::os::unix::fs::OpenOptionsExt as _;
            options.mode(0o600);
        }
        let mut file = options.open(path)?;
        let length = io::copy(contents, &mut file)?;
        file.flush()?;
        Ok(length)
    }

    fn sync_file(&self, path: &Path) -> io::Result<()> {
        OpenOptions::new().write(true).open(path)?.sync_all()
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        File::open(folder)?.sync_all()
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn create_folder(&self, folder: &Path, secret: bool) -> io::Result<()> {
        let mut builder = fs::DirBuilder::new();
        #[cfg(unix)]
        if secret {
            use std::os::unix::fs::DirBuilderExt as _;
            builder.mode(0o700);
        }
        builder.create(folder)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn remove_folder(&self, folder: &Path) -> io::Result<()> {
        fs::remove_dir(folder)
    }

    fn lock(&self, path: &Path, waiting: &mut dyn FnMut()) -> io::Result<WriterLock> {
        WriterLock::take(path, waiting)
    }
}

fn kind_of(kind: fs::FileType) -> FileKind {
    if kind.is_symlink() {
        FileKind::Link
    } else if kind.is_file() {
        FileKind::File
    } else if kind.is_dir() {
        FileKind::Folder
    } else {
        FileKind::Other
    }
}

fn is_absent(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}
