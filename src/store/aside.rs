//! What leaves a ledger: a new file or folder that is written aside, made
//! durable, and put in its place whole. Nothing is ever written over.

use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::durable;
use super::error::{At as _, StoreError, StoreProblem};
use super::volume::Volume;

/// A new folder in the making. Dropped unfinished, it leaves nothing.
pub struct NewFolder<'a> {
    volume: &'a dyn Volume,
    place: PathBuf,
    aside: PathBuf,
    files: Vec<PathBuf>,
    folders: BTreeSet<PathBuf>,
}

impl<'a> NewFolder<'a> {
    /// Begins a folder that is to stand at `place`, where nothing may stand.
    ///
    /// # Errors
    /// If something stands there, or was left beside it by an interrupted export,
    /// or the system refuses.
    pub fn begin(volume: &'a dyn Volume, place: &Path) -> Result<Self, StoreError> {
        let aside = free(volume, place)?;
        let mut new = Self {
            volume,
            place: place.to_owned(),
            aside: aside.clone(),
            files: Vec::new(),
            folders: BTreeSet::new(),
        };
        new.make(&aside)?;
        Ok(new)
    }

    /// Writes a new file at a path below the folder, parted by `/`. Returns its
    /// length.
    ///
    /// # Errors
    /// If it is there already, its source fails, or the system refuses.
    pub fn add(&mut self, path: &str, contents: &mut dyn Read) -> Result<u64, StoreError> {
        let path = self.aside.join(path);
        self.make_above(&path)?;
        self.files.push(path.clone());
        self.volume
            .create(&path, contents, false)
            .at(&path, "writing")
    }

    /// Makes a folder at a path below, if it isn't there.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn add_folder(&mut self, path: &str) -> Result<(), StoreError> {
        let path = self.aside.join(path);
        self.make_above(&path)?;
        self.make(&path)
    }

    /// Takes back the file that was added last.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn take_back(&mut self) -> Result<(), StoreError> {
        let Some(path) = self.files.pop() else {
            return Ok(());
        };
        let removed = self.volume.remove(&path).at(&path, "removing");
        if removed.is_err() {
            self.files.push(path);
        }
        removed
    }

    /// Puts the folder in its place, once all of it is durable.
    ///
    /// # Errors
    /// If the system refuses, or something has come to stand there.
    pub fn finish(mut self) -> Result<(), StoreError> {
        let volume = self.volume;
        durable::sync_all(&self.files, |file| {
            volume.sync_file(file).at(file, "making it durable")
        })?;
        let folders: Vec<_> = self.folders.iter().collect();
        durable::sync_all(&folders, |folder| {
            volume
                .sync_folder(folder)
                .at(folder, "making the folder durable")
        })?;
        put(self.volume, &self.aside, &self.place)?;
        self.files.clear();
        self.folders.clear();
        sync_above(self.volume, &self.place)
    }

    fn make_above(&mut self, path: &Path) -> Result<(), StoreError> {
        let above = path.ancestors().skip(1);
        let missing: Vec<_> = above
            .take_while(|folder| !self.folders.contains(*folder))
            .map(Path::to_owned)
            .collect();
        missing
            .iter()
            .rev()
            .try_for_each(|folder| self.make(folder))
    }

    fn make(&mut self, folder: &Path) -> Result<(), StoreError> {
        if self.folders.contains(folder) {
            return Ok(());
        }
        self.volume
            .create_folder(folder, false)
            .at(folder, "making the folder")?;
        self.folders.insert(folder.to_owned());
        Ok(())
    }
}

impl Drop for NewFolder<'_> {
    fn drop(&mut self) {
        // What led here is told; what can't be removed stays aside, under a name
        // that says what it is.
        for file in self.files.drain(..) {
            self.volume.remove(&file).unwrap_or_default();
        }
        for folder in std::mem::take(&mut self.folders).iter().rev() {
            self.volume.remove_folder(folder).unwrap_or_default();
        }
    }
}

/// Writes a new file aside and puts it in its place. Returns its length.
///
/// # Errors
/// As for [`NewFolder`]; nothing is left then.
pub fn write_new(
    volume: &dyn Volume,
    place: &Path,
    contents: &mut dyn Read,
) -> Result<u64, StoreError> {
    let aside = free(volume, place)?;
    let written = (|| {
        let length = volume
            .create(&aside, contents, false)
            .at(&aside, "writing")?;
        volume.sync_file(&aside).at(&aside, "making it durable")?;
        put(volume, &aside, place)?;
        Ok(length)
    })();
    if written.is_err() {
        // The first error is the one to tell.
        volume.remove(&aside).unwrap_or_default();
    }
    let length = written?;
    sync_above(volume, place)?;
    Ok(length)
}

/// The name beside a place at which is written what goes there.
fn free(volume: &dyn Volume, place: &Path) -> Result<PathBuf, StoreError> {
    let Some(name) = place.file_name() else {
        return Err(StoreError::new(place, StoreProblem::Exists));
    };
    if volume.kind(place).at(place, "looking")?.is_some() {
        return Err(StoreError::new(place, StoreProblem::Exists));
    }
    let mut aside = std::ffi::OsString::from(".");
    aside.push(name);
    aside.push(".unfinished");
    let aside = place.with_file_name(aside);
    if volume.kind(&aside).at(&aside, "looking")?.is_some() {
        return Err(StoreError::new(&aside, StoreProblem::Unfinished));
    }
    Ok(aside)
}

fn put(volume: &dyn Volume, aside: &Path, place: &Path) -> Result<(), StoreError> {
    // A rename would take the place of a file or of an empty folder.
    if volume.kind(place).at(place, "looking")?.is_some() {
        return Err(StoreError::new(place, StoreProblem::Exists));
    }
    volume.rename(aside, place).at(place, "putting it in place")
}

fn sync_above(volume: &dyn Volume, place: &Path) -> Result<(), StoreError> {
    let above = durable::parent_of(place);
    volume
        .sync_folder(above)
        .at(above, "making the folder durable")
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests touch files")]
mod tests {
    use super::*;
    use crate::store::Disk;

    fn names(folder: &Path) -> Vec<String> {
        let listed = std::fs::read_dir(folder).expect("lists");
        let names = listed.map(|it| it.expect("reads").file_name());
        let mut names: Vec<_> = names.map(|it| it.to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_folder_comes_whole_or_not_at_all() {
        let home = tempfile::tempdir().expect("a folder");
        let place = home.path().join("bag");
        let mut new = NewFolder::begin(&Disk, &place).expect("begins");
        new.add("data/1/a", &mut &b"a"[..]).expect("writes");
        assert_eq!(names(home.path()), [".bag.unfinished"]);
        // Two at once would mix.
        let refused = NewFolder::begin(&Disk, &place).err().expect("refused");
        assert!(matches!(refused.problem, StoreProblem::Unfinished));
        drop(new);
        assert_eq!(names(home.path()), [""; 0]);

        let mut new = NewFolder::begin(&Disk, &place).expect("begins");
        new.add("data/1/a", &mut &b"a"[..]).expect("writes");
        new.add("data/1/b", &mut &b"b"[..]).expect("writes");
        new.take_back().expect("removes");
        new.add_folder("empty").expect("makes");
        assert!(new.add("data/1/a", &mut &b"c"[..]).is_err());
        new.finish().expect("finishes");
        assert_eq!(names(home.path()), ["bag"]);
        assert_eq!(names(&place), ["data", "empty"]);
        assert_eq!(names(&place.join("data/1")), ["a"]);
    }

    #[test]
    fn nothing_is_written_over() {
        let home = tempfile::tempdir().expect("a folder");
        let place = home.path().join("out");
        std::fs::create_dir(&place).expect("makes");
        assert!(NewFolder::begin(&Disk, &place).is_err());
        assert!(write_new(&Disk, &place, &mut &b"a"[..]).is_err());
        std::fs::remove_dir(&place).expect("removes");
        // Even if it comes to stand there meanwhile.
        let new = NewFolder::begin(&Disk, &place).expect("begins");
        std::fs::create_dir(&place).expect("makes");
        assert!(new.finish().is_err());
        assert_eq!(names(home.path()), ["out"]);
    }

    #[test]
    fn a_file_whose_source_fails_leaves_nothing() {
        struct Failing;
        impl Read for Failing {
            fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
                Err(std::io::Error::other("lost"))
            }
        }
        let home = tempfile::tempdir().expect("a folder");
        let place = home.path().join("register.csv");
        assert!(write_new(&Disk, &place, &mut Failing).is_err());
        assert_eq!(names(home.path()), [""; 0]);
        assert_eq!(
            write_new(&Disk, &place, &mut &b"abc"[..]).expect("writes"),
            3
        );
        assert_eq!(names(home.path()), ["register.csv"]);
    }
}
