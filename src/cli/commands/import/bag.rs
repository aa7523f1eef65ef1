//! A bag (BagIt) that another office made: with this program, whose register
//! tells what each file is; or with any other, and then of its files nothing is
//! known but that they are those that were put in.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use docledger::digest::NI_PREFIX;
use docledger::export::bagit::{self, Bag, Folder};
use docledger::export::safe_name;
use docledger::registry::manifest;

use super::archive::Archive;
use super::{Handed, Proof, Received};
use crate::cli::args::Args;
use crate::cli::error::hinted;
use crate::cli::machine::{self, NamedFile};
use crate::cli::progress::Progress;
use crate::cli::render;

/// The register in a bag that this program made.
const REGISTER: &str = "register.csv";
/// What the status of a withdrawn document begins with.
const WITHDRAWN: &str = "withdrawn";
/// The most faults that are told at once.
const MOST_TOLD: usize = 100;

/// Reads a bag and checks all of it.
pub(super) fn receive(args: &Args, path: &Path) -> anyhow::Result<Received> {
    let checking = Progress::waiting(args, "checking the bag");
    let bag = Bag::read(&OnDisk(path)).map_err(|faults| {
        for fault in faults.iter().take(MOST_TOLD) {
            render::remark(&format!("{}: {fault}", path.display()));
        }
        hinted(
            format!(
                "{} is not a whole and undamaged bag: {} faults",
                path.display(),
                faults.len()
            ),
            "ask for it again; nothing was registered",
        )
    })?;
    drop(checking);
    for manifest in &bag.unchecked {
        render::remark(&format!("{manifest} is of a kind that is not checked"));
    }
    let name = path.file_name().map(|name| name.to_string_lossy());
    let name = safe_name(&name.unwrap_or_default());
    let documents = match bag.tags.contains_key(REGISTER) && bag.said(bagit::HEAD).is_some() {
        true => registered(path, &bag)?,
        false => unknown(path, &bag),
    };
    if documents.is_empty() {
        return Err(hinted(
            "the bag holds no document to register",
            "`docledger list` shows what is registered here",
        ));
    }
    let archive = format!("{name}.proof.tar");
    Ok(Received {
        from: bag.said(bagit::SOURCE).map(str::to_owned),
        means: format!("the BagIt bag {name}"),
        documents,
        proof: Proof {
            file: Box::new(Archive::new(&archive, path, &bag.tags)?),
            file_name: archive,
            media_type: "application/x-tar",
            kind: "Proof of transfer",
        },
    })
}

/// The documents of a bag of which nothing is known.
fn unknown(path: &Path, bag: &Bag) -> Vec<Handed> {
    let files = bag.payload.iter();
    let files = files.map(|(file, digest)| Handed {
        path: path.join(file),
        row: None,
        version: String::new(),
        withdrawn: None,
        digest: *digest,
        part: None,
    });
    files.collect()
}

/// The documents that the register in a bag names, in its order. Those that did
/// not count there are left out and told.
fn registered(path: &Path, bag: &Bag) -> anyhow::Result<Vec<Handed>> {
    let wrong = |why: String| {
        hinted(
            format!("{REGISTER}: {why}"),
            "it is not as docledger writes it; nothing was registered",
        )
    };
    let text = String::from_utf8(machine::whole(&path.join(REGISTER))?)?;
    let (text, named) = counting(&text).map_err(|error| wrong(error.to_string()))?;
    for (file, digest) in &bag.payload {
        match named.get(file) {
            None => return Err(wrong(format!("{file} is in the payload and not named"))),
            Some(known) if known.digest != digest.to_string() => {
                return Err(wrong(format!("{file} has another digest there")));
            }
            Some(known) if !known.counts => render::remark(&format!(
                "{file} is left out: it does not count in the register it comes from"
            )),
            Some(_) => {}
        }
    }
    let rows = manifest::read(&text).map_err(|errors| {
        let first = errors.first().map(ToString::to_string);
        wrong(first.unwrap_or_default())
    })?;
    let mut seen = HashSet::new();
    let documents = rows.into_iter().map(|row| {
        let Some(digest) = bag.payload.get(&row.file) else {
            return Err(wrong(format!("{} is not in the payload", row.file)));
        };
        if !seen.insert(row.file.clone()) {
            return Err(wrong(format!("{} stands there twice", row.file)));
        }
        // Numbers are of the other ledger and mean nothing here.
        if row.of.as_ref().is_some_and(|of| !of.starts_with(NI_PREFIX)) {
            return Err(wrong(format!("{}: of: is no ni: name", row.file)));
        }
        let there = named.get(&row.file);
        let status = there.map(|there| there.status.clone());
        Ok(Handed {
            path: path.join(&row.file),
            digest: *digest,
            part: None,
            version: there.map(|there| there.version.clone()).unwrap_or_default(),
            withdrawn: status.filter(|status| status.starts_with(WITHDRAWN)),
            row: Some(row),
        })
    });
    documents.collect()
}

/// What a row says of its file.
struct Named {
    digest: String,
    version: String,
    status: String,
    counts: bool,
}

/// The table without the rows of files that don't count or are not there; and
/// what is said of each file that is named.
fn counting(text: &str) -> Result<(String, HashMap<String, Named>), csv::Error> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let mut writer = csv::Writer::from_writer(Vec::new());
    let header = reader.headers()?.clone();
    writer.write_record(&header)?;
    let place = |name: &str| header.iter().position(|column| column == name);
    let places = ["file", "counts", "status", "version", "sha256"].map(place);
    let mut named = HashMap::new();
    for record in reader.records() {
        let record = record?;
        let cell = |place: Option<usize>| place.and_then(|place| record.get(place));
        let cells = places.map(|place| cell(place).unwrap_or_default());
        let [file, counts, status, version, digest] = cells;
        if file.is_empty() {
            continue;
        }
        let counts = counts == "yes";
        let said = Named {
            digest: digest.to_owned(),
            version: version.to_owned(),
            status: status.to_owned(),
            counts,
        };
        named.insert(file.to_owned(), said);
        if counts {
            writer.write_record(&record)?;
        }
    }
    let bytes = writer.into_inner();
    let bytes = bytes.map_err(|error| csv::Error::from(error.into_error()))?;
    Ok((String::from_utf8_lossy(&bytes).into_owned(), named))
}

/// A folder that a user named.
struct OnDisk<'a>(&'a Path);

impl Folder for OnDisk<'_> {
    fn paths(&self) -> Result<Vec<String>, String> {
        let mut paths = Vec::new();
        for entry in walkdir::WalkDir::new(self.0).follow_root_links(true) {
            let entry = entry.map_err(|error| error.to_string())?;
            let shown = entry.path().display();
            if entry.depth() > 0 && entry.path_is_symlink() {
                return Err(format!("{shown} is a link, and none is followed"));
            }
            if entry.file_type().is_dir() {
                continue;
            }
            if !entry.file_type().is_file() {
                return Err(format!("{shown} is not a plain file"));
            }
            let below = entry.path().strip_prefix(self.0);
            let below = below.map_err(|error| error.to_string())?;
            let parts: Option<Vec<_>> = below.iter().map(|part| part.to_str()).collect();
            let parts = parts.ok_or_else(|| format!("the name of {shown} is not text in UTF-8"))?;
            paths.push(parts.join("/"));
        }
        Ok(paths)
    }

    fn read(&self, path: &str, show: &mut dyn FnMut(&[u8])) -> Result<(), String> {
        let path: PathBuf = self.0.join(path);
        let mut read = || -> anyhow::Result<()> {
            let mut file = NamedFile::new(&path)?.into_read()?;
            let mut block = vec![0; 64 * 1024];
            loop {
                match file.read(&mut block)? {
                    0 => return Ok(()),
                    length => show(&block[..length]),
                }
            }
        };
        read().map_err(|error| format!("{}: {error:#}", path.display()))
    }
}
