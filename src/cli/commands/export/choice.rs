//! Which files are exported, and how they stand.

use std::collections::{BTreeSet, HashMap};

use docledger::export::{Bytes, Item, ItemEvent, Names, Package, Signer, document_folder};
use docledger::index::Query;
use docledger::registry::{Entry, Register};
use docledger::revision::{DocumentHistory, Standings};
use docledger::statement::KeyId;

use super::super::event::{described, is_of_document};
use super::super::find;
use crate::cli::args::{Args, Export, ExportKind};
use crate::cli::error::hinted;
use crate::cli::standing::{self, Derived};
use crate::cli::{machine, render};

/// The entries of files to be exported.
pub(super) struct Choice {
    pub(super) entries: BTreeSet<u64>,
    /// Whether that is all there are.
    pub(super) is_all: bool,
}

/// Chooses files by targets, or by filters, or all.
pub(super) fn choose(args: &Args, flags: &Export, register: &Register) -> anyhow::Result<Choice> {
    let filter = find::filter(&flags.filters)?;
    let is_filtered = !filter.is_empty() || flags.filters.all_versions;
    let all: BTreeSet<u64> = register
        .history()
        .documents()
        .iter()
        .flat_map(entries_of)
        .collect();
    let mut entries = BTreeSet::new();
    match (flags.targets.as_slice(), is_filtered) {
        ([], false) => entries.clone_from(&all),
        ([], true) => {
            let query = Query {
                words: Vec::new(),
                filter,
                limit: None,
            };
            let hits = find::ask(args, &query, true)?.hits;
            let found = hits.iter().map(|hit| hit.entry.index);
            // Another writer may have added some since.
            entries.extend(found.filter(|index| all.contains(index)));
        }
        (targets, false) => {
            for typed in targets {
                let target = super::super::target(register, typed)?;
                let selection = target.find(register)?;
                if selection.version.is_some() || selection.entry.is_some() {
                    entries.extend(selection.files()?.iter().map(|file| file.index));
                } else {
                    let chains = selection.chains()?;
                    let files = chains.iter().flat_map(|chain| &chain.entries);
                    entries.extend(files.map(|file| file.index));
                }
            }
        }
        (_, true) => {
            return Err(hinted(
                "targets and filters don't go together",
                "name documents, or give filters",
            ));
        }
    }
    if flags.form == ExportKind::Ocfl {
        let chosen = entries.len();
        let documents: Vec<_> = entries
            .iter()
            .filter_map(|entry| register.history().by_entry(*entry))
            .collect();
        entries.extend(documents.into_iter().flat_map(entries_of));
        if entries.len() > chosen {
            render::remark("an OCFL object holds its whole document: other versions are added");
        }
    }
    Ok(Choice {
        is_all: entries == all,
        entries,
    })
}

fn entries_of(document: &DocumentHistory) -> impl Iterator<Item = u64> + '_ {
    let entries = document.chains.iter().flat_map(|chain| &chain.entries);
    entries.map(|entry| entry.index)
}

/// Everything that is said of these entries.
pub(super) fn package(register: &Register, entries: &BTreeSet<u64>) -> anyhow::Result<Package> {
    let standings = Standings::new(register.history());
    let mut paths = HashMap::new();
    let mut items = Vec::with_capacity(entries.len());
    let mut numbers = BTreeSet::new();
    for index in entries {
        let (Some((entry, _)), Some(document), Some(history), Some(derived)) = (
            register.document(*index),
            register.effective(*index),
            register.history().by_entry(*index),
            Derived::of(register, &standings, *index),
        ) else {
            anyhow::bail!("entry {index} is no document")
        };
        if numbers.insert(history.number) {
            paths.extend(paths_of(register, history));
        }
        items.push(Item {
            entry: *index,
            number: history.number,
            subject: history.subject.clone(),
            symbols: register.history().symbols_of(&history.subject).to_vec(),
            document,
            status: derived.headline(),
            counts: register.suspension(*index).is_none() && register.doubt(*index).is_none(),
            registered: entry.statement.envelope.issued_at,
            signer: signer(register, entry),
            path: paths.get(index).cloned().unwrap_or_default(),
            bytes: Bytes::Unchecked,
        });
    }
    // So that who registers them in this order has each beside its own version.
    items.sort_by_key(|item| (principal_of(register, item), item.entry));
    let events = numbers.iter().flat_map(|number| events(register, *number));
    let mut events: Vec<_> = events
        .filter(|event| event.target.is_none_or(|target| entries.contains(&target)))
        .collect();
    events.sort_by_key(|event| (event.number, event.entry));
    let authority = &register.authority;
    Ok(Package {
        issuer: authority.issuer().to_owned(),
        origin: authority.origin().to_owned(),
        ledger: authority.ledger_id(),
        head: register.checkpoint.clone(),
        now: machine::now(),
        items,
        events,
    })
}

/// The entry of the version that a file belongs to.
fn principal_of(register: &Register, item: &Item) -> u64 {
    let record = &item.document.record;
    let document = register.history().by_entry(item.entry);
    let chain = document.and_then(|document| document.chain(&record.language));
    let principal = chain.and_then(|chain| chain.principal(record.version));
    principal.map_or(item.entry, |principal| principal.index)
}

/// Where the files of a document stand in an export, whichever of them are
/// chosen.
fn paths_of(register: &Register, document: &DocumentHistory) -> HashMap<u64, String> {
    let symbol = document.symbols.first().map(String::as_str);
    let folder = document_folder(document.number, symbol);
    let entries: BTreeSet<_> = entries_of(document).collect();
    let mut names = Names::default();
    let files = entries.into_iter().filter_map(|index| {
        let (_, file) = register.document(index)?;
        let record = &file.record;
        let place = format!("{folder}/{}/v{}", record.language, record.version);
        let name = record.file_name.clone();
        let name = name.unwrap_or_else(|| format!("entry-{index}"));
        Some((index, names.give(&place, &name, index)))
    });
    files.collect()
}

fn events(register: &Register, number: u64) -> Vec<ItemEvent> {
    let history = register.history();
    let events = history.events_of(number).into_iter();
    let events = events.flat_map(|events| &events.entries);
    let events = events.filter_map(|noted| {
        let (entry, record) = register.event(noted.index)?;
        let about = history.entry_of(&record.target);
        let detail = described(record).into_iter();
        let detail = detail.map(|(name, value)| format!("{} {value}", name.trim()));
        Some(ItemEvent {
            entry: noted.index,
            number,
            target: about.filter(|_| !is_of_document(&record.event)),
            kind: record.event.kind().to_owned(),
            detail: detail.collect::<Vec<_>>().join(", "),
            reason: record.reason.clone(),
            effective: noted.effective,
            registered: entry.statement.envelope.issued_at,
            signer: signer(register, entry),
        })
    });
    events.collect()
}

fn signer(register: &Register, entry: &Entry) -> Signer {
    let key = match &entry.statement.envelope.key_id {
        KeyId::Thumbprint(key) => Some(*key),
        KeyId::Other(_) => None,
    };
    let life = key.and_then(|key| register.authority.key(&key));
    Signer {
        key,
        name: life.and_then(|life| life.name.clone()),
        said: standing::signer(register, entry),
    }
}
