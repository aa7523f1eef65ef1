//! `key list`: the keys the ledger gave a role.

use serde_json::json;

use crate::cli::args::{Args, Format};
use crate::cli::{Outcome, render};

pub(super) fn run(args: &Args) -> anyhow::Result<Outcome> {
    let register = super::open_register(args)?;
    for life in register.authority.keys() {
        if args.format == Format::Json {
            render::json_line(&json!({
                "schema": "docledger.key/1",
                "role": life.role.as_str(),
                "name": life.name,
                "scope": life.scope,
                "since": life.since,
                "thumbprint": life.key.thumbprint().to_string(),
            }))?;
        } else {
            let name = life
                .name
                .as_deref()
                .map(render::one_line)
                .unwrap_or_default();
            render::out(&format!(
                "{:10} since #{}  {}\n           {}\n",
                life.role.as_str(),
                life.since,
                name,
                life.key.thumbprint()
            ))?;
        }
    }
    Ok(Outcome::Good)
}
