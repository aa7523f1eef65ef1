//! `stamp`: time stamps on heads, asked for, kept and listed. Request and reply
//! travel as files, or over a network.

mod request;

use std::path::Path;

use docledger::digest::ContentDigest;
use docledger::log::{Evidence as _, Item};
use docledger::registry::{Register, kept_stamps};
use docledger::stamp::{Certificate, KeptStamp, KeptStamps, Token, parse_response};
use docledger::store::LedgerDir;
use docledger::verify::Stamped;
use serde_json::json;

use crate::cli::args::{Args, Format, Stamp, TsaCertificates};
use crate::cli::error::hinted;
use crate::cli::{Outcome, machine, render};

pub(super) fn run(args: &Args, stamp: &Stamp) -> anyhow::Result<Outcome> {
    let register = super::open_register(args)?;
    let dir = machine::ledger_dir(args);
    match stamp {
        Stamp::Request(flags) => request::run(args, &dir, &register, flags),
        Stamp::Add { reply, authorities } => {
            let authorities = self::authorities(authorities)?;
            add(args, &dir, &register, reply, &authorities)
        }
        Stamp::List { authorities } => {
            let authorities = self::authorities(authorities)?;
            list(args, &register, &kept(&dir)?, &authorities)
        }
    }
}

/// The certificates that a user trusts.
pub(super) fn authorities(given: &TsaCertificates) -> anyhow::Result<Vec<Certificate>> {
    let mut authorities = Vec::new();
    for file in &given.files {
        let text = String::from_utf8_lossy(&machine::whole(file)?).into_owned();
        let found = Certificate::authorities_from_pem(&text).map_err(|error| {
            hinted(
                format!("{}: {error}", file.display()),
                "give the authority's own certificates in PEM, not the one that signs stamps",
            )
        })?;
        authorities.extend(found);
    }
    Ok(authorities)
}

/// A stamped head as JSON.
pub(super) fn to_json(stamped: &Stamped) -> serde_json::Value {
    let Stamped { size, stamp } = stamped;
    json!({
        "size": size,
        "time": stamp.time.to_string(),
        "authority": stamp.authority,
        "serial": stamp.serial,
        "policy": stamp.policy,
        "certificate_until": render::time(stamp.certificate_until),
    })
}

/// What is kept of stamps, as far as it is what its names say.
fn kept(dir: &LedgerDir<'_>) -> anyhow::Result<KeptStamps> {
    Ok(kept_stamps(dir, &mut |item, error| {
        let path = render::one_line(&dir.place(item));
        render::remark(&format!("{path}: {error}: run `docledger verify`"));
    })?)
}

/// Stamps by their times.
fn by_time(kept: &KeptStamps) -> Vec<&KeptStamp> {
    let mut stamps: Vec<_> = kept.stamps().collect();
    stamps.sort_by_key(|it| it.token.unverified().time);
    stamps
}

fn add(
    args: &Args,
    dir: &LedgerDir<'_>,
    register: &Register,
    reply: &Path,
    authorities: &[Certificate],
) -> anyhow::Result<Outcome> {
    let name = render::one_line(&reply.display().to_string());
    let reply = Reply::read(name, machine::whole(reply)?)?;
    let checked = reply.check(register, &kept(dir)?, authorities)?;
    reply.keep(args, dir, &checked)
}

/// An authority's reply with a stamp.
struct Reply {
    /// What it is called: a file, or who sent it.
    name: String,
    bytes: Vec<u8>,
    token: Token,
}

/// What a reply was found to be.
struct Checked {
    about: ContentDigest,
    /// The size of the head that it stamps, or whose stamp it renews.
    size: u64,
    /// Whether its authority is one that the user trusts; else that is open.
    is_trusted: bool,
}

impl Reply {
    fn read(name: String, bytes: Vec<u8>) -> anyhow::Result<Self> {
        let token = parse_response(&bytes).map_err(|error| {
            hinted(
                format!("{name}: {error}"),
                "send the request again, or to another authority",
            )
        })?;
        Ok(Self { name, bytes, token })
    }

    /// Checks it against what is kept, and the authorities that a user trusts, if any.
    fn check(
        &self,
        register: &Register,
        kept: &KeptStamps,
        authorities: &[Certificate],
    ) -> anyhow::Result<Checked> {
        let Self { name, token, .. } = self;
        let about = token.unverified().about();
        let size_of = |about| Some((about, register.stamped_size(kept, about)?));
        let Some((about, size)) = about.and_then(size_of) else {
            return Err(hinted(
                format!("{name} is about nothing that was to be stamped here"),
                "take the reply to a request that `docledger stamp request` wrote here",
            ));
        };
        let stamped = kept.bytes(about).unwrap_or_default();
        let sound = token.check(stamped).map_err(|error| {
            hinted(
                format!("{name} is no sound time stamp: {error}"),
                "ask the authority for another",
            )
        })?;
        let is_trusted = !authorities.is_empty();
        if is_trusted {
            sound.trusted(authorities).map_err(|error| {
                hinted(
                    format!("{name} was not kept: {error}"),
                    "give the right certificates, or none to leave that open",
                )
            })?;
        }
        Ok(Checked {
            about,
            size,
            is_trusted,
        })
    }

    /// Keeps it, and says so.
    fn keep(&self, args: &Args, dir: &LedgerDir<'_>, checked: &Checked) -> anyhow::Result<Outcome> {
        let Checked {
            about,
            size,
            is_trusted,
        } = *checked;
        let item = Item::Stamp {
            about,
            reply: ContentDigest::of(&self.bytes),
        };
        super::lock(dir)?.keep_stamp(&item, &self.bytes)?;
        let time = self.token.unverified().time;
        if args.format == Format::Json {
            render::json_line(&json!({
                "schema": "docledger.stamp/1",
                "size": size,
                "time": time.to_string(),
                "trusted": is_trusted,
                "file": dir.place(&item),
            }))?;
            return Ok(Outcome::Good);
        }
        let whose = match is_trusted {
            true => "",
            false => "; whether its authority can be trusted was not checked",
        };
        render::out(&render::paragraph(&format!(
            "kept: the first {size} entries existed on {time}, by the word of {}{whose}",
            render::one_line(&self.token.certificate().name()),
        )))?;
        Ok(Outcome::Good)
    }
}

fn list(
    args: &Args,
    register: &Register,
    kept: &KeptStamps,
    authorities: &[Certificate],
) -> anyhow::Result<Outcome> {
    let mut is_all_good = true;
    let stamps = by_time(kept);
    for KeptStamp { about, token, .. } in &stamps {
        let bytes = kept.bytes(*about).unwrap_or_default();
        let size = register.stamped_size(kept, *about);
        let sound = token.check(bytes);
        let problem = match (&sound, size) {
            (Err(error), _) => Some(error.to_string()),
            (Ok(_), None) => Some("it is about no head of this ledger".to_owned()),
            (Ok(sound), Some(_)) if !authorities.is_empty() => {
                sound.trusted(authorities).err().map(|it| it.to_string())
            }
            _ => None,
        };
        is_all_good &= problem.is_none();
        let time = token.unverified().time.to_string();
        let until = token.certificate().validity().1;
        let renews = kept.first_of(*about) != *about;
        if args.format == Format::Json {
            render::json_line(&json!({
                "schema": "docledger.stamp/1",
                "size": size,
                "time": time,
                "renews": renews,
                "authority": token.certificate().name(),
                "certificate_until": render::time(until),
                "trusted": problem.is_none() && !authorities.is_empty(),
                "problem": problem,
            }))?;
            continue;
        }
        let entries = size.map_or_else(|| "?".to_owned(), |size| size.to_string());
        let what = if renews { ", stamped again" } else { "" };
        let told = problem.map_or_else(String::new, |it| format!("  NOT GOOD    {it}\n"));
        render::out(&format!(
            "{time}  {entries} entries{what}\n  by          {}\n  good until  {}\n{told}",
            render::one_line(&token.certificate().name()),
            render::time(until),
        ))?;
    }
    if stamps.is_empty() && args.format != Format::Json {
        render::out("no time stamps are kept\n")?;
    }
    Ok(match is_all_good {
        true => Outcome::Good,
        false => Outcome::Bad,
    })
}
