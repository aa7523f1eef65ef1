//! `witness`: cosigns heads of logs that it sees grow. What it saw is kept in this
//! user's state folder.

use std::path::Path;

use docledger::witness::{AddCheckpoint, Seen, TrustPolicy, WitnessKey, log_key};
use serde_json::json;

use crate::cli::args::{Args, Format, Witness, WitnessKeyFlags};
use crate::cli::error::hinted;
use crate::cli::{Outcome, keys, machine, render};

pub(super) fn run(args: &Args, witness: &Witness) -> anyhow::Result<Outcome> {
    match witness {
        Witness::Vkey(flags) => {
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
        Witness::Cosign {
            request,
            out,
            policy,
            witness,
        } => cosign(args, request, out, policy, witness),
    }
}

fn cosign(
    args: &Args,
    request: &Path,
    out: &Path,
    policy: &Path,
    flags: &WitnessKeyFlags,
) -> anyhow::Result<Outcome> {
    let name = render::one_line(&request.display().to_string());
    let request = AddCheckpoint::parse(&machine::whole(request)?).map_err(|error| {
        hinted(
            format!("{name}: {error}"),
            "take what `docledger checkpoint request` wrote",
        )
    })?;
    let trusted = trust_policy(policy)?;
    let origin = request.checkpoint.unverified().origin.clone();
    let logs = trusted.logs.iter().filter_map(|vkey| log_key(vkey));
    let keys: Vec<_> = logs.filter(|(name, _)| *name == origin).collect();
    let [(_, log)] = keys.as_slice() else {
        return Err(hinted(
            format!(
                "{} names no one key of the log {origin:?}",
                policy.display()
            ),
            "add its log line, once the office told you that it is right",
        ));
    };
    let signer = keys::named(args, &flags.key, &flags.passphrase)?;
    let key = WitnessKey::new(&flags.name, signer.public())?;
    let state = machine::state_dir(args)?;
    let _lock = state.lock_witness(&mut || {
        render::remark("waiting for another witness of yours to finish");
    })?;
    // By its key, whatever name is given: a cosignature does not cover the name.
    let witness = key.public().thumbprint().to_string();
    let seen = state.seen(&witness, &origin)?;
    let seen = seen.map(|(size, root)| Seen { size, root });
    let head = request.judge(log, seen).map_err(|refusal| {
        let known = seen.map_or(0, |seen| seen.size);
        hinted(
            format!("not cosigned: {refusal}"),
            format!(
                "this witness knows {known} entries: `docledger checkpoint request --old {known}`"
            ),
        )
    })?;
    // Remembered first: what was signed must never be contradicted later.
    state.keep_seen(&witness, &origin, (head.size, head.root))?;
    let line = key.cosign(&request.checkpoint, machine::now(), signer.as_ref())?;
    let mut lines = request.checkpoint.signatures().to_vec();
    lines.retain(|known| !key.is_named_by(known));
    lines.push(line);
    let cosigned = request.checkpoint.with_signatures(lines);
    machine::write_new(out, cosigned.to_text().as_bytes())?;
    let out = out.display().to_string();
    if args.format == Format::Json {
        render::json_line(&json!({
            "schema": "docledger.cosigned/1", "file": out, "origin": origin, "size": head.size,
        }))?;
    } else {
        render::out(&format!(
            "wrote {}: cosigned the head of {} entries of {}\n",
            render::one_line(&out),
            head.size,
            render::one_line(&origin)
        ))?;
    }
    Ok(Outcome::Good)
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
