//! Comparing printed words with known phrases: letter case, the shape of
//! apostrophes and the accents that capitals lose don't count.

/// What follows a phrase at the start of a text, if the text begins with it as
/// whole words.
pub(super) fn after_phrase<'a>(text: &'a str, phrase: &str) -> Option<&'a str> {
    let mut printed = text.char_indices();
    for expected in phrase.chars().flat_map(char::to_lowercase) {
        let (_, found) = printed.next()?;
        if !lower(found).eq(std::iter::once(straight(expected))) {
            return None;
        }
    }
    let rest = printed.as_str();
    let ends_in_word = phrase.chars().last().is_some_and(joins);
    let goes_on = rest.chars().next().is_some_and(joins);
    (!(ends_in_word && goes_on)).then_some(rest)
}

/// What follows the first of several words that a text begins with.
pub(super) fn after_word<'a>(text: &'a str, words: &[&str]) -> Option<&'a str> {
    words.iter().find_map(|word| after_phrase(text, word))
}

/// Letters that make one word with the next one. Scripts written without
/// spaces don't.
fn joins(c: char) -> bool {
    let without_spaces = matches!(c, '\u{2E80}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}');
    c.is_alphanumeric() && !without_spaces || c == '-'
}

fn lower(c: char) -> impl Iterator<Item = char> {
    c.to_lowercase().map(straight)
}

fn straight(c: char) -> char {
    match c {
        '’' => '\'',
        'é' | 'è' | 'ê' => 'e',
        'á' | 'à' | 'â' => 'a',
        'í' | 'î' => 'i',
        'ó' | 'ô' => 'o',
        'ú' | 'û' | 'ù' => 'u',
        'ç' => 'c',
        'ñ' => 'n',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_match_as_whole_words_in_any_case() {
        assert_eq!(after_phrase("DEVELOPPEMENT", "développement"), Some(""));
        assert_eq!(
            after_phrase("GENERAL ASSEMBLY Distr.", "General Assembly"),
            Some(" Distr.")
        );
        assert_eq!(
            after_phrase("Droits de l'homme", "droits de l’homme"),
            Some("")
        );
        assert_eq!(
            after_phrase("General Assemblyman", "General Assembly"),
            None
        );
        assert_eq!(after_phrase("English-speaking", "English"), None);
        assert_eq!(
            after_phrase("大会第八十届会议", "大会"),
            Some("第八十届会议")
        );
        assert_eq!(after_phrase("Gen", "General"), None);
    }
}
