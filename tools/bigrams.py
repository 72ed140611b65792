#!/usr/bin/env python3
"""Counts letter pairs in the Python standard library and writes src/detect/value/bigrams.rs.

The library's sources stand on nearly every machine and hold both English prose (docstrings, comments) and names out
of code. Words are split where case changes, folded to lower case, and counted once a file, so that one file's pet name
does not weigh more than a thousand files' words. Of digits and other characters only the fact is counted.

    python3 tools/bigrams.py > src/detect/value/bigrams.rs
"""

import collections
import math
import pathlib
import re
import sysconfig

# Digits are one class; `|` is a seam between words of one name (case or digits change), a space is the name's edge.
CLASSES = "abcdefghijklmnopqrstuvwxyz0| "
WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


def words(text):
    """Runs of name characters, each as its words in lower case."""
    for run in re.findall(r"[A-Za-z0-9]+", text):
        yield "|".join(word.lower() for word in WORD.findall(run))


def count():
    pairs = collections.Counter()
    library = pathlib.Path(sysconfig.get_paths()["stdlib"])
    for path in sorted(library.rglob("*.py")):
        if "site-packages" in path.parts or "test" in path.parts or "tests" in path.parts:
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        for run in sorted(set(words(text))):
            run = " " + re.sub(r"[0-9]", "0", run) + " "
            pairs.update(zip(run, run[1:]))
    return pairs


def main():
    pairs = count()
    rows = []
    for a in CLASSES:
        total = sum(pairs[a, b] + 0.5 for b in CLASSES)
        rows.append([min(255, round(-8 * math.log2((pairs[a, b] + 0.5) / total))) for b in CLASSES])
    print("//! Written by tools/bigrams.py from the Python standard library: what a character costs after another, in")
    print("//! eighths of a bit. Rows and columns: a to z, a digit, a seam between words, an edge.")
    print()
    print(f"const CLASSES: usize = {len(CLASSES)};")
    print()
    print("#[rustfmt::skip]")
    print("pub(super) const COST: [[u8; CLASSES]; CLASSES] = [")
    for row in rows:
        print("    [" + ", ".join(map(str, row)) + "],")
    print("];")


if __name__ == "__main__":
    main()
