//! Where documents stand, derived from what the log says of them.

#![expect(clippy::disallowed_methods, reason = "tests touch files")]

mod common;

use std::path::Path;

use common::{Bytes, DISK, NOW, dir, key, open, record_event, request};
use docledger::registry::{
    Appending, Edits, EventRequest, Register, Request, Target, Wanted, propose,
};
use docledger::revision::{Siblings, Standings};
use docledger::statement::{Change, Relation, RelationKind};
use docledger::symbol::JointSymbol;

/// Registers files, all in one append.
fn register_all(home: &Path, requests: &[(Request, &[u8])]) {
    let contents: Vec<_> = requests
        .iter()
        .map(|(_, text)| Bytes(text.to_vec()))
        .collect();
    let dir = dir(&DISK, home);
    let writer = dir.lock(|| ()).expect("locks");
    let mut appending = Appending::begin(&writer).expect("begins");
    for ((request, _), contents) in requests.iter().zip(&contents) {
        appending
            .add_file(request, contents, None, &key(2), NOW)
            .expect("registers");
    }
    appending.commit(&key(3)).expect("commits");
}

/// A file of its own bytes with some relations.
fn document<'a>(
    text: &'a str,
    symbol: &str,
    said: &[(RelationKind, &str, &str)],
) -> (Request, &'a [u8]) {
    let mut wanted = request(text.as_bytes(), symbol, None);
    wanted.said.edits.relations = (!said.is_empty()).then(|| relations(said));
    (wanted, text.as_bytes())
}

/// Relations, each with the language it is restricted to or nothing.
fn relations(said: &[(RelationKind, &str, &str)]) -> Vec<Relation> {
    let relation = |(kind, target, language): &(RelationKind, &str, &str)| Relation {
        kind: *kind,
        target: (*target).to_owned(),
        languages: language.parse().into_iter().collect(),
    };
    said.iter().map(relation).collect()
}

fn in_language<'a>((mut wanted, text): (Request, &'a [u8]), tag: &str) -> (Request, &'a [u8]) {
    wanted.said.language = tag.parse().ok();
    (wanted, text)
}

fn read(home: &Path) -> Register {
    Register::read(&dir(&DISK, home)).expect("reads")
}

/// What other documents do to the file of an entry, with their numbers.
fn references(register: &Register, entry: u64) -> Vec<(RelationKind, u64)> {
    let standings = Standings::new(register.history());
    let standing = standings.of(entry).expect("a document");
    let references = standing.references.iter();
    references
        .map(|reference| (reference.kind, reference.from))
        .collect()
}

fn is_current(register: &Register, entry: u64) -> bool {
    let standings = Standings::new(register.history());
    standings.of(entry).expect("a document").is_current()
}

fn open_targets(register: &Register) -> Vec<(u64, String)> {
    let standings = Standings::new(register.history());
    let open = standings.open().iter();
    open.map(|reference| (reference.from, reference.target.clone()))
        .collect()
}

#[test]
fn every_relation_is_seen_from_the_other_side() {
    let folder = tempfile::tempdir().expect("a folder");
    open(folder.path());
    let mut all = vec![document("base\n", "A/78/1-S/2024/1", &[])];
    let texts: Vec<_> = RelationKind::ALL
        .iter()
        .map(|(_, word)| format!("{word}\n"))
        .collect();
    for ((number, (kind, _)), text) in (2..).zip(RelationKind::ALL).zip(&texts) {
        // By either half of the joint symbol, in whatever letter case.
        let said = [(kind, "A/78/1", ""), (kind, "S/2024/1", "")];
        all.push(document(text, &format!("A/78/{number}"), &said));
    }
    register_all(folder.path(), &all);
    let register = read(folder.path());
    let expected: Vec<_> = (2..)
        .zip(RelationKind::ALL)
        .map(|(n, (kind, _))| (kind, n))
        .collect();
    assert_eq!(references(&register, 1), expected);
    assert!(!is_current(&register, 1));
    assert!(is_current(&register, 2));
    assert_eq!(open_targets(&register), []);
}

#[test]
fn only_a_revision_or_a_newer_version_supersedes() {
    let folder = tempfile::tempdir().expect("a folder");
    open(folder.path());
    let corrects = [(RelationKind::Corrects, "A/78/1", "")];
    register_all(
        folder.path(),
        &[
            document("one\n", "A/78/1", &[]),
            document("corrigendum\n", "A/78/1/Corr.1", &corrects),
        ],
    );
    assert!(is_current(&read(folder.path()), 1));
    let second = request(b"two\n", "A/78/1", Some(Change::Reissue));
    let scan = request(b"scan\n", "A/78/1", Some(Change::Rendition));
    register_all(folder.path(), &[(second, b"two\n"), (scan, b"scan\n")]);
    let register = read(folder.path());
    let current: Vec<_> = (1..=4).map(|entry| is_current(&register, entry)).collect();
    assert_eq!(current, [false, true, true, true]);
    let standings = Standings::new(register.history());
    let newer = standings.of(1).expect("a document").newer;
    assert_eq!(
        newer.map(|entry| (entry.index, entry.version)),
        Some((3, 2))
    );
}

#[test]
fn a_corrigendum_of_some_languages_concerns_only_those() {
    let folder = tempfile::tempdir().expect("a folder");
    open(folder.path());
    let french = [(RelationKind::Corrects, "A/78/1", "fr")];
    register_all(
        folder.path(),
        &[
            in_language(document("one\n", "A/78/1", &[]), "en"),
            in_language(document("un\n", "A/78/1", &[]), "fr"),
            in_language(document("?\n", "A/78/1", &[]), "und"),
            document("corrigendum\n", "A/78/1/Corr.1", &french),
        ],
    );
    let register = read(folder.path());
    assert_eq!(references(&register, 1), []);
    assert_eq!(references(&register, 2), [(RelationKind::Corrects, 4)]);
    // Of a file whose language is not known, nobody can tell.
    assert_eq!(references(&register, 3), [(RelationKind::Corrects, 4)]);
    // One of its languages that names no language speaks of all.
    let all = [(RelationKind::Corrects, "A/78/1", "")];
    let spanish = in_language(document("correccion\n", "A/78/1/Corr.1", &all), "es");
    register_all(folder.path(), &[spanish]);
    assert_eq!(
        references(&read(folder.path()), 1),
        [(RelationKind::Corrects, 4)]
    );
}

#[test]
fn open_references_close_when_their_target_arrives() {
    let folder = tempfile::tempdir().expect("a folder");
    let home = folder.path();
    open(home);
    let mut nameless = request(b"nameless\n", "A/1", None);
    nameless.said.symbol = None;
    let name = nameless.digest.ni_name();
    let said = [
        (RelationKind::Answers, "A/78/7", ""),
        (RelationKind::Adopts, "A/C.3/78/L.49", ""),
        (RelationKind::Supplements, name.as_str(), ""),
    ];
    register_all(home, &[document("one\n", "A/78/1", &said)]);
    let open = |register: &Register| {
        let open = open_targets(register).into_iter();
        open.map(|(_, target)| target).collect::<Vec<_>>()
    };
    let targets: Vec<_> = said
        .iter()
        .map(|(_, target, _)| (*target).to_owned())
        .collect();
    assert_eq!(open(&read(home)), targets);
    register_all(home, &[(nameless, b"nameless\n")]);
    assert_eq!(open(&read(home)), targets[..2]);
    // The nameless one turns out to be A/78/7, spelled in small letters.
    let symbol = JointSymbol::parse("a/78/7").expect("reads").value;
    record_event(home, 2, Wanted::AssignSymbol(symbol)).expect("records");
    assert_eq!(open(&read(home)), targets[1..2]);
    register_all(home, &[document("draft\n", "A/C.3/78/L.49", &[])]);
    let register = read(home);
    assert_eq!(open(&register), Vec::<String>::new());
    assert_eq!(
        references(&register, 2),
        [(RelationKind::Answers, 1), (RelationKind::Supplements, 1)]
    );
}

#[test]
fn relations_count_as_amended_and_from_the_newest_version() {
    let folder = tempfile::tempdir().expect("a folder");
    let home = folder.path();
    open(home);
    let wrong = [(RelationKind::Corrects, "A/78/2", "")];
    register_all(
        home,
        &[
            document("one\n", "A/78/1", &[]),
            document("two\n", "A/78/2", &[]),
            document("corrigendum\n", "A/78/1/Corr.1", &wrong),
        ],
    );
    assert_eq!(references(&read(home), 2), [(RelationKind::Corrects, 3)]);
    let edits = Edits {
        relations: Some(relations(&[(RelationKind::Corrects, "A/78/1", "")])),
        ..Edits::default()
    };
    record_event(home, 3, Wanted::Amend(Box::new(edits))).expect("records");
    let register = read(home);
    assert_eq!(references(&register, 1), [(RelationKind::Corrects, 3)]);
    assert_eq!(references(&register, 2), []);
    // A new version carries the amended relations over, unless it says other ones.
    let mut next = request(
        b"corrigendum, again\n",
        "A/78/1/Corr.1",
        Some(Change::Revision),
    );
    register_all(home, &[(next.clone(), b"corrigendum, again\n")]);
    assert_eq!(references(&read(home), 1), [(RelationKind::Corrects, 3)]);
    next.digest = docledger::digest::ContentDigest::of(b"corrigendum, third\n");
    next.size = 19;
    next.said.edits.clear = vec!["relations".into()];
    register_all(home, &[(next, b"corrigendum, third\n")]);
    assert_eq!(references(&read(home), 1), []);
}

#[test]
fn a_withdrawn_document_is_not_current_and_says_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let home = folder.path();
    open(home);
    let said = [
        (RelationKind::Revises, "A/78/1", ""),
        (RelationKind::Answers, "A/9", ""),
    ];
    register_all(
        home,
        &[
            document("one\n", "A/78/1", &[]),
            document("revision\n", "A/78/1/Rev.1", &said),
        ],
    );
    assert!(!is_current(&read(home), 1));
    let by = record_event(home, 2, Wanted::Withdraw).expect("records");
    let register = read(home);
    assert!(is_current(&register, 1));
    assert_eq!(open_targets(&register), []);
    let standings = Standings::new(register.history());
    assert_eq!(standings.of(2).expect("a document").withdrawn, Some(by));
    assert!(!is_current(&register, 2));
    // What arrives later belongs to a withdrawn document all the same.
    register_all(
        home,
        &[in_language(document("revu\n", "A/78/1/Rev.1", &[]), "fr")],
    );
    assert!(!is_current(&read(home), 4));
}

#[test]
fn missing_languages_are_those_of_a_united_nations_document() {
    let folder = tempfile::tempdir().expect("a folder");
    open(folder.path());
    register_all(
        folder.path(),
        &[
            in_language(document("one\n", "A/78/1", &[]), "en"),
            in_language(document("yi\n", "A/78/1", &[]), "zh-Hans"),
            in_language(document("two\n", "INV-2024-17", &[]), "en"),
            in_language(document("three\n", "A/78/3", &[]), "und"),
        ],
    );
    let register = read(folder.path());
    let missing = |number| {
        let document = register.history().by_entry(number).expect("a document");
        Siblings::of(document).missing
    };
    assert_eq!(missing(1), ["ar", "fr", "ru", "es"]);
    assert_eq!(missing(3), Vec::<&str>::new());
    assert_eq!(missing(4), Vec::<&str>::new());
}

#[test]
fn a_new_version_starts_from_the_record_as_it_stands() {
    let folder = tempfile::tempdir().expect("a folder");
    let home = folder.path();
    open(home);
    let mut first = request(b"one\n", "A/78/1", None);
    first.said.symbol = None;
    first.said.edits.distribution = Some("Limited".into());
    register_all(home, &[(first, b"one\n")]);
    let edits = Edits {
        title: Some("A title".into()),
        ..Edits::default()
    };
    record_event(home, 1, Wanted::Amend(Box::new(edits))).expect("records");
    record_event(home, 1, Wanted::Distribution(Some("General".into()))).expect("records");
    let symbol = JointSymbol::parse("A/78/1–S/2024/1").expect("reads").value;
    record_event(home, 1, Wanted::AssignSymbol(symbol)).expect("records");
    let register = read(home);
    // Each symbol leads to the document, and new files under it belong there.
    let target = Target::parse("s/2024/1").expect("reads");
    assert_eq!(target.find(&register).expect("finds").document.number, 1);
    let next = request(b"two\n", "S/2024/1", Some(Change::Revision));
    let proposal = propose(&register, &next).expect("proposes");
    let record = proposal.document.record;
    assert_eq!(proposal.number, Some(1));
    assert_eq!(record.title.as_deref(), Some("A title"));
    assert_eq!(record.distribution.as_deref(), Some("General"));
    assert_eq!(record.identifier, ["A/78/1", "S/2024/1"]);
    assert_eq!(
        record.identifier_printed.as_deref(),
        Some("A/78/1–S/2024/1")
    );
    // A translation shares the symbols.
    let mut french = request(b"un\n", "A/78/1", None);
    french.said.language = "fr".parse().ok();
    let proposal = propose(&register, &french).expect("proposes");
    assert_eq!(proposal.document.record.identifier, ["A/78/1", "S/2024/1"]);
    // The record as signed is untouched.
    let (_, signed) = register.document(1).expect("a document");
    assert!(signed.record.identifier.is_empty() && signed.record.title.is_none());
}

#[test]
fn what_an_officer_amended_is_no_proposal_any_more() {
    let folder = tempfile::tempdir().expect("a folder");
    let home = folder.path();
    open(home);
    register_all(home, &[document("one\n", "A/78/1", &[])]);
    let register = read(home);
    let (_, document) = register.document(1).expect("a document");
    let mut record = document.record.clone();
    record.proposed = vec!["title".into(), "issued".into()];
    let event = docledger::statement::Event::Amend(vec![docledger::statement::FieldChange {
        field: docledger::statement::MetadataField::Title,
        old: None,
        new: Some(docledger::encoding::cbor::text("A title")),
    }]);
    let mut history = register.history().clone();
    assert_eq!(history.apply_event(2, 1, &record, &event), []);
    assert_eq!(history.effective(1, &record).proposed, ["issued"]);
}

#[test]
fn later_statements_of_an_append_see_its_events() {
    let folder = tempfile::tempdir().expect("a folder");
    let home = folder.path();
    open(home);
    register_all(home, &[document("one\n", "A/78/1", &[])]);
    let dir = dir(&DISK, home);
    let writer = dir.lock(|| ()).expect("locks");
    let mut appending = Appending::begin(&writer).expect("begins");
    let change = |new: &str| EventRequest {
        target: 1,
        reason: "a reason".into(),
        wanted: Wanted::Distribution(Some(new.into())),
    };
    for new in ["Limited", "General"] {
        appending
            .add_event(&change(new), None, &key(2), NOW)
            .expect("adds");
    }
    let again = appending.add_event(&change("General"), None, &key(2), NOW);
    assert!(again.is_err());
    let next = request(b"two\n", "A/78/1", Some(Change::Revision));
    let contents = Bytes(b"two\n".to_vec());
    let added = appending
        .add_file(&next, &contents, None, &key(2), NOW)
        .expect("adds");
    let record = added.proposal.document.record;
    assert_eq!(record.distribution.as_deref(), Some("General"));
    appending.commit(&key(3)).expect("commits");
    drop(writer);
    let id = read(home).authority.ledger_id();
    let report = docledger::verify::verify_ledger(&dir, docledger::verify::Anchor::Id(id));
    assert_eq!(report.findings, []);
}

#[test]
fn a_target_selects_the_files_that_stand_unless_it_says_which() {
    let folder = tempfile::tempdir().expect("a folder");
    let home = folder.path();
    open(home);
    let second = request(b"two\n", "A/78/1", Some(Change::Revision));
    let scan = request(b"scan\n", "A/78/1", Some(Change::Rendition));
    register_all(
        home,
        &[
            document("one\n", "A/78/1", &[]),
            (second, b"two\n"),
            in_language(document("un\n", "A/78/1", &[]), "fr"),
            (scan, b"scan\n"),
        ],
    );
    let register = read(home);
    let files = |typed: &str| {
        let target = Target::parse(typed).expect("reads");
        let selection = target.find(&register).expect("finds");
        let files = selection.files().map_err(|error| error.to_string())?;
        Ok::<_, String>(files.iter().map(|file| file.index).collect::<Vec<_>>())
    };
    assert_eq!(files("A/78/1"), Ok(vec![2, 4, 3]));
    assert_eq!(files("#1"), Ok(vec![2, 4, 3]));
    assert_eq!(files("A/78/1@1"), Ok(vec![1, 3]));
    assert_eq!(files("A/78/1@2"), Ok(vec![2, 4]));
    assert_eq!(files("A/78/1:fr"), Ok(vec![3]));
    assert_eq!(files("#4"), Ok(vec![4]));
    assert!(files("A/78/1@9").is_err() && files("A/78/1:es").is_err());
}
