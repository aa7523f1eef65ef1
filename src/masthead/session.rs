//! Sessions and years: `Eightieth session`, `Sixty-second year`,
//! `Substantive session of 2010`.

use super::names::sentence_case;
use super::words::{FOREIGN_SESSION_ENDS, FOREIGN_SESSION_OPENINGS, NUMBER_WORDS, SESSION_WORDS};

/// The most characters that the name of a session takes.
const MAX_CHARS: usize = 80;

/// The session that a text begins with, and what follows.
pub(super) fn at(text: &str) -> Option<(String, &str)> {
    english(text).or_else(|| foreign(text))
}

fn english(text: &str) -> Option<(String, &str)> {
    let mut end = 0;
    let (mut named, mut counted) = (false, false);
    let mut at = 0;
    for word in text.split_inclusive(' ') {
        let bare = word.trim_end_matches([' ', '*', ',']).to_lowercase();
        let is_number = is_ordinal(&bare) || is_year(&bare);
        if !(SESSION_WORDS.contains(&bare.as_str()) || is_number) {
            break;
        }
        counted |= is_number;
        let names_it = matches!(bare.as_str(), "session" | "sessions" | "year");
        named |= names_it;
        at += word.len();
        if counted && named && (names_it || is_year(&bare) || bare.starts_with('(')) {
            end = at;
        }
    }
    let words = text[..end].trim_end_matches([' ', '*', ',']);
    let first = words.split(' ').next()?;
    let starts = first
        .chars()
        .next()
        .is_some_and(|c| c.is_uppercase() || c.is_ascii_digit());
    let plausible = starts && words.contains(' ') && words.chars().count() <= MAX_CHARS;
    plausible.then(|| (sentence_case(words), &text[words.len()..]))
}

/// Whole lines of the other languages, by how they begin or end.
fn foreign(text: &str) -> Option<(String, &str)> {
    let lower = text.trim_end_matches('*').to_lowercase();
    let ends = FOREIGN_SESSION_ENDS.iter().any(|end| lower.ends_with(end));
    let begins = FOREIGN_SESSION_OPENINGS
        .iter()
        .any(|opening| lower.starts_with(&opening.to_lowercase()));
    let is_year_of_china = lower.starts_with('第') && lower.ends_with('年');
    let short = text.chars().count() <= MAX_CHARS;
    (short && (ends || begins || is_year_of_china))
        .then(|| (text.trim_end_matches('*').to_owned(), ""))
}

/// Whether a word is an ordinal in words (`eighty-first`), digits (`34th`) or
/// Roman digits.
pub(super) fn is_ordinal(word: &str) -> bool {
    let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let suffix = &word[digits.len()..];
    if !digits.is_empty() && digits.len() <= 3 && digits.bytes().all(|b| b.is_ascii_digit()) {
        return matches!(suffix, "st" | "nd" | "rd" | "th");
    }
    let in_words = word.split('-').all(|part| NUMBER_WORDS.contains(&part));
    let roman = word.len() <= 7 && word.chars().all(|c| matches!(c, 'i' | 'v' | 'x' | 'l'));
    !word.is_empty() && (in_words || roman)
}

fn is_year(word: &str) -> bool {
    word.len() == 4 && word.bytes().all(|b| b.is_ascii_digit()) && word >= "1945"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_are_read() {
        for text in [
            "Eightieth session",
            "Seventy-eighth session",
            "Sixty-second year",
            "Substantive session of 2010",
            "2019 session",
            "Tenth emergency special session",
            "Resumed thirty-fourth session",
            "First regular session 1989",
            "One hundred and fifth session",
            "41st session",
            "XLI session",
            "Soixante-dix-huitième session",
            "Septuagésimo octavo período de sesiones",
            "Семьдесят восьмая сессия",
            "第七十八届会议",
        ] {
            assert_eq!(at(text), Some((text.to_owned(), "")), "{text}");
        }
        assert_eq!(
            at("THIRTY-SIXTH SESSION"),
            Some(("Thirty-sixth session".into(), ""))
        );
        assert_eq!(
            at("Eightieth session*"),
            Some(("Eightieth session".into(), "*"))
        );
        assert_eq!(
            at("Eightieth session Agenda"),
            Some(("Eightieth session".into(), " Agenda"))
        );
    }

    #[test]
    fn what_only_mentions_a_session_is_none() {
        for text in [
            "Special session on children",
            "session",
            "rrwenty-sixth session",
            "Year",
            "The session",
        ] {
            assert_eq!(at(text), None, "{text}");
        }
    }
}
