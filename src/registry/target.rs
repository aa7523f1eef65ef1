//! How people name what is in a register: a symbol, `#17`, `SYMBOL@2`,
//! `SYMBOL:fr`, a digest, an `ni:` name.

use crate::digest::ContentDigest;
use crate::revision::{Chain, DocumentHistory, VersionEntry};
use crate::statement::Language;
use crate::symbol::JointSymbol;

use super::Register;

/// Why a target names nothing, or not one thing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// It reads like nothing that can be named.
    #[error("{0:?} is no symbol, register number, digest or ni: name: {1}")]
    Malformed(String, String),
    /// Nothing of that name is registered.
    #[error("{0} is not registered here")]
    NotFound(String),
    /// The halves of a joint symbol are two documents.
    #[error("{0} names two documents, {1} and {2}")]
    TwoDocuments(String, String, String),
    /// No version in that language.
    #[error("{document} has no version in {language}; it has {has}")]
    NoLanguage {
        /// Which document.
        document: String,
        /// What was asked for.
        language: Language,
        /// What there is.
        has: String,
    },
    /// The language must be said.
    #[error("{document} has versions in {has}; say which, as in {document}:{example}")]
    WhichLanguage {
        /// Which document.
        document: String,
        /// What there is.
        has: String,
        /// One of them.
        example: Language,
    },
    /// No such version.
    #[error("{document} has no version {version} in {language}; its newest is {newest}")]
    NoVersion {
        /// Which document.
        document: String,
        /// What was asked for.
        version: u64,
        /// In which language.
        language: Language,
        /// What there is.
        newest: u64,
    },
}

/// What a target names, before it is looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Name {
    Number(u64),
    Digest(ContentDigest),
    Subject(String),
    Symbol(JointSymbol),
}

/// A target as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    typed: String,
    name: Name,
    version: Option<u64>,
    language: Option<Language>,
}

/// What a target was found to name.
#[derive(Debug, Clone, Copy)]
pub struct Selection<'a> {
    /// The document.
    pub document: &'a DocumentHistory,
    /// Exactly one file of it, if the target says so: a digest or an entry's number.
    pub entry: Option<u64>,
    /// The version asked for.
    pub version: Option<u64>,
    /// The language asked for.
    pub language: Option<&'a Language>,
}

impl Target {
    /// Reads a target.
    ///
    /// # Errors
    /// If it reads like nothing that can be named.
    pub fn parse(text: &str) -> Result<Self, TargetError> {
        let (rest, language) = split_language(text);
        let (rest, version) = split_version(rest);
        let malformed = |why: String| TargetError::Malformed(text.chars().take(120).collect(), why);
        let name = if let Some(number) = rest.strip_prefix('#') {
            let number = number
                .parse()
                .map_err(|_| malformed("no number after #".to_owned()))?;
            Name::Number(number)
        } else if let Ok(digest) = rest.parse() {
            Name::Digest(digest)
        } else if ContentDigest::from_ni_name(rest).is_some() {
            Name::Subject(rest.to_owned())
        } else {
            let parsed = JointSymbol::parse(rest).map_err(|error| malformed(error.to_string()))?;
            Name::Symbol(parsed.value)
        };
        Ok(Self {
            typed: text.to_owned(),
            name,
            version,
            language,
        })
    }

    /// Looks the target up.
    ///
    /// # Errors
    /// If it names nothing here, or two documents.
    pub fn find<'a>(&'a self, register: &'a Register) -> Result<Selection<'a>, TargetError> {
        let history = register.history();
        let not_found = || TargetError::NotFound(self.typed.clone());
        let mut selection = Selection {
            document: match &self.name {
                Name::Number(number) => history.by_entry(*number),
                Name::Digest(digest) => history
                    .by_digest(digest)
                    .last()
                    .and_then(|index| history.by_entry(*index)),
                Name::Subject(subject) => history.by_subject(subject),
                Name::Symbol(symbol) => self.find_symbol(symbol, register)?,
            }
            .ok_or_else(not_found)?,
            entry: None,
            version: self.version,
            language: self.language.as_ref(),
        };
        selection.entry = match &self.name {
            Name::Digest(digest) => history.by_digest(digest).last().copied(),
            Name::Number(number) if *number != selection.document.number => Some(*number),
            _ => None,
        };
        Ok(selection)
    }

    fn find_symbol<'a>(
        &self,
        symbol: &JointSymbol,
        register: &'a Register,
    ) -> Result<Option<&'a DocumentHistory>, TargetError> {
        let mut found: Option<&DocumentHistory> = None;
        for half in symbol.halves() {
            match (found, register.history().by_symbol(half.key())) {
                (Some(first), Some(other)) if first.number != other.number => {
                    let [first, other] = [first, other].map(|document| document.subject.clone());
                    return Err(TargetError::TwoDocuments(self.typed.clone(), first, other));
                }
                (None, other) => found = other,
                _ => {}
            }
        }
        Ok(found)
    }
}

impl<'a> Selection<'a> {
    /// The chains this selects: one if a language was said, else all.
    ///
    /// # Errors
    /// If the document has none in that language.
    pub fn chains(&self) -> Result<Vec<&'a Chain>, TargetError> {
        let Some(language) = self.language else {
            return Ok(self.document.chains.iter().collect());
        };
        let chain = self
            .document
            .chain(language)
            .ok_or_else(|| TargetError::NoLanguage {
                document: self.document.subject.clone(),
                language: language.clone(),
                has: languages(self.document),
            })?;
        Ok(vec![chain])
    }

    /// The one file this selects: of the version said, else of the newest.
    ///
    /// # Errors
    /// If there is none, or there are several languages and none was said.
    pub fn one(&self) -> Result<&'a VersionEntry, TargetError> {
        let document = self.document;
        let all = document.chains.iter().flat_map(|chain| &chain.entries);
        if let (Some(index), None) = (self.entry, self.version)
            && let Some(entry) = all.clone().find(|entry| entry.index == index)
        {
            return Ok(entry);
        }
        let chains = self.chains()?;
        let chain = match chains.as_slice() {
            [chain] => chain,
            [] => return Err(TargetError::NotFound(document.subject.clone())),
            [first, ..] => {
                return Err(TargetError::WhichLanguage {
                    document: document.subject.clone(),
                    has: languages(document),
                    example: first.language.clone(),
                });
            }
        };
        let newest = chain.standing();
        let wanted = match self.version {
            None => newest,
            Some(version) => chain.principal(version),
        };
        wanted.ok_or_else(|| TargetError::NoVersion {
            document: document.subject.clone(),
            version: self.version.unwrap_or(1),
            language: chain.language.clone(),
            newest: newest.map_or(0, |entry| entry.version),
        })
    }
}

impl<'a> Selection<'a> {
    /// The files this selects: of the version said, else of the newest, in the
    /// language said, else in all. At least one.
    ///
    /// # Errors
    /// If there is none.
    pub fn files(&self) -> Result<Vec<&'a VersionEntry>, TargetError> {
        if self.entry.is_some() && self.version.is_none() {
            return Ok(vec![self.one()?]);
        }
        let mut files = Vec::new();
        for chain in self.chains()? {
            let newest = chain.standing().map(|entry| entry.version);
            let version = self.version.or(newest);
            let wanted = chain.entries.iter();
            files.extend(wanted.filter(|entry| Some(entry.version) == version));
        }
        if files.is_empty() {
            return Ok(vec![self.one()?]);
        }
        Ok(files)
    }
}

fn languages(document: &DocumentHistory) -> String {
    let tags: Vec<_> = document
        .chains
        .iter()
        .map(|chain| chain.language.as_str())
        .collect();
    tags.join(", ")
}

/// `…:fr`, if what follows the last colon is a language tag.
fn split_language(text: &str) -> (&str, Option<Language>) {
    match text.rsplit_once(':').map(|(rest, tag)| (rest, tag.parse())) {
        Some((rest, Ok(language))) if !rest.is_empty() => (rest, Some(language)),
        _ => (text, None),
    }
}

/// `…@2`, if what follows the last at sign is a number.
fn split_version(text: &str) -> (&str, Option<u64>) {
    match text
        .rsplit_once('@')
        .map(|(rest, number)| (rest, number.parse()))
    {
        Some((rest, Ok(version))) if !rest.is_empty() => (rest, Some(version)),
        _ => (text, None),
    }
}
