//! `amend`: a field of a record is corrected.

use std::str::FromStr;

use docledger::registry::{Edits, Wanted, field_text, manifest};
use docledger::statement::{MetadataField, Source};

use crate::cli::Outcome;
use crate::cli::args::{Amend, Args};
use crate::cli::error::hinted;

use super::register::typed;

pub(super) fn run(args: &Args, amend: &Amend) -> anyhow::Result<Outcome> {
    let register = super::open_register(args)?;
    let target = super::target(&register, &amend.target)?;
    let entry = target.find(&register)?.one()?.index;
    let wanted = Wanted::Amend(Box::new(edits(amend)?));
    super::event::record(args, &amend.event, &register, (&[entry], &wanted))
}

/// What the flags say, written as `register` takes it.
fn edits(amend: &Amend) -> anyhow::Result<Edits> {
    // A manifest's names do, too.
    let name = manifest::field_of(&amend.field).unwrap_or(&amend.field);
    let field = MetadataField::amendable(name)?;
    let mut edits = Edits::default();
    if amend.clear {
        edits.clear = vec![name.to_owned()];
        return Ok(edits);
    }
    let values = &amend.value;
    match field {
        MetadataField::OriginalLanguage => {
            edits.original_language = Some(typed("--value", values, field_text::language)?)
        }
        MetadataField::Title => edits.title = Some(one(values)?.to_owned()),
        MetadataField::Type => edits.document_type = Some(one(values)?.to_owned()),
        MetadataField::Issued => edits.issued = Some(read(one(values)?)?),
        MetadataField::Created => edits.created = Some(read(one(values)?)?),
        MetadataField::DateAccepted => edits.adopted = Some(read(one(values)?)?),
        MetadataField::Received => edits.received = Some(read(one(values)?)?),
        MetadataField::Reissued => edits.reissued = Some(read(one(values)?)?),
        MetadataField::AccessRights => edits.distribution = Some(one(values)?.to_owned()),
        MetadataField::JobNumber => edits.job_number = Some(one(values)?.to_owned()),
        MetadataField::Bodies => edits.bodies = Some(typed("--value", values, field_text::body)?),
        MetadataField::Signatories => {
            edits.signatories = Some(typed("--value", values, field_text::signatory)?)
        }
        MetadataField::Relations => {
            edits.relations = Some(typed("--value", values, field_text::relation)?)
        }
        MetadataField::Source => edits.source = Some(source(one(values)?)),
    }
    Ok(edits)
}

fn one(values: &[String]) -> anyhow::Result<&str> {
    match values {
        [value] if !value.trim().is_empty() => Ok(value),
        [_] => Err(hinted("--value is blank", "--clear leaves a field blank")),
        _ => Err(hinted("the field has one value", "give --value once")),
    }
}

fn read<T: FromStr>(value: &str) -> anyhow::Result<T>
where
    T::Err: std::error::Error + Send + Sync + 'static,
{
    value
        .parse()
        .map_err(|error| anyhow::Error::new(error).context("--value"))
}

/// `WHOM; MEANS`, either of which may be blank.
fn source(value: &str) -> Source {
    let (from, means) = value.split_once(';').unwrap_or((value, ""));
    let some = |part: &str| (!part.trim().is_empty()).then(|| part.trim().to_owned());
    Source {
        from: some(from),
        means: some(means),
    }
}
