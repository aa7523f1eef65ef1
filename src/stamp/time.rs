//! Times of tokens: GeneralizedTime in UTC, with fractions of a second if the
//! authority gives them (RFC 3161 §2.4.2).

use std::fmt;

use time::{Date, Month, PrimitiveDateTime, Time};

/// When an authority says it saw the bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct StampTime {
    /// Seconds since 1970-01-01T00:00:00Z.
    pub seconds: u64,
    /// Billionths of a second beyond them; finer fractions are cut off.
    pub nanoseconds: u32,
}

impl StampTime {
    /// Reads `YYYYMMDDhhmmss[.f…]Z`, without zeros at the end of the fraction.
    pub(super) fn parse(text: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(text).ok()?.strip_suffix('Z')?;
        let (whole, fraction) = match text.split_once('.') {
            Some((whole, fraction)) => (whole, fraction),
            None => (text, ""),
        };
        let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let is_cut = text.len() > whole.len() && (fraction.is_empty() || fraction.ends_with('0'));
        if whole.len() != 14 || !is_digits(whole) || !is_digits(fraction) || is_cut {
            return None;
        }
        let number = |from: usize, to: usize| whole.get(from..to)?.parse::<u8>().ok();
        let month = Month::try_from(number(4, 6)?).ok()?;
        let date = Date::from_calendar_date(whole.get(..4)?.parse().ok()?, month, number(6, 8)?);
        let time = Time::from_hms(number(8, 10)?, number(10, 12)?, number(12, 14)?);
        let at = PrimitiveDateTime::new(date.ok()?, time.ok()?).assume_utc();
        let kept: String = fraction
            .chars()
            .chain("000000000".chars())
            .take(9)
            .collect();
        Some(Self {
            seconds: u64::try_from(at.unix_timestamp()).ok()?,
            nanoseconds: kept.parse().ok()?,
        })
    }
}

impl fmt::Display for StampTime {
    /// RFC 3339 in UTC, in whole seconds.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = i64::try_from(self.seconds).ok();
        let at = at.and_then(|at| time::OffsetDateTime::from_unix_timestamp(at).ok());
        let format = &time::format_description::well_known::Rfc3339;
        match at.and_then(|at| at.format(format).ok()) {
            Some(text) => f.write_str(&text),
            None => write!(f, "@{}", self.seconds),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_one_spelling() {
        let parsed = StampTime::parse(b"20250117182913.25Z").expect("a time");
        assert_eq!(
            (parsed.seconds, parsed.nanoseconds),
            (1_737_138_553, 250_000_000)
        );
        assert_eq!(parsed.to_string(), "2025-01-17T18:29:13Z");
        let wrong = [
            "20250117182913",
            "202501171829Z",
            "20250117182913.Z",
            "20250117182913.50Z",
            "20250230000000Z",
            "20250117246060Z",
            "20250117182913+0100",
            "19500101000000Z",
            "Z",
            "2025011718291+Z",
            "20250117182913.5.5Z",
        ];
        for wrong in wrong {
            assert_eq!(StampTime::parse(wrong.as_bytes()), None, "{wrong}");
        }
    }
}
