//! Reads a folder as a bag, and checks all of it.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest as _, Sha256, Sha512};

use super::super::hex;
use super::line::{Algorithm, is_payload, parse_line};
use super::{BagFault, DECLARATION_FILE, FETCH_FILE, INFO_FILE, OXUM};
use crate::digest::ContentDigest;

/// The longest manifest that is read, in bytes.
const MAX_MANIFEST: u64 = 1 << 30;
/// The longest other text that is read, in bytes.
const MAX_TEXT: u64 = 1 << 20;

/// A folder that may be a bag.
pub trait Folder {
    /// The paths of all plain files below it, parted by `/`.
    ///
    /// # Errors
    /// If it can't be listed, or holds what is no plain file, such as a link.
    fn paths(&self) -> Result<Vec<String>, String>;

    /// Shows the bytes of a file, block by block.
    ///
    /// # Errors
    /// If it can't be read.
    fn read(&self, path: &str, show: &mut dyn FnMut(&[u8])) -> Result<(), String>;
}

/// A bag that was found complete and undamaged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bag {
    /// What it says of itself: labels and values, in order.
    pub info: Vec<(String, String)>,
    /// The payload: each path with the digest of its bytes.
    pub payload: BTreeMap<String, ContentDigest>,
    /// Everything else: each path with the length of its bytes.
    pub tags: BTreeMap<String, u64>,
    /// Manifests of algorithms that this program does not know.
    pub unchecked: Vec<String>,
}

impl Bag {
    /// Reads a folder as a bag and checks all of it.
    ///
    /// # Errors
    /// Everything that is wrong.
    pub fn read(folder: &dyn Folder) -> Result<Self, Vec<BagFault>> {
        let paths = folder
            .paths()
            .map_err(|error| vec![BagFault::Folder(error)])?;
        let mut reading = Reading {
            folder,
            paths: paths.into_iter().collect(),
            escapes_percent: true,
            faults: Vec::new(),
        };
        let bag = reading.bag();
        match reading.faults.is_empty() {
            true => Ok(bag),
            false => Err(reading.faults),
        }
    }

    /// The first value of a label.
    #[must_use]
    pub fn said(&self, label: &str) -> Option<&str> {
        let mut found = self.info.iter().filter(|(known, _)| known == label);
        found.next().map(|(_, value)| value.as_str())
    }
}

/// What the bytes of a file come to.
struct Sum {
    sha256: [u8; 32],
    sha512: Option<Vec<u8>>,
    length: u64,
}

impl Sum {
    fn is(&self, algorithm: Algorithm, digest: &str) -> bool {
        match algorithm {
            Algorithm::Sha256 => hex(&self.sha256) == digest,
            Algorithm::Sha512 => self.sha512.as_deref().map(hex).as_deref() == Some(digest),
        }
    }
}

/// A manifest: each path with its digest in lower case.
struct Manifest {
    file: String,
    algorithm: Algorithm,
    digests: BTreeMap<String, String>,
}

struct Reading<'a> {
    folder: &'a dyn Folder,
    paths: BTreeSet<String>,
    /// Whether manifests write `%` as `%25`: since version 1.0.
    escapes_percent: bool,
    faults: Vec<BagFault>,
}

impl Reading<'_> {
    fn bag(&mut self) -> Bag {
        self.check_declaration();
        if self.paths.contains(FETCH_FILE) {
            self.faults.push(BagFault::Fetch);
        }
        let (payload, mut unchecked) = self.manifests("manifest-");
        let (tags, more) = self.manifests("tagmanifest-");
        unchecked.extend(more);
        if payload.is_empty() {
            self.faults.push(BagFault::NoManifest);
        }
        let all: Vec<_> = self.paths.iter().cloned().collect();
        let (files, others): (Vec<_>, Vec<_>) = all.into_iter().partition(|path| is_payload(path));
        let mut bag = Bag {
            info: self.info(),
            payload: BTreeMap::new(),
            tags: BTreeMap::new(),
            unchecked,
        };
        let mut bytes = 0_u64;
        for path in files {
            if let Some(sum) = self.check(&path, &payload) {
                bytes = bytes.saturating_add(sum.length);
                let digest = ContentDigest::from_bytes(sum.sha256);
                bag.payload.insert(path, digest);
            }
        }
        for path in others {
            let listed = match path.starts_with("tagmanifest-") {
                true => &[][..],
                false => tags.as_slice(),
            };
            if let Some(sum) = self.check(&path, listed) {
                bag.tags.insert(path, sum.length);
            }
        }
        self.check_present(&payload);
        self.check_present(&tags);
        let found = format!("{bytes}.{}", bag.payload.len());
        if let Some(said) = bag.said(OXUM).filter(|said| *said != found) {
            let said = said.to_owned();
            self.faults.push(BagFault::Oxum { said, found });
        }
        bag
    }

    fn check_declaration(&mut self) {
        let Some(text) = self.text(DECLARATION_FILE, MAX_TEXT) else {
            let why = "is missing: this is no bag";
            return self.faults.push(BagFault::Declaration(why));
        };
        let mut lines = text.lines().map(str::trim_end);
        let version = lines
            .next()
            .and_then(|it| it.strip_prefix("BagIt-Version: "));
        self.escapes_percent = version != Some("0.97");
        if !matches!(version, Some("1.0" | "0.97")) {
            let why = "versions 1.0 and 0.97 are read, and this is none of them";
            self.faults.push(BagFault::Declaration(why));
        }
        let encoding = lines
            .next()
            .and_then(|it| it.strip_prefix("Tag-File-Character-Encoding: "));
        if !encoding.is_some_and(|encoding| encoding.eq_ignore_ascii_case("UTF-8")) {
            let why = "its texts are not said to be in UTF-8";
            self.faults.push(BagFault::Declaration(why));
        }
    }

    /// A text of the bag; `None` if it is not there or can't be read.
    fn text(&mut self, path: &str, limit: u64) -> Option<String> {
        if !self.paths.contains(path) {
            return None;
        }
        let mut bytes = Vec::new();
        let mut length = 0_u64;
        let read = self.folder.read(path, &mut |block| {
            length = length.saturating_add(block.len() as u64);
            if length <= limit {
                bytes.extend_from_slice(block);
            }
        });
        let problem = match (read, String::from_utf8(bytes)) {
            (Err(error), _) => error,
            _ if length > limit => format!("{path} is longer than {limit} bytes"),
            (_, Err(_)) => format!("{path} is not UTF-8 text"),
            (_, Ok(text)) => return Some(text),
        };
        self.faults.push(BagFault::Folder(problem));
        None
    }

    /// What the bag says of itself; a line that begins with a space continues
    /// the one before (section 2.2.2).
    fn info(&mut self) -> Vec<(String, String)> {
        let mut info: Vec<(String, String)> = Vec::new();
        let text = self.text(INFO_FILE, MAX_TEXT).unwrap_or_default();
        for (line, text) in (1..).zip(text.lines()) {
            let continued = text.starts_with([' ', '\t']);
            match (text.split_once(':'), info.last_mut()) {
                (_, Some((_, value))) if continued => {
                    value.push(' ');
                    value.push_str(text.trim());
                }
                _ if text.trim().is_empty() => {}
                (Some((label, value)), _) if !continued => {
                    info.push((label.trim().to_owned(), value.trim().to_owned()));
                }
                _ => self.faults.push(BagFault::Line {
                    file: INFO_FILE.to_owned(),
                    line,
                    problem: "label and colon expected",
                }),
            }
        }
        info
    }

    /// The manifests whose names begin so, and the names of those that can't be
    /// checked.
    fn manifests(&mut self, prefix: &str) -> (Vec<Manifest>, Vec<String>) {
        let algorithm = |path: &str| {
            let name = path.strip_prefix(prefix)?.strip_suffix(".txt")?;
            Some((path.to_owned(), Algorithm::named(name)))
        };
        let found: Vec<_> = self.paths.iter().filter_map(|it| algorithm(it)).collect();
        let mut manifests = Vec::new();
        let mut unchecked = Vec::new();
        for (file, algorithm) in found {
            match algorithm {
                None => unchecked.push(file),
                Some(algorithm) => {
                    let is_of_payload = prefix == "manifest-";
                    manifests.extend(self.manifest(file, algorithm, is_of_payload));
                }
            }
        }
        (manifests, unchecked)
    }

    fn manifest(
        &mut self,
        file: String,
        algorithm: Algorithm,
        is_of_payload: bool,
    ) -> Option<Manifest> {
        let text = self.text(&file, MAX_MANIFEST)?;
        let mut digests = BTreeMap::new();
        for (line, text) in (1..).zip(text.lines()) {
            let entry = parse_line(text, algorithm, is_of_payload, self.escapes_percent);
            let problem = match entry {
                Ok(None) => continue,
                Ok(Some((path, digest))) => match digests.insert(path, digest) {
                    None => continue,
                    Some(_) => "names a file that stands there already",
                },
                Err(problem) => problem,
            };
            let file = file.clone();
            self.faults.push(BagFault::Line {
                file,
                line,
                problem,
            });
        }
        Some(Manifest {
            file,
            algorithm,
            digests,
        })
    }

    /// Hashes a file and holds it against each manifest.
    fn check(&mut self, path: &str, manifests: &[Manifest]) -> Option<Sum> {
        let with_512 = manifests.iter().any(|it| it.algorithm == Algorithm::Sha512);
        let mut sha256 = Sha256::new();
        let mut sha512 = with_512.then(Sha512::new);
        let mut length = 0_u64;
        let read = self.folder.read(path, &mut |block| {
            sha256.update(block);
            if let Some(sha512) = &mut sha512 {
                sha512.update(block);
            }
            length = length.saturating_add(block.len() as u64);
        });
        if let Err(error) = read {
            self.faults.push(BagFault::Folder(error));
            return None;
        }
        let sum = Sum {
            sha256: sha256.finalize().into(),
            sha512: sha512.map(|sha512| sha512.finalize().to_vec()),
            length,
        };
        for Manifest {
            file,
            algorithm,
            digests,
        } in manifests
        {
            let (path, manifest) = (path.to_owned(), file.clone());
            match digests.get(&path) {
                None => self.faults.push(BagFault::Surplus { path, manifest }),
                Some(digest) if !sum.is(*algorithm, digest) => {
                    self.faults.push(BagFault::Altered { path, manifest });
                }
                Some(_) => {}
            }
        }
        Some(sum)
    }

    fn check_present(&mut self, manifests: &[Manifest]) {
        for Manifest { file, digests, .. } in manifests {
            let absent = digests.keys().filter(|path| !self.paths.contains(*path));
            self.faults.extend(absent.map(|path| BagFault::Missing {
                path: path.clone(),
                manifest: file.clone(),
            }));
        }
    }
}
