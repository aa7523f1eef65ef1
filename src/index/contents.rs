//! Takes the words of titles and contents into the index, in steps that each
//! last: what was interrupted goes on where it stopped.

use rayon::prelude::*;
use rusqlite::{Connection, TransactionBehavior, params};

use super::cache::{MANY, Trouble};
use super::fill::run;
use super::schema::Fault;
use super::standing::Standing;
use super::words::Folded;
use super::{Notice, Texts};
use crate::registry::Entry;

/// Documents read between two commits.
const STEP: usize = 2_048;

/// Whether all contents have been read that this reader can read.
pub(super) fn are_read(db: &Connection, texts: &dyn Texts) -> Result<bool, Fault> {
    let sql = "SELECT reader = ? AND NOT EXISTS (SELECT 1 FROM document WHERE contents IS NULL) \
               FROM head";
    let mut query = db.prepare_cached(sql)?;
    Ok(query.query_row([texts.version()], |row| row.get(0))?)
}

/// Reads all contents that have not been read yet.
pub(super) fn read_all(
    db: &mut Connection,
    standing: &mut Standing<'_>,
    texts: &dyn Texts,
    tell: &dyn Fn(Notice),
) -> Result<(), Trouble> {
    retry_unreadable(db, texts)?;
    let count = "SELECT COUNT(*) FROM document WHERE contents IS NULL";
    let all: u64 = db.query_row(count, [], |row| row.get(0))?;
    if all >= MANY {
        tell(Notice::Reading(all));
    }
    loop {
        let unread = unread(db)?;
        if unread.is_empty() {
            return Ok(());
        }
        let entries = unread.into_iter().map(|index| standing.entry(index));
        let entries = entries.collect::<Result<Vec<_>, _>>()?;
        let read: Vec<_> = entries
            .into_par_iter()
            .map(|entry| Words::of(&entry, texts))
            .collect();
        let step = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for words in &read {
            words.store(&step)?;
        }
        step.commit()?;
    }
}

/// Another reader may read what this one's forerunner could not.
fn retry_unreadable(db: &mut Connection, texts: &dyn Texts) -> Result<(), Fault> {
    let step = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let changed = step.execute(
        "UPDATE head SET reader = ?1 WHERE reader <> ?1",
        [texts.version()],
    )?;
    if changed > 0 {
        step.execute(
            "UPDATE document SET contents = NULL WHERE contents <> ''",
            [],
        )?;
    }
    Ok(step.commit()?)
}

fn unread(db: &Connection) -> Result<Vec<u64>, Fault> {
    let sql = "SELECT entry FROM document WHERE contents IS NULL ORDER BY entry LIMIT ?";
    let mut query = db.prepare_cached(sql)?;
    let indices = query.query_map([STEP as u64], |row| row.get(0))?;
    Ok(indices.collect::<Result<_, _>>()?)
}

/// What one document says.
struct Words {
    index: u64,
    title: Folded,
    contents: Result<Folded, String>,
}

impl Words {
    fn of(entry: &Entry, texts: &dyn Texts) -> Self {
        let document = entry.document();
        let title = document.and_then(|document| document.record.title.as_deref());
        let contents = match document {
            Some(document) => texts.text(&document.digest, &document.media_type),
            None => Err("the entry is no document".to_owned()),
        };
        Self {
            index: entry.index,
            title: Folded::of(title.unwrap_or_default()),
            contents: contents.map(|text| Folded::of(&text)),
        }
    }

    fn store(&self, db: &Connection) -> Result<(), Fault> {
        let index = self.index;
        let (contents, why) = match &self.contents {
            Ok(contents) => (contents.as_str(), ""),
            Err(why) if why.is_empty() => ("", "no reason was given"),
            Err(why) => ("", why.as_str()),
        };
        let sql = "INSERT OR REPLACE INTO words (rowid, title, contents) VALUES (?, ?, ?)";
        run(db, sql, params![index, self.title.as_str(), contents])?;
        let sql = "UPDATE document SET contents = ?2 WHERE entry = ?1";
        run(db, sql, params![index, why])
    }
}
