//! The Oxford Common File Layout 1.1: what its storage root and inventories
//! say. `docs/exports.md` tells how a document becomes an object.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use serde_json::json;
use sha2::{Digest as _, Sha256, Sha512};

use super::{Package, Signer, hex, key_uri, rfc3339};
use crate::digest::ContentDigest;

/// The file that declares a storage root, and what it holds (section 4.1).
pub const ROOT_DECLARATION: (&str, &str) = ("0=ocfl_1.1", "ocfl_1.1\n");
/// The file that declares an object, and what it holds (section 3.2).
pub const OBJECT_DECLARATION: (&str, &str) = ("0=ocfl_object_1.1", "ocfl_object_1.1\n");
/// The name of an object's inventory.
pub const INVENTORY: &str = "inventory.json";
/// The name of the file beside it with its digest.
pub const SIDECAR: &str = "inventory.json.sha512";
/// How many hexadecimal digits make a folder on the way to an object, and how
/// many such folders there are.
const TUPLES: (usize, usize) = (3, 3);
/// The longest name of an object's folder that is not shortened.
const MAX_FOLDER: usize = 100;
/// The extension that says where objects stand.
const LAYOUT: &str = "0003-hash-and-id-n-tuple-storage-layout";

/// The files of a storage root that say where its objects stand: paths and texts.
#[must_use]
pub fn layout_files() -> [(String, String); 2] {
    let layout = json!({
        "extension": LAYOUT,
        "description": "Objects by the digest of their identifier, in folders that show it.",
    });
    let (size, number) = TUPLES;
    let config = json!({
        "extensionName": LAYOUT,
        "digestAlgorithm": "sha256",
        "tupleSize": size,
        "numberOfTuples": number,
    });
    [
        ("ocfl_layout.json".to_owned(), pretty(&layout)),
        (format!("extensions/{LAYOUT}/config.json"), pretty(&config)),
    ]
}

/// Where an object stands in the storage root (extension 0003).
#[must_use]
pub fn object_folder(id: &str) -> String {
    let digest = hex(&Sha256::digest(id));
    let (size, number) = TUPLES;
    let tuples = (0..number).map(|at| &digest[at * size..(at + 1) * size]);
    let tuples = tuples.collect::<Vec<_>>().join("/");
    let encoded = encoded(id);
    match encoded.get(..MAX_FOLDER) {
        Some(beginning) if encoded.len() > MAX_FOLDER => format!("{tuples}/{beginning}-{digest}"),
        _ => format!("{tuples}/{encoded}"),
    }
}

/// An identifier with all but letters, digits, `-` and `_` percent-encoded, in
/// lower case.
fn encoded(id: &str) -> String {
    let mut encoded = String::with_capacity(id.len());
    for byte in id.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => encoded.push(byte.into()),
            other => encoded.push_str(&format!("%{other:02x}")),
        }
    }
    encoded
}

/// Names objects by URIs (section 3.5.1): a document without a symbol by its
/// subject, which is an `ni:` name; others by a tag (RFC 4151) of the log's
/// host, the day on which it was opened, the log's path and the subject.
#[derive(Debug, Clone)]
pub struct Ids {
    prefix: String,
}

impl Ids {
    /// For a log that was opened then. Where the origin begins with no host name
    /// there can be no tag, and subjects are identifiers as they are.
    #[must_use]
    pub fn new(origin: &str, opened: u64) -> Self {
        let (host, path) = origin.split_once('/').unwrap_or((origin, ""));
        let is_part = |part: &str| {
            !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        };
        let day = rfc3339(opened).filter(|_| host.split('.').all(is_part));
        let day = day.as_deref().and_then(|day| day.split('T').next());
        let prefix = day.map(|day| {
            let path = uri(path.trim_end_matches('/'));
            format!("tag:{},{day}:{path}/", host.to_lowercase())
        });
        Self {
            prefix: prefix.unwrap_or_default(),
        }
    }

    /// The identifier of a document.
    #[must_use]
    pub fn document(&self, subject: &str) -> String {
        match ContentDigest::from_ni_name(subject) {
            Some(_) => subject.to_owned(),
            None => format!("{}{}", self.prefix, uri(subject)),
        }
    }

    /// The identifier of the object that holds the ledger's proof.
    #[must_use]
    pub fn proof(&self, package: &Package) -> String {
        ContentDigest::from_bytes(*package.ledger.as_bytes()).ni_name()
    }
}

/// Text as it can stand in a URI's path (RFC 3986, section 3.3).
fn uri(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => encoded.push(byte.into()),
            b'-' | b'.' | b'_' | b'~' | b'/' | b'(' | b')' => encoded.push(byte.into()),
            other => encoded.push_str(&format!("%{other:02X}")),
        }
    }
    encoded
}

/// The digests of one file's bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digests {
    /// SHA-512, by which the inventory names it.
    pub sha512: String,
    /// SHA-256, by which the ledger names it.
    pub sha256: String,
}

/// Hashes a stream of bytes both ways.
#[derive(Debug, Clone, Default)]
pub struct Hasher {
    sha512: Sha512,
    sha256: Sha256,
}

impl Hasher {
    /// Takes the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.sha512.update(bytes);
        self.sha256.update(bytes);
    }

    /// The digests.
    #[must_use]
    pub fn finish(self) -> Digests {
        Digests {
            sha512: hex(&self.sha512.finalize()),
            sha256: hex(&self.sha256.finalize()),
        }
    }
}

/// What one version of an object says of itself (section 3.5.3.1).
#[derive(Debug, Clone)]
pub struct VersionNote {
    /// When, in seconds since 1970.
    pub created: u64,
    /// What changed, and why.
    pub message: String,
    /// By whom.
    pub user: User,
}

/// Who made a version: a name, and a URI if there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    name: String,
    address: Option<String>,
}

impl User {
    /// Who signed an entry, with the key's URI.
    #[must_use]
    pub fn of(signer: &Signer) -> Self {
        Self {
            name: signer.name.as_ref().unwrap_or(&signer.said).clone(),
            address: signer.key.as_ref().map(key_uri),
        }
    }

    /// The office, whose name may be a URI.
    #[must_use]
    pub fn office(issuer: &str) -> Self {
        Self {
            name: issuer.to_owned(),
            address: issuer.contains("://").then(|| issuer.to_owned()),
        }
    }
}

/// An object in the making: its content files, then its versions, oldest first.
#[derive(Debug, Clone)]
pub struct Object {
    id: String,
    /// Content paths by SHA-512.
    manifest: BTreeMap<String, String>,
    /// The same by SHA-256.
    fixity: BTreeMap<String, String>,
    versions: Vec<serde_json::Value>,
    /// From which version on each content file is there.
    since: BTreeMap<String, usize>,
}

impl Object {
    /// An object without any version.
    #[must_use]
    pub fn new(id: &str) -> Self {
        Self {
            id: id.to_owned(),
            manifest: BTreeMap::new(),
            fixity: BTreeMap::new(),
            versions: Vec::new(),
            since: BTreeMap::new(),
        }
    }

    /// How many versions it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.versions.len()
    }

    /// Whether it has no version yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.versions.is_empty()
    }

    /// Where a file stands that the next version brings, from the object's folder.
    #[must_use]
    pub fn content_path(&self, logical: &str) -> String {
        format!("v{}/content/{logical}", self.versions.len() + 1)
    }

    /// Takes a content file of the next version in. Bytes that are there already
    /// are not taken twice; whether they were new is told.
    pub fn take(&mut self, digests: &Digests, content_path: &str) -> bool {
        match self.manifest.entry(digests.sha512.clone()) {
            Entry::Occupied(_) => false,
            Entry::Vacant(new) => {
                new.insert(content_path.to_owned());
                let sha256 = digests.sha256.clone();
                self.fixity.insert(sha256, content_path.to_owned());
                self.since
                    .insert(digests.sha512.clone(), self.versions.len() + 1);
                true
            }
        }
    }

    /// Ends the next version: each logical path with the SHA-512 of its bytes.
    pub fn add_version(&mut self, note: &VersionNote, state: &BTreeMap<String, String>) {
        let mut by_digest: BTreeMap<&String, Vec<&String>> = BTreeMap::new();
        for (path, digest) in state {
            by_digest.entry(digest).or_default().push(path);
        }
        let mut user = json!({ "name": note.user.name });
        if let Some(address) = &note.user.address {
            user["address"] = json!(address);
        }
        // A claim past the year 9999 can't be written, and something must be.
        let created = rfc3339(note.created).unwrap_or_else(|| "1970-01-01T00:00:00Z".to_owned());
        self.versions.push(json!({
            "created": created,
            "message": note.message,
            "user": user,
            "state": by_digest,
        }));
    }

    /// The inventory as it stands after a version, from 1.
    #[must_use]
    pub fn inventory(&self, version: usize) -> String {
        let present = |digest: &&String| self.since.get(*digest).is_some_and(|it| *it <= version);
        let manifest = self.manifest.iter().filter(|(digest, _)| present(digest));
        let manifest: BTreeMap<_, _> = manifest.map(|(digest, path)| (digest, [path])).collect();
        let paths: Vec<_> = manifest.values().map(|[path]| *path).collect();
        let fixity = self.fixity.iter().filter(|(_, path)| paths.contains(path));
        let fixity: BTreeMap<_, _> = fixity.map(|(digest, path)| (digest, [path])).collect();
        let versions = (1..).zip(self.versions.iter().take(version));
        let versions: BTreeMap<_, _> = versions
            .map(|(number, value): (usize, _)| (format!("v{number}"), value))
            .collect();
        let mut inventory = json!({
            "id": self.id,
            "type": "https://ocfl.io/1.1/spec/#inventory",
            "digestAlgorithm": "sha512",
            "head": format!("v{version}"),
            "manifest": manifest,
            "versions": versions,
        });
        if !fixity.is_empty() {
            inventory["fixity"] = json!({ "sha256": fixity });
        }
        pretty(&inventory)
    }
}

/// The text of the file beside an inventory.
#[must_use]
pub fn sidecar(inventory: &str) -> String {
    format!("{} {INVENTORY}\n", hex(&Sha512::digest(inventory)))
}

fn pretty(value: &serde_json::Value) -> String {
    format!("{value:#}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_stand_where_extension_0003_says() {
        // Examples of the extension's own text.
        assert_eq!(object_folder("object-01"), "3c0/ff4/240/object-01");
        assert_eq!(
            object_folder("..hor/rib:le-$id"),
            "487/326/d8c/%2e%2ehor%2frib%3ale-%24id"
        );
        let long = format!("tag:a.example,2024-01-01:{}", "x".repeat(100));
        let folder = object_folder(&long);
        let name = folder.rsplit('/').next().expect("a name");
        assert_eq!(name.len(), 100 + 1 + 64, "{folder}");
    }

    #[test]
    fn documents_are_named_by_uris() {
        let ids = Ids::new("Records.example.org/register", 1_708_300_800);
        assert_eq!(
            ids.document("A/78/1"),
            "tag:records.example.org,2024-02-19:register/A/78/1"
        );
        assert_eq!(
            ids.document("A/47/49(Vol.I) \u{e9}"),
            "tag:records.example.org,2024-02-19:register/A/47/49(Vol.I)%20%C3%A9"
        );
        let ni = ContentDigest::of(b"x").ni_name();
        assert_eq!(ids.document(&ni), ni);
        assert_eq!(Ids::new("not a host", 0).document("A/78/1"), "A/78/1");
    }

    #[test]
    fn a_version_that_brings_nothing_new_keeps_the_files_before_it() {
        let digests = |text: &str| {
            let mut hasher = Hasher::default();
            hasher.update(text.as_bytes());
            hasher.finish()
        };
        let note = VersionNote {
            created: 0,
            message: "first".into(),
            user: User::office("an office"),
        };
        let mut object = Object::new("x:1");
        let mut state = BTreeMap::new();
        for (path, text) in [("en/a", "a"), ("en/b", "a"), ("fr/c", "c")] {
            let content = object.content_path(path);
            assert_eq!(object.take(&digests(text), &content), path != "en/b");
            state.insert(path.to_owned(), digests(text).sha512);
        }
        object.add_version(&note, &state);
        state.remove("fr/c");
        object.add_version(&note, &state);
        let read: serde_json::Value =
            serde_json::from_str(&object.inventory(2)).expect("an inventory");
        assert_eq!(read["head"], "v2");
        assert_eq!(read["manifest"].as_object().map(|it| it.len()), Some(2));
        assert_eq!(
            read["versions"]["v2"]["state"][digests("a").sha512][1],
            "en/b"
        );
        assert_eq!(
            read["fixity"]["sha256"][digests("c").sha256][0],
            "v1/content/fr/c"
        );
        assert_eq!(object.inventory(1).matches("\"v2\"").count(), 0);
    }
}
