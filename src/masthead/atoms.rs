//! What each line of a masthead is: a symbol, an organ, a date, an agenda item …
//!
//! Extraction joins what stood in two columns (`General Assembly Distr.:
//! Limited`), so a line may hold several; and it cuts names at a line's end
//! (`GENERAL` / `ASSEMBLY`), so several lines may be one. A line that isn't
//! wholly made of such parts is text, unless the text follows an agenda item or
//! many parts.

use crate::statement::PartialDate;
use crate::symbol::JointSymbol;

use super::agenda;
use super::dates;
use super::job;
use super::lines::Printed;
use super::names::{self, sentence_case};
use super::phrase::{after_phrase, after_word};
use super::session;
use super::symbols;
use super::words::{
    DISTRIBUTION_LABELS, DISTRIBUTIONS, ORIGINAL_LABELS, UNITED_NATIONS, WEEKDAYS, YEAR_WORDS,
};

/// How many lines one name may take.
const MAX_JOINED: usize = 4;

/// From how many parts on a line is a squeezed masthead, whatever follows.
const SQUEEZED: usize = 4;

/// A part of a masthead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Atom {
    UnitedNations,
    Organ(String),
    Distribution(String),
    /// A date alone.
    Date(PartialDate),
    /// The day of a meeting, with its weekday.
    Meeting(PartialDate),
    /// When and where a session meets.
    Period,
    /// The language of this version, on a line of its own.
    Language(String),
    Original(Vec<String>),
    /// The document exists in these languages only.
    Only(String),
    Symbol(JointSymbol),
    Session(String),
    /// Items of one agenda.
    Agenda(Vec<String>),
    /// A job number, and whether an asterisk marks a reissue.
    Job,
    /// A rule, page number, bar code or processing date.
    Mark,
    Footnote,
    Text,
}

/// A part with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item {
    pub(super) atom: Atom,
    /// The words, white space folded.
    pub(super) text: String,
    pub(super) number: usize,
    pub(super) page: u32,
    /// Whether an empty line stands before.
    pub(super) opens: bool,
    /// Whether letters were printed apart.
    pub(super) spaced: bool,
}

impl Item {
    pub(super) fn is_text(&self) -> bool {
        self.atom == Atom::Text
    }

    /// Whether it belongs to a masthead rather than to a title or text.
    pub(super) fn is_masthead(&self) -> bool {
        !matches!(
            self.atom,
            Atom::Text | Atom::Footnote | Atom::Mark | Atom::Job
        )
    }
}

/// The parts of the given lines, in order.
pub(super) fn items(lines: &[Printed]) -> Vec<Item> {
    let mut items = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let (joined, taken) = joined(&lines[at..]);
        let line = &lines[at];
        for (index, (atom, text)) in parts(&joined).into_iter().enumerate() {
            items.push(Item {
                atom,
                text,
                number: line.number,
                page: line.page,
                opens: line.opens && index == 0,
                spaced: line.spaced,
            });
        }
        at += taken;
    }
    items
}

/// The first line, with those that complete it, and how many lines that takes.
fn joined(lines: &[Printed]) -> (String, usize) {
    let text = |count: usize| {
        let texts: Vec<&str> = lines[..count]
            .iter()
            .map(|line| line.text.as_str())
            .collect();
        texts.join(" ")
    };
    let most = lines.len().min(MAX_JOINED);
    for count in (2..=most).rev() {
        let joined = text(count);
        if names::organ(&joined).is_some() || is_united_nations(&joined) {
            return (joined, count);
        }
    }
    let wants_more = |joined: &str, next: &str| {
        is_label(joined)
            || joined.ends_with(['–', '-']) && symbols::is_half(joined)
            || agenda::goes_on(joined, next)
            || is_open_list(joined)
    };
    let mut count = 1;
    let mut whole = text(1);
    while count < most && wants_more(&whole, &lines[count].text) {
        count += 1;
        let longer = text(count);
        if parts(&longer).iter().any(|(atom, _)| *atom == Atom::Text) && !agenda::is_item(&longer) {
            return (whole, count - 1);
        }
        whole = longer;
    }
    (whole, count)
}

/// Whether a line is a label whose value must follow.
fn is_label(text: &str) -> bool {
    let bare = text.trim_end_matches([':', ' ']).to_lowercase();
    DISTRIBUTION_LABELS.contains(&bare.as_str()) || is_original_label(text)
}

/// Whether a line is nothing but the label of the original language.
pub(super) fn is_original_label(text: &str) -> bool {
    let bare = text.trim_end_matches([':', ' ']).to_lowercase();
    ORIGINAL_LABELS.contains(&bare.as_str())
}

/// Whether a list of original languages goes on.
fn is_open_list(text: &str) -> bool {
    let labelled = ORIGINAL_LABELS
        .iter()
        .any(|label| after_phrase(text, label).is_some());
    let lower = text.to_lowercase();
    let open = [",", "/", " and", " et", " y"];
    labelled && open.iter().any(|end| lower.ends_with(end))
}

fn is_united_nations(text: &str) -> bool {
    UNITED_NATIONS
        .iter()
        .any(|name| after_phrase(text, name) == Some(""))
}

/// The parts of one line, each with its words.
fn parts(text: &str) -> Vec<(Atom, String)> {
    let mut parts: Vec<(Atom, String)> = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let Some((atom, after)) = part(rest) else {
            break;
        };
        let words = rest[..rest.len() - after.len()].trim();
        parts.push((atom, words.to_owned()));
        rest = after.trim_start_matches([' ', ',', ';']);
        if bar_code(rest).is_none() {
            rest = rest.trim_start_matches(['*', ' ']);
        }
    }
    if rest.is_empty() && !parts.is_empty() {
        return parts;
    }
    let is_item = matches!(parts.last(), Some((Atom::Agenda(_), _)));
    if is_item || parts.len() >= SQUEEZED {
        parts.push((Atom::Text, rest.to_owned()));
        return parts;
    }
    vec![(Atom::Text, text.to_owned())]
}

/// The part that a text begins with, and what follows.
fn part(text: &str) -> Option<(Atom, &str)> {
    if let Some(atom) = mark(text) {
        return Some((atom, ""));
    }
    UNITED_NATIONS
        .iter()
        .find_map(|name| after_phrase(text, name))
        .map(|rest| (Atom::UnitedNations, rest))
        .or_else(|| names::organ_at(text).map(|(name, rest)| (Atom::Organ(name), rest)))
        .or_else(|| distribution(text))
        .or_else(|| original(text))
        .or_else(|| language(text))
        .or_else(|| job::at(text).map(|(_, rest)| (Atom::Job, rest)))
        .or_else(|| bar_code(text))
        .or_else(|| date(text))
        .or_else(|| session::at(text).map(|(session, rest)| (Atom::Session(session), rest)))
        .or_else(|| agenda::at(text).map(|(items, rest)| (Atom::Agenda(items), rest)))
        .or_else(|| symbols::at(text).map(|(symbol, rest)| (Atom::Symbol(symbol), rest)))
}

/// What is no text at all, if the whole line is such.
fn mark(text: &str) -> Option<Atom> {
    let is_plain = |text: &str| !text.chars().any(char::is_alphanumeric);
    let is_code = |c: char| c.is_ascii_digit() || matches!(c, '*' | '/' | ' ');
    let is_series = after_phrase(text, "Official Records").is_some_and(str::is_empty);
    if text.chars().all(is_code) || is_plain(text) || is_series {
        return Some(Atom::Mark);
    }
    let after_marks = text.trim_start_matches('*');
    let is_note = after_marks.len() < text.len() && after_marks.starts_with(' ');
    is_note.then_some(Atom::Footnote)
}

/// `*2516535*`.
fn bar_code(text: &str) -> Option<(Atom, &str)> {
    let (digits, rest) = text.strip_prefix('*')?.split_once('*')?;
    let is_code = digits.len() >= 6 && digits.bytes().all(|b| b.is_ascii_digit());
    is_code.then_some((Atom::Mark, rest))
}

/// `Distr.: General`; in 1947 the word stood alone.
fn distribution(text: &str) -> Option<(Atom, &str)> {
    if after_phrase(text, "unrestricted") == Some("") {
        return Some((Atom::Distribution("Unrestricted".to_owned()), ""));
    }
    let rest = DISTRIBUTION_LABELS
        .iter()
        .find_map(|label| after_phrase(text, label))?;
    let rest = rest.trim_start_matches([' ', ':', '.']);
    DISTRIBUTIONS.iter().find_map(|(distribution, words)| {
        let after = after_word(rest, words)?;
        Some((Atom::Distribution((*distribution).to_owned()), after))
    })
}

fn original(text: &str) -> Option<(Atom, &str)> {
    let rest = ORIGINAL_LABELS
        .iter()
        .find_map(|label| after_phrase(text, label))?;
    let rest = rest.trim_start();
    let rest = rest.strip_prefix([':', '：'])?;
    let (languages, rest) = names::languages(rest.trim_start())?;
    Some((Atom::Original(languages), rest))
}

fn language(text: &str) -> Option<(Atom, &str)> {
    let (languages, rest) = names::languages(text)?;
    if let Some(after) = after_word(rest.trim_start(), &["only", "seulement", "solamente"]) {
        let printed = text[..text.len() - after.len()].trim();
        return Some((Atom::Only(sentence_case(printed)), after));
    }
    match languages.as_slice() {
        [only] => Some((Atom::Language(only.clone()), rest)),
        _ => None,
    }
}

fn date(text: &str) -> Option<(Atom, &str)> {
    if let Some(after) = after_word(text, &WEEKDAYS) {
        let after = after.trim_start_matches([',', ' ']);
        let found = dates::first(after).filter(|found| found.start == 0)?;
        return Some((Atom::Meeting(found.date), ""));
    }
    if dates::is_period(text) {
        return Some((Atom::Period, ""));
    }
    let found = dates::first(text).filter(|found| found.start == 0)?;
    let rest = &text[found.end..];
    let after_year = after_word(rest.trim_start(), &YEAR_WORDS);
    Some((Atom::Date(found.date), after_year.unwrap_or(rest)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::masthead::lines;
    use crate::reading::Text;

    fn read(text: &str) -> Vec<Atom> {
        let items = items(&lines::printed(&Text::plain(text).lines));
        items.into_iter().map(|item| item.atom).collect()
    }

    fn organ(name: &str) -> Atom {
        Atom::Organ(name.to_owned())
    }

    #[test]
    fn columns_on_one_line_come_apart() {
        let atoms = read("General Assembly Distr.: Limited\nUnited Nations A/80/L.1*");
        assert_eq!(
            atoms[..2],
            [
                organ("General Assembly"),
                Atom::Distribution("Limited".into())
            ]
        );
        assert_eq!(atoms[2], Atom::UnitedNations);
        assert!(matches!(&atoms[3], Atom::Symbol(symbol) if symbol.is_reissue()));
    }

    #[test]
    fn names_and_labels_cut_at_a_line_end_are_joined() {
        assert_eq!(
            read("GENERAL\nASSEMBLY\n\nDistr.\nLIMITED\nORIGINAL:\n\nENGLISH/FRENCH"),
            [
                organ("General Assembly"),
                Atom::Distribution("Limited".into()),
                Atom::Original(vec!["English".into(), "French".into()])
            ]
        );
    }

    #[test]
    fn a_squeezed_masthead_is_read() {
        let atoms = read("Eightieth session Agenda item 7 Organization of work");
        let agenda = Atom::Agenda(vec!["7".into()]);
        assert_eq!(
            atoms,
            [
                Atom::Session("Eightieth session".into()),
                agenda,
                Atom::Text
            ]
        );
    }

    #[test]
    fn titles_that_begin_like_a_masthead_are_text() {
        for text in [
            "United Nations operation in Ruritania",
            "Security Council mission to Ruritania",
            "General Assembly",
            "English-language training",
            "Special session on children",
            "Original sources of law",
            "Item 7 is new",
        ] {
            let expected = if text == "General Assembly" {
                organ(text)
            } else {
                Atom::Text
            };
            assert_eq!(read(text), [expected], "{text}");
        }
    }

    #[test]
    fn marks_and_notes_are_told_from_text() {
        assert_eq!(
            read("_____\n2/8\n*2516535*\n130707\n* A/80/150."),
            [
                Atom::Mark,
                Atom::Mark,
                Atom::Mark,
                Atom::Mark,
                Atom::Footnote
            ]
        );
    }
}
