//! `stamp request`: what is to be stamped goes out, to a file or to an authority
//! over a network.

use std::path::Path;
#[cfg(feature = "net")]
use std::time::Duration;

use docledger::digest::ContentDigest;
use docledger::log::Item;
use docledger::registry::Register;
#[cfg(feature = "net")]
use docledger::stamp::MAX_REPLY;
use docledger::stamp::{NONCE_LEN, Request};
use docledger::store::LedgerDir;
use serde_json::json;

#[cfg(feature = "net")]
use super::Reply;
use crate::cli::args::{Args, Format, StampRequest};
use crate::cli::commands::{checkpoint, lock};
use crate::cli::error::hinted;
use crate::cli::{Outcome, machine, render};
#[cfg(feature = "net")]
use crate::cli::{args::Tsa, error, http};

pub(super) fn run(
    args: &Args,
    dir: &LedgerDir<'_>,
    register: &Register,
    flags: &StampRequest,
) -> anyhow::Result<Outcome> {
    #[cfg(feature = "net")]
    if flags.tsa.url.is_none() && !flags.tsa.authorities.files.is_empty() {
        return Err(hinted(
            "--tsa-certificates judge a reply, and none is asked for",
            "add --tsa, or give them to `stamp add`",
        ));
    }
    let subject = Subject::find(dir, register, flags.renew)?;
    let request = Request::new(&subject.bytes, machine::random::<NONCE_LEN>()?);
    if let Some(out) = &flags.out {
        subject.write(args, dir, &request, out)?;
    }
    #[cfg(feature = "net")]
    if let Some(url) = &flags.tsa.url {
        return subject.ask(args, dir, register, &request, (url, &flags.tsa));
    }
    Ok(Outcome::Good)
}

/// What is to be stamped.
struct Subject {
    bytes: Vec<u8>,
    what: String,
    /// A head, which has to be kept; a stamp that is renewed is kept already.
    is_head: bool,
}

impl Subject {
    fn find(dir: &LedgerDir<'_>, register: &Register, renew: bool) -> anyhow::Result<Self> {
        if !renew {
            // With its cosignatures: the stamp then shows when they were there, too.
            let size = register.checkpoint.size;
            return Ok(Self {
                bytes: checkpoint::newest(dir, size)?,
                what: format!("the head of {size} entries"),
                is_head: true,
            });
        }
        let kept = super::kept(dir)?;
        let newest = super::by_time(&kept)
            .pop()
            .ok_or_else(|| hinted("there is no stamp to renew", "ask for one, without --renew"))?;
        Ok(Self {
            bytes: kept.bytes(newest.reply).unwrap_or_default().to_vec(),
            what: format!("the stamp of {}", newest.token.unverified().time),
            is_head: false,
        })
    }

    fn digest(&self) -> ContentDigest {
        ContentDigest::of(&self.bytes)
    }

    /// Keeps it in the ledger, which may have grown when it is needed.
    fn keep(&self, dir: &LedgerDir<'_>) -> anyhow::Result<()> {
        if self.is_head {
            let item = Item::Stamped(self.digest());
            lock(dir)?.keep_stamp(&item, &self.bytes)?;
        }
        Ok(())
    }

    /// Writes the request to a file, for somebody to send.
    fn write(
        &self,
        args: &Args,
        dir: &LedgerDir<'_>,
        request: &Request,
        out: &Path,
    ) -> anyhow::Result<()> {
        self.keep(dir)?;
        machine::write_new(out, &request.to_der())?;
        let (out, what) = (out.display().to_string(), &self.what);
        if args.format == Format::Json {
            return render::json_line(&json!({
                "schema": "docledger.stamp-request/1", "file": out, "about": what,
            }));
        }
        render::out(&format!(
            "wrote {}: a request to stamp {what}\n",
            render::one_line(&out)
        ))
    }

    /// Sends the request (RFC 3161 §3.4) and keeps the stamp. Until that is known
    /// to be good, nothing is kept for it.
    #[cfg(feature = "net")]
    fn ask(
        &self,
        args: &Args,
        dir: &LedgerDir<'_>,
        register: &Register,
        request: &Request,
        (url, flags): (&str, &Tsa),
    ) -> anyhow::Result<Outcome> {
        let authorities = super::authorities(&flags.authorities)?;
        let bytes = send(url, &request.to_der(), Duration::from_secs(flags.timeout))?;
        let name = format!("what {} answered", render::one_line(url));
        let reply = Reply::read(name, bytes)?;
        let is_about = reply.token.unverified().about();
        if reply.token.check_request(request).is_err() || is_about != Some(self.digest()) {
            return Err(hinted(
                format!("{} is no reply to this request", reply.name),
                "nothing was kept: ask again, or another authority",
            ));
        }
        let mut kept = super::kept(dir)?;
        if self.is_head {
            kept.take_checkpoint(self.digest(), self.bytes.clone())?;
        }
        let checked = reply.check(register, &kept, &authorities)?;
        self.keep(dir)?;
        reply.keep(args, dir, &checked)
    }
}

/// What an authority answers.
#[cfg(feature = "net")]
fn send(url: &str, request: &[u8], timeout: Duration) -> anyhow::Result<Vec<u8>> {
    const HINT: &str = "nothing was kept: run the command again, or name another authority";
    let post = http::Post {
        url,
        content_type: "application/timestamp-query",
        body: request,
        timeout,
        max_reply: MAX_REPLY,
    };
    let shown = render::one_line(url);
    let reply = post.send().map_err(|error| {
        let hint = error::hint(&error).unwrap_or_else(|| HINT.to_owned());
        hinted(format!("{shown}: {}", error::told(&error)), hint)
    })?;
    let http::Reply {
        status,
        content_type,
        location,
        body,
    } = reply;
    match (status, location) {
        (200, _) if content_type == "application/timestamp-reply" => Ok(body),
        (200, _) => Err(hinted(
            format!(
                "{shown} answered with {}, which is no time stamp",
                render::one_line(&format!("{content_type:?}"))
            ),
            "nothing was kept: see that this is the address for requests (RFC 3161)",
        )),
        (300..=399, Some(location)) => Err(hinted(
            format!("{shown} refers to {}", render::one_line(&location)),
            "nothing was sent there: name that address, if it is the authority's",
        )),
        (400..=499, _) => Err(hinted(
            format!("{shown} refused the request: HTTP status {status}"),
            "nothing was kept: see that this is the address for requests, and open to you",
        )),
        _ => Err(hinted(
            format!("{shown} could not answer: HTTP status {status}"),
            HINT,
        )),
    }
}
