use std::collections::BTreeMap;

use super::*;
use crate::digest::ContentDigest;

impl Folder for BTreeMap<String, Vec<u8>> {
    fn paths(&self) -> Result<Vec<String>, String> {
        Ok(self.keys().cloned().collect())
    }

    fn read(&self, path: &str, show: &mut dyn FnMut(&[u8])) -> Result<(), String> {
        let bytes = self.get(path).ok_or("gone")?;
        bytes.chunks(7).for_each(show);
        Ok(())
    }
}

fn digest(bytes: &[u8]) -> String {
    ContentDigest::of(bytes).to_string()
}

/// A bag with two files.
fn bag() -> BTreeMap<String, Vec<u8>> {
    let mut bag = BTreeMap::new();
    let mut manifest = String::new();
    for (path, text) in [("data/1/a.txt", "first\n"), ("data/2/b%.txt", "second\n")] {
        manifest += &manifest_line(&digest(text.as_bytes()), path);
        bag.insert(path.to_owned(), text.as_bytes().to_vec());
    }
    let info = "Source-Organization: An office\n of records\nPayload-Oxum: 13.2\n";
    let mut tags = String::new();
    for (path, text) in [
        (DECLARATION_FILE, DECLARATION),
        (INFO_FILE, info),
        (MANIFEST_FILE, &manifest),
    ] {
        tags += &manifest_line(&digest(text.as_bytes()), path);
        bag.insert(path.to_owned(), text.as_bytes().to_vec());
    }
    bag.insert(TAG_MANIFEST_FILE.to_owned(), tags.into_bytes());
    bag
}

fn refused(change: impl FnOnce(&mut BTreeMap<String, Vec<u8>>)) -> String {
    let mut bag = bag();
    change(&mut bag);
    let faults = Bag::read(&bag).expect_err("refuses");
    let faults = faults.iter().map(ToString::to_string);
    faults.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_bag_is_read() {
    let read = Bag::read(&bag()).expect("a bag");
    assert_eq!(read.said(SOURCE), Some("An office of records"));
    assert_eq!(
        read.payload.keys().collect::<Vec<_>>(),
        ["data/1/a.txt", "data/2/b%.txt"]
    );
    assert_eq!(read.tags.len(), 4);
}

#[test]
fn every_flipped_byte_is_found() {
    for (path, bytes) in bag() {
        for place in 0..bytes.len() {
            let mut twin = bag();
            twin.get_mut(&path).expect("there")[place] ^= 1;
            assert!(Bag::read(&twin).is_err(), "{path} byte {place}");
        }
    }
}

#[test]
fn what_is_missing_or_surplus_is_found() {
    for path in bag().keys() {
        let mut twin = bag();
        twin.remove(path);
        // Without its tag manifest it is still a bag.
        assert_eq!(
            Bag::read(&twin).is_ok(),
            path == TAG_MANIFEST_FILE,
            "{path}"
        );
    }
    for path in ["data/3.txt", "more.txt", "ledger/checkpoint"] {
        let faults = refused(|bag| drop(bag.insert(path.to_owned(), Vec::new())));
        assert!(faults.contains(&format!("{path} is surplus")), "{faults}");
    }
    let faults = refused(|bag| drop(bag.insert(FETCH_FILE.to_owned(), Vec::new())));
    assert!(faults.contains("nothing is fetched"), "{faults}");
}

#[test]
fn weak_digests_alone_are_not_accepted() {
    let faults = refused(|bag| {
        let manifest = bag.remove(MANIFEST_FILE).expect("there");
        bag.insert("manifest-md5.txt".to_owned(), manifest);
        bag.remove(TAG_MANIFEST_FILE);
    });
    assert_eq!(faults, BagFault::NoManifest.to_string());
}

#[test]
fn other_versions_and_encodings_are_refused() {
    for (from, to) in [("1.0", "2.0"), ("UTF-8", "UTF-16"), ("BagIt-V", "V")] {
        let faults = refused(|bag| {
            let text = DECLARATION.replace(from, to).into_bytes();
            bag.insert(DECLARATION_FILE.to_owned(), text);
            bag.remove(TAG_MANIFEST_FILE);
        });
        assert!(faults.starts_with(DECLARATION_FILE), "{faults}");
    }
}

#[test]
fn what_a_bag_says_of_itself_stays_on_its_lines() {
    let package = super::super::tests::package();
    let said = info(&package, 1, 3);
    let mut labels = said
        .lines()
        .map(|line| line.split(':').next().unwrap_or_default());
    assert_eq!(labels.clone().filter(|label| *label == SOURCE).count(), 1);
    assert!(labels.all(|label| !label.contains(' ')), "{said}");
    assert!(
        said.contains("Payload-Oxum: 3.1\nBag-Software-Agent: "),
        "{said}"
    );
    assert!(said.contains("Bagging-Date: 2024-02-19\n"), "{said}");
    assert!(info(&package, 0, 0).contains("Docledger-Left-Out: 1 "));
}
