//! Findings in plain words: what was found, what it means, what to do.

use std::collections::HashMap;

use docledger::verify::{Code, Finding};
use serde_json::json;

use crate::cli::render;

/// How many findings of one code the text shows.
const SHOWN: usize = 20;

/// A line for each finding, then what each code means and what to do about it.
pub(super) fn text(findings: &[Finding]) -> String {
    let mut text = String::new();
    let mut codes = Vec::new();
    let mut counts: HashMap<Code, usize> = HashMap::new();
    for finding in findings {
        let count = counts.entry(finding.code).or_default();
        *count += 1;
        if *count == 1 {
            codes.push(finding.code);
        }
        if *count <= SHOWN {
            text.push_str(&line(finding));
        }
    }
    for code in &codes {
        let more = counts[code].saturating_sub(SHOWN);
        if more > 0 {
            let (severity, code) = (code.severity().as_str(), code.as_str());
            text.push_str(&format!(
                "{severity} [{code}]: {more} more, which --format json shows\n"
            ));
        }
    }
    text.extend(codes.into_iter().map(explained));
    text
}

/// All findings, each with what it means and what to do about it.
pub(super) fn json(findings: &[Finding]) -> Vec<serde_json::Value> {
    let object = |finding: &Finding| {
        json!({
            "code": finding.code.as_str(),
            "severity": finding.code.severity().as_str(),
            "entry": finding.entry,
            "path": finding.path,
            "message": finding.message,
            "meaning": finding.code.meaning(),
            "advice": finding.code.advice(),
        })
    };
    findings.iter().map(object).collect()
}

fn line(finding: &Finding) -> String {
    let entry = finding.entry.map(|index| format!(" entry {index}"));
    let path = finding.path.as_deref().map(render::one_line);
    render::paragraph(&format!(
        "{} [{}]{}{}: {}",
        finding.code.severity().as_str(),
        finding.code.as_str(),
        entry.unwrap_or_default(),
        path.map(|path| format!(" {path}")).unwrap_or_default(),
        finding.message,
    ))
}

fn explained(code: Code) -> String {
    let meaning = format!("[{}] {}", code.as_str(), code.meaning());
    let advice = format!("do: {}", code.advice());
    render::indented(&meaning) + &render::indented(&advice)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(count: usize, code: Code) -> Vec<Finding> {
        let finding = |number: usize| Finding {
            code,
            entry: Some(number as u64),
            path: Some("a\u{1b}[2Jb".to_owned()),
            message: "one\ntwo".to_owned(),
        };
        (0..count).map(finding).collect()
    }

    #[test]
    fn each_code_is_explained_once() {
        let mut all = findings(2, Code::SurplusFile);
        all.extend(findings(1, Code::Forked));
        let text = super::text(&all);
        for code in [Code::SurplusFile, Code::Forked] {
            let explained = explained(code);
            assert_eq!(text.matches(&explained).count(), 1, "{text}");
        }
        assert!(text.ends_with(&explained(Code::Forked)), "{text}");
        let first = "warning [surplus-file] entry 0 a\\u{1b}[2Jb: one\\ntwo\n";
        assert!(text.starts_with(first), "{text}");
    }

    #[test]
    fn explanations_fit_the_screen() {
        for code in Code::ALL {
            let explained = explained(*code);
            let fits = |line: &str| render::columns(line) <= 80 && line.starts_with("  ");
            assert!(explained.lines().all(fits), "{explained}");
        }
    }

    #[test]
    fn many_findings_of_one_code_are_counted_in_text_and_listed_in_json() {
        let mut all = findings(SHOWN + 3, Code::EntryDamaged);
        all.extend(findings(1, Code::Forked));
        let text = super::text(&all);
        assert_eq!(text.matches("failure [entry-damaged] entry").count(), SHOWN);
        let more = "failure [entry-damaged]: 3 more, which --format json shows\n";
        assert!(text.contains(more), "{text}");
        assert!(text.contains("failure [forked] entry 0"), "{text}");
        let objects = json(&all);
        assert_eq!(objects.len(), SHOWN + 4);
        assert_eq!(objects[SHOWN + 3]["meaning"], Code::Forked.meaning());
        assert_eq!(objects[SHOWN + 3]["advice"], Code::Forked.advice());
    }
}
