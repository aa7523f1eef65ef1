//! `register`: a file enters the ledger.

use std::io::{IsTerminal as _, Write as _};

use anyhow::Context as _;
use docledger::digest::ContentDigest;
use docledger::registry::{Appending, Edits, Proposal, Register, Request, Target, propose};
use docledger::statement::{Body, Change, Language, Relation, RelationKind, Signatory, Source};
use docledger::symbol::JointSymbol;
use serde_json::json;

use crate::cli::args::{Args, ChangeArg, Format, Register as Flags};
use crate::cli::error::hinted;
use crate::cli::machine::NamedFile;
use crate::cli::{Outcome, keys, machine, render};

pub(super) fn run(args: &Args, flags: &Flags) -> anyhow::Result<Outcome> {
    let register = super::open_register(args)?;
    let file = NamedFile::new(&flags.file)?;
    let request = request(&register, flags, &file)?;
    let proposal = propose(&register, &request)?;
    if args.format == Format::Text && (flags.dry_run || !flags.yes) {
        render::out(&shown(&register, &proposal))?;
    }
    if flags.dry_run {
        return Ok(Outcome::Good);
    }
    if !flags.yes {
        confirm()?;
    }
    let keys = keys::unlock(args, &register, flags.key.as_deref(), &flags.passphrase)?;
    let dir = machine::ledger_dir(args);
    let writer = dir.lock(|| render::remark("waiting for another writer to finish"))?;
    let confirmed = (!flags.yes).then_some(&proposal);
    let mut appending = Appending::begin(&writer)?;
    let registered =
        appending.add_file(&request, &file, confirmed, &keys.officer, machine::now())?;
    let committed = appending.commit(&keys.checkpoint)?;
    render::remark_on(&committed);
    let record = &registered.proposal.document.record;
    if args.format == Format::Json {
        render::json_line(&json!({
            "schema": "docledger.register/1",
            "entry": registered.index,
            "number": registered.number(),
            "subject": registered.proposal.subject,
            "version": record.version,
            "change": record.change.as_str(),
            "language": record.language.as_str(),
            "digest": registered.proposal.document.digest.to_string(),
            "head": {"size": committed.head.size, "root": committed.head.root.to_string()},
        }))?;
        return Ok(Outcome::Good);
    }
    let mut text = String::new();
    if flags.yes {
        text.push_str(&changes(&register, &registered.proposal));
    }
    text.push_str(&format!(
        "registered #{} {} version {} in {} as entry {}\n  SHA-256 {}\n",
        registered.number(),
        render::one_line(&registered.proposal.subject),
        record.version,
        record.language,
        registered.index,
        registered.proposal.document.digest,
    ));
    render::out(&text)?;
    Ok(Outcome::Good)
}

fn request(register: &Register, flags: &Flags, file: &NamedFile) -> anyhow::Result<Request> {
    let (digest, size, head) = file.read_through()?;
    let symbol = flags.symbol.as_deref().map(read_symbol).transpose()?;
    let subject = flags.of.as_deref().map(|text| -> anyhow::Result<_> {
        Ok(Target::parse(text)?
            .find(register)?
            .document
            .subject
            .clone())
    });
    let file_name = flags.file_name.clone().or_else(|| file.file_name());
    if file_name.is_none() {
        render::remark(
            "the file's name is not plain text and is left out of the record; --file-name gives one",
        );
    }
    let media_type = flags.media_type.clone();
    Ok(Request {
        digest,
        size,
        media_type: media_type
            .unwrap_or_else(|| docledger::reading::media_type(file_name.as_deref(), &head)),
        file_name,
        symbol,
        subject: subject.transpose()?,
        language: flags.language.clone(),
        change: flags.change.map(|change| match change {
            ChangeArg::Revision => Change::Revision,
            ChangeArg::Reissue => Change::Reissue,
            ChangeArg::Rendition => Change::Rendition,
        }),
        renders: flags.renders,
        allow_same_bytes: flags.allow_same_bytes,
        edits: edits(flags)?,
    })
}

pub(super) fn read_symbol(printed: &str) -> anyhow::Result<JointSymbol> {
    let parsed = JointSymbol::parse(printed).map_err(|error| {
        hinted(
            format!("--symbol: {error}"),
            "type it as the document prints it",
        )
    })?;
    for oddity in parsed.doubts() {
        render::remark(&format!("symbol {printed}: {oddity}"));
    }
    Ok(parsed.value)
}

fn edits(flags: &Flags) -> anyhow::Result<Edits> {
    fn some<T>(items: Vec<T>) -> Option<Vec<T>> {
        (!items.is_empty()).then_some(items)
    }
    let source = Source {
        from: flags.from.clone(),
        means: flags.means.clone(),
    };
    Ok(Edits {
        original_language: some(flags.original_language.clone()),
        title: flags.title.clone(),
        document_type: flags.document_type.clone(),
        issued: flags.date,
        created: flags.letter_date,
        adopted: flags.adopted,
        received: flags.received,
        reissued: flags.reissued,
        distribution: flags.distribution.clone(),
        job_number: flags.job_number.clone(),
        bodies: some(
            flags
                .body
                .iter()
                .map(|text| body(text))
                .collect::<anyhow::Result<_>>()?,
        ),
        signatories: some(
            flags
                .signatory
                .iter()
                .map(|text| signatory(text))
                .collect::<anyhow::Result<_>>()?,
        ),
        relations: some(
            flags
                .relation
                .iter()
                .map(|text| relation(text))
                .collect::<anyhow::Result<_>>()?,
        ),
        source: (source != Source::default()).then_some(source),
        clear: flags.clear.clone(),
    })
}

fn parts<'a>(flag: &str, text: &'a str) -> anyhow::Result<(String, Vec<&'a str>)> {
    let mut parts = text
        .split(';')
        .map(str::trim)
        .filter(|part| !part.is_empty());
    let name = parts.next().map(str::to_owned);
    let name = name.ok_or_else(|| {
        hinted(
            format!("{flag} is blank"),
            "leave it out if it is not known",
        )
    })?;
    Ok((name, parts.collect()))
}

pub(super) fn signatory(text: &str) -> anyhow::Result<Signatory> {
    let (name, titles) = parts("--signatory", text)?;
    Ok(Signatory {
        name,
        title: (!titles.is_empty()).then(|| titles.join(", ")),
    })
}

pub(super) fn body(text: &str) -> anyhow::Result<Body> {
    let (name, rest) = parts("--body", text)?;
    let mut rest = rest.into_iter().map(str::to_owned);
    Ok(Body {
        name,
        session: rest.next(),
        agenda: rest.collect(),
    })
}

pub(super) fn relation(text: &str) -> anyhow::Result<Relation> {
    let all = || RelationKind::ALL.map(|(_, word)| word).join(", ");
    let wrong = || {
        hinted(
            format!("--relation {text:?} is not read"),
            format!("write KIND SYMBOL, where KIND is one of {}", all()),
        )
    };
    let (word, target) = text.trim().split_once(' ').ok_or_else(wrong)?;
    let kind = RelationKind::ALL
        .iter()
        .find(|(_, known)| *known == word)
        .ok_or_else(wrong)?
        .0;
    let (target, languages) = split_languages(target.trim());
    let target = match ContentDigest::from_ni_name(target) {
        Some(_) => target.to_owned(),
        None => {
            let symbol = JointSymbol::parse(target).context("--relation")?;
            symbol.value.canonical().to_owned()
        }
    };
    Ok(Relation {
        kind,
        target,
        languages,
    })
}

/// `…:en,fr`, if what follows the last colon is language tags.
fn split_languages(text: &str) -> (&str, Vec<Language>) {
    let split = text.rsplit_once(':').map(|(rest, tags)| {
        let tags = tags.split(',').map(|tag| tag.trim().parse());
        (rest, tags.collect::<Result<_, _>>())
    });
    match split {
        Some((rest, Ok(languages))) if !rest.is_empty() => (rest, languages),
        _ => (text, Vec::new()),
    }
}

fn shown(register: &Register, proposal: &Proposal) -> String {
    let title = format!(
        "to be registered as {}\n",
        render::one_line(&proposal.subject)
    );
    title + &render::table(&render::described(&proposal.document)) + &changes(register, proposal)
}

/// What differs from the version before.
fn changes(register: &Register, proposal: &Proposal) -> String {
    let Some(before) = proposal.before.and_then(|index| register.effective(index)) else {
        return String::new();
    };
    let (old, new) = (
        render::described(&before),
        render::described(&proposal.document),
    );
    let gone = old
        .iter()
        .filter(|field| !new.contains(field))
        .map(|(name, value)| ('-', name, value));
    let come = new
        .iter()
        .filter(|field| !old.contains(field))
        .map(|(name, value)| ('+', name, value));
    let lines = gone
        .chain(come)
        .map(|(sign, name, value)| format!("  {sign} {name}: {}\n", render::one_line(value)));
    format!(
        "changed from version {}:\n{}",
        before.record.version,
        lines.collect::<String>()
    )
}

pub(super) fn confirm() -> anyhow::Result<()> {
    if !std::io::stdin().is_terminal() {
        return Err(hinted(
            "there is no terminal to confirm on",
            "add --yes to register without asking",
        ));
    }
    let mut stderr = anstream::stderr();
    stderr.write_all(b"register this? [y/N] ")?;
    stderr.flush()?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    if matches!(answer.trim(), "y" | "Y" | "yes") {
        return Ok(());
    }
    Err(hinted(
        "not registered",
        "change the flags and run the command again",
    ))
}
