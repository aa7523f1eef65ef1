//! What holds for any text.

use proptest::prelude::*;
use proptest::sample::select;

use crate::symbol::{JointSymbol, Nature, Oddity, OddityKind, Parsed, Scope, Symbol, SymbolKey};

/// Pieces that the rules treat in a way of their own.
const PIECES: &[&str] = &[
    "A",
    "S",
    "E",
    "ST",
    "GC(49)",
    "GOV",
    "UNEP",
    "WHO",
    "a",
    "s",
    "/",
    "/",
    "/",
    "//",
    "-",
    "–",
    "－",
    " ",
    "  ",
    "\n",
    "\r\n",
    "\u{a0}",
    "\t",
    "(",
    ")",
    "[",
    "]",
    ".",
    "..",
    "*",
    ",",
    ";",
    "&",
    " and ",
    "Add",
    "Add.1",
    "CORR.2",
    "/Rev.1",
    "/Corr.12",
    "/Summary",
    "Corrigendum",
    "Add.l",
    "RES",
    "res",
    "pv.53",
    "L.",
    "SR.1",
    "SUPP",
    "(supp)",
    "VOL.I",
    "(XI)",
    "S-1",
    "ES-I",
    "XII",
    "1",
    "78",
    "2007",
    "78423",
    "0",
    "l",
    "O",
    "B",
    "A-C",
    "_",
    "#",
    "\"",
    "é",
    "А",
    "Вх",
    "号",
    "\u{301}",
    "\u{338}",
    "\u{308}",
    "\u{200e}",
    "\u{202e}",
    "\u{0}",
    "²",
    "¨",
    "Ⅸ",
    "ﬁ",
    "Ａ",
    "／",
    "∕",
    "ガ",
    "ｶﾞ",
    "ㄱㅏ",
    "ß",
    "ı",
    "ΐ",
    "ͺ",
];

fn pieces() -> impl Strategy<Value = String> {
    prop::collection::vec(select(PIECES), 0..14).prop_map(|pieces| pieces.concat())
}

/// Well-formed symbols, some with part letters, suffixes and joins.
fn symbols() -> impl Strategy<Value = String> {
    let root = select(
        &[
            "A", "S", "E", "ST", "UNEP", "GC(49)", "CRC", "OPCW", "EC-M-33",
        ][..],
    );
    let middle = "(C\\.[1-6]|RES|AC\\.[1-9][0-9]{0,2}|ES-10|S-[1-9]|HRC|[1-9][0-9]{0,3})";
    let number = "(L\\.|PV\\.|WP\\.|)[1-9][0-9]{0,2}(\\((X|XI|1997|Vol\\.I|ES-I)\\))?( [A-Z])?";
    let suffix = "(/(Add|Corr|Rev|Amend)\\.[1-9][0-9]?)";
    let half = (
        root,
        prop::collection::vec(middle, 0..3),
        number,
        prop::collection::vec(suffix, 0..4),
    )
        .prop_map(|(root, middles, number, suffixes)| {
            let middles: String = middles.iter().map(|middle| format!("/{middle}")).collect();
            format!("{root}{middles}/{number}{}", suffixes.concat())
        });
    let later = (select(&["A", "S", "E"][..]), "/[1-9][0-9]{3}/[1-9]");
    let later = later.prop_map(|(root, rest)| format!("-{root}{rest}"));
    (half, prop::collection::vec(later, 0..3)).prop_map(|(half, later)| half + &later.concat())
}

fn doubts(parsed: &Parsed<JointSymbol>) -> Vec<OddityKind> {
    parsed.doubts().map(|doubt| doubt.kind.clone()).collect()
}

fn is_changed(oddity: &Oddity) -> bool {
    oddity.kind.nature() == Nature::Changed
}

/// Everything that is promised of a text that was read.
fn check(printed: &str) -> Result<(), TestCaseError> {
    let _ = Scope::parse(printed);
    let Ok(parsed) = JointSymbol::parse(printed) else {
        return Ok(());
    };
    let joint = &parsed.value;
    check_canonical_text(joint.canonical())?;
    check_places(printed, &parsed.oddities)?;
    check_again(&parsed)?;
    if !joint.is_reissue() && !parsed.oddities.iter().any(is_changed) {
        prop_assert_eq!(joint.printed(), joint.canonical());
    }
    for half in joint.halves() {
        check_half(half)?;
    }
    Ok(())
}

fn check_canonical_text(canonical: &str) -> Result<(), TestCaseError> {
    prop_assert!(!canonical.is_empty() && canonical.len() <= 256);
    prop_assert!(!canonical.contains(char::is_control));
    prop_assert!(!canonical.contains(|c: char| c.is_whitespace() && c != ' '));
    prop_assert!(!canonical.contains("  ") && canonical.trim() == canonical);
    prop_assert!(!canonical.contains("//"));
    prop_assert!(unicode_normalization::is_nfkc(canonical));
    Ok(())
}

fn check_places(printed: &str, oddities: &[Oddity]) -> Result<(), TestCaseError> {
    prop_assert!(oddities.is_sorted_by_key(|oddity| oddity.at));
    for oddity in oddities {
        let before = printed.get(..oddity.at.byte);
        prop_assert_eq!(
            before.map(|text| text.chars().count()),
            Some(oddity.at.character)
        );
        prop_assert!(oddity.at.byte < printed.len());
    }
    Ok(())
}

/// Reading the canonical form again changes nothing and doubts the same.
fn check_again(parsed: &Parsed<JointSymbol>) -> Result<(), TestCaseError> {
    let joint = &parsed.value;
    let again = match JointSymbol::parse(joint.canonical()) {
        Ok(again) => again,
        Err(error) => return Err(TestCaseError::fail(format!("{joint}: {error}"))),
    };
    prop_assert_eq!(again.value.canonical(), joint.canonical());
    prop_assert!(
        !again.oddities.iter().any(is_changed),
        "{:?}",
        again.oddities
    );
    prop_assert_eq!(doubts(&again), doubts(parsed));
    prop_assert!(!again.value.is_reissue());
    let parts = |joint: &JointSymbol| {
        let halves = joint.halves().iter();
        halves
            .map(|half| {
                (
                    half.key().clone(),
                    half.base().to_owned(),
                    half.suffixes().to_vec(),
                )
            })
            .collect::<Vec<_>>()
    };
    prop_assert_eq!(parts(&again.value), parts(joint));
    Ok(())
}

fn check_half(half: &Symbol) -> Result<(), TestCaseError> {
    prop_assert_eq!(
        half.components().collect::<Vec<_>>().join("/"),
        half.canonical()
    );
    prop_assert!(half.components().all(|component| !component.is_empty()));
    for ancestor in half
        .parent()
        .into_iter()
        .chain([half.base(), half.canonical()])
    {
        let again = Symbol::parse(ancestor).map(|parsed| parsed.value.canonical().to_owned());
        prop_assert_eq!(again.as_deref(), Ok(ancestor));
    }
    prop_assert_eq!(half.parent().is_some(), !half.suffixes().is_empty());
    if half.canonical().is_ascii() {
        for other in [
            half.canonical().to_lowercase(),
            half.canonical().to_uppercase(),
        ] {
            let again = Symbol::parse(&other).map(|parsed| parsed.value.key().clone());
            prop_assert_eq!(again.as_ref(), Ok(half.key()), "{}", other);
        }
    }
    check_scopes(half)
}

fn check_scopes(half: &Symbol) -> Result<(), TestCaseError> {
    let key = half.key();
    prop_assert_eq!(&SymbolKey::of_canonical(key.as_str()), key);
    let longer = SymbolKey::of_canonical(&format!("{key}0"));
    let own = Scope::parse(half.canonical());
    let own = own.map_err(|error| TestCaseError::fail(format!("{half}: {error}")));
    // An asterisk left inside is a doubtful symbol, and never a scope.
    if !half.canonical().contains('*') {
        let own = own?;
        prop_assert!(own.covers(key) && !own.covers(&longer));
    }
    Ok(())
}

proptest! {
    #[test]
    fn any_text(printed in any::<String>()) {
        check(&printed)?;
    }

    #[test]
    fn any_pieces(printed in pieces()) {
        check(&printed)?;
    }

    #[test]
    fn any_symbol(printed in symbols()) {
        let parsed = JointSymbol::parse(&printed);
        let parsed = parsed.map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(parsed.value.canonical(), &printed);
        prop_assert!(parsed.oddities.is_empty(), "{:?}", parsed.oddities);
        check(&printed)?;
    }
}
