//! What the codes of a certificate carry, as `FORMAT.md` says under *Certificate*.

use docledger::digest::{ContentDigest, LeafHash, LedgerId};
use docledger::encoding::base64;
use docledger::log::Checkpoint;
use docledger::proof::TlogProof;

use super::code::MOST_BYTES;

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

/// The entry itself, in one code or two; whole, if it is too long for that.
pub(super) fn entry(bytes: &[u8]) -> Vec<Payload> {
    let text = base64::encode(bytes);
    let allows = "the signed statement (COSE, base 64): it holds the SHA-256 and hashes to the \
                  leaf; the officer’s public key proves who signed.";
    let payload = |name, allows, text: &str| Payload {
        name,
        allows,
        text: text.to_owned(),
    };
    // Base 64 is ASCII: it can be parted anywhere.
    match text.split_at_checked(text.len().div_ceil(2)) {
        Some((first, second)) if text.len() > MOST_BYTES && first.len() <= MOST_BYTES => vec![
            payload("3 Entry, first half", allows, first),
            payload("4 Entry, second half", "to be joined to the first.", second),
        ],
        _ => vec![payload("3 Entry", allows, &text)],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_entry_is_parted_and_a_longer_one_is_not() {
        for (length, parts) in [(1, 1), (954, 1), (955, 2), (1_908, 2), (1_911, 1)] {
            let bytes = vec![7; length];
            let payloads = entry(&bytes);
            assert_eq!(payloads.len(), parts, "{length}");
            let text: String = payloads
                .iter()
                .map(|payload| payload.text.as_str())
                .collect();
            assert_eq!(base64::decode(&text), Some(bytes));
            let fits = payloads.iter().all(|it| it.text.len() <= MOST_BYTES);
            assert_eq!(fits, length <= 1_908, "{length}");
        }
    }
}
