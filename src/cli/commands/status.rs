//! `status`: what a loose file is, and whether it is current.

use std::path::Path;

use serde_json::json;

use crate::cli::args::{Args, Format};
use crate::cli::machine::NamedFile;
use crate::cli::{Outcome, render};

pub(super) fn run(args: &Args, path: &Path) -> anyhow::Result<Outcome> {
    let register = super::open_register(args)?;
    let (digest, _, _) = NamedFile::new(path)?.read_through()?;
    let entries = register.history.by_digest(&digest);
    if entries.is_empty() {
        if args.format == Format::Json {
            render::json_line(
                &json!({"schema": "docledger.status/1", "registered": false, "digest": digest.to_string()}),
            )?;
        } else {
            render::out(&format!(
                "{}: not registered here (found by looking through all {} entries)\n  SHA-256  {digest}\n",
                render::one_line(&path.to_string_lossy()),
                register.checkpoint.size,
            ))?;
        }
        return Ok(Outcome::Open);
    }
    for index in entries {
        let Some((entry, file)) = register.document(*index) else {
            continue;
        };
        let document = register.history.by_entry(*index);
        let chain = document.and_then(|document| document.chain(&file.record.language));
        let newest = chain
            .and_then(|chain| chain.current())
            .map_or(0, |newest| newest.version);
        let current = file.record.version == newest;
        let superseded =
            (!current).then(|| format!("{}@{newest}", entry.statement.envelope.subject));
        if args.format == Format::Json {
            let mut object = render::entry_json(&register.authority, entry, file);
            object["schema"] = json!("docledger.status/1");
            object["registered"] = json!(true);
            object["registered_at"] = json!(render::time(entry.statement.envelope.issued_at));
            object["current"] = json!(current);
            object["superseded_by"] = json!(superseded);
            render::json_line(&object)?;
            continue;
        }
        let standing =
            superseded.map_or_else(|| "current".to_owned(), |by| format!("superseded by {by}"));
        render::out(&format!(
            "{}: {} version {} in {}, {}\n  registered  {} by {} (entry #{index})\n  SHA-256     {digest}\n",
            render::one_line(&path.to_string_lossy()),
            render::one_line(&entry.statement.envelope.subject),
            file.record.version,
            file.record.language,
            render::one_line(&standing),
            render::time(entry.statement.envelope.issued_at),
            render::signer(&register.authority, entry),
        ))?;
    }
    Ok(Outcome::Good)
}
