//! The index file: opened, caught up or built anew, asked, and compared with the
//! ledger in whatever is shown.

use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior, params};

use super::ask::{self, Row};
use super::facts::Facts;
use super::fill::{Filler, run};
use super::schema::{self, Fault};
use super::standing::Standing;
use super::stands::Known;
use super::{Answer, Basis, Hit, Notice, Query, Texts, contents, scan};
use crate::log::LoadError;
use crate::registry::RegisterError;
use crate::replay::suspension_at;
use crate::store::LedgerDir;

/// Why a question was not answered from the index.
#[derive(Debug)]
pub(super) enum Trouble {
    Index(Fault),
    Ledger(RegisterError),
}

impl<T: Into<Fault>> From<T> for Trouble {
    fn from(error: T) -> Self {
        Self::Index(error.into())
    }
}

impl From<RegisterError> for Trouble {
    fn from(error: RegisterError) -> Self {
        Self::Ledger(error)
    }
}

impl From<LoadError> for Trouble {
    fn from(error: LoadError) -> Self {
        Self::Ledger(error.into())
    }
}

/// How many entries, or documents to read, are worth telling about.
pub(super) const MANY: u64 = 2_000;

/// Answers a query from the index, which is caught up or built first. Where it
/// can't be used, the answer comes from [`scan`].
///
/// # Errors
/// If the ledger is damaged where the answer needs it, or its checkpoint is not
/// signed by its own key.
pub fn search(
    ledger: &LedgerDir<'_>,
    query: &Query,
    texts: &dyn Texts,
    tell: &dyn Fn(Notice),
) -> Result<Answer, RegisterError> {
    let mut was_ahead = false;
    let mut was_wrong = false;
    let why = loop {
        let fault = match from_index(ledger, query, texts, tell) {
            Ok(answer) => return Ok(answer),
            Err(Trouble::Ledger(error)) => return Err(error),
            Err(Trouble::Index(fault)) => fault,
        };
        match fault {
            // Another process may have been faster; then the checkpoint follows.
            Fault::Ahead if !was_ahead => was_ahead = true,
            Fault::Unusable(why) => break why,
            Fault::Ahead | Fault::Wrong(_) if was_wrong => break fault.to_string(),
            Fault::Ahead | Fault::Wrong(_) => {
                was_wrong = true;
                tell(Notice::Rebuilding(fault.to_string()));
                if let Err(fault) = open(ledger).and_then(|db| schema::empty(&db)) {
                    break fault.to_string();
                }
            }
        }
    };
    tell(Notice::Scanning(why));
    scan(ledger, query, texts)
}

/// What is said of an index that leaves out governance entries.
const MISSING: &str = "it does not name all governance entries";

fn open(ledger: &LedgerDir<'_>) -> Result<Connection, Fault> {
    let path = ledger.index_path();
    let path = path.map_err(|error| Fault::Unusable(error.to_string()))?;
    schema::open(&path)
}

fn from_index(
    ledger: &LedgerDir<'_>,
    query: &Query,
    texts: &dyn Texts,
    tell: &dyn Fn(Notice),
) -> Result<Answer, Trouble> {
    let mut standing = Standing::read(ledger)?;
    let mut db = open(ledger)?;
    schema::set_up(&db)?;
    loop {
        // What is asked within one transaction sees one state of the file.
        let tables = db.transaction()?;
        if !is_caught_up(&tables, &mut standing)? {
            drop(tables);
            catch_up(&mut db, &mut standing, texts, tell)?;
            continue;
        }
        if !standing.settle(&governance(&tables, &standing)?)? {
            return Err(Fault::Wrong(MISSING.to_owned()).into());
        }
        if !query.words.is_empty() && !contents::are_read(&tables, texts)? {
            drop(tables);
            contents::read_all(&mut db, &mut standing, texts, tell)?;
        } else {
            return answer(&tables, &mut standing, query);
        }
    }
}

/// Whether the index covers the checkpoint's entries.
fn is_caught_up(db: &Connection, standing: &mut Standing<'_>) -> Result<bool, Trouble> {
    if !schema::is_made(db)? {
        return Ok(false);
    }
    schema::check(db)?;
    Ok(indexed(db, standing)? == standing.head().size)
}

/// How many entries the index covers, if these are the ledger's first.
fn indexed(db: &Connection, standing: &mut Standing<'_>) -> Result<u64, Trouble> {
    let mut query = db.prepare_cached("SELECT ledger, size, root FROM head")?;
    let head = query.query_row([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
    let (ledger, size, root): ([u8; 32], u64, [u8; 32]) = head
        .optional()?
        .ok_or_else(|| Fault::Wrong("it does not say what it covers".to_owned()))?;
    if ledger != *standing.ledger_id().as_bytes() {
        return Err(Fault::Wrong("it is another ledger's".to_owned()).into());
    }
    if size > standing.head().size {
        return Err(Fault::Ahead.into());
    }
    if !standing.extends((size, root))? {
        return Err(Fault::Wrong("it covers other entries than the ledger's".to_owned()).into());
    }
    Ok(size)
}

fn catch_up(
    db: &mut Connection,
    standing: &mut Standing<'_>,
    texts: &dyn Texts,
    tell: &dyn Fn(Notice),
) -> Result<(), Trouble> {
    let tables = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let start = if schema::is_made(&tables)? {
        indexed(&tables, standing)?
    } else {
        schema::make(&tables)?;
        0
    };
    let (size, root) = (standing.head().size, standing.head().root);
    if size - start >= MANY {
        tell(Notice::Building(size - start));
    }
    let mut known = governance(&tables, standing)?;
    let is_all = standing.settle(&known)?;
    let was = standing.authority().clone();
    if !is_all {
        known.extend(standing.governance_from(start)?);
        standing.settle(&known)?;
    }
    let mut filler = Filler::new(&tables, standing.authority().clone());
    if !is_all {
        filler.touch_changed(&was, start)?;
        filler.finish(standing)?;
    }
    standing.each_from(start, |entry| Ok::<_, Trouble>(filler.take(&entry)?))?;
    if start == 0 {
        schema::make_indexes(&tables)?;
    }
    filler.finish(standing)?;
    // The newest entry may name an older governance entry than it should; what was
    // filled in by that must not last.
    let later = |indices: Vec<u64>| indices.into_iter().filter(|index| *index > 0);
    let found = later(governance(&tables, standing)?);
    if is_all && !found.eq(later(known)) {
        return Err(Fault::Wrong(MISSING.to_owned()).into());
    }
    run(&tables, "DELETE FROM head WHERE size = ?", [start])?;
    let id = standing.ledger_id();
    run(
        &tables,
        "INSERT INTO head (ledger, size, root, reader) VALUES (?, ?, ?, ?)",
        params![id.as_bytes(), size, root.as_bytes(), texts.version()],
    )?;
    Ok(tables.commit()?)
}

/// The governance entries that the index names.
fn governance(db: &Connection, standing: &Standing<'_>) -> Result<Vec<u64>, Fault> {
    let governance = ask::governance(db)?;
    let size = standing.head().size;
    if governance.iter().any(|index| *index >= size) {
        return Err(Fault::Wrong(
            "it names entries that are not there".to_owned(),
        ));
    }
    Ok(governance)
}

fn answer(db: &Connection, standing: &mut Standing<'_>, query: &Query) -> Result<Answer, Trouble> {
    // A key that does not fit may be the index's fault: reading all entries tells.
    standing
        .check_signature()
        .map_err(|error| Fault::Wrong(format!("its governance entries do not fit: {error}")))?;
    let mut rows = ask::rows(db, query)?;
    let limit = query.limit.and_then(|limit| usize::try_from(limit).ok());
    let more = limit.is_some_and(|limit| rows.len() > limit);
    rows.truncate(limit.unwrap_or(usize::MAX));
    let hits = hits(db, standing, rows, query)?;
    let unread = if query.words.is_empty() {
        0
    } else {
        ask::unread(db, &query.filter)?
    };
    Ok(Answer {
        hits,
        more,
        unread,
        basis: Basis::Index,
        authority: standing.authority().clone(),
        head: standing.head().clone(),
    })
}

/// Reads what rows name, in the order of the log, so that each bundle is read
/// about once; answers in the rows' order.
fn hits(
    db: &Connection,
    standing: &mut Standing<'_>,
    rows: Vec<Row>,
    query: &Query,
) -> Result<Vec<Hit>, Trouble> {
    let mut rows: Vec<(usize, Row)> = rows.into_iter().enumerate().collect();
    rows.sort_by_key(|(_, row)| row.index);
    let mut known = Known::default();
    let hits = rows
        .iter()
        .map(|(place, row)| Ok((*place, hit(db, standing, &mut known, row, query)?)));
    let mut hits = hits.collect::<Result<Vec<_>, Trouble>>()?;
    hits.sort_by_key(|(place, _)| *place);
    Ok(hits.into_iter().map(|(_, hit)| hit).collect())
}

/// Reads what a row names, and refuses the index if it says otherwise.
fn hit(
    db: &Connection,
    standing: &mut Standing<'_>,
    known: &mut Known,
    row: &Row,
    query: &Query,
) -> Result<Hit, Trouble> {
    let lie = || Fault::Wrong(format!("it does not say of entry {} what it is", row.index));
    let size = standing.head().size;
    if row.index >= size || row.number >= size {
        return Err(lie().into());
    }
    let entry = standing.entry(row.index)?;
    let first = standing.entry(row.number)?;
    let (document, events, withdrawn, suspension) = if row.has_events {
        let stands = known.document(db, standing, row.number)?;
        let document = stands.document(row.index);
        let suspension = stands.suspension(row.index).cloned();
        let withdrawn = stands.withdrawn(row.index);
        (document, stands.events(), withdrawn, suspension)
    } else {
        let suspension = suspension_at(standing.authority(), row.index, &entry.statement);
        (entry.document().cloned(), Vec::new(), None, suspension)
    };
    let document = document.ok_or_else(lie)?;
    if *entry.leaf.as_bytes() != row.leaf
        || !query.filter.admits(&Facts::of(&entry, &document))
        || first.document().is_none()
        || first.statement.envelope.subject != entry.statement.envelope.subject
    {
        return Err(lie().into());
    }
    Ok(Hit {
        entry,
        document,
        number: row.number,
        events,
        withdrawn,
        suspension,
    })
}
