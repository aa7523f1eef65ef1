//! `import`: documents that another office handed over, registered here, with
//! what came along as proof kept as one file.
//!
//! What a bag's proof proves is not judged here: that is verification, with the
//! other office's ledger id. An evidence file is judged, since it can be.

mod archive;
mod bag;
mod evidence;

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use docledger::digest::{ContentDigest, ContentHasher};
use docledger::registry::manifest::Row;
use docledger::registry::{Edits, Readings, Register, Request, Said};
use docledger::revision::{DocumentHistory, VersionEntry};
use docledger::statement::{Change, Language, Source};
use docledger::store::Contents;
use docledger::symbol::JointSymbol;

use super::register::{Filing, Known, Part, ReadFile, Wanted, enter, read_wanted};
use crate::cli::args::{Args, Import, Register as Flags};
use crate::cli::error::hinted;
use crate::cli::{Outcome, machine, render};

/// What another office handed over, whole and undamaged.
struct Received {
    /// Who sent it, as it says itself.
    from: Option<String>,
    /// What it is, in a few words.
    means: String,
    documents: Vec<Handed>,
    /// What came along with the documents.
    proof: Proof,
}

/// What came along, as one file.
struct Proof {
    file: Box<dyn Contents + Send + Sync>,
    file_name: String,
    media_type: &'static str,
    /// What kind of document it is.
    kind: &'static str,
}

/// One document that was handed over.
struct Handed {
    path: PathBuf,
    /// What is said of it, if anything: a row of a manifest.
    row: Option<Row>,
    /// Its version there, if that is known.
    version: String,
    /// Its status there, if it was withdrawn.
    withdrawn: Option<String>,
    /// The digest that its bytes were found to have.
    digest: ContentDigest,
    /// Where its bytes are, if they are part of another file; then it is described.
    part: Option<Part>,
}

pub(super) fn run(args: &Args, import: &Import) -> anyhow::Result<Outcome> {
    let register = super::open_register(args)?;
    let Received {
        from,
        means,
        documents,
        proof,
    } = receive(args, import)?;
    let from = import.from.clone().or(from);
    let proof = filing(proof, &means, from.clone())?;
    let is_described = documents.iter().all(|it| it.row.is_some());
    let flags = Flags {
        from,
        means: Some(format!(
            "{means}; its proof: {}",
            proof.request.digest.ni_name()
        )),
        received: proof.request.said.edits.received,
        // An office that said something of its documents left blank what it
        // didn't.
        no_read: is_described,
        // The other office said that these are two documents.
        allow_same_bytes: is_described,
        keep_going: import.keep_going,
        keys: import.keys.clone(),
        yes: import.yes,
        dry_run: import.dry_run,
        ..Flags::default()
    };
    let mut files = vec![ReadFile {
        path: proof.file.name().to_owned(),
        shown: proof.file.name().display().to_string(),
        line: None,
        filing: Ok(proof),
    }];
    files.extend(read(args, &flags, &register, documents)?);
    enter(args, &flags, register, files)
}

/// Reads what was handed over and checks it.
fn receive(args: &Args, import: &Import) -> anyhow::Result<Received> {
    if !import.source.is_dir() {
        return evidence::receive(args, &import.source, import.ledger_id);
    }
    if import.ledger_id.is_some() {
        return Err(hinted(
            "--ledger-id is of no use for a bag: what it proves is not judged here",
            "leave it out; verify the bag's own ledger by that id",
        ));
    }
    bag::receive(args, &import.source)
}

/// What came along, as a file to be registered.
fn filing(proof: Proof, means: &str, from: Option<String>) -> anyhow::Result<Filing> {
    let today = render::time(machine::now());
    let today = today.split('T').next().unwrap_or_default().parse()?;
    let mut hasher = ContentHasher::new();
    let mut read = proof.file.open()?;
    let mut block = vec![0; 64 * 1024];
    loop {
        match read.read(&mut block)? {
            0 => break,
            length => hasher.update(&block[..length]),
        }
    }
    drop(read);
    let (digest, size) = hasher.finish();
    Ok(Filing {
        request: Request {
            digest,
            size,
            media_type: proof.media_type.to_owned(),
            file_name: Some(proof.file_name),
            said: Said {
                no_symbol: true,
                edits: Edits {
                    title: Some(format!("What came along with {means}")),
                    document_type: Some(proof.kind.to_owned()),
                    received: Some(today),
                    source: Some(Source {
                        from,
                        means: Some(means.to_owned()),
                    }),
                    ..Edits::default()
                },
                ..Said::default()
            },
            read: Readings::default(),
        },
        file: proof.file,
        remarks: Vec::new(),
    })
}

/// Reads the documents; what is said of where they came from is this office's
/// to say.
fn read(
    args: &Args,
    flags: &Flags,
    register: &Register,
    documents: Vec<Handed>,
) -> anyhow::Result<Vec<ReadFile>> {
    let mut wanted = Vec::with_capacity(documents.len());
    let mut expected = Vec::with_capacity(documents.len());
    let mut begun = Begun::default();
    for handed in documents {
        let Some(mut row) = handed.row else {
            expected.push((handed.digest, None));
            wanted.push(Wanted::of_each(flags, &handed.path)?);
            continue;
        };
        let mut remarks: Vec<_> = handed.withdrawn.into_iter().collect();
        if let Some(change) = begun.place(register, &mut row, &handed.digest) {
            remarks.push(format!("version {} ({})", handed.version, change.as_str()));
        }
        let known = known(register, &row, &handed.digest);
        let remark = remarks.join("; ");
        row.edits.source = (!remark.is_empty()).then(|| {
            if known.is_none() {
                render::remark(&format!("{}: there: {remark}", handed.path.display()));
            }
            let means = flags.means.as_deref().unwrap_or_default();
            Source {
                from: flags.from.clone(),
                means: Some(format!("{means}; there: {remark}")),
            }
        });
        expected.push((handed.digest, known));
        row.edits.received = None;
        row.file = handed.path.display().to_string();
        let said = Wanted::of_row(register, flags, Path::new(""), row)?;
        wanted.push(match handed.part {
            Some(part) => said.of_part(part),
            None => said,
        });
    }
    let files = read_wanted(args, wanted).into_iter().zip(expected);
    let files = files.map(|(mut file, (digest, known))| {
        let is_other = |filing: &Filing| filing.request.digest != digest;
        if file.filing.as_ref().is_ok_and(is_other) {
            file.filing = Err(anyhow::anyhow!("it changed while it was imported"));
        } else if let Some(why) = known {
            file.filing = Err(Known(why).into());
        }
        file
    });
    Ok(files.collect())
}

/// Which documents and chains began with rows so far.
#[derive(Default)]
struct Begun {
    chains: HashSet<(String, Option<Language>)>,
    /// Documents without a symbol whose first file did not come along: what they
    /// were called there, and by which file they are called here.
    renamed: HashMap<String, String>,
}

impl Begun {
    /// Has a row begin a chain if what it followed did not come along and is not
    /// registered; what it was to that is returned.
    fn place(
        &mut self,
        register: &Register,
        row: &mut Row,
        digest: &ContentDigest,
    ) -> Option<Change> {
        let symbol = row.symbol.as_ref();
        let symbol = symbol.map(|symbol| symbol.canonical().to_uppercase());
        let name = row.of.clone().or(symbol);
        let name = name.unwrap_or_else(|| digest.ni_name());
        let is_known = |name: &String| {
            let mut chains = self.chains.iter();
            chains.any(|(known, _)| known == name) || register.history().by_subject(name).is_some()
        };
        match row.of.take() {
            Some(there) if !is_known(&there) => {
                self.renamed.insert(there, digest.ni_name());
            }
            Some(there) => row.of = Some(self.renamed.get(&there).cloned().unwrap_or(there)),
            None => {}
        }
        let is_first = self.chains.insert((name, row.language.clone()));
        if is_first && registered(register, row, digest).is_empty() {
            return row.change.take();
        }
        None
    }
}

/// The files that are registered of a row's document in its language.
fn registered<'a>(
    register: &'a Register,
    row: &Row,
    digest: &ContentDigest,
) -> Vec<(&'a DocumentHistory, &'a VersionEntry)> {
    let history = register.history();
    let keys: Vec<_> = row.symbol.iter().flat_map(JointSymbol::halves).collect();
    let named = match &row.of {
        Some(subject) => history.by_subject(subject),
        None if keys.is_empty() => history.by_subject(&digest.ni_name()),
        None => keys.iter().find_map(|half| history.by_symbol(half.key())),
    };
    let entries = named.into_iter().flat_map(|document| {
        let chains = document.chains.iter();
        let of_it = chains.filter(|chain| {
            let language = row.language.as_ref();
            language.is_none_or(|language| *language == chain.language)
        });
        let entries = of_it.flat_map(|chain| &chain.entries);
        entries.map(move |entry| (document, entry))
    });
    entries.collect()
}

/// Where these bytes are registered as this document in this language, in
/// whatever version: the other office's history is not registered twice.
fn known(register: &Register, row: &Row, digest: &ContentDigest) -> Option<String> {
    let entries = registered(register, row, digest);
    let (document, entry) = entries.iter().find(|(_, entry)| entry.digest == *digest)?;
    Some(format!(
        "registered as {} v{} (#{})",
        document.subject, entry.version, entry.index
    ))
}
