//! `checkpoint`: the newest signed checkpoint, as it stands.

use docledger::log::{Evidence as _, Item};
use serde_json::json;

use crate::cli::args::{Args, Format};
use crate::cli::{Outcome, machine, render};

pub(super) fn run(args: &Args) -> anyhow::Result<Outcome> {
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
    let bytes = machine::ledger_dir(args).read(&Item::Checkpoint, 1 << 16)?;
    render::out(&String::from_utf8_lossy(&bytes.unwrap_or_default()))?;
    Ok(Outcome::Good)
}
