//! `witness serve`: cosigns what is posted (C2SP tlog-witness, `add-checkpoint`),
//! with a line on standard error for each request.

use std::io;
use std::net::{SocketAddr, TcpListener};

use anyhow::Context as _;
use docledger::witness::{AddCheckpoint, MAX_REQUEST, WitnessRefusal};
use serde_json::json;

use super::cosigner::{Cosigner, NotCosigned};
use crate::cli::args::{Args, Format};
use crate::cli::http::{Answer, Service, serve};
use crate::cli::{Outcome, error, machine, render};

/// The path of tlog-witness.
const PATH: &str = "/add-checkpoint";
/// What the size of a head is sent as.
const TYPE_SIZE: &str = "text/x.tlog.size";

pub(super) fn run(args: &Args, listen: SocketAddr, cosigner: Cosigner) -> anyhow::Result<Outcome> {
    let listener = TcpListener::bind(listen).with_context(|| format!("--listen {listen}"))?;
    let address = listener.local_addr()?;
    if !address.ip().is_loopback() {
        render::remark(
            "other machines can reach this, without TLS: let them come through a proxy only",
        );
    }
    let url = format!("http://{address}");
    let vkey = cosigner.key().vkey();
    if args.format == Format::Json {
        render::json_line(&json!({
            "schema": "docledger.witness-serve/1", "url": url, "vkey": vkey,
        }))?;
    } else {
        render::out(&format!("{vkey}\nlistens at {url}\n"))?;
    }
    let format = args.format;
    serve(&listener, &Served { cosigner, format })
}

/// A witness that is asked over HTTP.
struct Served {
    cosigner: Cosigner,
    format: Format,
}

/// What a request came to.
struct Judged {
    answer: Answer,
    /// The origin and size of the head it was about.
    head: Option<(String, u64)>,
    told: String,
}

impl Service for Served {
    fn path(&self) -> &'static str {
        PATH
    }

    fn max_body(&self) -> usize {
        MAX_REQUEST
    }

    fn post(&self, peer: SocketAddr, body: &[u8]) -> Answer {
        let judged = self.judge(body);
        self.log(peer, judged.answer.status, judged.head, &judged.told);
        judged.answer
    }

    fn refused(&self, peer: SocketAddr, answer: &Answer) {
        self.log(peer, answer.status, None, answer.body.trim_end());
    }

    fn trouble(&self, error: &io::Error) {
        render::remark(&format!("a connection was not taken: {error}"));
    }
}

impl Served {
    fn judge(&self, body: &[u8]) -> Judged {
        let request = match AddCheckpoint::parse(body) {
            Ok(request) => request,
            Err(error) => {
                let told = error.to_string();
                let answer = Answer::text(400, &render::one_line(&told));
                let head = None;
                return Judged { answer, head, told };
            }
        };
        let head = request.checkpoint.unverified();
        let head = Some((head.origin.clone(), head.size));
        // Who waits here waits for a moment; nobody need be told.
        match self.cosigner.cosign(&request, &mut || ()) {
            Ok(cosigned) => Judged {
                answer: Answer {
                    body: cosigned.line.to_line(),
                    ..Answer::text(200, "")
                },
                head,
                told: "cosigned".to_owned(),
            },
            Err(error) => Judged {
                answer: answer_to(&error),
                head,
                told: match error {
                    NotCosigned::Failed(error) => error::told(&error),
                    other => other.to_string(),
                },
            },
        }
    }

    fn log(&self, peer: SocketAddr, status: u16, head: Option<(String, u64)>, told: &str) {
        let time = render::time(machine::now());
        if self.format == Format::Json {
            let (origin, size) = head.unzip();
            render::json_remark(&json!({
                "schema": "docledger.witness-request/1",
                "time": time, "peer": peer.to_string(), "status": status,
                "origin": origin, "size": size, "told": told,
            }));
            return;
        }
        let head = head.map_or_else(String::new, |(origin, size)| format!(" {origin} {size}"));
        let line = format!("{time} {peer} {status}{head}: {told}");
        render::remark(&render::one_line(&line));
    }
}

/// What tlog-witness answers. Of what went wrong here the client learns nothing.
fn answer_to(error: &NotCosigned) -> Answer {
    match error {
        NotCosigned::UnknownLog(_) => Answer::text(404, "this log is not cosigned here"),
        NotCosigned::Refused {
            refusal: refusal @ WitnessRefusal::Stale { known, .. },
            ..
        } => Answer {
            content_type: TYPE_SIZE,
            ..Answer::text(refusal.status(), &known.to_string())
        },
        NotCosigned::Refused { refusal, .. } => {
            Answer::text(refusal.status(), &render::one_line(&refusal.to_string()))
        }
        NotCosigned::Failed(_) => Answer::text(500, "the witness can't cosign now"),
    }
}
