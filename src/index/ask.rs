//! From a query to SQL, and to the rows that answer it.

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension as _, params_from_iter};

use super::fill::{clamped, day};
use super::filter::{BodyFilter, Filter, Moment};
use super::schema::Fault;
use super::words::Phrase;
use super::{MAX_UNREAD, Query};

/// What the index says of an entry that answers a query: nothing of it counts
/// before the entry itself was read.
pub(super) struct Row {
    pub(super) index: u64,
    pub(super) leaf: [u8; 32],
    /// The first entry of the same document.
    pub(super) number: u64,
    /// Events that name the entry.
    pub(super) events: Vec<u64>,
}

/// The rows that answer a query, at most one more than its limit.
pub(super) fn rows(db: &Connection, query: &Query) -> Result<Vec<Row>, Fault> {
    let mut conditions = Conditions::default();
    conditions.filter(&query.filter);
    let limit = query
        .limit
        .map_or(-1, |limit| clamped(limit.saturating_add(1)));
    let sql = if query.words.is_empty() {
        format!(
            "SELECT d.entry, d.leaf, d.chain FROM document d WHERE {} \
             ORDER BY d.date_first DESC, d.entry DESC LIMIT {limit}",
            conditions.all()
        )
    } else {
        conditions.words(&query.words);
        format!(
            "SELECT d.entry, d.leaf, d.chain FROM words JOIN document d ON d.entry = words.rowid \
             WHERE {} ORDER BY words.rank, d.entry DESC LIMIT {limit}",
            conditions.all()
        )
    };
    let mut statement = db.prepare_cached(&sql)?;
    let found = statement.query_map(params_from_iter(conditions.values), |row| {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?))
    })?;
    found
        .map(|found| {
            let (index, leaf, chain): (u64, [u8; 32], i64) = found?;
            Ok(Row {
                index,
                leaf,
                number: register_number(db, chain)?,
                events: events(db, &leaf)?,
            })
        })
        .collect()
}

/// How many documents that the filter admits have contents that could not be
/// read, up to [`MAX_UNREAD`].
pub(super) fn unread(db: &Connection, filter: &Filter) -> Result<u64, Fault> {
    let mut conditions = Conditions::default();
    conditions.filter(filter);
    let sql = format!(
        "SELECT COUNT(*) FROM (SELECT 1 FROM document d \
         WHERE d.contents <> '' AND {} LIMIT {MAX_UNREAD})",
        conditions.all()
    );
    let mut statement = db.prepare_cached(&sql)?;
    Ok(statement.query_row(params_from_iter(conditions.values), |row| row.get(0))?)
}

/// Where the governance entries are.
pub(super) fn governance(db: &Connection) -> Result<Vec<u64>, Fault> {
    let mut query = db.prepare_cached("SELECT entry FROM governance ORDER BY entry")?;
    let entries = query.query_map([], |row| row.get(0))?;
    Ok(entries.collect::<Result<_, _>>()?)
}

fn register_number(db: &Connection, chain: i64) -> Result<u64, Fault> {
    let mut query = db.prepare_cached("SELECT number FROM chain WHERE id = ?")?;
    let number = query.query_row([chain], |row| row.get(0)).optional()?;
    number.ok_or_else(|| Fault::Wrong("a document belongs to no chain".to_owned()))
}

fn events(db: &Connection, leaf: &[u8; 32]) -> Result<Vec<u64>, Fault> {
    let mut query = db.prepare_cached("SELECT entry FROM event WHERE target = ? ORDER BY entry")?;
    let entries = query.query_map([leaf], |row| row.get(0))?;
    Ok(entries.collect::<Result<_, _>>()?)
}

/// Conditions of SQL about a document `d`, all of which must hold.
#[derive(Default)]
struct Conditions {
    sql: Vec<String>,
    values: Vec<Value>,
}

impl Conditions {
    fn all(&self) -> String {
        if self.sql.is_empty() {
            "TRUE".to_owned()
        } else {
            self.sql.join(" AND ")
        }
    }

    fn add(&mut self, sql: &str, values: impl IntoIterator<Item = Value>) {
        self.sql.push(sql.to_owned());
        self.values.extend(values);
    }

    fn words(&mut self, words: &[Phrase]) {
        let expression: Vec<_> = words.iter().map(Phrase::to_match).collect();
        self.add("words MATCH ?", [expression.join(" AND ").into()]);
    }

    fn filter(&mut self, filter: &Filter) {
        self.moment(&filter.moment);
        if let Some(scope) = &filter.symbol {
            let key = scope.as_str();
            // What begins with the components and a stroke; `0` follows `/`.
            self.add(
                "d.entry IN (SELECT entry FROM symbol WHERE key = ? \
                 UNION ALL SELECT entry FROM symbol WHERE key >= ? AND key < ?)",
                [key.to_owned(), format!("{key}/"), format!("{key}0")].map(Value::from),
            );
        }
        if let Some(family) = &filter.family {
            self.add(
                "d.entry IN (SELECT entry FROM symbol \
                 WHERE family = (SELECT id FROM term WHERE text = ?))",
                [family.as_str().to_owned().into()],
            );
        }
        if let Some(target) = &filter.related_to {
            self.add(
                "d.entry IN (SELECT entry FROM relation WHERE target = ?)",
                [target.as_str().to_owned().into()],
            );
        }
        self.body(&filter.body);
        let name = |column: &str| format!("{column} IN ({TERMS})");
        if let Some(phrase) = &filter.signatory {
            let sql = format!(
                "d.entry IN (SELECT entry FROM signatory WHERE {})",
                name("name")
            );
            self.add(&sql, [pattern(phrase)]);
        }
        for (column, phrase) in [
            ("d.distribution", &filter.distribution),
            ("d.type", &filter.document_type),
        ] {
            if let Some(phrase) = phrase {
                self.add(&name(column), [pattern(phrase)]);
            }
        }
        if let Some(language) = &filter.language {
            let tag = language.as_str();
            // The tag, or one with further subtags; `.` follows `-`.
            self.add(
                "d.language IN (SELECT id FROM term WHERE text = ? OR text >= ? AND text < ?)",
                [tag.to_owned(), format!("{tag}-"), format!("{tag}.")].map(Value::from),
            );
        }
        if let Some(digits) = &filter.officer {
            // `g` follows the hexadecimal digits.
            self.add(
                "d.officer IN (SELECT id FROM term WHERE text >= ? AND text < ?)",
                [digits.clone(), format!("{digits}g")].map(Value::from),
            );
        }
        if let Some(since) = filter.since {
            self.add("d.date_last >= ?", [day(since).into()]);
        }
        if let Some(until) = filter.until {
            self.add("d.date_first <= ?", [day(until).into()]);
        }
    }

    fn body(&mut self, body: &BodyFilter) {
        let columns = [
            ("name", &body.name),
            ("session", &body.session),
            ("agenda", &body.agenda),
        ];
        let asked: Vec<_> = columns
            .into_iter()
            .filter_map(|(column, phrase)| Some((column, phrase.as_ref()?)))
            .collect();
        if asked.is_empty() {
            return;
        }
        let parts = asked
            .iter()
            .map(|(column, _)| format!("{column} IN ({TERMS})"));
        let parts: Vec<_> = parts.collect();
        self.add(
            &format!(
                "d.entry IN (SELECT entry FROM body WHERE {})",
                parts.join(" AND ")
            ),
            asked.iter().map(|(_, phrase)| pattern(phrase)),
        );
    }

    fn moment(&mut self, moment: &Moment) {
        let mut counts = Self::default();
        if let Some(as_of) = moment.as_of {
            counts.add("date_last <= ?", [day(as_of).into()]);
        }
        if let Some(held) = moment.held_seconds() {
            counts.add("registered <= ?", [clamped(held).into()]);
        }
        if moment.principals_only {
            self.add("NOT d.rendition", []);
        }
        if moment.is_now() && !moment.all_versions {
            self.add("d.current = 1", []);
        }
        for condition in &counts.sql {
            self.sql.push(format!("d.{condition}"));
        }
        self.values.extend(counts.values.iter().cloned());
        if !moment.is_now() && !moment.all_versions {
            let sql = format!(
                "d.version = (SELECT p.version FROM document p WHERE p.chain = d.chain \
                 AND NOT p.rendition AND {} ORDER BY p.entry DESC LIMIT 1)",
                counts.all()
            );
            self.add(&sql, counts.values);
        }
    }
}

/// The names that hold a phrase.
const TERMS: &str = "SELECT id FROM term WHERE instr(text, ?) > 0";

fn pattern(phrase: &Phrase) -> Value {
    phrase.pattern().to_owned().into()
}
