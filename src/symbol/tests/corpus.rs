//! Real symbols, and what is expected of each odd spelling.

use super::outcome;
use crate::symbol::{JointSymbol, SuffixKind, Symbol};

const SYMBOLS: &str = include_str!("../../../tests/data/symbols/symbols.txt");
const BY_FORM: &str = include_str!("../../../tests/data/symbols/symbols-by-form.csv");
const QUIRKS: &str = include_str!("../../../tests/data/symbols/symbols-quirks.tsv");

/// One line for each of the quirks, in the order of the file.
const EXPECTED_QUIRKS: &[(&str, &str)] = &[
    ("A/C.1/80/L.23*", "A/C.1/80/L.23 (reissue)"),
    ("A/C.1/80/L.42*", "A/C.1/80/L.42 (reissue)"),
    ("A/RES/78/68*", "A/RES/78/68 (reissue)"),
    ("A/61/833–S/2007/179", "A/61/833 + S/2007/179 dash@8"),
    (
        "A/61/833\nS/2007/179",
        "A/61/833 + S/2007/179 line-break-join@8",
    ),
    ("A/76/736-S/2022/176", "A/76/736 + S/2022/176"),
    (
        "A/67/65/Corr.1-E/2012/48/Corr.1",
        "A/67/65/Corr.1 + E/2012/48/Corr.1",
    ),
    (
        "A/78/72/Add.1-E/2023/59/Add.1",
        "A/78/72/Add.1 + E/2023/59/Add.1",
    ),
    (
        "E/CN.4/2001/2-E/CN.4/Sub.2/2000/46",
        "E/CN.4/2001/2 + E/CN.4/Sub.2/2000/46",
    ),
    (
        "GOV/INF/2005/10-GC(49)/INF/3",
        "GOV/INF/2005/10 + GC(49)/INF/3",
    ),
    (
        "A/C.6/64/SR.1–28/Corrigendum",
        "A/C.6/64/SR.1-28/Corrigendum dash@13",
    ),
    ("A/C.6/79.SR.37", "A/C.6/79.SR.37 full-stop-for-slash@8"),
    ("A/C.6/79.SR.38", "A/C.6/79.SR.38 full-stop-for-slash@8"),
    ("S/2014//502", "S/2014/502 doubled-slash@7"),
    (
        "A/36/353 and Corr. 2 and Add.l and 2",
        "refused: \"and\" at character 10 makes this a list of symbols; give each one in full, by itself",
    ),
    (
        "A/36 /51/C orr.l",
        "A/36/51/C orr.l space@4 space-inside@10",
    ),
    (
        "А/44/49/С0ГГ.2",
        "refused: 'А' (U+0410) at character 1 only looks like 'A'",
    ),
    (
        "A/44/49/CORR.2(SUPP)",
        "A/44/49/Corr.2(SUPP) case@8 catalogue-addition@14",
    ),
    (
        "A/36/51/CORR.1(SUPP)",
        "A/36/51/Corr.1(SUPP) case@8 catalogue-addition@14",
    ),
    (
        "A/35/48/ADD.1(SUPP)",
        "A/35/48/Add.1(SUPP) case@8 catalogue-addition@13",
    ),
    (
        "A/1775 (Supp)",
        "A/1775(SUPP) space@6 catalogue-addition@7 case@8",
    ),
    (
        "A/1775/Add.1 (supp)",
        "A/1775/Add.1(SUPP) space@12 catalogue-addition@13 case@14",
    ),
    (
        "A/31/39[Vol.II](SUPP)",
        "A/31/39[Vol.II](SUPP) catalogue-addition@15",
    ),
    ("A/47/49(Vol.I)", "A/47/49(Vol.I)"),
    ("A/74/49(VOL.I)", "A/74/49(Vol.I) case@8"),
    ("A/36/pv.53", "A/36/PV.53 case@5"),
    ("A/RES/1040 (XI)", "A/RES/1040(XI) space@10"),
    ("A/RES/104(S-1)", "A/RES/104(S-1)"),
    ("A/RES/1000(ES-I)", "A/RES/1000(ES-I)"),
    (
        "(A/79/1) Colour Publication",
        "(A/79/1) Colour Publication (free-form) symbol-inside@1",
    ),
    ("2415644A*", "2415644A (free-form) (reissue)"),
    ("A/C.2/80/CRP.1", "A/C.2/80/CRP.1"),
    (
        "( S/2017/507)",
        "S/2017/507 outer-bracket@0 space@1 outer-bracket@12",
    ),
    (
        "A_C.3_78_L.49_Rev.1-EN.pdf",
        "A_C.3_78_L.49_Rev.1-EN.pdf (free-form) file-name@0",
    ),
    ("S/RES/1080(1996)", "S/RES/1080(1996)"),
    (
        "resolution 1080 (1996)",
        "resolution 1080(1996) (free-form) space@15",
    ),
    ("A/78423", "A/78423 missing-slash@2"),
];

/// The only line of `symbols.txt` that isn't canonical or raises a doubt.
const EXPECTED_EXCEPTIONS: &[(&str, &str)] = &[("A/61/833–S/2007/179", "A/61/833-S/2007/179 dash")];

#[test]
fn every_quirk_has_its_outcome() {
    let rows = QUIRKS.lines().filter(|line| !line.starts_with('#'));
    let printed: Vec<String> = rows
        .map(|row| row.split('\t').next().unwrap_or(row).replace("\\n", "\n"))
        .collect();
    let expected: Vec<&str> = EXPECTED_QUIRKS
        .iter()
        .map(|(printed, _)| *printed)
        .collect();
    assert_eq!(printed, expected, "the table names every quirk");
    for (printed, expected) in EXPECTED_QUIRKS {
        assert_eq!(outcome(printed), *expected, "{printed:?}");
    }
}

#[test]
fn real_symbols_are_canonical_already() {
    assert_eq!(SYMBOLS.lines().count(), 718);
    let mut exceptions = Vec::new();
    for printed in SYMBOLS.lines() {
        let parsed = JointSymbol::parse(printed).expect("a real symbol");
        for half in parsed.value.halves() {
            assert!(half.has_known_root(), "{printed}");
            assert!(!half.is_reissue(), "{printed}");
        }
        let canonical = parsed.value.canonical().to_owned();
        let told = parsed.oddities.iter().map(|oddity| oddity.kind.code());
        let line: Vec<&str> = std::iter::once(canonical.as_str()).chain(told).collect();
        if line != [printed] {
            exceptions.push((printed, line.join(" ")));
        }
    }
    let exceptions: Vec<(&str, &str)> = exceptions
        .iter()
        .map(|(printed, line)| (*printed, line.as_str()))
        .collect();
    assert_eq!(exceptions, EXPECTED_EXCEPTIONS);
}

#[test]
fn form_classes_hold() {
    let mut rows = 0;
    for row in BY_FORM.lines().skip(1).filter(|row| !row.is_empty()) {
        let (form, printed) = row.split_once(',').expect("two columns");
        let parsed = JointSymbol::parse(printed).expect("a real symbol").value;
        let kinds: Vec<SuffixKind> = suffix_kinds(parsed.first());
        let joint = printed.contains("-S/") || printed.contains("-E/") || printed.contains('–');
        assert_eq!(parsed.is_joint(), joint, "{row}");
        let expected = match form {
            "suffix-Add" => Some(SuffixKind::Addendum),
            "suffix-Amend" => Some(SuffixKind::Amendment),
            "suffix-Corr" => Some(SuffixKind::Corrigendum),
            "suffix-Rev" => Some(SuffixKind::Revision),
            _ => None,
        };
        match (form, expected) {
            (_, Some(kind)) => assert_eq!(kinds, [kind], "{row}"),
            ("combined-suffix", _) => assert_eq!(kinds.len(), 2, "{row}"),
            ("as-seen" | "joint" | "special-session", _) => {}
            _ => assert!(kinds.is_empty(), "{row}"),
        }
        rows += 1;
    }
    assert_eq!(
        rows, 719,
        "the symbols, and one that was cited without its slash"
    );
}

fn suffix_kinds(symbol: &Symbol) -> Vec<SuffixKind> {
    symbol.suffixes().iter().map(|suffix| suffix.kind).collect()
}
