#!/usr/bin/env python3
"""Scores `docledger inspect` against documents labelled by hand.

    accuracy.py TRUTH.csv [--program PATH] [--only TEXT] [--skip TEXT]
                [--replace OLD NEW] [--quiet]

TRUTH.csv has a column `file` (relative to its own folder) and the columns of
FIELDS. For each field: precision is right values / values given, recall is
right values / values in the truth. A blank in the truth means that the
document doesn't print the field, so a value given there is wrong.

Matching, with no tolerance beside it:
- white space is folded; straight and curly apostrophes are one; letter case
  doesn't count, since labels write names and titles in capitals both ways;
- lists are sets of items: symbols, languages, bodies, sessions, signatories
  and their titles are separated by "; " in the truth;
- agenda items are taken apart at commas, semicolons and "and"; a bare "(b)"
  takes the number before it, and "of the provisional agenda" counts for all
  items of its list;
- "S/RES/1 (1990)" and "S/RES/1(1990)" are one symbol;
- "English only" counts as an original language, which it stands in place of.
"""

import argparse
import csv
import json
import pathlib
import re
import subprocess
import sys

LISTS = ["symbols", "original_language", "bodies", "session", "agenda_items",
         "signatory", "signatory_title"]
SINGLE = ["date", "distribution", "title", "kind", "job_number", "language_line",
          "adopted_on", "reissued_on"]
FIELDS = ["symbols", "date", "distribution", "original_language", "bodies", "session",
          "agenda_items", "signatory", "title", "signatory_title", "kind", "job_number",
          "language_line", "adopted_on", "reissued_on"]


def fold(text):
    return " ".join(text.replace("’", "'").casefold().split())


def agenda(text):
    """Items of one agenda, each whole."""
    items = []
    for part in text.split(";"):
        name = re.search(r"\b(of the|de l|del) .*$|\bde l.ordre .*$", part)
        numbers = part[:name.start()] if name else part
        number = ""
        for item in re.split(r",|\band\b", numbers):
            item = fold(item)
            if not item:
                continue
            if item.startswith("("):
                item = f"{number} {item}"
            number = item.split(" ")[0]
            items.append(f"{item} {name.group(0)}" if name else item)
    return {fold(item) for item in items}


def values(field, given):
    """The set of values that a list of texts stands for."""
    if field == "agenda_items":
        return set().union(*[agenda(text) for text in given]) if given else set()
    found = {fold(text) for text in given if fold(text)}
    if field == "symbols":
        found = {text.replace(" (", "(") for text in found}
    return found


def truth_of(field, cell):
    return values(field, cell.split(";") if field in LISTS else [cell])


def read_of(field, fields):
    if field == "original_language" and field not in fields:
        return values(field, [fields["only_in"]["value"]] if "only_in" in fields else [])
    value = fields.get(field, {}).get("value", [])
    return values(field, value if isinstance(value, list) else [value])


def inspect(program, path):
    run = subprocess.run([program, "inspect", "--format", "json", str(path)],
                         capture_output=True, text=True, check=False)
    if run.returncode != 0:
        return {}, run.stderr.strip()
    return json.loads(run.stdout)["fields"], None


def main():
    root = pathlib.Path(__file__).resolve().parents[2]
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("truth", type=pathlib.Path)
    parser.add_argument("--program", default=str(root / "target/debug/docledger"))
    parser.add_argument("--only", default="", help="score the files whose name has this text")
    parser.add_argument("--skip", default=[], action="append",
                        help="leave out the files whose name has this text")
    parser.add_argument("--replace", nargs=2, metavar=("OLD", "NEW"), action="append", default=[],
                        help="replace OLD by NEW in file names, as for the same documents in PDF")
    parser.add_argument("--quiet", action="store_true", help="print no errors")
    args = parser.parse_args()
    counts = {field: [0, 0, 0] for field in FIELDS}
    errors, files = [], 0
    with args.truth.open(newline="", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    for row in rows:
        name = row["file"]
        for old, new in args.replace:
            name = name.replace(old, new)
        path = args.truth.parent / name
        skipped = any(text in name for text in args.skip)
        if args.only not in name or skipped or not path.exists():
            continue
        files += 1
        fields, failure = inspect(args.program, path)
        if failure:
            errors.append(("(program)", name, set(), {failure}))
        for field in FIELDS:
            want, got = truth_of(field, row[field] or ""), read_of(field, fields)
            right = len(want & got)
            counts[field][0] += right
            counts[field][1] += len(got)
            counts[field][2] += len(want)
            if want != got:
                errors.append((field, name, want - got, got - want))
    print(f"{files} documents")
    print(f"{'field':18}{'precision':>10}{'recall':>8}{'right':>7}{'given':>7}{'truth':>7}")
    for field in FIELDS:
        right, given, true = counts[field]
        precision = f"{right / given:.3f}" if given else "-"
        recall = f"{right / true:.3f}" if true else "-"
        print(f"{field:18}{precision:>10}{recall:>8}{right:>7}{given:>7}{true:>7}")
    if not args.quiet:
        for field, name, missing, wrong in sorted(errors, key=lambda error: error[:2]):
            print(f"\n{field}  {name}")
            for text in sorted(missing):
                print(f"  - {text}")
            for text in sorted(wrong):
                print(f"  + {text}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
