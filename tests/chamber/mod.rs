//! A ledger with several registrars and officers, whose keys are numbers.

#![allow(dead_code, unreachable_pub, reason = "each test uses its part")]

use std::path::Path;

use docledger::digest::{ContentDigest, LedgerId};
use docledger::key::SecretKey;
use docledger::registry::{
    AppendRefusal, Appending, Decided, EventRequest, Founding, FoundingKeys, Register, Wanted,
    open_ledger,
};
use docledger::statement::{
    Change, Compromise, Content, Context, Decision, Document, DocumentRecord, Draft, Governance,
    GrantedRole, Holder, Policy,
};
use docledger::store::KeyDir;
use docledger::verify::{Anchor, Code, Report, Severity, Verdict, verify_ledger};

use crate::common::{Bytes, DISK, NOW, append_entry, context, dir, key, request};

/// The numbers of keys, by what they are for.
pub const REGISTRAR: u8 = 1;
pub const OFFICER: u8 = 2;
pub const CHECKPOINT: u8 = 3;
pub const RECOVERY: u8 = 9;

/// A ledger in a folder of its own.
pub struct Chamber {
    folder: tempfile::TempDir,
    pub id: LedgerId,
    /// The number of the checkpoint key in use.
    pub checkpoint: u8,
}

impl Chamber {
    /// One registrar, one officer, and a recovery key.
    pub fn open() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let keys = FoundingKeys {
            registrar: key(REGISTRAR),
            officer: key(OFFICER),
            checkpoint: key(CHECKPOINT),
            receipt: key(4),
            recovery: Some(key(RECOVERY).public()),
        };
        let founding = Founding {
            origin: "records.example.org/register".into(),
            issuer: "https://records.example.org".into(),
            registrar: Some("Registrar".into()),
            officer: Some("Officer".into()),
            now: NOW,
        };
        let dir = dir(&DISK, folder.path());
        let writer = dir.lock(|| ()).expect("locks");
        let id = open_ledger(&writer, &founding, &keys).expect("opens");
        drop(writer);
        let chamber = Self {
            folder,
            id,
            checkpoint: CHECKPOINT,
        };
        chamber.publish();
        chamber
    }

    /// One that was opened before, by its files.
    pub fn of_files(id: LedgerId, files: &[(String, Vec<u8>)]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, bytes) in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("makes");
            std::fs::write(path, bytes).expect("writes");
        }
        Self {
            folder,
            id,
            checkpoint: CHECKPOINT,
        }
    }

    pub fn home(&self) -> &Path {
        self.folder.path()
    }

    pub fn read(&self) -> Register {
        Register::read(&dir(&DISK, self.home())).expect("reads")
    }

    /// Writes the public files as the ledger has them.
    pub fn publish(&self) {
        let keys = KeyDir::new(&DISK, &self.home().join("keys"));
        for file in self.read().authority.public_files() {
            keys.write_public(&file.name, &file.text).expect("writes");
        }
    }

    /// A decision that is recorded by the rules.
    pub fn try_decide(&self, signer: u8, decision: Decision) -> Result<Decided, AppendRefusal> {
        let dir = dir(&DISK, self.home());
        let writer = dir.lock(|| ()).expect("locks");
        let mut appending = Appending::begin(&writer)?;
        let decided = appending.add_decision(decision, &key(signer), NOW)?;
        appending.commit(&key(self.checkpoint))?;
        drop(writer);
        self.publish();
        Ok(decided)
    }

    /// Its entry.
    pub fn decide(&self, signer: u8, decision: Decision) -> u64 {
        self.try_decide(signer, decision).expect("decides").index
    }

    /// Registers a file by the rules.
    pub fn try_register(
        &self,
        signer: u8,
        text: &str,
        symbol: &str,
        change: Option<Change>,
    ) -> Result<u64, AppendRefusal> {
        let dir = dir(&DISK, self.home());
        let writer = dir.lock(|| ()).expect("locks");
        let mut appending = Appending::begin(&writer)?;
        let contents = Bytes(text.as_bytes().to_vec());
        let request = request(text.as_bytes(), symbol, change);
        let registered = appending.add_file(&request, &contents, None, &key(signer), NOW)?;
        let index = registered.index;
        appending.commit(&key(self.checkpoint))?;
        Ok(index)
    }

    /// Its entry.
    pub fn register(&self, signer: u8, text: &str, symbol: &str) -> u64 {
        let registered = self.try_register(signer, text, symbol, None);
        registered.expect("registers")
    }

    /// A revision's entry.
    pub fn revise(&self, signer: u8, text: &str, symbol: &str) -> u64 {
        let revised = self.try_register(signer, text, symbol, Some(Change::Revision));
        revised.expect("registers")
    }

    /// Registers A/78/6 and A/78/7 in one append.
    pub fn register_two(&self, signer: u8) {
        let dir = dir(&DISK, self.home());
        let writer = dir.lock(|| ()).expect("locks");
        let mut appending = Appending::begin(&writer).expect("begins");
        let [six, seven] = ["six\n", "seven\n"].map(|text| Bytes(text.into()));
        for (contents, symbol) in [(&six, "A/78/6"), (&seven, "A/78/7")] {
            let request = request(&contents.0, symbol, None);
            let added = appending.add_file(&request, contents, None, &key(signer), NOW);
            added.expect("registers");
        }
        appending.commit(&key(self.checkpoint)).expect("commits");
    }

    /// Records an event by the rules.
    pub fn try_event(&self, signer: u8, target: u64, wanted: Wanted) -> Result<u64, AppendRefusal> {
        let dir = dir(&DISK, self.home());
        let writer = dir.lock(|| ()).expect("locks");
        let mut appending = Appending::begin(&writer)?;
        let request = EventRequest {
            target,
            reason: "a reason".into(),
            wanted,
        };
        let (_, index) = appending.add_event(&request, None, &key(signer), NOW)?;
        appending.commit(&key(self.checkpoint))?;
        Ok(index)
    }

    /// Its entry.
    pub fn endorse(&self, signer: u8, target: u64) -> u64 {
        let endorsed = self.try_event(signer, target, Wanted::Endorse);
        endorsed.expect("endorses")
    }

    pub fn context(&self) -> Context {
        context(&self.read())
    }

    /// A statement, whatever it says.
    pub fn statement(&self, subject: &str, content: Content, signer: &SecretKey) -> Vec<u8> {
        let draft = Draft {
            issuer: "https://records.example.org".into(),
            subject: subject.into(),
            issued_at: NOW,
            content,
        };
        draft.sign(signer).expect("signs").bytes
    }

    /// Appends a decision without asking anybody; its entry.
    pub fn force_decision(&self, signer: u8, decision: Decision) -> u64 {
        let governance = Governance::decision(self.context(), decision);
        let content = Content::Governance(governance);
        let origin = "records.example.org/register";
        self.force(self.statement(origin, content, &key(signer)))
    }

    /// The statement of a first version, whatever its signer may.
    pub fn document(&self, signer: u8, text: &str, symbol: &str) -> Vec<u8> {
        let language = "en".parse().expect("a language");
        let size = text.len() as u64;
        let mut record = DocumentRecord::new(self.context(), Change::First, 1, language, size);
        record.identifier = vec![symbol.into()];
        let content = Content::Document {
            digest: ContentDigest::of(text.as_bytes()),
            media_type: "text/plain".into(),
            record: Box::new(record),
        };
        self.statement(symbol, content, &key(signer))
    }

    /// Appends a document without asking anybody; its entry.
    pub fn force_document(&self, signer: u8, text: &str, symbol: &str) -> u64 {
        let digest = ContentDigest::of(text.as_bytes()).to_string();
        let folder = format!("ledger/documents/sha256/{}", &digest[..2]);
        let folder = self.home().join(folder);
        std::fs::create_dir_all(&folder).expect("makes");
        std::fs::write(folder.join(&digest), text).expect("writes");
        self.force(self.document(signer, text, symbol))
    }

    /// Appends an entry without asking anybody; its index.
    pub fn force(&self, entry: Vec<u8>) -> u64 {
        let index = self.read().checkpoint.size;
        append_entry(self.home(), entry);
        index
    }

    pub fn verify(&self) -> Report {
        verify_ledger(&dir(&DISK, self.home()), Anchor::Id(self.id))
    }

    /// The verdict, and what was found of at least a severity.
    pub fn found(&self, severity: Severity) -> (Verdict, Vec<(Code, Option<u64>)>) {
        let report = self.verify();
        let found = report.findings.iter();
        let found = found.filter(|finding| finding.code.severity() >= severity);
        let found = found.map(|finding| (finding.code, finding.entry)).collect();
        (report.verdict(), found)
    }

    /// Verified, and nothing was found but these.
    pub fn assert_verified(&self, expected: &[(Code, Option<u64>)]) {
        let report = self.verify();
        let found: Vec<_> = report
            .findings
            .iter()
            .map(|finding| (finding.code, finding.entry))
            .collect();
        assert_eq!(found, expected, "{:#?}", report.findings);
        assert_eq!(report.verdict(), Verdict::Verified);
        let size = report.head.as_ref().map(|head| head.size);
        assert_eq!(Some(report.checked.entries), size);
        assert_eq!(Some(report.checked.signatures), size);
        assert_eq!(report.not_checked, [""; 0]);
    }

    /// Failed, by one finding at an entry, with this in its message.
    pub fn assert_failed(&self, code: Code, entry: u64, message: &str) {
        let report = self.verify();
        assert_eq!(report.verdict(), Verdict::Failed, "{:#?}", report.findings);
        let failures: Vec<_> = report
            .findings
            .iter()
            .filter(|finding| finding.code.severity() == Severity::Failure)
            .collect();
        let [failure] = failures.as_slice() else {
            panic!("{failures:#?}")
        };
        assert_eq!((failure.code, failure.entry), (code, Some(entry)));
        assert!(failure.message.contains(message), "{}", failure.message);
    }

    /// The current version of a document in English, by its entry.
    pub fn current(&self, symbol: &str) -> Option<u64> {
        let register = self.read();
        let document = register.history().by_subject(symbol)?;
        Some(document.chains.first()?.current()?.index)
    }
}

pub fn grant(number: u8, role: GrantedRole, scope: &[&str]) -> Decision {
    let holder = Holder {
        key: key(number).public(),
        name: None,
        scope: scope.iter().map(|it| (*it).to_owned()).collect(),
    };
    Decision::Grant { role, holder }
}

pub fn officer(number: u8) -> Decision {
    grant(number, GrantedRole::Officer, &[])
}

pub fn registrar(number: u8) -> Decision {
    grant(number, GrantedRole::Registrar, &[])
}

pub fn retire(number: u8) -> Decision {
    let kid = key(number).public().thumbprint();
    Decision::Retire { kid, reason: None }
}

pub fn compromise(number: u8, from: u64) -> Decision {
    Decision::Compromise(Compromise {
        kid: key(number).public().thumbprint(),
        from,
        reason: "stolen".into(),
        replacement: None,
    })
}

pub fn threshold(needed: u64) -> Decision {
    Decision::Policy {
        policy: Box::default(),
        threshold: Some(needed),
    }
}

pub fn policy(policy: Policy) -> Decision {
    Decision::Policy {
        policy: Box::new(policy),
        threshold: None,
    }
}

/// What endorses the decision at an entry.
pub fn agree(chamber: &Chamber, index: u64) -> Decision {
    let register = chamber.read();
    let target = register.entry(index).expect("an entry").leaf;
    Decision::Endorse { target }
}

/// What an append was refused for.
pub fn why<T>(result: Result<T, AppendRefusal>) -> String {
    match result {
        Ok(_) => panic!("it is not refused"),
        Err(refusal) => refusal.to_string(),
    }
}

/// A document of a register, for tests that look at records.
pub fn document(register: &Register, index: u64) -> Document {
    register.effective(index).expect("a document")
}
