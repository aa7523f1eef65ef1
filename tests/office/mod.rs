//! The program as an officer runs it, in a folder of its own.

#![allow(dead_code, unreachable_pub, reason = "each test uses its part")]

pub mod witnessed;

use std::path::Path;
use std::process::{Command, Output};

/// Copies a folder with all that is in it.
pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("makes");
    for entry in std::fs::read_dir(from).expect("lists") {
        let path = entry.expect("reads").path();
        let place = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy(&path, &place);
        } else {
            std::fs::copy(&path, &place).expect("copies");
        }
    }
}

/// A folder with a ledger in it.
pub struct Office(tempfile::TempDir);

impl Office {
    /// Opens a ledger with keys that are not encrypted.
    pub fn open() -> Self {
        let office = Self(tempfile::tempdir().expect("a folder"));
        let flags = ["init", "--issuer", "office", "--origin", "example.org/log"];
        assert!(
            office
                .run(&[&flags[..], &["--no-passphrase"]].concat())
                .status
                .success()
        );
        office
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Writes a file.
    pub fn write(&self, name: &str, text: &str) {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("makes");
        std::fs::write(path, text).expect("writes");
    }

    /// Runs the program in the folder.
    pub fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_docledger"));
        command
            .current_dir(self.path())
            .args(["--home", "office", "--state", "state"]);
        command.args(arguments).output().expect("runs")
    }

    /// The last line of JSON that a command prints, and its exit code.
    pub fn summary(&self, arguments: &[&str]) -> (serde_json::Value, Option<i32>) {
        let output = self.run(&[arguments, &["--format", "json"]].concat());
        let text = String::from_utf8(output.stdout).expect("text");
        let last = text.lines().last().unwrap_or("null");
        (
            serde_json::from_str(last).expect("JSON"),
            output.status.code(),
        )
    }

    /// How many entries the ledger has, verified.
    pub fn entries(&self) -> u64 {
        let (report, code) = self.summary(&["verify"]);
        assert_eq!(code, Some(0), "{report}");
        report["head"]["size"].as_u64().expect("a size")
    }

    /// What a command prints; it must succeed.
    pub fn text(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {told}");
        String::from_utf8(output.stdout).expect("text")
    }
}
