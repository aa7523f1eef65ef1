//! The README's walks run as they are written.

#![cfg(unix)]
#![expect(clippy::disallowed_methods, reason = "tests touch files")]

use std::path::Path;
use std::process::Command;

/// The commands of the block behind `<!-- walk: NAME -->`.
fn walk(readme: &str, name: &str) -> String {
    let marker = format!("<!-- walk: {name} -->\n```sh\n");
    let block = readme
        .split_once(&marker)
        .expect("the walk is in the README")
        .1;
    block
        .split_once("```")
        .expect("the block ends")
        .0
        .to_owned()
}

fn run(name: &str, folder: &Path, state: &Path) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(root.join("README.md")).expect("reads");
    let program = Path::new(env!("CARGO_BIN_EXE_docledger"))
        .parent()
        .expect("a folder");
    let path = format!(
        "{}:{}",
        program.display(),
        std::env::var("PATH").expect("a path")
    );
    let output = Command::new("sh")
        .args(["-e", "-c", &walk(&readme, name)])
        .current_dir(folder)
        .env("PATH", path)
        .env("DOCLEDGER_STATE", state)
        .output()
        .expect("runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{text}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    text
}

#[test]
fn the_officers_walk() {
    let folder = tempfile::tempdir().expect("a folder");
    let letter = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/data/demonstration/letter-2024-02-16.txt"
    );
    let letter = std::fs::read_to_string(letter).expect("reads");
    std::fs::write(folder.path().join("letter.txt"), &letter).expect("writes");
    let revised = letter.replace("General Assembly", "GENERAL ASSEMBLY");
    std::fs::write(folder.path().join("letter-v2.txt"), revised).expect("writes");
    // A relative folder is made where the commands run.
    let text = run("officer", folder.path(), Path::new("state"));
    assert!(
        text.contains("registered #1 A/78/0 version 2 in en as entry 2"),
        "{text}"
    );
    assert!(text.contains("superseded by A/78/0@2"), "{text}");
    assert!(text.ends_with("VERIFIED\n"), "{text}");
    assert_eq!(
        std::fs::read_to_string(folder.path().join("v1.txt")).expect("reads"),
        letter
    );
    let text = run("officer, later", folder.path(), Path::new("state"));
    for expected in [
        "corrected by  A/78/0/Corr.1 (#5) (in en)\n",
        "received      2024-02-20\n",
        "distribution  Restricted\n",
        "amended       received by entry #3\n",
        "    was         (blank)\n",
        "#5     A/78/0/Corr.1 answers S/2024/99\n",
        "recorded as entry 6\n",
        "\nwithdraw\n",
    ] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    let keys = run("officer, keys", folder.path(), Path::new("state"));
    for expected in [
        "recorded as entry 7, in force\n",
        "ended by #8\n",
        "  A. Deputy\n  for A/, ni:\n  since #7\n",
        "distributions      General, Restricted\n",
    ] {
        assert!(keys.contains(expected), "{expected}: {keys}");
    }
    assert!(keys.ends_with("VERIFIED\n"), "{keys}");
    let proofs = run("officer, proofs", folder.path(), Path::new("state"));
    assert_eq!(
        proofs,
        "wrote letter.tlog-proof\nwrote letter.scitt\nwrote letter.zip\nwrote letter.html\nwrote growth.txt\nwrote growth.receipt\n"
    );
    let evidence = run("officer, evidence", folder.path(), Path::new("state"));
    assert_eq!(evidence.matches("\nVERIFIED\n").count(), 4, "{evidence}");
    for expected in [
        "version         2 in en\n",
        "superseded by   A/78/0@2\n",
        "letter.txt is registered by #1, #5;",
    ] {
        assert!(evidence.contains(expected), "{expected}: {evidence}");
    }
    let witnesses = run("officer, witnesses", folder.path(), Path::new("state"));
    for expected in [
        "wrote head.request: 11 entries, grown from 0\n",
        "wrote head.cosigned: cosigned the head of 11 entries",
        "kept: 11 entries, 1 cosignatures\n",
        "its first 11 entries were seen by w1.example.net",
    ] {
        assert!(witnesses.contains(expected), "{expected}: {witnesses}");
    }
    assert!(witnesses.ends_with("VERIFIED\n"), "{witnesses}");
    let exports = run("officer, exports", folder.path(), Path::new("state"));
    for expected in [
        "wrote bag: 3 files of 2 documents, ",
        "wrote storage: 2 files of 1 documents, ",
        "4 registered, the head is 5 entries; 0 registered already; 0 refused\n",
    ] {
        assert!(exports.contains(expected), "{expected}: {exports}");
    }
    assert!(exports.ends_with("VERIFIED\n"), "{exports}");
    // What a withdrawn corrigendum says counts no more.
    let status = text.split_once("letter-v2.txt: A/78/0 version 2 in en, current\n");
    let status = status.expect("the status is told").1;
    assert!(!status.contains("corrected by"), "{text}");
    assert!(text.ends_with("VERIFIED\n"), "{text}");
}

#[test]
fn the_auditors_walk() {
    let state = tempfile::tempdir().expect("a folder");
    let text = run(
        "auditor",
        Path::new(env!("CARGO_MANIFEST_DIR")),
        state.path(),
    );
    assert!(
        text.contains("\nVERIFIED\n") && text.contains("\nNOT ESTABLISHED"),
        "{text}"
    );
    assert!(text.contains("\"verdict\":\"verified\""), "{text}");
    let text = run(
        "auditor, against",
        Path::new(env!("CARGO_MANIFEST_DIR")),
        state.path(),
    );
    assert!(
        text.contains("\nagainst the other copy: the same head\n"),
        "{text}"
    );
}
