//! Certificates of registration: what stands on the page, and that its codes prove
//! what they are said to. Whether they can be read off paper is asked of others
//! (`interop/proofs.py`).

#![expect(clippy::disallowed_methods, reason = "tests touch files")]

mod office;

use docledger::digest::ContentDigest;
use docledger::encoding::base64;
use docledger::key::PublicKey;
use docledger::merkle::leaf_hash;
use docledger::proof::TlogProof;
use docledger::statement::{KeyId, Matter, Statement};
use office::Office;

const ORIGIN: &str = "example.org/log";

fn read(office: &Office, name: &str) -> String {
    std::fs::read_to_string(office.path().join(name)).expect("reads")
}

fn register(office: &Office, name: &str, more: &[&str]) {
    office.write(name, &format!("the text of {name}\n"));
    let named = ["register", name, "--language", "en", "--yes"];
    office.text(&[&named[..], more].concat());
}

/// The page that is written for a target.
fn page(office: &Office, target: &str, stem: &str) -> String {
    office.text(&["prove", target, "--certificate", "--out", stem]);
    read(office, &format!("{stem}.html"))
}

/// The texts of a page's codes.
fn texts(page: &str) -> Vec<String> {
    let parts = page.split("<pre>").skip(1);
    let texts = parts.map(|part| {
        let (text, _) = part.split_once("</pre>").expect("it ends");
        assert!(!text.contains('&'), "{text}");
        text.to_owned()
    });
    texts.collect()
}

/// The public key that stands in `keys/` under a role.
fn key(office: &Office, role: &str) -> PublicKey {
    let keys = std::fs::read_dir(office.path().join("office/keys")).expect("lists");
    let mut paths = keys.map(|it| it.expect("reads").path());
    let named = |path: &std::path::PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str());
        name.is_some_and(|name| name.starts_with(role))
    };
    let path = paths.find(named).expect("a key");
    PublicKey::from_pem(&std::fs::read_to_string(path).expect("reads")).expect("a key")
}

/// Where the secret of a key stands.
fn secret(office: &Office, home: &str, public: &PublicKey) -> String {
    let digits = &public.thumbprint().to_string()[..8];
    let name = format!("{home}/keys/private/officer-{digits}.key");
    assert!(office.path().join(&name).exists(), "{name}");
    name
}

#[test]
fn the_codes_lead_from_the_file_to_the_signed_head() {
    let office = Office::open();
    for number in 1..=6 {
        let symbol = format!("A/78/{number}");
        register(&office, &format!("{number}.txt"), &["--symbol", &symbol]);
    }
    let page = page(&office, "A/78/4", "four");
    let texts = texts(&page);
    let [summary, place, entry] = texts.as_slice() else {
        panic!("{} codes", texts.len())
    };
    assert_eq!(page.matches("<svg ").count(), 3);

    let digest = ContentDigest::of(b"the text of 4.txt\n");
    let entry = base64::decode(entry).expect("base 64");
    let statement = Statement::parse(&entry).expect("an entry");
    let Matter::Document(document) = &statement.matter else {
        panic!("no document")
    };
    assert_eq!(document.digest, digest);
    let officer = key(&office, "officer");
    assert_eq!(
        statement.envelope.key_id,
        KeyId::Thumbprint(officer.thumbprint())
    );
    let proof = TlogProof::parse(place.as_bytes()).expect("a proof");
    let log = key(&office, "checkpoint");
    let leaf = leaf_hash(&entry);
    let head = proof.verify(leaf, ORIGIN, &log).expect("verifies");
    assert_eq!(read(&office, "four.tlog-proof"), *place);
    let ledger = read(&office, "office/keys/ledger-id");
    assert_eq!(
        *summary,
        format!(
            "docledger.certificate/1\nledger {}\nentry 4\nleaf {leaf}\ndocument {digest}\n\
             head 7 {}\n",
            ledger.trim(),
            head.root
        )
    );
    let grouped = page
        .split_once("<p class=\"digest\"><code>")
        .and_then(|(_, rest)| rest.split_once("</code>"));
    let grouped = grouped.expect("the digest").0;
    assert_eq!(grouped.replace(' ', ""), digest.to_string());
    for told in [
        "#4 of 7",
        "by the office’s own clock",
        "<span>--evidence</span> four.zip <span>--ledger-id ",
        "a revocation too",
        "the ledger asks for none",
    ] {
        assert!(page.contains(told), "{told}");
    }
    assert!(!page.contains("class=\"warning\""));
}

#[test]
fn nothing_in_a_document_is_markup_and_nothing_is_fetched() {
    let office = Office::open();
    let title = "<script>x</script> & \"quoted\"";
    let signatory = "<b>Name</b>; <img>";
    register(
        &office,
        "<i>.txt",
        &[
            "--symbol",
            "A/78/1",
            "--title",
            title,
            "--signatory",
            signatory,
        ],
    );
    let page = page(&office, "A/78/1", "<u>&'");
    assert!(page.contains(
        "<p class=\"title\" dir=\"auto\">&lt;script&gt;x&lt;/script&gt; &amp; &quot;quoted&quot;</p>"
    ));
    assert!(page.contains("<dd dir=\"auto\">&lt;i&gt;.txt</dd>"));
    assert!(page.contains("</span> &lt;u&gt;&amp;&#39;.zip"));
    for never in [
        "<script", "<b>Name", "<img", "<i>.", "<u>", "src=", "href=", "url(", "@import", "<link",
        "<a ",
    ] {
        assert!(!page.contains(never), "{never}");
    }
    assert!(page.contains("@page{size:A4"));
}

#[test]
fn what_does_not_stand_is_told_before_anything_else() {
    let office = Office::open();
    register(&office, "1.txt", &["--symbol", "A/78/1"]);
    let revision = ["--symbol", "A/78/1", "--change", "revision"];
    register(&office, "2.txt", &revision);
    let corrects = ["--symbol", "A/78/1/Corr.1", "--relation", "corrects A/78/1"];
    register(&office, "3.txt", &corrects);
    let warned = |page: &str, warning: &str| {
        let (before, after) = page.split_once("class=\"title\"").expect("a title");
        let warning = format!("<p>{warning}</p>");
        assert!(before.contains("class=\"warning\""), "{warning}");
        assert!(before.contains(&warning) && !after.contains(&warning));
    };
    let first = page(&office, "A/78/1@1", "first");
    warned(&first, "superseded by A/78/1@2");
    warned(&first, "corrected by A/78/1/Corr.1");
    let reason = ["--reason", "registered by <mistake>", "--yes"];
    office.text(&[&["withdraw", "A/78/1"], &reason[..]].concat());
    let second = page(&office, "A/78/1", "second");
    warned(&second, "withdrawn by entry #4");
    assert!(second.contains("registered by &lt;mistake&gt;"));
    let corrigendum = page(&office, "A/78/1/Corr.1", "third");
    assert!(!corrigendum.contains("class=\"warning\""));
}

#[test]
fn none_is_written_for_what_is_void_or_no_document() {
    let office = Office::open();
    let thief = ["key", "generate", "--role", "officer", "--public"];
    office.text(&[&thief[..], &["thief.pem", "--no-passphrase"]].concat());
    let stolen = PublicKey::from_pem(&read(&office, "thief.pem")).expect("a key");
    let secret = secret(&office, "office", &stolen);
    office.text(&["key", "grant", "thief.pem", "--role", "officer", "--yes"]);
    register(&office, "1.txt", &["--symbol", "A/78/1", "--key", &secret]);
    page(&office, "A/78/1", "before");
    let stolen = ["--from", "2", "--reason", "stolen", "--yes"];
    office.text(&[&["key", "compromise", "thief.pem"], &stolen[..]].concat());
    for (target, stem) in [("A/78/1", "void"), ("#1", "governance")] {
        let output = office.run(&["prove", target, "--certificate", "--out", stem]);
        assert_eq!(output.status.code(), Some(2), "{target}");
        for ending in ["html", "zip", "tlog-proof"] {
            assert!(!office.path().join(format!("{stem}.{ending}")).exists());
        }
    }
}

#[test]
fn witnesses_are_told_and_their_lines_are_not_in_the_codes() {
    let office = Office::open();
    register(&office, "1.txt", &["--symbol", "A/78/1"]);
    let generate = ["--home", "w", "key", "generate", "--role", "officer"];
    let elsewhere = [&generate[..], &["--public", "w.pem", "--no-passphrase"]].concat();
    let made = std::process::Command::new(env!("CARGO_BIN_EXE_docledger"))
        .current_dir(office.path())
        .args(elsewhere)
        .output();
    assert!(made.expect("runs").status.success());
    let public = PublicKey::from_pem(&read(&office, "w.pem")).expect("a key");
    let secret = secret(&office, "w", &public);
    let named = ["--name", "w.example", "--key", &secret];
    let vkey = office.text(&[&["witness", "vkey"], &named[..]].concat());
    let witness = format!("w={}", vkey.trim());
    let policy = ["key", "policy", "--witness", &witness, "--quorum", "w"];
    office.text(&[&policy[..], &["--yes"]].concat());
    let unseen = page(&office, "A/78/1", "unseen");
    assert!(unseen.contains("NOT ESTABLISHED: those that the ledger asks for"));
    office.text(&["checkpoint", "request", "--out", "request"]);
    let cosign = [
        "witness",
        "cosign",
        "request",
        "--policy",
        "office/keys/policy",
    ];
    let out = ["--out", "cosigned", "--state", "witness"];
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_docledger"));
    command.current_dir(office.path());
    let cosigned = command.args([&cosign[..], &named[..], &out[..]].concat());
    assert!(cosigned.output().expect("runs").status.success());
    office.text(&["checkpoint", "add", "cosigned"]);
    let seen = page(&office, "A/78/1", "seen");
    assert!(seen.contains("enough have seen this head by "), "{seen}");
    assert!(seen.contains(": w.example 2"), "{seen}");
    assert_eq!(texts(&seen)[1], texts(&unseen)[1]);
    assert!(read(&office, "seen.tlog-proof").contains("w.example"));
}

#[test]
fn a_long_entry_has_two_codes_and_a_longer_one_none() {
    let office = Office::open();
    let title = |length| "word ".repeat(length).trim().to_owned();
    register(
        &office,
        "1.txt",
        &["--symbol", "A/78/1", "--title", &title(150)],
    );
    register(
        &office,
        "2.txt",
        &["--symbol", "A/78/2", "--title", &title(400)],
    );
    let long = page(&office, "A/78/1", "one");
    let texts = texts(&long);
    assert_eq!((long.matches("<svg ").count(), texts.len()), (4, 4));
    let entry = base64::decode(&[&*texts[2], &*texts[3]].concat()).expect("base 64");
    assert!(texts[0].contains(&format!("leaf {}\n", leaf_hash(&entry))));
    assert!(long.contains("word…</p>"), "what was cut is told");
    let longer = page(&office, "A/78/2", "two");
    assert_eq!(longer.matches("<svg ").count(), 2);
    assert!(longer.contains("bytes are too long for a code; the evidence file holds them."));
}
