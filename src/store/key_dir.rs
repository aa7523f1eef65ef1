//! The folder of keys: public files, and secret keys in `private/`.

use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::durable;
use super::error::{At as _, StoreError, StoreProblem};
use super::layout;
use super::volume::{FileKind, Volume};

/// The longest key file.
const MAX_KEY: u64 = 16 * 1024;
/// The longest public file.
const MAX_PUBLIC: u64 = 1 << 20;
/// What secret key files end in.
const SECRET_ENDING: &str = "key";
/// What public key files end in.
const PUBLIC_ENDING: &str = "pem";

/// A secret key's file.
pub struct SecretFile {
    /// Where it is.
    pub path: PathBuf,
    /// Its name without ending.
    pub stem: String,
}

/// A folder of keys.
pub struct KeyDir<'a> {
    volume: &'a dyn Volume,
    folder: PathBuf,
}

impl<'a> KeyDir<'a> {
    /// Names the folder; nothing is read yet.
    #[must_use]
    pub fn new(volume: &'a dyn Volume, folder: &Path) -> Self {
        Self {
            volume,
            folder: folder.to_owned(),
        }
    }

    /// Writes a public file, replacing an older one.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn write_public(&self, name: &str, text: &str) -> Result<(), StoreError> {
        durable::make_folder(self.volume, &self.folder, false)?;
        durable::write(
            self.volume,
            &self.folder.join(name),
            text.as_bytes(),
            (false, true),
        )
    }

    /// Writes a new secret key that only its owner may read; returns where.
    ///
    /// # Errors
    /// If there is one of that name already, or the system refuses.
    pub fn write_secret(&self, stem: &str, pem: &str) -> Result<PathBuf, StoreError> {
        durable::make_folder(self.volume, &self.folder, false)?;
        let private = self.private();
        durable::make_folder(self.volume, &private, true)?;
        let path = private.join(format!("{stem}.{SECRET_ENDING}"));
        durable::write(self.volume, &path, pem.as_bytes(), (true, false))?;
        Ok(path)
    }

    /// Writes the public half of a secret key beside it: it is no public file of
    /// the ledger until the ledger gives it a role. Returns where.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn write_public_half(&self, stem: &str, pem: &str) -> Result<PathBuf, StoreError> {
        let path = self.public_half(stem);
        durable::write(self.volume, &path, pem.as_bytes(), (false, true))?;
        Ok(path)
    }

    /// Where the public half of a secret key lies, if it was kept.
    #[must_use]
    pub fn public_half(&self, stem: &str) -> PathBuf {
        self.private().join(format!("{stem}.{PUBLIC_ENDING}"))
    }

    /// Reads a public file, if there is one.
    ///
    /// # Errors
    /// If it can't be read, or is far too long.
    pub fn read_public(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        durable::read(self.volume, &self.folder.join(name), MAX_PUBLIC)
    }

    /// Removes a secret key that was written for nothing.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn remove_secret(&self, path: &Path) -> Result<(), StoreError> {
        self.volume.remove(path).at(path, "removing")
    }

    /// The secret keys there are, by name.
    ///
    /// # Errors
    /// If the folder can't be listed.
    pub fn secrets(&self) -> Result<Vec<SecretFile>, StoreError> {
        let private = self.private();
        if self.volume.kind(&private).at(&private, "looking")? != Some(FileKind::Folder) {
            return Ok(Vec::new());
        }
        let names = self.volume.list(&private).at(&private, "listing")?;
        let mut files: Vec<_> = names
            .into_iter()
            .map(|(name, _)| private.join(name))
            .filter(|path| {
                path.extension()
                    .is_some_and(|ending| ending == SECRET_ENDING)
            })
            .filter_map(|path| {
                let stem = path.file_stem()?.to_str()?.to_owned();
                Some(SecretFile { path, stem })
            })
            .collect();
        files.sort_by(|a, b| a.stem.cmp(&b.stem));
        Ok(files)
    }

    /// Reads a secret key's PEM.
    ///
    /// # Errors
    /// If it can't be read or is no text.
    pub fn read_secret(&self, path: &Path) -> Result<Zeroizing<String>, StoreError> {
        let missing = || std::io::Error::from(std::io::ErrorKind::NotFound);
        let bytes = durable::read(self.volume, path, MAX_KEY)?;
        let bytes = Zeroizing::new(bytes.ok_or_else(missing).at(path, "reading")?);
        let text = std::str::from_utf8(&bytes).map_err(|_| {
            StoreError::new(
                path,
                StoreProblem::Malformed("a key file is text (PEM)".to_owned()),
            )
        })?;
        Ok(Zeroizing::new(text.to_owned()))
    }

    fn private(&self) -> PathBuf {
        self.folder.join(layout::PRIVATE)
    }
}
