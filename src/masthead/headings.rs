//! The line that says what a document is: `Letter dated …`, `Ruritania: draft
//! resolution`, `Report of the Secretary-General`.

use super::atoms::{Atom, Item};
use super::phrase::after_phrase;
use super::session;
use super::words::SUFFIX_LINES;

/// Where the title stands, seen from the heading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// The heading is the title.
    Itself,
    /// Before the heading, if anything stands there.
    Before,
    /// After the heading.
    After,
    /// After the heading, behind its date, source and number.
    AfterNumber,
}

/// A heading, and the items it takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Heading {
    /// The kind of document.
    pub(super) kind: String,
    pub(super) place: Place,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// How a heading begins, in lower case; the kind; where the title stands. The
/// first that matches counts, so longer ones come first.
const OPENINGS: [(&str, &str, Place); 91] = [
    (
        "identical letters dated",
        "identical letters",
        Place::Itself,
    ),
    ("identical letters", "identical letters", Place::Itself),
    (
        "identical notes verbales dated",
        "note verbale",
        Place::Itself,
    ),
    ("letter dated", "letter", Place::Itself),
    ("letters dated", "letters", Place::Itself),
    ("letter from the", "letter", Place::Itself),
    ("note verbale dated", "note verbale", Place::Itself),
    ("notes verbales dated", "note verbale", Place::Itself),
    ("note verbale from", "note verbale", Place::Itself),
    ("cablegram dated", "telegram", Place::Itself),
    ("telegram dated", "telegram", Place::Itself),
    (
        "lettres identiques datées",
        "identical letters",
        Place::Itself,
    ),
    ("lettre datée", "letter", Place::Itself),
    ("lettres datées", "letters", Place::Itself),
    ("note verbale datée", "note verbale", Place::Itself),
    (
        "cartas idénticas de fecha",
        "identical letters",
        Place::Itself,
    ),
    ("carta de fecha", "letter", Place::Itself),
    ("cartas de fecha", "letters", Place::Itself),
    ("nota verbal de fecha", "note verbale", Place::Itself),
    ("идентичные письма", "identical letters", Place::Itself),
    ("письмо", "letter", Place::Itself),
    ("вербальная нота", "note verbale", Place::Itself),
    (
        "رسالتان متطابقتان مؤرختان",
        "identical letters",
        Place::Itself,
    ),
    ("رسالة مؤرخة", "letter", Place::Itself),
    ("مذكرة شفوية مؤرخة", "note verbale", Place::Itself),
    ("resolution adopted", "resolution", Place::AfterNumber),
    ("resolutions adopted", "resolution", Place::AfterNumber),
    ("decision adopted", "decision", Place::AfterNumber),
    ("résolution adoptée", "resolution", Place::AfterNumber),
    ("resolución aprobada", "resolution", Place::AfterNumber),
    ("резолюция, принятая", "resolution", Place::AfterNumber),
    ("قرار اتخذته", "resolution", Place::AfterNumber),
    ("大会决议", "resolution", Place::AfterNumber),
    ("revised draft resolution", "draft resolution", Place::After),
    ("draft resolution", "draft resolution", Place::After),
    ("revised draft decision", "draft decision", Place::After),
    ("draft decision", "draft decision", Place::After),
    ("projet de résolution", "draft resolution", Place::After),
    ("projet de décision", "draft decision", Place::After),
    ("proyecto de resolución", "draft resolution", Place::After),
    ("proyecto de decisión", "draft decision", Place::After),
    ("проект резолюции", "draft resolution", Place::After),
    ("проект решения", "draft decision", Place::After),
    (
        "statement by the president of the security council",
        "statement by the President",
        Place::Itself,
    ),
    (
        "déclaration du président du conseil de sécurité",
        "statement by the President",
        Place::Itself,
    ),
    (
        "declaración de la presidencia del consejo",
        "statement by the President",
        Place::Itself,
    ),
    (
        "joint written statement submitted by",
        "NGO statement",
        Place::Itself,
    ),
    (
        "joint statement submitted by",
        "NGO statement",
        Place::Itself,
    ),
    (
        "written statement submitted by",
        "NGO statement",
        Place::Itself,
    ),
    (
        "written statement* submitted by",
        "NGO statement",
        Place::Itself,
    ),
    (
        "joint written statement* submitted by",
        "NGO statement",
        Place::Itself,
    ),
    ("statement submitted by", "NGO statement", Place::Itself),
    ("exposé présenté par", "NGO statement", Place::Itself),
    ("declaración presentada por", "NGO statement", Place::Itself),
    (
        "provisional verbatim record",
        "verbatim record",
        Place::Itself,
    ),
    ("verbatim record of the", "verbatim record", Place::Itself),
    (
        "provisional summary record",
        "summary record",
        Place::Itself,
    ),
    ("summary record of the", "summary record", Place::Itself),
    ("compte rendu analytique", "summary record", Place::Itself),
    ("acta resumida", "summary record", Place::Itself),
    (
        "annotated provisional agenda",
        "provisional agenda",
        Place::Itself,
    ),
    (
        "annotations to the provisional agenda",
        "provisional agenda",
        Place::Itself,
    ),
    ("provisional agenda", "provisional agenda", Place::Itself),
    (
        "ordre du jour provisoire",
        "provisional agenda",
        Place::Itself,
    ),
    ("programa provisional", "provisional agenda", Place::Itself),
    ("summary statement by", "summary statement", Place::Itself),
    (
        "secretary-general’s bulletin",
        "Secretary-General’s bulletin",
        Place::After,
    ),
    (
        "administrative instruction",
        "administrative instruction",
        Place::After,
    ),
    ("information circular", "information circular", Place::After),
    ("petition from", "petition", Place::Itself),
    (
        "conference room paper",
        "conference room paper",
        Place::Before,
    ),
    ("working paper", "working paper", Place::Before),
    ("draft report", "draft report", Place::Before),
    (
        "note by the secretariat",
        "note by the Secretariat",
        Place::Before,
    ),
    (
        "note by the secretary-general",
        "note by the Secretary-General",
        Place::Before,
    ),
    (
        "note by the president",
        "note by the President",
        Place::Before,
    ),
    ("note by the chair", "note by the Chair", Place::Before),
    ("note by", "note", Place::Before),
    (
        "note du secrétariat",
        "note by the Secretariat",
        Place::Before,
    ),
    (
        "note du secrétaire général",
        "note by the Secretary-General",
        Place::Before,
    ),
    (
        "nota de la secretaría",
        "note by the Secretariat",
        Place::Before,
    ),
    (
        "nota del secretario general",
        "note by the Secretary-General",
        Place::Before,
    ),
    (
        "записка секретариата",
        "note by the Secretariat",
        Place::Before,
    ),
    (
        "rapport du secrétaire général",
        "report of the Secretary-General",
        Place::Before,
    ),
    (
        "informe del secretario general",
        "report of the Secretary-General",
        Place::Before,
    ),
    (
        "доклад генерального секретаря",
        "report of the Secretary-General",
        Place::Before,
    ),
    ("report of", "report", Place::Before),
    ("report by", "report", Place::Before),
    ("reports of", "report", Place::Before),
    ("rapport du", "report", Place::Before),
    ("informe del", "report", Place::Before),
];

/// How the titles of letters end in Chinese.
const LETTER_ENDINGS: [(&str, &str); 3] = [
    ("的同文信", "identical letters"),
    ("的信", "letter"),
    ("的普通照会", "note verbale"),
];

/// What sponsors submit, after a colon; in lower case, with the kind.
const SPONSORED: [(&str, &str); 16] = [
    ("revised draft resolution", "draft resolution"),
    ("draft resolution", "draft resolution"),
    ("revised draft decision", "draft decision"),
    ("draft decision", "draft decision"),
    ("draft declaration", "draft declaration"),
    ("working paper", "working paper"),
    ("projet de résolution révisé", "draft resolution"),
    ("projet de résolution", "draft resolution"),
    ("projet de décision", "draft decision"),
    ("proyecto de resolución revisado", "draft resolution"),
    ("proyecto de resolución", "draft resolution"),
    ("proyecto de decisión", "draft decision"),
    ("проект резолюции", "draft resolution"),
    ("проект решения", "draft decision"),
    ("مشروع قرار", "draft resolution"),
    ("决议草案", "draft resolution"),
];

/// How amendments are named, in lower case, in any of the languages.
const AMENDMENTS: [&str; 9] = [
    "amendments to",
    "amendment to",
    "revised amendment to",
    "sub-amendment to",
    "amendement au",
    "amendements au",
    "enmienda al",
    "enmiendas al",
    "поправка к",
];

/// Those whose reports are a kind of their own.
const REPORTERS: [&str; 20] = [
    "Secretary-General",
    "First Committee",
    "Second Committee",
    "Third Committee",
    "Fourth Committee",
    "Special Political and Decolonization Committee",
    "Special Political Committee",
    "Fifth Committee",
    "Sixth Committee",
    "Credentials Committee",
    "General Committee",
    "Advisory Committee on Administrative and Budgetary Questions",
    "Administrator",
    "Director-General",
    "Executive Director",
    "Executive Secretary",
    "High Commissioner",
    "Special Rapporteur",
    "United Nations High Commissioner for Human Rights",
    "United Nations High Commissioner for Refugees",
];

/// Words that may stand before `report`, in lower case.
const REPORT_ADJECTIVES: [&str; 12] = [
    "additional",
    "annual",
    "biennial",
    "consolidated",
    "final",
    "further",
    "interim",
    "joint",
    "periodic",
    "preliminary",
    "progress",
    "special",
];

/// The heading among the given items. What sponsors submit and organs adopt
/// comes first, then letters, then reports and notes: titles of agenda items
/// name letters and reports too. Of two letters the first counts that isn't the
/// title of an agenda item (the second is what the first was added to), of two
/// reports the last.
pub(super) fn find(items: &[Item]) -> Option<Heading> {
    let at = |index: usize| {
        sponsored(items, index)
            .or_else(|| amended(items, index))
            .or_else(|| opening(items, index))
    };
    let headings: Vec<Heading> = (0..items.len()).filter_map(at).collect();
    let first_of = |places: &[Place]| {
        headings
            .iter()
            .find(|heading| places.contains(&heading.place))
    };
    let below_item = |heading: &&Heading| {
        let above = items[..heading.start].last();
        above.is_some_and(|above| matches!(above.atom, Atom::Agenda(_)))
    };
    let letters = || {
        headings
            .iter()
            .filter(|heading| heading.place == Place::Itself)
    };
    let own = || letters().find(|letter| !below_item(letter));
    let last_of = |place| headings.iter().rfind(|heading| heading.place == place);
    first_of(&[Place::After, Place::AfterNumber])
        .or_else(|| own().or_else(|| letters().next()))
        .or_else(|| last_of(Place::Before))
        .cloned()
}

/// What a line says the document is to its parent. Gaps between the letters
/// don't count.
pub(super) fn suffix_line(text: &str) -> Option<&'static str> {
    let bare: String = text
        .chars()
        .filter(|c| c.is_alphabetic())
        .flat_map(char::to_lowercase)
        .collect();
    SUFFIX_LINES
        .iter()
        .find(|(word, _)| *word == bare)
        .map(|(_, suffix)| *suffix)
}

/// `16th plenary meeting`, `9171st meeting`.
pub(super) fn is_meeting(text: &str) -> bool {
    let words: Vec<&str> = text.split(' ').collect();
    let counted = |word: &str| {
        let digits = word.trim_end_matches(|c: char| c.is_ascii_lowercase());
        digits.len() < word.len()
            && !digits.is_empty()
            && digits.bytes().all(|b| b.is_ascii_digit())
    };
    match words.as_slice() {
        [number, "meeting"] | [number, "plenary" | "(closed)" | "closed", "meeting"] => {
            counted(number)
        }
        _ => false,
    }
}

/// The kind of letter whose title a Chinese line ends.
pub(super) fn ends_letter(text: &str) -> Option<&'static str> {
    let bare = text.trim_end_matches('*');
    let ending = LETTER_ENDINGS.iter().find(|(end, _)| bare.ends_with(end));
    ending.map(|(_, kind)| *kind)
}

/// Whether a line begins a heading.
pub(super) fn is_heading(text: &str) -> bool {
    let text = without_ordinal(text);
    OPENINGS
        .iter()
        .any(|(words, _, _)| after_phrase(text, words).is_some())
}

fn opening(items: &[Item], index: usize) -> Option<Heading> {
    let item = &items[index];
    if !item.is_text() || item.text.starts_with(char::is_lowercase) {
        return None;
    }
    let text = without_ordinal(&item.text);
    let by_ending = || Some((ends_letter(text)?, Place::Itself));
    let (kind, place) = resolution_number(text).or_else(by_ending).or_else(|| {
        OPENINGS
            .iter()
            .find(|(words, _, _)| after_phrase(text, words).is_some())
            .map(|(_, kind, place)| (*kind, *place))
    })?;
    let kind = reporter(kind, items, index).unwrap_or_else(|| kind.to_owned());
    Some(Heading {
        kind,
        place,
        start: index,
        end: index + 1,
    })
}

/// `Resolution 678 (1990)`, `24 (1947). Resolution of 30 April 1947`.
fn resolution_number(text: &str) -> Option<(&'static str, Place)> {
    let after = after_phrase(text, "resolution")?.trim_start();
    let digits = after.len() - after.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let bracket = after[digits..].trim_start().starts_with('(');
    (digits > 0 && bracket).then_some(("resolution", Place::Itself))
}

/// `report of the Fifth Committee`: who reports, if that is all the name.
fn reporter(kind: &str, items: &[Item], index: usize) -> Option<String> {
    if kind != "report" {
        return None;
    }
    let next = items.get(index + 1).map_or("", |item| item.text.as_str());
    let text = format!("{} {next}", without_ordinal(&items[index].text));
    let name = ["report of the", "report by the"]
        .iter()
        .find_map(|words| after_phrase(&text, words))?
        .trim_start();
    let (reporter, rest) = REPORTERS
        .iter()
        .find_map(|reporter| Some((*reporter, after_phrase(name, reporter)?)))?;
    let jointly = after_phrase(rest.trim_start(), "and").is_some();
    (!jointly).then(|| format!("report of the {reporter}"))
}

/// Without what counts or qualifies a report: `Nineteenth progress report …`.
fn without_ordinal(text: &str) -> &str {
    let mut rest = text;
    for _ in 0..3 {
        let Some((word, after)) = rest.split_once(' ') else {
            break;
        };
        let lower = word.to_lowercase();
        let counted = session::is_ordinal(&lower) && lower.len() > 2;
        if !(counted || REPORT_ADJECTIVES.contains(&lower.as_str())) {
            break;
        }
        rest = after;
    }
    let reports = after_phrase(rest, "report").is_some() || after_phrase(rest, "reports").is_some();
    if reports { rest } else { text }
}

/// `Ruritania and Syldavia:* draft resolution`, also cut before the last words.
fn sponsored(items: &[Item], index: usize) -> Option<Heading> {
    two_lines(items, index, |text| {
        let after = after_colon(text)?;
        let (words, kind) = SPONSORED
            .iter()
            .find(|(words, _)| after_phrase(after, words).is_some())?;
        let rest = after_phrase(after, words)?;
        rest.trim_matches(['*', '.', ' '])
            .is_empty()
            .then(|| (*kind).to_owned())
    })
}

/// `Ruritania: amendment to draft resolution A/80/L.18`.
fn amended(items: &[Item], index: usize) -> Option<Heading> {
    let of_whole = |text: &str| {
        let after = after_colon(text).unwrap_or(text);
        let words = AMENDMENTS
            .iter()
            .find(|words| after_phrase(after, words).is_some())?;
        let target = after_phrase(after, words)?
            .trim()
            .trim_end_matches(['*', '.']);
        let complete = target.contains('/');
        complete.then(|| format!("{words} {target}"))
    };
    two_lines(items, index, of_whole)
}

/// Reads a heading from an item of text, or from it and the next one.
fn two_lines(
    items: &[Item],
    index: usize,
    read: impl Fn(&str) -> Option<String>,
) -> Option<Heading> {
    let first = items.get(index).filter(|item| item.is_text())?;
    let heading = |kind, end| Heading {
        kind,
        place: Place::After,
        start: index,
        end,
    };
    if let Some(kind) = read(&first.text) {
        return Some(heading(kind, index + 1));
    }
    let next = items
        .get(index + 1)
        .filter(|next| !next.opens || first.text.ends_with(':'))?;
    if next.text.contains(':') {
        return None;
    }
    let kind = read(&format!("{} {}", first.text, next.text))?;
    Some(heading(kind, index + 2))
}

/// What stands after the last colon, without footnote marks.
fn after_colon(text: &str) -> Option<&str> {
    let (_, after) = text.rsplit_once([':', '：'])?;
    Some(after.trim_start_matches(['*', ' ']))
}
