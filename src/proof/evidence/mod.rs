//! The evidence file: one ZIP that shows to whoever has the ledger id, and
//! nothing else, what is registered about a document up to a head.
//!
//! Its layout is told in `README.txt`, which is in every one of them, and byte by
//! byte in `FORMAT.md`. Nothing of it is checked here but its form: that is
//! verification.

mod zip;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use crate::digest::{ContentDigest, ContentHasher, TreeHash};
use crate::encoding::{base64, decimal};
use crate::log::SignedCheckpoint;
use crate::merkle::Subtree;
use crate::statement::{DocumentRecord, MAX_ENTRY};

pub use zip::{Member, ZipError};

/// What stands first in every evidence file.
pub const README: &str = include_str!("README.txt");

const README_NAME: &str = "README.txt";
const CHECKPOINT: &str = "checkpoint";
const TREE: &str = "tree";
const PROOF: &str = "proof.tlog-proof";
const STATEMENT: &str = "statement.scitt";
const ENTRIES: &str = "entries/";
const LAST: &str = "last/";
const COSE: &str = ".cose";
const COSIGNED: &str = "checkpoints/";
const STAMPS: &str = "stamps/";
const STAMPED: &str = ".checkpoint";
const REPLY: &str = ".tsr";
const DOCUMENT: &str = "document";

/// The most that all files but the document hold together, in bytes.
const MAX_HELD: u64 = 64 << 20;

/// Why a file is no evidence file.
#[derive(Debug, thiserror::Error)]
pub enum EvidenceFileError {
    /// The container.
    #[error(transparent)]
    Zip(#[from] ZipError),
    /// A file that does not belong there, stands twice or in another order.
    #[error("{0:?} does not belong in that place of it")]
    Misplaced(String),
    /// A file that must be there.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// A file that is not as it must be.
    #[error("{name}: {problem}")]
    File {
        /// Which.
        name: String,
        /// What is wrong with it.
        problem: &'static str,
    },
}

/// The bytes of a document as they came along.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentBytes {
    /// Name in the container.
    pub name: String,
    /// SHA-256.
    pub digest: ContentDigest,
    /// Length in bytes.
    pub size: u64,
    /// Where they begin in the evidence file, in bytes from its beginning.
    pub offset: u64,
}

/// What an evidence file holds, but for the document's bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvidenceFile {
    /// The signed note.
    pub checkpoint: Vec<u8>,
    /// What the tree is worked out from, beside the entries.
    pub tree: Vec<Subtree>,
    /// The place of the document's entry, as a C2SP tlog-proof.
    pub proof: Vec<u8>,
    /// The document's entry with its receipt.
    pub statement: Option<Vec<u8>>,
    /// Entries by their indices.
    pub entries: BTreeMap<u64, Vec<u8>>,
    /// The newest entry under the head, if it is none of those.
    pub last: Option<(u64, Vec<u8>)>,
    /// Older heads that witnesses cosigned, by their sizes.
    pub cosigned: BTreeMap<u64, Vec<u8>>,
    /// Heads that stamps are about, by the SHA-256 of these bytes.
    pub stamped: BTreeMap<ContentDigest, Vec<u8>>,
    /// Time stamps, by the SHA-256 of what they are about and of their own bytes.
    pub stamps: BTreeMap<(ContentDigest, ContentDigest), Vec<u8>>,
}

/// The name that a document has in the container: its ending is that of the
/// name it was registered under, if that is plain.
#[must_use]
pub fn document_name(record: &DocumentRecord) -> String {
    let name = record.file_name.as_deref().unwrap_or_default();
    let ending = name.rsplit_once('.').map(|(_, ending)| ending);
    let plain = ending.filter(|it| {
        (1..=8).contains(&it.len()) && it.bytes().all(|byte| byte.is_ascii_alphanumeric())
    });
    match plain {
        Some(ending) => format!("{DOCUMENT}.{}", ending.to_ascii_lowercase()),
        None => DOCUMENT.to_owned(),
    }
}

impl EvidenceFile {
    /// The bytes of the file, to be read once; the document's come last, and must
    /// be those of its member.
    #[must_use]
    pub fn pack<'a>(&self, document: Option<(Member, Box<dyn Read + 'a>)>) -> Box<dyn Read + 'a> {
        zip::pack(&self.files(), document)
    }

    /// Reads an evidence file to its end, and hashes the document in it.
    ///
    /// # Errors
    /// If it is not exactly what [`Self::pack`] gives.
    pub fn read(input: &mut dyn Read) -> Result<(Self, Option<DocumentBytes>), EvidenceFileError> {
        let mut zip = zip::Reader::new(input);
        let mut held = BTreeMap::new();
        let (mut names, mut total) = (Vec::new(), 0_u64);
        let mut document = None;
        while let Some(member) = zip.next()? {
            let name = member.name.clone();
            let is_document = name.starts_with(DOCUMENT);
            total = total.saturating_add(if is_document { 0 } else { member.size });
            if document.is_some() || held.contains_key(&name) || total > MAX_HELD {
                return Err(EvidenceFileError::Misplaced(name));
            }
            if is_document {
                let mut hasher = ContentHasher::new();
                let offset = zip.offset_of(&member);
                zip.bytes(member, |block| hasher.update(block))?;
                let (digest, size) = hasher.finish();
                document = Some(DocumentBytes {
                    name,
                    digest,
                    size,
                    offset,
                });
            } else {
                let mut bytes = Vec::new();
                zip.bytes(member, |block| bytes.extend_from_slice(block))?;
                names.push(name.clone());
                held.insert(name, bytes);
            }
        }
        zip.finish()?;
        let file = Self::of(held)?;
        let canonical = file.files().into_iter().map(|(name, _)| name);
        if let Some((_, name)) = canonical.zip(&names).find(|(right, found)| right != *found) {
            return Err(EvidenceFileError::Misplaced(name.clone()));
        }
        Ok((file, document))
    }

    /// Takes the files apart. None may be left over.
    fn of(mut held: BTreeMap<String, Vec<u8>>) -> Result<Self, EvidenceFileError> {
        let mut take =
            |name: &'static str| held.remove(name).ok_or(EvidenceFileError::Missing(name));
        if take(README_NAME)? != README.as_bytes() {
            let problem = "it is not the one of this format";
            return Err(wrong(README_NAME, problem));
        }
        let (checkpoint, tree, proof) = (take(CHECKPOINT)?, take(TREE)?, take(PROOF)?);
        let statement = take(STATEMENT).ok();
        let mut file = Self {
            tree: read_tree(&tree)?,
            checkpoint,
            proof,
            statement,
            entries: BTreeMap::new(),
            last: None,
            cosigned: BTreeMap::new(),
            stamped: BTreeMap::new(),
            stamps: BTreeMap::new(),
        };
        for (name, bytes) in held {
            if name.ends_with(COSE) && bytes.len() > MAX_ENTRY {
                return Err(wrong(&name, "it is longer than any entry"));
            }
            file.put(&name, bytes)
                .ok_or(EvidenceFileError::Misplaced(name))?;
        }
        Ok(file)
    }

    /// Takes a file that stands beside others of its kind.
    fn put(&mut self, name: &str, bytes: Vec<u8>) -> Option<()> {
        if let Some(index) = index_in(name, ENTRIES) {
            self.entries.insert(index, bytes);
        } else if let Some(index) = index_in(name, LAST).filter(|_| self.last.is_none()) {
            self.last = Some((index, bytes));
        } else if let Some(size) = name.strip_prefix(COSIGNED) {
            self.cosigned.insert(decimal(size)?, bytes);
        } else {
            let name = name.strip_prefix(STAMPS)?;
            match name.strip_suffix(REPLY) {
                Some(stem) => {
                    let (about, reply) = stem.split_once('-')?;
                    let key = (about.parse().ok()?, reply.parse().ok()?);
                    self.stamps.insert(key, bytes);
                }
                None => {
                    let named = name.strip_suffix(STAMPED)?.parse().ok()?;
                    self.stamped.insert(named, bytes);
                }
            }
        }
        Some(())
    }

    /// All files but the document, in their order.
    fn files(&self) -> Vec<(String, Cow<'_, [u8]>)> {
        let tree = tree_text(&self.tree).into_bytes();
        let mut files = vec![
            (README_NAME.to_owned(), Cow::Borrowed(README.as_bytes())),
            (CHECKPOINT.to_owned(), Cow::Borrowed(&*self.checkpoint)),
            (TREE.to_owned(), Cow::Owned(tree)),
            (PROOF.to_owned(), Cow::Borrowed(&*self.proof)),
        ];
        let statement = self.statement.iter();
        files.extend(statement.map(|it| (STATEMENT.to_owned(), Cow::Borrowed(&**it))));
        let entries = self
            .entries
            .iter()
            .map(|(index, bytes)| (ENTRIES, index, bytes));
        let last = self.last.iter().map(|(index, bytes)| (LAST, index, bytes));
        files.extend(entries.chain(last).map(|(folder, index, bytes)| {
            (format!("{folder}{index}{COSE}"), Cow::Borrowed(&**bytes))
        }));
        let cosigned = self.cosigned.iter();
        let cosigned = cosigned.map(|(size, bytes)| (format!("{COSIGNED}{size}"), bytes));
        let stamped = self.stamped.iter();
        let stamped = stamped.map(|(named, bytes)| (format!("{STAMPS}{named}{STAMPED}"), bytes));
        let stamps = self
            .stamps
            .iter()
            .map(|((about, reply), bytes)| (format!("{STAMPS}{about}-{reply}{REPLY}"), bytes));
        let all = cosigned.chain(stamped).chain(stamps);
        files.extend(all.map(|(name, bytes)| (name, Cow::Borrowed(&**bytes))));
        files
    }

    /// Sizes of the enclosed older heads, as they say; nothing of them is checked.
    #[must_use]
    pub fn older_sizes(&self) -> BTreeSet<u64> {
        let stamped = self.stamped.values().filter_map(|bytes| {
            let signed = SignedCheckpoint::parse(bytes).ok()?;
            Some(signed.unverified().size)
        });
        self.cosigned.keys().copied().chain(stamped).collect()
    }
}

fn wrong(name: &str, problem: &'static str) -> EvidenceFileError {
    EvidenceFileError::File {
        name: name.to_owned(),
        problem,
    }
}

/// The number in the name of an entry.
fn index_in(name: &str, folder: &str) -> Option<u64> {
    decimal(name.strip_prefix(folder)?.strip_suffix(COSE)?)
}

/// `<start> <end> <base 64>` lines.
fn tree_text(tree: &[Subtree]) -> String {
    let lines = tree.iter().map(|subtree| {
        let Subtree { start, end, hash } = subtree;
        format!("{start} {end} {}\n", base64::encode(hash.as_bytes()))
    });
    lines.collect()
}

fn read_tree(bytes: &[u8]) -> Result<Vec<Subtree>, EvidenceFileError> {
    let text = std::str::from_utf8(bytes).map_err(|_| wrong(TREE, "it is not text"))?;
    let line = |line: &str| {
        let mut fields = line.split(' ');
        let mut field = || fields.next();
        let (start, end) = (decimal(field()?)?, decimal(field()?)?);
        let hash = base64::decode(field()?)?.try_into().ok()?;
        let hash = TreeHash::from_bytes(hash);
        field().is_none().then_some(Subtree { start, end, hash })
    };
    let read: Option<Vec<_>> = text.lines().map(line).collect();
    let problem = "its lines are not START END HASH";
    let tree = read.ok_or_else(|| wrong(TREE, problem))?;
    if tree_text(&tree) == text {
        Ok(tree)
    } else {
        Err(wrong(TREE, problem))
    }
}
