//! The whole verification, of a ledger that was tampered with.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use docledger::digest::LedgerId;
use docledger::encoding::cose::{assemble, sig_structure};
use docledger::key::SecretKey;
use docledger::log::{Checkpoint, Growth, Item, leading_entries, read_log};
use docledger::merkle::{Tree, leaf_hash};
use docledger::registry::Register;
use docledger::revision::Standings;
use docledger::store::layout;
use docledger::verify::{Anchor, Verdict, ledger_id_of, verify_fork, verify_ledger};

use super::memory::{Memory, apply};

/// A ledger whose checkpoint key signed two histories, and the evidence of it.
const FORKED: &str = "978b2f87083bead27b25bd5df658bcdae58835e991c896c35a5074e052a4f4f8";
const EVIDENCE: &[u8] = include_bytes!("../../corpus/fork/two-leaves");

/// Nothing but the evidence itself proves a fork of that ledger: there are no
/// other signatures.
pub(super) fn fork(bytes: &[u8]) {
    let id = FORKED.parse().expect("an id");
    assert_eq!(verify_fork(bytes, id).is_ok(), bytes == EVIDENCE);
}

/// What differs from the demonstration ledger in anything that counts is not
/// verified; what only adds to it is. The bytes are edits of its files.
pub(super) fn verify(bytes: &[u8]) {
    static LEDGER: OnceLock<(Memory, LedgerId)> = OnceLock::new();
    let (whole, id) = LEDGER.get_or_init(demonstration);
    let mut memory = whole.clone();
    apply(&mut memory, bytes);
    let report = verify_ledger(&memory, Anchor::Id(*id));
    let is_whole = memory.holds(whole);
    let is_verified = report.verdict() == Verdict::Verified;
    assert_eq!(is_verified, is_whole, "{:#?}", report.findings);
    let unanchored = verify_ledger(&memory, Anchor::None);
    assert_ne!(unanchored.verdict(), Verdict::Verified);
}

/// Statements of people whose keys are good, whatever they say: verification and
/// the register come to an end, and agree that what can't be read is not
/// verified. The bytes are a bundle of protected headers, each with its payload.
pub(super) fn entries(bytes: &[u8]) {
    static LEDGER: OnceLock<(Memory, LedgerId)> = OnceLock::new();
    let (whole, id) = LEDGER.get_or_init(demonstration);
    let parts = leading_entries(bytes);
    let entries: Vec<_> = parts.as_chunks::<2>().0.iter().map(signed).collect();
    let Some(memory) = grown(whole, entries) else {
        return;
    };
    let report = verify_ledger(&memory, Anchor::Id(*id));
    match Register::read(&memory) {
        Ok(register) => {
            assert_eq!(register.checkpoint.size, report.checked.entries);
            check_answers(&register);
        }
        Err(_) => assert_ne!(report.verdict(), Verdict::Verified),
    }
}

/// What the register answers about each entry is about that entry.
fn check_answers(register: &Register) {
    let standings = Standings::new(register.history());
    for index in 0..register.checkpoint.size {
        let is_document = register.document(index).is_some();
        assert_eq!(register.effective(index).is_some(), is_document, "{index}");
        assert_eq!(standings.of(index).is_some(), is_document, "{index}");
        if let Some(doubt) = register.doubt(index) {
            assert!(!doubt.to_string().is_empty());
        }
    }
}

/// An entry signed by the registrar of the demonstration ledger if it names that
/// key, else by its officer.
fn signed([protected, payload]: &[&[u8]; 2]) -> Vec<u8> {
    let [registrar, officer] = [1, 2].map(|seed| SecretKey::from_seed([seed; 32]));
    let id = registrar.public().thumbprint();
    let is_registrar = protected.windows(32).any(|part| part == id.as_bytes());
    let key = if is_registrar { registrar } else { officer };
    let signature = key.sign(&sig_structure(protected, payload));
    assemble(protected, payload, &signature)
}

/// The ledger with these entries after its own; `None` if they don't fit.
fn grown(whole: &Memory, entries: Vec<Vec<u8>>) -> Option<Memory> {
    let mut tree = Tree::new();
    let mut tail = Vec::new();
    let (signed, _) = read_log(whole, |_, entry| {
        tree.push(leaf_hash(entry));
        tail.push(entry.to_vec());
    })
    .expect("the demonstration ledger");
    let append = Growth::new(tree, tail)
        .expect("its own tail")
        .append(entries)
        .ok()?;
    let mut memory = whole.clone();
    for (tile, bytes) in append.tiles {
        memory.put(Item::Tile(tile), bytes);
    }
    let head = Checkpoint {
        size: append.new_size,
        root: append.new_root,
        ..signed.unverified().clone()
    };
    let checkpoint = head.sign(&SecretKey::from_seed([3; 32])).expect("signs");
    memory.put(Item::Checkpoint, checkpoint.into_bytes());
    Some(memory)
}

/// # Panics
/// If the repository has no demonstration ledger.
fn demonstration() -> (Memory, LedgerId) {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let home = here
        .ancestors()
        .find(|folder| folder.join("ledger").join(layout::CHECKPOINT).exists());
    let home = home.expect("the demonstration ledger");
    let mut files = BTreeMap::new();
    let ledger = home.join("ledger");
    for path in below(&ledger) {
        let name = path
            .strip_prefix(&ledger)
            .expect("below")
            .to_string_lossy()
            .into_owned();
        if let Some(item) = layout::item_at(&name) {
            files.insert(item, std::fs::read(path).expect("reads"));
        }
    }
    for path in below(&home.join("keys")) {
        let name = path
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        files.insert(Item::Public(name), std::fs::read(path).expect("reads"));
    }
    let memory = Memory::of(files);
    let id = ledger_id_of(&memory).expect("an entry 0");
    (memory, id)
}

fn below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("lists") {
        let path = entry.expect("reads").path();
        match path.is_dir() {
            true if path.ends_with(layout::PRIVATE) => {}
            true => found.extend(below(&path)),
            false => found.push(path),
        }
    }
    found
}
