//! From what an officer wants to say about a registered file to the event that
//! would be signed.

use crate::authority::Refusal;
use crate::digest::LeafHash;
use crate::revision::EventFault;
use crate::statement::{
    Content, DocumentRecord, Draft, Event, EventRecord, FieldChange, Matter, MetadataField,
    NotAmendable,
};
use crate::symbol::{JointSymbol, Symbol, SymbolKey};

use super::Register;
use super::proposal::{ProposalError, check_relations, check_text, context, list};
use super::request::Edits;

/// What an officer wants to say.
#[derive(Debug, Clone)]
pub enum Wanted {
    /// Other values in the record; what is absent stays.
    Amend(Box<Edits>),
    /// Another symbol, or the first.
    AssignSymbol(JointSymbol),
    /// Another distribution, or none.
    Distribution(Option<String>),
    /// The document withdrawn.
    Withdraw,
    /// The entry, which may be an event, vouched for.
    Endorse,
}

/// An event to be recorded.
#[derive(Debug, Clone)]
pub struct EventRequest {
    /// The document entry it is about; an endorsement may be about an event.
    pub target: u64,
    /// Why, in words.
    pub reason: String,
    /// What it says.
    pub wanted: Wanted,
}

/// Why an event is not recorded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EventRefusal {
    /// The entry is no document.
    #[error("entry {0} is no document")]
    NotADocument(u64),
    /// Every event says why.
    #[error("the reason is blank")]
    NoReason,
    /// Everything stands as wanted.
    #[error("nothing would change")]
    Unchanged,
    /// Suffixes make other documents, not other symbols of one.
    #[error("{symbol} is of the family of {borne}, which the document bears already")]
    SameFamily {
        /// The new symbol.
        symbol: String,
        /// The one the document bears.
        borne: String,
    },
    /// A field that no amendment changes.
    #[error(transparent)]
    NotAmendable(#[from] NotAmendable),
    /// A value that no record may have.
    #[error(transparent)]
    Record(#[from] ProposalError),
    /// The history says no.
    #[error("{}", list(.0))]
    History(Vec<EventFault>),
    /// The ledger's policy says no.
    #[error("{}", list(.0))]
    Policy(Vec<Refusal>),
}

/// An event that would be signed as things stand.
#[derive(Debug, Clone, PartialEq)]
pub struct EventProposal {
    /// `sub`.
    pub subject: String,
    /// The entry it is about.
    pub target: u64,
    /// What is said.
    pub record: EventRecord,
}

impl EventProposal {
    /// Whether another proposal would say the same of the same entry, wherever
    /// in the log.
    #[must_use]
    pub fn says_the_same(&self, other: &Self) -> bool {
        let mut here = self.clone();
        here.record.context = other.record.context;
        here == *other
    }

    /// The statement to be signed.
    #[must_use]
    pub fn draft(&self, register: &Register, now: u64) -> Draft {
        Draft {
            issuer: register.authority.issuer().to_owned(),
            subject: self.subject.clone(),
            issued_at: now,
            content: Content::Event(self.record.clone()),
        }
    }
}

/// Works out the event for a request, asking history and policy.
///
/// # Errors
/// If the register as it stands refuses it, or nothing would change.
pub fn propose_event(
    register: &Register,
    request: &EventRequest,
) -> Result<EventProposal, EventRefusal> {
    if let Wanted::Endorse = request.wanted {
        return propose_endorsement(register, request);
    }
    let not_a_document = || EventRefusal::NotADocument(request.target);
    let (entry, _) = register
        .document(request.target)
        .ok_or_else(not_a_document)?;
    let stands = register
        .effective(request.target)
        .ok_or_else(not_a_document)?;
    if request.reason.trim().is_empty() {
        return Err(EventRefusal::NoReason);
    }
    let subject = entry.statement.envelope.subject.clone();
    let event = match &request.wanted {
        Wanted::Amend(edits) => amendment(register, &subject, &stands.record, edits)?,
        Wanted::AssignSymbol(symbol) => assignment(register, &subject, symbol)?,
        Wanted::Distribution(new) if *new == stands.record.distribution => {
            return Err(EventRefusal::Unchanged);
        }
        Wanted::Distribution(new) => Event::Distribution {
            old: stands.record.distribution,
            new: new.clone(),
        },
        Wanted::Withdraw => Event::Withdraw,
        Wanted::Endorse => Event::Endorse,
    };
    checked(register, request, subject, event, entry.leaf)
}

fn propose_endorsement(
    register: &Register,
    request: &EventRequest,
) -> Result<EventProposal, EventRefusal> {
    let entry = register.entry(request.target);
    let entry = entry.filter(|entry| {
        matches!(
            entry.statement.matter,
            Matter::Document(_) | Matter::Event(_)
        )
    });
    let entry = entry.ok_or(EventRefusal::NotADocument(request.target))?;
    if request.reason.trim().is_empty() {
        return Err(EventRefusal::NoReason);
    }
    let subject = entry.statement.envelope.subject.clone();
    checked(register, request, subject, Event::Endorse, entry.leaf)
}

/// The proposal, once history and policy were asked.
fn checked(
    register: &Register,
    request: &EventRequest,
    subject: String,
    event: Event,
    target: LeafHash,
) -> Result<EventProposal, EventRefusal> {
    let record = EventRecord::new(context(register), event, target, request.reason.clone());
    check_text(&record.to_value())?;
    let faults = register.check_event(&subject, &record, None);
    if !faults.is_empty() {
        return Err(EventRefusal::History(faults));
    }
    let refusals = register.authority.check_event_policy(&record.event);
    if !refusals.is_empty() {
        return Err(EventRefusal::Policy(refusals));
    }
    Ok(EventProposal {
        subject,
        target: request.target,
        record,
    })
}

fn amendment(
    register: &Register,
    subject: &str,
    stands: &DocumentRecord,
    edits: &Edits,
) -> Result<Event, EventRefusal> {
    if edits.distribution.is_some() {
        return Err(NotAmendable::Distribution.into());
    }
    for field in &edits.clear {
        MetadataField::amendable(field)?;
    }
    let mut wanted = stands.clone();
    edits
        .apply(&Edits::default(), false, &mut wanted)
        .map_err(ProposalError::NoSuchField)?;
    let change = |(field, _): (MetadataField, _)| {
        let (old, new) = (field.value(stands), field.value(&wanted));
        (old != new).then_some(FieldChange { field, old, new })
    };
    let changes: Vec<_> = MetadataField::ALL.into_iter().filter_map(change).collect();
    if changes.is_empty() {
        return Err(EventRefusal::Unchanged);
    }
    if wanted.relations != stands.relations {
        check_relations(&wanted, register, subject).map_err(ProposalError::from)?;
    }
    Ok(Event::Amend(changes))
}

fn assignment(
    register: &Register,
    subject: &str,
    symbol: &JointSymbol,
) -> Result<Event, EventRefusal> {
    let family = |symbol: &Symbol| SymbolKey::of_canonical(symbol.base());
    for borne in register.history().symbols_of(subject) {
        let Ok(parsed) = Symbol::parse(borne) else {
            continue;
        };
        let mut halves = symbol.halves().iter();
        let is_relative = |half: &&Symbol| {
            family(half) == family(&parsed.value) && half.key() != parsed.value.key()
        };
        if let Some(relative) = halves.find(is_relative) {
            return Err(EventRefusal::SameFamily {
                symbol: relative.canonical().to_owned(),
                borne: borne.clone(),
            });
        }
    }
    let halves = symbol.halves().iter();
    let identifier: Vec<_> = halves.map(|half| half.canonical().to_owned()).collect();
    let printed = symbol.printed();
    Ok(Event::AssignSymbol {
        printed: (printed != symbol.canonical()).then(|| printed.to_owned()),
        identifier,
    })
}
