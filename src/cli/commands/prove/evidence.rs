//! The evidence file, written and read back.

use std::io::Read;
use std::path::Path;

use anyhow::Context as _;
use docledger::digest::ContentDigest;
use docledger::log::ProvenLog;
use docledger::proof::{Member, document_name};
use docledger::registry::{EvidenceProofs, Register};
use docledger::store::{Contents as _, LedgerDir, write_new};
use docledger::verify::{Anchor, Asked, Code, Verdict, verify_evidence};

use crate::cli::error::hinted;
use crate::cli::machine::{self, NamedFile};
use crate::cli::render;

/// What evidence is wanted of.
pub(super) struct Wanted {
    /// The document's entry.
    pub(super) index: u64,
    /// The head, and the proofs that were made.
    pub(super) proofs: EvidenceProofs,
    /// Whether the document goes along.
    pub(super) with_document: bool,
}

/// Writes an evidence file, and verifies it as its reader will.
pub(super) fn write(
    ledger: &LedgerDir<'_>,
    log: &mut ProvenLog<'_>,
    register: &Register,
    wanted: Wanted,
    place: &Path,
) -> anyhow::Result<()> {
    let index = wanted.index;
    let plan = register.evidence_of(index, &wanted.proofs.heads.sizes)?;
    let plan = plan.with_context(|| format!("entry {index} is no document"))?;
    let file = plan.gather(log, wanted.proofs)?;
    let document = match register.document(index) {
        Some((_, document)) if wanted.with_document => {
            let name = document_name(&document.record);
            Some(measured(ledger, &name, document.digest)?)
        }
        _ => None,
    };
    let with_document = document.is_some();
    write_new(&machine::DISK, place, &mut *file.pack(document))?;
    let anchor = Anchor::Id(register.authority.ledger_id());
    let written = NamedFile::new(place)?;
    let report = verify_evidence(&mut *written.open()?, anchor, &Asked::default())?.report;
    for finding in &report.findings {
        let is_expected = finding.code == Code::DocumentMissing && !with_document;
        let told = format!("{}: {}", place.display(), finding.message);
        match finding.code.verdict() {
            Verdict::Failed => {
                return Err(hinted(
                    format!("it was written, but proves nothing: {told}"),
                    "run `docledger verify`",
                ));
            }
            Verdict::NotEstablished if !is_expected => {
                render::remark(&format!("not established: {}", render::one_line(&told)));
            }
            Verdict::NotEstablished | Verdict::Verified => {}
        }
    }
    Ok(())
}

/// The stored bytes of a document, once they were found to be those registered.
fn measured<'a>(
    ledger: &LedgerDir<'_>,
    name: &str,
    digest: ContentDigest,
) -> anyhow::Result<(Member, Box<dyn Read + 'a>)> {
    let open = || {
        ledger.open_document(&digest)?.with_context(|| {
            format!("the file {digest} is not in this ledger; --no-document leaves it out")
        })
    };
    let (member, found) = Member::measure(name, &mut *open()?)?;
    if found != digest {
        return Err(hinted(
            format!("the stored file {digest} is damaged: its bytes have the digest {found}"),
            "run `docledger verify`",
        ));
    }
    Ok((member, open()?))
}
