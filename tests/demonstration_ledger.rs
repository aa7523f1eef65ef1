//! The ledger in `ledger/` and `keys/` is made here, byte for byte, from the
//! documents in `tests/data/demonstration` and keys that are no secret.
//!
//! `DOCLEDGER_REFRESH=1 cargo test --test demonstration_ledger` makes it anew.

#![expect(clippy::disallowed_methods, reason = "tests touch files")]

mod common;

use std::path::Path;

use common::{Bytes, DISK, NOW, contents, dir, key, open};
use docledger::digest::{ContentDigest, LedgerId};
use docledger::registry::{
    Appending, Edits, EventRequest, Readings, Request, Said, Signers, Wanted, append,
};
use docledger::statement::{Body, Relation, RelationKind, Signatory};
use docledger::symbol::JointSymbol;
use docledger::verify::{Anchor, Verdict, verify_ledger};

struct Source {
    file: &'static str,
    symbol: Option<&'static str>,
    language: &'static str,
    edits: Edits,
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn relation(kind: RelationKind, target: &str) -> Option<Vec<Relation>> {
    Some(vec![Relation {
        kind,
        target: target.to_owned(),
        languages: Vec::new(),
    }])
}

fn sources() -> Vec<Source> {
    let council = |session: Option<&str>| Body {
        name: "Security Council".into(),
        session: session.map(str::to_owned),
        agenda: Vec::new(),
    };
    let secretary = || {
        Some(vec![Signatory {
            name: "Ban Ki-moon".into(),
            title: None,
        }])
    };
    let mut all = vec![
        Source {
            file: "letter-2024-02-16.txt",
            symbol: None,
            language: "en",
            edits: Edits {
                title: some(
                    "Letter dated 16 February 2024 from the Permanent Representative of Azerbaijan to the United Nations addressed to the Secretary-General",
                ),
                issued: "2024-02-19".parse().ok(),
                created: "2024-02-16".parse().ok(),
                distribution: some("General"),
                original_language: Some(vec!["en".parse().expect("a tag")]),
                signatories: Some(vec![Signatory {
                    name: "Yashar Aliyev".into(),
                    title: some("Ambassador, Permanent Representative"),
                }]),
                bodies: Some(vec![
                    Body {
                        name: "General Assembly".into(),
                        session: some("Seventy-eighth session"),
                        agenda: ["31", "61", "67", "69", "71", "80", "83", "129"]
                            .map(str::to_owned)
                            .to_vec(),
                    },
                    council(Some("Seventy-ninth year")),
                ]),
                ..Edits::default()
            },
        },
        Source {
            file: "S_2007_179.cover.txt",
            symbol: Some("A/61/833–S/2007/179"),
            language: "en",
            edits: Edits {
                distribution: some("General"),
                ..Edits::default()
            },
        },
        Source {
            file: "v01_S_2007_307.cover.txt",
            symbol: Some("S/2007/307"),
            language: "en",
            edits: Edits {
                issued: "2007-05-24".parse().ok(),
                created: "2007-05-23".parse().ok(),
                distribution: some("General"),
                bodies: Some(vec![council(None)]),
                signatories: secretary(),
                ..Edits::default()
            },
        },
        Source {
            file: "v02_S_2007_307_Rev.1.cover.txt",
            symbol: Some("S/2007/307/Rev.1"),
            language: "en",
            edits: Edits {
                issued: "2007-06-05".parse().ok(),
                created: "2007-06-05".parse().ok(),
                distribution: some("General"),
                bodies: Some(vec![council(None)]),
                signatories: secretary(),
                relations: relation(RelationKind::Revises, "S/2007/307"),
                ..Edits::default()
            },
        },
        Source {
            file: "v03_S_2007_307_Rev.1_Add.1.cover.txt",
            symbol: Some("S/2007/307/Rev.1/Add.1"),
            language: "en",
            edits: Edits {
                issued: "2007-07-05".parse().ok(),
                bodies: Some(vec![council(None)]),
                relations: relation(RelationKind::Supplements, "S/2007/307/Rev.1"),
                ..Edits::default()
            },
        },
    ];
    for (file, language) in [
        ("udhr.ar.txt", "ar"),
        ("udhr.en.txt", "en"),
        ("udhr.es.txt", "es"),
        ("udhr.fr.txt", "fr"),
        ("udhr.ru.txt", "ru"),
        ("udhr.zh.txt", "zh"),
    ] {
        let edits = Edits {
            adopted: "1948-12-10".parse().ok(),
            ..Edits::default()
        };
        all.push(Source {
            file,
            symbol: Some("A/RES/217(III)"),
            language,
            edits,
        });
    }
    all
}

/// What was left out at registration and printed in the mastheads.
fn events() -> Vec<EventRequest> {
    let printed = Edits {
        title: some(
            "Identical letters dated 29 March 2007 from the Secretary-General to the President of the General Assembly and the President of the Security Council",
        ),
        issued: "2007-03-30".parse().ok(),
        created: "2007-03-29".parse().ok(),
        original_language: Some(vec!["en".parse().expect("a tag")]),
        ..Edits::default()
    };
    let wanted = [
        (2, Wanted::Amend(Box::new(printed))),
        (5, Wanted::Distribution(some("General"))),
    ];
    let request = |(target, wanted)| EventRequest {
        target,
        reason: "Left out at registration; read from the masthead.".into(),
        wanted,
    };
    wanted.into_iter().map(request).collect()
}

fn build(home: &Path) -> LedgerId {
    let id = open(home);
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/demonstration");
    let (officer, checkpoint) = (key(2), key(3));
    for (number, source) in (1..).zip(sources()) {
        let bytes = std::fs::read(data.join(source.file)).expect("reads");
        let request = Request {
            digest: ContentDigest::of(&bytes),
            size: bytes.len() as u64,
            media_type: "text/plain".into(),
            file_name: Some(source.file.into()),
            said: Said {
                symbol: source
                    .symbol
                    .map(|symbol| JointSymbol::parse(symbol).expect("a symbol").value),
                language: source.language.parse().ok(),
                edits: source.edits,
                ..Said::default()
            },
            read: Readings::default(),
        };
        let dir = dir(&DISK, home);
        let writer = dir.lock(|| ()).expect("locks");
        let signers = Signers {
            officer: &officer,
            checkpoint: &checkpoint,
        };
        let now = NOW + 60 * number;
        append(&writer, (&request, &Bytes(bytes)), signers, now).expect("registers");
    }
    let dir = dir(&DISK, home);
    let writer = dir.lock(|| ()).expect("locks");
    let mut appending = Appending::begin(&writer).expect("begins");
    for request in events() {
        let added = appending.add_event(&request, None, &officer, NOW + 3600);
        added.expect("records");
    }
    appending.commit(&checkpoint).expect("commits");
    id
}

fn published(home: &Path) -> Vec<(String, Vec<u8>)> {
    let mut all = contents(home, "ledger");
    all.extend(contents(home, "keys"));
    all.retain(|(name, _)| !name.ends_with(".lock"));
    all
}

#[test]
fn it_is_rebuilt_byte_for_byte_and_the_readme_names_its_id() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let home = tempfile::tempdir().expect("a folder");
    let id = build(home.path());
    if std::env::var("DOCLEDGER_REFRESH").is_ok() {
        for folder in ["ledger", "keys"] {
            if root.join(folder).exists() {
                std::fs::remove_dir_all(root.join(folder)).expect("removes");
            }
        }
        for (name, bytes) in published(home.path()) {
            let path = root.join(name);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("makes");
            std::fs::write(path, bytes).expect("writes");
        }
    }
    let (built, committed) = (published(home.path()), published(root));
    let names =
        |all: &[(String, Vec<u8>)]| all.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&built), names(&committed));
    for ((name, built), (_, committed)) in built.iter().zip(&committed) {
        assert!(built == committed, "{name} differs");
    }
    let readme = std::fs::read_to_string(root.join("README.md")).expect("reads");
    assert!(readme.contains(&id.to_string()), "the README names {id}");
}

#[test]
fn it_verifies_with_its_id_and_is_not_established_without() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let id = std::fs::read_to_string(root.join("keys/ledger-id")).expect("reads");
    let id: LedgerId = id.trim().parse().expect("an id");
    let dir = dir(&DISK, root);
    let report = verify_ledger(&dir, Anchor::Id(id));
    assert_eq!(report.verdict(), Verdict::Verified, "{:?}", report.findings);
    assert_eq!((report.checked.entries, report.documents), (14, 6));
    assert_eq!(
        verify_ledger(&dir, Anchor::None).verdict(),
        Verdict::NotEstablished
    );
}
