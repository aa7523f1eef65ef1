//! Lines as the rules see them: white space folded, the marks of Markdown and
//! the gaps of letter-spaced print taken out. Letters and digits stay.

use crate::reading::Line;

use super::words::{HYPHENATED, TENS, UNITS};

/// How many lines that hold text are looked at for a masthead and title.
pub(super) const HEAD_LINES: usize = 160;

/// The shortest ordinal that a hyphen can be lost from, `fortyfirst`, in bytes.
const SHORTEST_ORDINAL: usize = 10;

/// The longest line that is looked at, in characters; the rest is not.
const MAX_CHARS: usize = 4096;

/// A line that holds text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Printed {
    pub(super) text: String,
    /// Counted from 1, empty lines included.
    pub(super) number: usize,
    pub(super) page: u32,
    /// Whether an empty line, or nothing, stands before.
    pub(super) opens: bool,
    /// Whether letters were printed apart.
    pub(super) spaced: bool,
}

/// The lines that hold text, without front matter.
pub(super) fn printed(lines: &[Line]) -> Vec<Printed> {
    let mut printed = Vec::new();
    let mut opens = true;
    let mut bold = false;
    for (index, line) in lines.iter().enumerate().skip(front_matter(lines)) {
        let cut: String = line.text.chars().take(MAX_CHARS).collect();
        let plain = without_marks(&fold(&cut), &mut bold);
        let (text, spaced) = close_up(&plain);
        let text = hyphenate(&join_hyphens(&text));
        if text.is_empty() {
            opens = true;
            bold = false;
            continue;
        }
        printed.push(Printed {
            text,
            number: index + 1,
            page: line.page,
            opens,
            spaced,
        });
        opens = false;
    }
    printed
}

/// Words with one space between them.
pub(super) fn fold(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// How many lines a block of front matter (`---` … `---`) takes at the top.
fn front_matter(lines: &[Line]) -> usize {
    let is_rule = |line: &Line| line.text.trim_end() == "---";
    if !lines.first().is_some_and(is_rule) {
        return 0;
    }
    let end = lines.iter().skip(1).take(HEAD_LINES).position(is_rule);
    end.map_or(0, |end| end + 2)
}

/// Without the marks of a heading, and of bold text that begins a line. An
/// asterisk that calls a footnote stays.
fn without_marks(text: &str, bold: &mut bool) -> String {
    let mut text = text;
    let heading = text.trim_start_matches('#');
    if heading.len() < text.len() && text.len() - heading.len() <= 6 && heading.starts_with(' ') {
        text = heading.trim_start();
    }
    if let Some(rest) = text.strip_prefix("**")
        && rest.starts_with(char::is_alphanumeric)
    {
        text = rest;
        *bold = true;
    }
    if *bold && let Some(end) = text.rfind("**") {
        *bold = false;
        return format!("{}{}", &text[..end], &text[end + 2..]);
    }
    text.to_owned()
}

/// Joins runs of three or more letters that stand apart, as in `R E P O R T`.
fn close_up(text: &str) -> (String, bool) {
    let words: Vec<&str> = text.split(' ').collect();
    let is_letter = |word: &&str| {
        let mut chars = word.chars();
        chars.next().is_some_and(char::is_alphabetic) && chars.next().is_none()
    };
    let mut closed: Vec<String> = Vec::new();
    let mut spaced = false;
    let mut at = 0;
    while at < words.len() {
        let run = words[at..]
            .iter()
            .take_while(|word| is_letter(word))
            .count();
        if run >= 3 {
            closed.push(words[at..at + run].concat());
            spaced = true;
            at += run;
        } else {
            closed.push(words[at].to_owned());
            at += 1;
        }
    }
    (closed.join(" "), spaced)
}

/// Closes the gap that extraction leaves before a hyphen: `eighty -first`.
fn join_hyphens(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let is_gap = |at: usize| {
        let around = |index: usize| chars.get(index).copied();
        chars[at] == ' '
            && around(at + 1) == Some('-')
            && around(at + 2).is_some_and(char::is_alphabetic)
            && at > 0
            && chars[at - 1].is_alphabetic()
    };
    (0..chars.len())
        .filter(|at| !is_gap(*at))
        .map(|at| chars[at])
        .collect()
}

/// Gives known words back the hyphen that extraction lost at a line's end:
/// `eightyfirst`, `SecretaryGeneral`.
fn hyphenate(text: &str) -> String {
    let words = text.split(' ').map(|word| {
        let known = HYPHENATED.iter().find_map(|(without, with)| {
            let rest = word.strip_prefix(without)?;
            let ends = !rest.starts_with(char::is_alphanumeric);
            ends.then(|| format!("{with}{rest}"))
        });
        known
            .or_else(|| ordinal(word))
            .unwrap_or_else(|| word.to_owned())
    });
    words.collect::<Vec<_>>().join(" ")
}

fn ordinal(word: &str) -> Option<String> {
    if word.len() < SHORTEST_ORDINAL {
        return None;
    }
    let lower = word.to_lowercase();
    let tens = TENS.iter().find(|tens| lower.starts_with(**tens))?;
    let unit = lower[tens.len()..].trim_end_matches(|c: char| !c.is_alphabetic());
    let (head, tail) = word.split_at_checked(tens.len())?;
    UNITS.contains(&unit).then(|| format!("{head}-{tail}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::Text;

    fn texts(text: &str) -> Vec<String> {
        let lines = printed(&Text::plain(text).lines);
        lines.into_iter().map(|line| line.text).collect()
    }

    #[test]
    fn letters_printed_apart_are_joined() {
        assert_eq!(
            texts("R E P O R T  of 16 O c t o b e r"),
            ["REPORT of 16 October"]
        );
        assert_eq!(texts("parts A B and a"), ["parts A B and a"]);
    }

    #[test]
    fn gaps_before_hyphens_are_closed() {
        assert_eq!(
            texts("eighty -first - and 3 -4"),
            ["eighty-first - and 3 -4"]
        );
    }

    #[test]
    fn known_words_get_their_lost_hyphen_back() {
        assert_eq!(
            texts("SecretaryGeneral, Eightyfirst"),
            ["Secretary-General, Eighty-first"]
        );
        assert_eq!(
            texts("eightyfirstly seventy first"),
            ["eightyfirstly seventy first"]
        );
    }

    #[test]
    fn marks_of_markdown_go_and_footnote_marks_stay() {
        assert_eq!(
            texts("**General Assembly\nTenth session**"),
            ["General Assembly", "Tenth session"]
        );
        assert_eq!(texts("## Title"), ["Title"]);
        assert_eq!(
            texts("Ruritania:** draft decision"),
            ["Ruritania:** draft decision"]
        );
        assert_eq!(texts("** Any changes"), ["** Any changes"]);
    }

    #[test]
    fn front_matter_is_no_text() {
        let lines = printed(&Text::plain("---\nsymbol: A/1\n---\n\nText\n").lines);
        assert_eq!(lines.len(), 1);
        assert_eq!((lines[0].number, lines[0].text.as_str()), (5, "Text"));
        assert_eq!(texts("---\nno end"), ["---", "no end"]);
    }
}
