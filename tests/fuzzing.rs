//! Every seed and every kept finding of `tests/fuzz`, through its target.

#![expect(clippy::disallowed_methods, reason = "tests touch files")]

#[path = "fuzz/src/targets/mod.rs"]
mod targets;

use std::path::{Path, PathBuf};

fn files(kind: &str, target: &str) -> Vec<PathBuf> {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz");
    let Ok(folder) = std::fs::read_dir(fuzz.join(kind).join(target)) else {
        return Vec::new();
    };
    folder
        .map(|entry| entry.expect("lists").path())
        .filter(|path| path.is_file())
        .collect()
}

#[test]
fn what_must_hold_for_any_bytes_holds_for_every_seed_and_finding() {
    for (name, check) in targets::ALL {
        let seeds = files("corpus", name);
        assert!(!seeds.is_empty(), "{name} has no seeds");
        for path in seeds.into_iter().chain(files("findings", name)) {
            let bytes = std::fs::read(&path).expect("reads");
            let outcome = std::panic::catch_unwind(|| check(&bytes));
            assert!(outcome.is_ok(), "{name}: {}", path.display());
        }
    }
}

#[test]
fn every_folder_of_inputs_has_its_target() {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz");
    for kind in ["corpus", "findings"] {
        for entry in std::fs::read_dir(fuzz.join(kind)).expect("lists") {
            let entry = entry.expect("lists");
            let name = entry.file_name();
            let is_known = targets::ALL.iter().any(|(known, _)| name == *known);
            let is_pdf = name == "pdf" && !cfg!(feature = "pdf");
            assert!(!entry.path().is_dir() || is_known || is_pdf, "{name:?}");
        }
    }
}
