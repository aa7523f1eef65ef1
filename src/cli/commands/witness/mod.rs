//! `witness`: cosigns heads of logs that it sees grow. What it saw is kept in this
//! user's state folder.

mod cosigner;
#[cfg(feature = "net")]
mod serve;

use std::path::Path;

use docledger::witness::{AddCheckpoint, TrustPolicy, WitnessKey};
use serde_json::json;

use crate::cli::args::{Args, Format, Witness, WitnessKeyFlags};
use crate::cli::error::hinted;
use crate::cli::{Outcome, keys, machine, render};
use cosigner::{Cosigned, Cosigner, NotCosigned};

pub(super) fn run(args: &Args, witness: &Witness) -> anyhow::Result<Outcome> {
    match witness {
        Witness::Vkey(flags) => vkey(args, flags),
        Witness::Cosign {
            request,
            out,
            policy,
            witness,
        } => cosign(args, request, out, &Cosigner::open(args, policy, witness)?),
        #[cfg(feature = "net")]
        Witness::Serve {
            listen,
            policy,
            witness,
        } => serve::run(args, *listen, Cosigner::open(args, policy, witness)?),
    }
}

fn vkey(args: &Args, flags: &WitnessKeyFlags) -> anyhow::Result<Outcome> {
    let signer = keys::named(args, &flags.key, &flags.passphrase)?;
    let key = WitnessKey::new(&flags.name, signer.public())?;
    if args.format == Format::Json {
        render::json_line(&json!({
            "schema": "docledger.witness/1", "name": key.name(), "vkey": key.vkey(),
        }))?;
    } else {
        render::out(&format!("{}\n", key.vkey()))?;
    }
    Ok(Outcome::Good)
}

fn cosign(args: &Args, request: &Path, out: &Path, cosigner: &Cosigner) -> anyhow::Result<Outcome> {
    let name = render::one_line(&request.display().to_string());
    let request = AddCheckpoint::parse(&machine::whole(request)?).map_err(|error| {
        hinted(
            format!("{name}: {error}"),
            "take what `docledger checkpoint request` wrote",
        )
    })?;
    let mut waiting = || render::remark("waiting for another witness of yours to finish");
    let cosigned = cosigner.cosign(&request, &mut waiting);
    let Cosigned { head, line } = cosigned.map_err(not_cosigned)?;
    let mut lines = request.checkpoint.signatures().to_vec();
    lines.retain(|known| !cosigner.key().is_named_by(known));
    lines.push(line);
    let cosigned = request.checkpoint.with_signatures(lines);
    machine::write_new(out, cosigned.to_text().as_bytes())?;
    let out = out.display().to_string();
    if args.format == Format::Json {
        render::json_line(&json!({
            "schema": "docledger.cosigned/1", "file": out,
            "origin": head.origin, "size": head.size,
        }))?;
    } else {
        render::out(&format!(
            "wrote {}: cosigned the head of {} entries of {}\n",
            render::one_line(&out),
            head.size,
            render::one_line(&head.origin)
        ))?;
    }
    Ok(Outcome::Good)
}

/// What to do when a file was not cosigned.
fn not_cosigned(error: NotCosigned) -> anyhow::Error {
    let told = error.to_string();
    match error {
        NotCosigned::UnknownLog(_) => hinted(
            told,
            "add its log line to the policy, once the office told you that it is right",
        ),
        NotCosigned::Refused { known, .. } => hinted(
            told,
            format!(
                "this witness knows {known} entries: `docledger checkpoint request --old {known}`"
            ),
        ),
        NotCosigned::Failed(error) => error,
    }
}

/// A tlog-policy that a user named.
pub(super) fn trust_policy(file: &Path) -> anyhow::Result<TrustPolicy> {
    let text = String::from_utf8_lossy(&machine::whole(file)?).into_owned();
    TrustPolicy::parse(&text).map_err(|error| {
        hinted(
            format!("{}: {error}", file.display()),
            "a tlog-policy has log, witness, group and quorum lines",
        )
    })
}
