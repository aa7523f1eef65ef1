//! Events: what an officer, or a stranger with a key, can put into the log, what
//! verification says of it, and that registration refuses the same.

#![expect(clippy::disallowed_methods, reason = "tests touch files")]

mod common;

use std::path::Path;

use common::{DISK, NOW, append_entry, context, dir, key, open, record_event, register};
use docledger::authority::{Authority, Refusal};
use docledger::digest::{ContentDigest, LeafHash, LedgerId, TreeHash};
use docledger::encoding::cbor::{self, Value};
use docledger::key::PublicKey;
use docledger::merkle::leaf_hash;
use docledger::registry::{
    AppendRefusal, Appending, Edits, EventRefusal, EventRequest, Register, Wanted, propose_event,
};
use docledger::statement::{
    Content, Context, DocumentRecord, Draft, DraftError, Event, EventRecord, FieldChange,
    Governance, Holder, Matter, MetadataField, NotAmendable, Opening, Policy, TreeHead,
};
use docledger::symbol::JointSymbol;
use docledger::verify::{Anchor, Code, Report, Severity, Verdict, verify_ledger};

/// Entries 1 and 2 are A/78/1, entry 3 is A/78/2.
fn ledger(home: &Path) -> LedgerId {
    let id = open(home);
    register(&DISK, home, b"one\n", "A/78/1", None).expect("registers");
    let change = Some(docledger::statement::Change::Revision);
    register(&DISK, home, b"one, revised\n", "A/78/1", change).expect("registers");
    register(&DISK, home, b"two\n", "A/78/2", None).expect("registers");
    id
}

/// The draft of an event about an entry of A/78/1.
fn draft(register: &Register, target: u64, event: Event) -> Draft {
    let leaf = register.tree.leaf(target).expect("present");
    let record = EventRecord::new(context(register), event, leaf, "a reason".into());
    Draft {
        issuer: register.authority.issuer().to_owned(),
        subject: "A/78/1".into(),
        issued_at: NOW,
        content: Content::Event(record),
    }
}

fn verify(home: &Path, id: LedgerId) -> Report {
    verify_ledger(&dir(&DISK, home), Anchor::Id(id))
}

/// What verification finds in the last entry, and why registration refuses to
/// append it, after events that fit.
fn both(
    earlier: &[Event],
    (target, event): (u64, Event),
    signer: u8,
) -> (Verdict, Vec<(Code, String)>, Option<AppendRefusal>) {
    let folder = tempfile::tempdir().expect("a folder");
    let home = folder.path();
    let id = ledger(home);
    for event in earlier {
        let register = Register::read(&dir(&DISK, home)).expect("reads");
        let entry = draft(&register, 2, event.clone()).sign(&key(2));
        append_entry(home, entry.expect("signs").bytes);
    }
    assert_eq!(verify(home, id).verdict(), Verdict::Verified);
    let register = Register::read(&dir(&DISK, home)).expect("reads");
    let draft = draft(&register, target, event);
    let refusal = {
        let dir = dir(&DISK, home);
        let writer = dir.lock(|| ()).expect("locks");
        let mut appending = Appending::begin(&writer).expect("begins");
        appending.add(&draft, &key(signer)).err()
    };
    append_entry(home, draft.sign(&key(signer)).expect("signs").bytes);
    let report = verify(home, id);
    let last = register.checkpoint.size;
    let found = report
        .findings
        .iter()
        .filter(|finding| finding.entry == Some(last));
    let found = found
        .map(|finding| (finding.code, finding.message.clone()))
        .collect();
    (report.verdict(), found, refusal)
}

/// Verification fails with this code alone, registration refuses, and both say why.
fn assert_refused(earlier: &[Event], event: Event, code: Code, why: &str) {
    let (verdict, found, refusal) = both(earlier, (2, event), 2);
    assert_eq!(verdict, Verdict::Failed);
    let [(found, message)] = found.as_slice() else {
        panic!("{found:?}")
    };
    assert_eq!(*found, code);
    assert!(message.contains(why), "{message}");
    let refusal = refusal.expect("refuses").to_string();
    assert!(refusal.contains(why), "{refusal}");
}

fn title(old: Option<&str>, new: Option<&str>) -> Event {
    let value = |text: Option<&str>| text.map(cbor::text);
    Event::Amend(vec![FieldChange {
        field: MetadataField::Title,
        old: value(old),
        new: value(new),
    }])
}

fn distribution(old: Option<&str>, new: Option<&str>) -> Event {
    Event::Distribution {
        old: old.map(str::to_owned),
        new: new.map(str::to_owned),
    }
}

fn assign(symbols: &[&str]) -> Event {
    Event::AssignSymbol {
        identifier: symbols.iter().map(|symbol| (*symbol).to_owned()).collect(),
        printed: None,
    }
}

#[test]
fn events_that_fit_verify() {
    let earlier = [
        title(None, Some("First")),
        title(Some("First"), Some("Second")),
        title(Some("Second"), None),
        distribution(None, Some("Limited")),
        distribution(Some("Limited"), Some("General")),
        assign(&["S/2024/1", "E/2024/1"]),
    ];
    let (verdict, found, refusal) = both(&earlier, (1, Event::Withdraw), 2);
    assert_eq!((verdict, found), (Verdict::Verified, Vec::new()));
    assert!(refusal.is_none(), "{refusal:?}");
}

#[test]
fn an_old_value_must_be_the_one_that_stands() {
    let wrong = title(Some("Another"), Some("New"));
    let why = "changes title from \"Another\", but blank stood";
    assert_refused(&[], wrong.clone(), Code::EventConflict, why);
    // Two officers who start from the same value: the second is told who was first.
    let first = [title(None, Some("First"))];
    let why = "from blank, but \"First\" stood, by entry 4";
    assert_refused(
        &first,
        title(None, Some("Second")),
        Code::EventConflict,
        why,
    );
    let first = [distribution(None, Some("General"))];
    let why = "accessRights from blank, but \"General\" stood, by entry 4";
    assert_refused(
        &first,
        distribution(None, Some("Limited")),
        Code::EventConflict,
        why,
    );
}

#[test]
fn an_event_that_does_not_fit_changes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let home = folder.path();
    ledger(home);
    for event in [
        title(Some("Another"), Some("New")),
        title(None, Some("Right")),
    ] {
        let register = Register::read(&dir(&DISK, home)).expect("reads");
        let entry = draft(&register, 2, event).sign(&key(2)).expect("signs");
        append_entry(home, entry.bytes);
    }
    let register = Register::read(&dir(&DISK, home)).expect("reads");
    let record = register.effective(2).expect("a document").record;
    assert_eq!(record.title.as_deref(), Some("Right"));
    assert_eq!(
        register.effective(1).expect("a document").record.title,
        None
    );
    let events = register.history().events_of(2).expect("events");
    let effective: Vec<_> = events.entries.iter().map(|event| event.effective).collect();
    assert_eq!(effective, [false, true]);
}

#[test]
fn a_symbol_that_somebody_bears_is_not_assigned() {
    for (symbols, why) in [
        (
            ["S/2024/1", "A/78/2"],
            "the symbol A/78/2 belongs to A/78/2",
        ),
        (
            ["S/2024/1", "a/78/2"],
            "the symbol a/78/2 belongs to A/78/2",
        ),
        (["S/2024/1", "A/78/1"], "bears the symbol A/78/1 already"),
        (
            ["S/2024/1", "s/2024/1"],
            "bears the symbol s/2024/1 already",
        ),
    ] {
        assert_refused(&[], assign(&symbols), Code::EventConflict, why);
    }
    let earlier = [assign(&["S/2024/1"])];
    let why = "bears the symbol S/2024/1 already";
    assert_refused(&earlier, assign(&["S/2024/1"]), Code::EventConflict, why);
}

#[test]
fn nothing_is_withdrawn_twice() {
    let why = "withdrawn already, by entry 4";
    assert_refused(
        &[Event::Withdraw],
        Event::Withdraw,
        Code::EventConflict,
        why,
    );
}

#[test]
fn an_event_is_about_an_earlier_entry_of_its_document() {
    for target in [0, 3] {
        let (verdict, found, refusal) = both(&[], (target, Event::Withdraw), 2);
        assert_eq!(verdict, Verdict::Failed);
        assert_eq!(found[0].0, Code::TargetUnknown, "{found:?}");
        let refusal = refusal.expect("refuses").to_string();
        assert!(
            refusal.contains("is no earlier entry of A/78/1"),
            "{refusal}"
        );
    }
}

#[test]
fn only_an_officer_records_events() {
    for signer in [1, 3, 4, 9] {
        let (verdict, found, refusal) = both(&[], (2, Event::Withdraw), signer);
        assert_eq!(verdict, Verdict::Failed);
        assert!(
            found
                .iter()
                .any(|(code, _)| *code == Code::AuthorityRefused)
        );
        assert!(
            matches!(refusal, Some(AppendRefusal::Key(_))),
            "{refusal:?}"
        );
    }
}

#[test]
fn kinds_and_fields_of_later_versions_are_kept_and_not_established() {
    let (verdict, found, _) = both(&[], (2, Event::Other("hold".into())), 2);
    assert_eq!(verdict, Verdict::NotEstablished);
    assert_eq!(found[0].0, Code::NotEvaluated);
    let folder = tempfile::tempdir().expect("a folder");
    let home = folder.path();
    let id = ledger(home);
    let register = Register::read(&dir(&DISK, home)).expect("reads");
    let entry = raw_amendment(&register, "futureField").sign(&key(2));
    append_entry(home, entry.expect("signs").bytes);
    let report = verify(home, id);
    assert_eq!(
        report.verdict(),
        Verdict::NotEstablished,
        "{:?}",
        report.findings
    );
}

/// An amendment of any field, changes and all among the unknown keys.
fn raw_amendment(register: &Register, field: &str) -> Draft {
    let mut draft = draft(register, 2, Event::Other("amend".into()));
    let Content::Event(record) = &mut draft.content else {
        panic!("an event")
    };
    let change = [("field", cbor::text(field)), ("new", cbor::text("fr"))];
    let change = change.map(|(key, value)| (cbor::text(key), value));
    let changes = Value::Array(vec![Value::Map(change.into_iter().collect())]);
    record.unknown.insert(cbor::text("changes"), changes);
    draft
}

#[test]
fn what_makes_the_chain_is_not_amended_by_anyone() {
    let folder = tempfile::tempdir().expect("a folder");
    ledger(folder.path());
    let register = Register::read(&dir(&DISK, folder.path())).expect("reads");
    for field in [
        "language",
        "version",
        "previous",
        "file",
        "identifier",
        "accessRights",
    ] {
        let error = raw_amendment(&register, field).sign(&key(2));
        assert!(matches!(error, Err(DraftError::Unreadable(_))), "{field}");
    }
    // A field may change, but neither to itself, twice at once, nor to nonsense.
    let again = title(Some("Same"), Some("Same"));
    let Event::Amend(mut twice) = title(None, Some("New")) else {
        panic!("an amendment")
    };
    twice.extend(twice.clone());
    let nonsense = Event::Amend(vec![FieldChange {
        field: MetadataField::Issued,
        old: None,
        new: Some(cbor::text("tomorrow")),
    }]);
    for event in [
        again,
        Event::Amend(twice),
        nonsense,
        Event::Amend(Vec::new()),
    ] {
        let error = draft(&register, 2, event.clone()).sign(&key(2));
        assert!(matches!(error, Err(DraftError::Unreadable(_))), "{event:?}");
    }
}

#[test]
fn an_event_reads_back() {
    let folder = tempfile::tempdir().expect("a folder");
    ledger(folder.path());
    let register = Register::read(&dir(&DISK, folder.path())).expect("reads");
    for event in [
        title(None, Some("A title")),
        distribution(Some("Limited"), None),
        Event::AssignSymbol {
            identifier: vec!["A/78/9".into(), "S/2024/9".into()],
            printed: Some("A/78/9–S/2024/9".into()),
        },
        Event::Withdraw,
        Event::Endorse,
    ] {
        let draft = draft(&register, 2, event);
        let (_, statement) = draft.preview().expect("writes");
        let Content::Event(record) = draft.content else {
            panic!("an event")
        };
        assert_eq!(statement.matter, Matter::Event(Box::new(record)));
        assert!(statement.unknown.is_empty(), "{:?}", statement.unknown);
    }
}

fn propose(register: &Register, wanted: Wanted) -> Result<Event, EventRefusal> {
    let request = EventRequest {
        target: 2,
        reason: "a reason".into(),
        wanted,
    };
    propose_event(register, &request).map(|proposal| proposal.record.event)
}

fn amendment(edits: Edits) -> Wanted {
    Wanted::Amend(Box::new(edits))
}

#[test]
fn registration_works_out_old_values_and_refuses_what_changes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let home = folder.path();
    ledger(home);
    let edits = |text: &str| Edits {
        title: Some(text.into()),
        ..Edits::default()
    };
    record_event(home, 2, amendment(edits("First"))).expect("records");
    let register = Register::read(&dir(&DISK, home)).expect("reads");
    let event = propose(&register, amendment(edits("Second")));
    assert_eq!(event, Ok(title(Some("First"), Some("Second"))));
    let unchanged = propose(&register, amendment(edits("First")));
    assert_eq!(unchanged, Err(EventRefusal::Unchanged));
    let unchanged = propose(&register, Wanted::Distribution(None));
    assert_eq!(unchanged, Err(EventRefusal::Unchanged));
    let wrong = Edits {
        distribution: Some("General".into()),
        ..Edits::default()
    };
    let refused = Err(EventRefusal::NotAmendable(NotAmendable::Distribution));
    assert_eq!(propose(&register, amendment(wrong)), refused);
    let control = propose(&register, amendment(edits("a\u{1b}[2J")));
    assert!(
        matches!(control, Err(EventRefusal::Record(_))),
        "{control:?}"
    );
    let symbol = |text: &str| Wanted::AssignSymbol(JointSymbol::parse(text).expect("reads").value);
    let relative = propose(&register, symbol("A/78/1/Rev.1"));
    assert!(
        matches!(relative, Err(EventRefusal::SameFamily { .. })),
        "{relative:?}"
    );
    let taken = propose(&register, symbol("A/78/2"));
    assert!(matches!(taken, Err(EventRefusal::History(_))), "{taken:?}");
    let blank = EventRequest {
        target: 2,
        reason: " ".into(),
        wanted: Wanted::Withdraw,
    };
    assert_eq!(
        propose_event(&register, &blank),
        Err(EventRefusal::NoReason)
    );
    let nothing = EventRequest { target: 0, ..blank };
    assert_eq!(
        propose_event(&register, &nothing),
        Err(EventRefusal::NotADocument(0))
    );
}

#[test]
fn what_was_confirmed_is_what_is_recorded() {
    let folder = tempfile::tempdir().expect("a folder");
    let home = folder.path();
    ledger(home);
    let request = EventRequest {
        target: 2,
        reason: "a reason".into(),
        wanted: Wanted::Distribution(Some("General".into())),
    };
    let register = Register::read(&dir(&DISK, home)).expect("reads");
    let confirmed = propose_event(&register, &request).expect("proposes");
    record_event(home, 2, Wanted::Distribution(Some("Limited".into()))).expect("records");
    let dir = dir(&DISK, home);
    let writer = dir.lock(|| ()).expect("locks");
    let mut appending = Appending::begin(&writer).expect("begins");
    let moved = appending.add_event(&request, Some(&confirmed), &key(2), NOW);
    assert!(matches!(moved, Err(AppendRefusal::Moved)), "{moved:?}");
}

/// The authority of a ledger whose officer is bound to some symbols.
fn authority(scope: &[&str], policy: Policy) -> Authority {
    let public = |number: u8| -> PublicKey { key(number).public() };
    let holder = |number: u8| Holder {
        key: public(number),
        name: None,
        scope: Vec::new(),
    };
    let mut officer = holder(2);
    officer.scope = scope.iter().map(|prefix| (*prefix).to_owned()).collect();
    let opening = Opening {
        origin: "records.example.org/register".into(),
        issuer: "https://records.example.org".into(),
        checkpoint_key: public(3),
        receipt_key: public(4),
        registrars: vec![holder(1)],
        threshold: 1,
        officers: vec![officer],
        recovery: None,
        policy,
        must: Vec::new(),
        unknown: cbor::Map::new(),
        unread: Vec::new(),
    };
    let draft = Draft {
        issuer: opening.issuer.clone(),
        subject: opening.origin.clone(),
        issued_at: NOW,
        content: Content::Governance(Governance::Opening(Box::new(opening))),
    };
    let signed = draft.sign(&key(1)).expect("signs");
    let statement = signed.verified.into_statement();
    Authority::open(leaf_hash(&signed.bytes), statement)
        .expect("opens")
        .0
}

/// Where a statement may say it was made, but for the root.
fn place(authority: &Authority) -> Context {
    Context {
        ledger: authority.ledger_id(),
        on: TreeHead {
            size: 1,
            root: TreeHash::from_bytes([0; 32]),
        },
        authority: authority.newest_governance(),
    }
}

/// What authority says against a statement, but for the root it was made on.
fn judged(authority: &Authority, content: Content, bears: &[&str]) -> Vec<Refusal> {
    let draft = Draft {
        issuer: authority.issuer().to_owned(),
        subject: "any".into(),
        issued_at: NOW,
        content,
    };
    let verified = draft.sign(&key(2)).expect("signs").verified;
    let bears: Vec<_> = bears.iter().map(|symbol| (*symbol).to_owned()).collect();
    let tree = docledger::merkle::Tree::new();
    let mut refusals = authority.check(&verified, 1, &tree, &bears);
    refusals.retain(|refusal| !matches!(refusal, Refusal::OnRoot { .. }));
    refusals
}

fn refusals(authority: &Authority, event: Event, bears: &[&str]) -> Vec<Refusal> {
    let target = LeafHash::from_bytes([0; 32]);
    let record = EventRecord::new(place(authority), event, target, "a reason".into());
    judged(authority, Content::Event(record), bears)
}

#[test]
fn a_new_version_needs_every_symbol_of_its_document_in_scope() {
    let bound = authority(&["A/78"], Policy::default());
    let revise = |named: &[&str], bears: &[&str]| {
        let language = docledger::statement::Language::undetermined();
        let change = docledger::statement::Change::First;
        let mut record = DocumentRecord::new(place(&bound), change, 1, language, 0);
        record.identifier = named.iter().map(|symbol| (*symbol).to_owned()).collect();
        let content = Content::Document {
            digest: ContentDigest::of(b""),
            media_type: "text/plain".into(),
            record: Box::new(record),
        };
        judged(&bound, content, bears)
    };
    assert_eq!(revise(&["A/78/1"], &[]), []);
    assert_eq!(revise(&[], &["A/78/1"]), []);
    let outside = [Refusal::Scope("S/2024/1".into())];
    // To name one half of a joint symbol only is no way around.
    assert_eq!(revise(&["A/78/1"], &["A/78/1", "S/2024/1"]), outside);
    assert_eq!(revise(&["A/78/1", "S/2024/1"], &["A/78/1"]), outside);
}

#[test]
fn every_symbol_that_the_document_bears_or_gets_must_be_in_scope() {
    let bound = authority(&["A/78"], Policy::default());
    let outside = |symbol: &str| vec![Refusal::Scope(symbol.to_owned())];
    assert_eq!(refusals(&bound, Event::Withdraw, &["A/78/1"]), []);
    assert_eq!(
        refusals(&bound, Event::Withdraw, &["A/78/1", "S/2024/1"]),
        outside("S/2024/1")
    );
    let without = refusals(&bound, Event::Withdraw, &[]);
    assert_eq!(without, outside("a document without a symbol"));
    assert_eq!(refusals(&bound, assign(&["A/78/2"]), &["A/78/1"]), []);
    assert_eq!(
        refusals(&bound, assign(&["S/2024/1"]), &["A/78/1"]),
        outside("S/2024/1")
    );
    let unsymboled = authority(&["ni:"], Policy::default());
    assert_eq!(refusals(&unsymboled, Event::Withdraw, &[]), []);
    assert_eq!(
        refusals(&unsymboled, assign(&["A/78/2"]), &[]),
        outside("A/78/2")
    );
}

#[test]
fn an_event_leaves_what_the_policy_asks_for() {
    let policy = Policy {
        required: vec!["title".into()],
        distributions: vec!["General".into()],
        ..Policy::default()
    };
    let authority = authority(&[], policy);
    let blanked = refusals(&authority, title(Some("Old"), None), &["A/78/1"]);
    assert_eq!(blanked, [Refusal::FieldRequired("title".into())]);
    assert_eq!(
        refusals(&authority, title(Some("Old"), Some("New")), &["A/78/1"]),
        []
    );
    let other = refusals(&authority, distribution(None, Some("Secret")), &["A/78/1"]);
    assert_eq!(other, [Refusal::Distribution("Secret".into())]);
    assert_eq!(
        refusals(&authority, distribution(None, Some("General")), &["A/78/1"]),
        []
    );
}

#[test]
fn a_doubtful_relation_is_a_warning_and_refused_at_registration() {
    let relations = |target: &str| {
        let relation = [("kind", "revises"), ("target", target)];
        let relation = relation.map(|(key, value)| (cbor::text(key), cbor::text(value)));
        Event::Amend(vec![FieldChange {
            field: MetadataField::Relations,
            old: None,
            new: Some(Value::Array(vec![Value::Map(
                relation.into_iter().collect(),
            )])),
        }])
    };
    for (target, doubtful) in [("A/78/2", false), ("a/78/1", true), ("A//78", true)] {
        let (verdict, found, _) = both(&[], (2, relations(target)), 2);
        assert_eq!(verdict, Verdict::Verified);
        let codes: Vec<_> = found.iter().map(|(code, _)| *code).collect();
        let expected: &[Code] = if doubtful {
            &[Code::RelationDoubtful]
        } else {
            &[]
        };
        assert_eq!(codes, expected, "{target}");
        assert_eq!(Code::RelationDoubtful.severity(), Severity::Warning);
        let folder = tempfile::tempdir().expect("a folder");
        ledger(folder.path());
        let register = Register::read(&dir(&DISK, folder.path())).expect("reads");
        let edits = Edits {
            relations: Some(vec![docledger::statement::Relation {
                kind: docledger::statement::RelationKind::Revises,
                target: target.to_owned(),
                languages: Vec::new(),
            }]),
            ..Edits::default()
        };
        assert_eq!(
            propose(&register, amendment(edits)).is_err(),
            doubtful,
            "{target}"
        );
    }
}

#[test]
fn an_event_that_asks_for_more_than_is_known_takes_no_effect() {
    let folder = tempfile::tempdir().expect("a folder");
    let home = folder.path();
    let id = ledger(home);
    let withdraw = |conditional: bool| {
        let register = Register::read(&dir(&DISK, home)).expect("reads");
        let mut draft = draft(&register, 2, Event::Withdraw);
        if let (Content::Event(record), true) = (&mut draft.content, conditional) {
            record.must = vec!["until".into()];
            let until = Value::Text("2030".into());
            record.unknown.insert(Value::Text("until".into()), until);
        }
        append_entry(home, draft.sign(&key(2)).expect("signs").bytes);
    };
    let withdrawn = || {
        let register = Register::read(&dir(&DISK, home)).expect("reads");
        let events = register.history().events_of(2).cloned();
        events.and_then(|events| events.withdrawn)
    };
    withdraw(true);
    assert_eq!(verify(home, id).verdict(), Verdict::NotEstablished);
    assert_eq!(withdrawn(), None);
    // For verification nothing was withdrawn yet either.
    withdraw(false);
    assert_eq!(verify(home, id).verdict(), Verdict::NotEstablished);
    assert_eq!(withdrawn(), Some(5));
}
