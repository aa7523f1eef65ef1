//! A transparent statement alone, by keys that the reader holds.
//!
//! It shows that one key signed that a file is registered, and that another signed
//! a tree in which this stands. That the first might say so, and what came after, is
//! not in it: at best it leaves that open.

use crate::digest::{ContentDigest, LedgerId};
use crate::key::PublicKey;
use crate::proof::{Receipt, ReceiptProof, TransparentStatement};
use crate::statement::{Document, KeyId, Matter, Statement};

use super::report::{Code, Head, Report};

/// What comes of a transparent statement.
#[derive(Debug)]
pub struct Bare {
    /// Findings and verdict; its head is what the receipt is about.
    pub report: Report,
    /// What the statement says, if it can be read.
    pub statement: Option<Statement>,
}

impl Bare {
    /// The document that it is about.
    #[must_use]
    pub fn document(&self) -> Option<&Document> {
        match &self.statement.as_ref()?.matter {
            Matter::Document(document) => Some(document),
            _ => None,
        }
    }
}

/// Verifies a transparent statement (RFC 9943) with its receipts (RFC 9942): its
/// signature and one receipt must be by `keys`, which the reader got from the office
/// by another way. A file that is asked about must be the one that it registers.
#[must_use]
pub fn verify_statement(
    bytes: &[u8],
    keys: &[PublicKey],
    id: Option<LedgerId>,
    asked: Option<ContentDigest>,
) -> Bare {
    let mut report = Report::default();
    let statement = judge(&mut report, bytes, keys, id, asked);
    Bare { report, statement }
}

fn judge(
    report: &mut Report,
    bytes: &[u8],
    keys: &[PublicKey],
    id: Option<LedgerId>,
    asked: Option<ContentDigest>,
) -> Option<Statement> {
    let transparent = match TransparentStatement::parse(bytes) {
        Ok(transparent) => transparent,
        Err(error) => {
            let message = format!("it is no transparent statement: {error}");
            report.add(Code::ProofMismatch, None, None, message);
            return None;
        }
    };
    let place = check_receipts(report, &transparent, keys);
    let statement = match Statement::parse(&transparent.entry) {
        Ok(statement) => statement,
        Err(error) => {
            report.add(Code::EntryMalformed, place, None, error.to_string());
            return None;
        }
    };
    if let Some(unmet) = statement.unmet() {
        report.add(Code::NotEvaluated, place, None, unmet.to_string());
    }
    report.ledger_id = statement.context().map(|context| context.ledger);
    if let (Some(wanted), found) = (id, report.ledger_id)
        && found != Some(wanted)
    {
        let message = format!("it was not made for the ledger {wanted}");
        report.add(Code::LedgerIdMismatch, place, None, message);
    }
    let signer = keys.iter().find(|key| match &statement.envelope.key_id {
        KeyId::Thumbprint(kid) => *kid == key.thumbprint(),
        KeyId::Other(_) => false,
    });
    match signer.map(|key| statement.clone().verify(key)) {
        None => {
            let message = "it is signed by none of the keys given";
            report.add(Code::NoAnchor, place, None, message);
        }
        Some(Err(error)) => {
            report.add(Code::SignatureInvalid, place, None, error.to_string());
        }
        Some(Ok(_)) => report.checked.signatures += 1,
    }
    check_document(report, &statement, asked, place);
    let message = "that its signer might register the document then, and what came after \
                   (a withdrawal, a newer version, a revocation), a statement alone does not show";
    report.add(Code::AuthorityNotShown, place, None, message);
    Some(statement)
}

/// One receipt must be by a key given, and hold. Returns the index that it says.
fn check_receipts(
    report: &mut Report,
    transparent: &TransparentStatement,
    keys: &[PublicKey],
) -> Option<u64> {
    let leaf = transparent.leaf();
    for receipt in &transparent.receipts {
        let receipt = match Receipt::parse(receipt) {
            Ok(receipt) => receipt,
            Err(error) => {
                report.add(Code::ProofMismatch, None, None, error.to_string());
                return None;
            }
        };
        let Some(key) = keys.iter().find(|key| receipt.is_by(key)) else {
            continue;
        };
        let root = match receipt.verify_inclusion(leaf, key) {
            Ok(root) => root,
            Err(error) => {
                let message = format!("its receipt: {error}");
                report.add(Code::ProofMismatch, None, None, message);
                return None;
            }
        };
        let ReceiptProof::Inclusion { size, index, .. } = receipt.proof() else {
            continue;
        };
        report.checked.signatures += 1;
        report.checked.entries += 1;
        report.registered = vec![*index];
        report.head = Some(Head { size: *size, root });
        return Some(*index);
    }
    let message = "none of its receipts is by a key given";
    report.add(Code::NoAnchor, None, None, message);
    None
}

fn check_document(
    report: &mut Report,
    statement: &Statement,
    asked: Option<ContentDigest>,
    place: Option<u64>,
) {
    let Matter::Document(document) = &statement.matter else {
        let message = "it registers no document";
        report.add(Code::ProofMismatch, place, None, message);
        return;
    };
    match asked {
        None => {
            let message = format!("name the file too, to compare it with {}", document.digest);
            report.add(Code::DocumentMissing, place, None, message);
        }
        Some(asked) if asked != document.digest => {
            report.registered.clear();
            let message =
                format!("the file has the digest {asked}, which this statement does not register");
            report.add(Code::DocumentUnknown, None, None, message);
        }
        Some(_) => report.checked.documents += 1,
    }
}
