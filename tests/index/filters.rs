//! Each filter chooses what it says, and nothing else.

use docledger::encoding::cbor::Value;
use docledger::index::{DateField, Filter, Phrase, Query};
use docledger::statement::{
    Body, Change, Content, Draft, Event, EventRecord, FieldChange, MetadataField, PartialDate,
    Relation, RelationKind, Signatory,
};
use docledger::symbol::{Scope, SymbolKey};

use super::common::bulk::Bulk;
use super::common::{NOW, key};
use super::{found, new_ledger, push, push_text, record};

fn phrase(text: &str) -> Option<Phrase> {
    Some(Phrase::parse(text).expect("words"))
}

fn date(text: &str) -> Option<PartialDate> {
    Some(text.parse().expect("a date"))
}

fn day(text: &str) -> Option<time::Date> {
    date(text).map(|date| date.latest())
}

#[test]
fn each_filter_chooses_what_it_says() {
    let home = new_ledger();
    let mut bulk = Bulk::new(home.path());
    let mut one = record(&bulk, "A/78/5", Change::First, 1);
    one.identifier.push("S/2024/1".into());
    one.issued = date("2024-02-19");
    one.distribution = Some("General".into());
    one.document_type = Some("Letter".into());
    one.bodies = vec![
        Body {
            name: "General Assembly".into(),
            session: Some("Seventy-eighth session".into()),
            agenda: vec!["35".into(), "72 (a)".into()],
        },
        Body {
            name: "Security Council".into(),
            session: Some("Seventy-ninth year".into()),
            agenda: vec![],
        },
    ];
    one.signatories = vec![Signatory {
        name: "José Núñez".into(),
        title: Some("Chargé d’affaires".into()),
    }];
    let mut two = record(&bulk, "A/78/5/Corr.1", Change::First, 1);
    two.issued = date("2024-03");
    two.adopted = date("2024-01-31");
    two.language = "zh-Hans".parse().expect("a language");
    two.distribution = Some("Limited".into());
    two.relations = vec![Relation {
        kind: RelationKind::Corrects,
        target: "A/78/5".into(),
        languages: vec![],
    }];
    let mut three = record(&bulk, "A/780/1", Change::First, 1);
    three.issued = date("1947");
    let four = record(&bulk, "A/7", Change::First, 1);
    for record in [one, two, three, four] {
        push(&mut bulk, record);
    }
    bulk.commit();

    let officer = key(2).public().thumbprint().to_string();
    let scope = |text: &str| Some(Scope::parse(text).expect("a scope"));
    type Set<'a> = &'a dyn Fn(&mut Filter);
    let cases: [(&str, Set<'_>, &[u64]); 32] = [
        ("symbol", &|f| f.symbol = scope("a/78"), &[2, 1]),
        ("half", &|f| f.symbol = scope("S/2024"), &[1]),
        ("exact", &|f| f.symbol = scope("A/78/5/Corr.1"), &[2]),
        ("none", &|f| f.symbol = scope("A/78/50"), &[]),
        (
            "family",
            &|f| f.family = Some(SymbolKey::of_canonical("A/78/5")),
            &[2, 1],
        ),
        (
            "related",
            &|f| f.related_to = Some(SymbolKey::of_canonical("A/78/5")),
            &[2],
        ),
        ("body", &|f| f.body.name = phrase("assembly"), &[1]),
        ("body start", &|f| f.body.name = phrase("sec*"), &[1]),
        ("body part", &|f| f.body.name = phrase("assem"), &[]),
        ("agenda", &|f| f.body.agenda = phrase("72 (a)"), &[1]),
        ("agenda 7", &|f| f.body.agenda = phrase("7"), &[]),
        (
            "one organ's session",
            &|f| {
                f.body.name = phrase("security council");
                f.body.session = phrase("seventy-ninth");
            },
            &[1],
        ),
        (
            "another organ's session",
            &|f| {
                f.body.name = phrase("general assembly");
                f.body.session = phrase("seventy-ninth");
            },
            &[],
        ),
        ("name", &|f| f.signatory = phrase("nunez"), &[1]),
        ("title", &|f| f.signatory = phrase("d'affaires"), &[1]),
        ("limited", &|f| f.distribution = phrase("LIMITED"), &[2]),
        ("kind", &|f| f.document_type = phrase("letter"), &[1]),
        ("zh", &|f| f.language = "zh".parse().ok(), &[2]),
        ("z", &|f| f.language = "zh-Hant".parse().ok(), &[]),
        (
            "officer",
            &|f| f.officer = Some(officer[..6].into()),
            &[2, 1, 3, 4],
        ),
        (
            "no officer",
            &|f| f.officer = Some(format!("{officer}0")),
            &[],
        ),
        ("since", &|f| f.since = day("2024-02-20"), &[2]),
        ("since, partly", &|f| f.since = day("2024-03-31"), &[2]),
        ("since later", &|f| f.since = day("2024-04-01"), &[]),
        ("until", &|f| f.until = day("2024-02-19"), &[1, 3]),
        ("until, partly", &|f| f.until = day("1947-01-01"), &[3]),
        ("adopted", &|f| f.date_of = Some(DateField::Adopted), &[2]),
        (
            "adopted since",
            &|f| {
                f.date_of = Some(DateField::Adopted);
                f.since = day("2024-02");
            },
            &[],
        ),
        (
            "adopted until",
            &|f| {
                f.date_of = Some(DateField::Adopted);
                f.until = day("2024-01-31");
            },
            &[2],
        ),
        ("as of", &|f| f.moment.as_of = day("2024-03-30"), &[1, 3]),
        (
            "as of later",
            &|f| f.moment.as_of = day("2024-03-31"),
            &[2, 1, 3],
        ),
        ("held", &|f| f.moment.held = day("2024-02-18"), &[]),
    ];
    for (name, set, expected) in cases {
        let mut query = Query::default();
        set(&mut query.filter);
        assert_eq!(found(home.path(), &query), expected, "{name}");
    }
}

#[test]
fn versions_are_current_by_their_dates_and_by_when_they_were_held() {
    const DAY: u64 = 86_400;
    let home = new_ledger();
    let mut bulk = Bulk::new(home.path());
    let mut previous = None;
    // Version 2 was registered late; version 3 is a reissue under the same date.
    for (version, change, issued, reissued, registered) in [
        (1, Change::First, "2020-05-01", None, NOW),
        (2, Change::Revision, "2021-05-01", None, NOW + 10 * DAY),
        (
            3,
            Change::Reissue,
            "2021-05-01",
            Some("2022-01-01"),
            NOW + 10 * DAY,
        ),
        (3, Change::Rendition, "2021-05-01", None, NOW + 20 * DAY),
        (2, Change::Rendition, "2021-05-01", None, NOW + 20 * DAY),
    ] {
        let mut record = record(&bulk, "A/1", change, version);
        record.issued = date(issued);
        record.reissued = reissued.and_then(date);
        record.previous = previous;
        let content = Content::Document {
            digest: bulk.store(format!("{version}").as_bytes()),
            media_type: "text/plain".into(),
            record: Box::new(record),
        };
        previous = Some(bulk.push("A/1", registered, content).1);
    }
    bulk.commit();
    let asked = |as_of: Option<&str>, held: Option<&str>| {
        let mut query = Query::default();
        query.filter.moment.as_of = as_of.and_then(day);
        query.filter.moment.held = held.and_then(day);
        let all = found(home.path(), &query);
        query.filter.moment.principals_only = true;
        (all, found(home.path(), &query))
    };
    assert_eq!(asked(None, None), (vec![3, 4], vec![3]));
    assert_eq!(asked(Some("2020-12-31"), None), (vec![1], vec![1]));
    assert_eq!(asked(Some("2021"), None), (vec![5, 2], vec![2]));
    assert_eq!(asked(Some("2022"), None), (vec![3, 4], vec![3]));
    assert_eq!(asked(Some("2019"), None), (vec![], vec![]));
    assert_eq!(asked(None, Some("2024-02-19")), (vec![1], vec![1]));
    assert_eq!(asked(None, Some("2024-02-29")), (vec![3], vec![3]));
    assert_eq!(asked(Some("2021"), Some("2024-02-29")), (vec![2], vec![2]));
    let mut query = Query::default();
    query.filter.moment.all_versions = true;
    assert_eq!(found(home.path(), &query).len(), 5);
    query.limit = Some(2);
    assert_eq!(found(home.path(), &query).len(), 2);
}

#[test]
fn events_are_told_with_what_they_are_about() {
    let home = new_ledger();
    let mut bulk = Bulk::new(home.path());
    let record = record(&bulk, "A/1", Change::First, 1);
    let (_, target) = push_text(&mut bulk, record, "application/pdf", b"%PDF");
    let reason = "issued in error".to_owned();
    let event = EventRecord::new(bulk.context(), Event::Withdraw, target, reason);
    bulk.push("A/1", NOW, Content::Event(event));
    bulk.commit();
    let (answer, _) = super::ask(home.path(), &Query::default());
    let events: Vec<_> = answer.hits[0].events.iter().map(|e| e.index).collect();
    assert_eq!(events, [2]);
    found(home.path(), &Query::default());
}

#[test]
fn what_is_found_is_what_stands() {
    let home = new_ledger();
    let mut bulk = Bulk::new(home.path());
    let mut stated = record(&bulk, "A/1", Change::First, 1);
    stated.title = Some("crooked".to_owned());
    stated.distribution = Some("General".to_owned());
    let (_, target) = push(&mut bulk, stated);
    bulk.commit();
    let words = |typed: &str| Query {
        words: Phrase::parse_all(&[typed]),
        ..Query::default()
    };
    let symbol = |symbol: &str| {
        let mut query = Query::default();
        query.filter.symbol = Scope::parse(symbol).ok();
        query
    };
    assert_eq!(found(home.path(), &words("crooked")), [1]);

    let mut bulk = Bulk::new(home.path());
    let text = |text: &str| Some(Value::Text(text.to_owned()));
    let title = FieldChange {
        field: MetadataField::Title,
        old: text("crooked"),
        new: text("straight"),
    };
    let assigned = Event::AssignSymbol {
        identifier: vec!["S/2024/9".to_owned()],
        printed: None,
    };
    for event in [Event::Amend(vec![title]), assigned, Event::Withdraw] {
        let event = EventRecord::new(bulk.context(), event, target, "why".to_owned());
        bulk.push("A/1", NOW, Content::Event(event));
    }
    bulk.commit();
    assert_eq!(found(home.path(), &words("crooked")), [0_u64; 0]);
    assert_eq!(found(home.path(), &words("straight")), [1]);
    assert_eq!(found(home.path(), &symbol("S/2024")), [1]);
    assert_eq!(found(home.path(), &symbol("A/1")), [1]);
    let (answer, _) = super::ask(home.path(), &words("straight"));
    let hit = &answer.hits[0];
    assert_eq!(hit.withdrawn, Some(4));
    assert_eq!(hit.document.record.identifier, ["A/1", "S/2024/9"]);

    // A later version is found under the symbol too.
    let mut bulk = Bulk::new(home.path());
    let later = record(&bulk, "A/1", Change::Revision, 2);
    push(&mut bulk, later);
    bulk.commit();
    assert_eq!(found(home.path(), &symbol("S/2024")), [5]);
}

#[test]
fn what_a_revision_replaced_is_not_current_after_its_date() {
    let home = new_ledger();
    let mut bulk = Bulk::new(home.path());
    for (symbol, issued, revises) in [
        ("S/2007/307", "2007-05-24", None),
        ("S/2007/307/Rev.1", "2007-06-05", Some("S/2007/307")),
    ] {
        let mut record = record(&bulk, symbol, Change::First, 1);
        record.issued = date(issued);
        record.relations = revises
            .map(|target: &str| Relation {
                kind: RelationKind::Revises,
                target: target.to_owned(),
                languages: Vec::new(),
            })
            .into_iter()
            .collect();
        push(&mut bulk, record);
    }
    bulk.commit();
    let asked = |as_of: &str| {
        let mut query = Query::default();
        query.filter.moment.as_of = day(as_of);
        found(home.path(), &query)
    };
    assert_eq!(asked("2007-06-01"), [1]);
    assert_eq!(asked("2007-06-10"), [2]);
    assert_eq!(found(home.path(), &Query::default()).len(), 2);
}

#[test]
fn what_an_officer_did_not_say_is_not_found() {
    let home = new_ledger();
    let mut bulk = Bulk::new(home.path());
    let stated = record(&bulk, "A/1", Change::First, 1);
    let (_, target) = push(&mut bulk, stated);
    for signer in [1, 9] {
        let assigned = Event::AssignSymbol {
            identifier: vec!["S/2024/9".to_owned()],
            printed: None,
        };
        for event in [assigned, Event::Withdraw] {
            let event = EventRecord::new(bulk.context(), event, target, "why".to_owned());
            let draft = Draft {
                issuer: "https://records.example.org".to_owned(),
                subject: "A/1".to_owned(),
                issued_at: NOW,
                content: Content::Event(event),
            };
            bulk.push_by(&key(signer), &draft);
        }
    }
    bulk.commit();
    let mut query = Query::default();
    query.filter.symbol = Scope::parse("S/2024").ok();
    assert_eq!(found(home.path(), &query), [0_u64; 0]);
    let (answer, _) = super::ask(home.path(), &Query::default());
    assert_eq!(answer.hits[0].withdrawn, None);
    assert_eq!(found(home.path(), &Query::default()), [1]);
}
