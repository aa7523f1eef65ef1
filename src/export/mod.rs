//! The register in forms of others: the texts of a BagIt bag, an OCFL storage
//! root, a table, PREMIS, and an archive of proof.
//!
//! Not here: which files are exported and how they stand (the program says so
//! in each [`Item`]), and where anything is written ([`crate::store`]).

mod archive;
pub mod bagit;
mod names;
pub mod ocfl;
pub mod premis;
mod table;

pub use archive::{ArchiveError, MemberName, member_header, member_padding, trailer};
pub use names::{Names, document_folder, safe_name};
pub use table::{column_names, row};

use std::io::{self, Read};

use crate::digest::{LedgerId, Thumbprint};
use crate::log::Checkpoint;
use crate::statement::Document;

/// What is exported besides the files themselves.
#[derive(Debug, Clone)]
pub struct Package {
    /// The office.
    pub issuer: String,
    /// The log's name.
    pub origin: String,
    /// The ledger.
    pub ledger: LedgerId,
    /// The head it stands under.
    pub head: Checkpoint,
    /// When it is exported, in seconds since 1970.
    pub now: u64,
    /// The files, in log order, but renditions beside what they render.
    pub items: Vec<Item>,
    /// Events about their documents, by register number and then in log order.
    pub events: Vec<ItemEvent>,
}

/// Whether the bytes of a file are what was registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bytes {
    /// Nobody looked, as for an export without files.
    Unchecked,
    /// They are.
    Present,
    /// They are not there.
    Missing,
    /// They are others.
    Damaged,
}

impl Bytes {
    /// The word that exports use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unchecked => "not checked",
            Self::Present => "present",
            Self::Missing => "missing",
            Self::Damaged => "damaged",
        }
    }
}

/// Who signed an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signer {
    /// The key, if it is named by its thumbprint.
    pub key: Option<Thumbprint>,
    /// The name that the ledger gives the key.
    pub name: Option<String>,
    /// The signer in words, with what speaks against the entry.
    pub said: String,
}

/// One registered file.
#[derive(Debug, Clone)]
pub struct Item {
    /// Its entry.
    pub entry: u64,
    /// Its document's register number.
    pub number: u64,
    /// Its document's subject.
    pub subject: String,
    /// All symbols that its document bears.
    pub symbols: Vec<String>,
    /// The file, with its record as it stands.
    pub document: Document,
    /// How it stands, in a few words.
    pub status: String,
    /// Whether it counts: not while it is void, or waits for a second officer.
    pub counts: bool,
    /// When it was registered as its signer claims, in seconds since 1970.
    pub registered: u64,
    /// Who signed it.
    pub signer: Signer,
    /// Its path below the payload folder of a bag.
    pub path: String,
    /// Whether its bytes are there.
    pub bytes: Bytes,
}

impl Item {
    /// Whether it makes its document: such a file has no symbol to find it by.
    #[must_use]
    pub fn is_named_by_file(&self) -> bool {
        crate::digest::ContentDigest::from_ni_name(&self.subject).is_some()
    }
}

/// An event about a document.
#[derive(Debug, Clone)]
pub struct ItemEvent {
    /// Its entry.
    pub entry: u64,
    /// The register number of the document it is about.
    pub number: u64,
    /// The entry it is about; its document where it is about all of that.
    pub target: Option<u64>,
    /// Its kind, as records spell it.
    pub kind: String,
    /// What it changes, in words; may be empty.
    pub detail: String,
    /// Why.
    pub reason: String,
    /// Whether it has an effect.
    pub effective: bool,
    /// When, as its signer claims, in seconds since 1970.
    pub registered: u64,
    /// Who signed it.
    pub signer: Signer,
}

/// The events that concern a file, out of those of a package.
pub fn concerning<'a>(
    events: &'a [ItemEvent],
    item: &'a Item,
) -> impl Iterator<Item = &'a ItemEvent> {
    let start = events.partition_point(|event| event.number < item.number);
    let of_document = events[start..].iter();
    of_document
        .take_while(|event| event.number == item.number)
        .filter(|event| event.target.is_none_or(|target| target == item.entry))
}

/// A text that is made piece by piece while it is read, so that no export is
/// ever held whole.
pub struct Pieces<I> {
    pieces: I,
    piece: Vec<u8>,
    at: usize,
}

impl<I: Iterator<Item = io::Result<Vec<u8>>>> Pieces<I> {
    /// The text of these pieces, one after the other.
    pub fn new(pieces: I) -> Self {
        Self {
            pieces,
            piece: Vec::new(),
            at: 0,
        }
    }
}

impl<I: Iterator<Item = io::Result<Vec<u8>>>> Read for Pieces<I> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        while self.at == self.piece.len() {
            match self.pieces.next() {
                None => return Ok(0),
                Some(piece) => (self.piece, self.at) = (piece?, 0),
            }
        }
        let rest = &self.piece[self.at..];
        let length = rest.len().min(room.len());
        room[..length].copy_from_slice(&rest[..length]);
        self.at += length;
        Ok(length)
    }
}

/// A point in time as RFC 3339 in UTC; before 1970 or past 9999 there is none.
fn rfc3339(seconds: u64) -> Option<String> {
    use time::format_description::well_known::Rfc3339;
    let time = time::OffsetDateTime::from_unix_timestamp(i64::try_from(seconds).ok()?).ok()?;
    time.format(&Rfc3339).ok()
}

/// Bytes in lower-case hexadecimal.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A key's URI (RFC 9679, section 5.7).
fn key_uri(key: &Thumbprint) -> String {
    use base64::Engine as _;
    let value = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(key.as_bytes());
    format!("urn:ietf:params:oauth:ckt:sha-256:{value}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::{ContentDigest, LeafHash, TreeHash};
    use crate::statement::{Change, Context, DocumentRecord, Language, TreeHead};

    /// One file, withdrawn, whose record holds what would be markup or a formula.
    pub(super) fn package() -> Package {
        let ledger = LedgerId::from_bytes([1; 32]);
        let context = Context {
            ledger,
            on: TreeHead {
                size: 1,
                root: TreeHash::from_bytes([2; 32]),
            },
            authority: LeafHash::from_bytes([3; 32]),
        };
        let language = Language::undetermined();
        let mut record = DocumentRecord::new(context, Change::First, 1, language, 3);
        record.title = Some("=1+1 </premis>]]>&\u{1}\u{fffe}".to_owned());
        record.file_name = Some("@\"x\"\r\n.txt".to_owned());
        let signer = Signer {
            key: Some(Thumbprint::from_bytes([4; 32])),
            name: Some("<A. Deputy>".to_owned()),
            said: "-A. Deputy".to_owned(),
        };
        let item = Item {
            entry: 1,
            number: 1,
            subject: ContentDigest::of(b"abc").ni_name(),
            symbols: Vec::new(),
            document: Document {
                digest: ContentDigest::of(b"abc"),
                media_type: "text/plain".to_owned(),
                record,
            },
            status: "withdrawn by entry #2".to_owned(),
            counts: true,
            registered: 1_708_300_800,
            signer: signer.clone(),
            path: "1/und/v1/_.txt".to_owned(),
            bytes: Bytes::Present,
        };
        let event = ItemEvent {
            entry: 2,
            number: 1,
            target: None,
            kind: "withdraw".to_owned(),
            detail: String::new(),
            reason: "a <mistake>".to_owned(),
            effective: true,
            registered: 1_708_300_801,
            signer,
        };
        Package {
            issuer: "An office\nSource-Organization: another".to_owned(),
            origin: "records.example.org/register".to_owned(),
            ledger,
            head: Checkpoint {
                origin: "records.example.org/register".to_owned(),
                size: 3,
                root: TreeHash::from_bytes([5; 32]),
            },
            now: 1_708_300_802,
            items: vec![item],
            events: vec![event],
        }
    }

    #[test]
    fn events_are_found_by_document_and_file() {
        let mut package = package();
        let event = package.events[0].clone();
        for (number, target) in [(1, Some(1)), (1, Some(9)), (3, None)] {
            package.events.push(ItemEvent {
                number,
                target,
                ..event.clone()
            });
        }
        let found = concerning(&package.events, &package.items[0]);
        let found: Vec<_> = found.map(|event| (event.number, event.target)).collect();
        assert_eq!(found, [(1, None), (1, Some(1))]);
    }

    #[test]
    fn pieces_are_read_as_one_text_whatever_the_room() {
        let pieces = ["", "one", "", "two, three", ""].map(|text| Ok(text.as_bytes().to_vec()));
        let mut read = Pieces::new(pieces.into_iter());
        let mut text = Vec::new();
        let mut room = [0; 4];
        loop {
            let length = read.read(&mut room).expect("reads");
            if length == 0 {
                break;
            }
            text.extend_from_slice(&room[..length]);
        }
        assert_eq!(text, b"onetwo, three");
    }

    #[test]
    fn an_error_between_pieces_is_not_an_end() {
        let pieces = [Ok(b"a".to_vec()), Err(io::Error::other("lost"))];
        let mut text = Vec::new();
        assert!(
            Pieces::new(pieces.into_iter())
                .read_to_end(&mut text)
                .is_err()
        );
    }
}
