//! Dates as documents print them, in the six official languages.

use crate::statement::PartialDate;

use super::words::{DATE_PARTICLES, MONTHS};

/// A date in a text, and the bytes it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) date: PartialDate,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// A word with its place.
#[derive(Clone, Copy)]
struct Word<'a> {
    text: &'a str,
    start: usize,
    end: usize,
}

/// The first whole date in a text: `9 September 2025`, `1er mars 2024`,
/// `17 de mayo de 2000`, `2024年2月19日`.
pub(super) fn first(text: &str) -> Option<Found> {
    let words = words(text);
    let spelled = (0..words.len()).find_map(|at| spelled(&words[at..]));
    spelled.or_else(|| chinese(text))
}

/// Whether a text is nothing but days, months, a year and perhaps a place
/// before them: `Geneva, 28 February–1 April 2022`.
pub(super) fn is_period(text: &str) -> bool {
    let Some(start) = text.find(|c: char| c.is_ascii_digit()) else {
        return false;
    };
    let place = text[..start].trim_end();
    if !(place.is_empty() || place.ends_with(',') && place.chars().count() <= 40) {
        return false;
    }
    let mut months = 0;
    let mut year = false;
    let mut parts = 0;
    for part in
        text[start..].split(|c: char| c.is_whitespace() || matches!(c, '–' | '-' | '—' | ','))
    {
        match part {
            "" | "and" | "to" | "au" | "al" | "a" | "de" => {}
            part if month(part).is_some() => months += 1,
            part if number(part).is_some_and(|n| (1900..2200).contains(&n)) => year = true,
            part if number(part).is_some_and(|n| (1..=31).contains(&n)) => parts += 1,
            _ => return false,
        }
    }
    months > 0 && year && (parts > 1 || !place.is_empty())
}

/// Day, month, year, with the particles that French and Spanish put between.
fn spelled(words: &[Word<'_>]) -> Option<Found> {
    let day = day(words.first()?.text)?;
    let mut rest = words[1..]
        .iter()
        .filter(|word| !DATE_PARTICLES.contains(&word.text));
    let month = month(rest.next()?.text)?;
    let year = rest.next()?;
    let date = calendar(year.text.get(..4)?, month, day)?;
    let plain = year.text[4..].chars().all(|c| !c.is_alphanumeric());
    plain.then_some(Found {
        date,
        start: words[0].start,
        end: year.start + 4,
    })
}

/// `2024年2月19日`.
fn chinese(text: &str) -> Option<Found> {
    let year_end = text.find('年')?;
    let digits = text[..year_end]
        .bytes()
        .rev()
        .take_while(u8::is_ascii_digit)
        .count();
    let start = year_end - digits;
    let rest = &text[year_end + '年'.len_utf8()..];
    let (month, rest) = rest.split_once('月')?;
    let (day, _) = rest.split_once('日')?;
    let end = text.len() - rest.len() + day.len() + '日'.len_utf8();
    let month = u8::try_from(number(month)?).ok()?;
    let day = u8::try_from(number(day)?).ok()?;
    let date = calendar(&text[start..year_end], month, day)?;
    Some(Found { date, start, end })
}

fn calendar(year: &str, month: u8, day: u8) -> Option<PartialDate> {
    format!("{year}-{month:02}-{day:02}").parse().ok()
}

fn day(word: &str) -> Option<u8> {
    let digits = word
        .trim_end_matches("er")
        .trim_end_matches(['º', '°', '.']);
    number(digits).and_then(|day| u8::try_from(day).ok())
}

/// The number of a month named in full.
fn month(word: &str) -> Option<u8> {
    let word = word.trim_end_matches([',', '.']).to_lowercase();
    let (_, number) = MONTHS
        .iter()
        .find(|(names, _)| names.contains(&word.as_str()))?;
    Some(*number)
}

fn number(digits: &str) -> Option<u16> {
    let plain = matches!(digits.len(), 1..=4) && digits.bytes().all(|b| b.is_ascii_digit());
    if plain { digits.parse().ok() } else { None }
}

fn words(text: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut rest = 0;
    for text_word in text.split_whitespace() {
        let start = text[rest..].find(text_word).map_or(rest, |at| rest + at);
        let opening = text_word.len() - text_word.trim_start_matches(['(', '[', '“', '"']).len();
        rest = start + text_word.len();
        words.push(Word {
            text: &text_word[opening..],
            start: start + opening,
            end: rest,
        });
    }
    words.retain(|word| word.end > word.start);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        let found = first(text).filter(|found| found.start == 0)?;
        let ends = text[found.end..].trim_matches(['*', ' ']).is_empty();
        ends.then(|| found.date.to_string())
    }

    #[test]
    fn dates_are_read_in_each_language() {
        for text in [
            "19 February 2024",
            "19 FEBRUARY 2024",
            "19 février 2024",
            "19 de febrero de 2024",
            "19 февраля 2024",
            "19 February 2024*",
            "2024年2月19日",
            "2024年2月19日 ",
            "19 شباط/فبراير 2024",
        ] {
            assert_eq!(read(text).as_deref(), Some("2024-02-19"), "{text}");
        }
        assert_eq!(read("1er mars 1990").as_deref(), Some("1990-03-01"));
    }

    #[test]
    fn what_is_no_whole_date_is_none() {
        for text in [
            "~9 September 1971",
            "31 February 2024",
            "September 2025",
            "9 September 20251",
            "on 9 September 2025",
            "9 September",
            "",
            "年月日",
            "2024年",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn dates_are_found_inside_a_text() {
        let text = "Letter dated 16 February 2024 from";
        let found = first(text).map(|found| &text[found.start..found.end]);
        assert_eq!(found, Some("16 February 2024"));
    }

    #[test]
    fn periods_are_told_from_dates_and_titles() {
        for text in [
            "28 February–1 April 2022",
            "Geneva, 3-28 June 2024",
            "New York, 1 May 2000",
        ] {
            assert!(is_period(text), "{text}");
        }
        for text in [
            "28 February 2022",
            "Report of 1–3 May 2020",
            "Programme, 2010-2020",
            "",
        ] {
            assert!(!is_period(text), "{text}");
        }
    }
}
