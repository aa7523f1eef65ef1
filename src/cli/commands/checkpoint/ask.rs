//! `checkpoint request --witness`: a witness that serves is asked to cosign the
//! head (C2SP tlog-witness, `add-checkpoint`).

use std::time::Duration;

use docledger::encoding::decimal;
use docledger::encoding::note::MAX_NOTE;
use docledger::log::SignedCheckpoint;
use docledger::registry::Register;
use docledger::store::LedgerDir;

use crate::cli::args::{Args, CheckpointRequest};
use crate::cli::error::{self, hinted};
use crate::cli::http::{Post, Reply};
use crate::cli::{Outcome, render};

/// Sends the request, from the size that the witness knows, and takes in what it
/// cosigned. What went wrong before has kept nothing.
pub(super) fn run(
    args: &Args,
    dir: &LedgerDir<'_>,
    register: &Register,
    url: &str,
    flags: &CheckpointRequest,
) -> anyhow::Result<Outcome> {
    let witness = Witness {
        url: format!("{}/add-checkpoint", url.trim_end_matches('/')),
        timeout: Duration::from_secs(flags.timeout),
    };
    let mut request = super::proven(dir, register, flags.old)?;
    let mut reply = witness.post(&request.to_text())?;
    if let Some(known) = known(&reply).filter(|known| *known != flags.old) {
        request = super::proven(dir, register, known)?;
        reply = witness.post(&request.to_text())?;
    }
    let lines = witness.lines(&reply)?;
    let note = request.checkpoint.to_text() + lines;
    let name = format!("what {} answered", witness.shown());
    let cosigned = SignedCheckpoint::parse(note.as_bytes())
        .map_err(|error| hinted(format!("{name}: {error}"), "tell who runs the witness"))?;
    super::take(args, dir, register, &name, &cosigned)
}

/// How many entries the witness knows, if it answers that.
fn known(reply: &Reply) -> Option<u64> {
    if (reply.status, reply.content_type.as_str()) != (409, "text/x.tlog.size") {
        return None;
    }
    decimal(std::str::from_utf8(&reply.body).ok()?.strip_suffix('\n')?)
}

/// A witness that serves.
struct Witness {
    url: String,
    timeout: Duration,
}

impl Witness {
    fn shown(&self) -> String {
        render::one_line(&self.url)
    }

    fn post(&self, request: &str) -> anyhow::Result<Reply> {
        let post = Post {
            url: &self.url,
            content_type: "text/plain; charset=utf-8",
            body: request.as_bytes(),
            timeout: self.timeout,
            max_reply: MAX_NOTE,
        };
        post.send().map_err(|error| {
            let hint = error::hint(&error)
                .unwrap_or_else(|| "nothing was kept: run the command again".to_owned());
            hinted(format!("{}: {}", self.shown(), error::told(&error)), hint)
        })
    }

    /// The cosignatures of an answer.
    fn lines<'a>(&self, reply: &'a Reply) -> anyhow::Result<&'a str> {
        let text = std::str::from_utf8(&reply.body).unwrap_or_default();
        if reply.status == 200 {
            return Ok(text);
        }
        let told = text.lines().next().unwrap_or_default();
        let told = render::shortened(&render::one_line(told), 200);
        let hint = match reply.status {
            403 | 404 => "tell who runs the witness: it needs this ledger's keys/policy",
            409 if known(reply).is_some() => "another request came between: run the command again",
            409 | 422 => {
                "the witness saw another history: run `docledger verify`, and compare with \
                 another copy"
            }
            300..=399 => "nothing was sent elsewhere: name the witness's own address",
            _ => "nothing was kept: run the command again, or tell who runs the witness",
        };
        Err(hinted(
            format!(
                "{} did not cosign: HTTP status {}: {told}",
                self.shown(),
                reply.status
            ),
            hint,
        ))
    }
}
