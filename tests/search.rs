//! What `search` and `list` print, and their exit codes.

#![expect(clippy::disallowed_methods, reason = "tests touch files")]

mod common;

use std::path::Path;
use std::process::{Command, Output};

use common::NOW;
use common::bulk::Bulk;
use docledger::statement::{Change, Content, DocumentRecord};

fn docledger(home: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_docledger"));
    command.arg("--home").arg(home).args(arguments);
    command.env("DOCLEDGER_STATE", home.join("state"));
    command.output().expect("runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("text")
}

/// Two documents: one in English, one in Chinese with a title that would forge
/// what a terminal shows.
fn ledger() -> tempfile::TempDir {
    let home = tempfile::tempdir().expect("a folder");
    common::open(home.path());
    let mut bulk = Bulk::new(home.path());
    for (language, title, contents) in [
        (
            "en",
            "Letter dated 16 February 2024",
            "Peace and\n  security are the purposes of this organization, which its members have set up",
        ),
        (
            "zh",
            "关于和平与安全的决议草案\u{1b}[31m关于和平与安全的决议草案关于和平与安全",
            "和平",
        ),
    ] {
        let tag = language.parse().expect("a language");
        let mut record = DocumentRecord::new(bulk.context(), Change::First, 1, tag, 1);
        record.identifier = vec![format!("A/78/{language}")];
        record.title = Some(title.to_owned());
        record.issued = "2024-02-19".parse().ok();
        let content = Content::Document {
            digest: bulk.store(contents.as_bytes()),
            media_type: "text/plain".into(),
            record: Box::new(record),
        };
        bulk.push(&format!("A/78/{language}"), NOW, content);
    }
    bulk.commit();
    home
}

#[test]
fn hits_are_shown_with_the_words_around() {
    let home = ledger();
    let output = docledger(home.path(), &["search", "secur*", "\"purposes of\""]);
    assert_eq!(
        text(&output.stdout),
        "#1     A/78/en                      v1   en   2024-02-19 Letter dated 16 Februa…\n       \
         Peace and security are the purposes of this organization, which its mem…\n"
    );
    assert_eq!(output.status.code(), Some(0));
    assert!(text(&output.stderr).contains("1 found, as indexed"));
}

#[test]
fn nothing_found_is_not_established_unless_every_entry_was_read() {
    let home = ledger();
    for command in ["search", "list"] {
        let indexed = docledger(home.path(), &[command, "--symbol", "A/79"]);
        assert_eq!(
            (indexed.status.code(), text(&indexed.stdout)),
            (Some(3), String::new())
        );
        assert!(text(&indexed.stderr).contains("nothing found, as indexed"));
        let scanned = docledger(home.path(), &[command, "--symbol", "A/79", "--scan"]);
        assert_eq!(scanned.status.code(), Some(0));
        assert!(text(&scanned.stderr).contains("nothing found among all 3 entries"));
    }
}

#[test]
fn lines_fit_80_columns_and_show_no_control_characters() {
    use unicode_width::UnicodeWidthStr as _;
    let home = ledger();
    for arguments in [&["list"][..], &["search", "和平"], &["search"]] {
        let output = docledger(home.path(), arguments);
        let shown = text(&output.stdout);
        assert!(shown.lines().all(|line| line.width() <= 80), "{shown}");
        assert!(
            !shown.contains('\u{1b}') && shown.contains("关于和平"),
            "{shown}"
        );
    }
}

#[test]
fn json_says_what_the_answer_rests_on() {
    let home = ledger();
    let output = docledger(home.path(), &["search", "--format", "json", "peace"]);
    let lines: Vec<serde_json::Value> = text(&output.stdout)
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0]["schema"], "docledger.search/1");
    assert_eq!(
        (&lines[0]["entry"], &lines[0]["number"]),
        (&1.into(), &1.into())
    );
    assert_eq!(lines[1]["schema"], "docledger.search-summary/1");
    assert_eq!(
        (&lines[1]["basis"], &lines[1]["hits"]),
        (&"index".into(), &1.into())
    );
}

#[test]
fn wrong_filters_are_told_with_a_remedy() {
    let home = ledger();
    for arguments in [
        ["search", "--symbol", "A/*"],
        ["search", "--officer", "xyz"],
        ["search", "--body", "—"],
        ["search", "—", "\"\""],
        ["search", "--since", "yesterday"],
    ] {
        let output = docledger(home.path(), &arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    }
}

#[test]
fn a_folder_pinned_to_another_ledger_is_refused() {
    let home = ledger();
    let officer = tempfile::tempdir().expect("a folder");
    let init = ["init", "--issuer", "o", "--origin", "o", "--no-passphrase"];
    assert_eq!(docledger(officer.path(), &init).status.code(), Some(0));
    let ours = officer.path().join("ledger");
    std::fs::remove_dir_all(&ours).expect("removes");
    std::fs::rename(home.path().join("ledger"), &ours).expect("moves");
    let output = docledger(officer.path(), &["search", "peace"]);
    assert_eq!(
        (output.status.code(), text(&output.stdout)),
        (Some(2), String::new())
    );
}

#[test]
fn processes_that_build_the_index_at_once_all_answer() {
    let home = tempfile::tempdir().expect("a folder");
    common::open(home.path());
    common::register_documents(home.path(), 40);
    std::thread::scope(|scope| {
        let runs: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| docledger(home.path(), &["search", "document", "17"])))
            .collect();
        for run in runs {
            let output = run.join().expect("runs");
            assert!(text(&output.stdout).contains("A/78/17"), "{output:?}");
            assert!(text(&output.stderr).contains("as indexed"), "{output:?}");
        }
    });
}
