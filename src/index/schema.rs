//! The tables, and an index file as a whole: opened, taken as empty, or refused.

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};

/// Marks our files (SQLite's `application_id`): "dlix".
const APPLICATION: i32 = i32::from_be_bytes(*b"dlix");
/// Counted up whenever tables, facts or folding change: an index of another
/// number is built anew (SQLite's `user_version`).
const VERSION: i32 = 4;
/// How long another process may be building the index before this one goes on
/// without it.
const PATIENCE: Duration = Duration::from_secs(20);

/// One row an entry that is a document statement, and tables of what it has
/// several of. Days are Julian day numbers, times seconds since 1970, hashes
/// 32 bytes. Names are folded texts, each held once in `term`; `names` finds
/// them by their words. `owner` tells which document bore a symbol first, and
/// `assigns` whether an event gives its document a symbol that nobody bore.
const TABLES: &str = "
CREATE TABLE head (
    ledger BLOB NOT NULL, size INTEGER NOT NULL, root BLOB NOT NULL, reader TEXT NOT NULL
) STRICT;
CREATE TABLE governance (entry INTEGER PRIMARY KEY) STRICT;
CREATE TABLE term (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE subject (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE chain (
    id INTEGER PRIMARY KEY, number INTEGER NOT NULL, language TEXT NOT NULL,
    UNIQUE (number, language)
) STRICT;
CREATE TABLE document (
    entry INTEGER PRIMARY KEY,
    leaf BLOB NOT NULL,
    chain INTEGER NOT NULL,
    version INTEGER NOT NULL,
    rendition INTEGER NOT NULL,
    current INTEGER NOT NULL,
    registered INTEGER NOT NULL,
    date_first INTEGER, date_last INTEGER,
    language INTEGER NOT NULL, officer INTEGER, distribution INTEGER, type INTEGER,
    contents TEXT
) STRICT;
CREATE INDEX document_chain ON document (chain, entry);
CREATE TABLE date (
    field TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, entry INTEGER NOT NULL
) STRICT;
CREATE TABLE symbol (
    key TEXT NOT NULL, entry INTEGER NOT NULL, family TEXT NOT NULL, PRIMARY KEY (key, entry)
) STRICT, WITHOUT ROWID;
CREATE TABLE body (
    entry INTEGER NOT NULL, name INTEGER NOT NULL, session INTEGER, agenda INTEGER
) STRICT;
CREATE TABLE signatory (
    name INTEGER NOT NULL, entry INTEGER NOT NULL, PRIMARY KEY (name, entry)
) STRICT, WITHOUT ROWID;
CREATE TABLE relation (
    target TEXT NOT NULL, entry INTEGER NOT NULL, kind TEXT NOT NULL,
    PRIMARY KEY (target, entry, kind)
) STRICT, WITHOUT ROWID;
CREATE TABLE owner (key TEXT PRIMARY KEY, number INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX owner_number ON owner (number);
CREATE TABLE event (
    entry INTEGER PRIMARY KEY, number INTEGER NOT NULL, assigns INTEGER NOT NULL
) STRICT;
CREATE INDEX event_number ON event (number);
CREATE VIRTUAL TABLE names USING fts5 (text, content = '', tokenize = 'ascii');
CREATE VIRTUAL TABLE words USING fts5 (
    title, contents, content = '', contentless_delete = 1, tokenize = 'ascii', prefix = '3'
);
";

/// Made when the first entries have been taken in, since it is quicker then.
const INDEXES: &str = "
CREATE INDEX document_current ON document (current, date_first, entry);
CREATE INDEX document_date ON document (date_first, entry);
CREATE INDEX document_officer ON document (officer, entry);
CREATE INDEX document_distribution ON document (distribution, entry);
CREATE INDEX document_type ON document (type, entry);
CREATE INDEX document_unread ON document (entry) WHERE contents IS NULL;
CREATE INDEX document_unreadable ON document (current, entry) WHERE contents <> '';
CREATE INDEX date_first ON date (field, first, last, entry);
CREATE INDEX date_entry ON date (entry);
CREATE INDEX symbol_entry ON symbol (entry);
CREATE INDEX symbol_family ON symbol (family, entry);
CREATE INDEX body_name ON body (name, entry);
CREATE INDEX body_session ON body (session, entry);
CREATE INDEX body_agenda ON body (agenda, entry);
CREATE INDEX body_entry ON body (entry);
CREATE INDEX signatory_entry ON signatory (entry);
CREATE INDEX relation_entry ON relation (entry);
";

/// What is wrong with an index, apart by what can be done about it.
#[derive(Debug, thiserror::Error)]
pub(super) enum Fault {
    /// It does not say what the ledger says, or is no index: built anew, it is
    /// good again.
    #[error("{0}")]
    Wrong(String),
    /// It knows more entries than the checkpoint that was read covers: another
    /// process was faster, or the checkpoint was set back.
    #[error("it covers more entries than the checkpoint")]
    Ahead,
    /// It can't be used here and now.
    #[error("{0}")]
    Unusable(String),
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        let unusable = matches!(
            error.sqlite_error_code(),
            Some(
                ErrorCode::ReadOnly
                    | ErrorCode::CannotOpen
                    | ErrorCode::PermissionDenied
                    | ErrorCode::DatabaseBusy
                    | ErrorCode::DatabaseLocked
                    | ErrorCode::DiskFull
                    | ErrorCode::SystemIoFailure
                    | ErrorCode::FileLockingProtocolFailed
                    | ErrorCode::NoLargeFileSupport
                    | ErrorCode::OutOfMemory
            )
        );
        if unusable {
            Self::Unusable(error.to_string())
        } else {
            Self::Wrong(error.to_string())
        }
    }
}

/// Opens the file, or one that can only be read; makes neither folder nor tables.
pub(super) fn open(path: &Path) -> Result<Connection, Fault> {
    let write = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(path, write).or_else(|_| {
        let read = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        Connection::open_with_flags(path, read)
    })?;
    db.busy_timeout(PATIENCE)?;
    db.set_prepared_statement_cache_capacity(64);
    // Names and functions inside the file are not obeyed.
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    Ok(db)
}

/// Sets how it is worked with: up to 32 MiB of pages, and syncs enough not to be
/// damaged, since a lost commit costs time only.
pub(super) fn set_up(db: &Connection) -> Result<(), Fault> {
    Ok(db.execute_batch("PRAGMA cache_size = -32768; PRAGMA synchronous = NORMAL;")?)
}

/// Whether it is an index of this version (`true`) or an empty file (`false`).
pub(super) fn is_made(db: &Connection) -> Result<bool, Fault> {
    let pragma = |name: &str| db.query_row(&format!("PRAGMA {name}"), [], |row| row.get(0));
    let (application, version): (i32, i32) = (pragma("application_id")?, pragma("user_version")?);
    match (application, version) {
        (APPLICATION, VERSION) => Ok(true),
        (APPLICATION, _) => Err(Fault::Wrong("it is of another version".to_owned())),
        _ => {
            let anything = "SELECT EXISTS (SELECT 1 FROM sqlite_schema)";
            if db.query_row(anything, [], |row| row.get(0))? {
                return Err(Fault::Wrong("it is something else".to_owned()));
            }
            Ok(false)
        }
    }
}

/// Refuses a file whose tables are not those made here: a view or trigger in
/// their place could say or do anything.
pub(super) fn check(db: &Connection) -> Result<(), Fault> {
    let mut query = db.prepare_cached(
        "SELECT type, name, coalesce(sql, '') FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%'",
    )?;
    let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let made = format!("{TABLES}{INDEXES}");
    let mut expected: Vec<&str> = made.split(';').map(str::trim).collect();
    expected.retain(|sql| !sql.is_empty());
    for row in rows {
        let (kind, name, sql): (String, String, String) = row?;
        let ours = expected.iter().position(|it| *it == sql.as_str());
        match ours {
            Some(place) => {
                expected.swap_remove(place);
            }
            // FTS5 keeps its own tables beside each of its virtual ones.
            None if kind == "table" && is_shadow(&name) => {}
            None => {
                return Err(Fault::Wrong(format!(
                    "it holds a {kind} {name:?} of others"
                )));
            }
        }
    }
    if expected.is_empty() {
        Ok(())
    } else {
        Err(Fault::Wrong("a table is missing".to_owned()))
    }
}

/// Whether a table is one that FTS5 makes for `names` or `words`.
fn is_shadow(name: &str) -> bool {
    let of = name
        .strip_prefix("names_")
        .or_else(|| name.strip_prefix("words_"));
    of.is_some_and(|part| matches!(part, "data" | "idx" | "docsize" | "config" | "content"))
}

/// Makes the tables in an empty file.
pub(super) fn make(db: &Connection) -> Result<(), Fault> {
    db.execute_batch(TABLES)?;
    db.execute_batch(&format!(
        "PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {VERSION};"
    ))?;
    Ok(())
}

/// Makes what finds the rows, after the first of them.
pub(super) fn make_indexes(db: &Connection) -> Result<(), Fault> {
    Ok(db.execute_batch(INDEXES)?)
}

/// Takes everything out of the file, whatever it holds.
pub(super) fn empty(db: &Connection) -> Result<(), Fault> {
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, false)?;
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_RESET_DATABASE, true)?;
    let emptied = db.execute_batch("VACUUM");
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_RESET_DATABASE, false)?;
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    Ok(emptied?)
}
