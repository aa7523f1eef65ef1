//! Texts as they are compared: without letter case, accents, points of Arabic
//! and other differences of writing, cut into words. Both what is indexed and
//! what is asked for goes through here, so any two texts agree or differ alike
//! in the index and in a scan.
//!
//! A word is a run of letters and digits. Chinese characters and Japanese kana
//! are a word each, since nothing between them tells where a word ends: a
//! Chinese word is a phrase.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// A text as it is compared: its words, each between single spaces, with a
/// space before the first and after the last.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Folded(String);

impl Folded {
    /// Folds a text.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let mut folded = String::with_capacity(text.len() + 2);
        folded.push(' ');
        each_word(text, |word, _| {
            folded.push_str(word);
            folded.push(' ');
        });
        Self(folded)
    }

    /// The words between spaces.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Words that follow each other, the last of which may be cut short by `*`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phrase {
    /// Folded; without the space at its end if the last word may go on.
    pattern: String,
}

impl Phrase {
    /// Reads a phrase as typed; `None` if there is no letter or digit in it.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        let mut pattern = Folded::of(typed).0;
        if pattern == " " {
            return None;
        }
        if typed.trim_end().ends_with('*') {
            pattern.pop();
        }
        Some(Self { pattern })
    }

    /// Reads what was typed to search for. Each argument is a phrase, but of one
    /// with double quotes only what stands between them; around them, each word
    /// is one.
    #[must_use]
    pub fn parse_all<T: AsRef<str>>(arguments: &[T]) -> Vec<Self> {
        let mut phrases = Vec::new();
        for argument in arguments.iter().map(AsRef::as_ref) {
            let mut parts = argument.split('"').peekable();
            if !argument.contains('"') {
                phrases.extend(Self::parse(argument));
                continue;
            }
            while let Some(outside) = parts.next() {
                phrases.extend(outside.split_whitespace().filter_map(Self::parse));
                phrases.extend(parts.next().and_then(Self::parse));
            }
        }
        phrases
    }

    /// Whether a text holds it.
    #[must_use]
    pub fn occurs_in(&self, text: &Folded) -> bool {
        text.0.contains(&self.pattern)
    }

    /// Where a text first holds it, in bytes.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<Range<usize>> {
        let words: Vec<&str> = self.pattern.split_whitespace().collect();
        let (last, before) = words.split_last()?;
        let whole = self.pattern.ends_with(' ');
        let mut places = Vec::new();
        each_word(text, |word, place| places.push((word.to_owned(), place)));
        let fits = |window: &&[(String, Range<usize>)]| {
            let words = window.iter().map(|(word, _)| word.as_str());
            let (end, _) = &window[before.len()];
            words.take(before.len()).eq(before.iter().copied())
                && if whole {
                    end == last
                } else {
                    end.starts_with(last)
                }
        };
        let found = places.windows(words.len()).find(fits)?;
        let (first, last) = (found.first()?, found.last()?);
        Some(first.1.start..last.1.end)
    }

    /// As an FTS5 query. Words are letters and digits only, so nothing in them
    /// is syntax.
    pub(super) fn to_match(&self) -> String {
        let star = if self.pattern.ends_with(' ') {
            ""
        } else {
            " *"
        };
        format!("\"{}\"{star}", self.pattern.trim())
    }
}

/// Shows the words of a text with their places in bytes.
fn each_word(text: &str, mut show: impl FnMut(&str, Range<usize>)) {
    let (mut word, mut place) = (String::new(), 0..0);
    let mut end = |word: &mut String, place: &Range<usize>| {
        if !word.is_empty() {
            show(word, place.clone());
            word.clear();
        }
    };
    for (at, whole) in text.char_indices() {
        each_part(whole, |part| {
            let kind = kind(part);
            if matches!(kind, Kind::Separator | Kind::Ideograph) {
                end(&mut word, &place);
            }
            if matches!(kind, Kind::Letter | Kind::Ideograph) {
                if word.is_empty() {
                    place.start = at;
                }
                place.end = at + whole.len_utf8();
                word.push(one_form(part));
            }
            if kind == Kind::Ideograph {
                end(&mut word, &place);
            }
        });
    }
    end(&mut word, &place);
}

/// A character taken apart (NFKD) and in lower case.
fn each_part(c: char, mut show: impl FnMut(char)) {
    if c.is_ascii() {
        show(c.to_ascii_lowercase());
    } else {
        let parts = std::iter::once(c).nfkd();
        parts.flat_map(char::to_lowercase).for_each(show);
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Belongs to a word.
    Letter,
    /// Is a word.
    Ideograph,
    /// Stands between words.
    Separator,
    /// Makes no difference where it stands.
    Ignored,
}

fn kind(c: char) -> Kind {
    match c {
        'a'..='z' | '0'..='9' => Kind::Letter,
        _ if c.is_ascii() => Kind::Separator,
        '\u{3040}'..='\u{30ff}'
        | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}'
        | '\u{20000}'..='\u{3ffff}' => Kind::Ideograph,
        // Soft hyphen, tatweel, and joiners inside a word.
        '\u{ad}' | '\u{640}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' => Kind::Ignored,
        _ if is_combining_mark(c) => Kind::Ignored,
        _ if c.is_alphanumeric() => Kind::Letter,
        _ => Kind::Separator,
    }
}

/// Forms of one letter that writers do not keep apart.
fn one_form(c: char) -> char {
    match c {
        '\u{671}' => '\u{627}',
        '\u{649}' => '\u{64a}',
        '\u{629}' => '\u{647}',
        'ς' => 'σ',
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn folded(text: &str) -> String {
        Folded::of(text).0
    }

    #[test]
    fn texts_fold_in_all_six_languages() {
        assert_eq!(folded("Human Rights!"), " human rights ");
        assert_eq!(folded("L’Assemblée générale"), " l assemblee generale ");
        assert_eq!(folded("Año de los niños"), " ano de los ninos ");
        assert_eq!(folded("Объединённых Наций"), " объединенных нации ");
        assert_eq!(folded("人权，宣言"), " 人 权 宣 言 ");
        assert_eq!(folded("الأُمَمُ المتـحدة"), folded("الامم المتحده"));
        assert_eq!(folded("e\u{301}te\u{301}"), folded("été"));
        assert_eq!(folded("ﬁnal Ⅳ ２"), " final iv 2 ");
        assert_eq!(folded("co\u{ad}operation"), " cooperation ");
        assert_eq!(folded(" — … "), " ");
    }

    #[test]
    fn phrases_are_whole_words_in_order() {
        let text = Folded::of("The General Assembly, at its eightieth session");
        for (typed, occurs) in [
            ("assembly", true),
            ("general assembly", true),
            ("assembly general", false),
            ("assem", false),
            ("assem*", true),
            ("its eight*", true),
        ] {
            let phrase = Phrase::parse(typed).expect("words");
            assert_eq!(phrase.occurs_in(&text), occurs, "{typed}");
        }
        assert_eq!(Phrase::parse("* — \""), None);
    }

    #[test]
    fn what_is_typed_is_taken_apart_at_quotes_only() {
        let all = |arguments: &[&str]| {
            let phrases = Phrase::parse_all(arguments);
            let texts = phrases.iter().map(Phrase::to_match);
            texts.collect::<Vec<_>>()
        };
        assert_eq!(all(&["human", "rights"]), ["\"human\"", "\"rights\""]);
        assert_eq!(all(&["human rights"]), ["\"human rights\""]);
        assert_eq!(
            all(&["\"human rights\" decl*"]),
            ["\"human rights\"", "\"decl\" *"]
        );
        assert_eq!(all(&["a NOT \"b", "title:x OR -y"]).len(), 4);
        assert_eq!(all(&["\"", "**", "—"]), [""; 0]);
    }

    #[test]
    fn a_phrase_is_found_where_it_stands() {
        let text = "Déclaration universelle des droits de l’homme 人权宣言";
        for (typed, found) in [
            ("DROITS DE L'HOMME", "droits de l’homme"),
            ("declar*", "Déclaration"),
            ("宣言", "宣言"),
        ] {
            let place = Phrase::parse(typed).and_then(|phrase| phrase.find(text));
            assert_eq!(place.map(|place| &text[place]), Some(found));
        }
        assert_eq!(
            Phrase::parse("homme droits").expect("words").find(text),
            None
        );
    }

    proptest! {
        #[test]
        fn a_word_is_found_where_it_stands(text in "\\PC{0,60}") {
            let mut words = Vec::new();
            each_word(&text, |word, place| words.push((word.to_owned(), folded(&text[place]))));
            for (word, again) in words {
                prop_assert!(again.contains(&word), "{word} {again}");
            }
        }

        #[test]
        fn folding_again_changes_nothing(text in "\\PC{0,60}") {
            prop_assert_eq!(folded(&folded(&text)), folded(&text));
        }
    }
}
