//! `prove`: proofs that other people's programs check.

mod certificate;
mod evidence;

use std::path::{Path, PathBuf};

use docledger::authority::Role;
use docledger::log::{ProvenLog, SignedCheckpoint};
use docledger::merkle::{prove_consistency, prove_inclusion};
use docledger::proof::{Growth, Receipt, ReceiptProof, TlogProof, TransparentStatement};
use docledger::registry::{EvidenceProofs, Register};
use docledger::store::LedgerDir;
use serde_json::json;

use crate::cli::args::{Args, Format, Prove};
use crate::cli::error::hinted;
use crate::cli::{Outcome, keys, machine, render};

pub(super) fn run(args: &Args, prove: &Prove) -> anyhow::Result<Outcome> {
    let register = super::open_register(args)?;
    match (&prove.target, &prove.growth) {
        (Some(target), _) => entry(args, prove, &register, target),
        (None, Some(old)) => growth(args, prove, &register, old),
        (None, None) => Err(hinted(
            "nothing to prove is named",
            "name a document, or an older checkpoint with --growth",
        )),
    }
}

/// That an entry stands in the log, twice: as a tlog-proof, and as a transparent
/// statement.
fn entry(
    args: &Args,
    prove: &Prove,
    register: &Register,
    target: &Path,
) -> anyhow::Result<Outcome> {
    let target = super::target(register, target)?;
    let index = target.find(register)?.one()?.index;
    if let Some(doubt) = register.doubt(index) {
        return Err(hinted(
            format!("entry {index} is not proven to be the office's: {doubt}"),
            "run `docledger verify`",
        ));
    }
    let size = register.checkpoint.size;
    let ledger = machine::ledger_dir(args);
    let mut log = ProvenLog::open(&ledger, &register.checkpoint)?;
    let (leaf, bytes) = log.entry(index)?;
    let checkpoint = checkpoint(&ledger, size)?;
    let path = prove_inclusion(&register.tree, index, size)?;
    let proof = TlogProof {
        index,
        path: path.clone(),
        checkpoint: checkpoint.clone(),
    };
    let key = register.authority.checkpoint_key(size);
    // What is handed out is checked as its reader will.
    proof.verify(leaf, register.authority.origin(), key)?;
    let stem = prove.out.clone();
    let stem = stem.unwrap_or_else(|| PathBuf::from(format!("entry-{index}")));
    let place = named(&stem, "zip");
    let certificate = prove.certificate.then(|| {
        certificate::page(&certificate::Registered {
            register,
            entry: &bytes,
            proof: &proof,
            evidence: &place,
        })
    });
    let certificate = certificate.transpose()?;
    let proof = proof.to_text().into_bytes();
    let mut statement = None;
    if !prove.no_receipt {
        let proof = ReceiptProof::Inclusion { size, index, path };
        let receipt = receipt(args, prove, register, &proof)?;
        Receipt::parse(&receipt)?.verify_inclusion(leaf, register.authority.receipt_key(size))?;
        statement = Some(TransparentStatement::assemble(&bytes, &[receipt])?);
    }
    let mut written = vec![write(&stem, "tlog-proof", &proof)?];
    if let Some(statement) = &statement {
        written.push(write(&stem, "scitt", statement)?);
    }
    let newest = SignedCheckpoint::parse(checkpoint.as_bytes())?;
    let wanted = evidence::Wanted {
        index,
        proofs: EvidenceProofs {
            heads: register.older_heads(&ledger, index, &newest)?,
            checkpoint: checkpoint.into_bytes(),
            proof,
            statement,
        },
        with_document: !prove.no_document,
    };
    evidence::write(&ledger, &mut log, register, wanted, &place)?;
    written.push(place);
    if let Some(page) = &certificate {
        written.push(write(&stem, "html", page.as_bytes())?);
    }
    tell(args, &json!({"entry": index, "size": size}), &written)
}

/// That the log grew from an older checkpoint.
fn growth(args: &Args, prove: &Prove, register: &Register, old: &Path) -> anyhow::Result<Outcome> {
    let signed = SignedCheckpoint::parse(&machine::whole(old)?)?;
    let older = signed.unverified();
    signed.verify(register.authority.checkpoint_key(older.size))?;
    let size = register.checkpoint.size;
    if register.tree.root_at(older.size) != Some(older.root) {
        let what = if older.size > size {
            "covers more entries than this ledger has"
        } else {
            "covers other entries than this ledger's first"
        };
        return Err(hinted(
            format!("{} {what}", old.display()),
            "run `docledger verify`: something was cut off or rewritten, there or here",
        ));
    }
    let path = prove_consistency(&register.tree, older.size, size)?;
    let mut text = format!(
        "The ledger of {} entries below is the one of {} grown: hash the old root with\n\
         these as RFC 9162, section 2.1.4.2, says.\n\n",
        size, older.size
    );
    for hash in &path {
        text.push_str(&format!("{hash}\n"));
    }
    text.push('\n');
    text.push_str(&checkpoint(&machine::ledger_dir(args), size)?);
    let stem = prove.out.clone();
    let stem = stem.unwrap_or_else(|| PathBuf::from(format!("growth-{}-{size}", older.size)));
    let mut written = vec![write(&stem, "txt", text.as_bytes())?];
    if !prove.no_receipt {
        let proof = ReceiptProof::Growth(Growth {
            old: older.size,
            new: size,
            path,
        });
        let receipt = receipt(args, prove, register, &proof)?;
        let key = register.authority.receipt_key(size);
        Receipt::parse(&receipt)?.verify_growth(older.root, key)?;
        written.push(write(&stem, "receipt", &receipt)?);
    }
    tell(args, &json!({"old": older.size, "size": size}), &written)
}

fn receipt(
    args: &Args,
    prove: &Prove,
    register: &Register,
    proof: &ReceiptProof,
) -> anyhow::Result<Vec<u8>> {
    let mut passphrase = keys::given(&prove.passphrase)?;
    let wanted = prove.receipt_key.as_ref();
    let signer = keys::signer(args, register, Role::Receipt, wanted, &mut passphrase)?;
    let names = (register.authority.issuer(), register.authority.origin());
    let root = register.checkpoint.root;
    Ok(Receipt::sign(proof, root, names, signer.as_ref())?)
}

/// The newest checkpoint, with its cosignatures.
fn checkpoint(ledger: &LedgerDir<'_>, size: u64) -> anyhow::Result<String> {
    Ok(String::from_utf8(super::checkpoint::newest(ledger, size)?)?)
}

fn named(stem: &Path, ending: &str) -> PathBuf {
    let mut path = stem.as_os_str().to_owned();
    path.push(".");
    path.push(ending);
    PathBuf::from(path)
}

/// Writes a new file; one that is there is never written over.
fn write(stem: &Path, ending: &str, bytes: &[u8]) -> anyhow::Result<PathBuf> {
    let path = named(stem, ending);
    machine::write_new(&path, bytes)?;
    Ok(path)
}

fn tell(args: &Args, what: &serde_json::Value, written: &[PathBuf]) -> anyhow::Result<Outcome> {
    let names: Vec<_> = written
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    if args.format == Format::Json {
        let mut object = what.clone();
        object["schema"] = json!("docledger.proof/1");
        object["files"] = json!(names);
        render::json_line(&object)?;
    } else {
        for name in names {
            render::out(&format!("wrote {}\n", render::one_line(&name)))?;
        }
    }
    Ok(Outcome::Good)
}
