//! `verify --against`: the ledger beside another copy.

use docledger::store::LedgerDir;
use docledger::verify::{Against, Code, Comparison, Other, Report, verify_against, verify_fork};
use serde_json::json;

use crate::cli::args::Verify;
use crate::cli::error::hinted;
use crate::cli::machine::NamedFile;
use crate::cli::{machine, render};

/// Refuses what was named wrongly, before the work begins.
pub(super) fn check_names(verify: &Verify) -> anyhow::Result<()> {
    if let Some(file) = &verify.save_fork
        && file.symlink_metadata().is_ok()
    {
        return Err(hinted(
            format!("{} is there already", file.display()),
            "evidence is never overwritten; name another file",
        ));
    }
    if let Some(other) = verify.against.as_ref().filter(|other| !other.is_dir()) {
        NamedFile::new(other)?;
    }
    Ok(())
}

/// Compares, if that is asked for.
pub(super) fn compare(
    verify: &Verify,
    here: &LedgerDir<'_>,
    report: &mut Report,
) -> anyhow::Result<()> {
    let Some(path) = &verify.against else {
        return Ok(());
    };
    if path.is_dir() {
        let below = path.join("ledger");
        let ledger = if below.is_dir() { &below } else { path };
        let there = LedgerDir::new(&machine::DISK, ledger, &path.join("keys"));
        verify_against(here, Other::Ledger(&there), report);
    } else {
        let bytes = machine::whole(path)?;
        verify_against(here, Other::Checkpoint(&bytes), report);
    }
    Ok(())
}

/// Writes the evidence, if there is some and it is asked for.
pub(super) fn save(verify: &Verify, report: &Report) -> anyhow::Result<()> {
    let Some(file) = &verify.save_fork else {
        return Ok(());
    };
    match evidence(report) {
        Some(bytes) => {
            machine::write_new(file, bytes)?;
            render::remark(&format!("wrote evidence of the fork to {}", file.display()));
        }
        None => render::remark(&format!(
            "{} is not written: there is no evidence of a fork",
            file.display()
        )),
    }
    Ok(())
}

fn evidence(report: &Report) -> Option<&[u8]> {
    match &report.against.as_ref()?.comparison {
        Comparison::Forked { evidence } => evidence.as_deref().ok(),
        _ => None,
    }
}

pub(super) fn to_json(report: &Report) -> serde_json::Value {
    let Some(Against { head, comparison }) = &report.against else {
        return serde_json::Value::Null;
    };
    let id = report.ledger_id;
    let fork = evidence(report).zip(id);
    let fork = fork.and_then(|(bytes, id)| verify_fork(bytes, id).ok());
    let lacking = match comparison {
        Comparison::Forked { evidence } => evidence.as_ref().err().map(ToString::to_string),
        _ => None,
    };
    json!({
        "comparison": comparison.as_str(),
        "head": head.as_ref().map(|head| json!({
            "size": head.size,
            "root": head.root.to_string(),
        })),
        "evidence_lacking": lacking,
        "fork": fork.as_ref().map(super::fork::fork_json),
    })
}

/// How the two are to each other, and what may be done about it.
pub(super) fn to_text(verify: &Verify, report: &Report) -> String {
    let remembered = |code| matches!(code, Code::Forked | Code::RolledBack);
    let Some(Against { head, comparison }) = &report.against else {
        let mut codes = report.findings.iter().map(|finding| finding.code);
        if codes.any(remembered) {
            return render::paragraph(
                "with the other copy at hand, `docledger verify --against OTHER --save-fork FILE` \
                 compares the two and makes evidence of a fork",
            );
        }
        return String::new();
    };
    let size = head.as_ref().map_or(0, |head| head.size);
    let told = match comparison {
        Comparison::Same => "the same head".to_owned(),
        Comparison::Grown => format!("this ledger has grown from its {size} entries"),
        Comparison::Behind => format!("it has grown from this ledger, and has {size} entries"),
        Comparison::Forked { .. } => {
            "FORKED: two histories under the ledger's own key that can't both be true".to_owned()
        }
        Comparison::OtherLedger => "another ledger".to_owned(),
        Comparison::Undecided => "nothing follows from it".to_owned(),
    };
    let mut text = render::paragraph(&format!("against the other copy: {told}"));
    let Comparison::Forked { evidence } = comparison else {
        return text;
    };
    match evidence {
        Ok(_) if verify.save_fork.is_some() => {}
        Ok(_) => text.push_str(&render::paragraph(
            "`--save-fork FILE` writes evidence that anyone can check with the ledger id alone",
        )),
        Err(error) => text.push_str(&render::paragraph(&format!(
            "it takes both copies to show it; evidence by itself would prove nothing: {error}"
        ))),
    }
    text
}
