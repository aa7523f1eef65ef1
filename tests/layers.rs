//! Imports point down: the table of `src/README.md`, held against the code.

#![expect(clippy::disallowed_methods, reason = "tests touch files")]

mod common;

use std::path::Path;

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
