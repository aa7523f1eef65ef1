//! The opening of a document: masthead, heading and title, up to where its
//! text begins.

mod designation;
mod rivals;
mod titles;

use crate::statement::PartialDate;
use crate::symbol::Symbol;

use super::atoms::{self, Atom, Item};
use super::bodies::{self, Body};
use super::dates;
use super::field::{Confidence, Field};
use super::headings::{self, Heading, Place};
use super::kind;
use super::lines::Printed;
use super::phrase::after_phrase;
use super::symbols;
use super::title;

pub(super) use self::rivals::told;
use self::titles::Title;

/// How many parts the date may stand from the distribution or language.
const DATE_REACH: usize = 5;

/// An opening, read into its parts.
pub(super) struct Opening {
    items: Vec<Item>,
    /// What follows, as far as the head of a document reaches.
    text: Vec<Item>,
    heading: Option<Heading>,
    title: Option<Title>,
}

impl Opening {
    pub(super) fn read(lines: &[Printed]) -> Self {
        let mut items = atoms::items(lines);
        let end = title::text_start(&items);
        let text = items.split_off(end);
        bodies::name_by_place(&mut items);
        let mut heading = headings::find(&items);
        if let Some(heading) = &mut heading
            && heading.place != Place::Itself
        {
            heading.end = title::heading_end(&items, heading.start, heading.end);
        }
        let mut opening = Self {
            items,
            text,
            heading,
            title: None,
        };
        opening.title = opening.find_title();
        opening
    }

    /// Whether at least two things mark an official document.
    pub(super) fn is_official(&self) -> bool {
        let has = |is: fn(&Atom) -> bool| self.items.iter().any(|item| is(&item.atom));
        let marks = [
            has(|atom| matches!(atom, Atom::UnitedNations | Atom::Organ(_))),
            has(|atom| matches!(atom, Atom::Distribution(_))),
            has(|atom| matches!(atom, Atom::Original(_))),
            has(|atom| matches!(atom, Atom::Symbol(_))),
            has(|atom| matches!(atom, Atom::Session(_))),
            has(|atom| matches!(atom, Atom::Agenda(_))),
            has(|atom| matches!(atom, Atom::Meeting(_))),
            self.heading.is_some(),
            self.begins_with(title::is_organ_speaking),
        ];
        let letter = self.heading.as_ref().is_some_and(|heading| {
            kind::is_letter(&heading.kind)
                && dates::first(&self.items[heading.start].text).is_some()
        });
        letter || marks.into_iter().filter(|mark| *mark).count() >= 2
    }

    /// Whether the first line of the text is such a line.
    fn begins_with(&self, is: impl Fn(&str) -> bool) -> bool {
        self.text.first().is_some_and(|item| is(&item.text))
    }

    /// Whether a letter of transmittal begins the text.
    pub(super) fn is_transmitted(&self) -> bool {
        self.begins_with(|text| after_phrase(text, "letter of transmittal").is_some())
    }

    /// Whether it is the record of a meeting, by its day or its symbol.
    fn is_record(&self) -> bool {
        self.items.iter().any(|item| match &item.atom {
            Atom::Meeting(_) => true,
            Atom::Symbol(joint) => kind::of_symbol(joint.first()).is_some_and(kind::is_record),
            _ => false,
        })
    }

    /// The part before title and heading.
    fn masthead(&self) -> &[Item] {
        let starts = [
            self.heading.as_ref().map(|heading| heading.start),
            self.title.as_ref().map(|title| title.start),
        ];
        let end = starts.into_iter().flatten().min();
        &self.items[..end.unwrap_or(self.items.len())]
    }

    /// Parts that a label or form marks, wherever extraction put them.
    fn labelled<T>(&self, read: impl Fn(&Atom) -> Option<T>) -> Option<Field<T>> {
        let found = |item: &Item| read(&item.atom).map(|value| item.field(value));
        self.masthead()
            .iter()
            .find_map(found)
            .or_else(|| self.items.iter().find_map(found))
    }

    /// The distribution; records of meetings print only that they are provisional.
    pub(super) fn distribution(&self) -> Option<Field<String>> {
        let labelled = self.labelled(|atom| match atom {
            Atom::Distribution(value) => Some(value.clone()),
            _ => None,
        });
        labelled.or_else(|| {
            let mut lines = self.items.iter().filter(|_| self.is_record());
            let item = lines.find(|item| after_phrase(&item.text, "provisional") == Some(""))?;
            Some(item.field("Provisional".to_owned()))
        })
    }

    pub(super) fn original_language(&self) -> Option<Field<Vec<String>>> {
        let labelled = self.labelled(|atom| match atom {
            Atom::Original(languages) => Some(languages.clone()),
            _ => None,
        });
        labelled.or_else(|| {
            let language = self.language_behind_label()?;
            Some(language.clone_as(vec![language.value.clone()]))
        })
    }

    pub(super) fn only_in(&self) -> Option<Field<String>> {
        self.labelled(|atom| match atom {
            Atom::Only(languages) => Some(languages.clone()),
            _ => None,
        })
    }

    /// The language of this version, before the original one.
    pub(super) fn language_line(&self) -> Option<Field<String>> {
        let label = self.original_label().unwrap_or(self.items.len());
        let before = &self.masthead()[..label.min(self.masthead().len())];
        before.iter().find_map(language)
    }

    /// The label of the original language, where extraction put other columns
    /// between it and the language.
    fn original_label(&self) -> Option<usize> {
        let is_label = |item: &Item| item.is_text() && atoms::is_original_label(&item.text);
        self.items.iter().position(is_label)
    }

    fn language_behind_label(&self) -> Option<Field<String>> {
        let field = self.items[self.original_label()?..]
            .iter()
            .find_map(language)?;
        Some(Field {
            confidence: Confidence::Likely,
            ..field
        })
    }

    /// The organs. The record of a meeting prints the items that it dealt with
    /// in its text.
    pub(super) fn bodies(&self) -> Vec<Body> {
        let mut items = self.masthead().to_vec();
        if self.is_record() {
            let is_agenda = |item: &&Item| matches!(item.atom, Atom::Agenda(_));
            items.extend(self.text.iter().filter(is_agenda).cloned());
        }
        bodies::read(&items)
    }

    /// The date beside the distribution or the language; else the first one,
    /// else the day of a meeting.
    pub(super) fn date(&self) -> Option<Field<PartialDate>> {
        let date = |item: &Item| match &item.atom {
            Atom::Date(date) => Some(item.field(*date)),
            _ => None,
        };
        let is_anchor = |item: &Item| {
            matches!(
                item.atom,
                Atom::Distribution(_) | Atom::Original(_) | Atom::Only(_)
            )
        };
        let near = |at: usize| {
            let after = self.items[at..].iter().take(DATE_REACH).find_map(date);
            after.or_else(|| {
                self.items[..at]
                    .iter()
                    .rev()
                    .take(DATE_REACH)
                    .find_map(date)
            })
        };
        let anchors = self
            .items
            .iter()
            .enumerate()
            .filter(|(_, item)| is_anchor(item));
        let beside = anchors.map(|(at, _)| at).find_map(near);
        let likely = |field: Field<PartialDate>| Field {
            confidence: field.confidence.max(Confidence::Likely),
            ..field
        };
        let first = || self.masthead().iter().find_map(date).map(likely);
        let meeting = || {
            let day = self.items.iter().find_map(|item| match &item.atom {
                Atom::Meeting(date) => Some(item.field(*date)),
                _ => None,
            });
            day.map(likely)
        };
        beside.or_else(first).or_else(meeting)
    }

    /// The line that says what the document is to its parent.
    fn suffix_line(&self) -> Option<(&Item, &'static str)> {
        self.items
            .iter()
            .filter(|item| item.is_text())
            .filter_map(|item| Some((item, headings::suffix_line(&item.text)?)))
            .next_back()
    }

    /// The job numbers that stand in the masthead.
    pub(super) fn jobs(&self) -> impl Iterator<Item = &Item> {
        self.items.iter().filter(|item| item.atom == Atom::Job)
    }

    pub(super) fn title(&self) -> Option<Field<String>> {
        let Title { start, words, .. } = self.title.as_ref()?;
        let item = &self.items[*start];
        let headed = self
            .heading
            .as_ref()
            .is_some_and(|heading| heading.place != Place::Before);
        let sure = headed && !item.spaced;
        let confidence = match (sure, title::is_open(words, "")) {
            (_, true) => Confidence::Guess,
            (true, false) => Confidence::Certain,
            (false, false) => Confidence::Likely,
        };
        Some(Field {
            printed: words.clone(),
            confidence,
            ..item.field(words.clone())
        })
    }

    /// The kind, from the heading, or else from the symbol.
    pub(super) fn kind(&self, symbols: &[Field<Symbol>]) -> Option<Field<String>> {
        let first = symbols.first();
        let line = self.suffix_line();
        let suffix = first
            .and_then(|symbol| kind::suffix_of(&symbol.value))
            .or(line.map(|(_, suffix)| suffix));
        if let Some(heading) = &self.heading {
            let item = &self.items[heading.start];
            let printed: Vec<&str> = self.items[heading.start..heading.end]
                .iter()
                .map(|item| item.text.as_str())
                .collect();
            return Some(Field {
                printed: printed.join(" "),
                ..item.field(kind::with_suffix(&heading.kind, suffix))
            });
        }
        let supplement = self.items.iter().find(|item| is_supplement(item));
        if let Some(item) = supplement {
            let kind = match suffix {
                Some(suffix) => format!("{suffix} to a supplement"),
                None => "supplement".to_owned(),
            };
            return Some(item.field(kind));
        }
        if let Some((item, suffix)) = line {
            return Some(item.field(suffix.to_owned()));
        }
        let symbol = first?;
        let kind = kind::of_symbol(&symbol.value)?;
        Some(Field {
            confidence: Confidence::Likely,
            ..symbol.clone_as(kind::with_suffix(kind, suffix))
        })
    }

    pub(super) fn adopted_on(&self) -> Option<Field<PartialDate>> {
        let heading = self.heading.as_ref()?;
        if !matches!(heading.kind.as_str(), "resolution" | "decision") {
            return None;
        }
        let lines = self.items[heading.start..].iter().take(4);
        let lines: Vec<&Item> = lines
            .take_while(|item| !item.text.starts_with('['))
            .collect();
        let words: Vec<&str> = lines.iter().map(|item| item.text.as_str()).collect();
        let words = words.join(" ");
        let found = dates::first(&words)?;
        Some(Field {
            printed: words[found.start..found.end].to_owned(),
            ..lines[0].field(found.date)
        })
    }

    /// The draft in `[without reference to a Main Committee (A/80/L.2)]`.
    pub(super) fn adopts(&self) -> Option<Field<Symbol>> {
        let heading = self.heading.as_ref()?;
        let item = self.items[heading.start..]
            .iter()
            .find(|item| item.text.starts_with('['))?;
        let (_, inside) = item.text.split_once('(')?;
        let first = inside.split([' ', ')', ',']).next()?;
        let symbol = symbols::parse(first)?;
        let draft = symbol
            .first()
            .components()
            .any(|part| part.starts_with("L."));
        draft.then(|| item.field(symbol.first().clone()))
    }

    /// The index of the first line behind the title, or behind the heading.
    pub(super) fn body_line(&self, lines: &[Printed]) -> usize {
        let ends = [
            self.heading.as_ref().map(|heading| heading.end),
            self.title.as_ref().map(|title| title.end),
        ];
        let end = ends.into_iter().flatten().max().unwrap_or(0);
        let Some(last) = end.checked_sub(1).and_then(|last| self.items.get(last)) else {
            return 0;
        };
        lines.partition_point(|line| line.number <= last.number)
    }
}

fn language(item: &Item) -> Option<Field<String>> {
    match &item.atom {
        Atom::Language(language) => Some(item.field(language.clone())),
        _ => None,
    }
}

fn is_supplement(item: &Item) -> bool {
    after_phrase(&item.text, "Supplement No").is_some()
}
