//! Where the title stands in an opening.

use super::super::atoms::{Atom, Item};
use super::super::headings::{self, Heading, Place};
use super::super::title;
use super::{Opening, is_supplement};

/// How many parts at most make up a masthead, where nothing tells its end.
const MASTHEAD_PARTS: usize = 16;

/// The longest title, in characters: what is longer is text.
const MAX_TITLE: usize = 600;

/// A title, and the items it takes.
pub(super) struct Title {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) words: String,
}

impl Title {
    fn new(start: usize, (end, words): (usize, String)) -> Self {
        Self { start, end, words }
    }
}

impl Opening {
    /// The title, if it has the length of one.
    pub(super) fn find_title(&self) -> Option<Title> {
        let title = self.title_by_heading()?;
        (title.words.chars().count() <= MAX_TITLE).then_some(title)
    }

    fn title_by_heading(&self) -> Option<Title> {
        let Some(heading) = &self.heading else {
            return self.title_without_heading();
        };
        let itself = || {
            let block = title::block(&self.items, heading.start);
            Some(Title::new(heading.start, block))
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
    fn title_without_heading(&self) -> Option<Title> {
        let is_meeting = |item: &Item| item.is_text() && headings::is_meeting(&item.text);
        if let Some(at) = self.items.iter().position(is_meeting) {
            return Some(Title::new(at, (at + 1, self.items[at].text.clone())));
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
        let title = self.paragraph_before(self.items.len())?;
        (title.start > first).then_some(title)
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
    fn title_below(&self, heading: &Heading) -> Option<Title> {
        let next = self.items.get(heading.end)?;
        let above = &self.items[heading.end - 1].text;
        let apart = next.opens || title::in_capitals(above) && !title::in_capitals(&next.text);
        (apart && next.is_text())
            .then(|| self.title_at(heading.end))
            .flatten()
    }

    /// The last paragraph of text between the masthead and an item.
    fn paragraph_before(&self, end: usize) -> Option<Title> {
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
        let words = title::without_note(words);
        (!words.is_empty()).then(|| Title::new(start, (last, words)))
    }

    /// The title that begins at an item, notes and marks aside.
    fn title_at(&self, start: usize) -> Option<Title> {
        let skipped = |item: &&Item| matches!(item.atom, Atom::Mark | Atom::Job | Atom::Footnote);
        let start = start + self.items.get(start..)?.iter().take_while(skipped).count();
        let item = self.items.get(start)?;
        if headings::suffix_line(&item.text).is_some() {
            return None;
        }
        Some(Title::new(start, title::block(&self.items, start)))
    }

    /// The title behind the date of adoption, the source in brackets and the
    /// number of a resolution.
    fn numbered_title(&self, start: usize) -> Option<Title> {
        let mut at = start;
        let mut bracket = false;
        while let Some(item) = self.items.get(at) {
            let text = item.text.as_str();
            if let Some(rest) = resolution_number(text) {
                if rest.is_empty() {
                    return self.title_at(at + 1);
                }
                let block = title::more(&self.items, at + 1, rest.to_owned());
                return Some(Title::new(at, block));
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
