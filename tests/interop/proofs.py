"""Evidence files, cosignatures and time stamps, by other people's programs and by a
second verifier (second.py), which must agree with docledger on each and on twins in
which something was tampered with.

    proofs.py PROGRAM SCRATCH
"""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import proofbundle.checkpoint as notes
import second

passed = failed = 0


def check(what, holds):
    global passed, failed
    if holds:
        passed += 1
    else:
        failed += 1
        print(f"FAILED {what}")


class Office:
    def __init__(self, program, folder):
        self.program, self.folder = str(Path(program).resolve()), Path(folder)
        self.folder.mkdir(parents=True)
        names = ["--issuer", "https://records.example.org", "--origin", "records.example.org/register"]
        self.run("init", *names, "--no-passphrase")
        self.ledger_id = (self.folder / "home/keys/ledger-id").read_text().strip()

    def run(self, *arguments, code=0, home="home", state="state"):
        command = [self.program, "--home", home, "--state", state, *arguments]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False)
        if code is not None and done.returncode != code:
            raise SystemExit(f"{arguments}: {done.returncode}\n{done.stdout}{done.stderr}")
        return done

    def register(self, name, text, *more):
        (self.folder / name).write_text(text, encoding="utf-8")
        self.run("register", name, "--language", "en", "--yes", *more)

    def key(self, name):
        """A key of its own, by the name of its secret file."""
        flags = ["--role", "officer", "--public", f"{name}.pem", "--no-passphrase"]
        self.run("key", "generate", *flags, home=name)
        (secret,) = (self.folder / name / "keys/private").glob("*.key")
        return str(secret.relative_to(self.folder))

    def prove(self, target, name, *more):
        self.run("prove", target, "--out", name, *more)
        return (self.folder / f"{name}.zip").read_bytes()

    def verdict(self, data, ledger_id):
        """What docledger says in a folder without that ledger: its exit code."""
        (self.folder / "at-hand.zip").write_bytes(data)
        arguments = ["verify", "--evidence", "at-hand.zip", "--ledger-id", ledger_id]
        return self.run(*arguments, code=None, home="nowhere", state="nobody").returncode

    def agree(self, what, data, expected, ledger_id=None):
        ledger_id = ledger_id or self.ledger_id
        ours = self.verdict(data, ledger_id)
        theirs, why = second.judge(data, bytes.fromhex(ledger_id))
        told = f"{what}: docledger says {ours}, the second verifier {theirs} ({why})"
        check(told, (ours, theirs) == (expected, expected))


def without(data, name):
    files = [(item.encode(), body, 0) for item, body in second.read_zip(data) if item != name]
    return second.write_zip(files)


def evidence(office):
    deputy, thief = office.key("deputy"), office.key("thief")
    office.register("one.txt", "Version one.\n", "--symbol", "A/78/1")
    (own,) = (office.folder / "home/keys/private").glob("officer-*.key")
    own = ["--key", own.stem]
    office.run("key", "grant", "deputy.pem", "--role", "officer", "--scope", "A/", "--yes")
    revision = ["--symbol", "A/78/1", "--change", "revision"]
    office.register("two.txt", "Version two.\n", *revision, "--key", deputy)
    early = office.prove("A/78/1@1", "early")
    office.run("key", "retire", "deputy.pem", "--reason", "left", "--yes")
    office.run("key", "grant", "thief.pem", "--role", "officer", "--yes")
    office.register("stolen.txt", "Not a letter.\n", "--symbol", "A/78/2", "--key", thief)
    office.register("corr.txt", "Corrigendum.\n", "--symbol", "A/78/1/Corr.1", *own)
    before = office.prove("A/78/2", "before")
    entry = json.loads(office.run("show", "A/78/2", "--format", "json").stdout)["entry"]
    office.run("key", "compromise", "thief.pem", "--from", str(entry), "--reason", "stolen", "--yes")
    office.register("three.txt", "Version three.\n", *revision, *own)
    office.register("other.txt", "Something else.\n", "--symbol", "S/2024/5", *own)
    whole = office.prove("A/78/1@1", "whole")
    void = office.run("prove", "A/78/2", "--out", "void", code=None)
    check("no evidence is made of a void document", void.returncode == 2)
    office.agree("a document with its history", whole, 0)
    office.agree("as of an older head", early, 0)
    office.agree("before the declaration, which is not excluded", before, 0)
    office.agree("another ledger id", whole, 1, "00" * 32)
    bare = office.prove("A/78/1@1", "bare", "--no-document", "--no-receipt")
    office.agree("without the document", bare, 3)
    harmless = {"statement.scitt": 0, "document.txt": 3}
    for item in zipfile.ZipFile(office.folder / "whole.zip").infolist():
        name = item.filename
        office.agree(f"without {name}", without(whole, name), harmless.get(name, 1))
    for place in range(0, len(whole), 7):
        twin = bytearray(whole)
        twin[place] ^= 1 << place % 8
        theirs, _ = second.judge(bytes(twin), bytes.fromhex(office.ledger_id))
        check(f"second verifier: byte {place} flipped", theirs == 1)
        if place % 91 == 0:
            ours = office.verdict(bytes(twin), office.ledger_id)
            check(f"docledger: byte {place} flipped", ours == 1)


def witnesses(office):
    flags, vkeys, secrets = [], [], []
    for number in (1, 2):
        secrets.append(office.key(f"w{number}"))
        named = ["--name", f"w{number}.example", "--key", secrets[-1]]
        vkeys.append(office.run("witness", "vkey", *named).stdout.strip())
        flags += ["--witness", f"w{number}={vkeys[-1]}"]
    office.run("key", "policy", *flags, "--group", "both=all:w1,w2", "--quorum", "both", "--yes")
    office.run("checkpoint", "request", "--out", "head.request")
    for number, secret in zip((1, 2), secrets):
        named = ["--name", f"w{number}.example", "--key", secret, "--policy", "home/keys/policy"]
        out = ["--out", f"head.{number}"]
        office.run("witness", "cosign", "head.request", *named, *out, state=f"s{number}")
        office.run("checkpoint", "add", f"head.{number}")
    (kept,) = (office.folder / "home/ledger/checkpoints").iterdir()
    note = kept.read_text(encoding="utf-8")
    log = (office.folder / "home/keys/policy").read_text().splitlines()[0].removeprefix("log ")
    verdict = notes.verify_witnessed_checkpoint(note, log, vkeys, threshold=2)
    check("proofbundle: two witnesses cosigned", verdict["ok"])
    for vkey in vkeys:
        check("proofbundle: each cosignature", notes.verify_cosignature(note, vkey)["ok"])
    lines = note.splitlines(keepends=True)
    size = note.split("\n")[1]
    twins = [("one witness less", "".join(lines[:-1]))]
    twins.append(("another size", note.replace(f"\n{size}\n", f"\n{int(size) + 1}\n", 1)))
    for what, twin in twins:
        refused = not notes.verify_witnessed_checkpoint(twin, log, vkeys, threshold=2)["ok"]
        check(f"proofbundle: refused with {what}", refused)
    office.run("verify")


CONF = """[req]
distinguished_name=dn
prompt=no
[dn]
CN=unnamed
[root]
basicConstraints=critical,CA:TRUE
keyUsage=critical,keyCertSign
[leaf]
keyUsage=critical,digitalSignature
extendedKeyUsage=critical,timeStamping
[tsa]
default_tsa=own
[own]
serial=serial
crypto_device=builtin
signer_digest=sha256
default_policy=1.2.3.4
digests=sha256
ess_cert_id_alg=sha256
"""


def stamps(office):
    folder = office.folder
    (folder / "conf").write_text(CONF)
    (folder / "serial").write_text("01\n")
    environment = {**os.environ, "OPENSSL_CONF": str((folder / "conf").resolve())}

    def accepts(line):
        command = ["openssl", *line.split()]
        done = subprocess.run(command, cwd=folder, capture_output=True, env=environment, check=False)
        return done.returncode == 0

    def openssl(line):
        if not accepts(line):
            raise SystemExit(f"openssl {line}")

    kind = "-nodes -newkey ec -pkeyopt ec_paramgen_curve:P-256"
    for name in ("root", "other"):
        openssl(f"req -x509 -days 3650 -extensions root -out {name}.pem {kind} -keyout {name}.key -subj /CN={name}")
    openssl(f"req -new -out leaf.csr {kind} -keyout leaf.key -subj /CN=leaf")
    signed = "-CA root.pem -CAkey root.key -CAcreateserial -days 900 -extfile conf -extensions leaf"
    openssl(f"x509 -req -in leaf.csr {signed} -out leaf.pem")
    office.run("stamp", "request", "--out", "head.tsq")
    signer = "-signer leaf.pem -inkey leaf.key -chain root.pem"
    openssl(f"ts -reply -section own -queryfile head.tsq {signer} -out head.tsr")
    office.run("stamp", "add", "head.tsr", "--tsa-certificates", "root.pem")
    (stamped,) = (folder / "home/ledger/stamps").glob("*.checkpoint")
    (reply,) = (folder / "home/ledger/stamps").glob("*.tsr")
    data, answer = stamped.relative_to(folder), reply.relative_to(folder)
    check("openssl: the kept stamp", accepts(f"ts -verify -data {data} -in {answer} -CAfile root.pem"))
    check("openssl: it answers our request", accepts(f"ts -verify -queryfile head.tsq -in {answer} -CAfile root.pem"))
    (folder / "twin").write_bytes(stamped.read_bytes() + b"\n")
    check("openssl: refused over other bytes", not accepts(f"ts -verify -data twin -in {answer} -CAfile root.pem"))
    check("openssl: refused for another authority", not accepts(f"ts -verify -data {data} -in {answer} -CAfile other.pem"))
    report = json.loads(office.run("verify", "--tsa-certificates", "root.pem", "--format", "json").stdout)
    check("docledger: the stamp counts", report["verdict"] == "verified" and len(report["stamped"]) == 1)
    office.run("verify", "--tsa-certificates", "other.pem", code=3)


def vouched(office):
    """Evidence as of a later head, with the cosigned one and the stamped one."""
    (own,) = (office.folder / "home/keys/private").glob("officer-*.key")
    office.register("later.txt", "Later.\n", "--symbol", "A/78/7", "--key", own.stem)
    whole = office.prove("A/78/1@1", "vouched")
    office.agree("with older heads", whole, 0)
    with zipfile.ZipFile(office.folder / "vouched.zip") as archive:
        names = [name for name in archive.namelist() if name.startswith(("checkpoints/", "stamps/"))]
        archive.extractall(office.folder / "vouched", names)
    check("a cosigned head, a stamped one, a stamp", len(names) == 3)
    _, data, answer = (f"vouched/{name}" for name in names)
    command = ["openssl", "ts", "-verify", "-data", data, "-in", answer, "-CAfile", "root.pem"]
    done = subprocess.run(command, cwd=office.folder, capture_output=True, check=False)
    check("openssl: the stamp in the evidence", done.returncode == 0)
    for name in names:
        twin = without(whole, name)
        ours = office.verdict(twin, office.ledger_id)
        # A stamp that is left out is not missed.
        check(f"without {name}: {ours}", (ours == 0) == name.endswith(".tsr"))
        office.agree(f"without {name}", twin, ours)
    for name in names:
        body = dict(second.read_zip(whole))[name]
        for place in range(0, len(body), 31):
            flipped = bytearray(body)
            flipped[place] ^= 1 << place % 8
            files = [(item.encode(), bytes(flipped) if item == name else it, 0) for item, it in second.read_zip(whole)]
            twin = second.write_zip(files)
            theirs, _ = second.judge(twin, bytes.fromhex(office.ledger_id))
            check(f"{name}: byte {place} flipped", theirs != 0)
            check(f"docledger: {name}: byte {place} flipped", office.verdict(twin, office.ledger_id) != 0)


def main():
    program, scratch = sys.argv[1:]
    office = Office(program, Path(scratch) / "office")
    evidence(office)
    witnesses(office)
    stamps(office)
    vouched(office)
    print(f"proofs: {passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
