//! `checkpoint`: the newest signed checkpoint, as it stands; requests to witnesses,
//! and what they cosigned.

#[cfg(feature = "net")]
mod ask;

use std::path::Path;

use docledger::log::{Evidence as _, Item, SignedCheckpoint};
use docledger::merkle::prove_consistency;
use docledger::registry::Register;
use docledger::store::LedgerDir;
use docledger::witness::{AddCheckpoint, WitnessKey};
use serde_json::json;

use crate::cli::args::{Args, Checkpoint, CheckpointCommand, CheckpointRequest, Format};
use crate::cli::error::hinted;
use crate::cli::{Outcome, machine, render};

/// The longest checkpoint.
const MAX_CHECKPOINT: u64 = 1 << 16;

pub(super) fn run(args: &Args, checkpoint: &Checkpoint) -> anyhow::Result<Outcome> {
    match &checkpoint.command {
        None => print(args),
        Some(CheckpointCommand::Request(flags)) => request(args, flags),
        Some(CheckpointCommand::Add { file }) => add(args, file),
    }
}

/// The newest checkpoint with the cosignatures that are kept for it.
pub(super) fn newest(dir: &LedgerDir<'_>, size: u64) -> anyhow::Result<Vec<u8>> {
    let cosigned = dir.read(&Item::Cosigned(size), MAX_CHECKPOINT)?;
    let plain = || dir.read(&Item::Checkpoint, MAX_CHECKPOINT);
    Ok(match cosigned {
        Some(cosigned) => cosigned,
        None => plain()?.unwrap_or_default(),
    })
}

fn request(args: &Args, flags: &CheckpointRequest) -> anyhow::Result<Outcome> {
    let register = super::open_register(args)?;
    let dir = machine::ledger_dir(args);
    if let Some(out) = &flags.out {
        write(args, &proven(&dir, &register, flags.old)?, out)?;
    }
    #[cfg(feature = "net")]
    if let Some(url) = &flags.witness {
        return ask::run(args, &dir, &register, url, flags);
    }
    Ok(Outcome::Good)
}

/// The request to cosign the newest head, for a witness that knows `old` entries.
fn proven(dir: &LedgerDir<'_>, register: &Register, old: u64) -> anyhow::Result<AddCheckpoint> {
    let size = register.checkpoint.size;
    if old > size {
        return Err(hinted(
            format!("the witness knows {old} entries, and this ledger has {size}"),
            "the witness saw more: run `docledger verify`, and compare with another copy",
        ));
    }
    let proof = match old {
        0 => Vec::new(),
        old => prove_consistency(&register.tree, old, size)?,
    };
    let note = dir.read(&Item::Checkpoint, MAX_CHECKPOINT)?;
    Ok(AddCheckpoint {
        old,
        proof,
        checkpoint: SignedCheckpoint::parse(&note.unwrap_or_default())?,
    })
}

fn write(args: &Args, request: &AddCheckpoint, out: &Path) -> anyhow::Result<()> {
    machine::write_new(out, request.to_text().as_bytes())?;
    let out = out.display().to_string();
    let (old, size) = (request.old, request.checkpoint.unverified().size);
    if args.format == Format::Json {
        return render::json_line(&json!({
            "schema": "docledger.checkpoint-request/1", "file": out, "old": old, "size": size,
        }));
    }
    render::out(&format!(
        "wrote {}: {size} entries, grown from {old}\n",
        render::one_line(&out)
    ))
}

fn add(args: &Args, file: &Path) -> anyhow::Result<Outcome> {
    let register = super::open_register(args)?;
    let name = render::one_line(&file.display().to_string());
    let signed = SignedCheckpoint::parse(&machine::whole(file)?)
        .map_err(|error| hinted(format!("{name}: {error}"), "it is no signed checkpoint"))?;
    take(args, &machine::ledger_dir(args), &register, &name, &signed)
}

/// Keeps what witnesses of the policy cosigned, beside what is kept already.
fn take(
    args: &Args,
    dir: &LedgerDir<'_>,
    register: &Register,
    name: &str,
    signed: &SignedCheckpoint,
) -> anyhow::Result<Outcome> {
    let Some(size) = register.head_size(signed) else {
        return Err(hinted(
            format!("{name} is no head of this ledger"),
            "if this ledger's key signed it, that is a fork: `docledger verify --against` it",
        ));
    };
    let writer = super::lock(dir)?;
    let kept = match dir.read(&Item::Cosigned(size), MAX_CHECKPOINT)? {
        Some(kept) => Some(SignedCheckpoint::parse(&kept)?),
        None => None,
    };
    let merged = merge(register, signed, kept.as_ref())?;
    let by = merged.signatures().len().saturating_sub(1);
    if by == 0 {
        return Err(hinted(
            format!("{name} is cosigned by no witness of this ledger's policy"),
            "`docledger key policy --witness` names witnesses",
        ));
    }
    writer.keep_cosigned(size, merged.to_text().as_bytes())?;
    if args.format == Format::Json {
        render::json_line(&json!({
            "schema": "docledger.cosigned/1", "size": size, "cosignatures": by,
        }))?;
    } else {
        render::out(&format!("kept: {size} entries, {by} cosignatures\n"))?;
    }
    Ok(Outcome::Good)
}

/// The log's own line, and one for each witness of the policy that cosigned.
fn merge(
    register: &Register,
    signed: &SignedCheckpoint,
    kept: Option<&SignedCheckpoint>,
) -> anyhow::Result<SignedCheckpoint> {
    let size = signed.unverified().size;
    let log = register.authority.checkpoint_key(size);
    let own = SignedCheckpoint::parse(signed.alone(log)?.as_bytes())?;
    let mut lines = own.signatures().to_vec();
    for witness in &register.authority.policy().witnesses {
        let key = WitnessKey::parse(&witness.vkey)?;
        // What is kept stands, so that a time never moves.
        let mut found = None;
        for checkpoint in kept.into_iter().chain([signed]) {
            key.cosigned(checkpoint).map_err(|_| {
                hinted(
                    format!("the line of {} does not verify", key.name()),
                    "ask the witness again; nothing was kept",
                )
            })?;
            let mut named = checkpoint.signatures().iter();
            found = found.or_else(|| named.find(|line| key.is_named_by(line)).cloned());
        }
        lines.extend(found);
    }
    if signed.signatures().iter().any(|line| !lines.contains(line)) {
        render::remark("lines of others than the witnesses of the policy were left out");
    }
    Ok(own.with_signatures(lines))
}

fn print(args: &Args) -> anyhow::Result<Outcome> {
    let register = super::open_register(args)?;
    if args.format == Format::Json {
        render::json_line(&json!({
            "schema": "docledger.checkpoint/1",
            "origin": register.checkpoint.origin,
            "size": register.checkpoint.size,
            "root": register.checkpoint.root.to_string(),
        }))?;
        return Ok(Outcome::Good);
    }
    let bytes = machine::ledger_dir(args).read(&Item::Checkpoint, MAX_CHECKPOINT)?;
    render::out(&String::from_utf8_lossy(&bytes.unwrap_or_default()))?;
    Ok(Outcome::Good)
}
