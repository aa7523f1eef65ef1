//! `list --register`: the register as a whole, to print or to take elsewhere,
//! with what it lacks.

use docledger::registry::{Duplicate, Gaps, Register, manifest};
use docledger::revision::Standings;
use docledger::statement::Document;
use serde_json::json;

use crate::cli::args::{Args, Format, RegisterShape};
use crate::cli::standing::{self, Derived};
use crate::cli::{Outcome, html, machine, render};

/// The most runs of missing numbers that a line for people names.
const MOST_RUNS: usize = 12;

/// One document in one language, by its newest version.
struct Row {
    number: u64,
    entry: u64,
    document: Document,
    symbols: Vec<String>,
    standing: String,
    registered: String,
    officer: String,
}

pub(super) fn run(args: &Args, shape: RegisterShape) -> anyhow::Result<Outcome> {
    let register = super::open_register(args)?;
    let standings = Standings::new(register.history());
    let rows = rows(&register, &standings);
    let gaps = Gaps::of(register.history(), &standings);
    if args.format == Format::Json {
        for row in &rows {
            render::json_line(&row.to_json())?;
        }
        render::json_line(&gaps_json(&register, &gaps))?;
        return Ok(Outcome::Good);
    }
    match shape {
        RegisterShape::Table => {
            for row in &rows {
                render::out(&row.lines())?;
            }
            render::out(&sections_text(&register, &gaps, rows.len()))?;
        }
        RegisterShape::Csv => {
            render::out(&csv(&rows)?)?;
            render::remark(sections_text(&register, &gaps, rows.len()).trim_end());
        }
        RegisterShape::Html => render::out(&page(&register, &rows, &gaps))?,
    }
    Ok(Outcome::Good)
}

fn rows(register: &Register, standings: &Standings<'_>) -> Vec<Row> {
    let documents = register.history().documents().iter();
    let chains =
        documents.flat_map(|document| document.chains.iter().map(move |it| (document, it)));
    let rows = chains.filter_map(|(document, chain)| {
        let entry = chain.standing()?.index;
        let stated = register.entry(entry)?;
        Some(Row {
            number: document.number,
            entry,
            document: register.effective(entry)?,
            symbols: register.history().symbols_of(&document.subject).to_vec(),
            standing: Derived::of(register, standings, entry)?.headline(),
            registered: render::time(stated.statement.envelope.issued_at),
            officer: standing::signer(register, stated),
        })
    });
    rows.collect()
}

const COLUMNS: [&str; 17] = [
    "number",
    "symbols",
    "language",
    "version",
    "date",
    "distribution",
    "kind",
    "title",
    "bodies",
    "session",
    "signatory",
    "standing",
    "registered",
    "officer",
    "entry",
    "sha256",
    "file",
];

impl Row {
    fn cells(&self) -> [String; COLUMNS.len()] {
        let record = &self.document.record;
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let bodies = record.bodies.iter();
        let sessions = record.bodies.iter().filter_map(|body| body.session.clone());
        let signatories = record.signatories.iter().map(|it| it.name.clone());
        [
            format!("#{}", self.number),
            self.symbols.join("; "),
            record.language.to_string(),
            record.version.to_string(),
            record
                .issued
                .map(|date| date.to_string())
                .unwrap_or_default(),
            text(&record.distribution),
            text(&record.document_type),
            text(&record.title),
            bodies
                .map(|body| body.name.clone())
                .collect::<Vec<_>>()
                .join("; "),
            sessions.collect::<Vec<_>>().join("; "),
            signatories.collect::<Vec<_>>().join("; "),
            self.standing.clone(),
            self.registered.clone(),
            self.officer.clone(),
            self.entry.to_string(),
            self.document.digest.to_string(),
            text(&record.file_name),
        ]
    }

    /// For a terminal of 80 columns: what it is, then its title.
    fn lines(&self) -> String {
        let record = &self.document.record;
        let name = match self.symbols.as_slice() {
            [] => "(no symbol)".to_owned(),
            symbols => symbols.join("-"),
        };
        let date = record
            .issued
            .map_or_else(|| "-".to_owned(), |date| date.to_string());
        let head = format!(
            "#{:<6} {}  {} v{}  {date}  {}\n",
            self.number,
            render::one_line(&name),
            record.language,
            record.version,
            render::one_line(&self.standing),
        );
        let title = record.title.as_deref().or(record.file_name.as_deref());
        let title = title.map(|title| {
            format!(
                "        {}\n",
                render::shortened(&render::one_line(title), 72)
            )
        });
        head + &title.unwrap_or_default()
    }

    fn to_json(&self) -> serde_json::Value {
        let record = &self.document.record;
        json!({
            "schema": "docledger.register-row/1",
            "number": self.number,
            "symbols": self.symbols,
            "language": record.language.as_str(),
            "version": record.version,
            "date": record.issued.map(|date| date.to_string()),
            "distribution": record.distribution,
            "kind": record.document_type,
            "title": record.title,
            "bodies": record.bodies.iter().map(|it| &it.name).collect::<Vec<_>>(),
            "signatory": record.signatories.iter().map(|it| &it.name).collect::<Vec<_>>(),
            "standing": self.standing,
            "registered": self.registered,
            "officer": self.officer,
            "entry": self.entry,
            "digest": self.document.digest.to_string(),
            "file": record.file_name,
        })
    }
}

fn csv(rows: &[Row]) -> anyhow::Result<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS)?;
    for row in rows {
        writer.write_record(row.cells().map(manifest::guarded))?;
    }
    Ok(String::from_utf8(writer.into_inner()?)?)
}

fn gaps_json(register: &Register, gaps: &Gaps) -> serde_json::Value {
    json!({
        "schema": "docledger.register-gaps/1",
        "head": render::head_json(&register.checkpoint),
        "numbers": gaps.numbers.iter().map(|it| json!({
            "series": it.series,
            "highest": it.highest,
            "missing": it.missing,
        })).collect::<Vec<_>>(),
        "languages": gaps.languages.iter().map(|it| json!({
            "number": it.number,
            "subject": standing::subject(register, it.number),
            "present": it.present,
            "missing": it.missing,
        })).collect::<Vec<_>>(),
        "open": gaps.open.iter().map(|it| {
            let mut object = standing::open_json(it);
            object["number"] = json!(it.from);
            object["subject"] = json!(standing::subject(register, it.from));
            object
        }).collect::<Vec<_>>(),
        "duplicates": gaps.duplicates.iter().map(|it| json!({
            "digest": it.digest.to_string(),
            "entries": it.entries,
        })).collect::<Vec<_>>(),
    })
}

/// A heading, and a line for each thing under it.
type Section = (&'static str, Vec<String>);

fn sections(register: &Register, gaps: &Gaps) -> Vec<Section> {
    let name = |number: u64| render::one_line(&standing::name(register, number));
    let numbers = gaps.numbers.iter().map(|gap| {
        let runs = gap
            .missing
            .iter()
            .take(MOST_RUNS)
            .map(|(first, last)| match first == last {
                true => first.to_string(),
                false => format!("{first}–{last}"),
            });
        let mut runs = runs.collect::<Vec<_>>().join(", ");
        if gap.missing.len() > MOST_RUNS {
            runs.push_str(&format!(" and {} more runs", gap.missing.len() - MOST_RUNS));
        }
        format!(
            "{}: {runs} (up to {})",
            render::one_line(&gap.series),
            gap.highest
        )
    });
    let languages = gaps.languages.iter().map(|it| {
        format!(
            "{} (#{}): in {}; not in {}",
            name(it.number),
            it.number,
            it.present.join(", "),
            it.missing.join(", "),
        )
    });
    let open = gaps.open.iter().map(|it| {
        format!(
            "{} (#{}) {} {}{}",
            name(it.from),
            it.from,
            it.kind.as_str(),
            render::one_line(&it.target),
            render::in_languages(&it.languages),
        )
    });
    let duplicates = gaps.duplicates.iter().map(|Duplicate { digest, entries }| {
        let entries = entries
            .iter()
            .map(|entry| format!("{} (entry {entry})", name(*entry)));
        format!("{digest}: {}", entries.collect::<Vec<_>>().join(", "))
    });
    [
        ("numbers not registered", numbers.collect::<Vec<_>>()),
        ("languages missing", languages.collect()),
        ("references to documents not registered", open.collect()),
        ("the same bytes more than once", duplicates.collect()),
    ]
    .into_iter()
    .filter(|(_, lines)| !lines.is_empty())
    .collect()
}

fn sections_text(register: &Register, gaps: &Gaps, rows: usize) -> String {
    let mut text = format!(
        "\n{} documents, {rows} counting languages, as of {} entries\n",
        register.history().documents().len(),
        register.checkpoint.size
    );
    for (heading, lines) in sections(register, gaps) {
        text.push_str(&format!("\n{heading}\n"));
        for line in lines {
            text.push_str(&format!("  {line}\n"));
        }
    }
    text
}

const STYLE: &str = "\
@page{size:A4 landscape;margin:12mm}\
body{font:9pt/1.35 system-ui,sans-serif;margin:1.5em;color:#111;background:#fff}\
h1{font-size:14pt;margin:0 0 .2em}h2{font-size:11pt;margin:1.4em 0 .3em}\
p{margin:.2em 0}table{border-collapse:collapse;width:100%;table-layout:fixed;font-size:8pt}\
thead{display:table-header-group}tr{break-inside:avoid}\
th,td{border-bottom:1px solid #bbb;padding:.25em .4em;text-align:left;vertical-align:top}\
th{border-bottom:1px solid #111}td{overflow-wrap:anywhere}code{font-size:5.5pt;word-break:break-all}\
p code{font-size:7pt}\
@media screen and (prefers-color-scheme:dark){body{color:#eee;background:#181818}\
th{border-color:#eee}td{border-color:#555}}";

/// The widths of the page's columns, in per cent; the digest takes two lines.
const WIDTHS: [u8; 11] = [4, 13, 4, 3, 7, 6, 9, 23, 9, 7, 15];

/// A page that needs nothing else and prints on A4, the heading on each sheet.
fn page(register: &Register, rows: &[Row], gaps: &Gaps) -> String {
    let authority = &register.authority;
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <title>Register of {issuer}</title><style>{STYLE}</style></head><body>\n\
         <h1>Register of documents</h1>\n<p>{issuer} · {origin}</p>\n\
         <p>{documents} documents as of {size} entries, printed {now}. Not verified here: \
         <code>docledger verify --ledger-id {id}</code></p>\n<p>root <code>{root}</code></p>\n",
        issuer = html::text(authority.issuer()),
        origin = html::text(authority.origin()),
        documents = register.history().documents().len(),
        size = register.checkpoint.size,
        now = render::time(machine::now()),
        id = authority.ledger_id(),
        root = register.checkpoint.root,
    );
    page.push_str("<table><colgroup>");
    for width in WIDTHS {
        page.push_str(&format!("<col style=\"width:{width}%\">"));
    }
    page.push_str("</colgroup>");
    page.push_str("<thead><tr><th>No.<th>Symbol<th>Lang.<th>V.<th>Date<th>Distr.<th>Kind<th>Title<th>Standing<th>Registered<th>SHA-256</tr></thead><tbody>\n");
    for row in rows {
        let [
            number,
            symbols,
            language,
            version,
            date,
            distribution,
            kind,
            title,
            _,
            _,
            _,
            standing,
            registered,
            officer,
            _,
            digest,
            file,
        ] = row.cells().map(|cell| html::text(&cell));
        let title = if title.is_empty() { file } else { title };
        let day = registered.split('T').next().unwrap_or_default();
        page.push_str(&format!(
            "<tr><td>{number}<td>{symbols}<td>{language}<td>{version}<td>{date}<td>{distribution}<td>{kind}\
             <td dir=\"auto\">{title}<td>{standing}<td>{day}<br>{officer}<td><code>{digest}</code></tr>\n"
        ));
    }
    page.push_str("</tbody></table>\n");
    for (heading, lines) in sections(register, gaps) {
        page.push_str(&format!("<h2>{}</h2>\n<ul>\n", html::text(heading)));
        for line in lines {
            page.push_str(&format!("<li>{}</li>\n", html::text(&line)));
        }
        page.push_str("</ul>\n");
    }
    page + "</body></html>\n"
}
