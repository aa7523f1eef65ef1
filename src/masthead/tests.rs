//! Whole openings of made-up documents, in the layouts that organs have used.

use proptest::prelude::*;

use super::*;
use crate::reading::Text;

/// The fields that were read, one a line: `name: value | value`.
fn read_text(text: &str) -> Masthead {
    read(&Text::plain(text).lines)
}

fn fields(text: &str) -> Vec<String> {
    let masthead = read_text(text);
    let mut fields = Vec::new();
    let mut add = |name: &str, values: Vec<String>| {
        if !values.is_empty() {
            fields.push(format!("{name}: {}", values.join(" | ")));
        }
    };
    let one = |field: &Option<Field<String>>| field.iter().map(|f| f.value.clone()).collect();
    let day =
        |field: &Option<Field<PartialDate>>| field.iter().map(|f| f.value.to_string()).collect();
    let symbols = masthead.symbols.iter();
    add(
        "symbols",
        symbols
            .map(|field| field.value.printed().to_owned())
            .collect(),
    );
    add("date", day(&masthead.date));
    add("distribution", one(&masthead.distribution));
    add("version", one(&masthead.language_line));
    let original = masthead.original_language.iter();
    add(
        "original",
        original.flat_map(|field| field.value.clone()).collect(),
    );
    add("only", one(&masthead.only_in));
    for body in masthead.bodies.iter().map(Body::to_record) {
        let session = body.session.unwrap_or_default();
        add("body", vec![body.name, session, body.agenda.join(", ")]);
    }
    add("title", one(&masthead.title));
    add("kind", one(&masthead.kind));
    for field in &masthead.signatories {
        let title = field.value.title.clone().unwrap_or_default();
        add("signed", vec![field.value.name.clone(), title]);
    }
    add("letter", day(&masthead.letter_date));
    add("adopted", day(&masthead.adopted_on));
    add("reissued", day(&masthead.reissued_on));
    let adopts = masthead.adopts.iter();
    add(
        "adopts",
        adopts.map(|field| field.value.to_string()).collect(),
    );
    add("job", one(&masthead.job_number));
    fields
}

#[test]
fn a_joint_note_verbale() {
    let text = "A/79/777–E/2031/5\nUnited Nations\nGeneral Assembly\nEconomic and Social Council\n\
        Distr.: General\n1 March 2031\nEnglish\nOriginal: Russian\n\nGeneral Assembly\n\
        Seventy-ninth session\nItems 14 and 19 (a) of the preliminary list*\nTides of the sea\n\n\
        Economic and Social Council\n2031 session\n27 July 2030–24 July 2031\nAgenda item 5\n\
        High-level segment\n\nNote verbale dated 27 February 2031 from the Permanent Mission of\n\
        Ruritania to the United Nations addressed to the Secretary-General\n\
        The Permanent Mission of Ruritania presents its compliments\n(Signed) Nobody\n\
        * A/79/50.\n31-03333 (E) 050331\n";
    assert_eq!(
        fields(text),
        [
            "symbols: A/79/777 | E/2031/5",
            "date: 2031-03-01",
            "distribution: General",
            "version: English",
            "original: Russian",
            "body: General Assembly | Seventy-ninth session | 14 of the preliminary list, 19 (a) of the preliminary list",
            "body: Economic and Social Council | 2031 session | 5",
            "title: Note verbale dated 27 February 2031 from the Permanent Mission of Ruritania to the United Nations addressed to the Secretary-General",
            "kind: note verbale",
            "letter: 2031-02-27",
            "job: 31-03333",
        ]
    );
}

#[test]
fn a_letter_of_two_missions() {
    let text = "United Nations\nS/2031/8\nSecurity Council\nDistr.: General\n9 January 2031\n\
        Original: English\nLetter dated 8 January 2031 from the Permanent Representatives\n\
        of Ruritania and Syldavia to the United Nations addressed to the\n\
        President of the Security Council\n\
        On instructions from our Governments, we have the honour to transmit\n\
        (Signed) Anna Example\nPermanent Representative of Ruritania to the United Nations\n\
        (Signed) H.E. Mr. Bob Sample\nChargé d’affaires a.i.\nPermanent Mission of Syldavia\n\
        to the United Nations\n31-00100 (E) 100131\n*3100100*\nS/2031/8\nAnnex to the letter\n\
        (Signed) Somebody Else\n";
    assert_eq!(
        fields(text),
        [
            "symbols: S/2031/8",
            "date: 2031-01-09",
            "distribution: General",
            "original: English",
            "body: Security Council |  | ",
            "title: Letter dated 8 January 2031 from the Permanent Representatives of Ruritania and Syldavia to the United Nations addressed to the President of the Security Council",
            "kind: letter",
            "signed: Anna Example | Permanent Representative of Ruritania to the United Nations",
            "signed: Bob Sample | Chargé d’affaires a.i., Permanent Mission of Syldavia to the United Nations",
            "letter: 2031-01-08",
            "job: 31-00100",
        ]
    );
}

#[test]
fn a_letter_in_the_layout_before_1995() {
    let text = "UNITED\nNATIONS\n\nS\nSecurity Council\nDistr.\nGENERAL\nS/24999\n3 June 1992\n\
        ENGLISH\nORIGINAL:  SPANISH AND\nFRENCH\n\n\
        LETTER DATED 2 JUNE 1992 FROM THE PERMANENT REPRESENTATIVE OF RURITANIA\n\
        TO THE UNITED NATIONS ADDRESSED TO THE SECRETARY-GENERAL\n\n\
        I have the honour to transmit a statement.\n\n(Signed)\n\n92-12345   1234a  (E)\n\n/...\n\n\
        Juan EJEMPLO\nAmbassador\n(Chairman)\n";
    assert_eq!(
        fields(text),
        [
            "symbols: S/24999",
            "date: 1992-06-03",
            "distribution: General",
            "version: English",
            "original: Spanish | French",
            "body: Security Council |  | ",
            "title: LETTER DATED 2 JUNE 1992 FROM THE PERMANENT REPRESENTATIVE OF RURITANIA TO THE UNITED NATIONS ADDRESSED TO THE SECRETARY-GENERAL",
            "kind: letter",
            "signed: Juan EJEMPLO | Ambassador, Chairman",
            "letter: 1992-06-02",
            "job: 92-12345",
        ]
    );
}

#[test]
fn a_draft_in_columns_without_empty_lines() {
    let text = "United Nations A/C.2/79/L.44/Rev.1\nGeneral Assembly Distr.: Limited\n\
        19 November 2030\nOriginal: English\nSeventy-ninth session\nSecond Committee\n\
        Agenda item 18 (g)\nSustainable development: education about the tides\n\
        Draft resolution submitted by the Vice-Chair of the Committee, Ivan\n\
        Petrovic (Syldavia), on the basis of informal consultations on draft\n\
        resolution A/C.2/79/L.8\nEducation about the tides in the framework of the\n\
        Agenda for the Sea\nThe General Assembly,\nReaffirming its resolutions\n\
        30-11111 (E) 211130\n";
    assert_eq!(
        fields(text),
        [
            "symbols: A/C.2/79/L.44/Rev.1",
            "date: 2030-11-19",
            "distribution: Limited",
            "original: English",
            "body: General Assembly | Seventy-ninth session | 18 (g)",
            "body: Second Committee |  | ",
            "title: Education about the tides in the framework of the Agenda for the Sea",
            "kind: draft resolution (revision)",
            "job: 30-11111",
        ]
    );
}

#[test]
fn asterisks_of_a_draft_reissued() {
    let text = "A/C.1/80/L.99*\n\nUnited Nations\n\nGeneral Assembly\n\nDistr.: Limited\n\
        13 October 2031\nOriginal: English\n\nEightieth session\n\nFirst Committee\n\
        Agenda item 100 (a)\nTides\n\nRuritania and Syldavia:** revised draft\nresolution\n\n\
        Peaceful tides***\nThe General Assembly,\n__________\n\
        * Reissued for technical reasons on 23 October 2031.\n** Any changes.\n\
        31-16535* (E)\n";
    let fields = fields(text);
    for field in [
        "symbols: A/C.1/80/L.99*",
        "kind: draft resolution",
        "title: Peaceful tides",
        "reissued: 2031-10-23",
        "job: 31-16535*",
    ] {
        assert!(fields.contains(&field.to_owned()), "{field} in {fields:?}");
    }
}

#[test]
fn an_amendment_names_its_target() {
    let text = "A/80/L.20\nUnited Nations\nGeneral Assembly\nDistr.: Limited\n5 May 2031\n\
        Eightieth session\nAgenda item 7\nTides\n\nRuritania:* amendment to draft resolution A/80/L.18\n\n\
        Safety at sea\n\nDelete operative paragraph 9.\n";
    let fields = fields(text);
    assert!(fields.contains(&"kind: amendment to draft resolution A/80/L.18".to_owned()));
    assert!(fields.contains(&"title: Safety at sea".to_owned()));
}

#[test]
fn an_agenda_item_named_after_a_letter_makes_no_letter() {
    let text = "United Nations\nA/ES-11/L.9\nGeneral Assembly\nDistr.: Limited\n1 March 2031\n\
        Eleventh emergency special session\nAgenda item 5\n\
        Letter dated 28 February 2030 from the Permanent Representative\n\
        of Ruritania to the United Nations addressed to the President of\n\
        the Security Council (S/2030/136)\n\nRuritania and Syldavia:* draft resolution\n\n\
        Tides of the sea\n\nThe General Assembly,\n";
    let fields = fields(text);
    assert!(
        fields.contains(&"kind: draft resolution".to_owned()),
        "{fields:?}"
    );
    assert!(
        fields.contains(&"title: Tides of the sea".to_owned()),
        "{fields:?}"
    );
}

#[test]
fn a_resolution_names_its_draft() {
    let text = "A/RES/80/999\nUnited Nations\nGeneral Assembly\nDistr.: General\n9 May 2031\n\
        Eightieth session\nAgenda item 75 (b)\nTides\n\nResolution adopted by the General Assembly\n\
        on 5 May 2031\n[without reference to a Main Committee (A/80/L.13/Rev.1)]\n80/999.\n\n\
        Sustainable tides in the\nsea\nThe General Assembly,\n";
    let fields = fields(text);
    assert_eq!(
        fields[4..],
        [
            "title: Sustainable tides in the sea",
            "kind: resolution",
            "adopted: 2031-05-05",
            "adopts: A/80/L.13/Rev.1"
        ]
    );
}

#[test]
fn a_resolution_of_the_council() {
    let text = "UNITED\nNATIONS\nS\nSecurity Council\nDistr.\nGENERAL\nS/RES/999 (1994)\n\
        16 December 1994\n\nRESOLUTION 999 (1994)\n\nAdopted by the Security Council at its 3481st meeting,\n\
        on 15 December 1994\n\nThe Security Council,\n";
    assert_eq!(
        fields(text),
        [
            "symbols: S/RES/999 (1994)",
            "date: 1994-12-16",
            "distribution: General",
            "body: Security Council |  | ",
            "title: RESOLUTION 999 (1994)",
            "kind: resolution",
            "adopted: 1994-12-15",
        ]
    );
}

#[test]
fn a_report_to_a_council_below_an_organ() {
    let text = "United Nations\nA/HRC/99/17\n\nGeneral Assembly\nDistr.: General\n14 January 2031\n\n\
        Original: English\n\nHuman Rights Council\nNinety-ninth session\n\
        28 February–1 April 2031\nAgenda items 2 and 10\nAnnual report of the United Nations High Commissioner\n\
        for Human Rights and reports of the Office of the\nHigh Commissioner and the Secretary-General\n\n\
        Situation on the coast\nReport of the United Nations High Commissioner for\nHuman Rights*\n\n\
        Summary\nThe present report\nGE.31-00123(E)\n";
    assert_eq!(
        fields(text),
        [
            "symbols: A/HRC/99/17",
            "date: 2031-01-14",
            "distribution: General",
            "original: English",
            "body: General Assembly |  | ",
            "body: Human Rights Council | Ninety-ninth session | 2, 10",
            "title: Situation on the coast",
            "kind: report of the United Nations High Commissioner for Human Rights",
            "job: GE.31-00123",
        ]
    );
}

#[test]
fn a_title_set_below_an_agenda_item_without_an_empty_line() {
    let text = "United Nations\nE/CN.7/2031/10\nEconomic and Social Council\nDistr.: General\n\
        2 May 2031\nCommission on Narcotic Drugs\nForty-sixth session\nVienna, 8-17 April 2031\n\
        Item 5 of the provisional agenda*\nTraffic and supply\nStrengthening international cooperation against\n\
        the tides\nNineteenth progress report of the Executive Director\n1. In its resolution\n";
    let fields = fields(text);
    assert!(
        fields.contains(
            &"title: Strengthening international cooperation against the tides".to_owned()
        ),
        "{fields:?}"
    );
    assert!(
        fields.contains(&"kind: report of the Executive Director".to_owned()),
        "{fields:?}"
    );
}

#[test]
fn a_corrigendum_in_one_language() {
    let text = "United Nations\nA/79/333/Corr.1\nGeneral Assembly\nDistr.: General\n9 December 2030\n\
        English only\n\nSeventy-ninth session\nItem 71 (b) of the provisional agenda\nTides\n\n\
        Rights of the coast\n\nNote by the Secretary-General\n\nCorrigendum\n\nParagraph 12\n\
        For 2003 read 2004\n";
    let fields = fields(text);
    for field in [
        "only: English only",
        "kind: note by the Secretary-General (corrigendum)",
        "title: Rights of the coast",
    ] {
        assert!(fields.contains(&field.to_owned()), "{field} in {fields:?}");
    }
}

#[test]
fn the_symbol_in_brackets_on_a_corrigendum_is_its_parents() {
    let supplement = "United Nations\nGENERAL\nASSEMBLY\nOfficial Records\nTenth session\n\
        Supplement No. 51\n(A/36/51)\n13 April 1983\n";
    let fields_of = |text: &str| fields(text).join("\n");
    assert!(fields_of(supplement).contains("symbols: A/36/51"));
    assert!(fields_of(supplement).contains("kind: supplement"));
    let corrigendum = supplement.replace("Tenth", "C O R R I G E N D U M\nTenth");
    assert!(!fields_of(&corrigendum).contains("symbols"));
    assert!(fields_of(&corrigendum).contains("kind: corrigendum to a supplement"));
}

#[test]
fn records_of_meetings() {
    let text = "S/PV.9999\n\nUnited Nations\n\nSecurity Council\n\nProvisional\n\nSeventy-ninth year\n\n\
        9999th meeting\nThursday, 27 October 2031, 3 p.m.\nNew York\n\nPresident:\n\nMs. Example\n";
    assert_eq!(
        fields(text),
        [
            "symbols: S/PV.9999",
            "date: 2031-10-27",
            "distribution: Provisional",
            "body: Security Council | Seventy-ninth year | ",
            "title: 9999th meeting",
            "kind: verbatim record",
        ]
    );
    let text = "United Nations\nA/C.6/79/SR.37\n\nGeneral Assembly\nSeventy-ninth session\nOfficial Records\n\n\
        Distr.: General\n4 December 2030\nOriginal: French\n\nSixth Committee\nSummary record of the 37th meeting\n\
        Held at Headquarters, New York, on Friday, 22 November 2030, at 10 a.m.\n\
        Contents\nAgenda item 86: The scope of tides (continued)\n";
    assert_eq!(
        fields(text),
        [
            "symbols: A/C.6/79/SR.37",
            "date: 2030-12-04",
            "distribution: General",
            "original: French",
            "body: General Assembly | Seventy-ninth session | 86",
            "body: Sixth Committee |  | ",
            "title: Summary record of the 37th meeting",
            "kind: summary record",
        ]
    );
}

#[test]
fn issuances_and_statements() {
    let text = "United Nations\nST/SGB/2031/3\n\nSecretariat\n1 May 2031\n\nSecretary-General’s bulletin\n\n\
        Organization of the Office of Tides\n\nThe Secretary-General has decided:\n\
        (Signed) Anna Example\nSecretary-General\n";
    assert_eq!(
        fields(text)[3..],
        [
            "title: Organization of the Office of Tides",
            "kind: Secretary-General’s bulletin",
            "signed: Anna Example | Secretary-General"
        ]
    );
    let text = "United Nations\nE/CN.6/2031/NGO/12\nEconomic and Social Council\nDistr.: General\n\
        20 November 2030\nCommission on the Status of Women\nSeventy-fifth session\n10–21 March 2031\n\
        Follow-up to the conference\n\nStatement submitted by the League of Tides, a\n\
        non-governmental organization in consultative status with\nthe Economic and Social Council**\n\n\
        The Secretary-General has received the following statement.\n";
    assert_eq!(
        fields(text)[5..],
        [
            "title: Statement submitted by the League of Tides, a non-governmental organization in consultative status with the Economic and Social Council",
            "kind: NGO statement"
        ]
    );
}

#[test]
fn other_official_languages() {
    let text = "Nations Unies\nA/79/L.5\nAssemblée générale\nDistr. limitée\n3 octobre 2031\nFrançais\n\
        Original : anglais\nSoixante-dix-neuvième session\nPoint 35 b) de l’ordre du jour\nMarées\n\
        Ruritanie et Syldavie* : projet de résolution\nLes marées et le développement\nL’Assemblée générale,\n";
    assert_eq!(
        fields(text),
        [
            "symbols: A/79/L.5",
            "date: 2031-10-03",
            "distribution: Limited",
            "version: French",
            "original: English",
            "body: Assemblée générale | Soixante-dix-neuvième session | 35 b) de l’ordre du jour",
            "title: Les marées et le développement",
            "kind: draft resolution",
        ]
    );
    let text = "Naciones Unidas\nS/2031/77\nConsejo de Seguridad\nDistr. general\n3 de febrero de 2031\nEspañol\n\
        Original: inglés\n\nCartas idénticas de fecha 2 de febrero de 2031 dirigidas al\n\
        Secretario General y a la Presidencia del Consejo de Seguridad\npor la Representante Permanente de Ruritania\n\n\
        Siguiendo instrucciones de mi Gobierno\n(Firmado) Ana Ejemplo\nEmbajadora\n";
    let fields_of = fields(text);
    for field in [
        "date: 2031-02-03",
        "kind: identical letters",
        "letter: 2031-02-02",
        "signed: Ana Ejemplo | Embajadora",
    ] {
        assert!(
            fields_of.contains(&field.to_owned()),
            "{field} in {fields_of:?}"
        );
    }
    let text = "联合国\nS/2031/9\n安全理事会\nDistr.: General\n3 February 2031\nChinese\nOriginal: English\n\
        2031年2月2日鲁里坦尼亚常驻联合国代表给安全理事会主席的信\n谨随函转递\n";
    let fields_of = fields(text);
    for field in [
        "version: Chinese",
        "kind: letter",
        "letter: 2031-02-02",
        "body: 安全理事会 |  | ",
    ] {
        assert!(
            fields_of.contains(&field.to_owned()),
            "{field} in {fields_of:?}"
        );
    }
    let text = "Организация Объединенных Наций\nS/2031/9\nСовет Безопасности\nDistr.: General\n\
        3 февраля 2031 года\nПисьмо Постоянного представителя Руритании от 2 февраля 2031 года\nИмею честь\n";
    assert!(fields(text).contains(&"date: 2031-02-03".to_owned()));
}

#[test]
fn look_alikes_are_told_and_not_taken() {
    let text = "United Nations\nА/44/49\nGeneral Assembly\nDistr.: General\n1 May 1990\n";
    let masthead = read_text(text);
    assert!(masthead.symbols.is_empty());
    assert_eq!(masthead.warnings.len(), 1);
    assert_eq!(masthead.warnings[0].line, 2);
}

#[test]
fn a_damaged_symbol_is_a_guess() {
    let text = "United Nations\nA/44/49/Add.l\nGeneral Assembly\nDistr.: General\n1 May 1990\n";
    let masthead = read_text(text);
    assert_eq!(masthead.symbols[0].value.canonical(), "A/44/49/Add.l");
    assert_eq!(masthead.symbols[0].confidence, Confidence::Guess);
    assert_eq!(masthead.warnings.len(), 1);
}

#[test]
fn a_symbol_only_in_running_heads_is_told() {
    let text =
        "United Nations\nGeneral Assembly\nDistr.: General\n1 May 1990\n\u{c}A/45/12\ntext\n";
    let masthead = read_text(text);
    assert_eq!(masthead.symbols[0].value.canonical(), "A/45/12");
    assert_eq!(masthead.symbols[0].confidence, Confidence::Likely);
    assert_eq!((masthead.symbols[0].line, masthead.symbols[0].page), (5, 2));
    assert_eq!(masthead.warnings.len(), 1);
}

#[test]
fn places_are_lines_and_pages() {
    let masthead =
        read_text("\n\nA/80/1\n\nUnited Nations\nGeneral Assembly Distr.: General\n1 May 2031\n");
    let date = masthead.date.expect("a date");
    assert_eq!(
        (date.line, date.page, date.printed.as_str()),
        (7, 1, "1 May 2031")
    );
    assert_eq!(date.confidence, Confidence::Certain);
    assert_eq!(masthead.symbols[0].line, 3);
}

#[test]
fn other_texts_give_nothing() {
    for text in [
        "",
        "IN THE SENATE OF RURITANIA\nA BILL\nTo amend the Tides Act.\nBe it enacted\n",
        "fn main() {\n    let a/b = 1;\n}\n",
        "2031-05-01 INFO S/2031/1 started\nGeneral error\n1 May 2031\n",
        "date,symbol\n1 May 2031,A/80/1\n",
        "Article 1\nGeneral provisions\n1 May 2031\nReport of the committee\n",
    ] {
        assert_eq!(read_text(text), Masthead::default(), "{text}");
    }
}

/// Words of mastheads, in any order: what a hostile or broken file may hold.
fn masthead_words() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        Just("General Assembly".to_owned()),
        Just("Distr.:".to_owned()),
        Just("Limited".to_owned()),
        Just("ORIGINAL:".to_owned()),
        Just("ENGLISH".to_owned()),
        Just("A/80/L.1*".to_owned()),
        Just("S/2031/1–".to_owned()),
        Just("Agenda items 3 (a),".to_owned()),
        Just("Letter dated 1 May 2031 from the".to_owned()),
        Just("Resolution adopted by".to_owned()),
        Just("[on the report (A/80/L.2)]".to_owned()),
        Just("80/1.".to_owned()),
        Just("1040 (XI).".to_owned()),
        Just("(Signed)".to_owned()),
        Just("(b)".to_owned()),
        Just("GE.31-00123(E)".to_owned()),
        Just("**".to_owned()),
        Just("Corrigendum".to_owned()),
        Just("2031年2月2日".to_owned()),
        Just(": draft".to_owned()),
        Just("resolution".to_owned()),
        Just("Eightieth session".to_owned()),
        "\\PC{0,12}",
    ];
    let separator = prop_oneof![Just(" "), Just("\n"), Just("\n\n"), Just("\u{c}")];
    prop::collection::vec((word, separator), 0..40)
        .prop_map(|parts| parts.into_iter().map(|(word, gap)| word + gap).collect())
}

proptest! {
    #[test]
    fn any_lines_are_read_without_panic(text in masthead_words()) {
        let lines = Text::plain(&text).lines;
        let masthead = read(&lines);
        let fields = masthead.symbols.iter().map(|field| field.line);
        for line in fields.chain(masthead.warnings.iter().map(|warning| warning.line)) {
            prop_assert!((1..=lines.len()).contains(&line));
        }
    }

    #[test]
    fn any_text_is_read_without_panic(text in "(?s).{0,400}") {
        prop_assert!(read_text(&text).signatories.len() <= text.len());
    }
}

/// How sure symbols, date and job number of an opening are, and what is told.
fn certainty(symbols: &str, dates: &str, job: &str) -> (Vec<Confidence>, Vec<String>) {
    let masthead = read_text(&format!(
        "United Nations\n{symbols}\nGeneral Assembly\nDistr.: General\n{dates}\n\
         Original: English\n\nSeventy-eighth session\n\nReport of the Secretary-General\n{job}\n"
    ));
    let symbols = masthead.symbols.iter().map(|field| field.confidence);
    let date = masthead.date.iter().map(|field| field.confidence);
    let job = masthead.job_number.iter().map(|field| field.confidence);
    let warnings = masthead.warnings.into_iter().map(|warning| warning.text);
    (symbols.chain(date).chain(job).collect(), warnings.collect())
}

#[test]
fn two_values_of_a_field_are_both_guesses() {
    use Confidence::{Certain, Guess};

    let plain = certainty("A/78/1", "1 January 2024", "24-00001 (E)");
    assert_eq!(plain, (vec![Certain; 3], vec![]));
    let (sure, told) = certainty("A/78/666\nA/78/1", "1 January 2024", "24-00001 (E)");
    assert_eq!(sure, [Guess, Guess, Certain, Certain]);
    assert_eq!(
        told,
        ["two symbols are printed, \"A/78/666\" and \"A/78/1\""]
    );
    let apart = "A/78/666\nSecurity Council\nS/2024/1";
    let (sure, told) = certainty(apart, "1 January 2024", "24-00001 (E)");
    assert_eq!(sure, [Guess, Certain, Certain]);
    assert_eq!(
        told,
        ["two symbols are printed, \"A/78/666\" and \"S/2024/1\""]
    );
    let dates = "1 January 2024\n2 March 2025";
    let (sure, told) = certainty("A/78/1", dates, "24-00001 (E)");
    assert_eq!(sure, [Certain, Guess, Certain]);
    assert_eq!(
        told,
        ["two dates are printed, \"1 January 2024\" and \"2 March 2025\""]
    );
    let jobs = "24-00001 (E)\n24-00002 (E)";
    let (sure, told) = certainty("A/78/1", "1 January 2024", jobs);
    assert_eq!(sure, [Certain, Certain, Guess]);
    assert_eq!(
        told,
        ["two job numbers are printed, \"24-00001 (E)\" and \"24-00002 (E)\""]
    );
}

#[test]
fn what_is_repeated_or_joint_is_no_second_value() {
    for (symbols, dates, job) in [
        ("A/78/1\nS/2024/1", "1 January 2024", "24-00001 (E)"),
        (
            "A/78/1\u{2013}S/2024/1\nA/78/1",
            "1 January 2024",
            "24-00001 (E)",
        ),
        ("A/78/1", "1 January 2024\n1 January 2024", "24-00001 (E)"),
        ("A/78/1", "1 January 2024", "24-00001* (E)\n24-00001 (E)"),
    ] {
        let (sure, told) = certainty(symbols, dates, job);
        assert_eq!(told, [""; 0], "{symbols} {dates} {job}");
        assert!(
            !sure.contains(&Confidence::Guess),
            "{symbols} {dates} {job}"
        );
    }
}
