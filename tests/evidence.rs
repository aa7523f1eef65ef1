//! Evidence files, by the ledger id alone: what they prove, and that whatever is
//! done to them never has them prove more.

#![expect(clippy::disallowed_methods, reason = "tests touch files")]

mod chamber;
mod common;

use std::collections::BTreeSet;
use std::io::{Cursor, Read};

use chamber::{Chamber, OFFICER, REGISTRAR, compromise, officer, retire};
use common::{DISK, dir, key};
use docledger::digest::{ContentDigest, LedgerId};
use docledger::encoding::note::{Note, NoteSignature, TYPE_ED25519, key_id};
use docledger::log::{Evidence as _, Item, ProvenLog};
use docledger::merkle::{Tree, leaf_hash, prove_inclusion, prove_partial};
use docledger::proof::{
    EvidenceFile, Member, Receipt, ReceiptProof, TlogProof, TransparentStatement,
};
use docledger::registry::{EvidenceProofs, OlderHeads, Register};
use docledger::statement::Statement;
use docledger::verify::{Anchor, Asked, Code, Proven, Verdict, verify_evidence};

/// A document of three versions, with a decision between them and others after.
struct Scene {
    chamber: Chamber,
    /// The entry of version 1.
    first: u64,
}

const ONE: &str = "version one\n";
const TWO: &str = "version two\n";
const THREE: &str = "version three\n";

fn scene() -> Scene {
    let chamber = Chamber::open();
    chamber.register(OFFICER, "another\n", "A/78/9");
    let first = chamber.register(OFFICER, ONE, "A/78/1");
    chamber.decide(REGISTRAR, officer(11));
    chamber.revise(11, TWO, "A/78/1");
    chamber.revise(OFFICER, THREE, "A/78/1");
    chamber.decide(REGISTRAR, retire(11));
    chamber.register(OFFICER, "yet another\n", "A/78/8");
    Scene { chamber, first }
}

/// The proofs of an entry, as `prove` makes them.
fn proofs(register: &Register, index: u64, checkpoint: &[u8]) -> EvidenceProofs {
    let size = register.checkpoint.size;
    let path = prove_inclusion(&register.tree, index, size).expect("in range");
    let proof = TlogProof {
        index,
        path,
        checkpoint: String::from_utf8(checkpoint.to_vec()).expect("text"),
    };
    EvidenceProofs {
        checkpoint: checkpoint.to_vec(),
        proof: proof.to_text().into_bytes(),
        statement: None,
        heads: OlderHeads::default(),
    }
}

/// Evidence about an entry, with a receipt.
fn evidence(chamber: &Chamber, index: u64) -> EvidenceFile {
    let (register, dir) = (chamber.read(), dir(&DISK, chamber.home()));
    let checkpoint = dir.read(&Item::Checkpoint, 1 << 16).expect("reads");
    let checkpoint = checkpoint.expect("is there");
    let mut log = ProvenLog::open(&dir, &register.checkpoint).expect("opens");
    let mut proofs = proofs(&register, index, &checkpoint);
    let entry = log.entry(index).expect("reads").1;
    proofs.statement = Some(transparent(&register, index, &entry, |size| (size, index)));
    let plan = register
        .evidence_of(index, &BTreeSet::new())
        .expect("in range");
    let plan = plan.expect("a document");
    plan.gather(&mut log, proofs).expect("reads")
}

/// The entry with a receipt that says whatever size and index are asked for.
fn transparent(
    register: &Register,
    index: u64,
    entry: &[u8],
    says: impl Fn(u64) -> (u64, u64),
) -> Vec<u8> {
    let (size, root) = (register.checkpoint.size, register.checkpoint.root);
    let path = prove_inclusion(&register.tree, index, size).expect("in range");
    let (size, index) = says(size);
    let proof = ReceiptProof::Inclusion { size, index, path };
    let names = (register.authority.issuer(), register.authority.origin());
    let receipt = Receipt::sign(&proof, root, names, &key(4)).expect("signs");
    TransparentStatement::assemble(entry, &[receipt]).expect("assembles")
}

fn pack(file: &EvidenceFile, document: Option<&str>) -> Vec<u8> {
    let document = document.map(|text| {
        let source: Box<dyn Read> = Box::new(Cursor::new(text.as_bytes().to_vec()));
        (Member::of("document.txt", text.as_bytes()), source)
    });
    let mut bytes = Vec::new();
    file.pack(document).read_to_end(&mut bytes).expect("reads");
    bytes
}

fn judge(bytes: &[u8], id: LedgerId, asked: Option<&str>) -> Proven {
    let asked = Asked {
        file: asked.map(|text| ContentDigest::of(text.as_bytes())),
        ..Asked::default()
    };
    verify_evidence(&mut Cursor::new(bytes), Anchor::Id(id), &asked).expect("reads")
}

fn codes(proven: &Proven) -> Vec<Code> {
    proven.report.findings.iter().map(|it| it.code).collect()
}

/// Judges evidence about version 1, its document enclosed.
fn of_one(scene: &Scene, file: &EvidenceFile) -> (Verdict, Vec<Code>) {
    let proven = judge(&pack(file, Some(ONE)), scene.chamber.id, None);
    (proven.report.verdict(), codes(&proven))
}

#[test]
fn a_document_its_history_and_all_decisions_are_proven_by_the_ledger_id() {
    let scene = scene();
    let file = evidence(&scene.chamber, scene.first);
    assert_eq!(
        file.entries.keys().copied().collect::<Vec<_>>(),
        [0, 2, 3, 4, 5, 6],
        "all of governance, all of the document, nothing of others"
    );
    assert_eq!(file.last.as_ref().map(|last| last.0), Some(7));
    let proven = judge(&pack(&file, Some(ONE)), scene.chamber.id, None);
    assert_eq!(
        (proven.report.verdict(), codes(&proven)),
        (Verdict::Verified, vec![])
    );
    let checked = proven.report.checked;
    assert_eq!((checked.entries, checked.signatures), (7, 7));
    assert_eq!(checked.documents, 1);
    assert_eq!(proven.report.head.as_ref().map(|head| head.size), Some(8));
    assert!(
        proven
            .report
            .not_checked
            .iter()
            .any(|it| it.contains("left out"))
    );
    let enclosed = proven.enclosed.expect("is shown");
    assert_eq!(enclosed.entry, scene.first);
    let history = enclosed.replay.history().by_entry(scene.first);
    assert_eq!(history.expect("is there").chains[0].entries.len(), 3);
    // Without an id the same evidence anchors nothing.
    let bytes = pack(&file, Some(ONE));
    let asked = Asked::default();
    let none = verify_evidence(&mut Cursor::new(&bytes), Anchor::None, &asked).expect("reads");
    assert_eq!(none.report.verdict(), Verdict::NotEstablished);
    assert_eq!(codes(&none), [Code::NoAnchor]);
}

#[test]
fn the_format_names_the_readme_that_every_evidence_file_holds() {
    let digest = ContentDigest::of(docledger::proof::README.as_bytes()).to_string();
    let format =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/src/store/FORMAT.md"));
    let halves = format!("`{}` `{}`", &digest[..32], &digest[32..]);
    assert!(format.expect("reads").contains(&halves), "{halves}");
}

#[test]
fn no_flipped_byte_and_no_truncation_is_ever_verified() {
    let scene = scene();
    let bytes = pack(&evidence(&scene.chamber, scene.first), Some(ONE));
    for place in 0..bytes.len() {
        let mut flipped = bytes.clone();
        flipped[place] ^= 1 << (place % 8);
        let verdict = judge(&flipped, scene.chamber.id, None).report.verdict();
        assert_eq!(verdict, Verdict::Failed, "byte {place} flipped");
        let verdict = judge(&bytes[..place], scene.chamber.id, None);
        assert_eq!(verdict.report.verdict(), Verdict::Failed, "cut at {place}");
    }
    let longer = [&bytes[..], b"\n"].concat();
    assert_eq!(
        codes(&judge(&longer, scene.chamber.id, None)),
        [Code::EvidenceMalformed]
    );
}

#[test]
fn no_flipped_byte_is_verified_when_the_container_is_made_to_fit() {
    let scene = scene();
    let file = evidence(&scene.chamber, scene.first);
    let flip = |bytes: &mut Vec<u8>, place: usize| bytes[place] ^= 1 << (place % 8);
    let mut flipped = Vec::new();
    for place in 0..file.checkpoint.len() {
        let mut it = file.clone();
        flip(&mut it.checkpoint, place);
        flipped.push(it);
    }
    for place in 0..file.proof.len() {
        let mut it = file.clone();
        flip(&mut it.proof, place);
        flipped.push(it);
    }
    let statement = file.statement.as_ref().map_or(0, Vec::len);
    for place in 0..statement {
        let mut it = file.clone();
        it.statement.iter_mut().for_each(|bytes| flip(bytes, place));
        flipped.push(it);
    }
    for (index, entry) in &file.entries {
        for place in 0..entry.len() {
            let mut it = file.clone();
            let entry = it.entries.get_mut(index).expect("is there");
            flip(entry, place);
            flipped.push(it);
        }
    }
    let last = file.last.as_ref().map_or(0, |last| last.1.len());
    for place in 0..last {
        let mut it = file.clone();
        it.last.iter_mut().for_each(|last| flip(&mut last.1, place));
        flipped.push(it);
    }
    for place in 0..file.tree.len() {
        let mut it = file.clone();
        it.tree[place].hash = leaf_hash(b"other").into();
        flipped.push(it);
    }
    assert!(flipped.len() > 3_000);
    for it in &flipped {
        assert_eq!(of_one(&scene, it).0, Verdict::Failed);
    }
}

#[test]
fn the_wrong_document_name_or_ledger_fails() {
    let scene = scene();
    let file = evidence(&scene.chamber, scene.first);
    let id = scene.chamber.id;
    let other = judge(&pack(&file, Some(TWO)), id, None);
    assert_eq!(codes(&other), [Code::DocumentDamaged]);
    let foreign = Chamber::open();
    foreign.decide(REGISTRAR, officer(12));
    let stranger = LedgerId::from_bytes([7; 32]);
    let proven = judge(&pack(&file, Some(ONE)), stranger, None);
    assert_eq!(codes(&proven), [Code::LedgerIdMismatch]);
    assert!(
        proven.enclosed.is_none(),
        "nothing is said of another ledger"
    );
    let named = {
        let source: Box<dyn Read> = Box::new(Cursor::new(ONE.as_bytes()));
        let mut bytes = Vec::new();
        let member = Member::of("document.exe", ONE.as_bytes());
        file.pack(Some((member, source)))
            .read_to_end(&mut bytes)
            .expect("reads");
        bytes
    };
    assert_eq!(codes(&judge(&named, id, None)), [Code::EvidenceMalformed]);
}

#[test]
fn a_loose_file_is_compared_with_everything_enclosed() {
    let scene = scene();
    let (id, first) = (scene.chamber.id, scene.first);
    let without = pack(&evidence(&scene.chamber, first), None);
    assert_eq!(codes(&judge(&without, id, None)), [Code::DocumentMissing]);
    let same = judge(&without, id, Some(ONE));
    assert_eq!(same.report.verdict(), Verdict::Verified);
    assert_eq!(same.report.checked.documents, 1);
    assert_eq!(same.enclosed.map(|it| it.entry), Some(first));
    let newer = judge(&without, id, Some(TWO));
    assert_eq!(newer.report.verdict(), Verdict::Verified);
    assert_eq!(newer.enclosed.map(|it| it.entry), Some(4));
    let unknown = judge(&without, id, Some("altered\n"));
    assert_eq!(unknown.report.verdict(), Verdict::NotEstablished);
    assert_eq!(codes(&unknown), [Code::DocumentUnknown]);
}

/// The same evidence without some entries, the hashes made to fit.
fn without(scene: &Scene, file: &EvidenceFile, entries: &[u64], last: bool) -> EvidenceFile {
    let mut it = file.clone();
    it.entries.retain(|index, _| !entries.contains(index));
    if last {
        it.last = None;
    }
    let register = scene.chamber.read();
    let all = it.entries.iter().map(|(index, entry)| (*index, entry));
    let all = all.chain(it.last.iter().map(|(index, entry)| (*index, entry)));
    let (mut leaves, mut sizes) = (BTreeSet::new(), BTreeSet::new());
    for (index, entry) in all {
        leaves.insert(index);
        let statement = Statement::parse(entry).expect("reads");
        sizes.extend(
            statement
                .context()
                .and_then(|context| context.signed_on(index)),
        );
    }
    it.tree =
        prove_partial(&register.tree, register.checkpoint.size, &leaves, &sizes).expect("in range");
    it
}

#[test]
fn what_is_left_out_shows_or_is_told_not_to() {
    let scene = scene();
    let file = evidence(&scene.chamber, scene.first);
    // A decision: what follows names it.
    for decision in [3, 6] {
        let (verdict, codes) = of_one(&scene, &without(&scene, &file, &[decision], false));
        assert_eq!(verdict, Verdict::Failed, "{decision}");
        assert!(codes.contains(&Code::ContextMismatch), "{codes:?}");
    }
    // The newest decision with what names it.
    let (verdict, codes) = of_one(&scene, &without(&scene, &file, &[6], true));
    assert_eq!(verdict, Verdict::NotEstablished);
    assert_eq!(codes, [Code::EvidenceIncomplete]);
    // A version between others.
    let (verdict, codes) = of_one(&scene, &without(&scene, &file, &[4], false));
    assert_eq!(verdict, Verdict::Failed);
    assert!(
        codes.iter().all(|it| *it == Code::HistoryBroken),
        "{codes:?}"
    );
    // The later versions: nothing can show that, and it is told.
    let earlier = without(&scene, &file, &[4, 5], false);
    let proven = judge(&pack(&earlier, Some(ONE)), scene.chamber.id, None);
    assert_eq!(proven.report.verdict(), Verdict::Verified);
    assert!(
        proven
            .report
            .not_checked
            .iter()
            .any(|it| it.contains("left out"))
    );
    // Entry 0, the document's own entry.
    let (verdict, codes) = of_one(&scene, &without(&scene, &file, &[2], false));
    assert_eq!(verdict, Verdict::Failed);
    assert!(codes.contains(&Code::ProofMismatch), "{codes:?}");
    let mut headless = file.clone();
    headless.entries.remove(&0);
    assert_eq!(of_one(&scene, &headless).0, Verdict::Failed);
}

#[test]
fn another_entry_in_the_place_of_the_newest_fails() {
    let scene = scene();
    let file = evidence(&scene.chamber, scene.first);
    let mut moved = file.clone();
    moved.last = Some((7, file.entries[&5].clone()));
    assert_eq!(of_one(&scene, &moved).1, [Code::RootMismatch]);
    let mut twice = file.clone();
    twice.last = Some((5, file.entries[&5].clone()));
    assert_eq!(of_one(&scene, &twice).0, Verdict::Failed);
}

#[test]
fn an_older_entry_does_not_stand_for_the_newest() {
    let scene = scene();
    let mut file = evidence(&scene.chamber, scene.first);
    let (register, dir) = (scene.chamber.read(), dir(&DISK, scene.chamber.home()));
    let mut log = ProvenLog::open(&dir, &register.checkpoint).expect("opens");
    // One that stands where it says, under the head, and names an older decision:
    // the newest two could be left out with it.
    file.last = Some((1, log.entry(1).expect("reads").1));
    let moved = without(&scene, &file, &[], false);
    let (verdict, codes) = of_one(&scene, &moved);
    assert_eq!(
        (verdict, codes),
        (Verdict::Failed, vec![Code::EvidenceMalformed])
    );
}

#[test]
fn a_proof_of_another_place_or_head_fails() {
    let scene = scene();
    let older = evidence(&scene.chamber, scene.first);
    // Evidence as of an older head stays good, and says which head that is.
    scene.chamber.register(OFFICER, "later\n", "A/78/7");
    let proven = judge(&pack(&older, Some(ONE)), scene.chamber.id, None);
    assert_eq!(proven.report.verdict(), Verdict::Verified);
    assert_eq!(proven.report.head.map(|head| head.size), Some(8));
    let newer = evidence(&scene.chamber, scene.first);
    let mut mixed = newer.clone();
    mixed.proof = older.proof.clone();
    assert_eq!(of_one(&scene, &mixed).1, [Code::ProofMismatch]);
    let mut mixed = newer.clone();
    mixed.statement = older.statement.clone();
    assert_eq!(of_one(&scene, &mixed).1, [Code::ProofMismatch]);
    let mut mixed = newer.clone();
    mixed.checkpoint = older.checkpoint.clone();
    assert_eq!(of_one(&scene, &mixed).0, Verdict::Failed);
    // A proof of the other version: then the document is another one's.
    let mut of_two = newer.clone();
    of_two.proof = evidence(&scene.chamber, 4).proof;
    of_two.statement = None;
    assert_eq!(of_one(&scene, &of_two).1, [Code::DocumentDamaged]);
    // Size and index of a receipt are not signed.
    let register = scene.chamber.read();
    for aliased in [(10, 2), (12, 2), (9, 3), (u64::MAX, 2)] {
        let mut it = newer.clone();
        let entry = &it.entries[&scene.first];
        it.statement = Some(transparent(&register, scene.first, entry, |_| aliased));
        assert_eq!(of_one(&scene, &it).1, [Code::ProofMismatch], "{aliased:?}");
    }
    // A decision is no document.
    let mut decision = newer.clone();
    let checkpoint = decision.checkpoint.clone();
    decision.proof = proofs(&register, 3, &checkpoint).proof;
    assert_eq!(of_one(&scene, &decision).1, [Code::ProofMismatch]);
}

#[test]
fn a_line_that_nobody_checks_leaves_the_checkpoint_unestablished() {
    let scene = scene();
    let mut file = evidence(&scene.chamber, scene.first);
    let mut note = String::from_utf8(file.checkpoint.clone()).expect("text");
    note.push_str("— someone AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n");
    file.checkpoint = note.clone().into_bytes();
    file.proof = {
        let mut proof = TlogProof::parse(&file.proof).expect("reads");
        proof.checkpoint = note;
        proof.to_text().into_bytes()
    };
    let (verdict, codes) = of_one(&scene, &file);
    assert_eq!(
        (verdict, codes),
        (Verdict::NotEstablished, vec![Code::CheckpointLines])
    );
}

#[test]
fn a_document_by_a_compromised_key_fails_until_it_is_endorsed() {
    let chamber = Chamber::open();
    chamber.decide(REGISTRAR, officer(11));
    let entry = chamber.register(11, ONE, "A/78/1");
    let before = evidence(&chamber, entry);
    chamber.decide(REGISTRAR, compromise(11, entry));
    let after = evidence(&chamber, entry);
    let proven = judge(&pack(&after, Some(ONE)), chamber.id, None);
    assert_eq!(proven.report.verdict(), Verdict::Failed);
    assert!(codes(&proven).contains(&Code::DocumentVoid));
    // As of the head before, it was good; what came after is not excluded.
    let proven = judge(&pack(&before, Some(ONE)), chamber.id, None);
    assert_eq!(proven.report.verdict(), Verdict::Verified);
    assert!(
        proven
            .report
            .not_checked
            .iter()
            .any(|it| it.contains("revocation"))
    );
    chamber.endorse(OFFICER, entry);
    let endorsed = evidence(&chamber, entry);
    let proven = judge(&pack(&endorsed, Some(ONE)), chamber.id, None);
    assert_eq!(proven.report.verdict(), Verdict::Verified);
}

#[test]
fn no_bytes_at_all_panic_or_verify() {
    let id = LedgerId::from_bytes([7; 32]);
    for bytes in [
        &b""[..],
        b"PK",
        b"PK\x03\x04",
        b"PK\x05\x06",
        &[0; 4096],
        &[0xff; 4096],
    ] {
        assert_eq!(codes(&judge(bytes, id, None)), [Code::EvidenceMalformed]);
    }
}

#[test]
fn twenty_entries_of_a_million_are_proven_in_less_than_64_kib() {
    let size = 1_000_000_u64;
    let mut tree = Tree::new();
    for number in 0..size {
        tree.push(leaf_hash(&number.to_be_bytes()));
    }
    // Far from each other, each signed on the beginning of a batch of its own.
    let entries: BTreeSet<u64> = (0..20).map(|number| number * 49_999 + 777).collect();
    let sizes = entries
        .iter()
        .map(|index| index - index % 1_000 + 1)
        .collect();
    let chamber = Chamber::open();
    let about = chamber.register(OFFICER, ONE, "A/78/1");
    let mut file = evidence(&chamber, about);
    file.tree = prove_partial(&tree, size, &entries, &sizes).expect("in range");
    let entry = file.entries[&about].clone();
    file.entries = entries
        .iter()
        .map(|index| (*index, entry.clone()))
        .collect();
    let path = prove_inclusion(&tree, 777, size).expect("in range");
    let proof = TlogProof {
        index: 777,
        path,
        checkpoint: String::from_utf8(file.checkpoint.clone()).expect("text"),
    };
    file.proof = proof.to_text().into_bytes();
    assert!(file.proof.len() < 4_096, "{}", file.proof.len());
    let length = pack(&file, None).len();
    assert!(
        length < 65_536,
        "{length} bytes, {} hashes",
        file.tree.len()
    );
}

#[test]
fn an_extension_line_leaves_the_checkpoint_unestablished() {
    let scene = scene();
    let mut file = evidence(&scene.chamber, scene.first);
    let head = scene.chamber.read().checkpoint;
    let (text, key) = (head.to_text() + "more\n", key(3));
    let line = NoteSignature {
        name: head.origin.clone(),
        key_id: key_id(&head.origin, TYPE_ED25519, key.public().as_bytes()),
        signature: key.sign(text.as_bytes()).to_vec(),
    };
    let signatures = vec![line];
    let note = Note { text, signatures }.to_text();
    let mut proof = TlogProof::parse(&file.proof).expect("reads");
    proof.checkpoint.clone_from(&note);
    file.proof = proof.to_text().into_bytes();
    file.checkpoint = note.into_bytes();
    let (verdict, codes) = of_one(&scene, &file);
    assert_eq!(
        (verdict, codes),
        (Verdict::NotEstablished, vec![Code::CheckpointLines])
    );
}
