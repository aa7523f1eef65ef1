//! `verify --statement`: a transparent statement alone, by the office's keys.

use std::path::{Path, PathBuf};

use docledger::key::PublicKey;
use docledger::statement::{Document, KeyId, Statement};
use docledger::verify::{Bare, verify_statement};
use serde_json::json;

use super::{Source, findings_of, outcome, verdict_text};
use crate::cli::args::{Args, Format, Verify};
use crate::cli::error::hinted;
use crate::cli::machine::{self, NamedFile};
use crate::cli::{Outcome, render};

pub(super) fn run(args: &Args, verify: &Verify, statement: &Path) -> anyhow::Result<Outcome> {
    let keys = office_keys(&verify.office_keys)?;
    let asked = match &verify.file {
        Some(file) => Some(NamedFile::new(file)?.read_through()?.0),
        None => None,
    };
    let bytes = machine::whole(statement)?;
    let bare = verify_statement(&bytes, &keys, verify.ledger_id, asked);
    if args.format == Format::Json {
        render::json_line(&to_json(&bare, verify))?;
    } else {
        render::out(&to_text(&bare))?;
    }
    Ok(outcome(&bare.report))
}

/// Public keys in PEM files, and in folders of them.
fn office_keys(paths: &[PathBuf]) -> anyhow::Result<Vec<PublicKey>> {
    let mut keys = Vec::new();
    for path in paths {
        let files = match path.is_dir() {
            true => machine::pem_files(path)?,
            false => vec![path.clone()],
        };
        for file in files {
            let text = String::from_utf8_lossy(&machine::whole(&file)?).into_owned();
            let key = PublicKey::from_pem(&text).map_err(|error| {
                hinted(
                    format!("{}: {error}", file.display()),
                    "give public keys in PEM, as they are in the office's `keys` folder",
                )
            })?;
            keys.push(key);
        }
    }
    if keys.is_empty() {
        return Err(hinted(
            "no public key is in what --office-keys names",
            "give the office's `keys` folder, or its PEM files",
        ));
    }
    Ok(keys)
}

fn to_json(bare: &Bare, verify: &Verify) -> serde_json::Value {
    let source = match verify.ledger_id {
        Some(_) => Source::Given,
        None => Source::None,
    };
    let mut object = findings_of(&bare.report, &source);
    object["schema"] = json!("docledger.verify-statement/1");
    object["registered"] = json!(bare.report.registered);
    object["document"] = json!(bare.document().map(|document| json!({
        "digest": document.digest.to_string(),
        "symbols": document.record.identifier,
        "title": document.record.title,
        "version": document.record.version,
        "language": document.record.language.as_str(),
    })));
    object
}

fn to_text(bare: &Bare) -> String {
    let report = &bare.report;
    let mut text = match (&bare.statement, bare.document()) {
        (Some(statement), Some(document)) => account(bare, statement, document),
        _ => String::new(),
    };
    text.push_str(&super::super::findings::text(&report.findings));
    text.push_str(&format!(
        "checked: {} signatures, {} files, by the keys given\n",
        report.checked.signatures, report.checked.documents,
    ));
    text + &verdict_text(report)
}

/// What the statement says.
fn account(bare: &Bare, statement: &Statement, document: &Document) -> String {
    let envelope = &statement.envelope;
    let name = match document.record.identifier.is_empty() {
        true => envelope.subject.clone(),
        false => document.record.identifier.join("\u{2013}"),
    };
    let mut fields = Vec::new();
    if let (Some(head), [index]) = (&bare.report.head, bare.report.registered.as_slice()) {
        fields.push((
            "entry",
            format!("#{index} of {}, as the receipt says", head.size),
        ));
    }
    if let KeyId::Thumbprint(kid) = &envelope.key_id {
        fields.push(("by the key", kid.to_string()));
    }
    let claimed = render::time(envelope.issued_at);
    fields.push((
        "claimed time",
        format!("{claimed}, by the office's own clock"),
    ));
    fields.push(("SHA-256", document.digest.to_string()));
    let (version, language) = (document.record.version, &document.record.language);
    fields.push(("version", format!("{version} in {language}")));
    if let Some(id) = bare.report.ledger_id {
        fields.push(("for ledger", id.to_string()));
    }
    format!("{}\n{}", render::one_line(&name), render::table(&fields))
}
