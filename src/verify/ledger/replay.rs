//! Replays the log: what each entry says, who signed it, whether it may, and
//! whether it fits.

use std::collections::HashSet;

use crate::authority::{Authority, Refusal};
use crate::digest::{ContentDigest, LeafHash};
use crate::merkle::leaf_hash;
use crate::revision::{History, relation_doubts};
use crate::statement::{
    DocumentRecord, Event, EventRecord, FieldChange, Matter, MetadataField, Relation, Statement,
};
use crate::symbol::{Symbol, SymbolKey};
use crate::verify::report::Code;

use super::{Raw, Run};

/// The record of a document entry. Events ask for it, which are few.
fn document_record(entries: &[Raw], index: u64) -> Option<DocumentRecord> {
    let entry = entries.get(usize::try_from(index).ok()?)?;
    match Statement::parse(entry.bytes.as_deref()?).ok()?.matter {
        Matter::Document(document) => Some(document.record),
        _ => None,
    }
}

impl Run<'_> {
    /// Replays the log: what each entry says, who signed it, whether it may,
    /// and whether it fits.
    pub(super) fn replay(&mut self) -> Option<Authority> {
        let entries = std::mem::take(&mut self.entries);
        let mut authority = None;
        let mut history = History::new();
        let mut seen = HashSet::new();
        let mut latest = 0;
        for (index, entry) in (0..).zip(&entries) {
            let Some(bytes) = &entry.bytes else { continue };
            let leaf = leaf_hash(bytes);
            if !seen.insert(leaf) {
                self.report.add(
                    Code::EntryTwice,
                    Some(index),
                    None,
                    "the same entry stands before it",
                );
            }
            let statement = match Statement::parse(bytes) {
                Ok(statement) => statement,
                Err(error) => {
                    self.report
                        .add(Code::EntryMalformed, Some(index), None, error.to_string());
                    continue;
                }
            };
            self.report.checked.entries += 1;
            self.note_unknown(index, &statement);
            if statement.envelope.issued_at < latest {
                let message = "its claimed time is before that of an earlier entry";
                self.report.add(Code::TimeOrder, Some(index), None, message);
            }
            latest = latest.max(statement.envelope.issued_at);
            if index == 0 {
                authority = self.open(leaf, statement);
            } else if let Some(authority) = &mut authority {
                let record_of = |index| document_record(&entries, index);
                self.judge(index, leaf, statement, authority, &mut history, &record_of);
            }
        }
        self.report.documents = history.documents().len() as u64;
        self.entries = entries;
        if authority.is_none() && !self.entries.is_empty() {
            self.report.not_checked.push(
                "signatures and authority of all entries: entry 0, which names the keys, is not usable".to_owned(),
            );
        }
        authority
    }

    pub(super) fn note_unknown(&mut self, index: u64, statement: &Statement) {
        for unknown in &statement.unknown {
            let code = if unknown.may_be_passed_over() {
                Code::UnknownKept
            } else {
                Code::NotEvaluated
            };
            self.report
                .add(code, Some(index), None, unknown.to_string());
        }
    }

    pub(super) fn open(&mut self, leaf: LeafHash, statement: Statement) -> Option<Authority> {
        self.report.ledger_id = Some(leaf.into());
        match Authority::open(leaf, statement) {
            Ok((authority, _)) => {
                self.report.checked.signatures += 1;
                if let Some(quorum) = &authority.policy().quorum {
                    let message = format!(
                        "the policy asks for the quorum {quorum:?}, which this version does not evaluate"
                    );
                    self.report.add(Code::NotEvaluated, Some(0), None, message);
                }
                Some(authority)
            }
            Err(error) => {
                self.report
                    .add(Code::OpeningInvalid, Some(0), None, error.to_string());
                None
            }
        }
    }

    pub(super) fn judge(
        &mut self,
        index: u64,
        leaf: LeafHash,
        statement: Statement,
        authority: &mut Authority,
        history: &mut History,
        record_of: &dyn Fn(u64) -> Option<DocumentRecord>,
    ) {
        let key = match authority.signer_of(&statement) {
            Ok(life) => life.key,
            Err(refusal) => {
                self.refuse(index, &refusal);
                return;
            }
        };
        let verified = match statement.verify(&key) {
            Ok(verified) => verified,
            Err(error) => {
                self.report
                    .add(Code::SignatureInvalid, Some(index), None, error.to_string());
                return;
            }
        };
        self.report.checked.signatures += 1;
        let bears = history.symbols_of(&verified.statement().envelope.subject);
        let refusals = authority.check(&verified, index, &self.tree, bears);
        let is_refused = refusals.iter().any(|refusal| !refusal.is_open())
            || verified.statement().unmet().is_some();
        for refusal in &refusals {
            self.refuse(index, refusal);
        }
        let statement = verified.statement();
        let subject = &statement.envelope.subject;
        if let Some(context) = statement.context() {
            self.published.insert(context.on.size);
        }
        match &statement.matter {
            Matter::Document(document) => {
                for fault in history.check(subject, &document.digest, &document.record) {
                    self.report
                        .add(Code::HistoryBroken, Some(index), None, fault.to_string());
                }
                self.judge_symbols(index, subject, &document.record.identifier, history);
                history.apply(index, leaf, subject, document);
                self.judge_relations(index, subject, history.relations_of(index), history);
                self.note_size(index, document.digest, document.record.size);
            }
            // What its signer may not say takes no effect.
            Matter::Event(event) if !is_refused => {
                self.judge_event(index, subject, event, record_of, history);
            }
            Matter::Event(_) | Matter::Governance(_) | Matter::Unknown => {}
        }
        authority.apply(leaf, &statement.matter);
    }

    pub(super) fn judge_event(
        &mut self,
        index: u64,
        subject: &str,
        event: &EventRecord,
        record_of: &dyn Fn(u64) -> Option<DocumentRecord>,
        history: &mut History,
    ) {
        let target = match history.target_of(subject, event) {
            Ok(target) => target,
            Err(fault) => {
                self.report
                    .add(Code::TargetUnknown, Some(index), None, fault.to_string());
                return;
            }
        };
        let Some(record) = record_of(target) else {
            return;
        };
        let faults = history.apply_event(index, target, &record, &event.event);
        for fault in &faults {
            self.report
                .add(Code::EventConflict, Some(index), None, fault.to_string());
        }
        if faults.is_empty()
            && let Event::AssignSymbol { identifier, .. } = &event.event
        {
            self.judge_symbols(index, subject, identifier, history);
        }
        let names_relations = |change: FieldChange| change.field == MetadataField::Relations;
        if faults.is_empty() && event.event.changes().into_iter().any(names_relations) {
            self.judge_relations(index, subject, history.relations_of(target), history);
        }
    }

    /// Stored symbols are compared as they are; that today's rules would write
    /// one otherwise, or take it for another document's, is told.
    pub(super) fn judge_symbols(
        &mut self,
        index: u64,
        subject: &str,
        symbols: &[String],
        history: &History,
    ) {
        for symbol in symbols {
            let key = SymbolKey::of_canonical(symbol);
            // That the very symbol is another's is a failure of its own.
            let owner = history
                .by_symbol(&key)
                .filter(|it| it.subject != subject && !it.symbols.contains(symbol));
            let canonical = Symbol::parse(symbol).map(|parsed| parsed.value.canonical().to_owned());
            let message = match (owner, canonical) {
                (Some(owner), _) => {
                    format!(
                        "the symbol {symbol} can't be told from one of {}",
                        owner.subject
                    )
                }
                (None, Ok(canonical)) if canonical != *symbol => {
                    format!("the symbol {symbol} would be written {canonical}")
                }
                (None, Ok(_)) => continue,
                (None, Err(error)) => {
                    format!("the symbol {symbol:?} is none by today's rules: {error}")
                }
            };
            self.report
                .add(Code::SymbolDoubtful, Some(index), None, message);
        }
    }

    pub(super) fn judge_relations(
        &mut self,
        index: u64,
        subject: &str,
        relations: &[Relation],
        history: &History,
    ) {
        for doubt in relation_doubts(relations, subject, history.symbols_of(subject)) {
            self.report
                .add(Code::RelationDoubtful, Some(index), None, doubt.to_string());
        }
    }

    pub(super) fn refuse(&mut self, index: u64, refusal: &Refusal) {
        let code = match refusal {
            refusal if refusal.is_open() => Code::NotEvaluated,
            Refusal::OtherLedger(_)
            | Refusal::OnAhead { .. }
            | Refusal::OnRoot { .. }
            | Refusal::OtherAuthority { .. } => Code::ContextMismatch,
            _ => Code::AuthorityRefused,
        };
        self.report
            .add(code, Some(index), None, refusal.to_string());
    }

    pub(super) fn note_size(&mut self, index: u64, digest: ContentDigest, size: u64) {
        let (known, first) = *self.sizes.entry(digest).or_insert((size, index));
        if known != size {
            let message =
                format!("it says {size} bytes of a file that entry {first} says has {known}");
            self.report
                .add(Code::HistoryBroken, Some(index), None, message);
        }
    }
}
