//! The parts of a ZIP file, unpacked within a budget.

use std::borrow::Cow;
use std::io::{Cursor, Read as _};

use encoding_rs::Encoding;
use zip::ZipArchive;
use zip::result::ZipError;

use crate::reading::limits::within;
use crate::reading::{Limits, ReadError};

pub(super) struct Package<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    /// How many bytes may still be unpacked.
    left: usize,
    limits: Limits,
}

impl<'a> Package<'a> {
    /// # Errors
    /// When the bytes are no ZIP file, or one with too many parts.
    pub(super) fn open(bytes: &'a [u8], limits: Limits) -> Result<Self, ReadError> {
        let archive = ZipArchive::new(Cursor::new(bytes))
            .map_err(|error| ReadError::damaged("the list of its parts", error))?;
        within(archive.len(), limits.parts, "parts")?;
        Ok(Self {
            archive,
            left: limits.unpacked,
            limits,
        })
    }

    /// The text of a part, if there is one of that name.
    ///
    /// # Errors
    /// When it is damaged or encrypted, or the budget is spent.
    pub(super) fn part(&mut self, name: &str) -> Result<Option<String>, ReadError> {
        let part = match self.archive.by_name(name) {
            Ok(part) => part,
            Err(ZipError::FileNotFound) => return Ok(None),
            Err(ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED)) => {
                return Err(ReadError::Encrypted);
            }
            Err(error) => return Err(ReadError::damaged(name, error)),
        };
        let mut bytes = Vec::new();
        let allowed = u64::try_from(self.left).unwrap_or(u64::MAX);
        part.take(allowed.saturating_add(1))
            .read_to_end(&mut bytes)
            .map_err(|error| ReadError::damaged(name, error))?;
        if bytes.len() > self.left {
            within(usize::MAX, self.limits.unpacked, "bytes unpacked")?;
        }
        self.left -= bytes.len();
        text(bytes)
            .map(Some)
            .ok_or_else(|| ReadError::damaged(name, "it is neither UTF-8 nor UTF-16"))
    }

    /// A part that must be there.
    ///
    /// # Errors
    /// As [`Package::part`], and when it is missing.
    pub(super) fn needed(&mut self, name: &str) -> Result<String, ReadError> {
        self.part(name)?
            .ok_or_else(|| ReadError::damaged(name, "this part is missing"))
    }
}

/// The text of XML, whose encoding is UTF-8 or marked (XML 1.0, 4.3.3).
fn text(bytes: Vec<u8>) -> Option<String> {
    match Encoding::for_bom(&bytes) {
        None => String::from_utf8(bytes).ok(),
        Some((encoding, mark)) => encoding
            .decode_without_bom_handling_and_without_replacement(&bytes[mark..])
            .map(Cow::into_owned),
    }
}
