//! What the log comes to: history, as far as authority lets it count.
//!
//! An entry is *suspended* while a declaration of compromise makes it void, or
//! while the policy has it wait for a second officer. It stays in its chain, but
//! is not current; an event has no effect. An endorsement by another officer
//! lifts that, and an event takes effect there.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};

use crate::authority::{Authority, Refusal};
use crate::digest::{LeafHash, Thumbprint};
use crate::revision::{EventFault, History};
use crate::statement::{DocumentRecord, Event, EventRecord, KeyId, Matter, Statement};

/// The statements of a log, by their indices.
pub trait Statements {
    /// A statement that is well signed as far as is known, with its leaf hash;
    /// `None` if it is to be left out.
    fn statement(&self, index: u64) -> Option<(LeafHash, Cow<'_, Statement>)>;
}

/// Why an entry does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Suspension {
    /// A declaration of compromise accounts for it.
    Void(Refusal),
    /// The policy has it wait for a second officer.
    Awaiting,
}

/// A second officer's word for an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Endorsement {
    /// The entry that says so.
    pub by: u64,
    /// The officer's key.
    pub signer: Thumbprint,
}

/// An event of which endorsements may speak.
#[derive(Debug, Clone, Copy)]
struct Noted {
    index: u64,
    /// The document entry it is about.
    target: u64,
    is_endorsement: bool,
}

/// What stands after some entries.
#[derive(Debug, Clone, Default)]
pub struct Replay {
    history: History,
    events: HashMap<LeafHash, Noted>,
    endorsements: BTreeMap<u64, Vec<Endorsement>>,
    suspended: BTreeMap<u64, Suspension>,
    /// Events that authority refused when they came.
    refused: HashSet<u64>,
    /// Endorsements known from an earlier pass.
    foreseen: BTreeMap<u64, Vec<Endorsement>>,
}

impl Replay {
    /// All documents and events.
    #[must_use]
    pub fn history(&self) -> &History {
        &self.history
    }

    /// Entries that don't count now, and why.
    #[must_use]
    pub fn suspended(&self) -> &BTreeMap<u64, Suspension> {
        &self.suspended
    }

    /// Who endorsed an entry, in log order.
    #[must_use]
    pub fn endorsements(&self, entry: u64) -> &[Endorsement] {
        self.endorsements.get(&entry).map_or(&[], Vec::as_slice)
    }

    /// Takes the next statement in. An event that is not `allowed` by authority
    /// has no effect. Returns what history says against an event.
    pub fn take(
        &mut self,
        authority: &Authority,
        (index, leaf): (u64, LeafHash),
        statement: &Statement,
        allowed: bool,
        log: &dyn Statements,
    ) -> Vec<EventFault> {
        let subject = &statement.envelope.subject;
        match &statement.matter {
            Matter::Document(document) => {
                self.history.apply(index, leaf, subject, document);
                if let Some(why) = self.suspension(authority, index, statement) {
                    self.history.set_counts(index, false);
                    self.suspended.insert(index, why);
                }
                Vec::new()
            }
            Matter::Event(event) if allowed => {
                self.take_event(authority, (index, leaf), statement, event, log)
            }
            Matter::Event(_) => {
                self.refused.insert(index);
                Vec::new()
            }
            Matter::Governance(_) | Matter::Unknown => Vec::new(),
        }
    }

    /// Nothing taken in yet, but with the endorsements in view that are known
    /// here.
    #[must_use]
    pub fn anew(&self) -> Self {
        Self {
            foreseen: self.endorsements.clone(),
            ..Self::default()
        }
    }

    /// Takes statements in again, by what authority says of them now.
    #[must_use]
    pub fn again(
        &self,
        authority: &Authority,
        indices: impl IntoIterator<Item = u64>,
        log: &dyn Statements,
    ) -> Self {
        let mut new = self.anew();
        for index in indices {
            if let Some((leaf, statement)) = log.statement(index) {
                let allowed = !self.refused.contains(&index);
                new.take(authority, (index, leaf), &statement, allowed, log);
            }
        }
        new
    }

    /// Everything that history says against an event by a signer that would come
    /// next.
    #[must_use]
    pub fn check_event(
        &self,
        subject: &str,
        event: &EventRecord,
        signer: Option<Thumbprint>,
        log: &dyn Statements,
    ) -> Vec<EventFault> {
        let about = match self.about(subject, event) {
            Ok(about) => about,
            Err(fault) => return vec![fault],
        };
        if let Event::Endorse = event.event {
            return self.check_endorsement(about, signer, log);
        }
        let record = record_of(log, about.target);
        record.map_or_else(Vec::new, |record| {
            self.history
                .check_event(about.target, &record, &event.event)
        })
    }

    fn take_event(
        &mut self,
        authority: &Authority,
        (index, leaf): (u64, LeafHash),
        statement: &Statement,
        event: &EventRecord,
        log: &dyn Statements,
    ) -> Vec<EventFault> {
        let subject = &statement.envelope.subject;
        let signer = signer_of(statement);
        let faults = self.check_event(subject, event, signer, log);
        let is_endorsement = matches!(event.event, Event::Endorse);
        let Ok(about) = self.about(subject, event) else {
            return faults;
        };
        let noted = Noted {
            index,
            target: about.target,
            is_endorsement,
        };
        self.events.entry(leaf).or_insert(noted);
        let suspension = self.suspension(authority, index, statement);
        if !faults.is_empty() || suspension.is_some() {
            self.history.note_event(index, about.target);
            if let Some(why) = suspension {
                self.suspended.insert(index, why);
            }
            return faults;
        }
        if let Some(record) = record_of(log, about.target) {
            self.history
                .apply_event(index, about.target, &record, &event.event);
        }
        if is_endorsement && let Some(signer) = signer {
            self.endorse(about, Endorsement { by: index, signer }, log);
        }
        faults
    }

    fn endorse(&mut self, about: Noted, endorsement: Endorsement, log: &dyn Statements) {
        let known = self.endorsements.entry(about.index).or_default();
        known.push(endorsement);
        if self.suspended.remove(&about.index).is_none() {
            return;
        }
        if about.index == about.target {
            self.history.set_counts(about.index, true);
            return;
        }
        let record = record_of(log, about.target);
        let statement = log.statement(about.index);
        let Some((record, (_, statement))) = record.zip(statement) else {
            return;
        };
        if let Matter::Event(event) = &statement.matter {
            self.history
                .apply_event(about.index, about.target, &record, &event.event);
        }
    }

    fn check_endorsement(
        &self,
        about: Noted,
        signer: Option<Thumbprint>,
        log: &dyn Statements,
    ) -> Vec<EventFault> {
        if about.is_endorsement {
            return vec![EventFault::Endorsement];
        }
        let Some((_, statement)) = log.statement(about.index) else {
            return Vec::new();
        };
        let mut faults = Vec::new();
        if signer.is_some() && signer == signer_of(&statement) {
            faults.push(EventFault::OwnEntry);
        }
        let known = self.endorsements(about.index).iter();
        let mut same = known.filter(|known| Some(known.signer) == signer);
        faults.extend(same.next().map(|it| EventFault::EndorsedAlready(it.by)));
        // An event takes effect with the endorsement, so it must fit there.
        if self.suspended.contains_key(&about.index)
            && let Matter::Event(event) = &statement.matter
            && let Some(record) = record_of(log, about.target)
        {
            let unfit = self
                .history
                .check_event(about.target, &record, &event.event);
            faults.extend(unfit);
        }
        faults
    }

    /// The entry that an event is about; of an endorsement it may be an event.
    fn about(&self, subject: &str, event: &EventRecord) -> Result<Noted, EventFault> {
        let is_endorsement = matches!(event.event, Event::Endorse);
        let of_subject = |noted: &&Noted| {
            let document = self.history.by_entry(noted.target);
            document.is_some_and(|document| document.subject == subject)
        };
        if let Some(noted) = self.events.get(&event.target).filter(of_subject)
            && is_endorsement
        {
            return Ok(*noted);
        }
        let target = self.history.target_of(subject, event)?;
        Ok(Noted {
            index: target,
            target,
            is_endorsement: false,
        })
    }

    /// Why an entry does not count, as it comes.
    fn suspension(
        &self,
        authority: &Authority,
        index: u64,
        statement: &Statement,
    ) -> Option<Suspension> {
        match suspension_at(authority, index, statement)? {
            Suspension::Void(why) if self.was_endorsed(authority, index, &why) => {
                waits(authority, index, statement).then_some(Suspension::Awaiting)
            }
            suspension => Some(suspension),
        }
    }

    /// Whether another officer had vouched for an entry before the declaration
    /// that would make it void.
    fn was_endorsed(&self, authority: &Authority, index: u64, void: &Refusal) -> bool {
        let (Refusal::Compromised { by: declared, .. } | Refusal::GrantVoid { by: declared }) =
            void
        else {
            return false;
        };
        let endorsements = self.foreseen.get(&index).into_iter().flatten();
        let mut before = endorsements.filter(|it| it.by < *declared);
        before.any(|it| {
            let officer = authority.key(&it.signer);
            officer.is_some_and(|officer| officer.check_void(it.by).is_ok())
        })
    }
}

/// Why an entry does not count unless another officer endorses it.
#[must_use]
pub fn suspension_at(
    authority: &Authority,
    index: u64,
    statement: &Statement,
) -> Option<Suspension> {
    if !authority.may_suspend() {
        return None;
    }
    let void = authority.void(statement, index).map(Suspension::Void);
    let awaiting = || waits(authority, index, statement).then_some(Suspension::Awaiting);
    void.or_else(awaiting)
}

/// Whether the policy has an entry wait for a second officer.
fn waits(authority: &Authority, index: u64, statement: &Statement) -> bool {
    let is_concerned = match &statement.matter {
        Matter::Document(_) => true,
        Matter::Event(event) => event.event != Event::Endorse,
        Matter::Governance(_) | Matter::Unknown => false,
    };
    is_concerned && authority.policy_at(index).four_eyes
}

fn signer_of(statement: &Statement) -> Option<Thumbprint> {
    match &statement.envelope.key_id {
        KeyId::Thumbprint(id) => Some(*id),
        KeyId::Other(_) => None,
    }
}

fn record_of(log: &dyn Statements, index: u64) -> Option<DocumentRecord> {
    let (_, statement) = log.statement(index)?;
    match statement.into_owned().matter {
        Matter::Document(document) => Some(document.record),
        _ => None,
    }
}
