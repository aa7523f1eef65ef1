//! Language tags (BCP 47), checked for form and written in one letter case.

use std::fmt;
use std::str::FromStr;

/// A text that is no language tag.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a language tag; write one like en, fr, zh-Hans, und or mul (BCP 47)")]
pub struct LanguageError(String);

/// English names of the six official languages of the United Nations, and of
/// German, in which some of its documents appear.
const NAMES: [(&str, &str); 7] = [
    ("Arabic", "ar"),
    ("Chinese", "zh"),
    ("English", "en"),
    ("French", "fr"),
    ("German", "de"),
    ("Russian", "ru"),
    ("Spanish", "es"),
];

/// A well-formed language tag in its recommended letter case (RFC 5646 §2.1.1).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Language(String);

impl Language {
    /// `und`: the language is not known (ISO 639-2).
    #[must_use]
    pub fn undetermined() -> Self {
        Self("und".to_owned())
    }

    /// The language with this English name, in whatever letter case, if it is
    /// one in which official documents appear.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        NAMES
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, tag)| Self((*tag).to_owned()))
    }

    /// Its English name, if it is one in which official documents appear.
    #[must_use]
    pub fn english_name(&self) -> Option<&'static str> {
        NAMES
            .iter()
            .find(|(_, tag)| *tag == self.0)
            .map(|(name, _)| *name)
    }

    /// The tag.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this tag, taken as a language range, matches another one: `zh`
    /// covers `zh-Hans` (RFC 4647 §3.3.1).
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        let rest = other.0.strip_prefix(&self.0);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    }
}

impl FromStr for Language {
    type Err = LanguageError;

    fn from_str(text: &str) -> Result<Self, LanguageError> {
        let refuse = || LanguageError(text.chars().take(40).collect());
        let mut subtags = text.split('-');
        let primary = subtags.next().unwrap_or_default();
        let letters = primary.bytes().all(|byte| byte.is_ascii_alphabetic());
        if !letters || !matches!(primary.len(), 2 | 3) || text.len() > 35 {
            return Err(refuse());
        }
        let mut tag = primary.to_ascii_lowercase();
        let mut after_singleton = false;
        for subtag in subtags {
            if !matches!(subtag.len(), 1..=8) || !subtag.bytes().all(|b| b.is_ascii_alphanumeric())
            {
                return Err(refuse());
            }
            tag.push('-');
            tag.push_str(&if after_singleton {
                subtag.to_ascii_lowercase()
            } else {
                cased(subtag)
            });
            after_singleton |= subtag.len() == 1;
        }
        Ok(Self(tag))
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Regions in capitals, scripts with a capital, the rest in small letters.
fn cased(subtag: &str) -> String {
    let lower = subtag.to_ascii_lowercase();
    let letters = lower.bytes().all(|byte| byte.is_ascii_alphabetic());
    match lower.len() {
        2 if letters => lower.to_ascii_uppercase(),
        4 if letters => lower[..1].to_ascii_uppercase() + &lower[1..],
        _ => lower,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_have_one_letter_case() {
        for (text, tag) in [
            ("EN", "en"),
            ("zh-hans", "zh-Hans"),
            ("sr-latn-rs", "sr-Latn-RS"),
            ("UND", "und"),
            ("es-419", "es-419"),
            ("en-x-ab", "en-x-ab"),
        ] {
            assert_eq!(text.parse(), Ok(Language(tag.to_owned())), "{text}");
        }
    }

    #[test]
    fn a_tag_covers_what_is_more_exact() {
        let covers = |range: &str, tag: &str| {
            let [range, tag] = [range, tag].map(|text| text.parse::<Language>().expect("a tag"));
            range.covers(&tag)
        };
        assert!(covers("zh", "zh-Hans") && covers("zh-Hans", "zh-hans") && covers("en", "en"));
        assert!(!covers("zh-Hans", "zh") && !covers("en", "enm") && !covers("fr", "en"));
    }

    #[test]
    fn what_is_no_tag_is_refused() {
        for text in [
            "",
            "e",
            "english",
            "en_GB",
            "en-",
            "-en",
            "en-toolongsub",
            "1n",
            "e\u{301}n",
        ] {
            assert!(text.parse::<Language>().is_err(), "{text}");
        }
    }
}
