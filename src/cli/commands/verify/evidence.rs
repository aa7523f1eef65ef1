//! `verify --evidence`: a document by an evidence file and the ledger id alone.

use std::collections::BTreeMap;
use std::path::Path;

use docledger::authority::{Authority, Refusal};
use docledger::digest::LedgerId;
use docledger::registry::Entry;
use docledger::replay::Replay;
use docledger::revision::Standings;
use docledger::store::Contents as _;
use docledger::verify::{Anchor, Asked, Enclosed, Proven, Report, Verdict, verify_evidence};
use serde_json::json;

use super::{
    Outside, Source, anchor_text, findings_of, outcome, remembered, verdict_text, vouched_text,
};
use crate::cli::args::{Args, Format, Verify};
use crate::cli::machine::{self, NamedFile};
use crate::cli::standing::{self, Derived, Known};
use crate::cli::{Outcome, render};

/// Enclosed entries as commands look at them.
pub(in crate::cli::commands) struct View {
    entries: BTreeMap<u64, Entry>,
    authority: Authority,
    replay: Replay,
    /// The document entry asked about.
    entry: u64,
}

impl View {
    /// The document entry asked about.
    pub(in crate::cli::commands) fn asked(&self) -> u64 {
        self.entry
    }
}

impl From<Enclosed> for View {
    fn from(enclosed: Enclosed) -> Self {
        let entries = enclosed.statements.into_iter();
        let entries = entries.map(|(index, (leaf, statement))| {
            let entry = Entry {
                index,
                leaf,
                statement,
            };
            (index, entry)
        });
        Self {
            entries: entries.collect(),
            authority: enclosed.authority,
            replay: enclosed.replay,
            entry: enclosed.entry,
        }
    }
}

impl Known for View {
    fn entry(&self, index: u64) -> Option<&Entry> {
        self.entries.get(&index)
    }

    fn authority(&self) -> &Authority {
        &self.authority
    }

    fn replay(&self) -> &Replay {
        &self.replay
    }

    /// Whatever verification found is told by it.
    fn doubt(&self, index: u64) -> Option<Refusal> {
        let entry = self.entry(index).filter(|entry| entry.index > 0)?;
        self.authority.verify(entry.statement.clone()).err()
    }
}

/// Verifies an evidence file by the id given, else by one that is pinned; and by the
/// head of that ledger that is remembered for this user.
pub(in crate::cli::commands) fn judge(
    args: &Args,
    file: &Path,
    given: Option<LedgerId>,
    asked: &Asked<'_>,
) -> anyhow::Result<(Proven, Source)> {
    let named = NamedFile::new(file)?;
    let state = machine::state_dir(args)?;
    let verify = |anchor: Option<LedgerId>| -> anyhow::Result<Proven> {
        let kept = anchor.map(|id| state.head(id)).transpose()?.flatten();
        let remembered = kept.map(remembered);
        let anchor = anchor.map_or(Anchor::None, Anchor::Id);
        let asked = Asked {
            remembered: remembered.as_ref(),
            ..*asked
        };
        Ok(verify_evidence(&mut *named.open()?, anchor, &asked)?)
    };
    if let Some(id) = given {
        return Ok((verify(Some(id))?, Source::Given));
    }
    let unanchored = verify(None)?;
    let mut pins = state.pins()?.into_iter();
    match pins.find(|pin| Some(pin.ledger_id) == unanchored.report.ledger_id) {
        Some(pin) => Ok((verify(Some(pin.ledger_id))?, Source::Pinned(pin))),
        None => Ok((unanchored, Source::None)),
    }
}

pub(super) fn run(args: &Args, verify: &Verify, evidence: &Path) -> anyhow::Result<Outcome> {
    let outside = Outside::of(verify)?;
    let (proven, source) = judge(args, evidence, verify.ledger_id, &outside.asked())?;
    let Proven { report, enclosed } = proven;
    let view = enclosed.map(View::from);
    if args.format == Format::Json {
        render::json_line(&to_json(&report, view.as_ref(), &source))?;
    } else {
        render::out(&to_text(&report, view.as_ref(), &source))?;
    }
    Ok(outcome(&report))
}

/// `status` of a file by evidence: what stands as of its head, in short.
pub(in crate::cli::commands) fn status(
    args: &Args,
    file: &Path,
    evidence: &Path,
    given: Option<LedgerId>,
) -> anyhow::Result<Outcome> {
    let asked = Asked {
        file: Some(NamedFile::new(file)?.read_through()?.0),
        ..Asked::default()
    };
    let (Proven { report, enclosed }, source) = judge(args, evidence, given, &asked)?;
    let is_registered = !report.registered.is_empty();
    let view = enclosed.map(View::from).filter(|_| is_registered);
    if args.format == Format::Json {
        let mut object = to_json(&report, view.as_ref(), &source);
        object["schema"] = json!("docledger.status-evidence/1");
        render::json_line(&object)?;
        return Ok(outcome(&report));
    }
    let mut text = match &view {
        Some(view) => shown(&report, view),
        None => format!(
            "{}: the evidence does not register it\n",
            render::one_line(&file.to_string_lossy())
        ),
    };
    if report.verdict() != Verdict::Verified {
        text.push_str(&super::super::findings::text(&report.findings));
    }
    text.push_str(&verdict_text(&report));
    render::out(&text)?;
    Ok(outcome(&report))
}

fn to_json(report: &Report, view: Option<&View>, source: &Source) -> serde_json::Value {
    let document = view.and_then(|view| {
        let standings = Standings::new(view.history());
        let (entry, document) = view.document(view.entry)?;
        let derived = Derived::of(view, &standings, view.entry)?;
        let suspension = view.suspension(view.entry);
        let mut object = render::entry_json(&view.authority, entry, document, None, suspension);
        object["amended"] = standing::amendments_json(view, view.entry);
        object["standing"] = derived.to_json();
        Some(object)
    });
    let mut object = findings_of(report, source);
    object["schema"] = json!("docledger.verify-evidence/1");
    object["registered"] = json!(report.registered);
    object["document"] = json!(document);
    object
}

fn to_text(report: &Report, view: Option<&View>, source: &Source) -> String {
    let mut text = view.map_or_else(String::new, |view| shown(report, view));
    text.push_str(&super::super::findings::text(&report.findings));
    let checked = &report.checked;
    text.push_str(&format!(
        "checked: {} entries, {} signatures, {} files\n",
        checked.entries, checked.signatures, checked.documents,
    ));
    text.push_str(&vouched_text(report));
    for skipped in &report.not_checked {
        text.push_str(&render::paragraph(&format!("not checked: {skipped}")));
    }
    text.push_str(&anchor_text(report, source));
    text.push_str(&verdict_text(report));
    text
}

/// The account, with a warning where it is worth nothing.
fn shown(report: &Report, view: &View) -> String {
    let account = account(report, view).unwrap_or_default();
    match report.verdict() {
        Verdict::Failed => format!("what it says, which FAILED, is this:\n{account}"),
        _ => account,
    }
}

/// What the document is, who registered it, and what came after as of the head.
fn account(report: &Report, view: &View) -> Option<String> {
    let index = view.entry;
    let standings = Standings::new(view.history());
    let (entry, document) = view.document(index)?;
    let derived = Derived::of(view, &standings, index)?;
    let head = report.head.as_ref()?;
    let claimed = render::time(entry.statement.envelope.issued_at);
    let mut fields = vec![
        ("entry", format!("#{index} of {}", head.size)),
        ("by", standing::signer(view, entry)),
        (
            "claimed time",
            format!("{claimed}, by the office's own clock"),
        ),
    ];
    fields.extend(witnessed(report, index));
    fields.extend(stamped(report, index));
    fields.extend([
        ("SHA-256", document.digest.to_string()),
        (
            "version",
            format!(
                "{} in {}",
                document.record.version, document.record.language
            ),
        ),
    ]);
    fields.extend(
        derived
            .lines()
            .into_iter()
            .map(|(label, value)| match label {
                "current" => ("as of the head", derived.headline()),
                label => (label, value),
            }),
    );
    fields.extend(standing::amendments(view, index));
    Some(format!(
        "{}\n{}",
        render::one_line(&standing::name(view, index)),
        render::table(&fields)
    ))
}

/// When a quorum of witnesses had seen an entry.
fn witnessed(report: &Report, index: u64) -> Option<(&'static str, String)> {
    let head = report.witnessed.as_ref()?;
    let when = if index < head.size {
        let names = head.witnessed.by.iter().map(|(name, _)| name.as_str());
        let names = names.collect::<Vec<_>>().join(", ");
        format!("by {}, by {names}", render::time(head.witnessed.time))
    } else {
        "not yet by as many as the policy asks for".to_owned()
    };
    Some(("witnessed", when))
}

/// The earliest stamp on a head that has an entry.
fn stamped(report: &Report, index: u64) -> Option<(&'static str, String)> {
    let covering = report.stamped.iter().filter(|it| index < it.size);
    let earliest = covering.min_by_key(|it| it.stamp.time)?;
    let when = format!(
        "by {}, by {}",
        earliest.stamp.time, earliest.stamp.authority
    );
    Some(("stamped", when))
}
