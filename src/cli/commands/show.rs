//! `show`: what is registered of a document or file.

use std::path::Path;

use docledger::registry::Register;
use serde_json::json;

use crate::cli::args::{Args, Format};
use crate::cli::{Outcome, render};

pub(super) fn run(args: &Args, typed: &Path) -> anyhow::Result<Outcome> {
    let register = super::open_register(args)?;
    let target = super::target(&register, typed)?;
    let index = target.find(&register)?.one()?.index;
    show(args, &register, index)
}

fn show(args: &Args, register: &Register, index: u64) -> anyhow::Result<Outcome> {
    let Some((entry, document)) = register.document(index) else {
        anyhow::bail!("entry {index} is no document")
    };
    if args.format == Format::Json {
        let mut object = render::entry_json(&register.authority, entry, document);
        object["schema"] = json!("docledger.show/1");
        render::json_line(&object)?;
        return Ok(Outcome::Good);
    }
    let mut fields = vec![
        ("entry", format!("#{index}")),
        (
            "registered",
            render::time(entry.statement.envelope.issued_at),
        ),
        ("by", render::signer(&register.authority, entry)),
    ];
    fields.extend(render::described(document));
    render::out(&format!(
        "{}\n{}",
        render::one_line(&entry.statement.envelope.subject),
        render::table(&fields)
    ))?;
    Ok(Outcome::Good)
}
