//! Makes a ledger of many documents to search in, with texts of words drawn by
//! Zipf's law; see `README.md` beside this file.

#![expect(clippy::disallowed_methods, reason = "writes a ledger to measure")]

#[path = "../../tests/common/mod.rs"]
mod common;

use std::path::PathBuf;

use common::NOW;
use common::bulk::{Bulk, Dice};
use docledger::statement::{Body, Change, Content, DocumentRecord, Signatory};

const BODIES: [&str; 8] = [
    "General Assembly",
    "Security Council",
    "Economic and Social Council",
    "First Committee",
    "Second Committee",
    "Third Committee",
    "Fifth Committee",
    "Human Rights Council",
];
const WORDS_A_TEXT: usize = 300;
const VOCABULARY: usize = 50_000;

fn main() {
    let mut arguments = std::env::args().skip(1).filter(|text| text != "--bench");
    let (Some(home), Some(count)) = (arguments.next(), arguments.next()) else {
        return;
    };
    let (home, count) = (PathBuf::from(home), count.parse().expect("a number"));
    std::fs::create_dir_all(&home).expect("makes the folder");
    common::open(&home);
    let mut bulk = Bulk::new(&home);
    let mut dice = Dice(1);
    for number in 1..=count {
        add_document(&mut bulk, &mut dice, number);
    }
    bulk.commit();
}

/// One document in one language, one in ten with a second version.
fn add_document(bulk: &mut Bulk, dice: &mut Dice, number: usize) {
    let symbol = format!("A/{}/{}", 60 + number % 25, number);
    let mut record = DocumentRecord::new(
        bulk.context(),
        Change::First,
        1,
        dice.one(&["ar", "zh", "en", "fr", "ru", "es"])
            .parse()
            .expect("a language"),
        0,
    );
    let (year, month, day) = (1990 + number % 35, 1 + dice.below(12), 1 + dice.below(28));
    record.identifier = vec![symbol.clone()];
    record.title = Some(text(dice, 8));
    record.issued = Some(
        format!("{year}-{month:02}-{day:02}")
            .parse()
            .expect("a date"),
    );
    record.distribution = Some(dice.one(&["General", "Limited", "Restricted"]).to_owned());
    record.document_type = Some(dice.one(&["letter", "report", "note"]).to_owned());
    record.bodies = vec![Body {
        name: dice.one(&BODIES).to_owned(),
        session: Some(format!("Session {}", 40 + number % 40)),
        agenda: vec![format!("{}", 1 + dice.below(150))],
    }];
    let person = dice.below(5_000);
    record.signatories = vec![Signatory {
        name: format!("{} {}", word(person), word(person * 7 % 3_000)),
        title: Some("Permanent Representative".to_owned()),
    }];
    let mut previous = add_version(bulk, dice, &symbol, &record);
    if number.is_multiple_of(10) {
        record.change = Change::Revision;
        record.version = 2;
        record.previous = Some(previous);
        previous = add_version(bulk, dice, &symbol, &record);
    }
    let _ = previous;
}

fn add_version(
    bulk: &mut Bulk,
    dice: &mut Dice,
    symbol: &str,
    record: &DocumentRecord,
) -> docledger::digest::LeafHash {
    let contents = text(dice, WORDS_A_TEXT);
    let mut record = record.clone();
    record.size = contents.len() as u64;
    let content = Content::Document {
        digest: bulk.store(contents.as_bytes()),
        media_type: "text/plain".to_owned(),
        record: Box::new(record),
    };
    bulk.push(symbol, NOW, content).1
}

/// Words by Zipf's law: the word of rank r about as often as 1/r.
fn text(dice: &mut Dice, length: usize) -> String {
    let ranks = (0..length).map(|_| {
        let exponent = dice.below(1 << 20) as f64 / f64::from(1 << 20);
        (VOCABULARY as f64).powf(exponent) as usize
    });
    ranks.map(word).collect::<Vec<_>>().join(" ")
}

/// The word of a rank: syllables that spell it.
fn word(rank: usize) -> String {
    const SYLLABLES: [&str; 16] = [
        "ba", "ce", "di", "fo", "gu", "ha", "je", "ki", "lo", "mu", "na", "pe", "ri", "so", "tu",
        "va",
    ];
    let mut rest = rank + 16;
    let mut word = String::new();
    while rest > 0 {
        word.push_str(SYLLABLES[rest % 16]);
        rest /= 16;
    }
    word
}
