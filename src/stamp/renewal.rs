//! Stamps over stamps (RFC 4998 §5.2): before an authority's certificate ends,
//! its reply is stamped again, byte for byte as it was received.

use super::certificate::Certificate;
use super::response::{ResponseError, parse_response};
use super::time::StampTime;
use super::verify::{Stamp, StampError};

/// What is wrong with one reply of a chain.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RenewalError {
    /// It holds no token.
    #[error(transparent)]
    Response(#[from] ResponseError),
    /// The token is not about what came before it, or not sound.
    #[error(transparent)]
    Stamp(#[from] StampError),
    /// It claims to be older than what it stamps.
    #[error("its time, {0}, is before that of the stamp it renews")]
    Backwards(StampTime),
}

/// A reply that is about what came before it, and sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Renewal {
    /// When its authority says it saw the bytes.
    pub time: StampTime,
    /// When its signer's certificate ends, in seconds since 1970-01-01T00:00:00Z.
    pub certificate_until: u64,
    /// Whether the certificate of the stamp before had ended by then: what that
    /// one proves no longer rests on this one.
    pub late: bool,
    /// What it proves under the given authorities, or why nothing.
    pub trusted: Result<Stamp, StampError>,
}

/// Judges a chain of replies: the first is about `data`, each next one about the
/// bytes of the one before.
#[must_use]
pub fn judge_renewals(
    data: &[u8],
    replies: &[Vec<u8>],
    authorities: &[Certificate],
) -> Vec<Result<Renewal, RenewalError>> {
    let mut about = data;
    let mut before: Option<(StampTime, u64)> = None;
    let mut judged = Vec::with_capacity(replies.len());
    for reply in replies {
        let renewal = judge(about, reply, before, authorities);
        before = match &renewal {
            Ok(renewal) => Some((renewal.time, renewal.certificate_until)),
            Err(_) => None,
        };
        judged.push(renewal);
        about = reply;
    }
    judged
}

fn judge(
    about: &[u8],
    reply: &[u8],
    before: Option<(StampTime, u64)>,
    authorities: &[Certificate],
) -> Result<Renewal, RenewalError> {
    let token = parse_response(reply)?;
    let sound = token.check(about)?;
    let time = token.unverified().time;
    if before.is_some_and(|(earlier, _)| time < earlier) {
        return Err(RenewalError::Backwards(time));
    }
    Ok(Renewal {
        time,
        certificate_until: token.certificate().validity().1,
        late: before.is_some_and(|(_, until)| time.seconds > until),
        trusted: sound.trusted(authorities),
    })
}
