//! What a masthead proposes for a record.

use crate::masthead::{self, Confidence, Field, Masthead};
use crate::reading::{Line, Text};
use crate::statement::{Language, Relation, RelationKind};
use crate::symbol::JointSymbol;

use super::request::{Edits, Readings};

impl Readings {
    /// What a file prints, as far as it was read with some certainty; guesses
    /// stay out of records. Also what an officer should look at.
    #[must_use]
    pub fn of(masthead: &Masthead, text: &Text) -> (Self, Vec<String>) {
        let mut doubts = Vec::new();
        let mut sure = Sure(&mut doubts);
        let original = sure
            .take("original language", masthead.original_language.as_ref())
            .map(|names| {
                let tags = names.iter().filter_map(|name| Language::named(name));
                tags.collect::<Vec<_>>()
            })
            .filter(|tags| !tags.is_empty());
        let adopts = sure.take("draft", masthead.adopts.as_ref());
        let edits = Edits {
            title: sure.take("title", masthead.title.as_ref()).cloned(),
            document_type: sure.take("kind", masthead.kind.as_ref()).cloned(),
            issued: sure.take("date", masthead.date.as_ref()).copied(),
            created: sure
                .take("letter date", masthead.letter_date.as_ref())
                .copied(),
            adopted: sure
                .take("date of adoption", masthead.adopted_on.as_ref())
                .copied(),
            reissued: sure
                .take("date of reissue", masthead.reissued_on.as_ref())
                .copied(),
            distribution: sure
                .take("distribution", masthead.distribution.as_ref())
                .cloned(),
            job_number: sure
                .take("job number", masthead.job_number.as_ref())
                .cloned(),
            bodies: some(
                masthead
                    .bodies
                    .iter()
                    .filter(|body| sure.is("organ", &body.name))
                    .map(crate::masthead::Body::to_record),
            ),
            signatories: some(
                masthead
                    .signatories
                    .iter()
                    .filter(|signatory| sure.is("signatory", signatory))
                    .map(|signatory| signatory.value.clone()),
            ),
            relations: some(adopts.map(|draft| Relation {
                kind: RelationKind::Adopts,
                target: draft.canonical().to_owned(),
                languages: Vec::new(),
            })),
            original_language: original,
            ..Edits::default()
        };
        let symbol = symbol(masthead, &mut sure);
        let readings = Self {
            symbol,
            language: language(masthead, text, edits.original_language.as_deref()),
            corrected_languages: masthead.only_languages(),
            edits,
        };
        (readings, doubts)
    }
}

/// The masthead of a text. Characters that print nothing, or turn the direction
/// of what is printed, are taken for spaces: they are no part of a value.
#[must_use]
pub fn masthead_of(text: &Text) -> Masthead {
    let lines: Vec<Line> = text
        .lines
        .iter()
        .map(|line| Line {
            page: line.page,
            text: line
                .text
                .chars()
                .map(|c| if is_unprintable(c) { ' ' } else { c })
                .collect(),
        })
        .collect();
    masthead::read(&lines)
}

/// Control characters, and marks that override the direction of writing
/// (Unicode Annex 9).
pub(super) fn is_unprintable(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn some<T>(items: impl IntoIterator<Item = T>) -> Option<Vec<T>> {
    let items: Vec<_> = items.into_iter().collect();
    (!items.is_empty()).then_some(items)
}

/// Tells apart what is sure enough to be proposed.
struct Sure<'a>(&'a mut Vec<String>);

impl Sure<'_> {
    fn is<T>(&mut self, name: &str, field: &Field<T>) -> bool {
        let sure = field.confidence != Confidence::Guess;
        if !sure {
            self.0.push(format!(
                "the {name} on line {} is only a guess and is left out: {:?}",
                field.line, field.printed
            ));
        }
        sure
    }

    fn take<'t, T>(&mut self, name: &str, field: Option<&'t Field<T>>) -> Option<&'t T> {
        let field = field?;
        self.is(name, field).then_some(&field.value)
    }
}

/// All symbols as one: those of a joint document stand on separate lines.
fn symbol(masthead: &Masthead, sure: &mut Sure<'_>) -> Option<JointSymbol> {
    let mut printed = Vec::new();
    for field in &masthead.symbols {
        if !sure.is("symbol", field) {
            return None;
        }
        printed.push(field.value.printed());
    }
    JointSymbol::parse(&printed.join("–"))
        .ok()
        .map(|parsed| parsed.value)
}

/// The version language printed; else the one original language, since a
/// version without a line of its own is the original; else what the masthead
/// is written in, or what the file declares.
fn language(masthead: &Masthead, text: &Text, original: Option<&[Language]>) -> Option<Language> {
    let printed = masthead.language_line.as_ref();
    if let Some(field) = printed.filter(|field| field.confidence != Confidence::Guess) {
        return Language::named(&field.value);
    }
    if let Some([only]) = original {
        return Some(only.clone());
    }
    if let [only] = masthead.only_languages().as_slice() {
        return Some(only.clone());
    }
    if let Some(language) = masthead.language() {
        return Some(language);
    }
    let declared = text.language.as_deref()?;
    // "en-US" is what a program was set to; official languages have no regions.
    let is_official = !masthead.symbols.is_empty();
    let tag = declared.split('-').next().filter(|_| is_official);
    tag.unwrap_or(declared).parse().ok()
}
