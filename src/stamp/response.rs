//! An authority's reply (RFC 3161 §2.4.2): a token, or a refusal in words.

use der::Tag;
use der::asn1::ObjectIdentifier;

use super::MAX_REPLY;
use super::der::{DerError, Value, Values};
use super::token::{SIGNED_DATA, Token, TokenError};

/// Why a reply holds no token that can be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResponseError {
    /// Longer than any reply.
    #[error("is longer than {MAX_REPLY} bytes")]
    TooLong,
    /// Not the structure.
    #[error(transparent)]
    Der(#[from] DerError),
    /// The authority refused.
    #[error("the authority refused: {0}")]
    Refused(String),
    /// The token inside.
    #[error(transparent)]
    Token(#[from] TokenError),
}

/// Reads a TimeStampResp, or a bare TimeStampToken. Nothing is verified.
///
/// # Errors
/// If it is neither, or the authority refused.
pub fn parse_response(bytes: &[u8]) -> Result<Token, ResponseError> {
    if bytes.len() > MAX_REPLY {
        return Err(ResponseError::TooLong);
    }
    let mut values = Values::of_sequence(bytes, "the reply")?;
    if values
        .clone()
        .oid()
        .is_ok_and(|oid: ObjectIdentifier| oid == SIGNED_DATA)
    {
        return Ok(Token::parse(bytes)?);
    }
    let status = values.next(Tag::Sequence)?;
    check_status(status)?;
    let token = values.next(Tag::Sequence)?;
    values.end()?;
    Ok(Token::parse(token.whole)?)
}

/// `PKIStatusInfo`: 0 is granted, 1 granted with changes, the rest refusals.
fn check_status(status: Value<'_>) -> Result<(), ResponseError> {
    let what = "the reply's status";
    let mut values = status.inside(Tag::Sequence, what)?;
    let code: u8 = values.next(Tag::Integer)?.decode(what)?;
    let texts = values.optional(Tag::Sequence)?;
    let failure = values.optional(Tag::BitString)?;
    values.end()?;
    let mut words = vec![match code {
        0 | 1 => return Ok(()),
        2 => "rejected".to_owned(),
        3 => "waiting".to_owned(),
        4 => "a revocation is imminent".to_owned(),
        5 => "its certificate was revoked".to_owned(),
        other => format!("status {other}"),
    }];
    if let Some(failure) = failure {
        words.extend(reasons(failure.contents).map(str::to_owned));
    }
    if let Some(texts) = texts {
        let texts = texts.inside(Tag::Sequence, what)?.rest()?;
        words.extend(
            texts
                .iter()
                .map(|text| String::from_utf8_lossy(text.contents).into_owned()),
        );
    }
    Err(ResponseError::Refused(words.join("; ")))
}

/// The bits of `PKIFailureInfo` that are set, in words.
fn reasons(bits: &[u8]) -> impl Iterator<Item = &'static str> {
    const REASONS: [(usize, &str); 8] = [
        (0, "it does not know the algorithm"),
        (2, "it may not do this"),
        (5, "it can't read the request"),
        (14, "its clock does not work"),
        (15, "it does not know the policy asked for"),
        (16, "it does not know an extension of the request"),
        (17, "it can't give what was asked"),
        (25, "something failed on its side"),
    ];
    let is_set = move |bit: usize| {
        let byte = bits.get(1 + bit / 8).copied().unwrap_or(0);
        byte & (0x80 >> (bit % 8)) != 0
    };
    REASONS
        .iter()
        .filter(move |(bit, _)| is_set(*bit))
        .map(|(_, reason)| *reason)
}
