//! Replays a log, or the part of one that is at hand: what each entry says, who
//! signed it, whether it may, and whether it fits.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::authority::{Authority, Refusal};
use crate::digest::{ContentDigest, LeafHash};
use crate::merkle::{Roots, leaf_hash};
use crate::replay::{Replay, Statements, Suspension};
use crate::revision::{EventFault, History, relation_doubts};
use crate::statement::{Document, Event, Matter, MetadataField, Relation, Statement, Verified};
use crate::symbol::{Symbol, SymbolKey};

use super::report::{Code, Finding, Report};

/// Entries as they are, by their indices.
pub(super) trait Entries {
    /// The bytes of an entry that is at hand.
    fn bytes(&self, index: u64) -> Option<&[u8]>;

    /// The indices of those that may be at hand, in log order.
    fn indices(&self) -> Box<dyn Iterator<Item = u64> + '_>;
}

impl Entries for BTreeMap<u64, Vec<u8>> {
    fn bytes(&self, index: u64) -> Option<&[u8]> {
        self.get(&index).map(Vec::as_slice)
    }

    fn indices(&self) -> Box<dyn Iterator<Item = u64> + '_> {
        Box::new(self.keys().copied())
    }
}

/// The entries of a log, but for those that are not well signed.
struct Log<'a> {
    entries: &'a dyn Entries,
    unsigned: &'a HashSet<u64>,
}

impl Statements for Log<'_> {
    fn statement(&self, index: u64) -> Option<(LeafHash, Cow<'_, Statement>)> {
        if self.unsigned.contains(&index) {
            return None;
        }
        let bytes = self.entries.bytes(index)?;
        let statement = Statement::parse(bytes).ok()?;
        Some((leaf_hash(bytes), Cow::Owned(statement)))
    }
}

/// What was replayed.
pub(super) struct Replayed {
    /// Who may do what at the end.
    pub(super) authority: Authority,
    /// What the entries come to.
    pub(super) replay: Replay,
    unsigned: HashSet<u64>,
}

/// Judges entries, and adds what it finds to a report.
pub(super) struct Judge<'a> {
    report: &'a mut Report,
    entries: &'a dyn Entries,
    roots: &'a dyn Roots,
    /// Sizes of heads that were published, as far as statements tell.
    pub(super) published: BTreeSet<u64>,
    /// What entries say of files: index, digest and size.
    files: Vec<(u64, ContentDigest, u64)>,
    /// Every registered file with its size and the first entry that says so; no
    /// size if only void entries name it.
    pub(super) sizes: HashMap<ContentDigest, (Option<u64>, u64)>,
}

impl<'a> Judge<'a> {
    /// Entries, and the roots that their log had.
    pub(super) fn new(
        report: &'a mut Report,
        entries: &'a dyn Entries,
        roots: &'a dyn Roots,
    ) -> Self {
        Self {
            report,
            entries,
            roots,
            published: BTreeSet::new(),
            files: Vec::new(),
            sizes: HashMap::new(),
        }
    }

    /// Judges one entry after another; nothing comes of them without entry 0.
    pub(super) fn replay(&mut self) -> Option<Replayed> {
        let entries = self.entries;
        let before = self.report.findings.len();
        let mut replayed = None;
        let mut seen = HashSet::new();
        let mut latest = 0;
        for index in entries.indices() {
            let Some(bytes) = entries.bytes(index) else {
                continue;
            };
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
                replayed = self.open(leaf, statement).map(|authority| Replayed {
                    authority,
                    replay: Replay::default(),
                    unsigned: HashSet::from([0]),
                });
            } else if let Some(replayed) = &mut replayed {
                self.judge((index, leaf), statement, replayed);
            }
        }
        match &replayed {
            Some(replayed) => {
                self.report.documents = replayed.replay.history().documents().len() as u64;
                self.settle(replayed, before);
            }
            None if entries.indices().next().is_some() => self.report.not_checked.push(
                "signatures and authority of all entries: entry 0, which names the keys, is not usable".to_owned(),
            ),
            None => {}
        }
        replayed
    }

    fn log<'b>(&self, replayed: &'b Replayed) -> Log<'b>
    where
        'a: 'b,
    {
        Log {
            entries: self.entries,
            unsigned: &replayed.unsigned,
        }
    }

    /// What is known at the end only: which entries declarations account for,
    /// and what still waits for somebody. `before` findings are older than the
    /// replay's.
    fn settle(&mut self, replayed: &Replayed, before: usize) {
        let Replayed {
            authority, replay, ..
        } = replayed;
        let mut void = BTreeMap::new();
        if authority.declarations() > 0 {
            let log = self.log(replayed);
            for index in self.entries.indices().filter(|index| *index > 0) {
                let statement = log.statement(index);
                let refusal = statement.and_then(|(_, it)| authority.void(&it, index));
                void.extend(refusal.map(|refusal| (index, refusal)));
            }
        }
        // An endorsed entry counts again, with whatever else is wrong with it.
        void.retain(|index, _| replay.endorsements(*index).is_empty());
        let is_accounted = |finding: &Finding| {
            let by_signer = matches!(
                finding.code,
                Code::AuthorityRefused
                    | Code::ContextMismatch
                    | Code::HistoryBroken
                    | Code::TargetUnknown
                    | Code::EventConflict
                    | Code::EntryTwice
                    | Code::NotEvaluated
            );
            by_signer && finding.entry.is_some_and(|it| void.contains_key(&it))
        };
        let mut of_replay = self.report.findings.split_off(before);
        of_replay.retain(|finding| !is_accounted(finding));
        self.report.findings.append(&mut of_replay);
        self.note_files(&void);
        self.tell_undone(replay, &void);
        for (index, refusal) in &void {
            self.report
                .add(Code::EntryVoid, Some(*index), None, refusal.to_string());
        }
        for (index, suspension) in replay.suspended() {
            if *suspension == Suspension::Awaiting {
                let message = "the policy asks for four eyes; `docledger key endorse` by another officer gives them";
                self.report
                    .add(Code::EndorsementMissing, Some(*index), None, message);
            }
        }
        for pending in authority.pending() {
            let message = format!(
                "{} of {} registrars have agreed to it",
                pending.by.len(),
                authority.threshold()
            );
            self.report
                .add(Code::DecisionPending, Some(pending.index), None, message);
        }
        // By their entries again; those of one entry stay as they are.
        if let Some(of_replay) = self.report.findings.get_mut(before..) {
            of_replay.sort_by_key(|finding| finding.entry);
        }
    }

    fn note_unknown(&mut self, index: u64, statement: &Statement) {
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

    fn open(&mut self, leaf: LeafHash, statement: Statement) -> Option<Authority> {
        self.report.ledger_id = Some(leaf.into());
        match Authority::open(leaf, statement) {
            Ok((authority, _)) => {
                self.report.checked.signatures += 1;
                Some(authority)
            }
            Err(error) => {
                self.report
                    .add(Code::OpeningInvalid, Some(0), None, error.to_string());
                None
            }
        }
    }

    fn judge(
        &mut self,
        (index, leaf): (u64, LeafHash),
        statement: Statement,
        replayed: &mut Replayed,
    ) {
        let key = match replayed.authority.signer_of(&statement) {
            Ok(life) => life.key,
            Err(refusal) => {
                replayed.unsigned.insert(index);
                self.refuse(index, &refusal);
                return;
            }
        };
        let verified = match statement.verify(&key) {
            Ok(verified) => verified,
            Err(error) => {
                replayed.unsigned.insert(index);
                self.report
                    .add(Code::SignatureInvalid, Some(index), None, error.to_string());
                return;
            }
        };
        self.report.checked.signatures += 1;
        let statement = verified.statement();
        let subject = &statement.envelope.subject;
        let bears = replayed.replay.history().symbols_of(subject);
        let authority = &replayed.authority;
        let refusals = authority.check(&verified, index, self.roots, bears);
        // What is void may be endorsed yet.
        let is_told = |refusal: &Refusal| !refusal.is_open() && !refusal.is_void();
        let is_refused = refusals.iter().any(is_told) || statement.unmet().is_some();
        for refusal in &refusals {
            self.refuse(index, refusal);
        }
        if let Some(context) = statement.context() {
            self.published.insert(context.on.size);
        }
        if let Matter::Document(document) = &statement.matter {
            self.judge_document(index, subject, document, replayed.replay.history());
        }
        let log = Log {
            entries: self.entries,
            unsigned: &replayed.unsigned,
        };
        let (authority, replay) = (&replayed.authority, &mut replayed.replay);
        let faults = replay.take(authority, (index, leaf), statement, !is_refused, &log);
        for fault in &faults {
            let code = match fault {
                EventFault::Target { .. } => Code::TargetUnknown,
                _ => Code::EventConflict,
            };
            self.report.add(code, Some(index), None, fault.to_string());
        }
        self.judge_effect(index, statement, is_refused || !faults.is_empty(), replayed);
        self.take_governance((index, leaf), &verified, replayed);
    }

    /// A document statement against what was before it.
    fn judge_document(
        &mut self,
        index: u64,
        subject: &str,
        document: &Document,
        history: &History,
    ) {
        for fault in history.check(subject, &document.digest, &document.record) {
            self.report
                .add(Code::HistoryBroken, Some(index), None, fault.to_string());
        }
        self.judge_symbols(index, subject, &document.record.identifier, history);
        self.files
            .push((index, document.digest, document.record.size));
    }

    /// What has to be looked at once a statement is taken in.
    fn judge_effect(
        &mut self,
        index: u64,
        statement: &Statement,
        without_effect: bool,
        replayed: &Replayed,
    ) {
        let history = replayed.replay.history();
        let subject = &statement.envelope.subject;
        let entry = match &statement.matter {
            Matter::Document(_) => Some(index),
            Matter::Event(event) if !without_effect => {
                if let Event::AssignSymbol { identifier, .. } = &event.event {
                    self.judge_symbols(index, subject, identifier, history);
                }
                let changes = event.event.changes();
                let mut fields = changes.iter().map(|change| change.field);
                let names_relations = fields.any(|field| field == MetadataField::Relations);
                let target = history.target_of(subject, event).ok();
                target.filter(|_| names_relations)
            }
            Matter::Event(_) | Matter::Governance(_) | Matter::Unknown => None,
        };
        if let Some(entry) = entry {
            self.judge_relations(index, subject, history.relations_of(entry), history);
        }
    }

    /// Lets a decision take effect for what comes after it. A declaration of
    /// compromise has everything before it looked at again.
    fn take_governance(
        &mut self,
        (index, leaf): (u64, LeafHash),
        verified: &Verified,
        replayed: &mut Replayed,
    ) {
        let context = verified.statement().context();
        let had = context.and_then(|context| self.roots.root_at(context.on.size));
        let before = replayed.authority.declarations();
        replayed.authority.apply(index, leaf, verified, had);
        if replayed.authority.declarations() > before {
            let log = self.log(replayed);
            let before = self.entries.indices().take_while(|it| *it < index);
            let again = replayed.replay.again(&replayed.authority, before, &log);
            replayed.replay = again;
        }
    }

    /// Stored symbols are compared as they are; that today's rules would write
    /// one otherwise, or take it for another document's, is told.
    fn judge_symbols(&mut self, index: u64, subject: &str, symbols: &[String], history: &History) {
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

    fn judge_relations(
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

    fn refuse(&mut self, index: u64, refusal: &Refusal) {
        // What a declaration accounts for is told once all is known.
        if refusal.is_void() {
            return;
        }
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

    /// Whose size every file should have: that of the first entry that counts for
    /// something.
    fn note_files(&mut self, void: &BTreeMap<u64, Refusal>) {
        for (index, digest, size) in std::mem::take(&mut self.files) {
            let known = self.sizes.entry(digest).or_insert((None, index));
            match *known {
                _ if void.contains_key(&index) => {}
                (None, _) => *known = (Some(size), index),
                (Some(known), _) if known == size => {}
                (Some(known), first) => {
                    let message = format!(
                        "it says {size} bytes of a file that entry {first} says has {known}"
                    );
                    self.report
                        .add(Code::HistoryBroken, Some(index), None, message);
                }
            }
        }
    }

    /// Tells events that fitted when they came, and don't now that others before
    /// them are void.
    fn tell_undone(&mut self, replay: &Replay, void: &BTreeMap<u64, Refusal>) {
        let told: HashSet<_> = self.report.findings.iter().map(|it| it.entry).collect();
        let history = replay.history();
        for document in history.documents() {
            let events = history.events_of(document.number);
            for event in events.into_iter().flat_map(|events| &events.entries) {
                let is_known = event.effective
                    || void.contains_key(&event.index)
                    || replay.suspended().contains_key(&event.index)
                    || told.contains(&Some(event.index));
                if !is_known {
                    let message = "it rests on what is void or waits for a second officer";
                    self.report
                        .add(Code::EventUndone, Some(event.index), None, message);
                }
            }
        }
    }
}
