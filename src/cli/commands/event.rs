//! What the commands that record an event share: show it, confirm it, append it.

use docledger::authority::Role;
use docledger::registry::{
    Appending, EventProposal, EventRequest, Register, Wanted, propose_event,
};
use docledger::statement::{Event, EventRecord};
use serde_json::json;

use crate::cli::args::{Args, EventFlags, Format};
use crate::cli::{Outcome, keys, machine, render};

/// Records one event for each entry, all in one append.
pub(super) fn record(
    args: &Args,
    flags: &EventFlags,
    register: &Register,
    (targets, wanted): (&[u64], &Wanted),
) -> anyhow::Result<Outcome> {
    let request = |target: &u64| EventRequest {
        target: *target,
        reason: flags.reason.clone(),
        wanted: wanted.clone(),
    };
    let requests: Vec<_> = targets.iter().map(request).collect();
    let proposals: Vec<_> = requests
        .iter()
        .map(|request| propose_event(register, request))
        .collect::<Result<_, _>>()?;
    for proposal in proposals.iter().filter(|_| flags.dry_run || !flags.yes) {
        if args.format == Format::Text {
            render::out(&shown(register, proposal))?;
        } else if flags.dry_run {
            render::json_line(&to_json(register, proposal))?;
        }
    }
    if flags.dry_run {
        return Ok(Outcome::Good);
    }
    if !flags.yes {
        super::register::confirm("record this?")?;
    }
    let keys = keys::unlock(args, register, Role::Officer, &flags.keys)?;
    let dir = machine::ledger_dir(args);
    let writer = super::lock(&dir)?;
    let mut appending = Appending::begin(&writer)?;
    let mut recorded = Vec::with_capacity(requests.len());
    for (request, proposal) in requests.iter().zip(&proposals) {
        let confirmed = (!flags.yes).then_some(proposal);
        recorded.push(appending.add_event(
            request,
            confirmed,
            keys.signer.as_ref(),
            machine::now(),
        )?);
    }
    let committed = appending.commit(keys.checkpoint.as_ref())?;
    render::remark_on(&committed);
    if !matches!(wanted, Wanted::Endorse) {
        render::remark_four_eyes(&register.authority);
    }
    for (proposal, index) in &recorded {
        if args.format == Format::Json {
            let mut object = to_json(register, proposal);
            object["entry"] = json!(index);
            object["head"] = render::head_json(&committed.head);
            render::json_line(&object)?;
        } else {
            let text = if flags.yes {
                shown(register, proposal)
            } else {
                String::new()
            };
            render::out(&format!("{text}recorded as entry {index}\n"))?;
        }
    }
    Ok(Outcome::Good)
}

fn shown(register: &Register, proposal: &EventProposal) -> String {
    let record = &proposal.record;
    let of = register.document(proposal.target).map(|(_, document)| {
        format!(
            " version {} in {}",
            document.record.version, document.record.language
        )
    });
    let mut fields = described(record);
    fields.push(("reason", record.reason.clone()));
    format!(
        "{} of {}{} (#{})\n{}",
        render::one_line(record.event.kind()),
        render::one_line(&proposal.subject),
        of.filter(|_| !is_of_document(&record.event))
            .unwrap_or_default(),
        proposal.target,
        render::table(&fields),
    )
}

/// Whether an event is about a whole document and not about one file.
pub(super) fn is_of_document(event: &Event) -> bool {
    matches!(event, Event::AssignSymbol { .. } | Event::Withdraw)
}

/// What an event says, for people.
pub(super) fn described(record: &EventRecord) -> Vec<(&'static str, String)> {
    let mut fields = Vec::new();
    for change in record.event.changes() {
        fields.push((
            change.field.as_str(),
            render::value_text(change.old.as_ref()),
        ));
        fields.push(("  now", render::value_text(change.new.as_ref())));
    }
    if let Event::AssignSymbol {
        identifier,
        printed,
    } = &record.event
    {
        fields.push(("symbol", identifier.join(" – ")));
        fields.extend(printed.clone().map(|printed| ("as printed", printed)));
    }
    fields
}

/// What an event says, as JSON.
pub(super) fn said_json(record: &EventRecord) -> serde_json::Value {
    let changes = record.event.changes();
    let changes: Vec<_> = changes
        .iter()
        .map(|change| {
            json!({
                "field": change.field.as_str(),
                "old": change.old.as_ref().map(render::record_json),
                "new": change.new.as_ref().map(render::record_json),
            })
        })
        .collect();
    let (identifier, printed) = match &record.event {
        Event::AssignSymbol {
            identifier,
            printed,
        } => (identifier.as_slice(), printed.as_ref()),
        _ => (&[][..], None),
    };
    json!({
        "kind": record.event.kind(),
        "reason": record.reason,
        "changes": changes,
        "identifier": identifier,
        "identifier_printed": printed,
    })
}

fn to_json(register: &Register, proposal: &EventProposal) -> serde_json::Value {
    let mut object = said_json(&proposal.record);
    let document = register.history().by_entry(proposal.target);
    object["schema"] = json!("docledger.event/1");
    object["subject"] = json!(proposal.subject);
    object["number"] = json!(document.map(|document| document.number));
    object["target"] = json!(proposal.target);
    object
}
