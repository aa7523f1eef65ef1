"""Certificates of registration: their codes are read off the page with zxing-cpp, and
checked by the recipe of FORMAT.md, with the office's public keys and nothing else.
Twins in which a character was changed must be refused.

With the variable CHROMIUM that browser prints each page: it must be one sheet of A4,
and the codes are read off the print.

    certificates.py PROGRAM SCRATCH
"""

import base64
import hashlib
import html
import os
import re
import subprocess
import sys
from pathlib import Path

import proofbundle.tlogproof as tlogproof
import proofs
import pypdfium2
import second
import zxingcpp
from proofs import Office, check
from second import Failed, need

# Dots a module when a code is painted; dots an inch when a print is read.
SCALE, DPI = 4, 200
A4 = (595, 842)

ARABIC = "رسالة مؤرخة ١٦ شباط فبراير ٢٠٢٤ موجهة إلى الأمين العام من الممثلين الدائمين "
ENGLISH = "Letter dated 16 February 2024 from the Permanent Representatives addressed to the Office "
SIGNATORIES = [f"Given Name Family Name {number}; Ambassador; Permanent Representative" for number in range(6)]


# --------------------------------------------------------------------- reading


def read(image):
    """The bytes of all codes in a picture."""
    return {code.bytes for code in zxingcpp.read_barcodes(image)}


def painted(svg):
    """The code of a drawing that holds nothing but bars, in dots."""
    side = int(re.search(r'viewBox="0 0 (\d+) \1"', svg)[1])
    width = side * SCALE
    rows = [bytearray(b"\xff" * width) for _ in range(side)]
    drawn = re.findall(r'<path d="([^"]*)"', svg)[-1]
    bars = re.findall(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z", drawn)
    need("".join("M{} {}h{}v1h-{}z".format(*bar) for bar in bars) == drawn, "something else is drawn")
    for x, y, length, _ in bars:
        left, right = int(x) * SCALE, (int(x) + int(length)) * SCALE
        rows[int(y)][left:right] = bytes(right - left)
    dots = b"".join(bytes(row) * SCALE for row in rows)
    return memoryview(dots).cast("B", shape=(width, width))


def printed(folder, name):
    """The print of a page in dots, and its number of sheets."""
    target = folder / f"{name}.pdf"
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"]
    page = (folder / f"{name}.html").resolve().as_uri()
    command = [os.environ["CHROMIUM"], *flags, f"--print-to-pdf={target.resolve()}", page]
    subprocess.run(command, capture_output=True, check=True)
    pdf = pypdfium2.PdfDocument(target)
    check(f"{name}: the sheet is A4", tuple(map(round, pdf[0].get_size())) == A4)
    bitmap = pdf[0].render(scale=DPI / 72, grayscale=True)
    dots = bytes(bitmap.buffer)
    rows = [dots[at : at + bitmap.width] for at in range(0, len(dots), bitmap.stride)]
    return memoryview(b"".join(rows)).cast("B", shape=(bitmap.height, bitmap.width)), len(pdf)


# -------------------------------------------------------------------- checking


def decoded(text):
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise Failed("no base 64") from error
    need(base64.b64encode(data).decode() == text, "base 64 that is not in its one form")
    return data


def judge(texts, file, office):
    """The recipe of FORMAT.md, with the office's public keys, id and origin."""
    summary, place, *parts = texts
    entry = second.Entry(None, decoded("".join(parts)))
    document = hashlib.sha256(file).digest()
    need(entry.payload == document, "the entry is about another file")
    need(entry.kid in office["officers"], "it is by nobody known")
    entry.check_signature(office["officers"][entry.kid])
    need(entry.record["ledger"] == office["id"], "it was made for another ledger")
    head, separator, checkpoint = place.partition("\n\n")
    kind, index, *path = head.split("\n")
    need(separator and kind == "c2sp.org/tlog-proof@v1" and index.startswith("index "), "no tlog-proof")
    index = index.removeprefix("index ")
    _, unknown = second.signed_note(checkpoint, office["origin"], office["log"], {})
    need(not unknown, "the checkpoint holds lines of others")
    size, root = checkpoint.split("\n")[1:3]
    root, path = decoded(root), [decoded(line) for line in path]
    need(second.fold(entry.leaf, int(index), int(size), path) == root, "the path leads elsewhere")
    lines = [f"ledger {office['id'].hex()}", f"entry {index}", f"leaf {entry.leaf.hex()}"]
    lines += [f"document {document.hex()}", f"head {size} {root.hex()}"]
    need(summary == "\n".join(["docledger.certificate/1", *lines, ""]), "the summary says something else")


def accepts(texts, file, office):
    try:
        judge(texts, file, office)
    except (Failed, second.Open, ValueError, KeyError, TypeError):
        return False
    return True


def public_keys(folder):
    """What the office publishes, in the form of the recipe."""
    keys = folder / "home/keys"
    words = (keys / "policy").read_text(encoding="utf-8").splitlines()[0].split(" ")
    origin, _, key = words[1].split("+", 2)
    officers = {}
    for path in keys.glob("officer-*.pem"):
        encoded = base64.b64decode("".join(path.read_text().splitlines()[1:-1]))
        officers[second.thumbprint(encoded[-32:])] = encoded[-32:]
    ledger_id = bytes.fromhex((keys / "ledger-id").read_text())
    return {"id": ledger_id, "origin": origin, "log": base64.b64decode(key)[1:], "officers": officers, "vkey": words[1]}


def certificate(office, keys, target, name, file):
    office.run("prove", target, "--certificate", "--out", name)
    page = (office.folder / f"{name}.html").read_text(encoding="utf-8")
    texts = [html.unescape(text) for text in re.findall(r"<pre>(.*?)</pre>", page, re.DOTALL)]
    drawings = re.findall(r"<svg .*?</svg>", page)
    check(f"{name}: as many codes as texts", len(drawings) == len(texts) >= 3)
    for number, (svg, text) in enumerate(zip(drawings, texts)):
        check(f"zxing-cpp: {name}, code {number}", read(painted(svg)) == {text.encode()})
    if "CHROMIUM" in os.environ:
        dots, sheets = printed(office.folder, name)
        check(f"{name}: {sheets} sheets", sheets == 1)
        check(f"zxing-cpp: {name}, as printed", read(dots) == {text.encode() for text in texts})
    data = (office.folder / file).read_bytes()
    judge(texts, data, keys)
    check(f"{name}: another file", not accepts(texts, data + b"\n", keys))
    check(f"{name}: another office", not accepts(texts, data, {**keys, "log": bytes(32)}))
    check(f"{name}: another id", not accepts(texts, data, {**keys, "id": bytes(32)}))
    for number, text in enumerate(texts):
        for place in range(0, len(text), 3):
            twin = text[:place] + chr(ord(text[place]) ^ 1) + text[place + 1 :]
            twins = [*texts[:number], twin, *texts[number + 1 :]]
            check(f"{name}: code {number}, character {place}", not accepts(twins, data, keys))
    entry = base64.b64decode("".join(texts[2:]))
    verdict = tlogproof.verify_tlog_proof(texts[1], entry, keys["vkey"])
    check(f"proofbundle: the place of {name}", verdict["ok"])
    verdict = tlogproof.verify_tlog_proof(texts[1], entry[:-1], keys["vkey"])
    check(f"proofbundle: another entry than {name}'s", not verdict["ok"])
    return len(texts)


def main():
    program, scratch = sys.argv[1:]
    office = Office(program, Path(scratch) / "office")
    signed = [flag for name in SIGNATORIES for flag in ("--signatory", name)]
    office.register("short.txt", "One.\n", "--symbol", "A/78/1", "--title", "A note")
    office.register("long.txt", "Two.\n", "--symbol", "A/78/2", "--title", (ENGLISH * 5)[:400].strip(), *signed)
    office.register("arabic.txt", "Three.\n", "--symbol", "A/78/3", "--title", (ARABIC * 6)[:400].strip(), *signed)
    office.register("new.txt", "Four.\n", "--symbol", "A/78/1", "--change", "revision")
    keys = public_keys(office.folder)
    check("a short entry has one code", certificate(office, keys, "A/78/1@1", "short", "short.txt") == 3)
    check("a long one has two", certificate(office, keys, "A/78/2", "long", "long.txt") == 4)
    check("an Arabic one has two", certificate(office, keys, "A/78/3", "arabic", "arabic.txt") == 4)
    print(f"certificates: {proofs.passed} passed, {proofs.failed} failed")
    return 1 if proofs.failed else 0


if __name__ == "__main__":
    sys.exit(main())
