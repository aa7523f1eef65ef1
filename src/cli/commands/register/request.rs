//! From flags, or a manifest's row, and a file to what is to be registered.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use docledger::digest::ContentDigest;
use docledger::reading::Kind;
use docledger::registry::field_text::{self, FieldTextError};
use docledger::registry::manifest::{self, Row, Written};
use docledger::registry::{Edits, Readings, Register, Request, Said, Target, masthead_of};
use docledger::statement::{Change, Document, Source};
use docledger::store::Contents;
use docledger::symbol::JointSymbol;

use crate::cli::args::{ChangeArg, Register as Flags};
use crate::cli::error::{hinted, told};
use crate::cli::machine::NamedFile;
use crate::cli::{reader, render};

/// A file to be registered.
pub(in crate::cli::commands) struct Filing {
    pub(in crate::cli::commands) file: Box<dyn Contents + Send + Sync>,
    pub(in crate::cli::commands) request: Request,
    /// What the officer should know of it.
    pub(in crate::cli::commands) remarks: Vec<String>,
}

impl Filing {
    /// Takes `column=value` into account, with the columns of a manifest; no
    /// value leaves the field blank.
    pub(super) fn say(
        &mut self,
        register: &Register,
        proposed: &Document,
        typed: &str,
    ) -> anyhow::Result<()> {
        let (column, value) = typed.split_once('=').unwrap_or((typed, ""));
        let (column, value) = (column.trim().to_lowercase(), value.trim());
        let value = if value.is_empty() { "-" } else { value };
        let rows = manifest::read(&table_of(proposed, &column, value)?);
        let rows = rows.map_err(|errors| {
            let problems = errors.into_iter().map(|error| error.problem);
            let problems = problems.collect::<Vec<_>>().join("; ");
            hinted(
                format!("{column}: {problems}"),
                "docs/manifest.md describes the columns",
            )
        })?;
        let said = &mut self.request.said;
        for row in rows {
            let of = row.of.as_deref().map(|of| subject(register, of));
            said.subject = of.transpose()?.or(said.subject.take());
            said.no_symbol |= row.no_symbol;
            said.symbol = match row.no_symbol {
                true => None,
                false => row.symbol.or(said.symbol.take()),
            };
            said.language = row.language.or(said.language.take());
            said.change = row.change.or(said.change);
            said.edits = row.edits.or(&said.edits);
        }
        Ok(())
    }
}

/// A manifest that says one thing of a file; columns whose items go together by
/// place stand there together, as proposed.
fn table_of(proposed: &Document, column: &str, value: &str) -> anyhow::Result<String> {
    const TOGETHER: [&[&str]; 3] = [
        &["from", "means"],
        &["bodies", "session", "agenda_items"],
        &["signatory", "signatory_title"],
    ];
    let together = TOGETHER
        .into_iter()
        .find(|columns| columns.contains(&column) && (columns[0] != column || value != "-"));
    let written = manifest::write(&[Written {
        file: "typed".to_owned(),
        document: Some(proposed),
        of: None,
        note: String::new(),
    }])?;
    let mut written = csv::Reader::from_reader(written.as_bytes());
    let header = written.headers()?.clone();
    let proposed = written.records().next().transpose()?.unwrap_or_default();
    let mut names = vec!["file", column];
    let mut cells = vec!["typed", value];
    for (name, cell) in header.iter().zip(&proposed) {
        if name != column && together.is_some_and(|columns| columns.contains(&name)) {
            names.push(name);
            cells.push(cell);
        }
    }
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(names)?;
    table.write_record(cells)?;
    Ok(String::from_utf8(table.into_inner()?)?)
}

/// What is said of a file, before the file is read.
pub(in crate::cli::commands) struct Wanted {
    pub(super) path: PathBuf,
    /// What to call it.
    pub(super) shown: String,
    /// The line of the manifest that names it.
    pub(super) line: Option<u64>,
    said: Said,
    file_name: Option<String>,
    media_type: Option<String>,
    no_read: bool,
    remarks: Vec<String>,
    part: Option<Part>,
}

/// A document whose bytes are part of another file; nothing is read from them.
pub(in crate::cli::commands) struct Part {
    pub(in crate::cli::commands) file: Box<dyn Contents + Send + Sync>,
    pub(in crate::cli::commands) digest: ContentDigest,
    pub(in crate::cli::commands) size: u64,
    pub(in crate::cli::commands) media_type: String,
    pub(in crate::cli::commands) file_name: Option<String>,
}

impl Wanted {
    fn new(flags: &Flags, path: &Path, said: Said) -> Self {
        Self {
            path: path.to_owned(),
            shown: path.display().to_string(),
            line: None,
            said,
            file_name: None,
            media_type: None,
            no_read: flags.no_read,
            remarks: Vec::new(),
            part: None,
        }
    }

    /// Its bytes are in another file than the one it is called by.
    pub(in crate::cli::commands) fn of_part(self, part: Part) -> Self {
        Self {
            part: Some(part),
            ..self
        }
    }

    /// What flags say of the one file they are about.
    pub(super) fn of_flags(
        register: &Register,
        flags: &Flags,
        path: &Path,
    ) -> anyhow::Result<Self> {
        let symbol = flags.symbol.as_deref().map(read_symbol).transpose()?;
        let (symbol, remarks) = symbol.unzip();
        let of = flags.of.as_deref();
        let said = Said {
            symbol,
            no_symbol: flags.no_symbol,
            subject: of.map(|of| subject(register, of)).transpose()?,
            renders: flags.renders,
            ..shared(flags)?
        };
        Ok(Self {
            file_name: flags.file_name.clone(),
            media_type: flags.media_type.clone(),
            remarks: remarks.unwrap_or_default(),
            ..Self::new(flags, path, said)
        })
    }

    /// What flags say of each of several files.
    pub(in crate::cli::commands) fn of_each(flags: &Flags, path: &Path) -> anyhow::Result<Self> {
        let said = Said {
            change_if_needed: true,
            ..shared(flags)?
        };
        Ok(Self::new(flags, path, said))
    }

    /// What a manifest's row says, and, where it is blank, the flags.
    pub(in crate::cli::commands) fn of_row(
        register: &Register,
        flags: &Flags,
        folder: &Path,
        row: Row,
    ) -> anyhow::Result<Self> {
        let base = shared(flags)?;
        let was_read = row.edits.as_read.iter().any(|name| name == "change");
        let of = row.of.as_deref();
        let said = Said {
            symbol: row.symbol,
            no_symbol: row.no_symbol || flags.no_symbol,
            subject: of.map(|of| subject(register, of)).transpose()?,
            change_if_needed: row.change.is_none() || was_read,
            change: row.change.or(base.change),
            language: row.language.or(base.language),
            edits: row.edits.or(&base.edits),
            ..base
        };
        Ok(Self {
            shown: row.file.clone(),
            line: Some(row.line),
            remarks: row.remarks,
            ..Self::new(flags, &folder.join(&row.file), said)
        })
    }

    /// Reads the file, and adds what it says of itself.
    pub(super) fn read(self) -> anyhow::Result<Filing> {
        if let Some(part) = self.part {
            return Ok(Filing {
                file: part.file,
                request: Request {
                    digest: part.digest,
                    size: part.size,
                    media_type: part.media_type,
                    file_name: part.file_name,
                    said: self.said,
                    read: Readings::default(),
                },
                remarks: self.remarks,
            });
        }
        let file = NamedFile::new(&self.path)?;
        let (digest, size, head) = file.read_through()?;
        if holds_secret_key(&head) {
            return Err(hinted(
                format!("{} is a secret key", self.path.display()),
                "what is registered is meant to be shown; nothing can be taken out again",
            ));
        }
        let file_name = self.file_name.or_else(|| file.file_name());
        let mut remarks = self.remarks;
        if file_name.is_none() {
            remarks.push("the file's name is not plain text and is left out of the record".into());
        }
        let media_type = self
            .media_type
            .unwrap_or_else(|| docledger::reading::media_type(file_name.as_deref(), &head));
        let read = if self.no_read {
            Readings::default()
        } else {
            let (read, more) = readings(&file, &media_type);
            remarks.extend(more);
            read
        };
        let mut said = self.said;
        let as_read = |field: &str| said.edits.as_read.iter().any(|name| name == field);
        let key = |symbol: &JointSymbol| symbol.canonical().to_uppercase();
        let same = |said: &JointSymbol| read.symbol.as_ref().is_some_and(|it| key(it) == key(said));
        if as_read("identifier") && said.symbol.as_ref().is_some_and(same) {
            said.symbol = None;
        }
        if as_read("language") && said.language == read.language {
            said.language = None;
        }
        if let (Some(said), Some(read)) = (&said.symbol, &read.symbol)
            && !read
                .halves()
                .iter()
                .any(|half| said.halves().iter().any(|it| it.key() == half.key()))
        {
            remarks.push(format!("it prints the symbol {}", read.canonical()));
        }
        Ok(Filing {
            file: Box::new(file),
            request: Request {
                digest,
                size,
                media_type,
                file_name,
                said,
                read,
            },
            remarks,
        })
    }
}

/// Whether a file begins as a secret key in PEM does (RFC 7468; OpenSSH).
fn holds_secret_key(head: &[u8]) -> bool {
    let line = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = line.trim_ascii();
    line.starts_with(b"-----BEGIN ") && line.ends_with(b"PRIVATE KEY-----")
}

/// What a file says of itself, and what an officer should know of that. A file
/// that can't be read is registered all the same.
fn readings(file: &NamedFile, media_type: &str) -> (Readings, Vec<String>) {
    if Kind::of(media_type).is_none() {
        return (Readings::default(), Vec::new());
    }
    match reader::named(file, media_type) {
        Ok(text) => {
            let masthead = masthead_of(&text);
            let (readings, doubts) = Readings::of(&masthead, &text);
            let odd = masthead
                .warnings
                .iter()
                .map(|warning| format!("line {}: {}", warning.line, warning.text));
            let remarks = text.warnings.iter().cloned().chain(odd).chain(doubts);
            (readings, remarks.collect())
        }
        Err(error) => {
            let remark = format!("its text is not read: {}", told(&error));
            (Readings::default(), vec![remark])
        }
    }
}

/// What flags say of every file of a batch.
fn shared(flags: &Flags) -> anyhow::Result<Said> {
    Ok(Said {
        language: flags.language.clone(),
        change: flags.change.map(change),
        allow_same_bytes: flags.allow_same_bytes,
        edits: edits(flags)?,
        ..Said::default()
    })
}

fn change(flag: ChangeArg) -> Change {
    match flag {
        ChangeArg::Revision => Change::Revision,
        ChangeArg::Reissue => Change::Reissue,
        ChangeArg::Rendition => Change::Rendition,
    }
}

/// The subject of the document that is named. An `ni:` name is one, also of a
/// document that comes earlier in the same batch.
fn subject(register: &Register, text: &str) -> anyhow::Result<String> {
    if ContentDigest::from_ni_name(text).is_some() {
        return Ok(text.to_owned());
    }
    Ok(Target::parse(text)?
        .find(register)?
        .document
        .subject
        .clone())
}

/// A symbol as typed, and what looks wrong in it.
pub(in crate::cli::commands) fn read_symbol(
    printed: &str,
) -> anyhow::Result<(JointSymbol, Vec<String>)> {
    let parsed = JointSymbol::parse(printed)
        .map_err(|error| hinted(error.to_string(), "type it as the document prints it"))?;
    let doubts = parsed
        .doubts()
        .map(|oddity| format!("symbol {printed}: {oddity}"))
        .collect();
    Ok((parsed.value, doubts))
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
        bodies: some(typed("--body", &flags.body, field_text::body)?),
        signatories: some(typed(
            "--signatory",
            &flags.signatory,
            field_text::signatory,
        )?),
        relations: some(typed("--relation", &flags.relation, field_text::relation)?),
        source: (source != Source::default()).then_some(source),
        clear: flags.clear.clone(),
        ..Edits::default()
    })
}

pub(in crate::cli::commands) fn typed<T>(
    flag: &'static str,
    texts: &[String],
    parse: fn(&str) -> Result<T, FieldTextError>,
) -> anyhow::Result<Vec<T>> {
    texts.iter().map(|text| parse(text).context(flag)).collect()
}

/// Tells what an officer should know of a file.
pub(super) fn tell(shown: &str, remarks: &[String]) {
    for remark in remarks {
        render::remark(&format!("{shown}: {remark}"));
    }
}
