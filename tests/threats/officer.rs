//! An officer's key and the checkpoint key.

use docledger::digest::TreeHash;
use docledger::encoding::cbor::{self, Value};
use docledger::encoding::cose::{Sign1, assemble, sig_structure};
use docledger::statement::{
    Change, Content, Draft, Event, FieldChange, MetadataField, Policy, Relation, RelationKind,
    TreeHead,
};
use docledger::verify::{Code, Verdict};

use crate::chamber::{self, OFFICER, REGISTRAR, compromise, policy, registrar};
use crate::common::NOW;
use crate::power::{DEPUTY, OWN};
use crate::scene::{Scene, record};
use crate::table::{At, Caught};

const CHAINS: &str = "version chains: each version names the one before it";
const AUTHORITY: &str =
    "authority, replayed from entry 0; for a document `status FILE` ends with exit code 1";
const CONTEXT: &str =
    "a statement names its ledger, the tree and the newest decision it was signed on";
const UNKNOWN: &str = "what this version can't weigh is never passed over";

rows! { Officer;
    backdated {
        attack: "Registers a document, and claims yesterday's time.",
        verdict: Verdict::Verified,
        finds: &[(Code::TimeOrder, At::Entry(6))],
        caught: Caught::By("the order is the log's: a claim before an earlier entry's is told"),
    }
    backdated_a_little {
        attack: "Registers a document late, and claims the time of the entry before it.",
        verdict: Verdict::Verified,
        caught: Caught::Not("times are claims; a time stamp or a witness's cosignature between the entries would bound them"),
    }
    clock_ahead {
        attack: "Claims a time ten years ahead; then another officer registers at the right time.",
        verdict: Verdict::Verified,
        finds: &[(Code::TimeOrder, At::Entry(7))],
        caught: Caught::By("the entry after it is told, whose time is before"),
    }
    out_of_scope {
        attack: "Registers a document out of his scope.",
        finds: &[(Code::AuthorityRefused, At::Entry(6))],
        caught: Caught::By(AUTHORITY),
        then: |scene| assert_eq!(scene.status_of("six\n"), Some(1)),
    }
    withdrawn_out_of_scope {
        attack: "Withdraws a document out of his scope.",
        finds: &[(Code::AuthorityRefused, At::Entry(6))],
        caught: Caught::By(AUTHORITY),
    }
    withdrawn_in_scope {
        attack: "Withdraws another officer's document in his scope, for no good reason.",
        verdict: Verdict::Verified,
        caught: Caught::Not("he may; the withdrawal stands in the log under his key, and a policy of four eyes would have it wait"),
    }
    revised_in_scope {
        attack: "Registers a new version of another officer's document in his scope.",
        verdict: Verdict::Verified,
        caught: Caught::Not("he may; the version stands in the chain under his key, and `log` shows both. Four eyes would have it wait"),
    }
    symbol_out_of_scope {
        attack: "Gives a document in his scope a second symbol that is not.",
        finds: &[(Code::AuthorityRefused, At::Entry(6))],
        caught: Caught::By(AUTHORITY),
    }
    required_field_left_out {
        attack: "Leaves out a field that the policy requires.",
        finds: &[(Code::AuthorityRefused, At::Entry(7))],
        caught: Caught::By("the policy in force at the entry"),
    }
    bytes_kept_back {
        attack: "Registers a document and keeps its bytes back.",
        verdict: Verdict::NotEstablished,
        finds: &[(Code::DocumentMissing, At::Entry(6))],
        caught: Caught::By("the statement names bytes that are not there"),
    }
    title_with_control_characters {
        attack: "Registers a document whose title clears the screen.",
        verdict: Verdict::Verified,
        caught: Caught::By("a record is kept as it is, and escaped wherever it is shown"),
        then: |scene| {
            for command in ["show", "log"] {
                let (text, _) = scene.asked(&[command, "A/78/6"]);
                assert!(text.contains("A/78/6") && !text.contains('\u{1b}'), "{text:?}");
            }
        },
    }
    false_record {
        attack: "Registers a document with a title that it does not have.",
        verdict: Verdict::Verified,
        caught: Caught::Not("a record is his word; compare it with the document. Four eyes would have it wait"),
    }
    grants_himself_a_role {
        attack: "Makes himself a registrar.",
        finds: &[(Code::AuthorityRefused, At::Entry(6))],
        caught: Caught::By(AUTHORITY),
    }
    grants_a_key_and_uses_it {
        attack: "Gives a key of his own an officer's role, and registers with it.",
        finds: &[
            (Code::AuthorityRefused, At::Entry(6)),
            (Code::AuthorityRefused, At::Entry(7)),
            (Code::SurplusFile, At::Within("documents")),
        ],
        caught: Caught::By(AUTHORITY),
        then: |scene| assert_eq!(scene.status_of("six\n"), Some(1)),
    }
    another_issuer {
        attack: "Registers in the name of another office.",
        finds: &[(Code::AuthorityRefused, At::Entry(6))],
        caught: Caught::By("the opening names the issuer of every entry"),
    }
    version_left_out {
        attack: "Registers version 4 after version 2.",
        finds: &[(Code::HistoryBroken, At::Entry(6))],
        caught: Caught::By(CHAINS),
    }
    version_forked {
        attack: "Registers a second version 2, beside the one there is.",
        finds: &[
            (Code::HistoryBroken, At::Entry(6)),
            (Code::HistoryBroken, At::Entry(6)),
        ],
        caught: Caught::By(CHAINS),
    }
    wrong_predecessor {
        attack: "Registers version 3 as following another document.",
        finds: &[(Code::HistoryBroken, At::Entry(6))],
        caught: Caught::By(CHAINS),
    }
    silently_replaced {
        attack: "Registers a new first version under a registered symbol.",
        finds: &[(Code::HistoryBroken, At::Entry(6))],
        caught: Caught::By(CHAINS),
    }
    symbol_taken {
        attack: "Registers a document that bears another one's symbol besides its own.",
        finds: &[(Code::HistoryBroken, At::Entry(6))],
        caught: Caught::By("a symbol belongs to one document"),
    }
    symbol_alike {
        attack: "Registers a document under a symbol that differs in letter case only.",
        verdict: Verdict::Verified,
        finds: &[(Code::SymbolDoubtful, At::Entry(6))],
        caught: Caught::By("symbols are compared by what people take for the same"),
    }
    symbol_in_other_letters {
        attack: "Registers a document under another one's symbol, with a letter of another alphabet that looks the same.",
        finds: &[(Code::SymbolDoubtful, At::Entry(6)), (Code::AuthorityRefused, At::Entry(6))],
        caught: Caught::By("symbols are compared by what people take for the same; and no scope covers it"),
    }
    same_bytes_again {
        attack: "Registers the bytes of the current version again, as version 3.",
        verdict: Verdict::Verified,
        caught: Caught::Not("registration refuses it, the log bears it: the chain is whole, and `log` shows both under his key"),
    }
    size_lied_about {
        attack: "Registers a document with a wrong size.",
        finds: &[(Code::HistoryBroken, At::Entry(6))],
        caught: Caught::By("the size is compared with the stored bytes"),
    }
    related_to_itself {
        attack: "Registers a document that revises itself.",
        verdict: Verdict::Verified,
        finds: &[(Code::RelationDoubtful, At::Entry(6))],
        caught: Caught::By("relations are looked at; nothing is proven by them"),
    }
    amended_on_a_false_value {
        attack: "Amends a title, giving an old one that never stood.",
        finds: &[(Code::EventConflict, At::Entry(6))],
        caught: Caught::By("an event names what stood, and is judged in log order"),
    }
    event_about_another_document {
        attack: "Records an event about an entry of another document.",
        finds: &[(Code::TargetUnknown, At::Entry(6))],
        caught: Caught::By("an event names its document and its entry, which must fit"),
    }
    unknown_kind {
        attack: "Records an event of a kind that this version does not know.",
        verdict: Verdict::NotEstablished,
        finds: &[(Code::NotEvaluated, At::Entry(6))],
        caught: Caught::By(UNKNOWN),
    }
    unknown_that_must_be_understood {
        attack: "Registers a document with an unknown key that a reader must understand.",
        verdict: Verdict::NotEstablished,
        finds: &[(Code::NotEvaluated, At::Entry(6))],
        caught: Caught::By(UNKNOWN),
    }
    later_format {
        attack: "Registers a document in a later version of the format.",
        verdict: Verdict::NotEstablished,
        finds: &[
            (Code::NotEvaluated, At::Entry(6)),
            (Code::SurplusFile, At::Within("documents")),
        ],
        caught: Caught::By(UNKNOWN),
    }
    four_eyes_evaded {
        attack: "Registers alone where the policy asks for four eyes.",
        verdict: Verdict::NotEstablished,
        finds: &[(Code::EndorsementMissing, At::Entry(7))],
        caught: Caught::By("the policy: it waits for a second officer and counts for nothing; `status FILE` ends with exit code 3"),
        then: |scene| assert_eq!(scene.status_of("six\n"), Some(3)),
    }
    four_eyes_by_himself {
        attack: "The same, and endorses it himself.",
        finds: &[
            (Code::EndorsementMissing, At::Entry(7)),
            (Code::EventConflict, At::Entry(8)),
        ],
        caught: Caught::By("nobody endorses his own entry"),
    }
    signed_ahead {
        attack: "Signs on a tree that is larger than the log before his entry.",
        finds: &[(Code::ContextMismatch, At::Entry(6))],
        caught: Caught::By(CONTEXT),
    }
    signed_on_an_unpublished_tree {
        attack: "Signs on a tree that never was published, in the middle of an append.",
        finds: &[
            (Code::TileMissing, At::File("tile/0/000.p/7")),
            (Code::BundleMissing, At::File("tile/entries/000.p/7")),
        ],
        caught: Caught::By("tiles of every size that an entry names are called for"),
    }
    signed_on_an_old_tree {
        attack: "Signs on an old tree, so that his entry holds nothing in place that came since.",
        verdict: Verdict::Verified,
        caught: Caught::Not("an entry vouches for the tree it names, not for more; what came since is held by the entries of others"),
    }
    signed_on_another_tree {
        attack: "Signs on a root that the ledger never had.",
        finds: &[(Code::ContextMismatch, At::Entry(6))],
        caught: Caught::By(CONTEXT),
    }
    decision_ignored {
        attack: "Signs as if the newest decision had not been made.",
        finds: &[(Code::ContextMismatch, At::Entry(7))],
        caught: Caught::By(CONTEXT),
    }
    own_entry_rewritten {
        attack: "Replaces an entry of his own that another officer's follows.",
        finds: &[(Code::ContextMismatch, At::Entry(5))],
        caught: Caught::By("each later entry names the tree it was signed on, and he can't sign others'"),
    }
    tail_rewritten {
        attack: "Replaces the end of the log from his own entry on: the newest entry, by another officer, is dropped, and his own says something else.",
        verdict: Verdict::Verified,
        caught: Caught::Not("a head remembered from an earlier verification, a witness's cosignature, or any entry by others on top: only the tail can be rewritten"),
    }
    tail_rewritten_after_verification {
        attack: "The same, verified before.",
        finds: &[(Code::Forked, At::File("checkpoint"))],
        caught: Caught::By("the head remembered"),
    }
    grown_from_a_fork {
        attack: "Shows one auditor a ledger with one entry more, and another auditor one with two other entries more; the first is asked again.",
        finds: &[(Code::Forked, At::File("checkpoint"))],
        caught: Caught::By("the head remembered: what the first auditor saw is no part of what he is shown"),
    }
    stolen_key {
        attack: "A thief registers with the officer's key, and nobody knows.",
        verdict: Verdict::Verified,
        caught: Caught::Not("his key, his signature. Once it is declared compromised from that entry on, it is void; four eyes would have it wait"),
    }
    stolen_key_declared {
        attack: "The same; then a registrar declares the key compromised from that entry on.",
        verdict: Verdict::Verified,
        finds: &[(Code::EntryVoid, At::Entry(6))],
        caught: Caught::By("the declaration: the entry is void until another officer endorses it, earlier ones stay good; `status FILE` ends with exit code 1"),
        then: |scene| {
            assert_eq!(scene.office.current("A/78/6"), None);
            assert_eq!(scene.status_of("six\n"), Some(1));
        },
    }
    stolen_key_after_the_declaration {
        attack: "A thief goes on with a key that was declared compromised.",
        verdict: Verdict::Verified,
        finds: &[(Code::EntryVoid, At::Entry(7))],
        caught: Caught::By("the declaration accounts for whatever the key signs"),
        then: |scene| assert_eq!(scene.office.current("A/78/6"), None),
    }
    thief_endorses_himself {
        attack: "A thief endorses with the stolen key what is void.",
        verdict: Verdict::Verified,
        finds: &[
            (Code::EntryVoid, At::Entry(6)),
            (Code::EntryVoid, At::Entry(8)),
        ],
        caught: Caught::By("only another officer's word counts"),
        then: |scene| assert_eq!(scene.office.current("A/78/6"), None),
    }
}

fn sixth(scene: &Scene) -> Draft {
    scene.draft("six\n", "A/78/6", None)
}

fn third_version(scene: &Scene) -> Draft {
    scene.draft("one, again\n", "A/78/1", Some(Change::Revision))
}

fn at_time(scene: &Scene, time: u64) {
    let mut draft = sixth(scene);
    draft.issued_at = time;
    scene.put(DEPUTY, &draft);
}

fn backdated(scene: &mut Scene) {
    at_time(scene, NOW - 86_400);
}

fn backdated_a_little(scene: &mut Scene) {
    at_time(scene, NOW);
}

fn clock_ahead(scene: &mut Scene) {
    at_time(scene, NOW + 315_360_000);
    scene.office.register(OFFICER, "seven\n", "A/78/7");
}

fn out_of_scope(scene: &mut Scene) {
    scene.put_document(DEPUTY, "six\n", "S/2024/6");
}

fn withdrawn_out_of_scope(scene: &mut Scene) {
    scene.put(DEPUTY, &scene.event("S/2024/1", 5, Event::Withdraw));
}

fn withdrawn_in_scope(scene: &mut Scene) {
    scene.put(DEPUTY, &scene.event("A/78/2", 3, Event::Withdraw));
}

fn revised_in_scope(scene: &mut Scene) {
    let change = Some(Change::Revision);
    scene.put(DEPUTY, &scene.draft("two, revised\n", "A/78/2", change));
}

fn symbol_out_of_scope(scene: &mut Scene) {
    let assign = Event::AssignSymbol {
        identifier: vec!["S/2024/6".into()],
        printed: None,
    };
    scene.put(DEPUTY, &scene.event("A/78/2", 3, assign));
}

fn required_field_left_out(scene: &mut Scene) {
    let required = Policy {
        required: vec!["title".into()],
        ..Policy::default()
    };
    let mut draft = sixth(scene);
    scene.office.decide(REGISTRAR, policy(required));
    record(&mut draft).context = scene.office.context();
    scene.put(DEPUTY, &draft);
}

fn bytes_kept_back(scene: &mut Scene) {
    scene.put(DEPUTY, &sixth(scene));
    scene.remove(&scene.document_path("six\n"));
}

fn title_with_control_characters(scene: &mut Scene) {
    let mut draft = sixth(scene);
    record(&mut draft).title = Some("\u{1b}[2JVERIFIED".into());
    scene.put(DEPUTY, &draft);
}

fn false_record(scene: &mut Scene) {
    let mut draft = sixth(scene);
    record(&mut draft).title = Some("Another title".into());
    scene.put(DEPUTY, &draft);
}

fn grants_himself_a_role(scene: &mut Scene) {
    scene.put(DEPUTY, &scene.decision(registrar(OWN)));
}

fn grants_a_key_and_uses_it(scene: &mut Scene) {
    scene.put(DEPUTY, &scene.decision(chamber::officer(OWN)));
    scene.put_document(OWN, "six\n", "A/78/6");
}

fn another_issuer(scene: &mut Scene) {
    let mut draft = sixth(scene);
    draft.issuer = "https://other.example.org".into();
    scene.put(DEPUTY, &draft);
}

fn version_left_out(scene: &mut Scene) {
    let mut draft = third_version(scene);
    record(&mut draft).version = 4;
    scene.put(DEPUTY, &draft);
}

fn version_forked(scene: &mut Scene) {
    let mut draft = third_version(scene);
    let first = scene.office.read().entry(2).expect("an entry").leaf;
    record(&mut draft).version = 2;
    record(&mut draft).previous = Some(first);
    scene.put(DEPUTY, &draft);
}

fn wrong_predecessor(scene: &mut Scene) {
    let mut draft = third_version(scene);
    let other = scene.office.read().entry(3).expect("an entry").leaf;
    record(&mut draft).previous = Some(other);
    scene.put(DEPUTY, &draft);
}

fn silently_replaced(scene: &mut Scene) {
    let mut draft = third_version(scene);
    let record = record(&mut draft);
    (record.change, record.version, record.previous) = (Change::First, 1, None);
    scene.put(DEPUTY, &draft);
}

fn symbol_taken(scene: &mut Scene) {
    let mut draft = sixth(scene);
    record(&mut draft).identifier.push("A/78/2".into());
    scene.put(DEPUTY, &draft);
}

fn symbol_alike(scene: &mut Scene) {
    let mut draft = sixth(scene);
    draft.subject = "a/78/2".into();
    record(&mut draft).identifier = vec!["a/78/2".into()];
    scene.put(DEPUTY, &draft);
}

fn symbol_in_other_letters(scene: &mut Scene) {
    let mut draft = sixth(scene);
    let alike = "\u{410}/78/2";
    draft.subject = alike.into();
    record(&mut draft).identifier = vec![alike.into()];
    scene.put(DEPUTY, &draft);
}

fn same_bytes_again(scene: &mut Scene) {
    let (text, mut draft) = (crate::scene::TEXTS[2], third_version(scene));
    scene.remove(&scene.document_path("one, again\n"));
    if let Content::Document { digest, record, .. } = &mut draft.content {
        *digest = docledger::digest::ContentDigest::of(text.as_bytes());
        record.size = text.len() as u64;
    }
    scene.put(DEPUTY, &draft);
}

fn size_lied_about(scene: &mut Scene) {
    let mut draft = sixth(scene);
    record(&mut draft).size = 5;
    scene.put(DEPUTY, &draft);
}

fn related_to_itself(scene: &mut Scene) {
    let mut draft = sixth(scene);
    record(&mut draft).relations = vec![Relation {
        kind: RelationKind::Revises,
        target: "A/78/6".into(),
        languages: Vec::new(),
    }];
    scene.put(DEPUTY, &draft);
}

fn amended_on_a_false_value(scene: &mut Scene) {
    let change = FieldChange {
        field: MetadataField::Title,
        old: Some(cbor::text("A title")),
        new: Some(cbor::text("Another title")),
    };
    scene.put(
        DEPUTY,
        &scene.event("A/78/2", 3, Event::Amend(vec![change])),
    );
}

fn event_about_another_document(scene: &mut Scene) {
    scene.put(DEPUTY, &scene.event("A/78/2", 2, Event::Withdraw));
}

fn unknown_kind(scene: &mut Scene) {
    let hold = Event::Other("hold".into());
    scene.put(DEPUTY, &scene.event("A/78/2", 3, hold));
}

fn unknown_that_must_be_understood(scene: &mut Scene) {
    let mut draft = sixth(scene);
    let record = record(&mut draft);
    record.unknown.insert(cbor::text("embargo"), cbor::int(1));
    record.must = vec!["embargo".into()];
    scene.put(DEPUTY, &draft);
}

/// The entry in another version of the format, signed again.
fn in_version(scene: &Scene, entry: &[u8], version: i128) -> Vec<u8> {
    let message = Sign1::parse(entry).expect("a message");
    let mut header = message.header().clone();
    let Some(Value::Map(claims)) = header.get_mut(&cbor::int(15)) else {
        panic!("claims")
    };
    let label = cbor::int(docledger::statement::DOCUMENT_RECORD);
    let Some(Value::Map(record)) = claims.get_mut(&label) else {
        panic!("a record")
    };
    record.insert(cbor::text("v"), cbor::int(version));
    let (protected, payload) = (cbor::encode_map(&header), message.payload().expect("some"));
    let signature = scene.key(DEPUTY).sign(&sig_structure(&protected, payload));
    assemble(&protected, payload, &signature)
}

fn later_format(scene: &mut Scene) {
    let entry = scene.sign(DEPUTY, &sixth(scene));
    scene.append(in_version(scene, &entry, 2));
}

fn ask_for_four_eyes(scene: &Scene) {
    let four_eyes = Policy {
        four_eyes: true,
        ..Policy::default()
    };
    scene.office.decide(REGISTRAR, policy(four_eyes));
}

fn four_eyes_evaded(scene: &mut Scene) {
    ask_for_four_eyes(scene);
    scene.put(DEPUTY, &sixth(scene));
}

fn four_eyes_by_himself(scene: &mut Scene) {
    four_eyes_evaded(scene);
    scene.put(DEPUTY, &scene.event("A/78/6", 7, Event::Endorse));
}

fn signed_ahead(scene: &mut Scene) {
    let mut draft = sixth(scene);
    record(&mut draft).context.on.size = 9;
    scene.put(DEPUTY, &draft);
}

fn signed_on_an_unpublished_tree(scene: &mut Scene) {
    scene.office.register_two(OFFICER);
    let root = scene.office.read().tree.root_at(7).expect("grown");
    let mut draft = scene.draft("nine\n", "A/78/9", None);
    record(&mut draft).context.on = TreeHead { size: 7, root };
    scene.put(DEPUTY, &draft);
    // Rewriting made the tiles of every size.
    scene.remove("ledger/tile/0/000.p/7");
    scene.remove("ledger/tile/entries/000.p/7");
}

fn signed_on_an_old_tree(scene: &mut Scene) {
    let mut draft = sixth(scene);
    let root = scene.office.read().tree.root_at(4).expect("grown");
    record(&mut draft).context.on = TreeHead { size: 4, root };
    scene.put(DEPUTY, &draft);
}

fn signed_on_another_tree(scene: &mut Scene) {
    let mut draft = sixth(scene);
    record(&mut draft).context.on.root = TreeHash::from_bytes([7; 32]);
    scene.put(DEPUTY, &draft);
}

fn decision_ignored(scene: &mut Scene) {
    let before = scene.office.context().authority;
    scene.office.decide(REGISTRAR, registrar(6));
    let mut draft = sixth(scene);
    record(&mut draft).context.authority = before;
    scene.put(DEPUTY, &draft);
}

/// Cuts the log to `size` entries, with the bytes of what is cut off.
fn cut(scene: &Scene, size: usize) {
    scene.rewritten(|entries| entries.truncate(size));
    for text in &crate::scene::TEXTS[size - 2..] {
        scene.remove(&scene.document_path(text));
    }
}

fn own_entry_rewritten(scene: &mut Scene) {
    let newest = scene.entries().pop().expect("an entry");
    cut(scene, 4);
    let draft = scene.draft("another\n", "A/78/1", Some(Change::Revision));
    scene.put(DEPUTY, &draft);
    scene.append(newest);
    scene.store(crate::scene::TEXTS[3]);
}

fn tail_rewritten(scene: &mut Scene) {
    cut(scene, 4);
    let draft = scene.draft("another\n", "A/78/1", Some(Change::Revision));
    scene.put(DEPUTY, &draft);
}

fn tail_rewritten_after_verification(scene: &mut Scene) {
    scene.remember();
    tail_rewritten(scene);
    scene.put_document(DEPUTY, "six\n", "A/78/6");
}

fn grown_from_a_fork(scene: &mut Scene) {
    let before = scene.entries();
    scene.put_document(DEPUTY, "for one\n", "A/78/6");
    scene.remember();
    scene.rewrite(before);
    scene.remove(&scene.document_path("for one\n"));
    scene.put_document(DEPUTY, "for the other\n", "A/78/6");
    scene.put_document(DEPUTY, "one more\n", "A/78/7");
}

fn stolen_key(scene: &mut Scene) {
    scene.put(DEPUTY, &sixth(scene));
}

fn stolen_key_declared(scene: &mut Scene) {
    scene.put(DEPUTY, &sixth(scene));
    scene.office.decide(REGISTRAR, compromise(DEPUTY, 6));
}

fn stolen_key_after_the_declaration(scene: &mut Scene) {
    scene.office.decide(REGISTRAR, compromise(DEPUTY, 6));
    scene.put(DEPUTY, &sixth(scene));
}

fn thief_endorses_himself(scene: &mut Scene) {
    stolen_key_declared(scene);
    scene.put(DEPUTY, &scene.event("A/78/6", 6, Event::Endorse));
}
