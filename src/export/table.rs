//! The register as a table (CSV, RFC 4180): the columns of a manifest, so that
//! `register --manifest` reads it, then what the ledger adds.

use super::{Bytes, Item, ItemEvent, concerning, rfc3339};
use crate::registry::manifest::{self, COLUMNS, EXPORT_COLUMNS, Written, guarded};

/// The first line.
///
/// # Errors
/// If it can't be written.
pub fn column_names() -> Result<Vec<u8>, csv::Error> {
    line(COLUMNS.iter().chain(&EXPORT_COLUMNS).copied())
}

/// The line of a file. One whose bytes are not there names no file. Cells that
/// a spreadsheet would take for formulas are guarded as manifests guard them.
///
/// # Errors
/// If it can't be written.
pub fn row(item: &Item, events: &[ItemEvent]) -> Result<Vec<u8>, csv::Error> {
    let of = (item.is_named_by_file() && item.symbols.is_empty() && !is_first(item))
        .then(|| item.subject.clone());
    let file = match item.bytes {
        Bytes::Present | Bytes::Unchecked => format!("{}/{}", super::bagit::PAYLOAD, item.path),
        Bytes::Missing | Bytes::Damaged => String::new(),
    };
    let written = Written {
        file,
        document: Some(&item.document),
        of,
        note: String::new(),
    };
    let added = EXPORT_COLUMNS.map(|column| guarded(cell(item, events, column)));
    line(manifest::cells(&written).chain(added))
}

/// Whether it is the file that gives a document without a symbol its name.
fn is_first(item: &Item) -> bool {
    item.entry == item.number
}

fn cell(item: &Item, events: &[ItemEvent], column: &str) -> String {
    let record = &item.document.record;
    match column {
        "entry" => item.entry.to_string(),
        "number" => format!("#{}", item.number),
        "subject" => item.subject.clone(),
        "version" => record.version.to_string(),
        "status" => item.status.clone(),
        "counts" => if item.counts { "yes" } else { "no" }.to_owned(),
        "content" => item.bytes.as_str().to_owned(),
        "registered" => rfc3339(item.registered).unwrap_or_default(),
        "signer" => item.signer.said.clone(),
        "key" => item
            .signer
            .key
            .map(|key| key.to_string())
            .unwrap_or_default(),
        "sha256" => item.document.digest.to_string(),
        "size" => record.size.to_string(),
        "media_type" => item.document.media_type.clone(),
        "file_name" => record.file_name.clone().unwrap_or_default(),
        "events" => {
            let told = concerning(events, item).map(|event| {
                let doubt = if event.effective {
                    ""
                } else {
                    " (without effect)"
                };
                format!("{} #{}{doubt}", event.kind, event.entry)
            });
            told.collect::<Vec<_>>().join("; ")
        }
        _ => String::new(),
    }
}

fn line<T: AsRef<[u8]>>(cells: impl IntoIterator<Item = T>) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(cells)?;
    let bytes = writer.into_inner();
    bytes.map_err(|error| csv::Error::from(error.into_error()))
}

#[cfg(test)]
mod tests {
    use super::super::tests::package;
    use super::*;

    fn cells(item: &Item, events: &[ItemEvent]) -> Vec<(String, String)> {
        let lines = [column_names(), row(item, events)].map(|line| line.expect("a line"));
        let table = lines.concat();
        let mut reader = csv::Reader::from_reader(table.as_slice());
        let names = reader.headers().expect("a header").clone();
        let row = reader.records().next().expect("a row").expect("reads");
        let cells = names.iter().zip(&row);
        cells
            .map(|(name, cell)| (name.to_owned(), cell.to_owned()))
            .collect()
    }

    fn cell(cells: &[(String, String)], column: &str) -> String {
        let found = cells.iter().find(|(name, _)| name == column);
        found.expect("the column").1.clone()
    }

    #[test]
    fn no_cell_is_a_formula_and_what_is_lost_names_no_file() {
        let mut package = package();
        let told = cells(&package.items[0], &package.events);
        for (name, value) in &told {
            assert!(
                !value.starts_with(['=', '+', '-', '@', '\t', '\r']),
                "{name}: {value}"
            );
        }
        assert!(cell(&told, "title").starts_with("'=1+1"));
        assert!(cell(&told, "signer").starts_with("'-A."));
        assert_eq!(cell(&told, "file"), "data/1/und/v1/_.txt");
        assert_eq!(cell(&told, "events"), "withdraw #2");
        package.items[0].bytes = Bytes::Damaged;
        package.events[0].effective = false;
        let told = cells(&package.items[0], &package.events);
        assert_eq!(cell(&told, "file"), "");
        assert_eq!(cell(&told, "content"), "damaged");
        assert_eq!(cell(&told, "events"), "withdraw #2 (without effect)");
    }

    #[test]
    fn a_later_file_of_a_document_without_symbol_names_it() {
        let mut package = package();
        let of = |item: &Item| cell(&cells(item, &[]), "of");
        assert_eq!(of(&package.items[0]), "");
        package.items[0].entry = 5;
        assert_eq!(of(&package.items[0]), package.items[0].subject);
        package.items[0].symbols = vec!["A/78/1".to_owned()];
        assert_eq!(of(&package.items[0]), "");
    }

    #[test]
    fn a_manifest_reads_it_back() {
        let package = package();
        let lines = [column_names(), row(&package.items[0], &package.events)];
        let table = lines.map(|line| line.expect("a line")).concat();
        let table = String::from_utf8(table).expect("text");
        let rows = manifest::read(&table).expect("a manifest");
        let title = rows[0].edits.title.as_deref();
        assert_eq!(title, package.items[0].document.record.title.as_deref());
    }
}
