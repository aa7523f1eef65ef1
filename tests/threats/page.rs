//! `docs/threats.md`, written from the rows.

use std::path::Path;

use crate::rows;
use crate::table::{Anchored, Caught, Row};

const INTRODUCTION: &str = "\
# Threats

Each row is an attack that a test makes with just these keys and this access
(`tests/threats/`), and what `docledger verify` then says: the verdict, the exit
code, and every finding with its place. This page is written from those tests:
`DOCLEDGER_REFRESH=1 cargo test --test threats`. [findings.md](findings.md) says
what each code means and what to do.

The office of the tests has one registrar, a recovery key, an officer, and a
deputy whose scope is `A/` and documents without a symbol. Its ledger:

| entry | by | what |
| --- | --- | --- |
| 0 | registrar | the opening |
| 1 | registrar | the deputy's key is granted |
| 2 | officer | A/78/1 |
| 3 | officer | A/78/2 |
| 4 | deputy | A/78/1, version 2 |
| 5 | officer | S/2024/1 |

Where the row says nothing else the auditor has the ledger id, and verifies for
the first time. *Verified before* means that this auditor verified the ledger
before the attack, so that its head is remembered.
";

const LIMITS: &str = "\
A ledger shows what was signed, by which key, and in which order. That the
signer meant it, that a document is true, and at what time it was signed are not
in it. Against those who hold the keys there is order only: whatever is signed on
top of an entry holds it in place, and whoever verified before notices.
";

/// The whole page.
fn page() -> String {
    let rows = rows();
    let missed = rows
        .iter()
        .filter(|row| matches!(row.caught, Caught::Not(_)))
        .count();
    let mut page = format!(
        "{INTRODUCTION}\nThere are {} attacks. {missed} of them are *not caught*: the row says \
         what would.\n\n{LIMITS}",
        rows.len()
    );
    let mut power = None;
    for row in rows {
        if power != Some(row.power) {
            power = Some(row.power);
            page.push_str(&format!(
                "\n## {}\n\n{}\n\n| attack | verdict | found | what catches it |\n\
                 | --- | --- | --- | --- |\n",
                row.power.title(),
                row.power.described()
            ));
        }
        page.push_str(&line(row));
    }
    page
}

fn line(row: &Row) -> String {
    let verdict = row.verdict.as_str().replace('-', " ");
    let caught = match row.caught {
        Caught::By(what) => what.to_owned(),
        Caught::Not(what) => format!("**not caught**: {what}"),
    };
    let anchored = match row.anchored {
        Anchored::ById => "",
        Anchored::ByPin => " (the auditor's folder is pinned)",
        Anchored::Not => " (the auditor has no id)",
    };
    format!(
        "| {}{anchored} | {verdict} ({}) | {} | {caught} |\n",
        row.attack,
        row.exit(),
        found(row)
    )
}

/// Each code once, with all its places.
fn found(row: &Row) -> String {
    let mut parts: Vec<(&str, Vec<String>)> = Vec::new();
    for (code, at) in row.finds {
        let known = parts.iter().position(|(text, _)| *text == code.as_str());
        let part = known.unwrap_or_else(|| {
            parts.push((code.as_str(), Vec::new()));
            parts.len() - 1
        });
        let places = &mut parts[part].1;
        let named = at.named().map(|place| place.escape_debug().to_string());
        places.extend(named.filter(|place| !places.contains(place)));
    }
    let told = parts.into_iter().map(|(code, places)| {
        let places = places.join(", ").replace(", entry ", ", ");
        format!("`{code}` {places}").trim_end().to_owned()
    });
    let told = told.collect::<Vec<_>>().join("; ");
    if told.is_empty() {
        return "nothing".to_owned();
    }
    told
}

#[test]
fn the_page_is_written_from_the_rows() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/threats.md");
    let page = page();
    if std::env::var("DOCLEDGER_REFRESH").is_ok() {
        std::fs::write(&path, &page).expect("writes");
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(page == written, "docs/threats.md differs from the rows");
}

#[test]
fn rows_say_what_they_must() {
    let mut names = std::collections::HashSet::new();
    for row in rows() {
        let is_new =
            names.insert((row.power.title(), row.attack)) || row.attack.starts_with("The same");
        assert!(is_new, "twice: {}", row.attack);
        let (Caught::By(what) | Caught::Not(what)) = row.caught;
        assert!(!what.is_empty() && !row.attack.is_empty(), "{}", row.name);
        let one_line = |text: &str| !text.contains(['\n', '|']);
        assert!(one_line(what) && one_line(row.attack), "{}", row.name);
    }
}
