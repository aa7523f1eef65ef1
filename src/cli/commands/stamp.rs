//! `stamp`: time stamps on heads, asked for, kept and listed. The request and the
//! reply travel as files.

use std::collections::BTreeMap;
use std::path::Path;

use docledger::digest::ContentDigest;
use docledger::log::{Evidence as _, Found, Item, SignedCheckpoint};
use docledger::registry::Register;
use docledger::stamp::{Certificate, MAX_REPLY, NONCE_LEN, Request, Token, parse_response};
use docledger::store::LedgerDir;
use docledger::verify::Stamped;
use serde_json::json;

use crate::cli::args::{Args, Format, Stamp, TsaCertificates};
use crate::cli::error::hinted;
use crate::cli::{Outcome, machine, render};

/// The longest checkpoint.
const MAX_CHECKPOINT: u64 = 1 << 16;

pub(super) fn run(args: &Args, stamp: &Stamp) -> anyhow::Result<Outcome> {
    let register = super::open_register(args)?;
    let dir = machine::ledger_dir(args);
    match stamp {
        Stamp::Request { out, renew } => request(args, &dir, &register, out, *renew),
        Stamp::Add { reply, authorities } => {
            let authorities = self::authorities(authorities)?;
            add(args, &dir, &register, reply, &authorities)
        }
        Stamp::List { authorities } => {
            let authorities = self::authorities(authorities)?;
            list(args, &Kept::read(&dir, &register)?, &authorities)
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

/// A kept stamp.
struct KeptStamp {
    about: ContentDigest,
    reply: ContentDigest,
    token: Token,
}

/// What is kept of stamps, as far as it is what its names say.
#[derive(Default)]
struct Kept {
    /// Bytes that stamps are about, by their SHA-256.
    bytes: BTreeMap<ContentDigest, Vec<u8>>,
    /// Sizes of the heads among them.
    sizes: BTreeMap<ContentDigest, u64>,
    stamps: Vec<KeptStamp>,
}

impl Kept {
    fn read(dir: &LedgerDir<'_>, register: &Register) -> anyhow::Result<Self> {
        let mut items = Vec::new();
        dir.everything(&mut |found| {
            if let Found::Item(item @ (Item::Stamped(_) | Item::Stamp { .. })) = found {
                items.push(item);
            }
        })?;
        let mut kept = Self::default();
        for item in items {
            let bytes = dir.read(&item, MAX_REPLY as u64)?.unwrap_or_default();
            let digest = ContentDigest::of(&bytes);
            match item {
                Item::Stamped(named) if named == digest => {
                    if let Some(size) = head_of(register, &bytes) {
                        kept.sizes.insert(digest, size);
                    }
                }
                Item::Stamp { about, reply } if reply == digest => {
                    if let Ok(token) = parse_response(&bytes) {
                        kept.stamps.push(KeptStamp {
                            about,
                            reply,
                            token,
                        });
                    }
                }
                _ => {
                    let path = render::one_line(&dir.place(&item));
                    render::remark(&format!("{path} is damaged: run `docledger verify`"));
                    continue;
                }
            }
            kept.bytes.insert(digest, bytes);
        }
        kept.stamps.sort_by_key(|it| it.token.unverified().time);
        Ok(kept)
    }

    /// The size of the head that something is about, through renewals.
    fn size_of(&self, about: ContentDigest) -> Option<u64> {
        let mut about = about;
        for _ in 0..=self.stamps.len() {
            if let Some(size) = self.sizes.get(&about) {
                return Some(*size);
            }
            about = self.stamps.iter().find(|it| it.reply == about)?.about;
        }
        None
    }
}

/// The size of a checkpoint that is a head of this register.
fn head_of(register: &Register, note: &[u8]) -> Option<u64> {
    let signed = SignedCheckpoint::parse(note).ok()?;
    let size = signed.unverified().size;
    let head = signed
        .verify(register.authority.checkpoint_key(size))
        .ok()?;
    let is_here = head.origin == register.authority.origin()
        && register.tree.root_at(size) == Some(head.root);
    is_here.then_some(size)
}

fn request(
    args: &Args,
    dir: &LedgerDir<'_>,
    register: &Register,
    out: &Path,
    renew: bool,
) -> anyhow::Result<Outcome> {
    let kept = Kept::read(dir, register)?;
    let (bytes, what) = if renew {
        let newest = kept
            .stamps
            .last()
            .ok_or_else(|| hinted("there is no stamp to renew", "ask for one, without --renew"))?;
        let bytes = kept.bytes.get(&newest.reply).cloned().unwrap_or_default();
        (
            bytes,
            format!("the stamp of {}", newest.token.unverified().time),
        )
    } else {
        let note = dir.read(&Item::Checkpoint, MAX_CHECKPOINT)?;
        let what = format!("the head of {} entries", register.checkpoint.size);
        (note.unwrap_or_default(), what)
    };
    let request = Request::new(&bytes, machine::random::<NONCE_LEN>()?);
    if !renew {
        // The ledger may grow before the reply comes.
        let writer = super::lock(dir)?;
        writer.keep_stamp(&Item::Stamped(ContentDigest::of(&bytes)), &bytes)?;
    }
    machine::write_new(out, &request.to_der())?;
    let out = out.display().to_string();
    if args.format == Format::Json {
        render::json_line(&json!({
            "schema": "docledger.stamp-request/1", "file": out, "about": what,
        }))?;
    } else {
        render::out(&format!(
            "wrote {}: a request to stamp {what}\n",
            render::one_line(&out)
        ))?;
    }
    Ok(Outcome::Good)
}

fn add(
    args: &Args,
    dir: &LedgerDir<'_>,
    register: &Register,
    reply: &Path,
    authorities: &[Certificate],
) -> anyhow::Result<Outcome> {
    let name = render::one_line(&reply.display().to_string());
    let bytes = machine::whole(reply)?;
    let token = parse_response(&bytes).map_err(|error| {
        hinted(
            format!("{name}: {error}"),
            "send the request again, or to another authority",
        )
    })?;
    let kept = Kept::read(dir, register)?;
    let about = token.unverified().about();
    let about = about.filter(|about| kept.size_of(*about).is_some());
    let Some(about) = about else {
        return Err(hinted(
            format!("{name} is about nothing that was to be stamped here"),
            "take the reply to a request that `docledger stamp request` wrote here",
        ));
    };
    let stamped = kept.bytes.get(&about).map_or(&[][..], Vec::as_slice);
    let sound = token.check(stamped).map_err(|error| {
        hinted(
            format!("{name} is no sound time stamp: {error}"),
            "ask the authority for another",
        )
    })?;
    if !authorities.is_empty() {
        sound.trusted(authorities).map_err(|error| {
            hinted(
                format!("{name} was not kept: {error}"),
                "give the right certificates, or none to leave that open",
            )
        })?;
    }
    let item = Item::Stamp {
        about,
        reply: ContentDigest::of(&bytes),
    };
    super::lock(dir)?.keep_stamp(&item, &bytes)?;
    let size = kept.size_of(about).unwrap_or_default();
    let (time, place) = (token.unverified().time, dir.place(&item));
    if args.format == Format::Json {
        render::json_line(&json!({
            "schema": "docledger.stamp/1",
            "size": size,
            "time": time.to_string(),
            "trusted": !authorities.is_empty(),
            "file": place,
        }))?;
        return Ok(Outcome::Good);
    }
    let whose = match authorities.is_empty() {
        true => "; whether its authority can be trusted was not checked",
        false => "",
    };
    render::out(&render::paragraph(&format!(
        "kept: the first {size} entries existed on {time}, by the word of {}{whose}",
        render::one_line(&token.certificate().name()),
    )))?;
    Ok(Outcome::Good)
}

fn list(args: &Args, kept: &Kept, authorities: &[Certificate]) -> anyhow::Result<Outcome> {
    let mut is_all_good = true;
    for stamp in &kept.stamps {
        let KeptStamp { about, token, .. } = stamp;
        let bytes = kept.bytes.get(about).map_or(&[][..], Vec::as_slice);
        let size = kept.size_of(*about);
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
        let renews = !kept.sizes.contains_key(about);
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
    if kept.stamps.is_empty() && args.format != Format::Json {
        render::out("no time stamps are kept\n")?;
    }
    Ok(match is_all_good {
        true => Outcome::Good,
        false => Outcome::Bad,
    })
}
