//! `inspect`: the metadata that a document prints, and where.

use std::path::Path;

use docledger::masthead::{self, Confidence, Field, Masthead};
use docledger::reading::{Text, media_type};
use docledger::registry::masthead_of;
use serde_json::{Map, Value, json};

use crate::cli::args::{Args, Format};
use crate::cli::error::told;
use crate::cli::machine::NamedFile;
use crate::cli::{Outcome, reader, render};

/// The columns of the table, in characters, without the two before each.
const NAME_WIDTH: usize = 17;
const VALUE_WIDTH: usize = 40;

pub(super) fn run(args: &Args, path: &Path) -> anyhow::Result<Outcome> {
    let file = NamedFile::new(path)?;
    let (digest, size, head) = file.read_through()?;
    let media_type = media_type(file.file_name().as_deref(), &head);
    let mut is_read = true;
    let text = reader::named(&file, &media_type).unwrap_or_else(|error| {
        is_read = false;
        Text {
            warnings: vec![told(&error)],
            ..Text::default()
        }
    });
    let masthead = masthead_of(&text);
    let rows = rows(&masthead);
    let mut warnings: Vec<String> = text.warnings;
    let odd = |warning: &masthead::Warning| format!("line {}: {}", warning.line, warning.text);
    warnings.extend(masthead.warnings.iter().map(odd));
    if args.format == Format::Json {
        let fields: Map<String, Value> = rows.iter().map(Row::to_json).collect();
        render::json_line(&json!({
            "schema": "docledger.inspect/1",
            "file": path.to_string_lossy(),
            "media_type": media_type,
            "size": size,
            "sha256": digest.to_string(),
            "fields": fields,
            "organs": organs(&masthead),
            "warnings": warnings,
        }))?;
        return Ok(Outcome::Good);
    }
    render::out(&format!(
        "{}\n  {media_type}, {size} bytes\n  SHA-256  {digest}\n",
        render::one_line(&path.to_string_lossy()),
    ))?;
    match rows.as_slice() {
        [] if is_read => render::out("  nothing was recognised that official documents print\n")?,
        [] => render::out("  its text was not read\n")?,
        rows => render::out(&table(rows))?,
    }
    for warning in &warnings {
        render::remark(&format!("warning: {warning}"));
    }
    Ok(Outcome::Good)
}

/// A field under its stable name.
struct Row {
    name: &'static str,
    values: Vec<Field<String>>,
    /// Whether there may be several values.
    is_list: bool,
}

impl Row {
    fn one<T: ToString>(name: &'static str, field: Option<&Field<T>>) -> Self {
        let value = field.map(|field| field.clone_as(field.value.to_string()));
        Self {
            name,
            values: value.into_iter().collect(),
            is_list: false,
        }
    }

    fn list(name: &'static str, values: impl IntoIterator<Item = Field<String>>) -> Self {
        Self {
            name,
            values: values.into_iter().collect(),
            is_list: true,
        }
    }

    /// The whole field: a list stands where its first value does, and is as
    /// sure as its least sure value.
    fn to_json(&self) -> (String, Value) {
        let value: Value = match (self.is_list, self.values.as_slice()) {
            (false, [only]) => json!(only.value),
            (_, values) => values.iter().map(|field| json!(field.value)).collect(),
        };
        let printed: Vec<&str> = self
            .values
            .iter()
            .map(|field| field.printed.as_str())
            .collect();
        let mut seen: Vec<&str> = Vec::new();
        for words in printed {
            if !seen.contains(&words) {
                seen.push(words);
            }
        }
        let first = self.values.first();
        let object = json!({
            "value": value,
            "printed": seen.join("; "),
            "line": first.map(|field| field.line),
            "page": first.map(|field| field.page),
            "confidence": self.confidence().map(Confidence::as_str),
        });
        (self.name.to_owned(), object)
    }

    fn confidence(&self) -> Option<Confidence> {
        self.values.iter().map(|field| field.confidence).max()
    }
}

/// The fields that the document prints, under the names of a record's columns.
fn rows(masthead: &Masthead) -> Vec<Row> {
    let symbols = masthead.symbols.iter().map(|field| {
        let printed = field.value.printed();
        let marks = &printed[printed.trim_end_matches('*').len()..];
        field.clone_as(format!("{}{marks}", field.value.canonical()))
    });
    let bodies = || masthead.bodies.iter();
    let signatories = || masthead.signatories.iter();
    let titles = signatories().filter_map(|field| Some(field.clone_as(field.value.title.clone()?)));
    let original = masthead.original_language.iter().flat_map(|field| {
        field
            .value
            .iter()
            .map(|language| field.clone_as(language.clone()))
    });
    let rows = [
        Row::list("symbols", symbols),
        Row::one("date", masthead.date.as_ref()),
        Row::one("distribution", masthead.distribution.as_ref()),
        Row::one("language_line", masthead.language_line.as_ref()),
        Row::list("original_language", original),
        Row::one("only_in", masthead.only_in.as_ref()),
        Row::list("bodies", bodies().map(|body| body.name.clone())),
        Row::list("session", bodies().filter_map(|body| body.session.clone())),
        Row::list(
            "agenda_items",
            bodies().flat_map(|body| body.agenda.clone()),
        ),
        Row::one("title", masthead.title.as_ref()),
        Row::one("kind", masthead.kind.as_ref()),
        Row::list(
            "signatory",
            signatories().map(|field| field.clone_as(field.value.name.clone())),
        ),
        Row::list("signatory_title", titles),
        Row::one("letter_date", masthead.letter_date.as_ref()),
        Row::one("adopted_on", masthead.adopted_on.as_ref()),
        Row::one("reissued_on", masthead.reissued_on.as_ref()),
        Row::one("adopts", masthead.adopts.as_ref()),
        Row::one("job_number", masthead.job_number.as_ref()),
    ];
    rows.into_iter()
        .filter(|row| !row.values.is_empty())
        .collect()
}

/// Each organ with what is its own, which the flat lists mix.
fn organs(masthead: &Masthead) -> Value {
    let organ = |body: &masthead::Body| {
        let items: Vec<&str> = body.agenda.iter().map(|item| item.value.as_str()).collect();
        json!({
            "name": body.name.value,
            "session": body.session.as_ref().map(|session| &session.value),
            "agenda_items": items,
        })
    };
    masthead.bodies.iter().map(organ).collect()
}

/// A table of 80 columns: field, value, line, confidence. Long values go on
/// below.
fn table(rows: &[Row]) -> String {
    let mut text = line("field", "value", "line", "confidence");
    for row in rows {
        let mut name = row.name;
        for field in &row.values {
            let mut number = field.line.to_string();
            let mut sure = field.confidence.as_str();
            for part in render::wrap(&render::one_line(&field.value), VALUE_WIDTH) {
                text.push_str(&line(name, &part, &number, sure));
                (name, sure) = ("", "");
                number.clear();
            }
        }
    }
    text
}

fn line(name: &str, value: &str, number: &str, sure: &str) -> String {
    let padding = " ".repeat(VALUE_WIDTH.saturating_sub(value.chars().count()));
    let whole = format!("  {name:NAME_WIDTH$}  {value}{padding}  {number:>5}  {sure}");
    format!("{}\n", whole.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_fits_80_columns() {
        let value = "x".repeat(VALUE_WIDTH);
        let line = line("original_language", &value, "12345", "confidence");
        assert!(line.trim_end().len() <= 80, "{line}");
    }
}
