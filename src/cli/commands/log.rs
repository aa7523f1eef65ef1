//! `log`: the chain of a document.

use std::path::Path;

use serde_json::json;

use crate::cli::args::{Args, Format};
use crate::cli::{Outcome, render};

pub(super) fn run(args: &Args, typed: &Path) -> anyhow::Result<Outcome> {
    let register = super::open_register(args)?;
    let target = super::target(&register, typed)?;
    let selection = target.find(&register)?;
    let document = selection.document;
    if args.format == Format::Text {
        let names = if document.symbols.is_empty() {
            document.subject.clone()
        } else {
            document.symbols.join(" – ")
        };
        render::out(&format!(
            "{} (#{})\n",
            render::one_line(&names),
            document.number
        ))?;
    }
    for chain in selection.chains()? {
        for version in &chain.entries {
            let Some((entry, file)) = register.document(version.index) else {
                continue;
            };
            let when = render::time(entry.statement.envelope.issued_at);
            let who = render::signer(&register.authority, entry);
            if args.format == Format::Json {
                render::json_line(&json!({
                    "schema": "docledger.log/1",
                    "subject": document.subject,
                    "language": chain.language.as_str(),
                    "version": version.version,
                    "change": version.change.as_str(),
                    "date": file.record.issued.map(|date| date.to_string()),
                    "registered": when,
                    "signer": who,
                    "entry": version.index,
                    "digest": version.digest.to_string(),
                }))?;
            } else {
                let date = file
                    .record
                    .issued
                    .map_or_else(|| "-".to_owned(), |date| date.to_string());
                render::out(&format!(
                    "\nversion {} {} ({})\n  date        {date}\n  registered  {when} by {who}\n  entry       #{}\n  SHA-256     {}\n",
                    version.version,
                    chain.language,
                    version.change.as_str(),
                    version.index,
                    version.digest,
                ))?;
            }
        }
    }
    Ok(Outcome::Good)
}
