//! The index and a scan agree on whatever is registered and asked.

use docledger::encoding::cbor::Value;
use docledger::index::{DateField, Filter, Phrase, Query};
use docledger::statement::{
    Body, Change, Content, DocumentRecord, Event, EventRecord, FieldChange, MetadataField,
    Relation, RelationKind, Signatory,
};
use docledger::symbol::{Scope, SymbolKey};

use super::common::NOW;
use super::common::bulk::{Bulk, Dice};
use super::{found, new_ledger, record};

const SYMBOLS: [&str; 8] = [
    "A/7",
    "A/78",
    "A/78/1",
    "A/78/1/Rev.1",
    "A/78/10",
    "S/2024/1",
    "S/2024/1/Add.1",
    "INV-17",
];
/// Symbols that documents get later, one of which they may have already.
const ASSIGNED: [&str; 5] = ["A/79/1", "A/79/2", "A/79/3", "a/79/3", "A/78/1"];
const DATES: [&str; 6] = [
    "2019",
    "2020-02",
    "2020-02-29",
    "2020-03-01",
    "2021",
    "1960-01-01",
];
const NAMES: [&str; 5] = [
    "General Assembly",
    "general",
    "Sécurité Council",
    "3",
    "3 (a)",
];
const WORDS: [&str; 6] = ["peace", "peaceful", "права", "和平", "paix", "Peace talks"];

/// A register in which anything follows anything, faults included.
fn fill(bulk: &mut Bulk, dice: &mut Dice, count: usize) {
    for _ in 0..count {
        let change = dice.one(&Change::ALL).0;
        let version = 1 + dice.below(3) as u64;
        let mut record = record(bulk, dice.one(&SYMBOLS), change, version);
        if dice.below(4) == 0 {
            record.identifier.push(dice.one(&SYMBOLS).to_owned());
        }
        record.language = dice
            .one(&["en", "fr", "zh", "zh-Hans"])
            .parse()
            .expect("a tag");
        if dice.below(5) > 0 {
            record.issued = dice.one(&DATES).parse().ok();
        }
        record.reissued = dice.one(&DATES).parse().ok();
        record.adopted = (dice.below(2) == 0).then(|| dice.one(&DATES).parse().expect("a date"));
        record.title = (dice.below(2) == 0).then(|| dice.one(&WORDS).to_owned());
        record.distribution = (dice.below(2) == 0).then(|| dice.one(&NAMES).to_owned());
        record.document_type = (dice.below(2) == 0).then(|| dice.one(&NAMES).to_owned());
        if dice.below(4) == 0 {
            record.relations.push(Relation {
                kind: RelationKind::Revises,
                target: dice.one(&SYMBOLS).to_owned(),
                languages: Vec::new(),
            });
        }
        record.signatories = (0..dice.below(3))
            .map(|_| Signatory {
                name: dice.one(&NAMES).to_owned(),
                title: (dice.below(2) == 0).then(|| dice.one(&NAMES).to_owned()),
            })
            .collect();
        record.bodies = (0..dice.below(3))
            .map(|_| Body {
                name: dice.one(&NAMES).to_owned(),
                session: (dice.below(2) == 0).then(|| dice.one(&NAMES).to_owned()),
                agenda: (0..dice.below(3))
                    .map(|_| dice.one(&NAMES).to_owned())
                    .collect(),
            })
            .collect();
        let text = format!(
            "{} {} {}",
            dice.one(&WORDS),
            dice.one(&WORDS),
            dice.below(50)
        );
        let content = Content::Document {
            digest: bulk.store(text.as_bytes()),
            media_type: dice
                .one(&["text/plain", "text/plain", "application/pdf"])
                .to_owned(),
            record: Box::new(record),
        };
        let day = dice.below(4) as u64;
        let subject = dice.one(&["A/1", "A/2", "A/3"]);
        let (_, leaf) = bulk.push(subject, NOW + day * 86_400, content.clone());
        if dice.below(3) == 0 {
            let Content::Document { record, .. } = content else {
                continue;
            };
            let event = event(dice, &record);
            // Now and then it is about nothing.
            let subject = if dice.below(9) == 0 { "A/1" } else { subject };
            let event = EventRecord::new(bulk.context(), event, leaf, "why".to_owned());
            bulk.push(subject, NOW + day * 86_400, Content::Event(event));
        }
    }
}

/// Something said of a record, which stands as it says or, now and then, not.
fn event(dice: &mut Dice, record: &DocumentRecord) -> Event {
    let text = |text: &str| Value::Text(text.to_owned());
    match dice.below(6) {
        0 => Event::Withdraw,
        1 | 2 => Event::AssignSymbol {
            identifier: vec![dice.one(&ASSIGNED).to_owned()],
            printed: None,
        },
        3 => Event::Distribution {
            old: record.distribution.clone(),
            new: Some(format!("{} now", dice.one(&NAMES))),
        },
        _ => {
            let old = match dice.below(5) {
                0 => Some(text("not this")),
                _ => record.title.as_deref().map(text),
            };
            Event::Amend(vec![FieldChange {
                field: MetadataField::Title,
                old,
                new: Some(text(&format!("{} now", dice.one(&WORDS)))),
            }])
        }
    }
}

fn question(dice: &mut Dice) -> Query {
    fn maybe<T>(dice: &mut Dice, make: impl FnOnce(&mut Dice) -> T) -> Option<T> {
        (dice.below(7) == 0).then(|| make(dice))
    }
    let phrase = |dice: &mut Dice| Phrase::parse(dice.one(&NAMES)).expect("words");
    let day = |dice: &mut Dice| {
        let date: docledger::statement::PartialDate = dice.one(&DATES).parse().expect("a date");
        date.latest()
    };
    let mut filter = Filter {
        symbol: maybe(dice, |dice| {
            let symbol = if dice.below(3) == 0 {
                dice.one(&ASSIGNED)
            } else {
                dice.one(&SYMBOLS)
            };
            Scope::parse(symbol).expect("a scope")
        }),
        family: maybe(dice, |dice| SymbolKey::of_canonical(dice.one(&SYMBOLS))),
        signatory: maybe(dice, phrase),
        distribution: maybe(dice, phrase),
        document_type: maybe(dice, phrase),
        language: maybe(dice, |dice| dice.one(&["en", "zh"]).parse().expect("a tag")),
        since: maybe(dice, day),
        until: maybe(dice, day),
        date_of: maybe(dice, |dice| {
            dice.one(&[DateField::Adopted, DateField::Issued])
        }),
        ..Filter::default()
    };
    filter.body.name = maybe(dice, phrase);
    filter.body.session = maybe(dice, phrase);
    filter.body.agenda = maybe(dice, phrase);
    filter.moment.as_of = maybe(dice, day);
    filter.moment.held = maybe(dice, |dice| {
        time::Date::from_calendar_date(2024, time::Month::February, 18 + dice.below(6) as u8)
            .expect("a day")
    });
    filter.moment.all_versions = dice.below(4) == 0;
    filter.moment.principals_only = dice.below(4) == 0;
    let words: Vec<_> = (0..dice.below(3)).map(|_| dice.one(&WORDS)).collect();
    Query {
        words: Phrase::parse_all(&words),
        filter,
        limit: None,
    }
}

#[test]
fn the_index_and_a_scan_agree() {
    let mut dice = Dice(7);
    let mut answered = 0;
    for _ in 0..3 {
        let home = new_ledger();
        // Asked in between, so that the index is caught up several times.
        for _ in 0..3 {
            let mut bulk = Bulk::new(home.path());
            let count = 1 + dice.below(120);
            fill(&mut bulk, &mut dice, count);
            bulk.commit();
            for _ in 0..30 {
                let query = question(&mut dice);
                answered += usize::from(!found(home.path(), &query).is_empty());
            }
        }
    }
    assert!(answered > 60, "{answered} questions had an answer");
}
