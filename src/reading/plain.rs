//! Plain text in whatever encoding it came.
//!
//! A byte order mark says which; bytes that are UTF-8 are taken as such; else
//! the encoding is guessed from the letters' frequencies, as web browsers do,
//! and a warning tells the guess.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8};

use super::limits::within;
use super::{Limits, ReadError, Text};

/// How many well-formed sequences of more than one byte outweigh a malformed one.
const WELL_FORMED: usize = 10;

/// Bytes as text, with what a reader should know about how they were taken.
pub(super) struct Decoded<'a> {
    pub(super) text: Cow<'a, str>,
    pub(super) warning: Option<String>,
}

/// Text in UTF-8, or in an encoding that a byte order mark tells; `None` if the
/// bytes are neither. Nothing is guessed.
#[must_use]
pub fn decode_text(bytes: &[u8]) -> Option<String> {
    let decoded = decode(bytes, None)?;
    decoded.warning.is_none().then(|| decoded.text.into_owned())
}

/// The text of bytes; `declared` is an encoding that the file names in itself,
/// which counts if there is no mark. `None` if they hold zero characters: no text.
pub(super) fn decode<'a>(
    bytes: &'a [u8],
    declared: Option<&'static Encoding>,
) -> Option<Decoded<'a>> {
    let decoded = if let Some(text) = utf32(bytes) {
        Decoded {
            text: Cow::Owned(text),
            warning: None,
        }
    } else if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        taken(encoding, &bytes[mark..], None)
    } else if let Some(encoding) = declared {
        taken(encoding, bytes, None)
    } else if is_mostly_utf8(bytes) {
        taken(UTF_8, bytes, None)
    } else if bytes.contains(&0) {
        return None;
    } else {
        let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
        detector.feed(bytes, true);
        let encoding = detector.guess(None, Utf8Detection::Deny);
        let guess = format!(
            "the encoding is not declared; {} is a guess",
            encoding.name()
        );
        taken(encoding, bytes, Some(guess))
    };
    (!decoded.text.contains('\0')).then_some(decoded)
}

fn taken<'a>(encoding: &'static Encoding, bytes: &'a [u8], guess: Option<String>) -> Decoded<'a> {
    let (text, malformed) = encoding.decode_without_bom_handling(bytes);
    let damage = malformed.then(|| {
        format!(
            "some bytes are not {}: they stand as \u{fffd}",
            encoding.name()
        )
    });
    let warnings: Vec<_> = guess.into_iter().chain(damage).collect();
    Decoded {
        text,
        warning: (!warnings.is_empty()).then(|| warnings.join("; ")),
    }
}

/// UTF-32 by its mark. The mark of the little-endian form is also UTF-16's
/// followed by a zero character, which no text holds.
fn utf32(bytes: &[u8]) -> Option<String> {
    let number: fn([u8; 4]) -> u32 = match bytes.get(..4)? {
        [0xff, 0xfe, 0, 0] => u32::from_le_bytes,
        [0, 0, 0xfe, 0xff] => u32::from_be_bytes,
        _ => return None,
    };
    let (characters, rest) = bytes[4..].as_chunks::<4>();
    if !rest.is_empty() {
        return None;
    }
    characters
        .iter()
        .map(|bytes| char::from_u32(number(*bytes)))
        .collect()
}

/// Whether bytes are UTF-8, a few damaged characters aside.
fn is_mostly_utf8(bytes: &[u8]) -> bool {
    let (mut well, mut ill) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        well += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        ill += usize::from(!chunk.invalid().is_empty());
    }
    ill == 0 || well / WELL_FORMED >= ill
}

/// The lines of a plain text.
///
/// # Errors
/// When the bytes are no text, or pass a limit.
pub(super) fn read(bytes: &[u8], limits: Limits) -> Result<Text, ReadError> {
    let decoded = decode(bytes, None)
        .ok_or_else(|| ReadError::damaged("the file", "it holds zero bytes and is no text"))?;
    within(decoded.text.len(), limits.text, "bytes of text")?;
    within(decoded.text.lines().count(), limits.lines, "lines")?;
    let mut text = Text::plain(&decoded.text);
    text.warnings.extend(decoded.warning);
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &[u8]) -> (String, Option<String>) {
        let decoded = decode(bytes, None).expect("text");
        (decoded.text.into_owned(), decoded.warning)
    }

    #[test]
    fn encodings_with_a_mark_are_read() {
        for bytes in [
            b"\xef\xbb\xbfa".as_slice(),
            b"\xff\xfea\0",
            b"\xfe\xff\0a",
            b"\xff\xfe\0\0a\0\0\0",
            b"\0\0\xfe\xff\0\0\0a",
        ] {
            assert_eq!(text(bytes), ("a".to_owned(), None));
            assert_eq!(decode_text(bytes).as_deref(), Some("a"));
        }
        assert_eq!(decode_text(b"d\xe9j\xe0"), None, "a guess is not taken");
    }

    #[test]
    fn zero_characters_are_no_text() {
        assert!(decode(b"a\0b", None).is_none());
        assert!(decode(b"\xff\xfe\0", None).is_none_or(|d| !d.text.contains('\0')));
    }

    #[test]
    fn an_encoding_without_a_mark_is_guessed_and_told() {
        let samples = [
            (
                "windows-1252",
                "L\u{2019}Assembl\u{e9}e g\u{e9}n\u{e9}rale d\u{e9}cide de cr\u{e9}er \u{e0} Gen\u{e8}ve un comit\u{e9}",
            ),
            (
                "windows-1251",
                "\u{413}\u{435}\u{43d}\u{435}\u{440}\u{430}\u{43b}\u{44c}\u{43d}\u{430}\u{44f} \u{410}\u{441}\u{441}\u{430}\u{43c}\u{431}\u{43b}\u{435}\u{44f} \u{43f}\u{440}\u{438}\u{43d}\u{438}\u{43c}\u{430}\u{435}\u{442} \u{440}\u{435}\u{448}\u{435}\u{43d}\u{438}\u{435}",
            ),
            (
                "windows-1256",
                "\u{627}\u{644}\u{62c}\u{645}\u{639}\u{64a}\u{629} \u{627}\u{644}\u{639}\u{627}\u{645}\u{629} \u{644}\u{644}\u{623}\u{645}\u{645} \u{627}\u{644}\u{645}\u{62a}\u{62d}\u{62f}\u{629}",
            ),
            (
                "koi8-r",
                "\u{413}\u{435}\u{43d}\u{435}\u{440}\u{430}\u{43b}\u{44c}\u{43d}\u{430}\u{44f} \u{410}\u{441}\u{441}\u{430}\u{43c}\u{431}\u{43b}\u{435}\u{44f} \u{43f}\u{440}\u{438}\u{43d}\u{438}\u{43c}\u{430}\u{435}\u{442} \u{440}\u{435}\u{448}\u{435}\u{43d}\u{438}\u{435}",
            ),
            (
                "gb18030",
                "\u{8054}\u{5408}\u{56fd}\u{5927}\u{4f1a}\u{7b2c}\u{516b}\u{5341}\u{5c4a}\u{4f1a}\u{8bae}\u{51b3}\u{5b9a}",
            ),
            (
                "big5",
                "\u{806f}\u{5408}\u{570b}\u{5927}\u{6703}\u{7b2c}\u{516b}\u{5341}\u{5c46}\u{6703}\u{8b70}\u{6c7a}\u{5b9a}",
            ),
            (
                "shift_jis",
                "\u{56fd}\u{9023}\u{7dcf}\u{4f1a}\u{306f}\u{6c7a}\u{8b70}\u{3092}\u{63a1}\u{629e}\u{3057}\u{305f}\u{3002}",
            ),
        ];
        for (label, sample) in samples {
            let encoding = Encoding::for_label(label.as_bytes()).expect("known");
            let bytes = encoding.encode(sample).0;
            let (read, warning) = text(&bytes);
            assert_eq!(read, sample, "{label}");
            assert!(warning.expect("a warning").contains("guess"), "{label}");
        }
    }

    #[test]
    fn one_damaged_character_leaves_a_text_utf8() {
        let mut bytes = "\u{e9}".repeat(20).into_bytes();
        bytes[0] = b'a';
        let (read, warning) = text(&bytes);
        assert_eq!(read.chars().filter(|c| *c == '\u{e9}').count(), 19);
        assert!(warning.expect("a warning").contains("not UTF-8"));
    }

    #[test]
    fn a_text_passes_no_limit() {
        let limits = Limits {
            lines: 2,
            text: 5,
            ..Limits::default()
        };
        assert!(read(b"a\nb\n", limits).is_ok());
        assert!(matches!(
            read(b"a\nb\nc", limits),
            Err(ReadError::TooLarge { what: "lines", .. })
        ));
        assert!(matches!(
            read(b"abcdef", limits),
            Err(ReadError::TooLarge { .. })
        ));
    }
}
