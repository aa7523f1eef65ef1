//! A request as it comes in: its head, then a body of the length it names.

use std::io::{self, Read};

use docledger::encoding::decimal;

/// The longest request line with headers, in bytes.
pub(super) const MAX_HEAD: usize = 16 * 1024;
/// The most headers.
const MAX_HEADERS: usize = 64;
/// What ends a head.
const END: &[u8] = b"\r\n\r\n";

/// A request that is answered with a status instead of being served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: u16,
    pub(super) why: &'static str,
}

/// Why there is no request.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unread {
    /// Nothing came before the client left: there was no request.
    Nothing,
    /// It breaks a rule or a limit.
    Refused(Refusal),
}

/// Refuses for a reason.
pub(super) fn refused(status: u16, why: &'static str) -> Unread {
    Unread::Refused(Refusal { status, why })
}

/// The request line, and what the headers say of the body.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) method: String,
    pub(super) target: String,
    /// How many bytes the body has.
    pub(super) length: Result<usize, Refusal>,
    /// Whether the client waits for `100 Continue` before it sends the body.
    pub(super) is_waiting: bool,
    /// What was read of the body.
    rest: Vec<u8>,
}

impl Head {
    /// Reads up to the blank line after the headers.
    pub(super) fn read(source: &mut impl Read) -> Result<Self, Unread> {
        let mut bytes = Vec::new();
        let end = loop {
            let from = bytes.len().saturating_sub(END.len() - 1);
            if more(source, &mut bytes, 4096)? == 0 {
                return Err(match bytes.is_empty() {
                    true => Unread::Nothing,
                    false => refused(400, "the request ends before its headers do"),
                });
            }
            if !bytes[0].is_ascii_uppercase() {
                return Err(refused(400, "this is no HTTP/1.1 request"));
            }
            let mut places = bytes[from..].windows(END.len());
            let end = places.position(|it| it == END).map(|at| from + at);
            // The end may be in part of what came.
            let is_too_long = match end {
                Some(end) => end > MAX_HEAD - END.len(),
                None => bytes.len() >= MAX_HEAD,
            };
            if is_too_long {
                return Err(refused(431, "request line and headers are too long"));
            }
            if let Some(end) = end {
                break end + END.len();
            }
        };
        let rest = bytes.split_off(end);
        Self::parse(&bytes, rest)
    }

    fn parse(bytes: &[u8], rest: Vec<u8>) -> Result<Self, Unread> {
        let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
        let mut parsed = httparse::Request::new(&mut headers);
        let status = parsed.parse(bytes).map_err(|error| match error {
            httparse::Error::TooManyHeaders => refused(431, "there are too many headers"),
            httparse::Error::Version => refused(505, "only HTTP/1.1 and HTTP/1.0 are spoken"),
            _ => refused(400, "this is no HTTP/1.1 request"),
        })?;
        let (Some(method), Some(target), httparse::Status::Complete(_)) =
            (parsed.method, parsed.path, status)
        else {
            return Err(refused(400, "this is no HTTP/1.1 request"));
        };
        Ok(Self {
            method: method.to_owned(),
            target: target.to_owned(),
            length: length(parsed.headers),
            is_waiting: parsed.version == Some(1)
                && values(parsed.headers, "expect")
                    .any(|value| value.eq_ignore_ascii_case(b"100-continue")),
            rest,
        })
    }

    /// Reads the body, of a length that was found to be acceptable.
    pub(super) fn body(self, source: &mut impl Read, length: usize) -> Result<Vec<u8>, Unread> {
        let mut bytes = self.rest;
        while bytes.len() < length {
            let missing = length - bytes.len();
            if more(source, &mut bytes, missing.min(64 * 1024))? == 0 {
                return Err(refused(400, "the body is shorter than Content-Length"));
            }
        }
        bytes.truncate(length);
        Ok(bytes)
    }
}

/// The length of the body, named once and in decimal.
fn length(headers: &[httparse::Header<'_>]) -> Result<usize, Refusal> {
    let refusal = |status, why| Refusal { status, why };
    if values(headers, "transfer-encoding").next().is_some() {
        return Err(refusal(
            411,
            "send a Content-Length; transfer codings are not read",
        ));
    }
    let mut lengths = values(headers, "content-length");
    let Some(first) = lengths.next() else {
        return Err(refusal(411, "send a Content-Length"));
    };
    let length = std::str::from_utf8(first).ok().and_then(decimal);
    match (length, lengths.next()) {
        (Some(length), None) => Ok(usize::try_from(length).unwrap_or(usize::MAX)),
        _ => Err(refusal(400, "Content-Length is no one number")),
    }
}

/// The values of a header, as often as it stands there.
fn values<'a>(
    headers: &'a [httparse::Header<'_>],
    name: &'a str,
) -> impl Iterator<Item = &'a [u8]> {
    let named = headers
        .iter()
        .filter(move |header| header.name.eq_ignore_ascii_case(name));
    named.map(|header| header.value)
}

/// Reads once, up to `most` bytes; how many came, 0 at the end.
fn more(source: &mut impl Read, bytes: &mut Vec<u8>, most: usize) -> Result<usize, Unread> {
    let mut block = vec![0; most];
    loop {
        match source.read(&mut block) {
            Ok(length) => {
                bytes.extend_from_slice(&block[..length]);
                return Ok(length);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if is_late(&error) => {
                return Err(refused(408, "the request did not come in time"));
            }
            // Reset by the client: the same as its end.
            Err(_) => return Ok(0),
        }
    }
}

/// Whether a socket's time limit ended an operation; systems differ in the name.
fn is_late(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives one byte a read.
    struct Drops<'a>(&'a [u8]);

    impl Read for Drops<'_> {
        fn read(&mut self, block: &mut [u8]) -> io::Result<usize> {
            self.0.read(&mut block[..1])
        }
    }

    fn whole(text: &str) -> Result<Vec<u8>, Unread> {
        let body = |source: &mut dyn Read| {
            let mut source = source;
            let head = Head::read(&mut source)?;
            let length = head.length.map_err(Unread::Refused)?;
            head.body(&mut source, length)
        };
        let at_once = body(&mut text.as_bytes());
        assert_eq!(at_once, body(&mut Drops(text.as_bytes())), "{text}");
        at_once
    }

    fn status(text: &str) -> u16 {
        match whole(text) {
            Err(Unread::Refused(refusal)) => refusal.status,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn a_body_is_as_long_as_its_length_says() {
        let body = whole("POST /p HTTP/1.1\r\nHost: a\r\ncontent-LENGTH: 3\r\n\r\nabcdef");
        assert_eq!(body.as_deref(), Ok(&b"abc"[..]));
        let body = whole("POST /p HTTP/1.0\r\nContent-Length: 0\r\n\r\n");
        assert_eq!(body.as_deref(), Ok(&b""[..]));
    }

    #[test]
    fn each_rule_refuses_its_own() {
        let head = |line: &str| format!("POST /p HTTP/1.1\r\n{line}\r\n\r\nabc");
        assert_eq!(whole(""), Err(Unread::Nothing));
        for garbage in ["\r\n\r\n", "\u{16}\u{3}\u{1}", "{}", "P", "POST /p\r\n\r\n"] {
            assert_eq!(status(garbage), 400, "{garbage:?}");
        }
        assert_eq!(status("POST /p HTTP/2.0\r\n\r\n"), 505);
        assert_eq!(status(&head("Host: a")), 411);
        let both = head("Content-Length: 3\r\nTransfer-Encoding: chunked");
        assert_eq!(status(&both), 411);
        for length in ["", "-1", "+3", "03", "3, 3", "0x3", "99999999999999999999"] {
            assert_eq!(status(&head(&format!("Content-Length: {length}"))), 400);
        }
        let twice = head("Content-Length: 3\r\nContent-Length: 3");
        assert_eq!(status(&twice), 400);
        assert_eq!(status(&head("Content-Length: 4")), 400, "cut");
        assert_eq!(status(&head("no colon")), 400);
        assert_eq!(status(&head(&"A: b\r\n".repeat(70))), 431);
    }

    #[test]
    fn a_head_is_bounded() {
        let head = |pad: usize| {
            let start = "POST /p HTTP/1.1\r\nContent-Length: 0\r\nX: ";
            let pad = "x".repeat(pad - start.len() - END.len());
            format!("{start}{pad}\r\n\r\n")
        };
        assert!(whole(&head(MAX_HEAD)).is_ok());
        assert_eq!(status(&head(MAX_HEAD + 1)), 431);
        assert_eq!(status(&"A".repeat(MAX_HEAD)), 431);
    }
}
