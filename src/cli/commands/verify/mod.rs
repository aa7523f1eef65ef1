//! `verify`: the whole ledger, alone, beside another copy, or for a file; an
//! evidence file; or evidence of a fork.

mod against;
mod bare;
pub(super) mod evidence;
mod fork;

use docledger::digest::{ContentDigest, LedgerId};
use docledger::stamp::Certificate;
use docledger::store::{KeptHead, Pin, StateDir};
use docledger::verify::{
    Anchor, Asked, Remembered, Report, Severity, Verdict, ledger_id_of, verify_asked,
};
use docledger::witness::TrustPolicy;
use serde_json::json;

use super::stamp;
use crate::cli::args::{Args, Format, Verify};
use crate::cli::machine::NamedFile;
use crate::cli::{Outcome, machine, render};

/// Where the anchor came from.
pub(in crate::cli::commands) enum Source {
    Given,
    Pinned(Pin),
    None,
}

/// A pin older than this is worth asking the office about, in days.
const OLD_PIN: u64 = 365;
/// A head that was remembered longer ago says little of what came since.
const OLD_HEAD: u64 = 90;

/// How old something is that was written down then, in words.
fn age(when: &str) -> String {
    match render::days_since(when) {
        Some(0) => "today".to_owned(),
        Some(1) => "1 day ago".to_owned(),
        Some(days) => format!("{days} days ago"),
        None => "at a time that can't be read".to_owned(),
    }
}

pub(super) fn run(args: &Args, verify: &Verify) -> anyhow::Result<Outcome> {
    if let (Some(file), Some(id)) = (&verify.fork, verify.ledger_id) {
        return fork::run(args, file, id);
    }
    if let Some(file) = &verify.evidence {
        return evidence::run(args, verify, file);
    }
    if let Some(statement) = &verify.statement {
        return bare::run(args, verify, statement);
    }
    let dir = machine::ledger_dir(args);
    if !dir.folder().is_dir() {
        return Err(crate::cli::error::hinted(
            format!("there is no ledger at {}", dir.folder().display()),
            "name its folder with --home",
        ));
    }
    against::check_names(verify)?;
    let (id, source) = choose_anchor(args, verify)?;
    let state = machine::state_dir(args)?;
    let named = id.or_else(|| ledger_id_of(&dir));
    let kept = named.map(|id| state.head(id)).transpose()?.flatten();
    let remembered = kept.map(remembered);
    let anchor = id.map_or(Anchor::None, Anchor::Id);
    let outside = Outside::of(verify)?;
    let asked = Asked {
        remembered: remembered.as_ref(),
        ..outside.asked()
    };
    let mut report = verify_asked(&dir, anchor, &asked);
    against::compare(verify, &dir, &mut report)?;
    if remembered.is_none() {
        let skipped = "growth: no head of this ledger was remembered for you before";
        report.not_checked.push(skipped.to_owned());
    }
    if args.format == Format::Json {
        render::json_line(&to_json(&report, &source))?;
    } else {
        render::out(&to_text(verify, &report, &source))?;
    }
    against::save(verify, &report)?;
    if report.verdict() == Verdict::Verified {
        remember(&state, &report);
    }
    Ok(outcome(&report))
}

/// What an auditor brings along.
struct Outside {
    file: Option<ContentDigest>,
    authorities: Vec<Certificate>,
    policy: Option<TrustPolicy>,
}

impl Outside {
    fn of(verify: &Verify) -> anyhow::Result<Self> {
        let file = verify
            .file
            .as_deref()
            .map(|file| -> anyhow::Result<_> { Ok(NamedFile::new(file)?.read_through()?.0) });
        let policy = verify.policy.as_deref().map(super::witness::trust_policy);
        Ok(Self {
            file: file.transpose()?,
            authorities: stamp::authorities(&verify.tsa_certificates)?,
            policy: policy.transpose()?,
        })
    }

    fn asked(&self) -> Asked<'_> {
        Asked {
            remembered: None,
            file: self.file,
            policy: self.policy.as_ref(),
            authorities: &self.authorities,
            now: Some(machine::now()),
        }
    }
}

fn remembered(head: KeptHead) -> Remembered {
    Remembered {
        size: head.size,
        root: head.root,
        when: head.when,
    }
}

fn outcome(report: &Report) -> Outcome {
    match report.verdict() {
        Verdict::Verified => Outcome::Good,
        Verdict::Failed => Outcome::Bad,
        Verdict::NotEstablished => Outcome::Open,
    }
}

/// Keeps the head that was verified, for the next time. That it can't be kept
/// leaves what was verified as it is, and is told.
fn remember(state: &StateDir<'_>, report: &Report) {
    let (Some(id), Some(head)) = (report.ledger_id, &report.head) else {
        return;
    };
    let is_same = report
        .grown_from
        .as_ref()
        .is_some_and(|before| before.size == head.size);
    if is_same {
        return;
    }
    let kept = state.keep_head(&KeptHead {
        ledger_id: id,
        size: head.size,
        root: head.root,
        when: render::time(machine::now()),
    });
    if let Err(error) = kept {
        render::remark(&format!("this head is not remembered: {error}"));
    }
}

/// The id given; else the one pinned for this folder; else, of the pinned ones,
/// the one that this ledger says it is.
fn choose_anchor(args: &Args, verify: &Verify) -> anyhow::Result<(Option<LedgerId>, Source)> {
    if let Some(id) = verify.ledger_id {
        return Ok((Some(id), Source::Given));
    }
    let pins = machine::state_dir(args)?.pins()?;
    let pin = match super::pin_of_folder(args, &pins) {
        Some(pin) => Some(pin),
        None => {
            let unanchored = docledger::verify::ledger_id_of(&machine::ledger_dir(args));
            pins.iter().find(|pin| Some(pin.ledger_id) == unanchored)
        }
    };
    Ok(match pin {
        Some(pin) => (Some(pin.ledger_id), Source::Pinned(pin.clone())),
        None => (None, Source::None),
    })
}

fn to_json(report: &Report, source: &Source) -> serde_json::Value {
    let mut object = findings_of(report, source);
    object["schema"] = json!("docledger.verify/1");
    object["entries"] = json!(report.checked.entries);
    object["documents"] = json!(report.documents);
    object["registered"] = json!(report.registered);
    object["grown_from"] = json!(report.grown_from.as_ref().map(|before| json!({
        "size": before.size,
        "root": before.root.to_string(),
        "when": before.when,
        "days": render::days_since(&before.when),
    })));
    object["against"] = against::to_json(report);
    object
}

/// Verdict, anchor, and what was checked and found.
fn findings_of(report: &Report, source: &Source) -> serde_json::Value {
    let anchor = match source {
        Source::Given => "given",
        Source::Pinned(_) => "pinned",
        Source::None => "none",
    };
    json!({
        "verdict": report.verdict().as_str(),
        "anchor": anchor,
        "pinned": match source {
            Source::Pinned(pin) => json!({
                "when": pin.when, "by": pin.how, "days": render::days_since(&pin.when),
            }),
            _ => serde_json::Value::Null,
        },
        "ledger_id": report.ledger_id.map(|id| id.to_string()),
        "head": report.head.as_ref().map(|head| json!({"size": head.size, "root": head.root.to_string()})),
        "checked": {
            "entries": report.checked.entries,
            "signatures": report.checked.signatures,
            "tiles": report.checked.tiles,
            "documents": report.checked.documents,
            "key_files": report.checked.key_files,
        },
        "witnessed": witnessed_json(report),
        "stamped": report.stamped.iter().map(stamp::to_json).collect::<Vec<_>>(),
        "not_checked": report.not_checked,
        "findings": super::findings::json(&report.findings),
    })
}

fn to_text(verify: &Verify, report: &Report, source: &Source) -> String {
    let mut text = super::findings::text(&report.findings);
    let checked = &report.checked;
    text.push_str(&format!(
        "checked: {} entries, {} signatures, {} tiles, {} files, {} key files\n",
        checked.entries, checked.signatures, checked.tiles, checked.documents, checked.key_files,
    ));
    if let Some(before) = &report.grown_from {
        text.push_str(&format!(
            "checked: it grew from the {} entries verified {} ({})\n",
            before.size,
            render::one_line(&before.when),
            age(&before.when),
        ));
        if render::days_since(&before.when).is_none_or(|days| days > OLD_HEAD) {
            text.push_str("  that is long ago: verify more often, or compare with another copy\n");
        }
    }
    text.push_str(&vouched_text(report));
    for skipped in &report.not_checked {
        text.push_str(&render::paragraph(&format!("not checked: {skipped}")));
    }
    text.push_str(&against::to_text(verify, report));
    if let Some(file) = &verify.file
        && !report.registered.is_empty()
    {
        let name = render::one_line(&file.to_string_lossy());
        let entries = report.registered.iter().map(|index| format!("#{index}"));
        let entries = entries.collect::<Vec<_>>().join(", ");
        text.push_str(&render::paragraph(&format!(
            "{name} is registered by {entries}; `docledger status` tells what stands"
        )));
    }
    text.push_str(&anchor_text(report, source));
    text.push_str(&verdict_text(report));
    text
}

/// Which head a quorum of witnesses cosigned, and which were stamped, and when.
fn vouched_text(report: &Report) -> String {
    let mut text = report.witnessed.as_ref().map_or_else(String::new, |head| {
        let by = head.witnessed.by.iter().map(|(name, _)| name.as_str());
        render::paragraph(&format!(
            "checked: its first {} entries were seen by {}, by {}",
            head.size,
            by.collect::<Vec<_>>().join(", "),
            render::time(head.witnessed.time),
        ))
    });
    for stamped in &report.stamped {
        text.push_str(&render::paragraph(&format!(
            "checked: its first {} entries existed on {}, by the word of {}",
            stamped.size, stamped.stamp.time, stamped.stamp.authority
        )));
    }
    text
}

fn witnessed_json(report: &Report) -> serde_json::Value {
    json!(report.witnessed.as_ref().map(|head| json!({
        "size": head.size,
        "time": render::time(head.witnessed.time),
        "by": head.witnessed.by.iter().map(|(name, time)| json!({
            "witness": name, "time": render::time(*time),
        })).collect::<Vec<_>>(),
    })))
}

/// The ledger id, and what it was compared with.
fn anchor_text(report: &Report, source: &Source) -> String {
    let id = report
        .ledger_id
        .map_or_else(|| "unknown".to_owned(), |id| id.to_string());
    match source {
        Source::Given => format!("anchor: the ledger id given; this ledger is\n  {id}\n"),
        Source::Pinned(pin) => {
            let old = render::days_since(&pin.when).is_none_or(|days| days > OLD_PIN);
            format!(
                "anchor: the ledger id pinned {} by {}\n  ({}); this ledger is\n  {id}\n{}",
                render::one_line(&pin.when),
                render::one_line(&pin.how),
                age(&pin.when),
                if old {
                    "  that is long ago: ask the office whether it still publishes this id\n"
                } else {
                    ""
                },
            )
        }
        Source::None => format!(
            "anchor: none; compare this ledger id with the one the office publishes:\n  {id}\n\
             and give it with --ledger-id, or pin it with `docledger trust`\n"
        ),
    }
}

fn verdict_text(report: &Report) -> String {
    let failures = report
        .findings
        .iter()
        .filter(|f| f.code.severity() == Severity::Failure)
        .count();
    match report.verdict() {
        Verdict::Verified => "VERIFIED\n".to_owned(),
        Verdict::Failed => format!("FAILED: {failures} findings\n"),
        Verdict::NotEstablished => {
            "NOT ESTABLISHED: nothing wrong found, but see above\n".to_owned()
        }
    }
}
