//! Batches as an officer runs them: from a table, from a folder, again, with
//! mistakes.

#![expect(clippy::disallowed_methods, reason = "tests touch files")]

mod office;

use office::Office;

fn counts(summary: &serde_json::Value) -> [Option<u64>; 3] {
    ["registered", "same", "refused"].map(|name| summary[name].as_u64())
}

const TABLE: &str = "file,symbols,language,date,title,bodies,session\n\
    in/one.txt,A/78/1,English,2024-02-19,One,General Assembly,Seventy-eighth session\n\
    in/two.txt,A/78/1/Rev.1,en,2024-02-20,,,\n\
    in/three.txt,-,fr,,Trois,,\n";

fn with_files() -> Office {
    let office = Office::open();
    for name in ["one", "two", "three"] {
        office.write(&format!("in/{name}.txt"), &format!("text {name}\n"));
    }
    office
}

#[test]
fn a_table_is_registered_once() {
    let office = with_files();
    office.write("table.csv", TABLE);
    let register = ["register", "--manifest", "table.csv", "--yes"];
    let (planned, code) = office.summary(&["register", "--manifest", "table.csv", "--dry-run"]);
    assert_eq!((planned["new"].as_u64(), code), (Some(3), Some(0)));
    assert_eq!(office.entries(), 1);
    let (first, code) = office.summary(&register);
    assert_eq!(
        (counts(&first), code),
        ([Some(3), Some(0), Some(0)], Some(0))
    );
    let (again, code) = office.summary(&register);
    assert_eq!(
        (counts(&again), code),
        ([Some(0), Some(3), Some(0)], Some(0))
    );
    assert_eq!(office.entries(), 4);
    let (shown, _) = office.summary(&["show", "A/78/1/Rev.1"]);
    assert_eq!(shown["record"]["relations"][0]["target"], "A/78/1");
    assert_eq!(
        shown["record"]["proposed"],
        serde_json::json!(["relations"])
    );
    let (shown, _) = office.summary(&["show", "in/three.txt"]);
    assert_eq!(shown["record"]["identifier"], serde_json::Value::Null);
    assert_eq!(shown["record"]["title"], "Trois");
}

#[test]
fn a_refused_file_stops_the_batch_unless_told_to_go_on() {
    let office = with_files();
    let wrong = TABLE.to_owned() + "in/four.txt,A/78/4,,,,,\n";
    office.write("table.csv", &wrong);
    let output = office.run(&["register", "--manifest", "table.csv", "--yes"]);
    assert_eq!(output.status.code(), Some(2));
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        told.contains("in/four.txt (line 5)") && told.contains("nothing was registered"),
        "{told}"
    );
    assert_eq!(office.entries(), 1);
    let going = [
        "register",
        "--manifest",
        "table.csv",
        "--yes",
        "--keep-going",
    ];
    let (summary, code) = office.summary(&going);
    assert_eq!(
        (counts(&summary), code),
        ([Some(3), Some(0), Some(1)], Some(1))
    );
    assert_eq!(office.entries(), 4);
}

#[test]
fn a_wrong_table_registers_nothing() {
    let office = with_files();
    office.write(
        "table.csv",
        "file,date\nin/one.txt,2024-13-01\nin/two.txt,\n",
    );
    let output = office.run(&[
        "register",
        "--manifest",
        "table.csv",
        "--yes",
        "--keep-going",
    ]);
    assert_eq!(output.status.code(), Some(2));
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(told.contains("line 2, column date"), "{told}");
    assert_eq!(office.entries(), 1);
}

#[test]
fn a_folder_is_written_to_a_table_and_the_table_registered() {
    let office = with_files();
    office.write("in/.hidden", "not this\n");
    office.write("in/deep/=four.txt", "text four\n");
    let saved = office.run(&["register", "in", "--save-manifest", "saved.csv"]);
    assert!(saved.status.success());
    assert_eq!(office.entries(), 1);
    let (summary, code) = office.summary(&["register", "--manifest", "saved.csv", "--yes"]);
    assert_eq!(
        (counts(&summary), code),
        ([Some(4), Some(0), Some(0)], Some(0))
    );
    // The ledger's own folder is never taken for documents.
    let (summary, _) = office.summary(&["register", ".", "--yes", "--keep-going"]);
    assert_eq!(counts(&summary)[1], Some(4));
    assert!(!summary["registered"].is_null());
}

#[test]
fn flags_about_one_file_are_refused_for_many() {
    let office = with_files();
    let output = office.run(&["register", "in", "--symbol", "A/78/1", "--yes"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(office.entries(), 1);
}

#[test]
fn lines_are_counted_as_editors_do_and_quotes_must_close() {
    let office = with_files();
    office.write(
        "crlf.csv",
        "file,date\r\nin/one.txt,2024\r\nin/two.txt,never\r\n",
    );
    let output = office.run(&["register", "--manifest", "crlf.csv", "--yes"]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(told.contains("line 3, column date"), "{told}");
    office.write("open.csv", "file,title\nin/one.txt,\"One\nin/two.txt,Two\n");
    let output = office.run(&["register", "--manifest", "open.csv", "--yes"]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(told.contains("line 2: a quotation mark"), "{told}");
    assert_eq!(office.entries(), 1);
}

#[test]
fn the_same_file_with_other_values_is_told() {
    let office = with_files();
    office.write("table.csv", TABLE);
    office.text(&["register", "--manifest", "table.csv", "--yes"]);
    office.write("table.csv", &TABLE.replace(",One,", ",Another,"));
    let output = office.run(&["register", "--manifest", "table.csv", "--yes"]);
    assert_eq!(output.status.code(), Some(0));
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        told.contains("in/one.txt: registered already as #1, with other values"),
        "{told}"
    );
    assert!(!told.contains("in/two.txt"), "{told}");
}
