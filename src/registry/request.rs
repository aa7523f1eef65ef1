//! What is said of a file that is to be registered: by an officer, and by a
//! machine that read it.

use crate::digest::ContentDigest;
use crate::statement::{
    Body, Change, DocumentRecord, Language, MetadataField, PartialDate, Relation, Signatory, Source,
};
use crate::symbol::JointSymbol;

/// Names of the record's fields that an officer can set or clear, as records
/// spell them.
pub const FIELDS: [&str; MetadataField::ALL.len()] = {
    let mut names = [""; MetadataField::ALL.len()];
    let mut place = 0;
    while place < names.len() {
        names[place] = MetadataField::ALL[place].1;
        place += 1;
    }
    names
};

/// What an officer says of a file. What is absent is carried over from the
/// version before, or stays blank.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edits {
    /// Languages it was drafted in.
    pub original_language: Option<Vec<Language>>,
    /// Title.
    pub title: Option<String>,
    /// Kind of document.
    pub document_type: Option<String>,
    /// Masthead date.
    pub issued: Option<PartialDate>,
    /// Date of the letter.
    pub created: Option<PartialDate>,
    /// Date of adoption.
    pub adopted: Option<PartialDate>,
    /// Date the office received it.
    pub received: Option<PartialDate>,
    /// Date of the reissue.
    pub reissued: Option<PartialDate>,
    /// Distribution.
    pub distribution: Option<String>,
    /// Job number.
    pub job_number: Option<String>,
    /// Organs.
    pub bodies: Option<Vec<Body>>,
    /// Who signed the paper.
    pub signatories: Option<Vec<Signatory>>,
    /// Other documents.
    pub relations: Option<Vec<Relation>>,
    /// Where it came from.
    pub source: Option<Source>,
    /// Names out of [`FIELDS`] that are left blank whatever the version before says.
    pub clear: Vec<String>,
    /// Names out of [`FIELDS`] whose values here came from an earlier reading.
    /// Those that the file still reads the same count as read, not as said.
    pub as_read: Vec<String>,
}

/// A file to be registered, what is said of it, and what it says of itself.
#[derive(Debug, Clone)]
pub struct Request {
    /// SHA-256 of the file.
    pub digest: ContentDigest,
    /// Its length in bytes.
    pub size: u64,
    /// Its media type.
    pub media_type: String,
    /// Its name, if it is text.
    pub file_name: Option<String>,
    /// What an officer says of it.
    pub said: Said,
    /// What a machine read from it, for what is not said.
    pub read: Readings,
}

/// What an officer says of a file.
#[derive(Debug, Clone, Default)]
pub struct Said {
    /// Its symbol.
    pub symbol: Option<JointSymbol>,
    /// Whether it has no symbol, whatever was read.
    pub no_symbol: bool,
    /// The subject of the document it belongs to, where the symbol doesn't tell.
    pub subject: Option<String>,
    /// Its language.
    pub language: Option<Language>,
    /// How it relates to the version before.
    pub change: Option<Change>,
    /// Whether `change` is only meant for a document that has a version
    /// already, and only where the files themselves don't tell.
    pub change_if_needed: bool,
    /// The version a rendition renders; the newest if absent.
    pub renders: Option<u64>,
    /// Whether bytes that are registered already may be registered again.
    pub allow_same_bytes: bool,
    /// The rest.
    pub edits: Edits,
}

/// What a machine read from a file. What of it goes into the record is named in
/// the record's `proposed`.
#[derive(Debug, Clone, Default)]
pub struct Readings {
    /// Its symbol.
    pub symbol: Option<JointSymbol>,
    /// Its language.
    pub language: Option<Language>,
    /// The languages that a corrigendum says it is for; empty for all.
    pub corrected_languages: Vec<Language>,
    /// The rest.
    pub edits: Edits,
}

impl Edits {
    /// These, and where they say nothing, others.
    #[must_use]
    pub fn or(self, others: &Self) -> Self {
        let said = self.said();
        let cleared = others
            .clear
            .iter()
            .filter(|field| !said.contains(&field.as_str()));
        let clear = self.clear.iter().chain(cleared).cloned().collect();
        Self {
            original_language: self.original_language.or(others.original_language.clone()),
            title: self.title.or(others.title.clone()),
            document_type: self.document_type.or(others.document_type.clone()),
            issued: self.issued.or(others.issued),
            created: self.created.or(others.created),
            adopted: self.adopted.or(others.adopted),
            received: self.received.or(others.received),
            reissued: self.reissued.or(others.reissued),
            distribution: self.distribution.or(others.distribution.clone()),
            job_number: self.job_number.or(others.job_number.clone()),
            bodies: self.bodies.or(others.bodies.clone()),
            signatories: self.signatories.or(others.signatories.clone()),
            relations: self.relations.or(others.relations.clone()),
            source: self.source.or(others.source.clone()),
            clear,
            as_read: self.as_read,
        }
    }

    /// Names of the fields that have a value here.
    fn said(&self) -> Vec<&'static str> {
        let fields = [
            ("originalLanguage", self.original_language.is_some()),
            ("title", self.title.is_some()),
            ("type", self.document_type.is_some()),
            ("issued", self.issued.is_some()),
            ("created", self.created.is_some()),
            ("dateAccepted", self.adopted.is_some()),
            ("received", self.received.is_some()),
            ("reissued", self.reissued.is_some()),
            ("accessRights", self.distribution.is_some()),
            ("jobNumber", self.job_number.is_some()),
            ("bodies", self.bodies.is_some()),
            ("signatories", self.signatories.is_some()),
            ("relations", self.relations.is_some()),
            ("source", self.source.is_some()),
        ];
        let said = fields.into_iter().filter(|(_, is_said)| *is_said);
        said.map(|(name, _)| name).collect()
    }

    /// Whether a record holds everything that is said here.
    #[must_use]
    pub fn are_in(&self, record: &DocumentRecord) -> bool {
        let mut changed = record.clone();
        let applied = self.apply(&Self::default(), false, &mut changed);
        applied.is_ok() && changed == *record
    }

    /// Puts what was said, else what was read, into a record; with `fill`, what
    /// was read only where the record is blank. Returns the names of the fields
    /// that were only read.
    ///
    /// # Errors
    /// The first name in [`Self::clear`] that is none of [`FIELDS`].
    pub(super) fn apply(
        &self,
        read: &Self,
        fill: bool,
        record: &mut DocumentRecord,
    ) -> Result<Vec<String>, String> {
        let unknown = |field: &&String| !FIELDS.contains(&field.as_str());
        if let Some(field) = self.clear.iter().find(unknown) {
            return Err(field.clone());
        }
        let mut merge = Merging {
            edits: self,
            fill,
            proposed: Vec::new(),
        };
        merge.list(
            "originalLanguage",
            &mut record.original_language,
            (&self.original_language, &read.original_language),
        );
        merge.one("title", &mut record.title, (&self.title, &read.title));
        merge.one(
            "type",
            &mut record.document_type,
            (&self.document_type, &read.document_type),
        );
        merge.one("issued", &mut record.issued, (&self.issued, &read.issued));
        merge.one(
            "created",
            &mut record.created,
            (&self.created, &read.created),
        );
        merge.one(
            "dateAccepted",
            &mut record.adopted,
            (&self.adopted, &read.adopted),
        );
        merge.one(
            "received",
            &mut record.received,
            (&self.received, &read.received),
        );
        merge.one(
            "reissued",
            &mut record.reissued,
            (&self.reissued, &read.reissued),
        );
        merge.one(
            "accessRights",
            &mut record.distribution,
            (&self.distribution, &read.distribution),
        );
        merge.one(
            "jobNumber",
            &mut record.job_number,
            (&self.job_number, &read.job_number),
        );
        merge.list("bodies", &mut record.bodies, (&self.bodies, &read.bodies));
        merge.list(
            "signatories",
            &mut record.signatories,
            (&self.signatories, &read.signatories),
        );
        merge.list(
            "relations",
            &mut record.relations,
            (&self.relations, &read.relations),
        );
        merge.one("source", &mut record.source, (&self.source, &read.source));
        Ok(merge.proposed)
    }
}

/// Prefers what was said to what was read, and keeps count of the latter.
struct Merging<'a> {
    edits: &'a Edits,
    fill: bool,
    proposed: Vec<String>,
}

impl Merging<'_> {
    /// The value to write, if any.
    fn chosen<'v, T: PartialEq>(
        &mut self,
        name: &str,
        is_blank: bool,
        (said, read): (&'v Option<T>, &'v Option<T>),
    ) -> Option<&'v T> {
        let names = |names: &[String]| names.iter().any(|field| field == name);
        if said.is_some() && (said != read || !names(&self.edits.as_read)) {
            return said.as_ref();
        }
        let read = read.as_ref().filter(|_| is_blank || !self.fill)?;
        self.proposed.push(name.to_owned());
        Some(read)
    }

    fn is_cleared(&self, name: &str) -> bool {
        self.edits.clear.iter().any(|field| field == name)
    }

    fn one<T: Clone + PartialEq>(
        &mut self,
        name: &str,
        field: &mut Option<T>,
        values: (&Option<T>, &Option<T>),
    ) {
        if self.is_cleared(name) {
            *field = None;
        } else if let Some(value) = self.chosen(name, field.is_none(), values) {
            *field = Some(value.clone());
        }
    }

    fn list<T: Clone + PartialEq>(
        &mut self,
        name: &str,
        field: &mut Vec<T>,
        values: (&Option<Vec<T>>, &Option<Vec<T>>),
    ) {
        if self.is_cleared(name) {
            field.clear();
        } else if let Some(value) = self.chosen(name, field.is_empty(), values) {
            field.clone_from(value);
        }
    }
}
