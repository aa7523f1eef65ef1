//! Reading whole files within bounds, and writing one so that it lasts.

use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use super::error::{At as _, StoreError, StoreProblem};
use super::volume::{FileKind, Volume};

/// How much is made room for before a file is read, in bytes.
const ROOM: u64 = 256 << 10;

/// How many threads ask for durability at once.
const SYNC_THREADS: usize = 16;
/// The fewest files for which a thread is worth its while.
const SYNC_SHARE: usize = 32;

/// Reads a plain file of at most `limit` bytes; `None` if there is none.
pub(super) fn read(
    volume: &dyn Volume,
    path: &Path,
    limit: u64,
) -> Result<Option<Vec<u8>>, StoreError> {
    let Some(file) = open(volume, path)? else {
        return Ok(None);
    };
    // Room for a usual bundle, so that it is read in a call or two.
    let mut bytes = Vec::with_capacity(usize::try_from(limit.min(ROOM)).unwrap_or(0));
    file.take(limit + 1)
        .read_to_end(&mut bytes)
        .at(path, "reading")?;
    if bytes.len() as u64 > limit {
        return Err(StoreError::new(path, StoreProblem::TooLong(limit)));
    }
    Ok(Some(bytes))
}

/// Opens a plain file, refusing links; `None` if there is none.
pub(super) fn open(
    volume: &dyn Volume,
    path: &Path,
) -> Result<Option<Box<dyn std::io::Read>>, StoreError> {
    match volume.kind(path).at(path, "looking")? {
        None => Ok(None),
        Some(FileKind::File) => volume.open(path).at(path, "opening").map(Some),
        Some(FileKind::Link) => Err(StoreError::new(path, StoreProblem::Link)),
        Some(_) => Err(StoreError::new(path, StoreProblem::NotAFile)),
    }
}

/// Makes many files or folders durable, several at a time: a disk takes several
/// requests in the time of one.
pub(super) fn sync_all<T: Sync>(
    items: &[T],
    sync: impl Fn(&T) -> Result<(), StoreError> + Sync,
) -> Result<(), StoreError> {
    let share = items.len().div_ceil(SYNC_THREADS).max(SYNC_SHARE);
    if items.len() <= share {
        return items.iter().try_for_each(sync);
    }
    std::thread::scope(|scope| {
        let sync = &sync;
        let threads: Vec<_> = items
            .chunks(share)
            .map(|items| scope.spawn(move || items.iter().try_for_each(sync)))
            .collect();
        threads.into_iter().try_for_each(|thread| {
            thread
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    })
}

/// Makes a folder and those above it, down from `top`, which exists; each new
/// name is made durable, those that stand are taken to be. Links on the way are
/// refused.
pub(super) fn make_folders(
    volume: &dyn Volume,
    top: &Path,
    folder: &Path,
) -> Result<(), StoreError> {
    let below = folder.strip_prefix(top).unwrap_or(folder);
    let mut at: PathBuf = top.to_owned();
    for part in below.components() {
        at.push(part);
        match volume.kind(&at).at(&at, "looking")? {
            Some(FileKind::Folder) => {}
            Some(FileKind::Link) => return Err(StoreError::new(&at, StoreProblem::Link)),
            Some(_) => return Err(StoreError::new(&at, StoreProblem::NotAFile)),
            None => {
                create_folder(volume, &at, false)?;
                let parent = parent_of(&at);
                volume
                    .sync_folder(parent)
                    .at(parent, "making the folder durable")?;
            }
        }
    }
    Ok(())
}

/// Makes one folder if it isn't there, and its name durable in either case: one
/// that stands may have been made by a program that was killed just then.
pub(super) fn make_folder(
    volume: &dyn Volume,
    folder: &Path,
    secret: bool,
) -> Result<(), StoreError> {
    match volume.kind(folder).at(folder, "looking")? {
        Some(FileKind::Folder) => {}
        Some(FileKind::Link) => return Err(StoreError::new(folder, StoreProblem::Link)),
        Some(_) => return Err(StoreError::new(folder, StoreProblem::NotAFile)),
        None => create_folder(volume, folder, secret)?,
    }
    let parent = parent_of(folder);
    volume
        .sync_folder(parent)
        .at(parent, "making the folder durable")
}

/// Makes a folder that was not there; that another made it since is as good.
fn create_folder(volume: &dyn Volume, folder: &Path, secret: bool) -> Result<(), StoreError> {
    let made = volume.create_folder(folder, secret);
    let exists = made
        .as_ref()
        .is_err_and(|error| error.kind() == ErrorKind::AlreadyExists);
    if exists && volume.kind(folder).at(folder, "looking")? == Some(FileKind::Folder) {
        return Ok(());
    }
    made.at(folder, "making the folder")
}

/// The folder that a name stands in; the current one has no spelling as a parent.
pub(super) fn parent_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Writes a new file beside its place, makes it durable and puts it there. The
/// folder exists; another file in its place is replaced only if `replace`.
pub(super) fn write(
    volume: &dyn Volume,
    path: &Path,
    bytes: &[u8],
    (secret, replace): (bool, bool),
) -> Result<(), StoreError> {
    if !replace && volume.kind(path).at(path, "looking")?.is_some() {
        return Err(StoreError::new(path, StoreProblem::Exists));
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let aside = path.with_file_name(format!(".{name}.new"));
    if volume.kind(&aside).at(&aside, "looking")?.is_some() {
        volume
            .remove(&aside)
            .at(&aside, "removing what an interrupted write left")?;
    }
    let written = (|| {
        volume
            .create(&aside, &mut &*bytes, secret)
            .at(&aside, "writing")?;
        volume.sync_file(&aside).at(&aside, "making it durable")?;
        volume.rename(&aside, path).at(path, "putting it in place")
    })();
    if written.is_err() {
        // The first error is the one to tell; the leftover is cleared next time.
        volume.remove(&aside).unwrap_or_default();
    }
    written?;
    let folder = parent_of(path);
    volume
        .sync_folder(folder)
        .at(folder, "making the folder durable")
}
