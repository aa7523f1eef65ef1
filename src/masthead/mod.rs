//! The masthead of an official document: the circulation metadata it prints,
//! each value with its place and how sure the reading is.
//!
//! Follows how the United Nations print their documents (Editorial Manual,
//! mastheads and communications), in the layouts since 1947. Only what is
//! printed is given: nothing comes from file names, and a field that isn't
//! printed is absent. Fields are looked for in the first 160 lines that hold
//! text, before the text itself begins; signatures, job numbers and notes of
//! reissue in the whole document. The time taken grows with its length only.
//!
//! Not here: files and formats, what a symbol says of its family, and what is
//! registered in the end.

mod agenda;
mod atoms;
mod bodies;
mod dates;
mod field;
mod headings;
mod job;
mod kind;
mod language;
mod lines;
mod names;
mod opening;
mod phrase;
mod reissue;
mod session;
mod signature;
mod symbols;
#[cfg(test)]
mod tests;
mod title;
mod words;

pub use self::bodies::Body;
pub use self::field::{Confidence, Field};

use crate::reading::Line;
use crate::statement::{Language, PartialDate, Signatory};
use crate::symbol::Symbol;

use self::opening::Opening;

/// What a document prints about itself. Absent is what it doesn't print.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Masthead {
    /// Its symbols, in printed order.
    pub symbols: Vec<Field<Symbol>>,
    /// The date of the masthead, or the day of the meeting it records.
    pub date: Option<Field<PartialDate>>,
    /// General, Limited, Restricted …
    pub distribution: Option<Field<String>>,
    /// The language of this version, where it stands on a line of its own.
    pub language_line: Option<Field<String>>,
    /// The languages it was drafted in, as printed.
    pub original_language: Option<Field<Vec<String>>>,
    /// The languages that alone have it, as printed: `English only`.
    pub only_in: Option<Field<String>>,
    /// The organs it is submitted to.
    pub bodies: Vec<Body>,
    /// The title, its lines joined.
    pub title: Option<Field<String>>,
    /// What kind of document it is, in the words of a closed list, but for the
    /// target of an amendment.
    pub kind: Option<Field<String>>,
    /// Who signed it, as text.
    pub signatories: Vec<Field<Signatory>>,
    /// The job number, with the asterisk of a reissue.
    pub job_number: Option<Field<String>>,
    /// The date of a letter, from its title.
    pub letter_date: Option<Field<PartialDate>>,
    /// When a resolution or decision was adopted.
    pub adopted_on: Option<Field<PartialDate>>,
    /// When it was reissued for technical reasons.
    pub reissued_on: Option<Field<PartialDate>>,
    /// The draft that a resolution says it adopts.
    pub adopts: Option<Field<Symbol>>,
    /// What a person should look at.
    pub warnings: Vec<Warning>,
}

impl Masthead {
    /// The language it is printed in, as far as its date tells: a document that
    /// names no version language is in the language of its masthead.
    #[must_use]
    pub fn language(&self) -> Option<Language> {
        self.date.as_ref().and_then(language::of_date)
    }

    /// The languages that alone have it, in whatever language that is printed.
    #[must_use]
    pub fn only_languages(&self) -> Vec<Language> {
        let printed = self.only_in.as_ref();
        printed.map_or_else(Vec::new, |field| language::named_in(&field.printed))
    }
}

/// Something in a masthead that wasn't read as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// The line, counted from 1.
    pub line: usize,
    /// What is odd, for a person.
    pub text: String,
}

/// How many lines are looked at: more than any document has that prints one.
const MAX_LINES: usize = 200_000;

/// Reads the masthead, title and signature of a document.
///
/// A text that prints fewer than two of the things that mark an official
/// document, such as a symbol, an organ, a distribution or a kind, gives
/// nothing.
#[must_use]
pub fn read(lines: &[Line]) -> Masthead {
    let printed = lines::printed(&lines[..lines.len().min(MAX_LINES)]);
    let opening = Opening::read(&printed[..printed.len().min(lines::HEAD_LINES)]);
    if !opening.is_official() {
        return Masthead::default();
    }
    let (mut symbols, mut warnings) = opening.symbols(&printed);
    opening.doubt_symbols(&mut symbols, &mut warnings);
    let mut date = opening.date();
    if let Some(date) = &mut date {
        opening.doubt_date(date, &mut warnings);
    }
    let mut job_number = job::read(opening.jobs(), &printed);
    if let Some(number) = &mut job_number {
        warnings.extend(job::doubt(number, &printed));
    }
    let title = opening.title();
    if let Some(title) = title
        .as_ref()
        .filter(|title| title::is_open(&title.value, ""))
    {
        let text = "the title breaks off".to_owned();
        warnings.push(Warning {
            line: title.line,
            text,
        });
    }
    let kind = opening.kind(&symbols);
    let is_letter = kind
        .as_ref()
        .is_some_and(|kind| kind::is_letter(&kind.value));
    let signs = kind
        .as_ref()
        .is_none_or(|kind| kind::may_be_signed(&kind.value))
        || opening.is_transmitted();
    let body = &printed[opening.body_line(&printed)..];
    Masthead {
        date,
        distribution: opening.distribution(),
        language_line: opening.language_line(),
        original_language: opening.original_language(),
        only_in: opening.only_in(),
        bodies: opening.bodies(),
        letter_date: title.as_ref().filter(|_| is_letter).and_then(letter_date),
        title,
        kind,
        signatories: if signs {
            signature::read(body)
        } else {
            Vec::new()
        },
        job_number,
        adopted_on: opening.adopted_on(),
        reissued_on: reissue::read(&printed),
        adopts: opening.adopts(),
        symbols,
        warnings,
    }
}

fn letter_date(title: &Field<String>) -> Option<Field<PartialDate>> {
    let found = dates::first(&title.value)?;
    let printed = title.value[found.start..found.end].to_owned();
    Some(Field {
        printed,
        ..title.clone_as(found.date)
    })
}
