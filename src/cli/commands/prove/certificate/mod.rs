//! The certificate of registration: a page for one sheet of paper, with codes that
//! carry what can be checked. It needs nothing from elsewhere, and runs nothing.

mod code;
mod particulars;
mod payload;

use std::path::Path;

use anyhow::Context as _;
use docledger::digest::ContentDigest;
use docledger::log::SignedCheckpoint;
use docledger::merkle::leaf_hash;
use docledger::proof::TlogProof;
use docledger::registry::Register;
use docledger::revision::Standings;
use docledger::statement::Document;
use docledger::witness::Quorum;

use crate::cli::error::hinted;
use crate::cli::standing::{self, Derived};
use crate::cli::{html, render};
use code::Code;
use particulars::{Row, lines};
use payload::Payload;

/// What a certificate is made of.
pub(super) struct Registered<'a> {
    /// The ledger, as of its head.
    pub(super) register: &'a Register,
    /// That entry's bytes.
    pub(super) entry: &'a [u8],
    /// Its place under the head, with the cosignatures that are kept.
    pub(super) proof: &'a TlogProof,
    /// The evidence file that is written beside it.
    pub(super) evidence: &'a Path,
}

/// The most columns of a warning; what it says stands under *Standing* too.
const MOST_WARNING: usize = 100;
/// Lines that a sheet has room for beside what always stands on it.
const ROOM: usize = 33;
/// Lines that the particulars have at least.
const LEAST: usize = 4;

const STYLE: &str = "\
@page{size:A4;margin:9mm 14mm}*{box-sizing:border-box}\
body{font:8pt/1.27 system-ui,sans-serif;max-width:182mm;margin:1em auto;color:#111;background:#fff}\
h1{font-size:17pt;margin:0;font-weight:600}\
h2{font-size:9.5pt;margin:2mm 0 .6mm;border-bottom:.3mm solid #111}p{margin:.6mm 0}\
.warning{border:.8mm solid #a00;color:#a00;padding:.5mm 2mm;margin:1.5mm 0}\
.warning p{font-size:13pt;font-weight:700;margin:0}\
.title{font-size:10pt;font-weight:600}p,dd,code{overflow-wrap:anywhere}\
dl{margin:0}dl.short{columns:2;column-gap:6mm}dl div{display:flex;break-inside:avoid}\
dt{flex:none;width:25mm;color:#555}dd{margin:0;flex:1;min-width:0}\
code{font-family:ui-monospace,monospace}code span{white-space:nowrap}.digest{font-size:10.5pt;font-weight:700}\
.codes{display:flex;gap:4mm;margin-top:1.5mm;break-inside:avoid}\
figure{margin:0;min-width:30mm}svg{display:block;width:100%}figcaption{font-size:7.5pt;line-height:1.2}\
pre{white-space:pre-wrap;overflow-wrap:anywhere}\
@media print{body{margin:0;max-width:none}details{display:none}}";

/// The page.
///
/// # Errors
/// If the entry is no document, or a witness's line does not verify.
pub(super) fn page(registered: &Registered<'_>) -> anyhow::Result<String> {
    let register = registered.register;
    let index = registered.proof.index;
    let standings = Standings::new(register.history());
    let document = register.effective(index);
    let derived = Derived::of(register, &standings, index);
    let (document, derived) = document
        .zip(derived)
        .with_context(|| format!("entry {index} is no document"))?;
    let signed = SignedCheckpoint::parse(registered.proof.checkpoint.as_bytes())?;
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <title>Certificate of registration: {}</title><style>{STYLE}</style></head><body>\n\
         <p dir=\"auto\">{}</p>\n<h1>Certificate of registration</h1>\n",
        html::text(&standing::name(register, index)),
        html::text(register.authority.issuer()),
    );
    let warnings: Vec<_> = derived
        .warnings()
        .iter()
        .map(|warning| render::shortened(warning, MOST_WARNING))
        .collect();
    let title = document.record.title.as_deref().unwrap_or("(no title)");
    let title = render::shortened(title, particulars::MOST_TITLE);
    let registration = registration(registered, &signed)?;
    let standing = particulars::standing(register, index, &derived);
    let registered_in = registration
        .iter()
        .map(|(_, value)| lines(value, particulars::LONG_LINE));
    let used = 3 * warnings.len()
        + lines(&title, particulars::TITLE_LINE)
        + registered_in.sum::<usize>()
        + particulars::height(&standing);
    let particulars = particulars::of(&document, ROOM.saturating_sub(used).max(LEAST));

    page.push_str(&warned(&warnings));
    page.push_str(&format!(
        "<p class=\"title\" dir=\"auto\">{}</p>\n",
        html::text(&title)
    ));
    page.push_str(&list("short", &particulars));
    page.push_str("<h2>Registration</h2>\n");
    page.push_str(&digest(document.digest));
    page.push_str(&list("long", &registration));
    page.push_str("<h2>Standing as of the head</h2>\n");
    page.push_str(&list("short", &standing));
    page.push_str(&limits(registered));
    page.push_str(&codes(&payloads(registered, &document, &signed)?));
    Ok(page + "</body></html>\n")
}

/// What must be known before anything else.
fn warned(warnings: &[String]) -> String {
    if warnings.is_empty() {
        return String::new();
    }
    let mut text = String::from("<div class=\"warning\">As of the head of this certificate:\n");
    for warning in warnings {
        text.push_str(&format!("<p>{}</p>\n", html::text(warning)));
    }
    text + "</div>\n"
}

/// Rows as a list of names and values.
fn list(class: &str, rows: &[Row]) -> String {
    let mut text = format!("<dl class=\"{class}\">\n");
    for (name, value) in rows {
        text.push_str(&format!(
            "<div><dt>{name}</dt><dd dir=\"auto\">{}</dd></div>\n",
            html::text(value)
        ));
    }
    text + "</dl>\n"
}

/// A digest in groups, as people compare it.
fn digest(digest: ContentDigest) -> String {
    let mut grouped = String::new();
    for (place, digit) in digest.to_string().chars().enumerate() {
        if place > 0 && place % 8 == 0 {
            grouped.push(' ');
        }
        grouped.push(digit);
    }
    format!("<p>SHA-256 of the document</p>\n<p class=\"digest\"><code>{grouped}</code></p>\n")
}

/// Where in which ledger, by whom, and under which head.
fn registration(
    registered: &Registered<'_>,
    signed: &SignedCheckpoint,
) -> anyhow::Result<Vec<Row>> {
    let (register, index) = (registered.register, registered.proof.index);
    let entry = register.entry(index);
    let entry = entry.with_context(|| format!("there is no entry {index}"))?;
    let claimed = render::time(entry.statement.envelope.issued_at);
    let head = signed.unverified();
    let authority = &register.authority;
    let rows = [
        ("entry", format!("#{index} of {}", head.size)),
        ("signed by", standing::signer(register, entry)),
        (
            "claimed time",
            format!("{claimed}, by the office’s own clock"),
        ),
        ("leaf hash", entry.leaf.to_string()),
        ("head", format!("{} entries, root {}", head.size, head.root)),
        ("witnesses", witnesses(registered, signed)?),
        ("ledger id", authority.ledger_id().to_string()),
        ("origin", authority.origin().to_owned()),
    ];
    let cut = |(label, value): Row| (label, render::shortened(&value, 2 * particulars::LONG_LINE));
    Ok(rows.into_iter().map(cut).collect())
}

/// Whether the witnesses that the ledger asks for have seen the head, and when.
fn witnesses(registered: &Registered<'_>, signed: &SignedCheckpoint) -> anyhow::Result<String> {
    let quorum = Quorum::of(registered.register.authority.policy())?;
    if !quorum.asks() {
        return Ok("the ledger asks for none".to_owned());
    }
    let witnessed = quorum.judge(signed).map_err(|name| {
        hinted(
            format!("the line of the witness {name} does not verify"),
            "run `docledger verify`",
        )
    })?;
    Ok(match witnessed {
        None => {
            "NOT ESTABLISHED: those that the ledger asks for have not seen this head".to_owned()
        }
        Some(witnessed) => {
            let by = witnessed.by.iter();
            let by = by.map(|(name, time)| format!("{name} {}", render::time(*time)));
            format!(
                "enough have seen this head by {}: {}",
                render::time(witnessed.time),
                by.collect::<Vec<_>>().join(", ")
            )
        }
    })
}

/// What the page does not prove, and how what it says is checked.
fn limits(registered: &Registered<'_>) -> String {
    let file = registered.evidence.file_name().unwrap_or_default();
    format!(
        "<h2>What is not proven</h2>\n\
         <p>Anybody can print a page like this: it counts for what can be checked. Take the \
         ledger id from the office by another way. The time is the office’s own word; names of \
         signatories are what the document prints. Nothing shows that the office left out no \
         entry about the document, nor what came after the head, a revocation too: ask for \
         newer evidence.</p>\n\
         <h2>How to check</h2>\n\
         <p><code>sha256sum</code> of the file must give the digits above. With the evidence \
         file, offline: <code>docledger verify FILE <span>--evidence</span> {file} \
         <span>--ledger-id {id}</span></code></p>\n\
         <p>From paper alone, with the office’s public keys: the codes, as the ledger’s \
         FORMAT.md explains under <i>Certificate</i>. That the keys were in force then follows \
         from the ledger id only by the evidence file or the ledger.</p>\n",
        file = html::text(&file.to_string_lossy()),
        id = registered.register.authority.ledger_id(),
    )
}

/// What the codes carry.
fn payloads(
    registered: &Registered<'_>,
    document: &Document,
    signed: &SignedCheckpoint,
) -> anyhow::Result<Vec<Payload>> {
    let head = signed.unverified();
    let authority = &registered.register.authority;
    let (index, path) = (registered.proof.index, registered.proof.path.clone());
    // Cosignatures would make the code larger than paper carries.
    let checkpoint = signed.alone(authority.checkpoint_key(head.size))?;
    let leaf = leaf_hash(registered.entry);
    let mut payloads = vec![
        payload::summary(authority.ledger_id(), (index, leaf), document.digest, head),
        payload::place(&TlogProof {
            index,
            path,
            checkpoint,
        }),
    ];
    payloads.extend(payload::entry(registered.entry));
    Ok(payloads)
}

/// The codes in a row, and, on a screen, their texts.
fn codes(payloads: &[Payload]) -> String {
    let mut drawn = String::from("<div class=\"codes\">\n");
    let mut texts = String::from("<details><summary>The texts of the codes</summary>\n");
    for Payload { name, allows, text } in payloads {
        let (code, style) = match Code::of(text) {
            Some(code) => (code.svg(name), code.style()),
            None => {
                let length = text.len();
                let told = format!(
                    "<p>Its {length} bytes are too long for a code; the evidence file holds them.</p>"
                );
                (told, "flex:1".to_owned())
            }
        };
        drawn.push_str(&format!(
            "<figure style=\"{style}\">{code}<figcaption><b>{name}</b>: {allows}</figcaption></figure>\n"
        ));
        texts.push_str(&format!(
            "<p>{name}</p>\n<pre>{}</pre>\n",
            html::lines(text)
        ));
    }
    drawn + "</div>\n" + &texts + "</details>\n"
}
