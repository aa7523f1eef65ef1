//! `trust`: pins a ledger id.

use serde_json::json;

use crate::cli::args::{Args, Format, Trust};
use crate::cli::{Outcome, render};

pub(super) fn run(args: &Args, trust: &Trust) -> anyhow::Result<Outcome> {
    super::pin(args, trust.id, "trust", None)?;
    if args.format == Format::Json {
        render::json_line(
            &json!({"schema": "docledger.trust/1", "ledger_id": trust.id.to_string()}),
        )?;
    } else {
        render::out(&format!("pinned for you: {}\n", trust.id))?;
    }
    Ok(Outcome::Good)
}
