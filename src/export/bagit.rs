//! BagIt (RFC 8493): the texts that a bag is made of, and whether a bag that
//! came from elsewhere is complete and undamaged.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest as _, Sha256, Sha512};

use super::{Package, hex, rfc3339};
use crate::digest::ContentDigest;

/// Declares a bag (section 2.1.1).
pub const DECLARATION_FILE: &str = "bagit.txt";
/// What [`DECLARATION_FILE`] holds.
pub const DECLARATION: &str = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";
/// What is said of the bag as a whole (section 2.2.2).
pub const INFO_FILE: &str = "bag-info.txt";
/// Digests of the payload (section 2.1.3).
pub const MANIFEST_FILE: &str = "manifest-sha256.txt";
/// Digests of everything else (section 2.2.1).
pub const TAG_MANIFEST_FILE: &str = "tagmanifest-sha256.txt";
/// The folder of the payload.
pub const PAYLOAD: &str = "data";
/// Names what is to be fetched; such a bag is not complete.
const FETCH_FILE: &str = "fetch.txt";

/// How manifests write the ends of lines.
const LINE_ENDS: [(&str, &str); 4] = [("%0A", "\n"), ("%0a", "\n"), ("%0D", "\r"), ("%0d", "\r")];

/// The longest manifest that is read, in bytes.
pub const MAX_MANIFEST: u64 = 1 << 30;
/// The longest other text that is read, in bytes.
pub const MAX_TEXT: u64 = 1 << 20;

/// Label of the sender in [`INFO_FILE`].
pub const SOURCE: &str = "Source-Organization";
/// Label of what the sender calls the bag's contents.
pub const IDENTIFIER: &str = "External-Identifier";
/// Label that this program adds: size and root of the ledger's head.
pub const HEAD: &str = "Docledger-Head";
const OXUM: &str = "Payload-Oxum";

/// A line of a manifest.
#[must_use]
pub fn manifest_line(digest: &str, path: &str) -> String {
    let path = path
        .replace('%', "%25")
        .replace('\n', "%0A")
        .replace('\r', "%0D");
    format!("{digest}  {path}\n")
}

/// What a bag says of itself: so many payload files, so many bytes.
#[must_use]
pub fn info(package: &Package, files: u64, bytes: u64) -> String {
    let day = rfc3339(package.now).unwrap_or_default();
    let day = day.split('T').next().unwrap_or_default();
    let left_out = package.items.len() as u64 - files;
    let mut lines = vec![
        (SOURCE, package.issuer.clone()),
        ("Bagging-Date", day.to_owned()),
        (IDENTIFIER, format!("ledger {}", package.ledger)),
        (
            "External-Description",
            format!("{files} registered files of the ledger {}", package.origin),
        ),
        (OXUM, format!("{bytes}.{files}")),
        (
            "Bag-Software-Agent",
            format!("docledger {}", env!("CARGO_PKG_VERSION")),
        ),
        (HEAD, format!("{} {}", package.head.size, package.head.root)),
    ];
    if left_out > 0 {
        let said = format!("{left_out} registered files that are missing or damaged");
        lines.push(("Docledger-Left-Out", said));
    }
    let one_line = |text: &str| {
        let plain = text.chars().map(|c| if c.is_control() { ' ' } else { c });
        plain.collect::<String>()
    };
    let lines = lines.iter();
    lines
        .map(|(label, value)| format!("{label}: {}\n", one_line(value)))
        .collect()
}

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

/// What is wrong with a bag.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BagFault {
    /// The folder.
    #[error("{0}")]
    Folder(String),
    /// No declaration, or one of another kind.
    #[error("{DECLARATION_FILE}: {0}")]
    Declaration(&'static str),
    /// No manifest of the payload that this program can check.
    #[error(
        "there is no payload manifest with SHA-256 or SHA-512; weaker digests are not accepted"
    )]
    NoManifest,
    /// Something else has to be fetched.
    #[error("{FETCH_FILE}: the bag is not complete, and nothing is fetched")]
    Fetch,
    /// A line that is not of its file's form.
    #[error("{file}: line {line}: {problem}")]
    Line {
        /// Which file.
        file: String,
        /// Which line, from 1.
        line: usize,
        /// What is wrong.
        problem: &'static str,
    },
    /// A file that a manifest names is not there.
    #[error("{path} is missing; {manifest} names it")]
    Missing {
        /// Which file.
        path: String,
        /// Which manifest.
        manifest: String,
    },
    /// A file that a manifest does not name.
    #[error("{path} is surplus: {manifest} does not name it")]
    Surplus {
        /// Which file.
        path: String,
        /// Which manifest.
        manifest: String,
    },
    /// A file whose bytes are not those that were put into the bag.
    #[error("{path} is altered: its digest is not the one in {manifest}")]
    Altered {
        /// Which file.
        path: String,
        /// Which manifest.
        manifest: String,
    },
    /// The sum of the payload.
    #[error("{INFO_FILE}: the payload is {found}, not {said} as {OXUM} says")]
    Oxum {
        /// What it says.
        said: String,
        /// What was counted.
        found: String,
    },
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

/// Digest algorithms that are checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Algorithm {
    Sha256,
    Sha512,
}

impl Algorithm {
    fn named(name: &str) -> Option<Self> {
        match name {
            "sha256" => Some(Self::Sha256),
            "sha512" => Some(Self::Sha512),
            _ => None,
        }
    }

    fn digits(self) -> usize {
        match self {
            Self::Sha256 => 64,
            Self::Sha512 => 128,
        }
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

fn is_payload(path: &str) -> bool {
    path.strip_prefix(PAYLOAD)
        .is_some_and(|rest| rest.starts_with('/'))
}

/// Path and digest of a manifest's line; `None` if it is blank.
fn parse_line(
    line: &str,
    algorithm: Algorithm,
    is_of_payload: bool,
    escapes_percent: bool,
) -> Result<Option<(String, String)>, &'static str> {
    if line.trim().is_empty() {
        return Ok(None);
    }
    let (digest, path) = line
        .split_once([' ', '\t'])
        .ok_or("digest, space and path expected")?;
    let is_digest =
        digest.len() == algorithm.digits() && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !is_digest {
        return Err("the digest is not one of this manifest's kind");
    }
    // Some tools mark binary files as `sha256sum` does.
    let path = path.trim_start_matches([' ', '\t']);
    let path = path.strip_prefix('*').unwrap_or(path);
    let path = match escapes_percent {
        true => decoded(path).ok_or("% stands only before 0A, 0D and 25 in a path")?,
        false => LINE_ENDS
            .iter()
            .fold(path.to_owned(), |path, (code, end)| path.replace(code, end)),
    };
    if !stays_inside(&path) {
        return Err("the path leads out of the bag, or is not written plainly");
    }
    if is_payload(&path) != is_of_payload {
        return Err(match is_of_payload {
            true => "a payload manifest names files below data/ only",
            false => "a tag manifest names no payload",
        });
    }
    Ok(Some((path, digest.to_ascii_lowercase())))
}

/// A path as manifests encode it, decoded (section 2.1.3).
fn decoded(path: &str) -> Option<String> {
    let mut parts = path.split('%');
    let mut plain = parts.next()?.to_owned();
    for part in parts {
        let (code, rest) = part.split_at_checked(2)?;
        plain.push(match code.to_ascii_uppercase().as_str() {
            "0A" => '\n',
            "0D" => '\r',
            "25" => '%',
            _ => return None,
        });
        plain.push_str(rest);
    }
    Some(plain)
}

/// Whether a path has only plain parts: none that goes up, back to a root, or
/// to a drive.
fn stays_inside(path: &str) -> bool {
    let is_plain = |part: &str| !matches!(part, "" | "." | "..");
    path.split('/').all(is_plain)
        && !path.contains(['\\', '\0'])
        && !path.starts_with('~')
        && path.as_bytes().get(1) != Some(&b':')
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Folder for BTreeMap<String, Vec<u8>> {
        fn paths(&self) -> Result<Vec<String>, String> {
            Ok(self.keys().cloned().collect())
        }

        fn read(&self, path: &str, show: &mut dyn FnMut(&[u8])) -> Result<(), String> {
            let bytes = self.get(path).ok_or("gone")?;
            bytes.chunks(7).for_each(show);
            Ok(())
        }
    }

    fn digest(bytes: &[u8]) -> String {
        ContentDigest::of(bytes).to_string()
    }

    /// A bag with two files.
    fn bag() -> BTreeMap<String, Vec<u8>> {
        let mut bag = BTreeMap::new();
        let mut manifest = String::new();
        for (path, text) in [("data/1/a.txt", "first\n"), ("data/2/b%.txt", "second\n")] {
            manifest += &manifest_line(&digest(text.as_bytes()), path);
            bag.insert(path.to_owned(), text.as_bytes().to_vec());
        }
        let info = "Source-Organization: An office\n of records\nPayload-Oxum: 13.2\n";
        let mut tags = String::new();
        for (path, text) in [
            (DECLARATION_FILE, DECLARATION),
            (INFO_FILE, info),
            (MANIFEST_FILE, &manifest),
        ] {
            tags += &manifest_line(&digest(text.as_bytes()), path);
            bag.insert(path.to_owned(), text.as_bytes().to_vec());
        }
        bag.insert(TAG_MANIFEST_FILE.to_owned(), tags.into_bytes());
        bag
    }

    fn refused(change: impl FnOnce(&mut BTreeMap<String, Vec<u8>>)) -> String {
        let mut bag = bag();
        change(&mut bag);
        let faults = Bag::read(&bag).expect_err("refuses");
        let faults = faults.iter().map(ToString::to_string);
        faults.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn a_bag_is_read() {
        let read = Bag::read(&bag()).expect("a bag");
        assert_eq!(read.said(SOURCE), Some("An office of records"));
        assert_eq!(
            read.payload.keys().collect::<Vec<_>>(),
            ["data/1/a.txt", "data/2/b%.txt"]
        );
        assert_eq!(read.tags.len(), 4);
    }

    #[test]
    fn every_flipped_byte_is_found() {
        for (path, bytes) in bag() {
            for place in 0..bytes.len() {
                let mut twin = bag();
                twin.get_mut(&path).expect("there")[place] ^= 1;
                assert!(Bag::read(&twin).is_err(), "{path} byte {place}");
            }
        }
    }

    #[test]
    fn what_is_missing_or_surplus_is_found() {
        for path in bag().keys() {
            let mut twin = bag();
            twin.remove(path);
            // Without its tag manifest it is still a bag.
            assert_eq!(
                Bag::read(&twin).is_ok(),
                path == TAG_MANIFEST_FILE,
                "{path}"
            );
        }
        for path in ["data/3.txt", "more.txt", "ledger/checkpoint"] {
            let faults = refused(|bag| drop(bag.insert(path.to_owned(), Vec::new())));
            assert!(faults.contains(&format!("{path} is surplus")), "{faults}");
        }
        let faults = refused(|bag| drop(bag.insert(FETCH_FILE.to_owned(), Vec::new())));
        assert!(faults.contains("nothing is fetched"), "{faults}");
    }

    #[test]
    fn no_path_leads_out() {
        for path in [
            "/etc/passwd",
            "data/../../x",
            "data//x",
            "data/./x",
            "data/",
            "..",
            "~/x",
            "C:/x",
            "data\\x",
            "data/%00",
            "data/%2",
            "keys/x",
        ] {
            let line = format!("{}  {path}", digest(b""));
            assert!(
                parse_line(&line, Algorithm::Sha256, true, true).is_err(),
                "{path}"
            );
        }
        let line = manifest_line(&digest(b""), "data/100%\n.txt");
        let read = parse_line(line.trim_end(), Algorithm::Sha256, true, true);
        assert_eq!(read.expect("reads").expect("a line").0, "data/100%\n.txt");
    }

    #[test]
    fn an_older_bag_writes_percent_signs_as_they_are() {
        let line = format!("{}  data/50%25%0A.txt", digest(b""));
        let path = |escapes| {
            let read = parse_line(&line, Algorithm::Sha256, true, escapes);
            read.expect("reads").expect("a line").0
        };
        assert_eq!(path(true), "data/50%\n.txt");
        assert_eq!(path(false), "data/50%25\n.txt");
    }

    #[test]
    fn weak_digests_alone_are_not_accepted() {
        let faults = refused(|bag| {
            let manifest = bag.remove(MANIFEST_FILE).expect("there");
            bag.insert("manifest-md5.txt".to_owned(), manifest);
            bag.remove(TAG_MANIFEST_FILE);
        });
        assert_eq!(faults, BagFault::NoManifest.to_string());
    }

    #[test]
    fn other_versions_and_encodings_are_refused() {
        for (from, to) in [("1.0", "2.0"), ("UTF-8", "UTF-16"), ("BagIt-V", "V")] {
            let faults = refused(|bag| {
                let text = DECLARATION.replace(from, to).into_bytes();
                bag.insert(DECLARATION_FILE.to_owned(), text);
                bag.remove(TAG_MANIFEST_FILE);
            });
            assert!(faults.starts_with(DECLARATION_FILE), "{faults}");
        }
    }
}
