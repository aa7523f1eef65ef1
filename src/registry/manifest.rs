//! Manifests: a table (CSV, RFC 4180) of files to be registered and what is
//! said of them, one a row. `docs/manifest.md` describes the columns to users.

use std::collections::HashSet;

use crate::statement::{Body, Change, Document, Language, PartialDate, Signatory, Source};
use crate::symbol::JointSymbol;

use super::field_text;
use super::request::Edits;

/// All columns, in the order in which they are written. `note` is for people
/// and never read.
pub const COLUMNS: [&str; 24] = [
    "file",
    "symbols",
    "language",
    "language_line",
    "original_language",
    "date",
    "letter_date",
    "adopted_on",
    "received",
    "reissued_on",
    "distribution",
    "bodies",
    "session",
    "agenda_items",
    "title",
    "kind",
    "signatory",
    "signatory_title",
    "job_number",
    "relations",
    "from",
    "means",
    "change",
    "of",
];
/// Columns that an export of the register adds (`docs/exports.md`); never read.
pub const EXPORT_COLUMNS: [&str; 15] = [
    "entry",
    "number",
    "subject",
    "version",
    "status",
    "counts",
    "content",
    "registered",
    "signer",
    "key",
    "sha256",
    "size",
    "media_type",
    "file_name",
    "events",
];
/// Columns that are fields of a record, with their names there.
const FIELD_COLUMNS: [(&str, &str); 13] = [
    ("original_language", "originalLanguage"),
    ("date", "issued"),
    ("letter_date", "created"),
    ("adopted_on", "dateAccepted"),
    ("received", "received"),
    ("reissued_on", "reissued"),
    ("distribution", "accessRights"),
    ("bodies", "bodies"),
    ("title", "title"),
    ("kind", "type"),
    ("signatory", "signatories"),
    ("job_number", "jobNumber"),
    ("relations", "relations"),
];

/// The field of a record that a column is about.
#[must_use]
pub fn field_of(column: &str) -> Option<&'static str> {
    let mut columns = FIELD_COLUMNS.iter();
    columns
        .find(|(name, _)| *name == column)
        .map(|(_, field)| *field)
}

/// Column of fields whose values in the row come from an earlier reading.
const PROPOSED: &str = "proposed";
/// Column for people.
const NOTE: &str = "note";
/// A cell that says: leave this blank, whatever the file says.
const LEAVE_BLANK: &str = "-";
/// The most rows a manifest may have.
pub const MAX_ROWS: usize = 1_000_000;

/// What is wrong with a manifest, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}{}: {problem}", column.as_ref().map(|name| format!(", column {name}")).unwrap_or_default())]
pub struct ManifestError {
    /// The line, counted from 1.
    pub line: u64,
    /// The column, if it is one.
    pub column: Option<String>,
    /// What is wrong.
    pub problem: String,
}

/// One row: a file, and what is said of it.
#[derive(Debug, Clone, Default)]
pub struct Row {
    /// The line it begins on, counted from 1.
    pub line: u64,
    /// The file as written: a path from the manifest's folder.
    pub file: String,
    /// Its symbol.
    pub symbol: Option<JointSymbol>,
    /// Whether it has no symbol, whatever the file says.
    pub no_symbol: bool,
    /// Its language.
    pub language: Option<Language>,
    /// What it is to the version before.
    pub change: Option<Change>,
    /// The document it belongs to, as a target.
    pub of: Option<String>,
    /// The rest.
    pub edits: Edits,
    /// What looks wrong in it and is taken as written.
    pub remarks: Vec<String>,
}

/// Reads a manifest: a header line, then a row a file. Cells are parted by
/// commas, semicolons or tabs, whichever the header has; blank cells say
/// nothing, and `-` says: leave blank.
///
/// # Errors
/// Everything that is wrong, not the first thing only.
pub fn read(text: &str) -> Result<Vec<Row>, Vec<ManifestError>> {
    // Line ends of one kind, so that lines are counted as editors count them.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut text = text.replace("\r\n", "\n").replace('\r', "\n");
    // Some spreadsheets begin by naming the separator.
    if text.starts_with("sep=") {
        let end = text.find('\n').unwrap_or(text.len());
        text.replace_range(..end, "");
    }
    let text = text;
    if let Some(line) = unclosed_quote(&text, delimiter(&text)) {
        let problem = "a quotation mark that begins a cell is not closed";
        return Err(vec![at(line, None, problem)]);
    }
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter(&text))
        .flexible(true)
        .from_reader(text.as_bytes());
    let header = match reader.headers() {
        Ok(header) => header
            .iter()
            .map(|name| name.trim().to_lowercase())
            .collect(),
        Err(error) => return Err(vec![broken(1, &error)]),
    };
    check_header(&header)?;
    let mut rows = Vec::new();
    let mut errors = Vec::new();
    let mut line = 1;
    let mut lines = Lines {
        text: &text,
        byte: 0,
        line: 1,
    };
    for record in reader.records() {
        match record {
            Ok(record) => {
                line = record.position().map_or(line, |at| lines.at(at));
                let mut cells = Cells::new(line, &header, &record, &mut errors);
                rows.extend(cells.row());
            }
            Err(error) => errors.push(broken(line, &error)),
        }
        if rows.len() > MAX_ROWS {
            errors.push(at(
                line,
                None,
                format!("more than {MAX_ROWS} rows; part the manifest"),
            ));
            break;
        }
    }
    if errors.is_empty() {
        Ok(rows)
    } else {
        Err(errors)
    }
}

fn at(line: u64, column: Option<&str>, problem: impl Into<String>) -> ManifestError {
    ManifestError {
        line,
        column: column.map(str::to_owned),
        problem: problem.into(),
    }
}

fn broken(line: u64, error: &csv::Error) -> ManifestError {
    let line = error.position().map_or(line, csv::Position::line);
    at(line, None, format!("not a line of a table: {error}"))
}

/// Counts lines up to where rows begin, going on from row to row.
struct Lines<'a> {
    text: &'a str,
    byte: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line on which a row begins. Blank lines before it are not its own.
    fn at(&mut self, position: &csv::Position) -> u64 {
        let bytes = self.text.as_bytes();
        let start = usize::try_from(position.byte()).unwrap_or(usize::MAX);
        while self.byte < start.min(bytes.len()) || bytes.get(self.byte) == Some(&b'\n') {
            self.line += u64::from(bytes[self.byte] == b'\n');
            self.byte += 1;
        }
        self.line
    }
}

/// The line of a cell that begins with a quotation mark and has no end.
fn unclosed_quote(text: &str, separator: u8) -> Option<u64> {
    let separator = char::from(separator);
    let mut line = 1;
    let mut opened = None;
    let mut begins = true;
    for character in text.chars() {
        match (character, opened) {
            ('"', Some(_)) => opened = None,
            // A second mark right after the end is one inside the cell.
            ('"', None) if begins => opened = Some(line),
            _ => {}
        }
        begins = opened.is_none() && (character == separator || matches!(character, '\n' | '"'));
        line += u64::from(character == '\n');
    }
    opened
}

/// The separator of the header line; tables from some spreadsheets use others.
fn delimiter(text: &str) -> u8 {
    let header = text
        .trim_start_matches('\n')
        .lines()
        .next()
        .unwrap_or_default();
    let count = |separator: &u8| header.bytes().filter(|byte| byte == separator).count();
    let [comma, others @ ..] = [b',', b';', b'\t'];
    let best = others
        .into_iter()
        .max_by_key(count)
        .filter(|other| count(other) > count(&comma));
    best.unwrap_or(comma)
}

fn check_header(header: &Vec<String>) -> Result<(), Vec<ManifestError>> {
    let mut errors = Vec::new();
    let mut seen = HashSet::new();
    for name in header {
        let read = COLUMNS.contains(&name.as_str()) || name == NOTE || name == PROPOSED;
        if !read && !EXPORT_COLUMNS.contains(&name.as_str()) {
            let known = COLUMNS.join(", ");
            let problem = format!("there is no such column; those are {known}, proposed, note");
            errors.push(at(1, Some(name), problem));
        } else if !seen.insert(name) {
            errors.push(at(1, Some(name), "stands there twice"));
        }
    }
    if !header.iter().any(|name| name == "file") {
        errors.push(at(
            1,
            Some("file"),
            "is missing: the first line names the columns, and one of them is the file",
        ));
    }
    if errors.is_empty() {
        Ok(())
    } else {
        Err(errors)
    }
}

/// The cells of one row.
struct Cells<'a> {
    line: u64,
    header: &'a [String],
    record: &'a csv::StringRecord,
    errors: &'a mut Vec<ManifestError>,
    clear: Vec<String>,
}

impl<'a> Cells<'a> {
    fn new(
        line: u64,
        header: &'a [String],
        record: &'a csv::StringRecord,
        errors: &'a mut Vec<ManifestError>,
    ) -> Self {
        Self {
            line,
            header,
            record,
            errors,
            clear: Vec::new(),
        }
    }

    /// The row, unless something in it is wrong.
    fn row(&mut self) -> Option<Row> {
        if self.record.iter().all(|cell| cell.trim().is_empty()) {
            return None;
        }
        let before = self.errors.len();
        if self.record.len() > self.header.len() {
            let problem = format!(
                "{} cells under {} columns; quote cells that hold the separator",
                self.record.len(),
                self.header.len()
            );
            self.fail(None, problem);
        }
        let mut row = Row {
            line: self.line,
            ..Row::default()
        };
        match self.cell("file") {
            Some(file) => row.file = file,
            None => self.fail(Some("file"), "is blank"),
        }
        self.read_symbols(&mut row);
        row.language = self.parse("language", field_text::language);
        if row.language.is_none() {
            row.language = self.parse("language_line", field_text::language);
        }
        row.change = self.parse("change", change);
        row.of = self.cell("of");
        row.edits = self.edits();
        (self.errors.len() == before).then_some(row)
    }

    fn read_symbols(&mut self, row: &mut Row) {
        let Some(cell) = self.cell("symbols") else {
            return;
        };
        if cell == LEAVE_BLANK {
            row.no_symbol = true;
            return;
        }
        let joined = field_text::items(&cell).collect::<Vec<_>>().join("-");
        match JointSymbol::parse(&joined) {
            Ok(parsed) => {
                let remarks = parsed
                    .doubts()
                    .map(|doubt| format!("symbol {joined}: {doubt}"));
                row.remarks.extend(remarks.collect::<Vec<_>>());
                row.symbol = Some(parsed.value);
            }
            Err(error) => self.fail(Some("symbols"), error.to_string()),
        }
    }

    fn edits(&mut self) -> Edits {
        let mut edits = Edits {
            original_language: self.field("original_language", |text| {
                field_text::items(text).map(field_text::language).collect()
            }),
            title: self.text("title"),
            document_type: self.text("kind"),
            issued: self.field("date", date),
            created: self.field("letter_date", date),
            adopted: self.field("adopted_on", date),
            received: self.field("received", date),
            reissued: self.field("reissued_on", date),
            distribution: self.text("distribution"),
            job_number: self.text("job_number"),
            bodies: self.bodies(),
            signatories: self.signatories(),
            relations: self.field("relations", |text| {
                field_text::items(text).map(field_text::relation).collect()
            }),
            source: self.source(),
            ..Edits::default()
        };
        if let Some(cell) = self.cell(PROPOSED) {
            edits.as_read = field_text::items(&cell).map(str::to_owned).collect();
        }
        edits.clear = std::mem::take(&mut self.clear);
        edits
    }

    fn bodies(&mut self) -> Option<Vec<Body>> {
        let [names, sessions, agendas] =
            ["bodies", "session", "agenda_items"].map(|column| self.cell(column));
        if self.is_left_blank("bodies") {
            return None;
        }
        let Some(names) = names else {
            if sessions.or(agendas).is_some() {
                self.fail(
                    Some("bodies"),
                    "is blank beside a session or an agenda item: name the organ",
                );
            }
            return None;
        };
        let mut sessions = places(sessions);
        let mut agendas = places(agendas);
        let bodies = places(Some(names))
            .map(|name| Body {
                name: name.unwrap_or_default(),
                session: sessions.next().flatten(),
                agenda: agendas.next().flatten().into_iter().collect(),
            })
            .collect::<Vec<_>>();
        if bodies.iter().any(|body| body.name.is_empty()) {
            self.fail(Some("bodies"), "an organ between two semicolons is blank");
        }
        let left = [
            ("session", sessions.next()),
            ("agenda_items", agendas.next()),
        ];
        for (column, left) in left {
            if left.is_some() {
                self.fail(Some(column), "has more items than there are bodies");
            }
        }
        Some(bodies)
    }

    fn signatories(&mut self) -> Option<Vec<Signatory>> {
        let [names, titles] = ["signatory", "signatory_title"].map(|column| self.cell(column));
        if self.is_left_blank("signatory") {
            return None;
        }
        let Some(names) = names else {
            if titles.is_some() {
                self.fail(Some("signatory"), "is blank beside a title");
            }
            return None;
        };
        let mut titles = places(titles);
        let signatories = places(Some(names))
            .map(|name| Signatory {
                name: name.unwrap_or_default(),
                title: titles.next().flatten(),
            })
            .collect::<Vec<_>>();
        if signatories
            .iter()
            .any(|signatory| signatory.name.is_empty())
        {
            self.fail(Some("signatory"), "a name between two semicolons is blank");
        }
        if titles.next().is_some() {
            self.fail(
                Some("signatory_title"),
                "has more items than there are signatories",
            );
        }
        Some(signatories)
    }

    fn source(&mut self) -> Option<Source> {
        let source = Source {
            from: self.cell("from"),
            means: self.cell("means"),
        };
        (source != Source::default()).then_some(source)
    }

    /// A field that is text.
    fn text(&mut self, column: &str) -> Option<String> {
        self.field(column, |text| {
            Ok::<_, std::convert::Infallible>(text.to_owned())
        })
    }

    /// A field of the record, or that it is to be left blank.
    fn field<T, E: std::fmt::Display>(
        &mut self,
        column: &str,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Option<T> {
        if self.is_left_blank(column) {
            return None;
        }
        self.parse(column, parse)
    }

    /// Whether a cell says so; its field is noted.
    fn is_left_blank(&mut self, column: &str) -> bool {
        let left_blank = self.cell(column).as_deref() == Some(LEAVE_BLANK);
        if left_blank {
            self.clear.extend(field_of(column).map(str::to_owned));
        }
        left_blank
    }

    fn parse<T, E: std::fmt::Display>(
        &mut self,
        column: &str,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Option<T> {
        let cell = self.cell(column)?;
        match parse(&cell) {
            Ok(value) => Some(value),
            Err(error) => {
                self.fail(Some(column), error.to_string());
                None
            }
        }
    }

    /// What a cell holds, if anything; see [`guarded`] for the apostrophe.
    fn cell(&self, column: &str) -> Option<String> {
        let place = self.header.iter().position(|name| name == column)?;
        let cell = self.record.get(place)?.trim();
        let plain = cell.strip_prefix('\'').filter(|rest| is_formula(rest));
        let cell = plain.unwrap_or(cell);
        (!cell.is_empty()).then(|| cell.to_owned())
    }

    fn fail(&mut self, column: Option<&str>, problem: impl Into<String>) {
        self.errors.push(at(self.line, column, problem));
    }
}

/// The items of a list in which places count: blank ones are kept.
fn places(cell: Option<String>) -> impl Iterator<Item = Option<String>> {
    let items: Vec<_> = cell
        .iter()
        .flat_map(|cell| cell.split(';'))
        .map(|item| {
            let item = item.trim();
            (!item.is_empty() && item != LEAVE_BLANK).then(|| item.to_owned())
        })
        .collect();
    items.into_iter()
}

fn date(text: &str) -> Result<PartialDate, crate::statement::DateError> {
    text.parse()
}

fn change(text: &str) -> Result<Change, String> {
    let found = Change::ALL.iter().find(|(_, word)| *word == text);
    found.map(|(change, _)| *change).ok_or_else(|| {
        let all = Change::ALL.map(|(_, word)| word).join(", ");
        format!("{text:?} is none of {all}")
    })
}

/// A row to be written.
#[derive(Debug, Clone)]
pub struct Written<'a> {
    /// The file as it is to be written.
    pub file: String,
    /// What would be registered, if anything.
    pub document: Option<&'a Document>,
    /// The document it belongs to, where no symbol tells.
    pub of: Option<String>,
    /// A remark for people.
    pub note: String,
}

/// Writes a manifest that [`read`] reads as what it was made from.
///
/// # Errors
/// If the table can't be written.
pub fn write(rows: &[Written<'_>]) -> Result<String, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let header = COLUMNS.iter().chain(&[PROPOSED, NOTE]);
    writer.write_record(header.clone())?;
    for row in rows {
        let cells = header.clone().map(|column| guarded(cell_of(row, column)));
        writer.write_record(cells)?;
    }
    let bytes = writer
        .into_inner()
        .map_err(|error| csv::Error::from(error.into_error()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The cells of a row under [`COLUMNS`], each [`guarded`].
pub fn cells<'a>(row: &'a Written<'_>) -> impl Iterator<Item = String> + 'a {
    let columns = COLUMNS.iter();
    columns.map(|column| guarded(cell_of(row, column)))
}

fn cell_of(row: &Written<'_>, column: &str) -> String {
    match column {
        "file" => return row.file.clone(),
        "of" => return row.of.clone().unwrap_or_default(),
        NOTE => return row.note.clone(),
        _ => {}
    }
    let Some(Document { record, .. }) = row.document else {
        return String::new();
    };
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let date = |value: &Option<PartialDate>| value.map(|date| date.to_string()).unwrap_or_default();
    let list = |items: Vec<String>| placed(items.into_iter());
    let source = |part: fn(&Source) -> &Option<String>| {
        record
            .source
            .as_ref()
            .and_then(|source| part(source).clone())
            .unwrap_or_default()
    };
    match column {
        "symbols" => record
            .identifier_printed
            .clone()
            .unwrap_or_else(|| list(record.identifier.clone())),
        "language" => record.language.to_string(),
        "original_language" => list(
            record
                .original_language
                .iter()
                .map(ToString::to_string)
                .collect(),
        ),
        "date" => date(&record.issued),
        "letter_date" => date(&record.created),
        "adopted_on" => date(&record.adopted),
        "received" => date(&record.received),
        "reissued_on" => date(&record.reissued),
        "distribution" => text(&record.distribution),
        "bodies" => list(record.bodies.iter().map(|body| body.name.clone()).collect()),
        "session" => placed(record.bodies.iter().map(|body| text(&body.session))),
        "agenda_items" => placed(record.bodies.iter().map(|body| body.agenda.join(", "))),
        "title" => text(&record.title),
        "kind" => text(&record.document_type),
        "signatory" => list(
            record
                .signatories
                .iter()
                .map(|signatory| signatory.name.clone())
                .collect(),
        ),
        "signatory_title" => placed(
            record
                .signatories
                .iter()
                .map(|signatory| text(&signatory.title)),
        ),
        "job_number" => text(&record.job_number),
        "relations" => list(
            record
                .relations
                .iter()
                .map(field_text::relation_text)
                .collect(),
        ),
        "from" => source(|source| &source.from),
        "means" => source(|source| &source.means),
        "change" if record.change == Change::First => String::new(),
        "change" => record.change.as_str().to_owned(),
        PROPOSED => list(record.proposed.clone()),
        _ => String::new(),
    }
}

/// A list in which places count, without the blank ones at its end. A semicolon
/// inside an item becomes a comma: it parts items.
fn placed(items: impl Iterator<Item = String>) -> String {
    let mut items: Vec<_> = items.map(|item| item.replace(';', ",")).collect();
    while items.last().is_some_and(String::is_empty) {
        items.pop();
    }
    items.join("; ")
}

/// A cell that a spreadsheet takes as text, even where a document's own words
/// look like a formula: with an apostrophe before it, which reading drops.
#[must_use]
pub fn guarded(cell: String) -> String {
    if is_formula(&cell) {
        format!("'{cell}")
    } else {
        cell
    }
}

/// Whether a cell looks like a formula once apostrophes before it are gone; so a
/// cell that begins with one is told from one that was guarded.
fn is_formula(cell: &str) -> bool {
    let bare = cell.trim_start_matches(|c: char| c == '\'' || c.is_whitespace());
    let mut characters = bare.chars();
    match characters.next() {
        Some('=' | '+' | '@' | '＝' | '＋' | '＠') => true,
        Some('-' | '－') => characters.next().is_some(),
        _ => cell.trim_start_matches('\'').starts_with(['\t', '\r']),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errors(text: &str) -> Vec<String> {
        let errors = read(text).expect_err("refused");
        errors.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn any_subset_of_columns_in_any_order() {
        let rows = read("title;FILE\nA; a.txt\n;b.txt\n\n").expect("reads");
        let files: Vec<_> = rows
            .iter()
            .map(|row| (row.line, row.file.as_str()))
            .collect();
        assert_eq!(files, [(2, "a.txt"), (3, "b.txt")]);
        assert_eq!(rows[0].edits.title.as_deref(), Some("A"));
        assert_eq!(rows[1].edits, Edits::default());
    }

    #[test]
    fn organs_sessions_and_items_go_together_by_place() {
        let text = "file,symbols,bodies,session,agenda_items\n\
            a,A/61/833; S/2007/179,General Assembly; Security Council,\
            Sixty-first session; Sixty-second year,108 (e)\n";
        let rows = read(text).expect("reads");
        let symbol = rows[0].symbol.as_ref().expect("a symbol");
        assert_eq!(symbol.halves().len(), 2);
        let bodies = rows[0].edits.bodies.as_ref().expect("bodies");
        assert_eq!(bodies[0].agenda, ["108 (e)"]);
        assert_eq!(bodies[1].session.as_deref(), Some("Sixty-second year"));
        assert!(bodies[1].agenda.is_empty());
    }

    #[test]
    fn everything_wrong_is_told_with_its_place() {
        let found = errors(
            "file,date,change,symbols\na,2024-02-30,rewrite,\u{410}/44/49\n,,,A/1\nb,c,d,e,f\n",
        );
        assert_eq!(found.len(), 7, "{found:#?}");
        assert!(
            found[0].starts_with("line 2, column symbols: "),
            "{}",
            found[0]
        );
        assert!(
            found[1].starts_with("line 2, column change: "),
            "{}",
            found[1]
        );
        assert!(
            found[2].starts_with("line 2, column date: "),
            "{}",
            found[2]
        );
        assert!(
            found[3].starts_with("line 3, column file: is blank"),
            "{}",
            found[3]
        );
        assert!(
            found[4].starts_with("line 4: 5 cells under 4 columns"),
            "{}",
            found[4]
        );
        assert!(errors("file,colour\n")[0].contains("no such column"));
        assert!(errors("date\n")[0].contains("column file: is missing"));
        assert!(errors("file,date,date\n")[0].contains("twice"));
        assert!(errors("file,session\na,Eightieth session\n")[0].contains("name the organ"));
    }

    #[test]
    fn lines_are_those_of_the_file() {
        let found = errors("sep=;\r\n\r\nfile;date\r\na;2024\r\n\r\nb;never\r\n");
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with("line 6, column date"), "{}", found[0]);
    }

    #[test]
    fn a_dash_leaves_a_field_blank() {
        let rows = read("file,symbols,title,bodies,date\na,-,-,-,\n").expect("reads");
        assert!(rows[0].no_symbol && rows[0].symbol.is_none());
        assert_eq!(rows[0].edits.clear, ["title", "bodies"]);
    }

    #[test]
    fn cells_never_become_formulas_and_read_back() {
        for cell in [
            "=1+1", "-cmd", "'=x", "'\t/", "-", "@a", "'quoted'", "plain",
        ] {
            let written = guarded(cell.to_owned());
            assert!(
                !is_formula(&written) || written.starts_with('\''),
                "{written}"
            );
            if cell != LEAVE_BLANK {
                let rows = read(&format!("file,title\na,{written}\n")).expect("reads");
                assert_eq!(rows[0].edits.title.as_deref(), Some(cell));
            }
        }
    }
}
