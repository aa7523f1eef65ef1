//! A small ledger, made by the library with keys and a clock that never change.

#![allow(dead_code, unreachable_pub, reason = "each test uses its part")]

pub mod bulk;

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use docledger::digest::{ContentDigest, LedgerId};
use docledger::key::SecretKey;
use docledger::log::Growth;
use docledger::registry::{
    AppendRefusal, Appending, Committed, EventRequest, Founding, FoundingKeys, Readings, Register,
    Registered, Request, Said, Signers, Wanted, append, open_ledger,
};
use docledger::statement::{Change, Context, TreeHead};
use docledger::store::{AppendFiles, Contents, Disk, KeyDir, LedgerDir, Volume};
use docledger::symbol::JointSymbol;

pub static DISK: Disk = Disk;
/// 2024-02-19T00:00:00Z.
pub const NOW: u64 = 1_708_300_800;

pub fn key(number: u8) -> SecretKey {
    SecretKey::from_seed([number; 32])
}

pub fn founding_keys() -> FoundingKeys {
    FoundingKeys {
        registrar: key(1),
        officer: key(2),
        checkpoint: key(3),
        receipt: key(4),
        recovery: None,
    }
}

pub fn dir<'a>(volume: &'a dyn Volume, home: &Path) -> LedgerDir<'a> {
    LedgerDir::new(volume, &home.join("ledger"), &home.join("keys"))
}

/// Opens a ledger and publishes its keys.
pub fn open(home: &Path) -> LedgerId {
    let dir = dir(&DISK, home);
    let founding = Founding {
        origin: "records.example.org/register".into(),
        issuer: "https://records.example.org".into(),
        registrar: None,
        officer: None,
        now: NOW,
    };
    let writer = dir.lock(|| ()).expect("locks");
    let id = open_ledger(&writer, &founding, &founding_keys()).expect("opens");
    let keys = KeyDir::new(&DISK, &home.join("keys"));
    for file in Register::read(&dir)
        .expect("reads")
        .authority
        .public_files()
    {
        keys.write_public(&file.name, &file.text).expect("writes");
    }
    id
}

pub struct Bytes(pub Vec<u8>);

impl Contents for Bytes {
    fn open(&self) -> io::Result<Box<dyn Read + '_>> {
        Ok(Box::new(self.0.as_slice()))
    }

    fn name(&self) -> &Path {
        Path::new("a file in memory")
    }
}

pub fn request(text: &[u8], symbol: &str, change: Option<Change>) -> Request {
    Request {
        digest: ContentDigest::of(text),
        size: text.len() as u64,
        media_type: "text/plain".into(),
        file_name: Some("letter.txt".into()),
        said: Said {
            symbol: Some(JointSymbol::parse(symbol).expect("a symbol").value),
            language: Some("en".parse().expect("a language")),
            change,
            ..Said::default()
        },
        read: Readings::default(),
    }
}

pub fn register(
    volume: &dyn Volume,
    home: &Path,
    text: &[u8],
    symbol: &str,
    change: Option<Change>,
) -> Result<(Registered, Committed), AppendRefusal> {
    let dir = dir(volume, home);
    let writer = dir.lock(|| ())?;
    let (officer, checkpoint) = (key(2), key(3));
    let signers = Signers {
        officer: &officer,
        checkpoint: &checkpoint,
    };
    append(
        &writer,
        (&request(text, symbol, change), &Bytes(text.to_vec())),
        signers,
        NOW,
    )
}

/// Every file below a folder, but for secret keys.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("lists") {
        let path = entry.expect("reads").path();
        if path.is_dir() {
            found.extend(files(&path))
        } else {
            found.push(path)
        }
    }
    found.sort();
    found
}

/// Registers documents 1 to `count`, each under a symbol of its own.
pub fn register_documents(home: &Path, count: u64) {
    for number in 1..=count {
        let text = format!("document {number}\n");
        let symbol = format!("A/78/{number}");
        register(&DISK, home, text.as_bytes(), &symbol, None).expect("registers");
    }
}

/// Every file below a folder of `home` with its path below `home` and its bytes.
pub fn contents(home: &Path, folder: &str) -> Vec<(String, Vec<u8>)> {
    let all = files(&home.join(folder)).into_iter().map(|path| {
        let name = path
            .strip_prefix(home)
            .expect("below")
            .to_str()
            .expect("text")
            .to_owned();
        (name, std::fs::read(&path).expect("reads"))
    });
    all.collect()
}

/// Records an event about an entry.
pub fn record_event(home: &Path, target: u64, wanted: Wanted) -> Result<u64, AppendRefusal> {
    let dir = dir(&DISK, home);
    let writer = dir.lock(|| ())?;
    let mut appending = Appending::begin(&writer)?;
    let request = EventRequest {
        target,
        reason: "a reason".into(),
        wanted,
    };
    let (_, index) = appending.add_event(&request, None, &key(2), NOW)?;
    appending.commit(&key(3))?;
    Ok(index)
}

/// What a statement made now says of where it was made.
pub fn context(register: &Register) -> Context {
    Context {
        ledger: register.authority.ledger_id(),
        on: TreeHead {
            size: register.checkpoint.size,
            root: register.checkpoint.root,
        },
        authority: register.authority.newest_governance(),
    }
}

/// Appends an entry whatever it says.
pub fn append_entry(home: &Path, entry: Vec<u8>) {
    let dir = dir(&DISK, home);
    let register = Register::read(&dir).expect("reads");
    let mut head = register.checkpoint.clone();
    let mut growth = Growth::new(register.tree, register.tail).expect("continues");
    let log = growth.append(vec![entry]).expect("planned");
    (head.size, head.root) = (log.new_size, log.new_root);
    let checkpoint = head.sign(&key(3)).expect("signs");
    let writer = dir.lock(|| ()).expect("locks");
    let files = AppendFiles {
        log: &log,
        documents: Vec::new(),
        checkpoint,
    };
    writer.append(&files).expect("appends");
}
