//! The language that a masthead is printed in.

use crate::statement::{Language, PartialDate};

use super::field::Field;
use super::words::{LANGUAGES, MONTHS};

/// The language of a printed date, where its month is an English name or its
/// script belongs to one official language.
pub(super) fn of_date(date: &Field<PartialDate>) -> Option<Language> {
    let is_word = |c: char| !c.is_alphabetic();
    let words = date.printed.split(is_word).map(str::to_lowercase);
    let mut names = words.filter(|word| !word.is_empty());
    names.find_map(|word| {
        let english = MONTHS
            .iter()
            .any(|(names, _)| names.first() == Some(&word.as_str()));
        let tag = match word.chars().next()? {
            _ if english => "English",
            'а'..='я' => "Russian",
            '\u{621}'..='\u{64a}' => "Arabic",
            '年' | '月' | '日' => "Chinese",
            _ => return None,
        };
        Language::named(tag)
    })
}

/// The languages that a text names, in the words of any official language.
pub(super) fn named_in(text: &str) -> Vec<Language> {
    let mut found = Vec::new();
    let words = text
        .split(|c: char| !c.is_alphabetic())
        .map(str::to_lowercase);
    for word in words.filter(|word| !word.is_empty()) {
        let names = LANGUAGES
            .iter()
            .find(|(_, names)| names.contains(&word.as_str()));
        if let Some(language) = names.and_then(|(english, _)| Language::named(english))
            && !found.contains(&language)
        {
            found.push(language);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::masthead::Confidence;

    fn language(printed: &str) -> Option<String> {
        let field = Field {
            value: "2024-02-19".parse().expect("a date"),
            printed: printed.to_owned(),
            line: 1,
            page: 1,
            confidence: Confidence::Certain,
        };
        of_date(&field).map(|language| language.to_string())
    }

    #[test]
    fn months_tell() {
        assert_eq!(language("19 February 2024").as_deref(), Some("en"));
        assert_eq!(language("19 февраля 2024 года").as_deref(), Some("ru"));
        assert_eq!(language("2024年2月19日").as_deref(), Some("zh"));
        assert_eq!(language("19 février 2024"), None);
        assert_eq!(language("2024-02-19"), None);
    }

    #[test]
    fn languages_are_named_in_all_of_them() {
        let tags = |text: &str| {
            let found = named_in(text);
            found.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(tags("ENGLISH ONLY"), ["en"]);
        assert_eq!(tags("Français seulement"), ["fr"]);
        assert_eq!(tags("Arabic, Chinese and Spanish only"), ["ar", "zh", "es"]);
        assert!(tags("only").is_empty());
    }
}
