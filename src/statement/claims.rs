//! The record of a document statement: what the office says of one file.
//!
//! Field names are Dublin Core terms where there is one (see `FORMAT.md` for
//! the CDDL). Blank means absent: no field is ever written empty.

use crate::digest::{LeafHash, LedgerId, TreeHash};
use crate::encoding::cbor::{self, Map, Value};
use crate::encoding::fields::{FieldError, FieldProblem, Fields};

use super::{FORMAT_VERSION, Language, MetadataField, PartialDate};

/// A tree's size and root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TreeHead {
    /// Number of entries.
    pub size: u64,
    /// RFC 6962 root.
    pub root: TreeHash,
}

/// What ties a record to its ledger and place; in every record but entry 0's.
///
/// ```cddl
/// ledger: bstr .size 32, on: [size: uint, root: bstr .size 32], authority: bstr .size 32
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Context {
    /// The ledger the statement was made for.
    pub ledger: LedgerId,
    /// The published tree it was signed on.
    pub on: TreeHead,
    /// Leaf hash of the newest governance entry at that point.
    pub authority: LeafHash,
}

impl Context {
    /// The size of the tree that the entry at an index says it was signed on, if
    /// its log had such a tree before it.
    #[must_use]
    pub fn signed_on(&self, index: u64) -> Option<u64> {
        (1..=index).contains(&self.on.size).then_some(self.on.size)
    }

    pub(super) fn read(fields: &mut Fields) -> Result<Self, FieldError> {
        let ledger = fields.digest("ledger")?;
        let authority = fields.digest("authority")?;
        Ok(Self {
            ledger: LedgerId::from_bytes(fields.required("ledger", ledger)?),
            on: TreeHead::read(fields)?,
            authority: LeafHash::from_bytes(fields.required("authority", authority)?),
        })
    }

    pub(super) fn write(&self, map: &mut Map) {
        let on = vec![
            cbor::int(self.on.size),
            cbor::bytes(*self.on.root.as_bytes()),
        ];
        put(map, "ledger", cbor::bytes(*self.ledger.as_bytes()));
        put(map, "on", Value::Array(on));
        put(map, "authority", cbor::bytes(*self.authority.as_bytes()));
    }
}

impl TreeHead {
    fn read(fields: &mut Fields) -> Result<Self, FieldError> {
        let value = fields.value("on");
        let Value::Array(parts) = fields.required("on", value)? else {
            return Err(fields.error("on", FieldProblem::NotArray));
        };
        let wrong = || FieldProblem::Invalid("is not [size, root]".to_owned());
        let [Value::Integer(size), Value::Bytes(root)] = parts.as_slice() else {
            return Err(fields.error("on", wrong()));
        };
        let (Ok(size), Ok(root)) = (u64::try_from(*size), root.as_slice().try_into()) else {
            return Err(fields.error("on", wrong()));
        };
        Ok(Self {
            size,
            root: TreeHash::from_bytes(root),
        })
    }
}

/// How a file relates to the version before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Change {
    /// The first file of a document in a language.
    First,
    /// A new text that replaces the one before.
    Revision,
    /// Issued again for technical reasons under the same symbol and date.
    Reissue,
    /// The same version in another format, or scanned again.
    Rendition,
}

impl Change {
    /// All, with the words records use.
    pub const ALL: [(Self, &'static str); 4] = [
        (Self::First, "first"),
        (Self::Revision, "revision"),
        (Self::Reissue, "reissue"),
        (Self::Rendition, "rendition"),
    ];

    /// The word records use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        word_of(&Self::ALL, self)
    }
}

/// How a document relates to another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RelationKind {
    /// Replaces a text issued before (`/Rev.n`).
    Revises,
    /// Holds instructions that correct another text (`/Corr.n`).
    Corrects,
    /// Adds to another text (`/Add.n`).
    Supplements,
    /// Changes part of an adopted text (`/Amend.n`).
    Amends,
    /// The same text in another language.
    Translates,
    /// Adopts a draft.
    Adopts,
    /// Replies to another document.
    Answers,
}

impl RelationKind {
    /// All, with the words records use.
    pub const ALL: [(Self, &'static str); 7] = [
        (Self::Revises, "revises"),
        (Self::Corrects, "corrects"),
        (Self::Supplements, "supplements"),
        (Self::Amends, "amends"),
        (Self::Translates, "translates"),
        (Self::Adopts, "adopts"),
        (Self::Answers, "answers"),
    ];

    /// The word records use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        word_of(&Self::ALL, self)
    }
}

/// A reference to another document, which need not be registered yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relation {
    /// What kind.
    pub kind: RelationKind,
    /// Canonical symbol or `ni:` name of the other document.
    pub target: String,
    /// The language versions concerned; empty for all.
    pub languages: Vec<Language>,
}

/// An organ to which a document is submitted, with its own session and agenda.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// Its name.
    pub name: String,
    /// Session or year as printed.
    pub session: Option<String>,
    /// Agenda items as printed.
    pub agenda: Vec<String>,
}

/// Who signed the paper. This is text that was printed, not proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signatory {
    /// Name as printed.
    pub name: String,
    /// Title lines as printed, joined with a comma.
    pub title: Option<String>,
}

/// Where the file came from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Source {
    /// From whom.
    pub from: Option<String>,
    /// By what means.
    pub means: Option<String>,
}

/// The record of a document statement, claim -65537.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentRecord {
    /// Ledger and place.
    pub context: Context,
    /// Relation to the version before.
    pub change: Change,
    /// 1, 2, 3 … within document and language.
    pub version: u64,
    /// Leaf hash of the principal entry of the version this follows or renders.
    pub previous: Option<LeafHash>,
    /// Canonical symbols; several for a joint document.
    pub identifier: Vec<String>,
    /// The symbol as printed, where that differs.
    pub identifier_printed: Option<String>,
    /// Language of this file.
    pub language: Language,
    /// Languages it was drafted or submitted in.
    pub original_language: Vec<Language>,
    /// Title as printed, lines joined.
    pub title: Option<String>,
    /// Kind of document (Dublin Core `type`).
    pub document_type: Option<String>,
    /// Masthead date (Dublin Core `issued`).
    pub issued: Option<PartialDate>,
    /// Date of the letter (Dublin Core `created`).
    pub created: Option<PartialDate>,
    /// Date of adoption (Dublin Core `dateAccepted`).
    pub adopted: Option<PartialDate>,
    /// Date the office received it.
    pub received: Option<PartialDate>,
    /// Date of the reissue.
    pub reissued: Option<PartialDate>,
    /// Distribution (Dublin Core `accessRights`).
    pub distribution: Option<String>,
    /// Job number as printed.
    pub job_number: Option<String>,
    /// Organs, with sessions and agenda items.
    pub bodies: Vec<Body>,
    /// Who signed the paper.
    pub signatories: Vec<Signatory>,
    /// Other documents.
    pub relations: Vec<Relation>,
    /// Name of the file as given: text, never a path to follow.
    pub file_name: Option<String>,
    /// Size of the file in bytes.
    pub size: u64,
    /// Where it came from.
    pub source: Option<Source>,
    /// Fields that were read by machine and left as proposed.
    pub proposed: Vec<String>,
    /// Unknown keys a reader must understand.
    pub must: Vec<String>,
    /// Salted digests of withheld fields (reserved).
    pub withheld: Vec<[u8; 32]>,
    /// Keys this program doesn't know, kept.
    pub unknown: Map,
    /// Paths of keys it doesn't know inside those it does.
    pub unread: Vec<String>,
}

impl DocumentRecord {
    /// A record with what every document has and nothing else.
    #[must_use]
    pub fn new(
        context: Context,
        change: Change,
        version: u64,
        language: Language,
        size: u64,
    ) -> Self {
        Self {
            context,
            change,
            version,
            language,
            size,
            previous: None,
            identifier: Vec::new(),
            identifier_printed: None,
            original_language: Vec::new(),
            title: None,
            document_type: None,
            issued: None,
            created: None,
            adopted: None,
            received: None,
            reissued: None,
            distribution: None,
            job_number: None,
            bodies: Vec::new(),
            signatories: Vec::new(),
            relations: Vec::new(),
            file_name: None,
            source: None,
            proposed: Vec::new(),
            must: Vec::new(),
            withheld: Vec::new(),
            unknown: Map::new(),
            unread: Vec::new(),
        }
    }

    pub(super) fn read(value: Value) -> Result<Self, FieldError> {
        let mut fields = Fields::new("", value)?;
        check_kind(&mut fields, "document")?;
        let context = Context::read(&mut fields)?;
        let change = word(&mut fields, "change", &Change::ALL)?;
        let version = fields.uint("version")?;
        let version = fields.required("version", version)?;
        if version == 0 {
            return Err(fields.error(
                "version",
                FieldProblem::Invalid("is 0; versions begin at 1".into()),
            ));
        }
        let language = parsed(&mut fields, "language")?;
        let language = fields.required("language", language)?;
        let file = fields.map("file", |file| {
            let (name, size) = (file.text("name")?, file.uint("size")?);
            Ok((name, file.required("size", size)?))
        })?;
        let (file_name, size) = fields.required("file", file)?;
        let mut record = Self::new(context, change, version, language, size);
        record.file_name = file_name;
        record.previous = fields.digest("previous")?.map(LeafHash::from_bytes);
        record.identifier = fields.texts("identifier")?;
        record.identifier_printed = fields.text("identifierPrinted")?;
        for (field, name) in MetadataField::ALL {
            field.read(&mut fields, name, &mut record)?;
        }
        record.proposed = fields.texts("proposed")?;
        let room = Room::read(&mut fields)?;
        (record.must, record.withheld) = (room.must, room.withheld);
        (record.unknown, record.unread) = fields.rest();
        Ok(record)
    }

    /// The CBOR map of the record.
    #[must_use]
    pub fn to_value(&self) -> Value {
        let mut map = self.unknown.clone();
        put(&mut map, "v", cbor::int(FORMAT_VERSION));
        put(&mut map, "kind", cbor::text("document"));
        self.context.write(&mut map);
        put(&mut map, "change", cbor::text(self.change.as_str()));
        put(&mut map, "version", cbor::int(self.version));
        put_some(
            &mut map,
            "previous",
            self.previous.map(|leaf| cbor::bytes(*leaf.as_bytes())),
        );
        put_texts(&mut map, "identifier", &self.identifier);
        put_text(
            &mut map,
            "identifierPrinted",
            self.identifier_printed.as_ref(),
        );
        put(&mut map, "language", cbor::text(self.language.as_str()));
        for (field, name) in MetadataField::ALL {
            put_some(&mut map, name, field.value(self));
        }
        let mut file = Map::new();
        put_text(&mut file, "name", self.file_name.as_ref());
        put(&mut file, "size", cbor::int(self.size));
        put(&mut map, "file", Value::Map(file));
        put_texts(&mut map, "proposed", &self.proposed);
        put_texts(&mut map, "must", &self.must);
        put_list(
            &mut map,
            "_sd",
            self.withheld.iter().map(|digest| cbor::bytes(*digest)),
        );
        Value::Map(map)
    }
}

impl Body {
    pub(super) fn read(fields: &mut Fields) -> Result<Self, FieldError> {
        let name = fields.text("name")?;
        Ok(Self {
            name: fields.required("name", name)?,
            session: fields.text("session")?,
            agenda: fields.texts("agenda")?,
        })
    }

    pub(super) fn to_value(&self) -> Value {
        let mut map = Map::new();
        put_text(&mut map, "name", Some(&self.name));
        put_text(&mut map, "session", self.session.as_ref());
        put_texts(&mut map, "agenda", &self.agenda);
        Value::Map(map)
    }
}

impl Signatory {
    pub(super) fn read(fields: &mut Fields) -> Result<Self, FieldError> {
        let name = fields.text("name")?;
        Ok(Self {
            name: fields.required("name", name)?,
            title: fields.text("title")?,
        })
    }

    pub(super) fn to_value(&self) -> Value {
        let mut map = Map::new();
        put_text(&mut map, "name", Some(&self.name));
        put_text(&mut map, "title", self.title.as_ref());
        Value::Map(map)
    }
}

impl Relation {
    pub(super) fn read(fields: &mut Fields) -> Result<Self, FieldError> {
        let target = fields.text("target")?;
        Ok(Self {
            kind: word(fields, "kind", &RelationKind::ALL)?,
            target: fields.required("target", target)?,
            languages: languages(fields, "languages")?,
        })
    }

    pub(super) fn to_value(&self) -> Value {
        let mut map = Map::new();
        put_text(&mut map, "kind", Some(self.kind.as_str()));
        put_text(&mut map, "target", Some(&self.target));
        put_texts(&mut map, "languages", &language_tags(&self.languages));
        Value::Map(map)
    }
}

impl Source {
    pub(super) fn read(fields: &mut Fields) -> Result<Self, FieldError> {
        Ok(Self {
            from: fields.text("from")?,
            means: fields.text("means")?,
        })
    }

    pub(super) fn to_value(&self) -> Option<Value> {
        let mut map = Map::new();
        put_text(&mut map, "from", self.from.as_ref());
        put_text(&mut map, "means", self.means.as_ref());
        (!map.is_empty()).then_some(Value::Map(map))
    }
}

/// What leaves room to grow in every record.
pub(super) struct Room {
    pub(super) must: Vec<String>,
    pub(super) withheld: Vec<[u8; 32]>,
}

impl Room {
    pub(super) fn read(fields: &mut Fields) -> Result<Self, FieldError> {
        let must = fields.texts("must")?;
        let withheld = match fields.value("_sd") {
            None => Vec::new(),
            Some(Value::Array(items)) if items.is_empty() => {
                return Err(fields.error("_sd", FieldProblem::Empty));
            }
            Some(Value::Array(items)) => items
                .into_iter()
                .map(|item| match item {
                    Value::Bytes(bytes) => bytes.try_into().ok(),
                    _ => None,
                })
                .collect::<Option<_>>()
                .ok_or_else(|| fields.error("_sd", FieldProblem::NotDigest))?,
            Some(_) => return Err(fields.error("_sd", FieldProblem::NotArray)),
        };
        Ok(Self { must, withheld })
    }
}

/// Reads `kind`, which must be `expected`.
pub(super) fn check_kind(fields: &mut Fields, expected: &str) -> Result<(), FieldError> {
    let kind = fields.text("kind")?;
    if fields.required("kind", kind)? == expected {
        return Ok(());
    }
    Err(fields.error(
        "kind",
        FieldProblem::Invalid(format!("is not {expected:?}")),
    ))
}

/// Reads one of a list of words.
pub(super) fn word<T: Copy>(
    fields: &mut Fields,
    name: &str,
    words: &[(T, &'static str)],
) -> Result<T, FieldError> {
    let text = fields.text(name)?;
    let text = fields.required(name, text)?;
    let found = words.iter().find(|(_, word)| *word == text);
    found.map(|(value, _)| *value).ok_or_else(|| {
        let all: Vec<_> = words.iter().map(|(_, word)| *word).collect();
        fields.error(
            name,
            FieldProblem::Invalid(format!("is none of {}", all.join(", "))),
        )
    })
}

/// The word of a value in a list that holds every value.
pub(super) fn word_of<T: PartialEq>(words: &[(T, &'static str)], value: T) -> &'static str {
    words
        .iter()
        .find(|(item, _)| *item == value)
        .map_or("", |(_, word)| word)
}

pub(super) fn parsed<T>(fields: &mut Fields, name: &str) -> Result<Option<T>, FieldError>
where
    T: std::str::FromStr + std::fmt::Display,
    T::Err: std::fmt::Display,
{
    let Some(text) = fields.text(name)? else {
        return Ok(None);
    };
    read_as(&text)
        .map(Some)
        .map_err(|problem| fields.error(name, problem))
}

pub(super) fn languages(fields: &mut Fields, name: &str) -> Result<Vec<Language>, FieldError> {
    let tags = fields.texts(name)?;
    let read = tags
        .iter()
        .map(|tag| read_as(tag))
        .collect::<Result<_, _>>();
    read.map_err(|problem| fields.error(name, problem))
}

/// Reads a text that must be the one spelling of its value.
fn read_as<T>(text: &str) -> Result<T, FieldProblem>
where
    T: std::str::FromStr + std::fmt::Display,
    T::Err: std::fmt::Display,
{
    let value: T = text
        .parse()
        .map_err(|error: T::Err| FieldProblem::Invalid(error.to_string()))?;
    if value.to_string() == text {
        return Ok(value);
    }
    Err(FieldProblem::Invalid(format!(
        "{text:?} is not written as {value}"
    )))
}

pub(super) fn language_tags(languages: &[Language]) -> Vec<&str> {
    languages.iter().map(Language::as_str).collect()
}

pub(super) fn put(map: &mut Map, name: &str, value: Value) {
    map.insert(cbor::text(name), value);
}

pub(super) fn put_some(map: &mut Map, name: &str, value: Option<Value>) {
    map.extend(value.map(|value| (cbor::text(name), value)));
}

pub(super) fn put_text(map: &mut Map, name: &str, value: Option<impl ToString>) {
    put_some(map, name, value.map(|value| cbor::text(value.to_string())));
}

pub(super) fn put_texts<T: AsRef<str>>(map: &mut Map, name: &str, values: &[T]) {
    put_some(map, name, (!values.is_empty()).then(|| cbor::texts(values)));
}

pub(super) fn put_list(map: &mut Map, name: &str, values: impl Iterator<Item = Value>) {
    put_some(map, name, list_value(values));
}

/// An array; an empty one is absent.
pub(super) fn list_value(values: impl Iterator<Item = Value>) -> Option<Value> {
    let values: Vec<_> = values.collect();
    (!values.is_empty()).then_some(Value::Array(values))
}
