//! `log`: the versions of a document and the events about it, in log order.

use std::path::Path;

use docledger::registry::{Entry, Register, Selection};
use docledger::revision::EventEntry;
use docledger::statement::{Document, EventRecord};
use serde_json::json;

use crate::cli::args::{Args, Format};
use crate::cli::{Outcome, render, standing};

use super::event::{described, is_of_document, said_json};

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
    for step in steps(&register, &selection)? {
        if args.format == Format::Json {
            render::json_line(&step.to_json(&register, &document.subject))?;
        } else {
            render::out(&step.to_text(&register))?;
        }
    }
    Ok(Outcome::Good)
}

/// One thing that happened to a document.
enum Step<'a> {
    Version(&'a Entry, &'a Document),
    Event {
        entry: &'a Entry,
        record: &'a EventRecord,
        /// The entry it is about.
        target: u64,
        effective: bool,
    },
}

/// Everything that happened to the chains selected, in log order: their
/// versions, the events about those, and the events about the whole document.
fn steps<'a>(register: &'a Register, selection: &Selection<'a>) -> anyhow::Result<Vec<Step<'a>>> {
    let chains = selection.chains()?;
    let versions: Vec<_> = chains.iter().flat_map(|chain| &chain.entries).collect();
    let mut steps: Vec<_> = versions
        .iter()
        .filter_map(|version| register.document(version.index))
        .map(|(entry, document)| Step::Version(entry, document))
        .collect();
    let events = register.history().events_of(selection.document.number);
    for EventEntry { index, effective } in events.into_iter().flat_map(|it| &it.entries) {
        let Some((entry, record)) = register.event(*index) else {
            continue;
        };
        let target = register.history().entry_of(&record.target);
        let Some(target) = target.filter(|target| {
            is_of_document(&record.event) || versions.iter().any(|it| it.index == *target)
        }) else {
            continue;
        };
        steps.push(Step::Event {
            entry,
            record,
            target,
            effective: *effective,
        });
    }
    steps.sort_by_key(|step| step.entry().index);
    Ok(steps)
}

impl Step<'_> {
    fn entry(&self) -> &Entry {
        match self {
            Self::Version(entry, _) | Self::Event { entry, .. } => entry,
        }
    }

    fn to_text(&self, register: &Register) -> String {
        let entry = self.entry();
        let when = render::time(entry.statement.envelope.issued_at);
        let registered = format!("{when} by {}", standing::signer(register, entry));
        let mut fields = vec![
            ("registered", registered),
            ("entry", format!("#{}", entry.index)),
        ];
        let title = match self {
            Self::Version(_, file) => {
                let date = file.record.issued.map(|date| date.to_string());
                fields.insert(0, ("date", date.unwrap_or_else(|| "-".to_owned())));
                fields.push(("SHA-256", file.digest.to_string()));
                format!(
                    "version {} {} ({})",
                    file.record.version,
                    file.record.language,
                    file.record.change.as_str()
                )
            }
            Self::Event {
                record,
                target,
                effective,
                ..
            } => {
                fields.extend(described(record));
                fields.push(("reason", record.reason.clone()));
                let about = if is_of_document(&record.event) {
                    String::new()
                } else {
                    format!(" of entry #{target}")
                };
                let doubt = if *effective {
                    ""
                } else {
                    ", without effect: `docledger verify` says why"
                };
                format!("{}{about}{doubt}", render::one_line(record.event.kind()))
            }
        };
        format!("\n{title}\n{}", render::table(&fields))
    }

    fn to_json(&self, register: &Register, subject: &str) -> serde_json::Value {
        let entry = self.entry();
        let mut object = match self {
            Self::Version(_, file) => json!({
                "language": file.record.language.as_str(),
                "version": file.record.version,
                "change": file.record.change.as_str(),
                "date": file.record.issued.map(|date| date.to_string()),
                "digest": file.digest.to_string(),
            }),
            Self::Event {
                record,
                target,
                effective,
                ..
            } => json!({
                "event": said_json(record),
                "target": target,
                "effective": effective,
            }),
        };
        object["schema"] = json!("docledger.log/1");
        object["subject"] = json!(subject);
        object["registered"] = json!(render::time(entry.statement.envelope.issued_at));
        object["signer"] = json!(standing::signer(register, entry));
        object["entry"] = json!(entry.index);
        object
    }
}
