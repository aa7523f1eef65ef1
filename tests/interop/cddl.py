"""Holds the demonstration ledger against the CDDL of FORMAT.md, with pycddl.

Every entry's protected header, a document's record included, and every other
record must fit; a twin of each with a required field missing must not.

Usage: cddl.py (in the root of the repository)
"""

import re
import struct
import sys
from pathlib import Path

import cbor2
from pycddl import Schema, ValidationError

DOCUMENT_RECORD = -65537
CWT_CLAIMS = 15
CONTENT_TYPE = 3
EVENT_TYPE = "application/vnd.docledger.event+cbor"


def schema(rule: str, cddl: str) -> Schema:
    """The rules with one of them as the root."""
    return Schema(f"root = {rule}\n{cddl}")


def fits(rules: Schema, encoded: bytes) -> bool:
    try:
        rules.validate_cbor(encoded)
    except ValidationError:
        return False
    return True


def entries(ledger: Path) -> list[bytes]:
    size = int((ledger / "checkpoint").read_text(encoding="utf-8").splitlines()[1])
    bundle = (ledger / f"tile/entries/000.p/{size}").read_bytes()
    found, place = [], 0
    while place < len(bundle):
        (length,) = struct.unpack_from(">H", bundle, place)
        found.append(bundle[place + 2 : place + 2 + length])
        place += 2 + length
    assert len(found) == size
    return found


def without(encoded: bytes, *path: object) -> bytes:
    """The same map without the last key of a path."""
    whole = dict(cbor2.loads(encoded))
    level = whole
    for key in path[:-1]:
        level[key] = dict(level[key])
        level = level[key]
    del level[path[-1]]
    return cbor2.dumps(whole)


def main() -> int:
    text = Path("ledger/FORMAT.md").read_text(encoding="utf-8")
    cddl = "\n".join(re.findall(r"```cddl\n(.*?)```", text, re.DOTALL))
    header, opening, event = (
        schema(rule, cddl)
        for rule in ("protected-header", "opening-record", "event-record")
    )
    events = 0
    results = []
    for index, entry in enumerate(entries(Path("ledger"))):
        protected, _, payload, _ = cbor2.loads(entry).value
        results.append((f"entry {index}: header fits", fits(header, protected)))
        if index == 0:
            results.append(("entry 0: record fits", fits(opening, payload)))
            twin = without(payload, "registrars")
            results.append(("entry 0: twin refused", not fits(opening, twin)))
        elif cbor2.loads(protected).get(CONTENT_TYPE) == EVENT_TYPE:
            events += 1
            results.append((f"entry {index}: record fits", fits(event, payload)))
            for key in ("target", "reason"):
                twin = without(payload, key)
                results.append((f"entry {index}: no {key}", not fits(event, twin)))
        else:
            twin = without(protected, CWT_CLAIMS, DOCUMENT_RECORD, "version")
            results.append((f"entry {index}: twin refused", not fits(header, twin)))
    for name, passed in results:
        if not passed:
            print(f"FAIL  {name}")
    failed = sum(not passed for _, passed in results)
    print(f"cddl: {len(results) - failed} passed, {failed} failed")
    return 1 if failed or len(results) < 20 or not events else 0


if __name__ == "__main__":
    sys.exit(main())
