//! Where titles end, and where the text of a document begins.

use super::atoms::{Atom, Item};
use super::headings::{self, is_heading, suffix_line};
use super::names;
use super::phrase::after_phrase;
use super::signature;
use super::words::{CONNECTORS, TEXT_HEADINGS, TEXT_OPENINGS};

/// The most lines that a title takes.
const MAX_LINES: usize = 16;

/// From this width on, in characters, a line is set in the measure of the text,
/// which is wider than that of titles; or it is a whole paragraph.
const TEXT_WIDTH: usize = 70;

/// The items from `start` on that make up one title: its end, and its words.
pub(super) fn block(items: &[Item], start: usize) -> (usize, String) {
    match items.get(start) {
        Some(first) => more(items, start + 1, first.text.clone()),
        None => (start, String::new()),
    }
}

/// The items from `start` on that complete a title begun with `words`.
pub(super) fn more(items: &[Item], start: usize, mut words: String) -> (usize, String) {
    let mut measure = words.chars().count();
    let narrow = measure < TEXT_WIDTH;
    let mut end = start;
    while let Some(next) = items.get(end).filter(|_| end - start < MAX_LINES) {
        let last = match end.checked_sub(1).filter(|_| end > start) {
            Some(last) => items[last].text.clone(),
            None => words.clone(),
        };
        measure = measure.max(next.text.chars().count());
        if !goes_on(&words, next, narrow) || ends_short(&last, &next.text, measure) {
            break;
        }
        add(&mut words, &next.text);
        end += 1;
    }
    (end, without_note(words))
}

/// The end of a heading that may take several lines: `Draft resolution submitted
/// by the Chair, N. N. (Ruritania),` / `on the basis of …`.
pub(super) fn heading_end(items: &[Item], start: usize, end: usize) -> usize {
    let mut words: String = items[start..end]
        .iter()
        .map(|item| item.text.as_str())
        .collect::<Vec<_>>()
        .join(" ");
    let mut end = end;
    while let Some(next) = items.get(end) {
        let small = next.text.starts_with(char::is_lowercase);
        // The name of who submits it, and the State in brackets after that.
        let named = words.contains("submitted by")
            && words.contains(", ")
            && !words.contains('(')
            && !next.opens;
        let open = is_open(&words, &next.text) || named;
        if !next.is_text() || !(small || open) || end - start >= MAX_LINES {
            break;
        }
        add(&mut words, &next.text);
        end += 1;
    }
    end
}

/// Without the asterisk that calls a footnote.
pub(super) fn without_note(mut words: String) -> String {
    let end = words.trim_end_matches(['*', ' ']).len();
    words.truncate(end);
    words
}

/// Whether a title goes on with the next item.
fn goes_on(words: &str, next: &Item, narrow: bool) -> bool {
    if matches!(next.atom, Atom::Footnote | Atom::Mark | Atom::Job) {
        return false;
    }
    let open = is_open(words, &next.text);
    let small = next.text.starts_with(char::is_lowercase);
    if suffix_line(&next.text).is_some() {
        return false;
    }
    if open {
        return true;
    }
    if !next.is_text() || next.opens && !small {
        return false;
    }
    if small {
        return !is_paragraph(&next.text);
    }
    if after_phrase(&next.text, "adopted by").is_some() {
        return false;
    }
    if in_capitals(words) {
        return in_capitals(&next.text) && !is_heading(&next.text);
    }
    let wide = !narrow || next.text.chars().count() >= TEXT_WIDTH;
    let whole_letter = is_whole_letter(words);
    !(wide || whole_letter || is_heading(&next.text) || begins_text(&next.text))
}

/// Whether words leave a title open: a connecting word, a comma, a hyphen, an
/// open bracket or a name cut in two.
pub(super) fn is_open(words: &str, next: &str) -> bool {
    let last = words.rsplit(' ').next().unwrap_or_default();
    let lower = last.to_lowercase();
    let cut = last.ends_with([',', '-', '–', '—', '(', '/']) || last.ends_with(':');
    let quoted = words.matches('“').count() > words.matches('”').count();
    let bracketed = words.matches('(').count() > words.matches(')').count();
    cut || quoted
        || bracketed
        || CONNECTORS.contains(&lower.as_str())
        || names::is_cut_between(words, next)
}

/// Whether a text has letters, and all of them are capitals.
pub(super) fn in_capitals(text: &str) -> bool {
    text.contains(char::is_uppercase) && !text.contains(char::is_lowercase)
}

/// Whether a line ends a paragraph: it leaves room, in a measure of so many
/// characters, for the word that begins the next line with a capital.
pub(super) fn ends_short(line: &str, next: &str, measure: usize) -> bool {
    let word = next.split(' ').next().unwrap_or_default();
    let room = line.chars().count() + 1 + word.chars().count() <= measure;
    let small = next.starts_with(char::is_lowercase);
    room && !small && !is_open(line, next)
}

/// Whether a letter's title already names who it is addressed to.
fn is_whole_letter(words: &str) -> bool {
    if headings::ends_letter(words).is_some() {
        return true;
    }
    let Some(after) = [
        "letter",
        "letters",
        "identical letters",
        "note verbale",
        "notes verbales",
    ]
    .iter()
    .find_map(|kind| after_phrase(words, &format!("{kind} dated"))) else {
        return false;
    };
    if let Some((_, addressee)) = after.rsplit_once("addressed to ") {
        return is_office(addressee);
    }
    let Some((_, addressee)) = after.rsplit_once(" to the ") else {
        return false;
    };
    is_office(addressee) && after_phrase(addressee, "United Nations").is_none()
}

/// Whether an office is named whole: `the Secretary-General`, `the President
/// of the Security Council`.
fn is_office(name: &str) -> bool {
    const HEADS: [&str; 5] = ["President", "Chair", "Chairman", "Chairperson", "Members"];
    let name = after_phrase(name, "the").unwrap_or(name).trim();
    let bare_head = HEADS
        .iter()
        .any(|head| after_phrase(name, head) == Some(""));
    let unfinished = ["Executive", "Permanent", "Acting", "Deputy"]
        .iter()
        .any(|word| name.ends_with(word));
    !name.is_empty() && !bare_head && !unfinished
}

/// Where the text begins: the first item that opens it, after something else.
pub(super) fn text_start(items: &[Item]) -> usize {
    let opens = |at: &usize| {
        let item = &items[*at];
        let before = items[..*at].last();
        let open = before.is_some_and(|before| {
            before.is_text() && !item.opens && is_open(&before.text, &item.text)
        });
        item.is_text() && !open && before.is_some() && begins_text(&item.text)
    };
    (0..items.len()).find(opens).unwrap_or(items.len())
}

/// Whether a line can only be the first of a text: a numbered paragraph, an
/// organ that speaks, a phrase that letters begin with.
pub(super) fn begins_text(text: &str) -> bool {
    let starts_large = !text.starts_with(char::is_lowercase);
    let bare = text.trim_end_matches(['*', ':', ' ']).to_lowercase();
    is_paragraph(text)
        || is_speaker(text)
        || signature::after_signed(text).is_some()
        || signature::is_part(text)
        || TEXT_HEADINGS.contains(&bare.as_str())
        || starts_large
            && TEXT_OPENINGS
                .iter()
                .any(|opening| after_phrase(text, opening).is_some())
}

/// `1.`, `1. The`, `I.`, `I. Introduction`, `A. General`.
fn is_paragraph(text: &str) -> bool {
    let Some((number, rest)) = text.split_once('.') else {
        return false;
    };
    let digits = matches!(number.len(), 1..=3) && number.bytes().all(|b| b.is_ascii_digit());
    let letters = matches!(number, "I" | "A" | "II");
    (digits || letters) && (rest.is_empty() || rest.starts_with(' '))
}

/// Whether a line addresses the reader in an organ's name: `The Committee,`.
fn is_speaker(text: &str) -> bool {
    let short = text.chars().count() <= 60 && text.split(' ').count() <= 8;
    let addressed = text.starts_with("The ") && text.ends_with([',', ':']) && short;
    addressed || is_organ_speaking(text)
}

/// `The General Assembly,`, `La Asamblea General,`, `The Security Council decides`.
pub(super) fn is_organ_speaking(text: &str) -> bool {
    const ARTICLES: [&str; 7] = ["The ", "L’", "L'", "La ", "Le ", "El ", "Los "];
    let Some(name) = ARTICLES
        .iter()
        .find_map(|article| text.strip_prefix(article))
    else {
        return text.strip_suffix(',').and_then(names::organ).is_some();
    };
    names::organ_at(name).is_some_and(|(_, rest)| {
        let rest = rest.trim_start_matches([',', ' ', ':']);
        let next = rest.split(' ').next().unwrap_or_default();
        rest.is_empty() || rest.starts_with(char::is_lowercase) && !CONNECTORS.contains(&next)
    })
}

/// Adds a line to a title. A word cut at a hyphen stays hyphenated.
pub(super) fn add(words: &mut String, line: &str) {
    let hyphenated = words.ends_with('-') && line.starts_with(char::is_alphabetic);
    if !(words.is_empty() || hyphenated) {
        words.push(' ');
    }
    words.push_str(line);
}
