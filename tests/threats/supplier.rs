//! Whoever supplies a file.

use docledger::registry::Appending;
use docledger::statement::Change;
use docledger::verify::Verdict;
use serde_json::Value;

use crate::chamber::{OFFICER, why};
use crate::common::{Bytes, DISK, NOW, dir, key, request};
use crate::scene::{Scene, TEXTS};
use crate::table::Caught;

rows! { Supplier;
    altered_copy {
        attack: "Shows an altered copy of a registered document.",
        verdict: Verdict::Verified,
        caught: Caught::By("`status FILE`: its digest is not registered (exit code 3)"),
        then: |scene| assert_eq!(status(scene, b"one, altered\n").1, Some(3)),
    }
    superseded_copy {
        attack: "Shows a registered version that was replaced since.",
        verdict: Verdict::Verified,
        caught: Caught::By("`status FILE` tells that it is not current, and what replaced it"),
        then: |scene| {
            let (told, code) = status(scene, TEXTS[0].as_bytes());
            assert_eq!(code, Some(0));
            assert_eq!(told["standing"]["current"], false, "{told}");
        },
    }
    same_bytes_again {
        attack: "Hands in the bytes of a current document once more.",
        verdict: Verdict::Verified,
        caught: Caught::By("registration refuses them, and names the entry"),
    }
    other_bytes_same_symbol {
        attack: "Hands in other bytes under a registered symbol.",
        verdict: Verdict::Verified,
        caught: Caught::By("registration refuses them unless the officer says `revision`, `reissue` or `rendition`"),
    }
    control_characters {
        attack: "Hands in a file whose name holds control characters, to forge what a terminal shows.",
        verdict: Verdict::Verified,
        caught: Caught::By("registration refuses such a name; names in folders are escaped wherever they are shown"),
    }
}

fn status(scene: &Scene, bytes: &[u8]) -> (Value, Option<i32>) {
    let path = scene.loose_file("loose.txt", bytes);
    let path = path.to_str().expect("text");
    let (text, code) = scene.asked(&["status", path, "--format", "json"]);
    (serde_json::from_str(&text).expect("JSON"), code)
}

fn altered_copy(_: &mut Scene) {}

fn superseded_copy(_: &mut Scene) {}

fn same_bytes_again(scene: &mut Scene) {
    let again = Some(Change::Revision);
    let refused = why(scene
        .office
        .try_register(OFFICER, TEXTS[2], "A/78/1", again));
    assert!(refused.contains("entry #4"), "{refused}");
}

fn other_bytes_same_symbol(scene: &mut Scene) {
    let refused = why(scene
        .office
        .try_register(OFFICER, "other\n", "A/78/1", None));
    assert!(refused.contains("with other bytes"), "{refused}");
}

fn control_characters(scene: &mut Scene) {
    let bytes = b"four\n";
    let mut request = request(bytes, "A/78/4", None);
    request.file_name = Some("\u{1b}[2J\u{202e}txt.four".into());
    let dir = dir(&DISK, scene.office.home());
    let writer = dir.lock(|| ()).expect("locks");
    let mut appending = Appending::begin(&writer).expect("begins");
    let contents = Bytes(bytes.to_vec());
    let added = appending.add_file(&request, &contents, None, &key(OFFICER), NOW);
    let refused = why(added);
    assert!(refused.contains("unprintable"), "{refused}");
}
