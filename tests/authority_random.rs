//! Random ledgers, by the rules and around them: nothing that registration takes
//! ever fails verification, and all that read a ledger see the same in it.

#![expect(clippy::disallowed_methods, reason = "tests touch files")]

mod chamber;
mod common;

use std::collections::BTreeMap;

use chamber::{Chamber, RECOVERY, REGISTRAR, compromise, grant, policy, retire, threshold};
use common::bulk::Dice;
use common::{Bytes, DISK, NOW, dir, key, request};
use docledger::authority::Pending;
use docledger::digest::ContentDigest;
use docledger::index::{Answer, Moment, Query, Texts, scan, search};
use docledger::key::PublicKey;
use docledger::log::Growth;
use docledger::registry::{Appending, Edits, EventRequest, Register, Wanted};
use docledger::replay::Suspension;
use docledger::statement::{
    Change, Content, Decision, Event, EventRecord, FieldChange, Governance, GrantedRole, LogKey,
    Matter, MetadataField, Policy,
};
use docledger::store::AppendFiles;
use docledger::symbol::JointSymbol;
use docledger::verify::{Anchor, Code, Report, Severity, verify_ledger};

/// How many random ledgers are made, and how many batches each gets.
const LEDGERS: u64 = 24;
const BATCHES: usize = 8;

/// Keys that sign: registrars, officers, and the recovery key.
const PEOPLE: [u8; 9] = [REGISTRAR, 6, 7, 2, 5, 10, 11, 12, RECOVERY];
const OFFICERS: [u8; 4] = [2, 5, 10, 11];
const SYMBOLS: [&str; 4] = ["A/78/1", "A/78/2", "S/2024/1", "S/2024/2"];

struct NoTexts;

impl Texts for NoTexts {
    fn version(&self) -> &str {
        "1"
    }

    fn text(&self, _: &ContentDigest, _: &str) -> Result<String, String> {
        Err("not read".to_owned())
    }
}

struct World {
    chamber: Chamber,
    dice: Dice,
    /// How many files there were, and keys that nobody had before.
    files: usize,
    fresh: u8,
    is_forced: bool,
    did: Vec<String>,
}

impl World {
    fn new(seed: u64) -> Self {
        let mut dice = Dice(seed);
        let is_forced = dice.below(2) == 0;
        let chamber = Chamber::open();
        for number in [6, 7] {
            chamber.decide(REGISTRAR, grant(number, GrantedRole::Registrar, &[]));
        }
        chamber.decide(REGISTRAR, grant(5, GrantedRole::Officer, &["A/"]));
        Self {
            chamber,
            dice,
            files: 0,
            fresh: 40,
            is_forced,
            did: Vec::new(),
        }
    }

    fn fresh(&mut self) -> u8 {
        self.fresh += 1;
        self.fresh
    }

    fn decision(&mut self, register: &Register) -> Decision {
        let size = register.entries.len();
        match self.dice.below(12) {
            0 => {
                let scope: &[&str] = [&[][..], &["A/"], &["S/"]][self.dice.below(3)];
                grant(self.dice.one(&OFFICERS), GrantedRole::Officer, scope)
            }
            1 => grant(self.dice.one(&PEOPLE), GrantedRole::Registrar, &[]),
            2 => retire(self.dice.one(&PEOPLE)),
            3..=5 => {
                let from = self.dice.below(size + 2) as u64;
                let mut decision = compromise(self.dice.one(&PEOPLE), from);
                if self.dice.below(4) == 0
                    && let Decision::Compromise(what) = &mut decision
                {
                    what.replacement = Some(key(self.fresh()).public());
                }
                decision
            }
            6 => threshold(1 + self.dice.below(3) as u64),
            7 => policy(Policy {
                four_eyes: self.dice.below(2) == 0,
                ..Policy::default()
            }),
            8 => Decision::Rotate {
                log: self.dice.one(&[LogKey::Checkpoint, LogKey::Receipt]),
                key: key(self.fresh()).public(),
            },
            _ => {
                let pending: Vec<_> = register.authority.pending().iter().collect();
                let any = &register.entries[self.dice.below(size)];
                let at = self.dice.below(pending.len().max(1));
                let target = pending.get(at).map_or(any.leaf, |it: &&Pending| it.leaf);
                Decision::Endorse { target }
            }
        }
    }

    fn wanted(&mut self) -> Wanted {
        match self.dice.below(7) {
            0 | 1 => {
                let title = self.dice.one(&["One", "Two"]);
                Wanted::Amend(Box::new(Edits {
                    title: Some(title.into()),
                    ..Edits::default()
                }))
            }
            2 => {
                let symbol = self.dice.one(&["S/2024/7", "A/78/8", "S/2024/1"]);
                Wanted::AssignSymbol(JointSymbol::parse(symbol).expect("a symbol").value)
            }
            3 => Wanted::Withdraw,
            _ => Wanted::Endorse,
        }
    }

    /// One thing by the rules; what they refuse is not done.
    fn step(&mut self, appending: &mut Appending<'_>) {
        let signer = self.dice.one(&PEOPLE);
        let size = appending.register().entries.len();
        let done = match self.dice.below(3) {
            0 => {
                let officer = self.dice.one(&OFFICERS);
                let symbol = self.dice.one(&SYMBOLS);
                self.files += 1;
                let text = format!("file {}\n", self.files).into_bytes();
                let change = self.dice.one(&[None, Some(Change::Revision)]);
                let request = request(&text, symbol, change);
                let contents = Box::leak(Box::new(Bytes(text)));
                let added = appending.add_file(&request, contents, None, &key(officer), NOW);
                added.map(|it| format!("#{} {symbol} by {officer}", it.index))
            }
            1 => {
                let request = EventRequest {
                    target: self.dice.below(size) as u64,
                    reason: "a reason".into(),
                    wanted: self.wanted(),
                };
                let officer = self.dice.one(&OFFICERS);
                let added = appending.add_event(&request, None, &key(officer), NOW);
                added.map(|it| format!("#{} {request:?} by {officer}", it.1))
            }
            _ => {
                let decision = self.decision(appending.register());
                let text = format!("{decision:?} by {signer}");
                let added = appending.add_decision(decision, &key(signer), NOW);
                added.map(|it| format!("#{} {text}", it.index))
            }
        };
        self.did.extend(done);
    }

    fn batch(&mut self) {
        let home = self.chamber.home().to_owned();
        let dir = dir(&DISK, &home);
        let writer = dir.lock(|| ()).expect("locks");
        let mut appending = Appending::begin(&writer).expect("begins");
        let before = appending.register().entries.len();
        for _ in 0..1 + self.dice.below(8) {
            self.step(&mut appending);
        }
        let register = appending.register();
        let size = register.entries.len();
        let signer = *register.authority.checkpoint_key(size as u64);
        if size > before {
            appending.commit(&key(number(&signer))).expect("commits");
        }
    }

    /// One entry that nobody was asked about.
    fn force(&mut self) {
        let register = self.chamber.read();
        let signer = self.dice.one(&PEOPLE);
        let mut context = self.chamber.context();
        if self.dice.below(5) == 0 {
            context.authority = register.entries[0].leaf;
        }
        let about = &register.entries[self.dice.below(register.entries.len())];
        let entry = match self.dice.below(4) {
            0 => {
                let symbol = self.dice.one(&SYMBOLS);
                let entry = self.chamber.document(signer, "forced\n", symbol);
                let digest = ContentDigest::of(b"forced\n").to_string();
                let folder = format!("ledger/documents/sha256/{}", &digest[..2]);
                let folder = self.chamber.home().join(folder);
                std::fs::create_dir_all(&folder).expect("makes");
                std::fs::write(folder.join(&digest), "forced\n").expect("writes");
                entry
            }
            1 => {
                let change = FieldChange {
                    field: MetadataField::Title,
                    old: None,
                    new: Some(docledger::encoding::cbor::text("Three")),
                };
                let event = match self.dice.below(4) {
                    0 => Event::Withdraw,
                    1 => Event::Amend(vec![change]),
                    _ => Event::Endorse,
                };
                let record = EventRecord::new(context, event, about.leaf, "a reason".into());
                let subject = &about.statement.envelope.subject;
                let content = Content::Event(record);
                self.chamber.statement(subject, content, &key(signer))
            }
            2 => {
                let decision = self.decision(&register);
                let content = Content::Governance(Governance::decision(context, decision));
                let origin = register.authority.origin();
                self.chamber.statement(origin, content, &key(signer))
            }
            _ => return,
        };
        self.did
            .push(format!("#{} forced by {signer}", register.entries.len()));
        self.append(register, entry);
    }

    fn append(&self, register: Register, entry: Vec<u8>) {
        let dir = dir(&DISK, self.chamber.home());
        let mut head = register.checkpoint.clone();
        let mut growth = Growth::new(register.tree, register.tail).expect("continues");
        let log = growth.append(vec![entry]).expect("planned");
        (head.size, head.root) = (log.new_size, log.new_root);
        let write = |signer: u8| {
            let files = AppendFiles {
                log: &log,
                documents: Vec::new(),
                checkpoint: head.sign(&key(signer)).expect("signs"),
            };
            let writer = dir.lock(|| ()).expect("locks");
            writer.append(&files).expect("appends");
        };
        let old = *register.authority.checkpoint_key(u64::MAX);
        write(number(&old));
        if Register::read(&dir).is_ok() {
            return;
        }
        // The entry put another key in force.
        for signer in (1..=self.fresh).filter(|it| *it != number(&old)) {
            let text = head.sign(&key(signer)).expect("signs");
            std::fs::write(self.chamber.home().join("ledger/checkpoint"), text).expect("writes");
            if Register::read(&dir).is_ok() {
                return;
            }
        }
        panic!("no key fits the checkpoint");
    }

    fn check(&self) {
        let register = self.chamber.read();
        self.chamber.publish();
        let report = verify_ledger(
            &dir(&DISK, self.chamber.home()),
            Anchor::Id(self.chamber.id),
        );
        if !self.is_forced {
            let worst = report.findings.iter().map(|it| it.code.severity()).max();
            assert_ne!(worst, Some(Severity::Failure), "{:#?}", report.findings);
        }
        check_doubts(&register, &report, self.is_forced);
        check_searches(self, &register);
    }
}

/// The number of a key.
fn number(wanted: &PublicKey) -> u8 {
    let mut numbers = 1..=u8::MAX;
    let found = numbers.find(|number| key(*number).public() == *wanted);
    found.expect("a key of ours")
}

/// What a register doubts is what verification finds.
fn check_doubts(register: &Register, report: &Report, is_forced: bool) {
    let mut found: BTreeMap<u64, Vec<Code>> = BTreeMap::new();
    for finding in &report.findings {
        if let Some(entry) = finding.entry {
            found.entry(entry).or_default().push(finding.code);
        }
    }
    for index in 1..register.entries.len() as u64 {
        let codes = found.remove(&index).unwrap_or_default();
        let doubt = register.doubt(index);
        let is_refused = codes.contains(&Code::AuthorityRefused);
        let is_void = codes.contains(&Code::EntryVoid);
        let entry = register.entry(index).expect("an entry");
        // What stands in the wrong place is for verification to say.
        match entry.statement.matter {
            Matter::Governance(_) => continue,
            Matter::Event(_) if is_forced => continue,
            _ => {}
        }
        assert_eq!(
            doubt.is_some(),
            is_refused || is_void,
            "#{index} {doubt:?} {codes:?}"
        );
        let suspension = register.suspension(index);
        if !is_refused {
            let awaits = codes.contains(&Code::EndorsementMissing);
            assert_eq!(
                suspension == Some(&Suspension::Awaiting),
                awaits,
                "#{index}"
            );
            let is_suspended = matches!(suspension, Some(Suspension::Void(_)));
            assert_eq!(
                is_suspended || doubt.is_some(),
                is_void,
                "#{index} {suspension:?} {codes:?}"
            );
        }
    }
}

type Seen = BTreeMap<u64, (Option<Suspension>, Option<u64>, String)>;

fn seen(answer: &Answer) -> Seen {
    let hits = answer.hits.iter().map(|hit| {
        let record = format!("{} {:?}", hit.number, hit.document.record);
        let suspension = hit.suspension.clone();
        (hit.entry.index, (suspension, hit.withdrawn, record))
    });
    hits.collect()
}

/// The index, a reading of all entries, and the register tell the same.
fn check_searches(world: &World, register: &Register) {
    let dir = dir(&DISK, world.chamber.home());
    for all_versions in [false, true] {
        let mut query = Query::default();
        query.filter.moment = Moment {
            all_versions,
            ..Moment::default()
        };
        let scanned = scan(&dir, &query, &NoTexts).expect("scans");
        let found = search(&dir, &query, &NoTexts, &|_| ()).expect("finds");
        assert_eq!(
            seen(&scanned),
            seen(&found),
            "scan and index, {:?}",
            found.basis
        );
        let mut expected = Seen::new();
        let history = register.history();
        for document in history.documents() {
            for chain in &document.chains {
                let standing = chain.standing().expect("a version");
                for entry in &chain.entries {
                    let stands =
                        entry.version == standing.version && (entry.counts || !standing.counts);
                    if stands || all_versions {
                        let index = entry.index;
                        let record = register.effective(index).expect("a document").record;
                        let events = history.events_of(index);
                        let seen = (
                            register.suspension(index).cloned(),
                            events.and_then(|events| events.withdrawn),
                            format!("{} {record:?}", document.number),
                        );
                        expected.insert(index, seen);
                    }
                }
            }
        }
        assert_eq!(expected, seen(&scanned), "register and scan");
    }
}

fn run(seed: u64) {
    let mut world = World::new(seed);
    let told = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        for _ in 0..BATCHES {
            world.batch();
            if world.is_forced {
                world.force();
            }
            world.check();
        }
    }));
    if let Err(panic) = told {
        // The harness shows it with the failure.
        let told = format!(
            "seed {seed} (SEED={seed} runs it alone):\n{}\n",
            world.did.join("\n")
        );
        std::io::Write::write_all(&mut std::io::stderr(), told.as_bytes()).expect("writes");
        std::panic::resume_unwind(panic);
    }
}

#[test]
fn whatever_is_decided_all_views_agree() {
    let first = std::env::var("SEED").ok().and_then(|it| it.parse().ok());
    if let Some(seed) = first {
        return run(seed);
    }
    for seed in 0..LEDGERS {
        run(seed);
    }
}
