//! Keys, pins and remembered heads: after any failure the old file stands or
//! the new one, never half of one, and what was reported lasts.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use docledger::digest::{ContentDigest, LedgerId, TreeHash};
use docledger::log::{Evidence as _, Item};
use docledger::store::{KeptHead, KeyDir, Pin, StateDir, StoreError};

use super::common::bulk::Dice;
use super::common::dir;
use super::disk::{Class, Fault, Sim, Trouble};

const SEEDS: u64 = 500;
const HOME: &str = "/home";

/// One file, by what it is and which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum File {
    Public(usize),
    Secret(usize),
    Pin(usize),
    Head(usize),
}

struct Folders {
    disk: Sim,
    dice: Dice,
    /// What each file may hold now; `None` if it may be absent.
    may: BTreeMap<File, BTreeSet<Option<String>>>,
}

fn id(number: usize) -> LedgerId {
    let digest = ContentDigest::of(&[u8::try_from(number).expect("small")]);
    digest.to_string().parse().expect("an id")
}

fn root() -> TreeHash {
    ContentDigest::of(b"root")
        .to_string()
        .parse()
        .expect("a hash")
}

impl Folders {
    fn keys(&self) -> KeyDir<'_> {
        KeyDir::new(&self.disk, &Path::new(HOME).join("keys"))
    }

    fn state(&self) -> StateDir<'_> {
        StateDir::new(&self.disk, &Path::new(HOME).join("state/docledger"))
    }

    fn write(&self, file: File, text: &str) -> Result<(), StoreError> {
        match file {
            File::Public(number) => self.keys().write_public(&format!("{number}.pem"), text),
            File::Secret(number) => self
                .keys()
                .write_secret(&number.to_string(), text)
                .map(drop),
            File::Pin(number) => self.state().pin(&Pin {
                ledger_id: id(number),
                when: text.to_owned(),
                how: "trust".into(),
                folder: None,
            }),
            File::Head(number) => self.state().keep_head(&KeptHead {
                ledger_id: id(number),
                size: 7,
                root: root(),
                when: text.to_owned(),
            }),
        }
    }

    fn read(&self, file: File) -> Option<String> {
        match file {
            File::Public(number) => {
                let item = Item::Public(format!("{number}.pem"));
                let bytes = dir(&self.disk, Path::new(HOME))
                    .read(&item, 1 << 16)
                    .expect("reads");
                bytes.map(|bytes| String::from_utf8(bytes).expect("text"))
            }
            File::Secret(number) => {
                let secrets = self.keys().secrets().expect("lists");
                let found = secrets
                    .iter()
                    .find(|secret| secret.stem == number.to_string())?;
                Some(
                    self.keys()
                        .read_secret(&found.path)
                        .expect("reads")
                        .to_string(),
                )
            }
            File::Pin(number) => {
                let pins = self.state().pins().expect("all are whole");
                let pin = pins.into_iter().find(|pin| pin.ledger_id == id(number))?;
                Some(pin.when)
            }
            File::Head(number) => Some(self.state().head(id(number)).expect("is whole")?.when),
        }
    }

    /// Looks at every file; after a power cut what is seen lasts.
    fn check(&mut self, settled: bool) {
        for file in self.may.keys().copied().collect::<Vec<_>>() {
            let seen = self.read(file);
            let may = self.may.get_mut(&file).expect("known");
            assert!(
                may.contains(&seen),
                "{file:?} holds {seen:?}, not one of {may:?}"
            );
            if settled {
                *may = BTreeSet::from([seen]);
            }
        }
    }

    fn run(&mut self) {
        for round in 0..8 {
            let file = match self.dice.below(4) {
                0 => File::Public(self.dice.below(2)),
                1 => File::Secret(round),
                2 => File::Pin(self.dice.below(2)),
                _ => File::Head(self.dice.below(2)),
            };
            let text = format!("text of round {round}");
            if self.dice.below(3) > 0 {
                let trouble = self.dice.one(&[
                    Trouble::Stop,
                    Trouble::Stop,
                    Trouble::Once,
                    Trouble::Always,
                    Trouble::Full,
                ]);
                let class = self.dice.one(&[Class::Change, Class::Change, Class::Read]);
                self.disk.plan(Fault {
                    class,
                    after: self.dice.below(14),
                    trouble,
                });
            }
            let written = self.write(file, &text);
            self.disk.restart();
            let may = self
                .may
                .entry(file)
                .or_insert_with(|| BTreeSet::from([None]));
            if written.is_ok() {
                may.clear();
            }
            may.insert(Some(text));
            self.check(false);
            if self.dice.below(2) == 0 {
                self.disk.cut_power();
                self.check(true);
            }
        }
        self.write(File::Pin(9), "last")
            .expect("a healthy disk takes it");
        self.write(File::Secret(99), "last")
            .expect("a healthy disk takes it");
    }
}

#[test]
fn keys_pins_and_heads_are_old_or_new_and_never_half() {
    for seed in 0..SEEDS {
        let mut folders = Folders {
            disk: Sim::new(seed),
            dice: Dice(!seed),
            may: BTreeMap::new(),
        };
        let run = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| folders.run()));
        assert!(
            run.is_ok(),
            "seed {seed}:\n  {}",
            folders.disk.steps().join("\n  ")
        );
    }
}
