//! Several officers' processes at once: each waits for the other, none is lost.

use std::process::{Command, Stdio};

fn docledger(home: &std::path::Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_docledger"));
    command
        .arg("--home")
        .arg(home.join("office"))
        .arg("--state")
        .arg(home.join("state"));
    command.stdout(Stdio::null()).stderr(Stdio::piped());
    command
}

#[test]
#[expect(clippy::disallowed_methods, reason = "tests touch files")]
fn four_processes_register_two_hundred_documents() {
    let folder = tempfile::tempdir().expect("a folder");
    let home = folder.path();
    let init = [
        "init",
        "--issuer",
        "office",
        "--origin",
        "example.org/log",
        "--no-passphrase",
    ];
    assert!(docledger(home).args(init).status().expect("runs").success());
    std::thread::scope(|scope| {
        for process in 0..4 {
            scope.spawn(move || {
                for number in 0..50 {
                    let file = home.join(format!("{process}-{number}.txt"));
                    std::fs::write(&file, format!("letter {process} {number}\n")).expect("writes");
                    let symbol = format!("A/78/{}", 1 + process * 50 + number);
                    let mut command = docledger(home);
                    let output = command
                        .arg("register")
                        .arg(&file)
                        .args(["--symbol", &symbol, "--yes"])
                        .output();
                    let output = output.expect("runs");
                    assert!(
                        output.status.success(),
                        "{}",
                        String::from_utf8_lossy(&output.stderr)
                    );
                }
            });
        }
    });
    let output = docledger(home)
        .args(["verify", "--format", "json"])
        .stdout(Stdio::piped())
        .output();
    let output = output.expect("runs");
    assert_eq!(output.status.code(), Some(0));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(
        (
            report["documents"].as_u64(),
            report["head"]["size"].as_u64()
        ),
        (Some(200), Some(201))
    );
    assert_eq!(report["findings"], serde_json::json!([]));
}
