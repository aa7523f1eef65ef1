//! Real revisions, read and judged by hand.

use super::changes;
use crate::revision::diff::{Stat, diff};

macro_rules! chain {
    ($file:literal) => {
        include_str!(concat!("../../../../tests/data/chains/", $file))
    };
}

#[test]
fn revised_letter_to_the_security_council() {
    let old = chain!("un-s-2007-307/v01_S_2007_307.cover.txt");
    let new = chain!("un-s-2007-307/v02_S_2007_307_Rev.1.cover.txt");
    let diff = diff(old, new);
    let changes = changes(&diff);
    let expected = [
        "-S/2007/307",
        "+S/2007/307⟦/Rev.1⟧",
        "-⟦24 May⟧ 2007",
        "+⟦5 June⟧ 2007",
        "-Letter dated ⟦23 May⟧ 2007 from the Secretary-General⟦ addressed⟧",
        "+Letter dated ⟦5 June⟧ 2007 from the Secretary-General",
    ];
    assert_eq!(changes[..expected.len()], expected);
    let expected = [
        "-5,197 protection⟦-forces⟧ personnel, 946 military observers and 1,360 civilian police.",
        "+5,197 protection⟦ force⟧ personnel, 946 military observers and 1,360 civilian police.",
    ];
    assert_eq!(changes[changes.len() - 2..], expected);
    assert_eq!(diff.fallback(), None);
}

/// One paragraph of the report, wrapped anew from its first line on: what
/// shows is what was written anew.
#[test]
fn rewrapped_paragraph() {
    let old = chain!("un-s-2007-307/v01_S_2007_307.cover.txt");
    let new = chain!("un-s-2007-307/v02_S_2007_307_Rev.1.cover.txt");
    let changes = changes(&diff(old, new));
    let paragraph = changes
        .iter()
        .skip_while(|line| !line.starts_with("-The present"));
    let expected = [
        "-The present report is submitted pursuant to the statement by the President of",
        "-the Security Council issued on 19 December 2006 (S/PRST/2006/55), in which the",
        "-Council endorsed the conclusions of the 16 November 2006 high-level consultation",
        "-on Darfur, held in Addis Ababa. The Addis Ababa conclusions called for a",
        "-comprehensive approach to the peace process in Darfur, including re-energizing the",
        "-political process, strengthening the ceasefire and a three-phased approach to",
        "-peacekeeping, culminating in an African Union-United Nations hybrid operation.",
        "-⟦The conclusions of the high-level consultation were also endorsed at the 66th⏎⟧",
        "-⟦meeting of the African Union Peace and Security Council, held on 30 November⏎⟧",
        "-⟦2006 in Abuja. ⟧The Council of Ministers of the Government of the Sudan",
        "-subsequently endorsed the Addis Ababa ⟦and Abuja decisions⟧ on 3 December 2006.",
        "+The present report is submitted pursuant to the ⟦African Union Peace and⏎⟧",
        "+⟦Security Council communiqué of 30 November 2006 and the ⟧statement by the",
        "+President of the Security Council issued on 19 December 2006 (S/PRST/2006/55),",
        "+in which the Council endorsed the conclusions of the 16 November 2006 high-level",
        "+consultation on Darfur, held in Addis Ababa. The Addis Ababa conclusions called",
        "+for a comprehensive approach to the peace process in Darfur, including",
        "+re-energizing the political process, strengthening the ceasefire and a three-phased",
        "+approach to peacekeeping, culminating in an African Union-United Nations hybrid",
        "+operation. The Council of Ministers of the Government of the Sudan subsequently",
        "+endorsed the Addis Ababa ⟦conclusions and the Abuja decision⟧ on 3 December 2006.",
    ];
    let paragraph: Vec<_> = paragraph.take(expected.len()).collect();
    assert_eq!(paragraph, expected);
}

#[test]
fn amended_articles() {
    let asylum = diff(
        chain!("de-gg-art-016/v01.md"),
        chain!("de-gg-art-016/v02.md"),
    );
    assert_eq!(
        changes(&asylum),
        [
            "-(2) Kein Deutscher darf an das Ausland ausgeliefert werden.⟦ Politisch Verfolgte genießen Asylrecht.⟧",
            "+(2) Kein Deutscher darf an das Ausland ausgeliefert werden.",
        ]
    );
    assert_eq!(
        asylum.stat(),
        Stat {
            lines_added: 1,
            lines_removed: 1,
            words_added: 0,
            words_removed: 4
        }
    );

    let court = diff(
        chain!("fr-code-civil-371-4/v01.md"),
        chain!("fr-code-civil-371-4/v02.md"),
    );
    assert_eq!(
        changes(&court),
        [
            "-parties, les modalités de ces relations sont réglées par le ⟦tribunal⟧.",
            "+parties, les modalités de ces relations sont réglées par le ⟦juge aux affaires⏎⟧",
            "+⟦familiales⟧.",
            "-En considération de situations exceptionnelles, le ⟦tribunal⟧ peut accorder un",
            "-droit de correspondance ou de visite à d'autres personnes, parents ou non.",
            "+En considération de situations exceptionnelles, le ⟦juge aux affaires familiales⟧",
            "+peut accorder un droit de correspondance ou de visite à d'autres personnes,",
            "+parents ou non.",
        ]
    );
}

/// A law written anew keeps little but articles and commas: no confetti.
#[test]
fn rewritten_paragraph_is_marked_whole() {
    let rewritten = diff(
        chain!("fr-code-civil-371-4/v02.md"),
        chain!("fr-code-civil-371-4/v03.md"),
    );
    let first: Vec<_> = changes(&rewritten).into_iter().take(6).collect();
    assert!(
        first
            .iter()
            .all(|line| line[1..].starts_with('⟦') && line.ends_with("⏎⟧"))
    );
}
