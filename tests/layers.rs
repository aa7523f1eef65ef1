//! Imports point down: the table of `src/README.md`, held against the code. The
//! library links no network.

#![expect(clippy::disallowed_methods, reason = "tests touch files")]

mod common;

use std::path::Path;
use std::process::Command;

/// Each module, and the modules of the library it may use beside itself.
const MAY_USE: [(&str, &[&str]); 20] = [
    ("digest", &[]),
    ("encoding", &["digest"]),
    ("key", &["digest", "encoding"]),
    ("merkle", &["digest", "encoding"]),
    ("symbol", &["digest", "encoding"]),
    (
        "statement",
        &["digest", "encoding", "key", "merkle", "symbol"],
    ),
    ("log", &["digest", "encoding", "key", "merkle", "symbol"]),
    (
        "revision",
        &[
            "digest",
            "encoding",
            "key",
            "merkle",
            "symbol",
            "statement",
            "log",
        ],
    ),
    (
        "authority",
        &[
            "digest",
            "encoding",
            "key",
            "merkle",
            "symbol",
            "statement",
            "log",
        ],
    ),
    ("stamp", &["digest"]),
    (
        "witness",
        &["digest", "encoding", "key", "merkle", "statement", "log"],
    ),
    (
        "store",
        &[
            "digest",
            "encoding",
            "key",
            "merkle",
            "symbol",
            "statement",
            "log",
        ],
    ),
    (
        "reading",
        &[
            "digest",
            "encoding",
            "key",
            "merkle",
            "symbol",
            "statement",
            "log",
        ],
    ),
    (
        "masthead",
        &[
            "digest",
            "encoding",
            "key",
            "merkle",
            "symbol",
            "statement",
            "log",
            "reading",
        ],
    ),
    (
        "proof",
        &[
            "digest",
            "encoding",
            "key",
            "merkle",
            "symbol",
            "statement",
            "log",
        ],
    ),
    (
        "replay",
        &[
            "digest",
            "encoding",
            "key",
            "merkle",
            "symbol",
            "statement",
            "log",
            "revision",
            "authority",
        ],
    ),
    (
        "verify",
        &[
            "digest",
            "encoding",
            "key",
            "merkle",
            "symbol",
            "statement",
            "log",
            "revision",
            "authority",
            "replay",
            "proof",
            "stamp",
            "witness",
        ],
    ),
    ("registry", BELOW_REGISTRY),
    (
        "export",
        &[
            "digest",
            "encoding",
            "key",
            "merkle",
            "symbol",
            "statement",
            "log",
            "registry",
        ],
    ),
    (
        "index",
        &[
            "digest",
            "encoding",
            "key",
            "merkle",
            "symbol",
            "statement",
            "log",
            "revision",
            "authority",
            "replay",
            "store",
            "reading",
            "masthead",
            "registry",
        ],
    ),
];

/// Everything but `verify`, the index and the program.
const BELOW_REGISTRY: &[&str] = &[
    "digest",
    "encoding",
    "key",
    "merkle",
    "symbol",
    "statement",
    "log",
    "revision",
    "authority",
    "replay",
    "proof",
    "store",
    "reading",
    "masthead",
    "stamp",
    "witness",
];

#[test]
fn imports_point_down() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut seen = 0;
    for path in common::files(&src) {
        let name = path
            .strip_prefix(&src)
            .expect("below")
            .to_str()
            .expect("text")
            .to_owned();
        let module = name.split(['/', '.']).next().expect("a part").to_owned();
        let text = std::fs::read_to_string(&path).expect("reads");
        if !name.ends_with(".rs") || module == "cli" || module == "main" || module == "lib" {
            continue;
        }
        for used in text
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .flat_map(uses)
        {
            let known = MAY_USE.iter().find(|(known, _)| *known == module);
            let allowed = known
                .is_some_and(|(_, allowed)| allowed.contains(&used.as_str()) || used == module);
            assert!(allowed, "{name} uses {used}");
            seen += 1;
        }
    }
    assert!(seen > 80, "{seen} uses were seen");
}

/// Crates that speak over a network, or would bring others that do.
const NETWORK: [&str; 10] = [
    "async-std",
    "curl",
    "http",
    "httparse",
    "hyper",
    "mio",
    "rustls",
    "socket2",
    "tokio",
    "ureq",
];

/// The names of the crates that are linked with these flags.
fn linked(flags: &[&str]) -> Vec<String> {
    let output = Command::new(env!("CARGO"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["tree", "--locked", "--offline", "--edges", "normal"])
        .args(["--prefix", "none"])
        .args(flags)
        .output()
        .expect("cargo is here");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    let text = String::from_utf8(output.stdout).expect("text");
    let names = text.lines().filter_map(|line| line.split(' ').next());
    names.map(str::to_owned).collect()
}

#[test]
fn the_library_links_no_network() {
    let is_network = |name: &&String| NETWORK.contains(&name.as_str());
    let library = linked(&["--no-default-features"]);
    assert!(library.contains(&"sha2".to_owned()), "{library:?}");
    assert_eq!(library.iter().find(is_network), None);
    let offline = linked(&["--no-default-features", "--features", "cli"]);
    assert_eq!(offline.iter().find(is_network), None);
    assert!(
        linked(&[]).iter().any(|name| is_network(&name)),
        "the names are those of crates"
    );
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for path in common::files(&src) {
        let is_cli = path.starts_with(src.join("cli"));
        let text = std::fs::read(&path).expect("reads");
        let text = String::from_utf8_lossy(&text);
        assert!(is_cli || !text.contains("std::net"), "{}", path.display());
    }
}

/// The modules named as `crate::NAME` in a line of code.
fn uses(line: &str) -> Vec<String> {
    let names = line.split("crate::").skip(1);
    names
        .map(|rest| {
            rest.chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect()
        })
        .collect()
}
