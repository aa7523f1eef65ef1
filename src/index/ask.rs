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
    /// Whether there are events about the document.
    pub(super) has_events: bool,
}

/// The rows that answer a query, at most one more than its limit.
///
/// With words the best matches come first; of words that very many documents
/// hold, those registered last.
pub(super) fn rows(db: &Connection, query: &Query) -> Result<Vec<Row>, Fault> {
    let mut conditions = Conditions::of(&query.filter);
    let limit = query
        .limit
        .map_or(-1, |limit| clamped(limit.saturating_add(1)));
    let narrowest = conditions.narrowest(db)?;
    let start = narrowest.map(|(place, _)| place);
    let sql = if query.words.is_empty() {
        format!(
            "SELECT d.entry, d.leaf, d.chain FROM document d {} WHERE {} \
             ORDER BY d.date_first DESC, d.entry DESC LIMIT {limit}",
            hint(start),
            conditions.all(start),
        )
    } else {
        conditions.words(&query.words);
        let is_narrow = narrowest.is_some_and(|(_, entries)| entries <= VERY_FEW);
        let (from, start) = if is_narrow {
            ("document d NOT INDEXED CROSS JOIN words", start)
        } else {
            ("words CROSS JOIN document d", None)
        };
        let order = if is_narrow || is_rare(db, &query.words)? {
            "words.rank, words.rowid DESC"
        } else {
            "words.rowid DESC"
        };
        format!(
            "SELECT d.entry, d.leaf, d.chain FROM {from} \
             WHERE d.entry = words.rowid AND {} ORDER BY {order} LIMIT {limit}",
            conditions.all(start)
        )
    };
    let mut statement = db.prepare_cached(&sql)?;
    let found = statement.query_map(params_from_iter(conditions.values()), |row| {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?))
    })?;
    found
        .map(|found| {
            let (index, leaf, chain): (u64, [u8; 32], i64) = found?;
            let number = register_number(db, chain)?;
            Ok(Row {
                index,
                leaf,
                number,
                has_events: has_events(db, number)?,
            })
        })
        .collect()
}

/// How many documents that the filter admits have contents that could not be
/// read, up to [`MAX_UNREAD`].
pub(super) fn unread(db: &Connection, filter: &Filter) -> Result<u64, Fault> {
    let conditions = Conditions::of(filter);
    let start = conditions.narrowest(db)?.map(|(place, _)| place);
    let sql = format!(
        "SELECT COUNT(*) FROM (SELECT 1 FROM document d {} \
         WHERE d.contents <> '' AND {} LIMIT {MAX_UNREAD})",
        hint(start),
        conditions.all(start),
    );
    let mut statement = db.prepare_cached(&sql)?;
    Ok(statement.query_row(params_from_iter(conditions.values()), |row| row.get(0))?)
}

/// Up to how many entries a condition is narrow, and words are rare: so many
/// are gathered and sorted in a millisecond or two.
const FEW: usize = 1_000;
/// Up to how many entries it is quicker to ask of each whether it holds the
/// words than to go through all that hold them.
const VERY_FEW: usize = 200;

/// Whether few documents hold the words, so that they can be ranked.
fn is_rare(db: &Connection, words: &[Phrase]) -> Result<bool, Fault> {
    let select = "SELECT rowid FROM words WHERE words MATCH ?";
    Ok(count(db, select, &[expression(words)])? <= FEW)
}

/// How many rows a selection has, as far as [`FEW`] and one.
fn count(db: &Connection, select: &str, values: &[Value]) -> Result<usize, Fault> {
    let sql = format!("SELECT COUNT(*) FROM ({select} LIMIT {})", FEW + 1);
    let mut query = db.prepare_cached(&sql)?;
    Ok(query.query_row(params_from_iter(values), |row| row.get(0))?)
}

/// Where to begin: at the entries of a narrow condition, or at the newest date.
fn hint(start: Option<usize>) -> &'static str {
    start.map_or("", |_| "NOT INDEXED")
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

fn has_events(db: &Connection, number: u64) -> Result<bool, Fault> {
    let mut query = db.prepare_cached("SELECT EXISTS (SELECT 1 FROM event WHERE number = ?)")?;
    Ok(query.query_row([number], |row| row.get(0))?)
}

/// A condition of SQL about a document `d`.
struct Condition {
    /// Selects the entries that fulfil it, if a table tells them at once.
    select: Option<String>,
    /// Asks whether one fulfils it. Takes the same values.
    check: String,
    values: Vec<Value>,
}

/// Conditions all of which must hold.
#[derive(Default)]
struct Conditions(Vec<Condition>);

impl Conditions {
    fn of(filter: &Filter) -> Self {
        let mut conditions = Self::default();
        conditions.filter(filter);
        conditions
    }

    /// The place of the condition that fewest entries fulfil, and how many, if
    /// these are few.
    fn narrowest(&self, db: &Connection) -> Result<Option<(usize, usize)>, Fault> {
        let mut narrowest = None;
        for (place, condition) in self.0.iter().enumerate() {
            if let Some(select) = &condition.select {
                let entries = count(db, select, &condition.values)?;
                if entries <= narrowest.map_or(FEW, |(_, fewest)| fewest) {
                    narrowest = Some((place, entries));
                }
            }
        }
        Ok(narrowest)
    }

    /// All of them, the one at `start` as what is looked through.
    fn all(&self, start: Option<usize>) -> String {
        let parts = self
            .0
            .iter()
            .enumerate()
            .map(|(place, condition)| match &condition.select {
                Some(select) if start == Some(place) => format!("d.entry IN ({select})"),
                _ => condition.check.clone(),
            });
        let parts: Vec<_> = parts.collect();
        if parts.is_empty() {
            return "TRUE".to_owned();
        }
        parts.join(" AND ")
    }

    fn values(&self) -> impl Iterator<Item = &Value> {
        self.0.iter().flat_map(|condition| &condition.values)
    }

    /// One that is only checked.
    fn check(&mut self, sql: &str, values: impl IntoIterator<Item = Value>) {
        self.0.push(Condition {
            select: None,
            check: sql.to_owned(),
            values: values.into_iter().collect(),
        });
    }

    /// One on a table that lists entries.
    fn listed(&mut self, table: &str, sql: &str, values: impl IntoIterator<Item = Value>) {
        self.0.push(Condition {
            select: Some(format!("SELECT entry FROM {table} WHERE {sql}")),
            check: format!("EXISTS (SELECT 1 FROM {table} t WHERE t.entry = d.entry AND ({sql}))"),
            values: values.into_iter().collect(),
        });
    }

    /// One on a column of the document that refers to a term.
    fn column(&mut self, name: &str, terms: &str, values: impl IntoIterator<Item = Value>) {
        self.0.push(Condition {
            select: Some(format!(
                "SELECT entry FROM document WHERE {name} IN ({terms})"
            )),
            check: format!("+d.{name} IN ({terms})"),
            values: values.into_iter().collect(),
        });
    }

    fn words(&mut self, words: &[Phrase]) {
        self.check("words MATCH ?", [expression(words)]);
    }

    fn filter(&mut self, filter: &Filter) {
        self.moment(&filter.moment);
        if let Some(scope) = &filter.symbol {
            let key = scope.as_str();
            // What begins with the components and a stroke; `0` follows `/`.
            self.listed(
                "symbol",
                "key = ? OR key >= ? AND key < ?",
                [key.to_owned(), format!("{key}/"), format!("{key}0")].map(Value::from),
            );
        }
        if let Some(family) = &filter.family {
            self.listed("symbol", "family = ?", [family.as_str().to_owned().into()]);
        }
        if let Some(target) = &filter.related_to {
            self.listed(
                "relation",
                "target = ?",
                [target.as_str().to_owned().into()],
            );
        }
        self.body(&filter.body);
        if let Some(phrase) = &filter.signatory {
            self.listed("signatory", &format!("name IN ({NAMES})"), [one(phrase)]);
        }
        for (column, phrase) in [
            ("distribution", &filter.distribution),
            ("type", &filter.document_type),
        ] {
            if let Some(phrase) = phrase {
                self.column(column, NAMES, [one(phrase)]);
            }
        }
        if let Some(language) = &filter.language {
            let tag = language.as_str();
            // The tag, or one with further subtags; `.` follows `-`.
            self.check(
                "d.language IN (SELECT id FROM term WHERE text = ? OR text >= ? AND text < ?)",
                [tag.to_owned(), format!("{tag}-"), format!("{tag}.")].map(Value::from),
            );
        }
        if let Some(digits) = &filter.officer {
            // `g` follows the hexadecimal digits.
            self.column(
                "officer",
                "SELECT id FROM term WHERE text >= ? AND text < ?",
                [digits.clone(), format!("{digits}g")].map(Value::from),
            );
        }
        self.dates(filter);
    }

    fn dates(&mut self, filter: &Filter) {
        if let Some(field) = filter.date_of {
            let since = filter.since.map_or(i32::MIN, day);
            let until = filter.until.map_or(i32::MAX, day);
            let sql = "field = ? AND first <= ? AND last >= ?";
            let field = field.as_str().to_owned();
            self.listed("date", sql, [field.into(), until.into(), since.into()]);
            return;
        }
        if let Some(since) = filter.since {
            // A date spans a year at most, so the index by first days can serve.
            self.check(
                "d.date_last >= ? AND d.date_first >= ?",
                [day(since), day(since) - 366].map(Value::from),
            );
        }
        if let Some(until) = filter.until {
            self.check("d.date_first <= ?", [day(until).into()]);
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
            .map(|(column, _)| format!("{column} IN ({NAMES})"));
        let parts: Vec<_> = parts.collect();
        let values = asked.iter().map(|(_, phrase)| one(phrase));
        self.listed("body", &parts.join(" AND "), values);
    }

    fn moment(&mut self, moment: &Moment) {
        if moment.principals_only {
            self.check("NOT d.rendition", []);
        }
        if moment.is_now() {
            if !moment.all_versions {
                self.check("d.current = 1", []);
            }
            return;
        }
        let (mut counts, mut values) = (Vec::new(), Vec::new());
        if let Some(as_of) = moment.as_of {
            // The second follows from the first, and an index can serve it.
            counts.push("v.date_last <= ? AND v.date_first <= ?");
            values.extend([day(as_of), day(as_of)].map(Value::from));
        }
        if let Some(held) = moment.held_seconds() {
            counts.push("v.registered <= ?");
            values.push(clamped(held).into());
        }
        let counts = counts.join(" AND ");
        self.check(&counts.replace("v.", "d."), values.clone());
        if !moment.all_versions {
            let sql = format!(
                "d.version = (SELECT v.version FROM document v INDEXED BY document_chain \
                 WHERE v.chain = d.chain AND NOT v.rendition AND {counts} \
                 ORDER BY v.entry DESC LIMIT 1)",
            );
            self.check(&sql, values.clone());
        }
        if moment.leaves_out_revised() {
            let sql = format!(
                "NOT EXISTS (SELECT 1 FROM symbol s JOIN relation r ON r.target = s.key \
                 JOIN document v ON v.entry = r.entry \
                 WHERE s.entry = d.entry AND r.kind = 'revises' AND v.chain <> d.chain AND {counts})",
            );
            self.check(&sql, values);
        }
    }
}

/// The names that hold a phrase.
const NAMES: &str = "SELECT rowid FROM names WHERE names MATCH ?";

fn one(phrase: &Phrase) -> Value {
    phrase.to_match().into()
}

fn expression(words: &[Phrase]) -> Value {
    let words: Vec<_> = words.iter().map(Phrase::to_match).collect();
    words.join(" AND ").into()
}
