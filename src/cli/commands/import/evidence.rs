//! An evidence file of another office: one document, proven by that office's ledger
//! id.

use std::io::{self, Read};
use std::path::Path;

use anyhow::Context as _;
use docledger::digest::LedgerId;
use docledger::export::safe_name;
use docledger::proof::DocumentBytes;
use docledger::registry::manifest::{self, Written};
use docledger::revision::Standings;
use docledger::statement::Document;
use docledger::store::Contents;
use docledger::verify::{Asked, Code, Proven, Verdict};

use super::super::register::Part;
use super::super::verify::evidence::{View, judge};
use super::{Handed, Proof, Received};
use crate::cli::args::Args;
use crate::cli::error::hinted;
use crate::cli::machine::NamedFile;
use crate::cli::render;
use crate::cli::standing::{Derived, Known as _};

/// The bytes of the document in an evidence file.
struct Enclosed {
    file: NamedFile,
    place: DocumentBytes,
}

impl Contents for Enclosed {
    fn open(&self) -> io::Result<Box<dyn Read + '_>> {
        let mut file = self.file.open()?;
        let before = io::copy(&mut file.by_ref().take(self.place.offset), &mut io::sink())?;
        if before != self.place.offset {
            return Err(io::Error::other("it changed while it was read"));
        }
        Ok(Box::new(file.take(self.place.size)))
    }

    fn name(&self) -> &Path {
        self.file.name()
    }
}

/// Verifies evidence, and takes the document out.
pub(super) fn receive(
    args: &Args,
    path: &Path,
    given: Option<LedgerId>,
) -> anyhow::Result<Received> {
    let file = NamedFile::new(path)?;
    let shown = render::one_line(&path.display().to_string());
    let (Proven { report, enclosed }, _) = judge(args, path, given, &Asked::default())?;
    if report.verdict() != Verdict::Verified {
        for finding in &report.findings {
            render::remark(&format!("{shown}: {}", render::one_line(&finding.message)));
        }
        let is = |code| report.findings.iter().any(|finding| finding.code == code);
        return Err(if is(Code::NoAnchor) {
            hinted(
                format!("{shown}: no ledger id says that it is that office's"),
                "ask the other office for its ledger id, and give it with --ledger-id",
            )
        } else if is(Code::DocumentMissing) {
            hinted(
                format!("{shown} does not hold the document itself"),
                "ask for evidence with the document, or register the document by hand",
            )
        } else {
            hinted(
                format!("{shown} is not verified; nothing was registered"),
                "run `docledger verify --evidence` on it, and ask the other office",
            )
        });
    }
    let enclosed = enclosed.context("verified evidence shows what it proves")?;
    let place = enclosed.document.clone();
    let place = place.context("verified evidence holds the document")?;
    let view = View::from(enclosed);
    let (_, signed) = view.document(view.asked()).context("it is a document")?;
    let document = Document {
        record: view.history().effective(view.asked(), &signed.record),
        ..signed.clone()
    };
    let standings = Standings::new(view.history());
    let standing = Derived::of(&view, &standings, view.asked()).context("it is a document")?;
    let standing = Some(standing.headline()).filter(|said| said != "current");
    let name = path.file_name().map(|name| name.to_string_lossy());
    let name = safe_name(&name.unwrap_or_default());
    let id = report.ledger_id.map(|id| id.to_string());
    Ok(Received {
        from: Some(view.authority().issuer().to_owned()),
        means: format!(
            "the evidence file {name}, entry {} of the ledger {}",
            view.asked(),
            id.unwrap_or_default()
        ),
        documents: vec![handed(path, &view, document, place, standing)?],
        proof: Proof {
            file: Box::new(file),
            file_name: name,
            media_type: "application/zip",
            kind: "Evidence of registration",
        },
    })
}

fn handed(
    path: &Path,
    view: &View,
    document: Document,
    place: DocumentBytes,
    standing: Option<String>,
) -> anyhow::Result<Handed> {
    let entry = view.entry(view.asked()).context("it is an entry")?;
    let subject = &entry.statement.envelope.subject;
    let is_first = *subject == document.digest.ni_name();
    let written = Written {
        file: path.display().to_string(),
        of: (document.record.identifier.is_empty() && !is_first).then(|| subject.clone()),
        document: Some(&document),
        note: String::new(),
    };
    let rows = manifest::read(&manifest::write(&[written])?).map_err(|errors| {
        let first = errors.first().map(ToString::to_string);
        anyhow::anyhow!(
            "what it says of the document can't be taken over: {}",
            first.unwrap_or_default()
        )
    })?;
    let file = Enclosed {
        file: NamedFile::new(path)?,
        place: place.clone(),
    };
    Ok(Handed {
        path: path.to_owned(),
        row: rows.into_iter().next(),
        version: document.record.version.to_string(),
        withdrawn: standing,
        digest: place.digest,
        part: Some(Part {
            file: Box::new(file),
            digest: place.digest,
            size: place.size,
            media_type: document.media_type,
            file_name: document.record.file_name,
        }),
    })
}
