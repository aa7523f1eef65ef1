//! The office with its ledger, and an attacker who has what his power gives.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use docledger::digest::{ContentDigest, LedgerId};
use docledger::key::SecretKey;
use docledger::log::{Checkpoint, Growth, Item, SignedCheckpoint, read_bundle};
use docledger::merkle::tile::{Row, TileId};
use docledger::registry::{Proposal, propose};
use docledger::statement::{
    Change, Content, Decision, DocumentRecord, Draft, Event, EventRecord, Governance, GrantedRole,
};
use docledger::store::{KeptHead, Pin, StateDir, layout};
use docledger::verify::{Anchor, Remembered, Report, Verdict, verify_growth};

use crate::chamber::{Chamber, OFFICER, REGISTRAR, grant};
use crate::common::{DISK, NOW, contents, dir, key, request};
pub(crate) use crate::office::copy;
use crate::power::{DEPUTY, Power};
use crate::table::Anchored;

/// What the entries of the office's ledger hold, from entry 2 on.
pub(crate) const TEXTS: [&str; 4] = ["one\n", "two\n", "one, revised\n", "three\n"];

/// The files of the office, made once.
static OFFICE: OnceLock<(LedgerId, Files)> = OnceLock::new();

/// Names and bytes.
type Files = Vec<(String, Vec<u8>)>;

fn office() -> (LedgerId, Files) {
    let office = Chamber::open();
    let scope = &["A/", "ni:"];
    office.decide(REGISTRAR, grant(DEPUTY, GrantedRole::Officer, scope));
    office.register(OFFICER, TEXTS[0], "A/78/1");
    office.register(OFFICER, TEXTS[1], "A/78/2");
    office.revise(DEPUTY, TEXTS[2], "A/78/1");
    office.register(OFFICER, TEXTS[3], "S/2024/1");
    (office.id, contents(office.home(), ""))
}

/// An office before and during an attack. Whatever goes through `office` is done
/// by honest people; everything else by the attacker.
pub(crate) struct Scene {
    pub(crate) office: Chamber,
    power: Power,
    /// The auditor's own folder.
    auditor: tempfile::TempDir,
}

impl Scene {
    /// The ledger that the page describes.
    pub(crate) fn new(power: Power) -> Self {
        let (id, files) = OFFICE.get_or_init(office);
        let office = Chamber::of_files(*id, files);
        let auditor = tempfile::tempdir().expect("a folder");
        Self {
            office,
            power,
            auditor,
        }
    }

    /// The auditor's folder belongs to this ledger.
    pub(crate) fn pin(&self) {
        let ledger = self.office.home().join("ledger");
        let ledger = ledger.canonicalize().expect("a folder");
        let pin = Pin {
            ledger_id: self.office.id,
            when: "2024-02-20T00:00:00Z".into(),
            how: "init".into(),
            folder: Some(ledger.to_string_lossy().into_owned()),
        };
        self.state("pinned").pin(&pin).expect("pins");
    }

    fn state_path(&self, name: &str) -> PathBuf {
        self.auditor.path().join(name)
    }

    fn state(&self, name: &str) -> StateDir<'static> {
        StateDir::new(&DISK, &self.state_path(name))
    }

    /// The auditor verifies, and remembers the head.
    pub(crate) fn remember(&self) {
        let report = self.verify(Anchored::ById);
        assert_eq!(report.verdict(), Verdict::Verified, "{report:#?}");
        let head = report.head.expect("a head");
        let kept = KeptHead {
            ledger_id: self.office.id,
            size: head.size,
            root: head.root,
            when: "2024-02-20T00:00:00Z".into(),
        };
        self.state("plain").keep_head(&kept).expect("keeps");
    }

    /// What the library says.
    pub(crate) fn verify(&self, anchored: Anchored) -> Report {
        let anchor = match anchored {
            Anchored::ById | Anchored::ByPin => Anchor::Id(self.office.id),
            Anchored::Not => Anchor::None,
        };
        let kept = self.state("plain").head(self.office.id).expect("reads");
        let remembered = kept.map(|head| Remembered {
            size: head.size,
            root: head.root,
            when: head.when,
        });
        verify_growth(&dir(&DISK, self.office.home()), anchor, remembered.as_ref())
    }

    /// What `verify` of the program prints, and its exit code.
    pub(crate) fn program_verify(
        &self,
        anchored: Anchored,
        flags: &[&str],
    ) -> (String, Option<i32>) {
        let id = self.office.id.to_string();
        match anchored {
            Anchored::ById => {
                let arguments = [&["verify", "--ledger-id", &id], flags].concat();
                self.program("plain", &arguments)
            }
            Anchored::ByPin => self.program("pinned", &[&["verify"], flags].concat()),
            Anchored::Not => self.program("plain", &[&["verify"], flags].concat()),
        }
    }

    /// What the program prints to its auditor, and its exit code.
    pub(crate) fn asked(&self, arguments: &[&str]) -> (String, Option<i32>) {
        self.program("plain", arguments)
    }

    /// The exit code of `status` for a loose file.
    pub(crate) fn status_of(&self, text: &str) -> Option<i32> {
        let path = self.loose_file("loose.txt", text.as_bytes());
        self.asked(&["status", path.to_str().expect("text")]).1
    }

    /// What the program says when it refuses a command to the auditor whose
    /// folder is pinned.
    pub(crate) fn refused(&self, arguments: &[&str]) -> String {
        let output = self.command("pinned", arguments).output().expect("runs");
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        String::from_utf8(output.stderr).expect("text")
    }

    fn command(&self, state: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_docledger"));
        command.current_dir(self.auditor.path());
        command.arg("--home").arg(self.office.home());
        command.arg("--state").arg(self.state_path(state));
        command.args(arguments);
        command
    }

    fn program(&self, state: &str, arguments: &[&str]) -> (String, Option<i32>) {
        let output = self.command(state, arguments).output().expect("runs");
        let told = String::from_utf8_lossy(&output.stderr);
        assert_ne!(output.status.code(), Some(2), "{arguments:?}: {told}");
        let text = String::from_utf8(output.stdout).expect("text");
        (text, output.status.code())
    }

    /// A file of the auditor's, or of whoever shows one.
    pub(crate) fn loose_file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.auditor.path().join(name);
        std::fs::write(&path, bytes).expect("writes");
        path
    }

    // What follows is the attacker's.

    /// A secret key, if he has it.
    pub(crate) fn key(&self, number: u8) -> SecretKey {
        let has = self.power.keys().contains(&number);
        assert!(has, "{:?} does not hold key {number}", self.power);
        key(number)
    }

    /// A path, if he can write there.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        assert!(self.power.has_disk(), "{:?} has no disk", self.power);
        self.office.home().join(name)
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).expect("reads")
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("makes");
        std::fs::write(path, bytes).expect("writes");
    }

    pub(crate) fn remove(&self, name: &str) {
        let path = self.path(name);
        if path.is_dir() {
            std::fs::remove_dir_all(path).expect("removes");
        } else {
            std::fs::remove_file(path).expect("removes");
        }
    }

    /// Turns a bit of a byte, counted from the end.
    pub(crate) fn flip(&self, name: &str, from_end: usize) {
        let mut bytes = self.read(name);
        let place = bytes.len() - from_end;
        bytes[place] ^= 1;
        self.write(name, bytes);
    }

    /// Puts a symbolic link in the place of what stands there, which lies
    /// elsewhere from then on.
    pub(crate) fn link(&self, name: &str) {
        let elsewhere = self.auditor.path().join("elsewhere");
        std::fs::rename(self.path(name), &elsewhere).expect("moves");
        std::os::unix::fs::symlink(&elsewhere, self.path(name)).expect("links");
    }

    /// Where a document's bytes are.
    pub(crate) fn document_path(&self, text: &str) -> String {
        let digest = ContentDigest::of(text.as_bytes());
        let path = layout::path_of(&Item::Content(digest));
        format!("ledger/{}", path.expect("a place"))
    }

    /// Puts a document's bytes where they belong.
    pub(crate) fn store(&self, text: &str) {
        self.write(&self.document_path(text), text);
    }

    pub(crate) fn copy_all(&self, from: &Path, name: &str) {
        copy(from, &self.path(name));
    }

    /// The ledger as it is, kept aside.
    pub(crate) fn backup(&self) -> PathBuf {
        let aside = self.auditor.path().join("backup");
        copy(&self.path("ledger"), &aside);
        aside
    }

    /// The newest bundle's path.
    pub(crate) fn bundle(&self) -> String {
        let tile = TileId::new(Row::Entries, 0, self.size()).expect("a tile");
        format!("ledger/{}", tile.path())
    }

    fn size(&self) -> u16 {
        let checkpoint = self.read("ledger/checkpoint");
        let signed = SignedCheckpoint::parse(&checkpoint).expect("a checkpoint");
        u16::try_from(signed.unverified().size).expect("small")
    }

    /// All entries.
    pub(crate) fn entries(&self) -> Vec<Vec<u8>> {
        let bytes = self.read(&self.bundle());
        let entries = read_bundle(&bytes, self.size()).expect("a bundle");
        entries.into_iter().map(<[u8]>::to_vec).collect()
    }

    /// Writes a whole new log over the old one and signs its checkpoint.
    pub(crate) fn rewrite(&self, entries: Vec<Vec<u8>>) {
        self.remove("ledger/tile");
        let mut growth = Growth::default();
        for entry in entries {
            let append = growth.append(vec![entry]).expect("planned");
            for (tile, bytes) in append.tiles {
                self.write(&format!("ledger/{}", tile.path()), bytes);
            }
        }
        let head = Checkpoint {
            origin: "records.example.org/register".into(),
            size: growth.tree().size(),
            root: growth.tree().root(),
        };
        self.sign_checkpoint(&head, self.office.checkpoint);
    }

    pub(crate) fn sign_checkpoint(&self, head: &Checkpoint, by: u8) {
        let text = head.sign(&self.key(by)).expect("signs");
        self.write("ledger/checkpoint", text);
    }

    /// Changes the list of entries, and writes the log anew.
    pub(crate) fn rewritten(&self, change: impl FnOnce(&mut Vec<Vec<u8>>)) {
        let mut entries = self.entries();
        change(&mut entries);
        self.rewrite(entries);
    }

    /// Appends an entry past the program.
    pub(crate) fn append(&self, entry: Vec<u8>) {
        self.rewritten(|entries| entries.push(entry));
    }

    /// The draft of what the program would register next, with its bytes stored.
    pub(crate) fn draft(&self, text: &str, symbol: &str, change: Option<Change>) -> Draft {
        let register = self.office.read();
        let wanted = request(text.as_bytes(), symbol, change);
        let proposed = propose(&register, &wanted).expect("proposes");
        let Proposal {
            subject, document, ..
        } = proposed;
        self.store(text);
        let content = Content::Document {
            digest: document.digest,
            media_type: document.media_type,
            record: Box::new(document.record),
        };
        said(subject, content)
    }

    /// The draft of an event about an entry.
    pub(crate) fn event(&self, subject: &str, target: u64, event: Event) -> Draft {
        let leaf = self.office.read().entry(target).expect("an entry").leaf;
        let record = EventRecord::new(self.office.context(), event, leaf, "a reason".into());
        said(subject.into(), Content::Event(record))
    }

    /// The draft of a decision.
    pub(crate) fn decision(&self, decision: Decision) -> Draft {
        let governance = Governance::decision(self.office.context(), decision);
        let origin = "records.example.org/register".into();
        said(origin, Content::Governance(governance))
    }

    /// An entry by a key that he has.
    pub(crate) fn sign(&self, by: u8, draft: &Draft) -> Vec<u8> {
        draft.sign(&self.key(by)).expect("signs").bytes
    }

    /// Signs a draft and appends it.
    pub(crate) fn put(&self, by: u8, draft: &Draft) {
        self.append(self.sign(by, draft));
    }

    /// Registers a new document past the program.
    pub(crate) fn put_document(&self, by: u8, text: &str, symbol: &str) {
        self.put(by, &self.draft(text, symbol, None));
    }
}

fn said(subject: String, content: Content) -> Draft {
    Draft {
        issuer: "https://records.example.org".into(),
        subject,
        issued_at: NOW,
        content,
    }
}

/// The record of a document's draft.
pub(crate) fn record(draft: &mut Draft) -> &mut DocumentRecord {
    match &mut draft.content {
        Content::Document { record, .. } => record,
        _ => panic!("a document"),
    }
}
