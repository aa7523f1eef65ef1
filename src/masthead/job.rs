//! Job numbers: `25-16535* (E)`, `GE.22-04567(E)`.

use super::Warning;
use super::atoms::Item;
use super::field::{Confidence, Field};
use super::lines::Printed;
use super::opening::told;

/// A job number as printed, with an asterisk for each reissue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Job<'a> {
    pub(super) number: &'a str,
    /// Whether a language follows in brackets, which only the first page has.
    pub(super) full: bool,
}

/// The longest mark of a typist between number and language, in bytes.
const MAX_MARK: usize = 12;

/// The duty stations that stand before the year.
const STATIONS: [&str; 6] = ["GE.", "V.", "NA.", "N.", "K.", "N"];

/// The job number: one that a language follows, as on the first page, else one
/// that stands alone, else any that begins a line.
pub(super) fn read<'a>(
    masthead: impl Iterator<Item = &'a Item>,
    lines: &'a [Printed],
) -> Option<Field<String>> {
    let of_masthead = masthead.map(|item| (item.text.as_str(), item.number, item.page));
    let of_lines = lines
        .iter()
        .map(|line| (line.text.as_str(), line.number, line.page));
    let mut best: Option<Field<String>> = None;
    for (text, line, page) in of_masthead.chain(of_lines) {
        let Some((job, rest)) = at(text) else {
            continue;
        };
        let confidence = match (job.full, rest.is_empty()) {
            (true, _) => Confidence::Certain,
            (false, true) => Confidence::Likely,
            (false, false) => Confidence::Guess,
        };
        if best
            .as_ref()
            .is_none_or(|best| confidence < best.confidence)
        {
            best = Some(Field {
                value: job.number.to_owned(),
                printed: text.to_owned(),
                line,
                page,
                confidence,
            });
        }
    }
    best
}

/// Makes a guess of a job number beside another one that a language follows too;
/// a reissue's asterisks make no other number.
pub(super) fn doubt(number: &mut Field<String>, lines: &[Printed]) -> Option<Warning> {
    let bare = number.value.trim_end_matches('*');
    let is_rival = |job: &Job<'_>| job.full && job.number.trim_end_matches('*') != bare;
    let rival = lines
        .iter()
        .find(|line| at(&line.text).is_some_and(|(job, _)| is_rival(&job)))?;
    let warning = told("job numbers", rival.number, &number.printed, &rival.text);
    number.confidence = Confidence::Guess;
    Some(warning)
}

/// The job number that a text begins with, and what follows: year and serial
/// number, a language, processing dates.
pub(super) fn at(text: &str) -> Option<(Job<'_>, &str)> {
    let text = text.trim_start_matches('-');
    let station = STATIONS
        .iter()
        .find(|station| text.starts_with(*station))
        .map_or(0, |station| station.len());
    let digits = text.get(station..)?;
    let digits = digits
        .strip_prefix(' ')
        .filter(|_| station > 0)
        .unwrap_or(digits);
    let start = text.len() - digits.len();
    let year = digits.get(..2)?;
    let serial = digits.get(3..8)?;
    let is_number = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if !is_number(year) || digits.as_bytes()[2] != b'-' || !is_number(serial) {
        return None;
    }
    let after = &digits[8..];
    let star = after.len() - after.trim_start_matches('*').len();
    let after = &after[star..];
    if after.starts_with(|c: char| c.is_alphanumeric() || c == '-') {
        return None;
    }
    let number = &text[..start + 8 + star];
    let (full, after) = language(after);
    let rest = after.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ');
    Some((Job { number, full }, rest))
}

/// Skips `(E)`, and the typist's mark that older documents print before it.
fn language(text: &str) -> (bool, &str) {
    const LETTERS: [&str; 6] = ["(A)", "(C)", "(E)", "(F)", "(R)", "(S)"];
    LETTERS
        .iter()
        .filter_map(|letter| text.split_once(letter))
        .find(|(before, _)| before.len() <= MAX_MARK && before.split_whitespace().count() <= 1)
        .map_or((false, text), |(_, rest)| (true, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn job_numbers_are_read() {
        for (text, number, full, rest) in [
            ("25-16535* (E)", "25-16535*", true, ""),
            ("07-42447 (E) 130707", "07-42447", true, ""),
            ("22-00768 (E) 030222 090322", "22-00768", true, ""),
            ("GE.22-04567(E)", "GE.22-04567", true, ""),
            ("90-12345  1234Z (E)", "90-12345", true, ""),
            ("----97-03313 (E)", "97-03313", true, ""),
            ("71-19641", "71-19641", false, ""),
            ("90-26526 iP", "90-26526", false, "iP"),
        ] {
            assert_eq!(at(text), Some((Job { number, full }, rest)), "{text}");
        }
    }

    #[test]
    fn other_numbers_are_none() {
        for text in [
            "25-1653",
            "25-165351",
            "2025-16535",
            "25-16535-1",
            "é25-16535",
            "N",
            "",
        ] {
            assert_eq!(at(text), None, "{text}");
        }
    }
}
