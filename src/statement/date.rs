//! Calendar dates of documents: partial ones, and any year from 1 to 9999.
//! Never a point in time, and never the ledger's own time.

use std::fmt;
use std::str::FromStr;

use time::{Date, Month};

/// A text that is no date.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a date ({reason}); write YYYY-MM-DD, YYYY-MM or YYYY")]
pub struct DateError {
    text: String,
    reason: &'static str,
}

/// A calendar date of which the day, or month and day, may be unknown
/// (ISO 8601 `YYYY-MM-DD`, `YYYY-MM` or `YYYY`; Gregorian).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PartialDate {
    year: u16,
    month: Option<Month>,
    day: Option<u8>,
}

impl PartialDate {
    /// The earliest day it can mean.
    #[must_use]
    pub fn earliest(&self) -> Date {
        self.day_of(self.month.unwrap_or(Month::January), 1)
    }

    /// The latest day it can mean.
    #[must_use]
    pub fn latest(&self) -> Date {
        let month = self.month.unwrap_or(Month::December);
        self.day_of(month, month.length(i32::from(self.year)))
    }

    fn day_of(&self, month: Month, day: u8) -> Date {
        Date::from_calendar_date(i32::from(self.year), month, self.day.unwrap_or(day))
            .expect("reading refused years, months and days that do not exist")
    }
}

impl FromStr for PartialDate {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, DateError> {
        let refuse = |reason| DateError {
            text: text.chars().take(40).collect(),
            reason,
        };
        let mut parts = text.split('-');
        let year = parts
            .next()
            .and_then(|part| number(part, 4))
            .ok_or(refuse("no year of four digits"))?;
        let month = match parts.next() {
            None => None,
            Some(part) => Some(
                number(part, 2)
                    .and_then(|month| u8::try_from(month).ok())
                    .and_then(|month| Month::try_from(month).ok())
                    .ok_or(refuse("no such month"))?,
            ),
        };
        let day = match parts.next() {
            None => None,
            Some(part) => {
                let day = number(part, 2).and_then(|day| u8::try_from(day).ok());
                Some(day.ok_or(refuse("no such day"))?)
            }
        };
        if year == 0 {
            return Err(refuse("there is no year 0"));
        }
        if parts.next().is_some() {
            return Err(refuse("too many parts"));
        }
        if let (Some(month), Some(day)) = (month, day) {
            Date::from_calendar_date(i32::from(year), month, day)
                .map_err(|_| refuse("the month has no such day"))?;
        }
        Ok(Self { year, month, day })
    }
}

impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.year)?;
        if let Some(month) = self.month {
            write!(f, "-{:02}", u8::from(month))?;
        }
        if let Some(day) = self.day {
            write!(f, "-{day:02}")?;
        }
        Ok(())
    }
}

fn number(part: &str, digits: usize) -> Option<u16> {
    let plain = part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit());
    if plain { part.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_partial_and_old_dates_read_back() {
        for text in ["2024-02-29", "1947-01-01", "1947-11", "0001", "9999-12-31"] {
            assert_eq!(
                text.parse::<PartialDate>().map(|date| date.to_string()),
                Ok(text.to_owned())
            );
        }
    }

    #[test]
    fn a_partial_date_spans_the_days_it_can_mean() {
        for (text, earliest, latest) in [
            ("2024-02-19", "2024-02-19", "2024-02-19"),
            ("2024-02", "2024-02-01", "2024-02-29"),
            ("1947", "1947-01-01", "1947-12-31"),
        ] {
            let date: PartialDate = text.parse().expect("a date");
            assert_eq!(date.earliest().to_string(), earliest);
            assert_eq!(date.latest().to_string(), latest);
        }
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in [
            "",
            "24-02-19",
            "2023-02-29",
            "2024-13",
            "2024-00",
            "2024-1-1",
            "2024-02-00",
            "0000",
            "2024-02-19-1",
            "+024",
            "2024-02-19 ",
            "19 February 2024",
        ] {
            assert!(text.parse::<PartialDate>().is_err(), "{text}");
        }
    }
}
