//! `list`: the documents.

use serde_json::json;

use crate::cli::args::{Args, Format};
use crate::cli::{Outcome, render};

pub(super) fn run(args: &Args) -> anyhow::Result<Outcome> {
    let register = super::open_register(args)?;
    for document in register.history.documents() {
        for chain in &document.chains {
            let Some(current) = chain.current() else {
                continue;
            };
            let Some((_, file)) = register.document(current.index) else {
                continue;
            };
            let title = file.record.title.clone().unwrap_or_default();
            if args.format == Format::Json {
                render::json_line(&json!({
                    "schema": "docledger.list/1",
                    "number": document.number,
                    "subject": document.subject,
                    "symbols": document.symbols,
                    "language": chain.language.as_str(),
                    "version": current.version,
                    "entry": current.index,
                    "date": file.record.issued.map(|date| date.to_string()),
                    "title": file.record.title,
                    "digest": current.digest.to_string(),
                }))?;
                continue;
            }
            let name = if document.symbols.is_empty() {
                document.subject.chars().take(26).collect::<String>() + "…"
            } else {
                document.symbols.join("-")
            };
            let date = file
                .record
                .issued
                .map_or_else(|| "-".to_owned(), |date| date.to_string());
            let head = format!(
                "#{:<5} {:28} v{:<3} {:4} {date:10} ",
                document.number,
                render::one_line(&name),
                current.version,
                chain.language.as_str(),
            );
            let room = 80_usize.saturating_sub(head.chars().count()).max(12);
            render::out(&format!(
                "{head}{}\n",
                shortened(&render::one_line(&title), room)
            ))?;
        }
    }
    Ok(Outcome::Good)
}

fn shortened(text: &str, room: usize) -> String {
    if text.chars().count() <= room {
        return text.to_owned();
    }
    text.chars()
        .take(room.saturating_sub(1))
        .collect::<String>()
        + "…"
}
