//! Signatures as text: `(Signed) N. N.`, with the lines of the title below.
//!
//! This is what an editor printed of a signed original, never a proof.

use crate::statement::Signatory;

use super::field::{Confidence, Field};
use super::job;
use super::lines::Printed;
use super::phrase::after_phrase;
use super::symbols;
use super::title::is_open;
use super::words::{HONORIFICS, PARTS, SIGNATORY_TITLES, SIGNED, WHOLE_TITLES};

/// The most lines that a title takes.
const MAX_TITLE_LINES: usize = 6;

/// The most lines of a page's foot between `(Signed)` and the name.
const MAX_GAP: usize = 4;

/// The widest line of a title, in characters.
const TITLE_WIDTH: usize = 80;

/// Those who signed the document itself: its parts have signatures of their
/// own, and so may what follows the job number.
pub(super) fn read(lines: &[Printed]) -> Vec<Field<Signatory>> {
    let mut signatories = Vec::new();
    let mut at = 0;
    while at < lines.len() && !is_part(&lines[at].text) {
        let ended = job::at(&lines[at].text).is_some() || symbols::parse(&lines[at].text).is_some();
        if ended && !signatories.is_empty() {
            break;
        }
        match after_signed(&lines[at].text) {
            Some(name) => {
                let (signatory, taken) = signatory(name, &lines[at..]);
                signatories.extend(signatory);
                at += taken;
            }
            None => at += 1,
        }
    }
    signatories
}

/// What follows `(Signed)` at the start of a line.
pub(super) fn after_signed(text: &str) -> Option<&str> {
    let text = text.trim_start_matches(['*', '_']);
    SIGNED
        .iter()
        .find_map(|signed| after_phrase(text, signed))
        .map(|rest| rest.trim_start_matches([' ', '*', '_', ':']))
}

/// Whether a line heads an annex or another part.
pub(super) fn is_part(text: &str) -> bool {
    if text.starts_with(char::is_lowercase) {
        return false;
    }
    let Some(rest) = PARTS.iter().find_map(|part| after_phrase(text, part)) else {
        return false;
    };
    let rest = rest.trim_matches(['*', ' ', '.', ':']);
    let numbered = rest.len() <= 5
        && rest
            .chars()
            .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
    let of_document = ["to the", "à la", "a la", "de la"]
        .iter()
        .any(|words| after_phrase(rest, words).is_some());
    numbered || of_document
}

/// The signatory whose name begins the first line, or stands on the next, and
/// how many lines that takes.
fn signatory(name: &str, lines: &[Printed]) -> (Option<Field<Signatory>>, usize) {
    let first = &lines[0];
    let mut taken = 1;
    let mut name = name;
    if name.is_empty() {
        let passed = lines[1..].iter().take(MAX_GAP);
        taken = 2 + passed.take_while(|line| is_foot(&line.text)).count();
        let Some(next) = lines.get(taken - 1).filter(|next| is_title_line(next)) else {
            return (None, 1);
        };
        name = &next.text;
    }
    let (name, beside) = split_title(without_honorific(name));
    let mut titles: Vec<String> = beside;
    let mut whole = true;
    for line in lines[taken..].iter().take(MAX_TITLE_LINES) {
        let last = titles.last().map_or("", String::as_str);
        let small = line.text.starts_with(char::is_lowercase);
        let continues = !titles.is_empty() && (is_open(last, &line.text) || small);
        let titled = begins_title(&line.text) || bracketed(&line.text).is_some();
        if !is_title_line(line) || line.opens && !(continues || titled) {
            break;
        }
        match titles.last_mut().filter(|_| continues) {
            Some(last) => {
                last.push(' ');
                last.push_str(&line.text);
            }
            None => titles.push(bracketed(&line.text).unwrap_or(&line.text).to_owned()),
        }
        whole &= continues || titled;
        taken += 1;
    }
    let printed: Vec<&str> = lines[..taken]
        .iter()
        .map(|line| line.text.as_str())
        .collect();
    let title: Vec<&str> = titles
        .iter()
        .map(|title| title.trim_end_matches([',', '*', ' ']))
        .collect();
    let field = Field {
        value: Signatory {
            name: name.trim_end_matches(['*', ',', ' ']).to_owned(),
            title: (!title.is_empty()).then(|| title.join(", ")),
        },
        printed: printed.join(" "),
        line: first.number,
        page: first.page,
        confidence: match (name.contains(' '), whole) {
            (false, _) => Confidence::Guess,
            (true, false) => Confidence::Likely,
            (true, true) => Confidence::Certain,
        },
    };
    (
        Some(field).filter(|field| !field.value.name.is_empty()),
        taken,
    )
}

/// Whether a line is part of the foot of a page, which extraction may put
/// between `(Signed)` and the name.
fn is_foot(text: &str) -> bool {
    job::at(text).is_some() || !text.contains(char::is_alphabetic)
}

/// What a line in brackets says: old documents print `(Chairman)` and the State.
fn bracketed(text: &str) -> Option<&str> {
    text.strip_prefix('(')?.strip_suffix(')')
}

/// Whether a line can stand in a signature.
fn is_title_line(line: &Printed) -> bool {
    let text = &line.text;
    let numbers = text.chars().all(|c| !c.is_alphabetic());
    let sentence = text.ends_with('.') && !text.ends_with("a.i.");
    !(numbers
        || sentence
        || text.chars().count() > TITLE_WIDTH
        || after_signed(text).is_some()
        || is_part(text)
        || job::at(text).is_some()
        || symbols::parse(text).is_some())
}

fn begins_title(text: &str) -> bool {
    SIGNATORY_TITLES
        .iter()
        .any(|word| after_phrase(text, word).is_some())
}

fn without_honorific(name: &str) -> &str {
    let mut name = name;
    while let Some(rest) = HONORIFICS
        .iter()
        .find_map(|honorific| name.strip_prefix(honorific)?.strip_prefix(' '))
    {
        name = rest.trim_start();
    }
    name
}

/// A name, and the titles that extraction joined to it: `N. N. Ambassador
/// Permanent Representative`.
fn split_title(text: &str) -> (&str, Vec<String>) {
    let start = text
        .match_indices(' ')
        .map(|(space, _)| space + 1)
        .skip(1)
        .find(|start| begins_title(&text[*start..]));
    let Some(start) = start else {
        return (text, Vec::new());
    };
    let mut titles = Vec::new();
    let mut rest = &text[start..];
    while let Some(whole) = WHOLE_TITLES.iter().find(|title| {
        after_phrase(rest, title)
            .is_some_and(|after| begins_title(after.trim_start_matches([' ', ','])))
    }) {
        titles.push((*whole).to_owned());
        rest = rest[whole.len()..].trim_start_matches([' ', ',']);
    }
    titles.push(rest.to_owned());
    (text[..start].trim_end(), titles)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::masthead::lines;
    use crate::reading::Text;

    fn names(text: &str) -> Vec<String> {
        let signatories = read(&lines::printed(&Text::plain(text).lines)).into_iter();
        signatories
            .map(|field| {
                format!(
                    "{}|{}",
                    field.value.name,
                    field.value.title.unwrap_or_default()
                )
            })
            .collect()
    }

    #[test]
    fn the_title_is_on_the_lines_below() {
        assert_eq!(
            names(
                "(Signed) Anna Example\nAmbassador\nPermanent Representative of Ruritania\nto the United Nations\n\n24-01234 (E)"
            ),
            [
                "Anna Example|Ambassador, Permanent Representative of Ruritania to the United Nations"
            ]
        );
        assert_eq!(
            names("(Signed) Anna Example\n24-01234 (E)\nChair"),
            ["Anna Example|"]
        );
        assert_eq!(names("(Signé)\nM. Jean Exemple"), ["Jean Exemple|"]);
    }

    #[test]
    fn titles_joined_to_the_name_come_apart() {
        assert_eq!(
            names("(Firmado) Ana Ejemplo Embajadora Representante Permanente"),
            ["Ana Ejemplo|Embajadora, Representante Permanente"]
        );
    }

    #[test]
    fn several_may_sign_but_not_for_an_annex() {
        let text = "(Signed) A. Bee\nChair\n(Signed) C. Dee\n\n24-01234 (E)\n(Signed) E. Eff\n";
        assert_eq!(names(text), ["A. Bee|Chair", "C. Dee|"]);
        assert_eq!(names("Annex I\n(Signed) E. Eff\n"), [""; 0]);
        assert_eq!(
            names("24-01234 (E)\nA/80/1\n(Signed) E. Eff\n"),
            ["E. Eff|"]
        );
    }
}
