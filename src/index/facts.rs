//! What is compared of a document statement. The index stores these facts, and
//! a filter is asked of them, so that what was stored and what is read again
//! can't be understood in two ways.

use time::Date;

use super::words::Folded;
use crate::registry::Entry;
use crate::statement::{Change, Document, DocumentRecord, KeyId, PartialDate, RelationKind};
use crate::symbol::{JointSymbol, Symbol, SymbolKey};

/// One of the dates that a record keeps apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateField {
    /// Masthead date.
    Issued,
    /// Date of the letter.
    Created,
    /// Date of adoption.
    Adopted,
    /// Date the office received it.
    Received,
    /// Date of the reissue.
    Reissued,
}

impl DateField {
    /// All, with the names that records use.
    pub const ALL: [(Self, &'static str); 5] = [
        (Self::Issued, "issued"),
        (Self::Created, "created"),
        (Self::Adopted, "dateAccepted"),
        (Self::Received, "received"),
        (Self::Reissued, "reissued"),
    ];

    /// The name that records use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        let mut all = Self::ALL.iter();
        all.find(|(field, _)| *field == self)
            .map_or("", |(_, name)| name)
    }

    /// That date of a record.
    #[must_use]
    pub fn of(self, record: &DocumentRecord) -> Option<PartialDate> {
        match self {
            Self::Issued => record.issued,
            Self::Created => record.created,
            Self::Adopted => record.adopted,
            Self::Received => record.received,
            Self::Reissued => record.reissued,
        }
    }
}

/// The first and the last day that a date can mean.
pub type Span = (Date, Date);

/// The facts of one document statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// Each symbol, with the one that its family is called after.
    pub symbols: Vec<SymbolFacts>,
    /// Each agenda item of each organ; an organ without any once.
    pub bodies: Vec<BodyFacts>,
    /// Who signed the paper: name and title.
    pub signatories: Vec<Folded>,
    /// Documents it relates to.
    pub relations: Vec<(RelationKind, SymbolKey)>,
    /// Its distribution.
    pub distribution: Option<Folded>,
    /// Its kind.
    pub document_type: Option<Folded>,
    /// Whether it is the same version in another format.
    pub is_rendition: bool,
    /// Language tag.
    pub language: String,
    /// Thumbprint of the key that signed the entry, in hexadecimal.
    pub officer: Option<String>,
    /// The date it goes by.
    pub date: Option<Span>,
    /// Every date it has.
    pub dates: Vec<(DateField, Span)>,
    /// When it was registered, in seconds since 1970-01-01T00:00:00Z (a claim).
    pub registered: u64,
}

/// A symbol and its family.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SymbolFacts {
    /// The symbol's key.
    pub key: SymbolKey,
    /// The key of the symbol without its suffixes.
    pub family: SymbolKey,
}

/// An agenda item of an organ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BodyFacts {
    /// The organ's name.
    pub name: Folded,
    /// Its session or year.
    pub session: Option<Folded>,
    /// The item.
    pub agenda: Option<Folded>,
}

impl Facts {
    /// Gathers them.
    #[must_use]
    pub fn of(entry: &Entry, document: &Document) -> Self {
        let record = &document.record;
        let envelope = &entry.statement.envelope;
        let folded = |text: &Option<String>| text.as_deref().map(Folded::of);
        let relations = record.relations.iter();
        Self {
            symbols: record
                .identifier
                .iter()
                .map(|name| SymbolFacts::of(name))
                .collect(),
            bodies: bodies(record),
            signatories: record
                .signatories
                .iter()
                .map(|signatory| {
                    let title = signatory.title.as_deref().unwrap_or_default();
                    Folded::of(&format!("{}, {title}", signatory.name))
                })
                .collect(),
            relations: relations
                .flat_map(|relation| {
                    let keys = target_keys(&relation.target).into_iter();
                    keys.map(|key| (relation.kind, key))
                })
                .collect(),
            distribution: folded(&record.distribution),
            document_type: folded(&record.document_type),
            is_rendition: record.change == Change::Rendition,
            language: record.language.to_string(),
            officer: match &envelope.key_id {
                KeyId::Thumbprint(id) => Some(id.to_string()),
                KeyId::Other(_) => None,
            },
            date: date(record),
            dates: DateField::ALL
                .iter()
                .filter_map(|(field, _)| Some((*field, span(field.of(record)?))))
                .collect(),
            registered: envelope.issued_at,
        }
    }
}

/// The keys of a relation's target: each half of a joint symbol.
fn target_keys(target: &str) -> Vec<SymbolKey> {
    match JointSymbol::parse(target) {
        Ok(joint) => joint
            .value
            .halves()
            .iter()
            .map(|it| it.key().clone())
            .collect(),
        Err(_) => vec![SymbolKey::of_canonical(target)],
    }
}

impl SymbolFacts {
    fn of(canonical: &str) -> Self {
        let family = Symbol::parse(canonical).map(|parsed| parsed.value.base().to_owned());
        Self {
            key: SymbolKey::of_canonical(canonical),
            // What older rules let in and newer ones don't read is its own family.
            family: SymbolKey::of_canonical(family.as_deref().unwrap_or(canonical)),
        }
    }
}

fn bodies(record: &DocumentRecord) -> Vec<BodyFacts> {
    let mut facts = Vec::new();
    for body in &record.bodies {
        let fact = |agenda: Option<&String>| BodyFacts {
            name: Folded::of(&body.name),
            session: body.session.as_deref().map(Folded::of),
            agenda: agenda.map(|item| Folded::of(item)),
        };
        if body.agenda.is_empty() {
            facts.push(fact(None));
        }
        facts.extend(body.agenda.iter().map(|item| fact(Some(item))));
    }
    facts
}

/// The date a document goes by: of a reissue, that of the reissue; else the
/// masthead's, else those of adoption, letter and receipt, whichever there is.
fn date(record: &DocumentRecord) -> Option<Span> {
    let reissued = (record.change == Change::Reissue)
        .then_some(record.reissued)
        .flatten();
    reissued
        .or(record.issued)
        .or(record.adopted)
        .or(record.created)
        .or(record.received)
        .map(span)
}

fn span(date: PartialDate) -> Span {
    (date.earliest(), date.latest())
}
