//! What the codes of a certificate carry, as `FORMAT.md` says under *Certificate*.

use docledger::digest::{ContentDigest, LeafHash, LedgerId};
use docledger::encoding::base64;
use docledger::log::Checkpoint;
use docledger::proof::TlogProof;

/// The first line of the summary.
const HEADER: &str = "docledger.certificate/1";

/// A code's text, and what is said of it.
pub(super) struct Payload {
    /// What it is called.
    pub(super) name: &'static str,
    /// What it allows.
    pub(super) allows: &'static str,
    /// What it carries.
    pub(super) text: String,
}

/// What is certified, to copy and compare.
pub(super) fn summary(
    ledger: LedgerId,
    (index, leaf): (u64, LeafHash),
    document: ContentDigest,
    head: &Checkpoint,
) -> Payload {
    let Checkpoint { size, root, .. } = head;
    Payload {
        name: "1 Summary",
        allows: "the digits of this page, to copy and compare: ledger id, entry, leaf hash, \
                 the document’s SHA-256, head. It proves nothing alone.",
        text: format!(
            "{HEADER}\nledger {ledger}\nentry {index}\nleaf {leaf}\ndocument {document}\n\
             head {size} {root}\n"
        ),
    }
}

/// The entry's place under the signed head.
pub(super) fn place(proof: &TlogProof) -> Payload {
    Payload {
        name: "2 Place",
        allows: "a C2SP tlog-proof: with the log’s public key it proves that the leaf hash \
                 stands at its place under the signed head.",
        text: proof.to_text(),
    }
}

/// The entry itself.
pub(super) fn entry(bytes: &[u8]) -> Payload {
    Payload {
        name: "3 Entry",
        allows: "the signed statement (COSE, in base 64): it holds the SHA-256 and hashes to \
                 the leaf; with the officer’s public key it proves who signed.",
        text: base64::encode(bytes),
    }
}
