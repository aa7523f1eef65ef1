//! Names of organs and of languages.

use super::phrase::{after_phrase, after_word};
use super::words::{LANGUAGES, ORGANS};

/// The organ that a whole text names, as the name is written.
pub(super) fn organ(text: &str) -> Option<String> {
    let (name, rest) = organ_at(text)?;
    rest.trim_matches([' ', '*']).is_empty().then_some(name)
}

/// The organ that a text begins with (the longest name), and what follows.
pub(super) fn organ_at(text: &str) -> Option<(String, &str)> {
    ORGANS
        .iter()
        .filter_map(|name| Some((*name, after_phrase(text, name)?)))
        .min_by_key(|(_, rest)| rest.len())
        .map(|(name, rest)| (name.to_owned(), rest))
}

/// Whether a name that the first text leaves open ends in the second:
/// `… Security` / `Council …`.
pub(super) fn is_cut_between(before: &str, after: &str) -> bool {
    ORGANS.iter().any(|name| {
        name.match_indices(' ').any(|(space, _)| {
            let (head, tail) = (&name[..space], &name[space + 1..]);
            ends_with_words(before, head) && after_phrase(after, tail).is_some()
        })
    })
}

fn ends_with_words(text: &str, words: &str) -> bool {
    text.strip_suffix(words)
        .is_some_and(|before| !before.ends_with(char::is_alphanumeric))
}

/// The English names of the languages that a text begins with, however they are joined
/// (`English/French`, `English and Spanish`), and what follows.
pub(super) fn languages(text: &str) -> Option<(Vec<String>, &str)> {
    const JOINS: [&str; 8] = ["/", ",", "and", "et", "y", "и", "و", "、"];
    let (first, mut rest) = language_at(text)?;
    let mut languages = vec![first];
    loop {
        let mut next = rest.trim_start();
        while let Some(after) = JOINS.iter().find_map(|join| after_phrase(next, join)) {
            next = after.trim_start();
        }
        match language_at(next) {
            Some((language, after)) if next.len() < rest.len() => {
                languages.push(language);
                rest = after;
            }
            _ => return Some((languages, rest)),
        }
    }
}

fn language_at(text: &str) -> Option<(String, &str)> {
    LANGUAGES.iter().find_map(|(language, names)| {
        let rest = after_word(text, names)?;
        Some(((*language).to_owned(), rest))
    })
}

/// Words printed in capitals, with only the first letter left one.
pub(super) fn sentence_case(text: &str) -> String {
    if text.chars().any(char::is_lowercase) {
        return text.to_owned();
    }
    let mut chars = text.chars();
    let first: String = chars.next().into_iter().collect();
    first + &chars.as_str().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_name_of_an_organ_counts() {
        let long = "Special Political and Decolonization Committee (Fourth Committee)";
        assert_eq!(organ(long).as_deref(), Some(long));
        assert_eq!(
            organ("SECURITY COUNCIL").as_deref(),
            Some("Security Council")
        );
        assert_eq!(organ("Security Council mission"), None);
    }

    #[test]
    fn languages_are_read_however_joined() {
        let read = |text: &str| languages(text).map(|(languages, _)| languages.join("+"));
        assert_eq!(read("ENGLISH/RUSSIAN").as_deref(), Some("English+Russian"));
        assert_eq!(
            read("Arabic, Chinese, and French").as_deref(),
            Some("Arabic+Chinese+French")
        );
        assert_eq!(
            read("ANGLAIS et français").as_deref(),
            Some("English+French")
        );
        assert_eq!(read("Englishman"), None);
        assert_eq!(
            languages("English and more"),
            Some((vec!["English".into()], " and more"))
        );
    }

    #[test]
    fn names_cut_at_a_line_end_are_seen() {
        assert!(is_cut_between("the President of the Security", "Council"));
        assert!(!is_cut_between(
            "the President of the Security",
            "Committee"
        ));
    }
}
