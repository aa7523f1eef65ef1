//! The opening of a document: masthead, heading and title, up to where its
//! text begins.

use crate::statement::PartialDate;
use crate::symbol::{JointSymbol, Symbol};

use super::Warning;
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

/// How many parts the date may stand from the distribution or language.
const DATE_REACH: usize = 5;

/// How many parts at most make up a masthead, where nothing tells its end.
const MASTHEAD_PARTS: usize = 16;

/// The longest title, in characters: what is longer is text.
const MAX_TITLE: usize = 600;

/// How many lines at the top and at the end of a page hold a running head.
const RUNNING_HEAD_LINES: usize = 3;

/// An opening, read into its parts.
pub(super) struct Opening {
    items: Vec<Item>,
    /// What follows, as far as the head of a document reaches.
    text: Vec<Item>,
    heading: Option<Heading>,
    /// Where the title starts and ends, and its words.
    title: Option<(usize, usize, String)>,
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
        let plausible = |(_, _, words): &(usize, usize, String)| words.chars().count() <= MAX_TITLE;
        opening.title = opening.find_title().filter(plausible);
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
            self.title.as_ref().map(|(start, _, _)| *start),
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

    /// The symbols of the masthead, else of a supplement's number, else of the
    /// running heads.
    pub(super) fn symbols(&self, lines: &[Printed]) -> (Vec<Field<Symbol>>, Vec<Warning>) {
        let mut warnings: Vec<Warning> = self
            .items
            .iter()
            .filter(|item| !matches!(item.atom, Atom::Footnote | Atom::Mark))
            .filter_map(|item| {
                let text = symbols::problem(&item.text)?;
                let text = format!("{:?}: {text}", item.text);
                Some(Warning {
                    line: item.number,
                    text,
                })
            })
            .collect();
        let mut symbols: Vec<Field<Symbol>> = Vec::new();
        let mut last = None;
        let page = self
            .items
            .iter()
            .find(|item| item.is_masthead())
            .map(|item| item.page);
        let on_page = self
            .items
            .iter()
            .take_while(|item| page.is_none_or(|page| item.page <= page));
        for (at, item) in on_page.enumerate() {
            let Atom::Symbol(joint) = &item.atom else {
                continue;
            };
            // A second symbol belongs to the document only right below the first.
            if last.is_some_and(|last| at != last + 1) {
                break;
            }
            last = Some(at);
            add_halves(&mut symbols, joint, &item.field(()));
        }
        if symbols.is_empty() {
            symbols = self.symbol_of_supplement();
        }
        if symbols.is_empty() {
            symbols = running_heads(lines);
        }
        if symbols
            .iter()
            .any(|symbol| symbol.confidence == Confidence::Likely)
        {
            let line = symbols[0].line;
            let text = "the symbol was read from a running head".to_owned();
            warnings.push(Warning { line, text });
        }
        (symbols, warnings)
    }

    /// The symbol in brackets at the number of a supplement, or right below it.
    /// On a corrigendum that is the corrected supplement's.
    fn symbol_of_supplement(&self) -> Vec<Field<Symbol>> {
        let mut symbols = Vec::new();
        let at = self.items.iter().position(is_supplement);
        if let Some(at) = at.filter(|_| self.suffix_line().is_none()) {
            let lines = self.items[at..].iter().take(2);
            let found = lines.filter_map(|item| Some((item, symbols::of_supplement(&item.text)?)));
            for (item, joint) in found {
                add_halves(&mut symbols, &joint, &item.field(()));
            }
        }
        symbols
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
        let (start, _, words) = self.title.as_ref()?;
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
            self.title.as_ref().map(|(_, end, _)| *end),
        ];
        let end = ends.into_iter().flatten().max().unwrap_or(0);
        let Some(last) = end.checked_sub(1).and_then(|last| self.items.get(last)) else {
            return 0;
        };
        lines.partition_point(|line| line.number <= last.number)
    }

    fn find_title(&self) -> Option<(usize, usize, String)> {
        let Some(heading) = &self.heading else {
            return self.title_without_heading();
        };
        let itself = || {
            let (end, words) = title::block(&self.items, heading.start);
            Some((heading.start, end, words))
        };
        match heading.place {
            Place::Itself => itself(),
            Place::Before => self
                .paragraph_before(heading.start)
                .or_else(|| self.title_below(heading))
                .or_else(itself),
            Place::After => self.title_at(heading.end),
            Place::AfterNumber if heading.kind == "decision" => {
                self.numbered_title(heading.end).or_else(itself)
            }
            Place::AfterNumber => self.numbered_title(heading.end),
        }
    }

    /// The number of a meeting, or what stands first below the masthead. Below an
    /// agenda item that is the item's title, and the last paragraph counts, as on
    /// the cover of a supplement.
    fn title_without_heading(&self) -> Option<(usize, usize, String)> {
        let is_meeting = |item: &Item| item.is_text() && headings::is_meeting(&item.text);
        if let Some(at) = self.items.iter().position(is_meeting) {
            return Some((at, at + 1, self.items[at].text.clone()));
        }
        if self.is_record() {
            return None;
        }
        let first = self.masthead_end();
        let above = first.checked_sub(1).map(|above| &self.items[above].atom);
        let is_supplement = self.items.iter().any(is_supplement);
        if !(is_supplement || matches!(above, Some(Atom::Agenda(_)))) {
            return self.title_at(first);
        }
        let (start, end, words) = self.paragraph_before(self.items.len())?;
        (start > first).then_some((start, end, words))
    }

    /// Where the masthead ends, if nothing else tells where the text begins.
    fn masthead_end(&self) -> usize {
        let top = &self.items[..self.items.len().min(MASTHEAD_PARTS)];
        top.iter()
            .rposition(Item::is_masthead)
            .map_or(0, |last| last + 1)
    }

    /// The title below a heading that nothing precedes: a new paragraph, or one
    /// that isn't in capitals as the heading is.
    fn title_below(&self, heading: &Heading) -> Option<(usize, usize, String)> {
        let next = self.items.get(heading.end)?;
        let above = &self.items[heading.end - 1].text;
        let apart = next.opens || title::in_capitals(above) && !title::in_capitals(&next.text);
        (apart && next.is_text())
            .then(|| self.title_at(heading.end))
            .flatten()
    }

    /// The last paragraph of text between the masthead and an item.
    fn paragraph_before(&self, end: usize) -> Option<(usize, usize, String)> {
        let before = &self.items[..end];
        let first = before.iter().rposition(Item::is_masthead)? + 1;
        let is_title = |item: &Item| item.is_text() && headings::suffix_line(&item.text).is_none();
        let last = before[first..].iter().rposition(is_title)? + first + 1;
        let widths = before[first..last]
            .iter()
            .map(|item| item.text.chars().count());
        let measure = widths.max().unwrap_or_default();
        let begins = |&at: &usize| {
            let item = &before[at];
            let small = item.text.starts_with(char::is_lowercase);
            let open = at > first && title::is_open(&before[at - 1].text, &item.text);
            let above = &before[at - 1];
            let short = above.is_text() && title::ends_short(&above.text, &item.text, measure);
            !is_title(above) || item.opens && !small && !open || short
        };
        let start = (first.max(1)..last).rev().find(begins).unwrap_or(first);
        let mut words = String::new();
        for item in before[start..last].iter().filter(|item| is_title(item)) {
            title::add(&mut words, &item.text);
        }
        (!words.is_empty()).then_some((start, last, words))
    }

    /// The title that begins at an item, notes and marks aside.
    fn title_at(&self, start: usize) -> Option<(usize, usize, String)> {
        let skipped = |item: &&Item| matches!(item.atom, Atom::Mark | Atom::Job | Atom::Footnote);
        let start = start + self.items.get(start..)?.iter().take_while(skipped).count();
        let item = self.items.get(start)?;
        if headings::suffix_line(&item.text).is_some() {
            return None;
        }
        let (end, words) = title::block(&self.items, start);
        Some((start, end, words))
    }

    /// The title behind the date of adoption, the source in brackets and the
    /// number of a resolution.
    fn numbered_title(&self, start: usize) -> Option<(usize, usize, String)> {
        let mut at = start;
        let mut bracket = false;
        while let Some(item) = self.items.get(at) {
            let text = item.text.as_str();
            if let Some(rest) = resolution_number(text) {
                if rest.is_empty() {
                    return self.title_at(at + 1);
                }
                let (end, words) = title::more(&self.items, at + 1, rest.to_owned());
                return Some((at, end, words));
            }
            bracket |= text.starts_with('[');
            let small = text.starts_with(char::is_lowercase);
            let number = text.starts_with(|c: char| c.is_ascii_digit());
            if !(bracket || small || number || !item.is_text()) {
                return self.title_at(at);
            }
            bracket &= !text.ends_with(']');
            at += 1;
        }
        None
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

/// What follows the number of a resolution: `80/7. …`, `ES-11/1. …`, `1040 (XI). …`.
fn resolution_number(text: &str) -> Option<&str> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '-');
    let number = &text[..text.len() - text.trim_start_matches(is_part).len()];
    if !number.contains(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let mut rest = &text[number.len()..];
    let slashed = number
        .split_once('/')
        .is_some_and(|(session, serial)| !session.is_empty() && !serial.is_empty());
    if !slashed {
        let (session, after) = rest.strip_prefix(" (")?.split_once(')')?;
        let known = session.len() <= 8 && session.chars().all(is_part);
        rest = after.strip_prefix('.').filter(|_| known)?;
        return Some(rest.trim());
    }
    let part = rest
        .strip_prefix(' ')
        .filter(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase()))
        .map(|rest| &rest[1..]);
    if let Some(after) = part.filter(|after| after.is_empty() || after.starts_with('.')) {
        rest = after;
    }
    Some(rest.trim_start_matches('.').trim())
}

/// Adds the symbols of a joint one that aren't there yet.
fn add_halves(symbols: &mut Vec<Field<Symbol>>, joint: &JointSymbol, place: &Field<()>) {
    for half in joint.halves() {
        if !symbols.iter().any(|known| known.value.key() == half.key()) {
            symbols.push(place.clone_as(half.clone()));
        }
    }
}

/// The symbol that stands alone at the top or foot of pages, if it is one only.
fn running_heads(lines: &[Printed]) -> Vec<Field<Symbol>> {
    let mut symbols = Vec::new();
    let mut since_page = usize::MAX;
    let mut page = lines.first().map_or(1, |line| line.page);
    for (at, line) in lines.iter().enumerate() {
        since_page = if line.page == page {
            since_page.saturating_add(1)
        } else {
            0
        };
        page = line.page;
        let last = at + RUNNING_HEAD_LINES >= lines.len();
        if !(last || since_page < RUNNING_HEAD_LINES) {
            continue;
        }
        if let Some(joint) = symbols::parse(&line.text) {
            let place = Field {
                value: (),
                printed: line.text.clone(),
                line: line.number,
                page: line.page,
                confidence: Confidence::Likely,
            };
            add_halves(&mut symbols, &joint, &place);
        }
    }
    symbols.truncate(2);
    symbols
}
