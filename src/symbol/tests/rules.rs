#[test]
fn probe() {
    for line in include_str!("../../../tests/data/symbols/symbols-quirks.tsv")
        .lines()
        .skip(1)
    {
        let raw = line.split('\t').next().unwrap().replace("\\n", "\n");
        eprintln!("{raw:?} => {}", super::outcome(&raw));
    }
    let mut n = 0;
    for line in include_str!("../../../tests/data/symbols/symbols.txt").lines() {
        let o = super::outcome(line);
        if o != line {
            eprintln!("{line:?} => {o}");
            n += 1;
        }
    }
    eprintln!("changed {n}");
    for raw in [
        "a/c.3/78/l.49/rev.1",
        "A/61/833 S/2007/179",
        "A/54/429-WHO/2000/1",
        "EC-M-33/DEC.1",
        "A/S-XII/32",
        "A/ES-10/L.31–S/2024/5",
        "A/RES/79/573 B",
        "A/RES/217 (III) A",
        "A/RES/217 A (III)",
        "A/78/1²",
        "Ａ／７８／１",
        "Вх-17",
        "Вx-17",
        "INV-2024-17",
        "A-17",
        "А-17",
        "WHO/2024/С0ГГ.2",
        "ARR/2024/préf",
        "A∕78∕1",
        "A/78/",
        "/A/78",
        "*",
        "",
        "S/PV.4970 (Resumption 1)",
        "A/78/Corr",
        "A/C.1/80/L.23.Rev.1",
        "see A/78/1",
        "A/78/1\u{200e}",
        "A/78/1\u{202e}",
        "A/78/1\u{0}",
        "A/48/5/Add.1 (Part II)",
        "A/1-A/1",
        "A/78/1**",
        "A/61/833*–S/2007/179",
        "(A/61/833–S/2007/179)*.",
        "UNEP(DEPI)/MED WG.320/3",
        "OPCW/S/1",
        "https://undocs.org/A/78/1",
        "GC.19/5",
        "A/Add.1",
        "A/78/1*/Add.1",
        "联发〔2024〕17号",
        "A/61/833-\nS/2007/179",
        "A/C.6/\n64/SR.1",
        "A/61/833, S/2007/179",
    ] {
        eprintln!("{raw:?} => {}", super::outcome(raw));
    }
}
