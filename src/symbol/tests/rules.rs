//! Each rule on small made-up and real cases.

use super::outcome;
use crate::symbol::{
    JointSymbol, MAX_CANONICAL_BYTES, MAX_PRINTED_BYTES, Scope, Suffix, Symbol, SymbolError,
    SymbolKey,
};

fn symbol(printed: &str) -> Symbol {
    Symbol::parse(printed).expect("a symbol").value
}

fn check(cases: &[(&str, &str)]) {
    for (printed, expected) in cases {
        assert_eq!(outcome(printed), *expected, "{printed:?}");
    }
}

#[test]
fn dashes_join_only_before_a_known_root() {
    check(&[
        ("A/ES-10/794", "A/ES-10/794"),
        ("A/S-12/32", "A/S-12/32"),
        ("A/S-XII/32", "A/S-XII/32"),
        ("EC-M-33/DEC.1", "EC-M-33/DEC.1"),
        ("ICC-ASP/1/3", "ICC-ASP/1/3"),
        ("INV-A/3", "INV-A/3"),
        ("A/RES/104(S-1)", "A/RES/104(S-1)"),
        ("A/1(X-S/2)", "A/1(X-S/2)"),
        ("A/ES-10/L.31-S/2024/5", "A/ES-10/L.31 + S/2024/5"),
        ("a/1-s/2", "A/1 + S/2 case@0 case@4"),
        ("A/1-S/2-E/3", "A/1 + S/2 + E/3"),
        ("A/1 –\n S/2", "A/1 + S/2 space@3 dash@4 space@5"),
        ("WHO/2000/1-A/54/429", "WHO/2000/1 + A/54/429"),
        ("A/54/429-WHO/2000/1", "A/54/429-WHO/2000/1 possible-join@8"),
        ("A/1-A/1", "A/1 + A/1 repeated-symbol@4"),
        ("A/1(-S/2", "A/1 + S/2 outer-bracket@3"),
    ]);
}

#[test]
fn line_breaks_join_or_are_spaces() {
    check(&[
        (
            "A/61/833 \r\n S/2007/179",
            "A/61/833 + S/2007/179 line-break-join@8",
        ),
        ("A/C.6/\n64/SR.1", "A/C.6/64/SR.1 space@6"),
        ("A/RES/79/573\nB", "A/RES/79/573 B space@12"),
        ("\nA/78/1\n", "A/78/1"),
    ]);
}

#[test]
fn what_names_several_symbols_is_refused() {
    let list = "makes this a list of symbols; give each one in full, by itself";
    for (printed, word, at) in [
        ("A/61/833, S/2007/179", ",", 9),
        ("A/61/833; S/2007/179", ";", 9),
        ("A/61/833&S/2007/179", "&", 9),
        ("A/78/1 AND Corr.1", "AND", 8),
    ] {
        let expected = format!("refused: {word:?} at character {at} {list}");
        assert_eq!(outcome(printed), expected);
    }
    check(&[
        (
            "A/61/833 S/2007/179",
            "refused: a second symbol starts at character 10; join it with a dash, or give it by itself",
        ),
        (
            "A/44/49 (Vol. I, Part 2)",
            "A/44/49(Vol.I, Part 2) space@7 space@13",
        ),
        (
            "Sand and gravel, lot 7",
            "Sand and gravel, lot 7 (free-form)",
        ),
    ]);
}

#[test]
fn asterisks_mark_reissues() {
    check(&[
        (
            "A/61/833*–S/2007/179",
            "A/61/833 + S/2007/179 (reissue) dash@9",
        ),
        (
            "(A/61/833-S/2007/179)*.",
            "A/61/833 + S/2007/179 (reissue) outer-bracket@0 outer-bracket@20 final-punctuation@22",
        ),
        ("A/78/1 *", "A/78/1 (reissue)"),
        ("A/78/1**", "A/78/1 (reissue) extra-asterisk@6"),
        ("A/78/1*/Add.1", "A/78/1*/Add.1 unusual-character@6"),
    ]);
    let joint = JointSymbol::parse("A/61/833–S/2007/179*")
        .expect("a joint symbol")
        .value;
    assert!(joint.halves().iter().all(Symbol::is_reissue));
    let printed: Vec<&str> = joint.halves().iter().map(Symbol::printed).collect();
    assert_eq!(printed, ["A/61/833", "S/2007/179*"]);
    assert_eq!(joint.printed(), "A/61/833–S/2007/179*");
    assert_eq!(joint.canonical(), "A/61/833-S/2007/179");
}

#[test]
fn known_words_get_their_usual_case() {
    check(&[
        ("unep/EA.4/Res.10", "UNEP/EA.4/Res.10 case@0"),
        ("A/res/78/1", "A/RES/78/1 case@2"),
        (
            "a/es-10/l.31/REV.1",
            "A/ES-10/L.31/Rev.1 case@0 case@2 case@8 case@13",
        ),
        ("E/cn.4/SUB.2/2000/46", "E/CN.4/Sub.2/2000/46 case@2 case@7"),
        ("S/AGENDA/9725", "S/Agenda/9725 case@2"),
        ("A/RES/104(s-1)", "A/RES/104(S-1) case@10"),
        ("gc(49)/inf/3", "GC(49)/INF/3 case@0 case@7"),
        (
            "A/C.6/64/SR.1-28/CORRIGENDUM",
            "A/C.6/64/SR.1-28/Corrigendum case@17",
        ),
        ("UNEP/OzL.Pro.WG.1/2", "UNEP/OzL.Pro.WG.1/2"),
        ("Inv/17", "Inv/17"),
        ("rev.1", "rev.1 (free-form)"),
    ]);
}

#[test]
fn spaces_are_for_part_letters() {
    check(&[
        ("A/RES/79/573 B", "A/RES/79/573 B"),
        ("A/RES/217 (III) A", "A/RES/217(III) A space@9"),
        ("A/RES/217 A (III)", "A/RES/217 A(III) space@11"),
        (
            "A/RES/46/185 A - C/Corr.1",
            "A/RES/46/185 A-C/Corr.1 space@14 space@16",
        ),
        ("A/RES/54/237\u{a0}\u{2009}C", "A/RES/54/237 C space@12"),
        ("A/RES/79/573 S/Corr.1", "A/RES/79/573 S/Corr.1"),
        (
            "S/PV.4970 (Resumption 1)",
            "S/PV.4970(Resumption 1) space@9",
        ),
        (
            "UNEP(DEPI)/MED WG.320/3",
            "UNEP(DEPI)/MED WG.320/3 space-inside@14",
        ),
    ]);
}

#[test]
fn doubts_are_told_and_nothing_is_repaired() {
    check(&[
        ("A/36/51/Add.l", "A/36/51/Add.l suffix-number@11"),
        ("A/36/51/Corr.02", "A/36/51/Corr.02 suffix-number@12"),
        (
            "A/36/51/Rev.99999999999",
            "A/36/51/Rev.99999999999 suffix-number@11",
        ),
        ("A/36/51/Corr", "A/36/51/Corr suffix-without-number@8"),
        (
            "A/36/51/Corr.",
            "A/36/51/Corr suffix-without-number@8 final-punctuation@12",
        ),
        ("S/2OO7/1", "S/2OO7/1 letter-in-number@2"),
        ("A/C.3/78/L.l0", "A/C.3/78/L.l0 letter-in-number@11"),
        (
            "A/C.1/80/L.23.Rev.1",
            "A/C.1/80/L.23.Rev.1 full-stop-for-slash@13",
        ),
        ("A/10034", "A/10034"),
        ("S/24111", "S/24111"),
        ("A/78/1#", "A/78/1# unusual-character@6"),
        ("A/78..1", "A/78..1 unusual-character@4"),
        ("S/RES/1139(1997", "S/RES/1139(1997 unbalanced-bracket@10"),
        (
            "https://undocs.org/A/78/1",
            "https:/undocs.org/A/78/1 (free-form) doubled-slash@7 symbol-inside@19",
        ),
        ("see A/78/1", "see A/78/1 (free-form) symbol-inside@4"),
    ]);
}

#[test]
fn unicode_forms_are_read_or_refused() {
    check(&[
        ("Ａ／７８／１", "A/78/1 unicode-form@0"),
        ("BWC/CONF.Ⅸ/9", "BWC/CONF.IX/9 unicode-form@9"),
        ("A/61/833－S/2007/179", "A/61/833 + S/2007/179 dash@8"),
        ("A/78/1\u{200e}", "A/78/1 direction-mark@6"),
        (
            "A\u{200e}\u{301}-7",
            "Á-7 (free-form) unicode-form@0 direction-mark@1",
        ),
        (
            "A/78/1²",
            "refused: '²' (U+00B2) at character 7 is set apart from the line, as for a note; it can't be part of a symbol",
        ),
        (
            "A/78/1\u{202e}",
            "refused: character without a printed form, U+202E, at character 7",
        ),
        (
            "A/78\u{ad}/1",
            "refused: character without a printed form, U+00AD, at character 5",
        ),
        (
            "A/78/1\u{0}",
            "refused: control character U+0000 at character 7",
        ),
        (
            "A/78\u{1b}[31m/1",
            "refused: control character U+001B at character 5",
        ),
        (
            "A/78∕1",
            "refused: '∕' (U+2215) at character 5 only looks like '/'",
        ),
    ]);
}

#[test]
fn look_alikes_are_refused() {
    check(&[
        (
            "А/78/1",
            "refused: 'А' (U+0410) at character 1 only looks like 'A'",
        ),
        (
            "UΝEP/1",
            "refused: 'Ν' (U+039D) at character 2 only looks like 'N'",
        ),
        (
            "Á/78/1",
            "refused: 'Á' (U+00C1) at character 1 doesn't belong in an official symbol",
        ),
        (
            "A/78/号",
            "refused: '号' (U+53F7) at character 6 doesn't belong in an official symbol",
        ),
        (
            "A/61/833–Ѕ/2007/179",
            "refused: 'Ѕ' (U+0405) at character 10 only looks like 'S'",
        ),
        (
            "WHO/2024/С0ГГ.2",
            "refused: 'С' (U+0421) at character 10 only looks like 'C'",
        ),
        (
            "INV-А-17",
            "refused: 'А' (U+0410) at character 5 only looks like 'A'",
        ),
        (
            "Вx-17",
            "refused: 'x' (U+0078) at character 2 belongs to another alphabet than the word it stands in",
        ),
    ]);
}

#[test]
fn other_scripts_are_welcome_in_free_form() {
    check(&[
        ("INV-2024-17", "INV-2024-17 (free-form)"),
        ("Исх-17", "Исх-17 (free-form)"),
        ("Вх-17", "Вх-17 (free-form) look-alike-word@0"),
        ("ПР-INV-17", "ПР-INV-17 (free-form)"),
        ("ARR/2024/préf", "ARR/2024/préf (free-form)"),
        ("联发〔2024〕17号", "联发〔2024〕17号 (free-form)"),
        ("و/17", "و/17 (free-form)"),
    ]);
}

#[test]
fn nothing_is_taken_from_nothing() {
    for printed in ["", " \n", "*", "(.)", "[](*);", "–"] {
        assert_eq!(
            Symbol::parse(printed).err(),
            Some(SymbolError::Empty),
            "{printed:?}"
        );
        assert_eq!(JointSymbol::parse(printed).err(), Some(SymbolError::Empty));
    }
    for printed in ["A/", "A/78/", "/A/78", "A/1/-S/2"] {
        let error = JointSymbol::parse(printed).err();
        assert!(
            matches!(error, Some(SymbolError::Incomplete { .. })),
            "{printed:?}"
        );
    }
}

#[test]
fn length_is_bounded() {
    let longest = format!("A/{}", "1".repeat(MAX_CANONICAL_BYTES - 2));
    assert_eq!(symbol(&longest).canonical(), longest);
    let too_long = |text: &str, bytes, limit| {
        let error = JointSymbol::parse(text).err();
        assert_eq!(error, Some(SymbolError::TooLong { bytes, limit }));
    };
    too_long(
        &format!("{longest}1"),
        MAX_CANONICAL_BYTES + 1,
        MAX_CANONICAL_BYTES,
    );
    too_long(
        &format!("{longest}-S/1"),
        MAX_CANONICAL_BYTES + 4,
        MAX_CANONICAL_BYTES,
    );
    let spaces = " ".repeat(MAX_PRINTED_BYTES + 1);
    too_long(&spaces, MAX_PRINTED_BYTES + 1, MAX_PRINTED_BYTES);
}

#[test]
fn one_symbol_is_not_a_joint_one() {
    let error = Symbol::parse("A/61/833–S/2007/179").err();
    let canonical = "A/61/833-S/2007/179".to_owned();
    assert_eq!(
        error,
        Some(SymbolError::Joint {
            canonical,
            halves: 2
        })
    );
}

#[test]
fn history_reads_from_left_to_right() {
    let cases = [
        ("A/78/1", "A/78/1", ""),
        ("S/2007/307/Rev.1", "S/2007/307", "revision 1"),
        (
            "A/C.3/45/L.23/Rev.1/Add.2/Corr.1",
            "A/C.3/45/L.23",
            "revision 1, addendum 2, corrigendum 1",
        ),
        (
            "S/2024/10/Rev.1/Add.36",
            "S/2024/10",
            "revision 1, addendum 36",
        ),
        ("ST/SGB/2013/4/Amend.1", "ST/SGB/2013/4", "amendment 1"),
        ("A/HRC/1/2/Summary", "A/HRC/1/2", "summary"),
        (
            "A/C.6/64/SR.1–28/Corrigendum",
            "A/C.6/64/SR.1-28",
            "corrigendum",
        ),
        ("A/44/49/Corr.2(SUPP)", "A/44/49", "corrigendum 2"),
        ("A/48/5/Add.1 (Part II)", "A/48/5", "addendum 1"),
        ("A/RES/79/573 B/Corr.1", "A/RES/79/573 B", "corrigendum 1"),
        ("A/Corr.1/5", "A/Corr.1/5", ""),
        ("A/Corr.1", "A/Corr.1", ""),
        ("A/36/51/Add.l", "A/36/51/Add.l", ""),
        ("A/78/1*/Add.1", "A/78/1*/Add.1", ""),
        ("INV-17-Rev.1", "INV-17-Rev.1", ""),
        ("17/Rev.1", "17/Rev.1", ""),
    ];
    for (printed, base, suffixes) in cases {
        let symbol = symbol(printed);
        let found: Vec<String> = symbol.suffixes().iter().map(Suffix::to_string).collect();
        assert_eq!(
            (symbol.base(), found.join(", ").as_str()),
            (base, suffixes),
            "{printed}"
        );
    }
}

#[test]
fn a_parent_is_the_symbol_without_its_last_suffix() {
    let mut chain = vec!["A/C.3/45/L.23/Rev.1/Add.2/Corr.1".to_owned()];
    while let Some(parent) = symbol(&chain[chain.len() - 1]).parent() {
        chain.push(parent.to_owned());
    }
    let expected = [
        "A/C.3/45/L.23/Rev.1/Add.2",
        "A/C.3/45/L.23/Rev.1",
        "A/C.3/45/L.23",
    ];
    assert_eq!(chain[1..], expected);
    assert_eq!(symbol("A/44/49/Corr.2(SUPP)").parent(), Some("A/44/49"));
    assert_eq!(symbol("A/78/1").parent(), None);
}

#[test]
fn components_and_roots() {
    let gc = symbol("GC(49)/INF/3");
    assert_eq!(gc.components().collect::<Vec<_>>(), ["GC(49)", "INF", "3"]);
    assert_eq!(gc.root(), "GC(49)");
    assert!(gc.is_official() && gc.has_known_root());
    let unknown = symbol("EC-M-33/DEC.1");
    assert!(unknown.is_official() && !unknown.has_known_root());
    let free = symbol("INV-2024-17");
    assert!(!free.is_official() && !free.has_known_root());
    assert_eq!((free.root(), free.base()), ("INV-2024-17", "INV-2024-17"));
}

#[test]
fn keys_ignore_case_and_spelling() {
    for (one, other) in [
        ("S/RES/1139 (1997)", "S/RES/1139(1997)"),
        ("A/RES/1040 (XI)", "a/res/1040(xi)"),
        ("UNEP/EA.4/Res.10", "UNEP/EA.4/RES.10"),
        ("A/78/1*", "A/78/1"),
    ] {
        assert_eq!(symbol(one).key(), symbol(other).key());
    }
    assert_ne!(symbol("A/78/1").key(), symbol("A/78/11").key());
    assert_eq!(
        SymbolKey::of_canonical("A/44/49/Corr.2").as_str(),
        "A/44/49/CORR.2"
    );
}

#[test]
fn scopes_match_whole_components() {
    let scope = |text| Scope::parse(text).expect("a scope");
    let covers = |text, canonical| scope(text).covers(&SymbolKey::of_canonical(canonical));
    for text in ["A/78", "A/78/", " a / 78 "] {
        assert!(covers(text, "A/78/1") && covers(text, "A/78") && covers(text, "A/78/5/Add.7"));
        for other in ["A/7", "A/780", "A/780/1", "A/RES/78/1", "S/78", "A"] {
            assert!(!covers(text, other), "{other}");
        }
    }
    assert!(covers("A", "A/78/1") && !covers("A", "AT/DEC/1"));
    assert!(covers("GC(49)", "GC(49)/INF/3") && !covers("GC", "GC(49)/INF/3"));
    assert!(covers("INV-2024-17", "INV-2024-17") && !covers("INV", "INV-2024-17"));
    assert!(covers(
        "ni:",
        "ni:///sha-256;f4OxZX_x_FO5LcGBSKHWXfwtSx-j1ncoSt3SABJtkGk"
    ));
    assert!(!covers("A/RES/79/573", "A/RES/79/573 B"));
    assert_eq!(scope("a/c.3/78/").as_str(), "A/C.3/78");
}

#[test]
fn scopes_refuse_what_could_cover_more_than_meant() {
    let refused = |text| Scope::parse(text).expect_err("no scope").to_string();
    assert_eq!(refused(" "), "there is no letter or digit");
    assert_eq!(
        refused("A/7*"),
        "a scope is whole components of a symbol; '*' at character 4 has no meaning in it"
    );
    assert_eq!(
        refused("А"),
        "'А' (U+0410) at character 1 only looks like 'A'"
    );
    assert_eq!(
        refused("A/1-S/2/"),
        "\"A/1-S/2\" joins 2 symbols; one is expected"
    );
    assert!(refused("A/78, S/2024").contains("makes this a list of symbols"));
    assert!(matches!(
        Scope::parse("/A").err(),
        Some(SymbolError::Incomplete { .. })
    ));
}
