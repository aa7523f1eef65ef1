//! `show`: what is registered of a document or file, as it stands.

use std::path::Path;

use docledger::registry::{Entry, Register};
use docledger::revision::Standings;
use docledger::statement::Document;
use serde_json::json;

use crate::cli::args::{Args, Format};
use crate::cli::standing::{self, Derived};
use crate::cli::{Outcome, render};

pub(super) fn run(args: &Args, typed: &Path) -> anyhow::Result<Outcome> {
    let register = super::open_register(args)?;
    let target = super::target(&register, typed)?;
    let index = target.find(&register)?.one()?.index;
    show(args, &register, index)
}

fn show(args: &Args, register: &Register, index: u64) -> anyhow::Result<Outcome> {
    let standings = Standings::new(register.history());
    let (Some((entry, _)), Some(document), Some(derived)) = (
        register.document(index),
        register.effective(index),
        Derived::of(register, &standings, index),
    ) else {
        anyhow::bail!("entry {index} is no document")
    };
    if args.format == Format::Json {
        let mut object = to_json(register, entry, &document, &derived);
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
        ("by", standing::signer(register, entry)),
    ];
    fields.extend(derived.lines());
    fields.extend(render::described(&document));
    fields.extend(render::left_as_read(&document));
    fields.extend(standing::amendments(register, index));
    render::out(&format!(
        "{}\n{}",
        render::one_line(&standing::name(register, index)),
        render::table(&fields)
    ))?;
    Ok(Outcome::Good)
}

/// What is registered of a file, as it stands.
pub(super) fn to_json(
    register: &Register,
    entry: &Entry,
    document: &Document,
    derived: &Derived<'_>,
) -> serde_json::Value {
    let mut object = render::entry_json(
        &register.authority,
        entry,
        document,
        register.doubt(entry.index),
        register.suspension(entry.index),
    );
    object["amended"] = standing::amendments_json(register, entry.index);
    object["standing"] = derived.to_json();
    object
}
