//! Takes entries into the index.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension as _, Transaction, params};
use time::Date;

use super::facts::Facts;
use super::schema::Fault;
use super::standing::is_governance;
use super::words::Folded;
use crate::registry::Entry;
use crate::statement::{Document, Matter};

/// Entries on their way into the tables of one transaction.
pub(super) struct Filler<'a> {
    tables: &'a Transaction<'a>,
    terms: HashMap<String, i64>,
}

impl<'a> Filler<'a> {
    /// Begins.
    pub(super) fn new(tables: &'a Transaction<'a>) -> Self {
        Self {
            tables,
            terms: HashMap::new(),
        }
    }

    /// Takes the next entry in.
    pub(super) fn take(&mut self, entry: &Entry) -> Result<(), Fault> {
        if is_governance(entry) {
            let sql = "INSERT INTO governance (entry) VALUES (?)";
            self.run(sql, params![entry.index])?;
        }
        match &entry.statement.matter {
            Matter::Document(document) => self.take_document(entry, document),
            Matter::Event(_) => self.take_event(entry),
            Matter::Governance(_) | Matter::Unknown => Ok(()),
        }
    }

    /// Notes an event with the document it is about; what it changes is not
    /// indexed.
    fn take_event(&mut self, entry: &Entry) -> Result<(), Fault> {
        let sql = "INSERT INTO event (entry, number) SELECT ?, number FROM subject WHERE name = ?";
        let subject = &entry.statement.envelope.subject;
        self.run(sql, params![entry.index, subject])
    }

    fn take_document(&mut self, entry: &Entry, document: &Document) -> Result<(), Fault> {
        let (index, facts) = (entry.index, Facts::of(entry, document));
        let version = clamped(document.record.version);
        let chain = self.chain(index, &entry.statement.envelope.subject, &facts.language)?;
        if !facts.is_rendition {
            let sql = "UPDATE document SET current = (version = ?2) \
                       WHERE chain = ?1 AND current <> (version = ?2)";
            self.run(sql, params![chain, version])?;
        }
        let current = !facts.is_rendition || self.is_newest(chain, version)?;
        let officer = facts.officer.as_deref();
        let row = params![
            index,
            entry.leaf.as_bytes(),
            chain,
            version,
            facts.is_rendition,
            current,
            clamped(facts.registered),
            facts.date.map(|(first, _)| day(first)),
            facts.date.map(|(_, last)| day(last)),
            self.term(&facts.language)?.0,
            officer
                .map(|id| self.term(id))
                .transpose()?
                .map(|term| term.0),
            self.some_name(facts.distribution.as_ref())?,
            self.some_name(facts.document_type.as_ref())?,
        ];
        self.run(
            "INSERT INTO document (entry, leaf, chain, version, rendition, current, registered, \
             date_first, date_last, language, officer, distribution, type) \
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            row,
        )?;
        self.take_lists(index, &facts)
    }

    /// What a document has several of. The same twice counts once.
    fn take_lists(&mut self, index: u64, facts: &Facts) -> Result<(), Fault> {
        for (field, (first, last)) in &facts.dates {
            let sql = "INSERT INTO date (field, first, last, entry) VALUES (?, ?, ?, ?)";
            self.run(sql, params![field.as_str(), day(*first), day(*last), index])?;
        }
        for symbol in &facts.symbols {
            let sql = "INSERT OR IGNORE INTO symbol (key, entry, family) VALUES (?, ?, ?)";
            let (key, family) = (symbol.key.as_str(), symbol.family.as_str());
            self.run(sql, params![key, index, family])?;
        }
        for body in &facts.bodies {
            let name = self.name(&body.name)?;
            let session = self.some_name(body.session.as_ref())?;
            let agenda = self.some_name(body.agenda.as_ref())?;
            let sql = "INSERT INTO body (entry, name, session, agenda) VALUES (?, ?, ?, ?)";
            self.run(sql, params![index, name, session, agenda])?;
        }
        for signatory in &facts.signatories {
            let name = self.name(signatory)?;
            let sql = "INSERT OR IGNORE INTO signatory (name, entry) VALUES (?, ?)";
            self.run(sql, params![name, index])?;
        }
        for (kind, target) in &facts.relations {
            let sql = "INSERT OR IGNORE INTO relation (target, entry, kind) VALUES (?, ?, ?)";
            self.run(sql, params![target.as_str(), index, kind.as_str()])?;
        }
        Ok(())
    }

    /// The chain of a subject in a language, which begins here if it is new.
    fn chain(&self, index: u64, subject: &str, language: &str) -> Result<i64, Fault> {
        let sql = "INSERT OR IGNORE INTO subject (number, name) VALUES (?, ?)";
        self.run(sql, params![index, subject])?;
        let sql = "INSERT OR IGNORE INTO chain (id, number, language) \
                   SELECT ?1, number, ?3 FROM subject WHERE name = ?2";
        self.run(sql, params![index, subject, language])?;
        let sql =
            "SELECT id FROM chain JOIN subject USING (number) WHERE name = ? AND language = ?";
        let mut query = self.tables.prepare_cached(sql)?;
        Ok(query.query_row(params![subject, language], |row| row.get(0))?)
    }

    /// Whether a version is that of the newest principal entry of a chain.
    fn is_newest(&self, chain: i64, version: i64) -> Result<bool, Fault> {
        let sql = "SELECT version FROM document WHERE chain = ? AND NOT rendition \
                   ORDER BY entry DESC LIMIT 1";
        let mut query = self.tables.prepare_cached(sql)?;
        let newest: Option<i64> = query.query_row([chain], |row| row.get(0)).optional()?;
        Ok(newest == Some(version))
    }

    fn some_name(&mut self, name: Option<&Folded>) -> Result<Option<i64>, Fault> {
        name.map(|name| self.name(name)).transpose()
    }

    /// A text that is found by its words.
    fn name(&mut self, name: &Folded) -> Result<i64, Fault> {
        let (id, is_new) = self.term(name.as_str())?;
        if is_new {
            let sql = "INSERT INTO names (rowid, text) VALUES (?, ?)";
            self.run(sql, params![id, name.as_str()])?;
        }
        Ok(id)
    }

    /// A text that is held once, and whether it was not held yet.
    fn term(&mut self, text: &str) -> Result<(i64, bool), Fault> {
        if let Some(id) = self.terms.get(text) {
            return Ok((*id, false));
        }
        let mut insert = self
            .tables
            .prepare_cached("INSERT OR IGNORE INTO term (text) VALUES (?)")?;
        let is_new = insert.execute([text])? > 0;
        let mut query = self
            .tables
            .prepare_cached("SELECT id FROM term WHERE text = ?")?;
        let id = query.query_row([text], |row| row.get(0))?;
        self.terms.insert(text.to_owned(), id);
        Ok((id, is_new))
    }

    fn run(&self, sql: &str, values: impl rusqlite::Params) -> Result<(), Fault> {
        run(self.tables, sql, values)
    }
}

/// Carries out one statement of SQL, kept ready for the next time.
pub(super) fn run(db: &Connection, sql: &str, values: impl rusqlite::Params) -> Result<(), Fault> {
    db.prepare_cached(sql)?.execute(values)?;
    Ok(())
}

/// A claimed number; those beyond what SQLite counts to are all the same.
pub(super) fn clamped(claimed: u64) -> i64 {
    i64::try_from(claimed).unwrap_or(i64::MAX)
}

/// A day's Julian day number.
pub(super) fn day(date: Date) -> i32 {
    date.to_julian_day()
}
