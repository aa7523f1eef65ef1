//! The query cache: what it finds, how it is kept up, and that what it says is
//! never taken for the truth.

#![expect(clippy::disallowed_methods, reason = "tests touch files")]

mod agreement;
#[path = "../common/mod.rs"]
mod common;
mod filters;
mod upkeep;
mod words;

use std::cell::RefCell;
use std::io::Read as _;
use std::path::Path;

use common::bulk::Bulk;
use common::{DISK, NOW, dir};
use docledger::digest::{ContentDigest, LeafHash};
use docledger::index::{Answer, Basis, Notice, Query, Texts, scan, search};
use docledger::reading::decode_text;
use docledger::statement::{Change, Content, DocumentRecord};
use docledger::store::LedgerDir;

/// Reads plain text only.
struct Plain<'a>(LedgerDir<'a>);

impl Texts for Plain<'_> {
    fn version(&self) -> &str {
        "1"
    }

    fn text(&self, digest: &ContentDigest, media_type: &str) -> Result<String, String> {
        if media_type != "text/plain" {
            return Err("not read".to_owned());
        }
        let mut bytes = Vec::new();
        let file = self.0.open_document(digest).map_err(|e| e.to_string())?;
        let mut file = file.ok_or("missing")?;
        file.read_to_end(&mut bytes).map_err(|e| e.to_string())?;
        decode_text(&bytes).ok_or_else(|| "no text".to_owned())
    }
}

/// A new ledger with entry 0 only.
fn new_ledger() -> tempfile::TempDir {
    let home = tempfile::tempdir().expect("a folder");
    common::open(home.path());
    home
}

/// A record in English, not signed yet.
fn record(bulk: &Bulk, symbol: &str, change: Change, version: u64) -> DocumentRecord {
    let language = "en".parse().expect("a language");
    let mut record = DocumentRecord::new(bulk.context(), change, version, language, 1);
    record.identifier = vec![symbol.to_owned()];
    record
}

fn push(bulk: &mut Bulk, record: DocumentRecord) -> (u64, LeafHash) {
    push_text(bulk, record, "text/plain", b"some words")
}

fn push_text(
    bulk: &mut Bulk,
    record: DocumentRecord,
    media_type: &str,
    text: &[u8],
) -> (u64, LeafHash) {
    let subject = record.identifier[0].clone();
    let content = Content::Document {
        digest: bulk.store(text),
        media_type: media_type.to_owned(),
        record: Box::new(record),
    };
    bulk.push(&subject, NOW, content)
}

/// The answer of the index, and what was told on the way.
fn ask(home: &Path, query: &Query) -> (Answer, Vec<Notice>) {
    let told = RefCell::new(Vec::new());
    let tell = |notice| told.borrow_mut().push(notice);
    let texts = Plain(dir(&DISK, home));
    let answer = search(&dir(&DISK, home), query, &texts, &tell).expect("answers");
    (answer, told.into_inner())
}

fn entries(answer: &Answer) -> Vec<u64> {
    answer.hits.iter().map(|hit| hit.entry.index).collect()
}

/// The entries that answer, found in the index and, alike, by a scan.
fn found(home: &Path, query: &Query) -> Vec<u64> {
    let (answer, told) = ask(home, query);
    let wrong = told.iter().any(|n| matches!(n, Notice::Rebuilding(_)));
    assert!(answer.basis == Basis::Index && !wrong, "{told:?}");
    let scanned = scan(&dir(&DISK, home), query, &Plain(dir(&DISK, home))).expect("scans");
    assert_eq!(scanned.basis, Basis::Entries);
    let (indexed, mut by_scan) = (entries(&answer), entries(&scanned));
    let mut sorted = indexed.clone();
    if !query.words.is_empty() {
        // The index orders by how well the words match.
        sorted.sort_unstable();
        by_scan.sort_unstable();
    }
    assert_eq!(sorted, by_scan, "{query:?}");
    assert_eq!(answer.unread, scanned.unread, "{query:?}");
    let numbers = |answer: &Answer| {
        let mut numbers: Vec<_> = answer
            .hits
            .iter()
            .map(|hit| (hit.entry.index, hit.number, hit.events.len()))
            .collect();
        numbers.sort_unstable();
        numbers
    };
    assert_eq!(numbers(&answer), numbers(&scanned));
    indexed
}
