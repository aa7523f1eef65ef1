//! An OCFL storage root: an object for each document, and one for the proof.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use docledger::digest::ContentDigest;
use docledger::export::ocfl::{self, Hasher, Ids, Object, User, VersionNote};
use docledger::export::{Item, ItemEvent, Package};
use docledger::registry::Register;
use docledger::statement::{Change, Language};
use docledger::store::{LedgerDir, NewFolder};

use super::choice::Choice;
use super::copy::{Copying, Seen, copy};
use super::json::Rows;
use super::proof::Proof;
use crate::cli::args::Args;
use crate::cli::machine;
use crate::cli::progress::Progress;

/// The file in an object that tells what is registered of it.
const RECORDS: &str = "register.ndjson";
/// The folder of files that don't count; no language tag has an underscore.
const NOT_COUNTED: &str = "not_counted";

/// Writes a storage root. Returns the bytes of the documents in it.
pub(super) fn write(
    args: &Args,
    register: &Register,
    package: &mut Package,
    choice: &Choice,
    place: &Path,
) -> anyhow::Result<u64> {
    super::check_folder(place)?;
    let ledger = machine::ledger_dir(args);
    let proof = Proof::begin(&ledger, register)?;
    let opened = register.entry(0).map(|it| it.statement.envelope.issued_at);
    let ids = Ids::new(&package.origin, opened.unwrap_or(0));
    let mut folder = NewFolder::begin(&machine::DISK, place)?;
    let (name, text) = ocfl::ROOT_DECLARATION;
    folder.add(name, &mut text.as_bytes())?;
    for (path, text) in ocfl::layout_files() {
        folder.add(&path, &mut text.as_bytes())?;
    }
    let copying = Copying::begin(args, package);
    let mut rows = Rows::new(register);
    let mut documents: BTreeMap<u64, Vec<&mut Item>> = BTreeMap::new();
    for item in &mut package.items {
        documents.entry(item.number).or_default().push(item);
    }
    let mut bytes = 0;
    for items in documents.into_values() {
        let Some(subject) = items.first().map(|item| item.subject.clone()) else {
            continue;
        };
        let id = ids.document(&subject);
        let mut making = Making::begin(&ledger, &mut folder, &id)?;
        bytes += making.document(items, &package.events, &copying, &mut rows)?;
    }
    drop(copying);
    let _writing = Progress::waiting(args, "writing");
    let mut making = Making::begin(&ledger, &mut folder, &ids.proof(package))?;
    making.proof(&proof, package, choice)?;
    folder.finish()?;
    Ok(bytes)
}

/// An object that is being written.
struct Making<'a, 'f> {
    ledger: &'a LedgerDir<'a>,
    folder: &'a mut NewFolder<'f>,
    /// Where it stands, from the storage root.
    at: String,
    object: Object,
    /// SHA-512 of each file that was tried; none of those that are lost.
    tried: HashMap<ContentDigest, Option<String>>,
}

impl<'a, 'f> Making<'a, 'f> {
    fn begin(
        ledger: &'a LedgerDir<'a>,
        folder: &'a mut NewFolder<'f>,
        id: &str,
    ) -> anyhow::Result<Self> {
        let at = ocfl::object_folder(id);
        let (name, text) = ocfl::OBJECT_DECLARATION;
        folder.add(&format!("{at}/{name}"), &mut text.as_bytes())?;
        Ok(Self {
            ledger,
            folder,
            at,
            object: Object::new(id),
            tried: HashMap::new(),
        })
    }

    /// Writes a document: a version of the object for each version registered,
    /// in whatever language. Returns the bytes copied.
    fn document(
        &mut self,
        mut items: Vec<&mut Item>,
        events: &[ItemEvent],
        copying: &Copying,
        rows: &mut Rows<'_>,
    ) -> anyhow::Result<u64> {
        let principals: Vec<usize> = (0..items.len())
            .filter(|at| items[*at].document.record.change != Change::Rendition)
            .collect();
        let mut bytes = 0;
        for (place, principal) in principals.iter().enumerate() {
            let is_last = place + 1 == principals.len();
            let (language, version) = version_of(items[*principal]);
            let language = language.clone();
            let is_of_it = |item: &&mut &mut Item| version_of(item) == (&language, version);
            for item in items.iter_mut().filter(is_of_it) {
                bytes += self.file(item, copying)?;
            }
            let until = items[*principal].entry;
            let mut state = self.state(&items, until);
            if is_last {
                let records = items.iter().map(|item| rows.row(item, events));
                let records: Vec<u8> = records.flatten().collect();
                let digest = self.text(RECORDS, &records)?;
                state.insert(RECORDS.to_owned(), digest);
            }
            let note = note_of(items[*principal]);
            self.object.add_version(&note, &state);
            self.write_inventory(&format!("v{}/", self.object.len()))?;
        }
        self.write_inventory("")?;
        Ok(bytes)
    }

    /// Copies a file into the next version, unless its bytes are there already.
    fn file(&mut self, item: &mut Item, copying: &Copying) -> anyhow::Result<u64> {
        let digest = item.document.digest;
        let content = self.object.content_path(&logical_path(item));
        let path = format!("{}/{content}", self.at);
        if let Some(Some(_)) = self.tried.get(&digest) {
            copying.note(item, Ok(0));
            return Ok(0);
        }
        let mut hasher = Hasher::default();
        let mut see = |block: &[u8]| hasher.update(block);
        let copied = copy(self.ledger, digest, (self.folder, &path), &mut see)?;
        let length = copying.note(item, copied);
        let digests = length.map(|_| hasher.finish());
        if let Some(digests) = &digests {
            self.object.take(digests, &content);
        }
        self.tried.insert(digest, digests.map(|it| it.sha512));
        Ok(length.unwrap_or(0))
    }

    /// A file that this program writes, in the next version. Returns its SHA-512.
    fn text(&mut self, logical: &str, bytes: &[u8]) -> anyhow::Result<String> {
        let content = self.object.content_path(logical);
        let mut hasher = Hasher::default();
        hasher.update(bytes);
        let digests = hasher.finish();
        if self.object.take(&digests, &content) {
            self.folder
                .add(&format!("{}/{content}", self.at), &mut &*bytes)?;
        }
        Ok(digests.sha512)
    }

    /// What stands once the principal entry `until` is registered: in each
    /// language the newest version that counts, with its renditions; and apart
    /// from it what doesn't count and is as new.
    fn state(&self, items: &[&mut Item], until: u64) -> BTreeMap<String, String> {
        let is_principal = |item: &Item| item.document.record.change != Change::Rendition;
        let known = items.iter().filter(|item| item.entry <= until);
        let mut newest: HashMap<&Language, u64> = HashMap::new();
        for item in known
            .clone()
            .filter(|item| item.counts && is_principal(item))
        {
            let (language, version) = version_of(item);
            let found = newest.entry(language).or_default();
            *found = version.max(*found);
        }
        let reached: Vec<_> = known
            .filter(|item| is_principal(item))
            .map(|item| version_of(item))
            .collect();
        let stands = |item: &&&mut Item| {
            let (language, version) = version_of(item);
            let current = newest.get(language).copied().unwrap_or(0);
            reached.contains(&(language, version))
                && match item.counts {
                    true => version == current,
                    false => version >= current,
                }
        };
        let files = items.iter().filter(stands).filter_map(|item| {
            let digest = self.tried.get(&item.document.digest)?.clone()?;
            Some((logical_path(item), digest))
        });
        files.collect()
    }

    /// Writes the object of the ledger's proof.
    fn proof(
        &mut self,
        proof: &Proof<'_>,
        package: &Package,
        choice: &Choice,
    ) -> anyhow::Result<()> {
        let mut state = BTreeMap::new();
        proof.each(package, choice, &mut |path, contents| {
            let content = self.object.content_path(path);
            let mut hasher = Hasher::default();
            let mut see = |block: &[u8]| hasher.update(block);
            let target = format!("{}/{content}", self.at);
            self.folder
                .add(&target, &mut Seen::new(contents, &mut see))?;
            let digests = hasher.finish();
            if !self.object.take(&digests, &content) {
                self.folder.take_back()?;
            }
            state.insert(path.to_owned(), digests.sha512);
            Ok(())
        })?;
        let head = &package.head;
        let message = format!("ledger {} with {} entries", package.ledger, head.size);
        let note = VersionNote {
            created: package.now,
            message,
            user: User::office(&package.issuer),
        };
        self.object.add_version(&note, &state);
        self.write_inventory("v1/")?;
        self.write_inventory("")
    }

    /// Writes the inventory as it stands, with its digest beside it.
    fn write_inventory(&mut self, below: &str) -> anyhow::Result<()> {
        let text = self.object.inventory(self.object.len());
        let sidecar = ocfl::sidecar(&text);
        for (name, text) in [(ocfl::INVENTORY, text), (ocfl::SIDECAR, sidecar)] {
            let path = format!("{}/{below}{name}", self.at);
            self.folder.add(&path, &mut text.as_bytes())?;
        }
        Ok(())
    }
}

fn version_of(item: &Item) -> (&Language, u64) {
    let record = &item.document.record;
    (&record.language, record.version)
}

/// What an object calls a file: by language, or apart if it doesn't count.
fn logical_path(item: &Item) -> String {
    let name = item.path.rsplit('/').next().unwrap_or_default();
    match item.counts {
        true => format!("{}/{name}", item.document.record.language),
        false => format!("{NOT_COUNTED}/entry-{}/{name}", item.entry),
    }
}

fn note_of(item: &Item) -> VersionNote {
    let record = &item.document.record;
    let doubt = match item.counts {
        true => String::new(),
        false => format!(": {}", item.status),
    };
    VersionNote {
        created: item.registered,
        message: format!(
            "{} in {}, version {}, entry {}{doubt}",
            record.change.as_str(),
            record.language,
            record.version,
            item.entry
        ),
        user: User::of(&item.signer),
    }
}
