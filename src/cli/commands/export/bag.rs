//! A BagIt bag: the documents as received, with their proof as tag files.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use docledger::digest::ContentHasher;
use docledger::export::{Bytes, Package, bagit};
use docledger::registry::Register;
use docledger::store::NewFolder;

use super::choice::Choice;
use super::copy::{Copying, Seen, copy};
use super::proof::Proof;
use crate::cli::args::Args;
use crate::cli::machine;
use crate::cli::progress::Progress;

/// Writes a bag. Returns the bytes of its payload.
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
    let mut bag = Bag {
        folder: NewFolder::begin(&machine::DISK, place)?,
        tags: BTreeMap::new(),
    };
    bag.folder.add_folder(bagit::PAYLOAD)?;
    let copying = Copying::begin(args, package);
    let mut bytes = 0;
    for item in &mut package.items {
        let path = format!("{}/{}", bagit::PAYLOAD, item.path);
        let to = (&mut bag.folder, path.as_str());
        let copied = copy(&ledger, item.document.digest, to, &mut |_| ())?;
        bytes += copying.note(item, copied).unwrap_or(0);
    }
    drop(copying);
    let _writing = Progress::waiting(args, "writing");
    let present = package.items.iter();
    let present = present.filter(|item| item.bytes == Bytes::Present);
    let payload: BTreeMap<_, _> = present
        .map(|item| {
            let path = format!("{}/{}", bagit::PAYLOAD, item.path);
            (path, item.document.digest.to_string())
        })
        .collect();
    let manifest = payload
        .iter()
        .map(|(path, digest)| bagit::manifest_line(digest, path));
    let manifest: String = manifest.collect();
    let info = bagit::info(package, payload.len() as u64, bytes);
    for (path, text) in [
        (bagit::DECLARATION_FILE, bagit::DECLARATION),
        (bagit::INFO_FILE, &info),
        (bagit::MANIFEST_FILE, &manifest),
    ] {
        bag.tag(path, &mut text.as_bytes())?;
    }
    proof.each(package, choice, &mut |path, contents| {
        bag.tag(path, contents)
    })?;
    bag.finish()?;
    Ok(bytes)
}

struct Bag<'a> {
    folder: NewFolder<'a>,
    /// Digests of the tag files, by path.
    tags: BTreeMap<String, String>,
}

impl Bag<'_> {
    fn tag(&mut self, path: &str, contents: &mut dyn Read) -> anyhow::Result<()> {
        let mut hasher = ContentHasher::new();
        let mut see = |block: &[u8]| hasher.update(block);
        self.folder.add(path, &mut Seen::new(contents, &mut see))?;
        let digest = hasher.finish().0.to_string();
        self.tags.insert(path.to_owned(), digest);
        Ok(())
    }

    /// Closes the bag with the manifest of its tag files.
    fn finish(mut self) -> anyhow::Result<()> {
        let lines = self.tags.iter();
        let lines = lines.map(|(path, digest)| bagit::manifest_line(digest, path));
        let manifest: String = lines.collect();
        self.folder
            .add(bagit::TAG_MANIFEST_FILE, &mut manifest.as_bytes())?;
        Ok(self.folder.finish()?)
    }
}
