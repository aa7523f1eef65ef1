//! Takes entries into the index.

use std::collections::{BTreeSet, HashMap};

use rusqlite::{Connection, OptionalExtension as _, Transaction, params};
use time::Date;

use super::cache::Trouble;
use super::facts::Facts;
use super::schema::Fault;
use super::standing::{Standing, is_governance};
use super::stands::{Stands, is_allowed};
use super::words::Folded;
use crate::authority::Authority;
use crate::registry::Entry;
use crate::replay::suspension_at;
use crate::statement::{Document, Event, EventRecord, Matter};
use crate::symbol::SymbolKey;

/// Entries on their way into the tables of one transaction.
pub(super) struct Filler<'a> {
    tables: &'a Transaction<'a>,
    authority: Authority,
    terms: HashMap<String, i64>,
    /// Documents that have events, and whose entries are to be looked at again.
    touched: BTreeSet<u64>,
}

impl<'a> Filler<'a> {
    /// Begins.
    pub(super) fn new(tables: &'a Transaction<'a>, authority: Authority) -> Self {
        Self {
            tables,
            authority,
            terms: HashMap::new(),
            touched: BTreeSet::new(),
        }
    }

    /// Lets events take effect in the rows of the files they are about, once all
    /// entries have been taken.
    pub(super) fn finish(&mut self, standing: &mut Standing<'_>) -> Result<(), Trouble> {
        for number in std::mem::take(&mut self.touched) {
            let stands = Stands::read(self.tables, standing, number)?;
            self.run("DELETE FROM owner WHERE number = ?", [number])?;
            for symbol in stands.symbols() {
                self.own(SymbolKey::of_canonical(symbol).as_str(), number)?;
            }
            for (entry, document) in stands.documents() {
                self.rewrite(entry.index, &Facts::of(entry, &document))?;
                let sql = "UPDATE document SET current = ?2 WHERE entry = ?1";
                self.run(sql, params![entry.index, stands.is_current(entry.index)])?;
            }
        }
        Ok(())
    }

    /// Remembers the documents of entries before one of which decisions since
    /// then say otherwise: by their keys, or by the policy.
    pub(super) fn touch_changed(&mut self, was: &Authority, before: u64) -> Result<(), Fault> {
        let sql = "SELECT DISTINCT number FROM document JOIN chain ON chain = chain.id \
                   JOIN term ON officer = term.id WHERE text = ? AND entry < ? \
                   UNION SELECT number FROM event WHERE entry < ?2";
        let mut query = self.tables.prepare_cached(sql)?;
        let keys = was.keys().chain(self.authority.keys());
        for life in keys.filter(|life| !life.is_active()) {
            let key = life.key.thumbprint().to_string();
            let numbers = query.query_map(params![key, before], |row| row.get(0))?;
            let numbers: Vec<u64> = numbers.collect::<Result<_, _>>()?;
            self.touched.extend(numbers);
        }
        let sql = "SELECT number FROM document JOIN chain ON chain = id WHERE entry = ?";
        let mut query = self.tables.prepare_cached(sql)?;
        let four_eyes = |authority: &Authority, index| authority.policy_at(index).four_eyes;
        let changed = |index: &u64| four_eyes(was, *index) != four_eyes(&self.authority, *index);
        for index in (0..before).filter(changed) {
            let number = query.query_row([index], |row| row.get(0)).optional()?;
            self.touched.extend::<Option<u64>>(number);
        }
        Ok(())
    }

    /// Puts what stands in the place of what was stated.
    fn rewrite(&mut self, index: u64, facts: &Facts) -> Result<(), Fault> {
        for table in ["date", "symbol", "body", "signatory", "relation"] {
            self.run(&format!("DELETE FROM {table} WHERE entry = ?"), [index])?;
        }
        let row = params![
            index,
            facts.date.map(|(first, _)| day(first)),
            facts.date.map(|(_, last)| day(last)),
            self.some_name(facts.distribution.as_ref())?,
            self.some_name(facts.document_type.as_ref())?,
        ];
        self.run(
            "UPDATE document SET date_first = ?2, date_last = ?3, distribution = ?4, type = ?5, \
             contents = NULL WHERE entry = ?1",
            row,
        )?;
        self.take_lists(index, facts)
    }

    /// Takes the next entry in.
    pub(super) fn take(&mut self, entry: &Entry) -> Result<(), Fault> {
        if is_governance(entry) {
            let sql = "INSERT INTO governance (entry) VALUES (?)";
            self.run(sql, params![entry.index])?;
        }
        match &entry.statement.matter {
            Matter::Document(document) => self.take_document(entry, document),
            Matter::Event(event) => self.take_event(entry, event),
            Matter::Governance(_) | Matter::Unknown => Ok(()),
        }
    }

    fn take_event(&mut self, entry: &Entry, event: &EventRecord) -> Result<(), Fault> {
        let subject = &entry.statement.envelope.subject;
        let sql = "SELECT number FROM subject WHERE name = ?";
        let mut query = self.tables.prepare_cached(sql)?;
        let number: Option<u64> = query.query_row([subject], |row| row.get(0)).optional()?;
        let Some(number) = number else { return Ok(()) };
        let assigns = match &event.event {
            Event::AssignSymbol { identifier, .. } if self.is_allowed(entry, number)? => {
                let why = suspension_at(&self.authority, entry.index, &entry.statement);
                self.assign((number, why.is_some()), event, identifier)?
            }
            _ => false,
        };
        let sql = "INSERT INTO event (entry, number, assigns) VALUES (?, ?, ?)";
        self.run(sql, params![entry.index, number, assigns])?;
        self.touched.insert(number);
        Ok(())
    }

    /// Whether an event may assign a symbol, by its signer and what the document
    /// bears.
    fn is_allowed(&self, entry: &Entry, number: u64) -> Result<bool, Fault> {
        let sql = "SELECT key FROM owner WHERE number = ?";
        let mut query = self.tables.prepare_cached(sql)?;
        let keys = query.query_map([number], |row| row.get(0))?;
        let bears: Vec<String> = keys.collect::<Result<_, _>>()?;
        Ok(is_allowed(&self.authority, &bears, entry))
    }

    /// Gives symbols to a document, if it has the entry that the event is about
    /// and no document bears any of them; tells whether it did.
    fn assign(
        &self,
        (number, is_suspended): (u64, bool),
        event: &EventRecord,
        identifier: &[String],
    ) -> Result<bool, Fault> {
        let sql = "SELECT EXISTS (SELECT 1 FROM document JOIN chain ON chain = id \
                   WHERE number = ? AND leaf = ?)";
        let target = params![number, event.target.as_bytes()];
        let mut fits: bool = self
            .tables
            .prepare_cached(sql)?
            .query_row(target, |row| row.get(0))?;
        let keys: BTreeSet<_> = identifier
            .iter()
            .map(|symbol| SymbolKey::of_canonical(symbol).as_str().to_owned())
            .collect();
        let mut query = self
            .tables
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM owner WHERE key = ?)")?;
        for key in &keys {
            let is_borne: bool = query.query_row([key], |row| row.get(0))?;
            fits &= !is_borne;
        }
        fits &= keys.len() == identifier.len();
        // One that does not count yet gets its symbols by an endorsement.
        if fits && !is_suspended {
            for key in &keys {
                self.own(key, number)?;
            }
        }
        Ok(fits)
    }

    /// The first to bear a symbol owns it.
    fn own(&self, key: &str, number: u64) -> Result<(), Fault> {
        let sql = "INSERT OR IGNORE INTO owner (key, number) VALUES (?, ?)";
        self.run(sql, params![key, number])
    }

    /// Remembers a document that has events.
    fn touch(&mut self, number: u64) -> Result<(), Fault> {
        let sql = "SELECT EXISTS (SELECT 1 FROM event WHERE number = ?)";
        let mut query = self.tables.prepare_cached(sql)?;
        if query.query_row([number], |row| row.get(0))? {
            self.touched.insert(number);
        }
        Ok(())
    }

    /// The register number of a chain's document.
    fn number(&self, chain: i64) -> Result<u64, Fault> {
        let mut query = self
            .tables
            .prepare_cached("SELECT number FROM chain WHERE id = ?")?;
        Ok(query.query_row([chain], |row| row.get(0))?)
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
        self.take_lists(index, &facts)?;
        let number = self.number(chain)?;
        for symbol in &facts.symbols {
            self.own(symbol.key.as_str(), number)?;
        }
        // What a rendition renders may be current while a newer version waits.
        let is_rendered = facts.is_rendition && self.authority.may_suspend();
        if is_rendered || suspension_at(&self.authority, index, &entry.statement).is_some() {
            self.touched.insert(number);
        }
        self.touch(number)
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
