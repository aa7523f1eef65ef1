//! Evidence files.

use std::sync::OnceLock;

use docledger::digest::LedgerId;
use docledger::log::leading_entries;
use docledger::proof::EvidenceFile;
use docledger::verify::{Anchor, Asked, Verdict, verify_evidence};
use std::io::Read;

/// Evidence about a document of the demonstration ledger, the document enclosed.
const WHOLE: &[u8] = include_bytes!("../../corpus/evidence/whole");

/// Nothing but the evidence itself is verified for that ledger. The bytes are an
/// evidence file; or, as a bundle, what its checkpoint, its proof and then its
/// entries are to be, in a container that fits.
pub(super) fn evidence(bytes: &[u8]) {
    static ID: OnceLock<LedgerId> = OnceLock::new();
    let id = ID.get_or_init(|| {
        let id = include_str!("../../../../keys/ledger-id");
        id.trim().parse().expect("an id")
    });
    let packed = if bytes.starts_with(b"PK") {
        bytes.to_vec()
    } else {
        of_parts(bytes)
    };
    let asked = EvidenceFile::read(&mut &WHOLE[..]).expect("reads").1;
    let asked = Asked {
        file: asked.map(|document| document.digest),
        ..Asked::default()
    };
    let proven = verify_evidence(&mut &packed[..], Anchor::Id(*id), &asked).expect("reads");
    let is_verified = proven.report.verdict() == Verdict::Verified;
    let is_whole = packed == WHOLE || packed == of_parts(&[]);
    assert_eq!(is_verified, is_whole, "{:#?}", proven.report.findings);
}

/// The evidence file with other parts, without its document.
fn of_parts(bytes: &[u8]) -> Vec<u8> {
    let (mut file, _) = EvidenceFile::read(&mut &WHOLE[..]).expect("reads");
    let mut parts = leading_entries(bytes).into_iter();
    if let Some(part) = parts.next() {
        file.checkpoint = part.to_vec();
    }
    if let Some(part) = parts.next() {
        file.proof = part.to_vec();
    }
    let last = file.last.as_mut().map(|(_, entry)| entry);
    for (entry, part) in file.entries.values_mut().chain(last).zip(parts) {
        *entry = part.to_vec();
    }
    let mut packed = Vec::new();
    file.pack(None).read_to_end(&mut packed).expect("reads");
    packed
}
