//! What a row says, and how it is held to it.

use docledger::verify::{Code, Finding, Severity, Verdict};
use serde_json::Value;

use crate::power::Power;
use crate::scene::Scene;

/// Where a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum At {
    /// The whole ledger.
    Ledger,
    /// An entry.
    Entry(u64),
    /// A file.
    File(&'static str),
    /// One or more files of a folder.
    Within(&'static str),
}

/// What the auditor was told or has pinned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Anchored {
    /// The ledger id.
    ById,
    /// The id is pinned for the folder.
    ByPin,
    /// Nothing.
    Not,
}

/// What stands against the attack.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Caught {
    /// This catches it.
    By(&'static str),
    /// Verification does not; this does or would.
    Not(&'static str),
}

/// An attack and what is said of it.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) power: Power,
    pub(crate) attack: &'static str,
    /// Makes the attack.
    pub(crate) act: fn(&mut Scene),
    pub(crate) anchored: Anchored,
    pub(crate) verdict: Verdict,
    /// Every finding there must be, and no other.
    pub(crate) finds: &'static [(Code, At)],
    pub(crate) caught: Caught,
    /// What else holds afterwards.
    pub(crate) then: fn(&Scene),
}

impl Row {
    /// What a row says that does not say otherwise.
    pub(crate) const PLAIN: Self = Self {
        name: "",
        power: Power::Disk,
        attack: "",
        act: |_| (),
        anchored: Anchored::ById,
        verdict: Verdict::Failed,
        finds: &[],
        caught: Caught::By(""),
        then: |_| (),
    };

    /// The exit code of `verify`.
    pub(crate) fn exit(&self) -> i32 {
        match self.verdict {
            Verdict::Verified => 0,
            Verdict::Failed => 1,
            Verdict::NotEstablished => 3,
        }
    }

    /// Makes the attack, and holds library and program to the row.
    pub(crate) fn run(&self) {
        let mut scene = Scene::new(self.power);
        if self.anchored == Anchored::ByPin {
            scene.pin();
        }
        (self.act)(&mut scene);
        let report = scene.verify(self.anchored);
        let found = report.findings.iter().map(place_of).collect();
        self.assert_found(found, &report.findings);
        assert_eq!(report.verdict(), self.verdict, "{:#?}", report.findings);
        self.assert_json(&scene);
        let severities = report.findings.iter().map(|it| it.code.severity());
        let failures = severities.filter(|it| *it == Severity::Failure).count();
        self.assert_text(&scene, failures);
        (self.then)(&scene);
    }

    fn assert_found(&self, found: Vec<(String, String)>, all: &dyn std::fmt::Debug) {
        let listed = |(code, at): &(Code, At)| (code.as_str().to_owned(), at.place());
        let mut expected: Vec<_> = self.finds.iter().map(listed).collect();
        let mut found = self.gathered(found);
        expected.sort();
        found.sort();
        assert_eq!(found, expected, "{all:#?}");
    }

    /// What was found, with files that the row names by their folder as one.
    fn gathered(&self, found: Vec<(String, String)>) -> Vec<(String, String)> {
        let mut gathered = Vec::new();
        for (code, place) in found {
            let folder = self.finds.iter().find_map(|(expected, at)| match at {
                At::Within(folder) if expected.as_str() == code => {
                    let inside = place.starts_with(&format!("`{folder}/"));
                    inside.then(|| at.place())
                }
                _ => None,
            });
            let is_known = folder.is_some();
            let found = (code, folder.unwrap_or(place));
            if !(is_known && gathered.contains(&found)) {
                gathered.push(found);
            }
        }
        gathered
    }

    fn assert_json(&self, scene: &Scene) {
        let (text, code) = scene.program_verify(self.anchored, &["--format", "json"]);
        let report: Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(code, Some(self.exit()), "{text}");
        assert_eq!(report["verdict"], self.verdict.as_str());
        let findings = report["findings"].as_array().expect("a list");
        let found = findings.iter().map(place_in_json).collect();
        self.assert_found(found, findings);
        for finding in findings {
            let code = Code::ALL.iter().find(|it| finding["code"] == it.as_str());
            let code = code.expect("a known code");
            assert_eq!(finding["severity"], code.severity().as_str());
            assert_eq!(finding["meaning"], code.meaning());
            assert_eq!(finding["advice"], code.advice());
        }
    }

    fn assert_text(&self, scene: &Scene, failures: usize) {
        let (text, code) = scene.program_verify(self.anchored, &[]);
        assert_eq!(code, Some(self.exit()), "{text}");
        let harmful = text.chars().find(|c| c.is_control() && *c != '\n');
        assert_eq!(harmful, None, "{text:?}");
        for (code, _) in self.finds {
            let meant = format!("  [{}] ", code.as_str());
            assert_eq!(text.matches(&meant).count(), 1, "{text}");
        }
        let last = match self.verdict {
            Verdict::Verified => "VERIFIED".to_owned(),
            Verdict::Failed => format!("FAILED: {failures} findings"),
            Verdict::NotEstablished => {
                "NOT ESTABLISHED: nothing wrong found, but see above".to_owned()
            }
        };
        assert_eq!(text.lines().last(), Some(last.as_str()), "{text}");
    }
}

impl At {
    /// As the tests compare it.
    fn place(self) -> String {
        match self {
            Self::Ledger => "the ledger".to_owned(),
            Self::Entry(index) => format!("entry {index}"),
            Self::File(path) => format!("`{path}`"),
            Self::Within(folder) => format!("files in `{folder}`"),
        }
    }

    /// As the page names it.
    pub(crate) fn named(self) -> Option<String> {
        (self != Self::Ledger).then(|| self.place())
    }
}

fn place(entry: Option<u64>, path: Option<&str>) -> String {
    match (entry, path) {
        (Some(index), _) => format!("entry {index}"),
        (None, Some(path)) => format!("`{path}`"),
        (None, None) => "the ledger".to_owned(),
    }
}

fn place_of(finding: &Finding) -> (String, String) {
    let code = finding.code.as_str().to_owned();
    (code, place(finding.entry, finding.path.as_deref()))
}

fn place_in_json(finding: &Value) -> (String, String) {
    let code = finding["code"].as_str().expect("a code").to_owned();
    let at = place(finding["entry"].as_u64(), finding["path"].as_str());
    (code, at)
}

/// Declares the rows of one power, and a test for each. The function of the
/// row's name makes the attack.
macro_rules! rows {
    ($power:ident; $($name:ident { $($field:ident: $value:expr,)* })*) => {
        pub(crate) const ROWS: &[crate::table::Row] = &[$(crate::table::Row {
            name: stringify!($name),
            power: crate::power::Power::$power,
            act: $name,
            $($field: $value,)*
            ..crate::table::Row::PLAIN
        },)*];

        mod each {
            $(#[test]
            fn $name() {
                let row = super::ROWS.iter().find(|row| row.name == stringify!($name));
                row.expect("a row").run();
            })*
        }
    };
}
