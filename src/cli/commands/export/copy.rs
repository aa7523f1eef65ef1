//! Copies registered files, each hashed on the way and held against its
//! statement: what is not what was registered is told and not kept.

use std::io::{self, Read};

use docledger::digest::{ContentDigest, ContentHasher};
use docledger::export::{Bytes, Item, Package};
use docledger::store::{LedgerDir, NewFolder, StoreError};

use crate::cli::args::Args;
use crate::cli::progress::Progress;
use crate::cli::render;

/// Why a file is not exported.
pub(super) enum Loss {
    /// It is not in the ledger's folder.
    Missing,
    /// The system does not give it out.
    Unreadable(String),
    /// Its bytes are not those that were registered.
    Damaged,
}

/// Tells what is lost while it goes on.
pub(super) struct Copying(Progress);

impl Copying {
    pub(super) fn begin(args: &Args, package: &Package) -> Self {
        Self(Progress::counting(args, "copying", package.items.len()))
    }

    /// Notes what became of a file; its length, if it is whole.
    pub(super) fn note(&self, item: &mut Item, found: Result<u64, Loss>) -> Option<u64> {
        self.0.step();
        let (bytes, why) = match found {
            Ok(length) => {
                item.bytes = Bytes::Present;
                return Some(length);
            }
            Err(Loss::Missing) => (Bytes::Missing, "is not in this ledger".to_owned()),
            Err(Loss::Unreadable(why)) => (Bytes::Missing, format!("can't be read: {why}")),
            Err(Loss::Damaged) => (
                Bytes::Damaged,
                "is damaged: its bytes are not those that were registered".to_owned(),
            ),
        };
        item.bytes = bytes;
        render::remark(&format!(
            "{} (entry {}): the file {} {why}",
            item.subject, item.entry, item.document.digest
        ));
        None
    }
}

/// Copies a file to a path of the new folder, showing its bytes to `see`. What
/// is not whole is taken back.
pub(super) fn copy(
    ledger: &LedgerDir<'_>,
    digest: ContentDigest,
    (folder, path): (&mut NewFolder<'_>, &str),
    see: &mut dyn FnMut(&[u8]),
) -> Result<Result<u64, Loss>, StoreError> {
    let opened = match ledger.open_document(&digest) {
        Ok(Some(opened)) => opened,
        Ok(None) => return Ok(Err(Loss::Missing)),
        Err(error) => return Ok(Err(Loss::Unreadable(error.problem.to_string()))),
    };
    let mut hasher = ContentHasher::new();
    let mut seen = Seen {
        inner: opened,
        failed: None,
        see: &mut |block| {
            hasher.update(block);
            see(block);
        },
    };
    let added = folder.add(path, &mut seen);
    let failed = seen.failed.take();
    if let Some(why) = failed {
        folder.take_back()?;
        return Ok(Err(Loss::Unreadable(why)));
    }
    let length = added?;
    if hasher.finish().0 != digest {
        folder.take_back()?;
        return Ok(Err(Loss::Damaged));
    }
    Ok(Ok(length))
}

/// What is read, shown on the way.
pub(super) struct Seen<'a, R> {
    inner: R,
    /// Why reading failed: so it is not taken for a failure to write.
    failed: Option<String>,
    see: &'a mut dyn FnMut(&[u8]),
}

impl<'a, R: Read> Seen<'a, R> {
    pub(super) fn new(inner: R, see: &'a mut dyn FnMut(&[u8])) -> Self {
        Self {
            inner,
            failed: None,
            see,
        }
    }
}

impl<R: Read> Read for Seen<'_, R> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(room);
        match &read {
            Ok(length) => (self.see)(&room[..*length]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => self.failed = Some(error.to_string()),
        }
        read
    }
}
