//! From what an officer says about a file to the record that would be signed.

use crate::authority::Refusal;
use crate::encoding::cbor::{self, Value};
use crate::merkle::leaf_hash;
use crate::revision::{
    Chain, ChainFault, DocumentHistory, RelationDoubt, VersionEntry, relation_doubts,
};
use crate::statement::{
    Change, Content, Context, Document, DocumentRecord, Draft, DraftError, Language, TreeHead,
};
use crate::symbol::JointSymbol;

use super::Register;
use super::readings::is_unprintable;
use super::request::{FIELDS, Request};
use super::suggest;
use super::target::TargetError;

/// Why a file is not registered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProposalError {
    /// Identical bytes are current in the same document and language.
    #[error(
        "these bytes are registered already, as {subject} version {version} in {language} (entry #{entry})"
    )]
    SameBytes {
        /// Which document.
        subject: String,
        /// Which version.
        version: u64,
        /// In which language.
        language: Language,
        /// Which entry.
        entry: u64,
    },
    /// Identical bytes stand elsewhere.
    #[error(
        "the same bytes are registered elsewhere, as {subject} version {version} (entry #{entry})"
    )]
    SameBytesElsewhere {
        /// Which document.
        subject: String,
        /// Which version.
        version: u64,
        /// Which entry.
        entry: u64,
    },
    /// Identical bytes were an earlier version of the same document.
    #[error("these bytes were version {version} of {subject} already (entry #{entry})")]
    SameBytesBefore {
        /// Which document.
        subject: String,
        /// Which version.
        version: u64,
        /// Which entry.
        entry: u64,
    },
    /// Other bytes under a symbol and language that has some: the officer must say why.
    #[error("{subject} has version {version} in {language} already, with other bytes")]
    ChangeNeeded {
        /// Which document.
        subject: String,
        /// Its newest version.
        version: u64,
        /// In which language.
        language: Language,
    },
    /// A change of something that has no version yet.
    #[error("{what} has no version in {language} yet, so this can't be a {}", change.as_str())]
    NothingBefore {
        /// Which document.
        what: String,
        /// What the officer said.
        change: Change,
        /// In which language.
        language: Language,
    },
    /// The document has several languages and none was said.
    #[error("{subject} has versions in {languages}: the language must be said")]
    LanguageNeeded {
        /// Which document.
        subject: String,
        /// What there is.
        languages: String,
    },
    /// `renders` without being a rendition, or of a version that isn't there.
    #[error("there is no version {0} to render")]
    NothingToRender(u64),
    /// The halves of the symbol are two documents.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// The symbol and the document named are not the same.
    #[error("the symbol belongs to {0}, the document named is {1}")]
    OtherDocument(String, String),
    /// A name that can't be cleared.
    #[error("{0:?} is no field that can be cleared; those are {all}", all = FIELDS.join(", "))]
    NoSuchField(String),
    /// A control character where none belongs.
    #[error("{field} holds the unprintable character U+{:04X} as character {place}", *character as u32)]
    Control {
        /// Which field.
        field: String,
        /// Which character.
        character: char,
        /// Which one of the text, counted from 1.
        place: usize,
    },
    /// A relation that leads nowhere.
    #[error("relation: {0}")]
    Relation(#[from] RelationDoubt),
    /// The history says no.
    #[error("{}", list(.0))]
    History(Vec<ChainFault>),
    /// The statement can't be written.
    #[error(transparent)]
    Draft(#[from] DraftError),
    /// The rules of authority say no.
    #[error("{}", list(.0))]
    Refused(Vec<Refusal>),
}

pub(super) fn list(items: &[impl std::fmt::Display]) -> String {
    items
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("; ")
}

/// A record that would be signed as things stand.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// `sub`.
    pub subject: String,
    /// File and record.
    pub document: Document,
    /// The entry before it in its chain, if any.
    pub before: Option<u64>,
    /// The register number the document has, if it has one.
    pub number: Option<u64>,
    /// The event that withdrew the document, and with it what is registered of
    /// it later.
    pub withdrawn: Option<u64>,
}

impl Proposal {
    /// Whether another proposal would sign the same claims of the same file,
    /// wherever in the log.
    #[must_use]
    pub fn says_the_same(&self, other: &Self) -> bool {
        let claims = |proposal: &Self| {
            let mut claims = proposal.clone();
            claims.document.record.context = other.document.record.context;
            // Within a batch, leaf hashes are not known before it is signed.
            claims.document.record.previous = None;
            (claims.subject, claims.document, claims.withdrawn)
        };
        claims(self) == claims(other)
    }

    /// The statement to be signed.
    #[must_use]
    pub fn draft(&self, register: &Register, now: u64) -> Draft {
        Draft {
            issuer: register.authority.issuer().to_owned(),
            subject: self.subject.clone(),
            issued_at: now,
            content: Content::Document {
                digest: self.document.digest,
                media_type: self.document.media_type.clone(),
                record: Box::new(self.document.record.clone()),
            },
        }
    }
}

/// Works out what a batch of requests would register, one after another, each
/// with those before it in view. A refused one leaves the others as they are.
pub fn plan<'a>(
    register: &mut Register,
    requests: impl IntoIterator<Item = &'a Request>,
) -> Vec<Result<Proposal, ProposalError>> {
    let planned = requests.into_iter().map(|request| {
        let proposal = propose(register, request)?;
        let (entry, statement) = proposal.draft(register, 0).preview()?;
        register.take(leaf_hash(&entry), statement);
        Ok(proposal)
    });
    planned.collect()
}

/// Works out the record for a request, asking history and authority.
///
/// # Errors
/// If the register as it stands refuses the file, or needs to be told more.
pub fn propose(register: &Register, request: &Request) -> Result<Proposal, ProposalError> {
    let symbol = chosen_symbol(request);
    let document = find_document(register, request, symbol)?;
    let (language, language_read) = choose_language(document, request)?;
    let chain = document.and_then(|document| document.chain(&language));
    let newest = chain.and_then(Chain::newest);
    check_same_bytes(register, request, document, &language)?;
    let subject = match document {
        Some(document) => document.subject.clone(),
        None => new_subject(request, symbol),
    };
    let mut record =
        DocumentRecord::new(context(register), Change::First, 1, language, request.size);
    record.file_name.clone_from(&request.file_name);
    let (change, change_read) =
        choose_change(register, request, (symbol, chain), &record, &subject)?;
    record.change = change;
    let follows = match (change, request.said.renders) {
        (Change::Rendition, Some(version)) => Some(
            chain
                .and_then(|chain| chain.principal(version))
                .ok_or(ProposalError::NothingToRender(version))?,
        ),
        (_, Some(version)) => return Err(ProposalError::NothingToRender(version)),
        (_, None) => newest,
    };
    record.version = match (change, follows) {
        (Change::Rendition, Some(rendered)) => rendered.version,
        (_, Some(before)) => before.version.saturating_add(1),
        (_, None) => 1,
    };
    record.previous = follows.map(|entry| entry.leaf);
    // What is void, or waits for a second officer, has no say in what follows.
    let counts = follows.filter(|entry| entry.counts);
    let standing = counts.or_else(|| chain?.current());
    carry_over(&mut record, register, document, standing);
    apply_symbol(&mut record, symbol);
    let mut read = request.read.edits.clone();
    if let (Some(symbol), None, []) = (symbol, &read.relations, record.relations.as_slice()) {
        let corrected = &request.read.corrected_languages;
        let stated = suggest::relations(symbol, corrected, register.history());
        read.relations = (!stated.is_empty()).then_some(stated);
    }
    record.proposed = request
        .said
        .edits
        .apply(&read, change == Change::Rendition, &mut record)
        .map_err(ProposalError::NoSuchField)?;
    let symbol_read = symbol.is_some() && request.said.symbol.is_none();
    for (name, is_read) in [
        ("change", change_read),
        ("language", language_read),
        ("identifier", symbol_read),
    ] {
        if is_read {
            record.proposed.insert(0, name.to_owned());
        }
    }
    check_text(&record.to_value())?;
    check_relations(&record, register, &subject)?;
    let file = Document {
        digest: request.digest,
        media_type: request.media_type.clone(),
        record,
    };
    let faults = register
        .history()
        .check(&subject, &file.digest, &file.record);
    if !faults.is_empty() {
        return Err(ProposalError::History(faults));
    }
    let refusals: Vec<_> = register
        .authority
        .check_policy(&file)
        .into_iter()
        .filter(|refusal| !refusal.is_open())
        .collect();
    if !refusals.is_empty() {
        return Err(ProposalError::Refused(refusals));
    }
    Ok(Proposal {
        subject,
        document: file,
        before: follows.map(|entry| entry.index),
        number: document.map(|document| document.number),
        withdrawn: document
            .and_then(|document| register.history().events_of(document.number))
            .and_then(|events| events.withdrawn),
    })
}

/// The symbol said, else the one read, unless the officer says there is none.
fn chosen_symbol(request: &Request) -> Option<&JointSymbol> {
    let read = request
        .read
        .symbol
        .as_ref()
        .filter(|_| !request.said.no_symbol);
    request.said.symbol.as_ref().or(read)
}

/// What the file is to the version before, and whether that was worked out
/// rather than said.
fn choose_change(
    register: &Register,
    request: &Request,
    (symbol, chain): (Option<&JointSymbol>, Option<&Chain>),
    blank: &DocumentRecord,
    subject: &str,
) -> Result<(Change, bool), ProposalError> {
    let language = blank.language.clone();
    let subject = subject.to_owned();
    let Some((chain, newest)) = chain.and_then(|chain| Some((chain, chain.newest()?))) else {
        return match request.said.change {
            None | Some(Change::First) => Ok((Change::First, false)),
            Some(_) if request.said.change_if_needed => Ok((Change::First, false)),
            Some(change) => Err(ProposalError::NothingBefore {
                what: subject,
                change,
                language,
            }),
        };
    };
    if let Some(change) = request
        .said
        .change
        .filter(|_| !request.said.change_if_needed)
    {
        return match change {
            Change::First => Err(ProposalError::ChangeNeeded {
                subject,
                version: newest.version,
                language,
            }),
            change => Ok((change, false)),
        };
    }
    let mut new = blank.clone();
    request
        .said
        .edits
        .apply(&request.read.edits, false, &mut new)
        .map_err(ProposalError::NoSuchField)?;
    let current: Vec<_> = chain
        .entries
        .iter()
        .filter(|entry| entry.version == newest.version)
        .filter_map(|entry| register.effective(entry.index))
        .collect();
    let suggested = suggest::change(&current, &request.media_type, symbol, &new);
    match (suggested, request.said.change) {
        (Some(change), _) => Ok((change, true)),
        (None, Some(change)) => Ok((change, false)),
        (None, None) => Err(ProposalError::ChangeNeeded {
            subject,
            version: newest.version,
            language,
        }),
    }
}

/// What a statement made now says about where it was made.
pub(super) fn context(register: &Register) -> Context {
    Context {
        ledger: register.authority.ledger_id(),
        on: TreeHead {
            size: register.checkpoint.size,
            root: register.checkpoint.root,
        },
        authority: register.authority.newest_governance(),
    }
}

fn find_document<'a>(
    register: &'a Register,
    request: &Request,
    symbol: Option<&JointSymbol>,
) -> Result<Option<&'a DocumentHistory>, ProposalError> {
    let mut found: Option<&DocumentHistory> = None;
    for half in symbol.into_iter().flat_map(JointSymbol::halves) {
        let Some(owner) = register.history().by_symbol(half.key()) else {
            continue;
        };
        if let Some(first) = found.filter(|first| first.number != owner.number) {
            let symbol = half.canonical().to_owned();
            let [first, other] = [first, owner].map(|document| document.subject.clone());
            return Err(TargetError::TwoDocuments(symbol, first, other).into());
        }
        found = Some(owner);
    }
    let Some(subject) = &request.said.subject else {
        return Ok(found);
    };
    let named = register.history().by_subject(subject);
    match (found, named) {
        (Some(found), _) if found.subject != *subject => Err(ProposalError::OtherDocument(
            found.subject.clone(),
            subject.clone(),
        )),
        (_, None) => Err(TargetError::NotFound(subject.clone()).into()),
        (_, named) => Ok(named),
    }
}

fn new_subject(request: &Request, symbol: Option<&JointSymbol>) -> String {
    let symbol = symbol.map(|symbol| symbol.first().canonical().to_owned());
    symbol.unwrap_or_else(|| request.digest.ni_name())
}

/// The language said; else the one read; else, of a document that has one only,
/// that one. Also whether it was read.
fn choose_language(
    document: Option<&DocumentHistory>,
    request: &Request,
) -> Result<(Language, bool), ProposalError> {
    if let Some(language) = &request.said.language {
        return Ok((language.clone(), false));
    }
    if let Some(language) = &request.read.language {
        return Ok((language.clone(), true));
    }
    match document.map(|document| (document, document.chains.as_slice())) {
        None | Some((_, [])) => Ok((Language::undetermined(), false)),
        Some((_, [chain])) => Ok((chain.language.clone(), false)),
        Some((document, chains)) => Err(ProposalError::LanguageNeeded {
            subject: document.subject.clone(),
            languages: chains
                .iter()
                .map(|chain| chain.language.as_str())
                .collect::<Vec<_>>()
                .join(", "),
        }),
    }
}

fn check_same_bytes(
    register: &Register,
    request: &Request,
    document: Option<&DocumentHistory>,
    language: &Language,
) -> Result<(), ProposalError> {
    let chain = document.and_then(|document| document.chain(language));
    let is_current = |entry: &&VersionEntry| {
        let newest = chain
            .and_then(|chain| chain.current())
            .map(|newest| newest.version);
        entry.digest == request.digest && Some(entry.version) == newest
    };
    let current = chain.and_then(|chain| chain.entries.iter().find(is_current));
    if let (Some(document), Some(entry)) = (document, current) {
        return Err(ProposalError::SameBytes {
            subject: document.subject.clone(),
            version: entry.version,
            language: language.clone(),
            entry: entry.index,
        });
    }
    let elsewhere = register.history().by_digest(&request.digest).last();
    match elsewhere.and_then(|index| register.document(*index)) {
        Some((entry, file)) if !request.said.allow_same_bytes => {
            let subject = entry.statement.envelope.subject.clone();
            let (version, index) = (file.record.version, entry.index);
            // Without a symbol the bytes themselves are the identity.
            if chosen_symbol(request).is_none() && request.said.subject.is_none() {
                let language = file.record.language.clone();
                return Err(ProposalError::SameBytes {
                    subject,
                    version,
                    language,
                    entry: index,
                });
            }
            if document.is_some_and(|document| document.subject == subject) {
                return Err(ProposalError::SameBytesBefore {
                    subject,
                    version,
                    entry: index,
                });
            }
            Err(ProposalError::SameBytesElsewhere {
                subject,
                version,
                entry: index,
            })
        }
        _ => Ok(()),
    }
}

/// Metadata, as it stands, that stays from one version to the next; of a document that is new
/// in a language, only what all its languages share.
fn carry_over(
    record: &mut DocumentRecord,
    register: &Register,
    document: Option<&DocumentHistory>,
    follows: Option<&VersionEntry>,
) {
    let Some(document) = document else { return };
    if let Some(before) = follows.and_then(|entry| register.effective(entry.index)) {
        let before = before.record;
        record.identifier = before.identifier;
        record.identifier_printed = before.identifier_printed;
        record.original_language = before.original_language;
        record.title = before.title;
        record.document_type = before.document_type;
        record.issued = before.issued;
        record.created = before.created;
        record.adopted = before.adopted;
        record.distribution = before.distribution;
        record.job_number = before.job_number;
        record.bodies = before.bodies;
        record.signatories = before.signatories;
        record.relations = before.relations;
    } else if let Some(sibling) = register.effective(document.number) {
        record.identifier = sibling.record.identifier;
        record.original_language = sibling.record.original_language;
    }
}

/// Adds what the officer typed to the symbols carried over; the printed form
/// is kept where it differs from the canonical one.
fn apply_symbol(record: &mut DocumentRecord, symbol: Option<&JointSymbol>) {
    let Some(symbol) = symbol else { return };
    for half in symbol.halves() {
        let known = record
            .identifier
            .iter()
            .any(|known| crate::symbol::SymbolKey::of_canonical(known) == *half.key());
        if !known {
            record.identifier.push(half.canonical().to_owned());
        }
    }
    let printed = symbol.printed();
    let is_canonical = printed == record.identifier.join("-")
        || record.identifier.iter().any(|known| known == printed);
    if !is_canonical {
        record.identifier_printed = Some(printed.to_owned());
    } else if symbol.halves().len() >= record.identifier.len() {
        record.identifier_printed = None;
    }
}

pub(super) fn check_relations(
    record: &DocumentRecord,
    register: &Register,
    subject: &str,
) -> Result<(), RelationDoubt> {
    let borne = register.history().symbols_of(subject).iter();
    let symbols: Vec<_> = borne.chain(&record.identifier).cloned().collect();
    let mut doubts = relation_doubts(&record.relations, subject, &symbols).into_iter();
    doubts.next().map_or(Ok(()), Err)
}

/// Text that goes into a record holds no unprintable characters: nobody means
/// them, and they forge what a terminal shows.
pub(super) fn check_text(record: &Value) -> Result<(), ProposalError> {
    let Value::Map(fields) = record else {
        return Ok(());
    };
    fields.iter().try_for_each(|(name, value)| match name {
        Value::Text(name) => check_value(name, value),
        _ => Ok(()),
    })
}

fn check_value(field: &str, value: &cbor::Value) -> Result<(), ProposalError> {
    match value {
        Value::Text(text) => {
            match (1..)
                .zip(text.chars())
                .find(|(_, character)| is_unprintable(*character))
            {
                None => Ok(()),
                Some((place, character)) => Err(ProposalError::Control {
                    field: field.to_owned(),
                    character,
                    place,
                }),
            }
        }
        Value::Array(items) => items.iter().try_for_each(|item| check_value(field, item)),
        Value::Map(map) => map.values().try_for_each(|item| check_value(field, item)),
        _ => Ok(()),
    }
}
