#!/usr/bin/env python3
"""Checks the documentation against the repository.

Prints everything that is wrong and exits 1; prints `docs are valid` and exits 0 if nothing is. Standard library only.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
ARCHITECTURE = ROOT / "docs" / "ARCHITECTURE.md"
REFUSALS = ROOT / "docs" / "refusals.md"
DECISIONS = ROOT / "docs" / "decisions"

problems = []


def complain(path, words):
    problems.append(f"{path.relative_to(ROOT)}: {words}")


def read(path):
    if not path.is_file():
        complain(path, "is missing")
        return ""
    return path.read_text(encoding="utf-8")


def without_fences(text):
    """The text without its fenced blocks, which show output and examples."""
    return re.sub(r"^(```|~~~).*?^\1[^\n]*$", "", text, flags=re.MULTILINE | re.DOTALL)


def anchor(heading):
    """GitHub's anchor of a heading."""
    plain = re.sub(r"[`*]|\[([^\]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
    return re.sub(r"\s", "-", re.sub(r"[^\w\s-]", "", plain))


def anchors(path):
    headings = re.findall(r"^#+ (.*)$", without_fences(read(path)), flags=re.MULTILINE)
    return {anchor(heading) for heading in headings}


def section(text, title):
    """What stands under a heading of the second level."""
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", text, flags=re.MULTILINE | re.DOTALL)
    return found.group(1) if found else None


def linked(path):
    """The files of the repository that a document links to."""
    targets = re.findall(r"\]\(([^)\s]+)\)", without_fences(read(path)))
    return [target for target in targets if not re.match(r"[a-z][a-z+.-]*:", target)]


def check_links(path):
    for target in linked(path):
        name, _, fragment = target.partition("#")
        file = (path.parent / name).resolve() if name else path
        if not file.exists():
            complain(path, f"links to {target}, which does not exist")
        elif fragment and file.suffix == ".md" and fragment not in anchors(file):
            complain(path, f"links to {target}, but there is no such heading")


def check_paths(path):
    """Paths of the repository in back-ticks exist; `{a,b}` and `*` are skipped."""
    for quoted in re.findall(r"`([^`\n]+)`", without_fences(read(path))):
        word = quoted.split()[0]
        if not re.match(r"(Sources|Tests|scripts|systemd|\.ci|docs)/", word) or re.search(r"[*{}<>…]|NNNN", word):
            continue
        if not (ROOT / word.rstrip("/.,;:")).exists():
            complain(path, f"mentions `{word}`, which does not exist")


def check_line_numbers(path):
    """Line numbers drift; names stay."""
    text = without_fences(read(path))
    for found in re.findall(r"\b[\w+/.-]+\.(?:swift|py|md|sh|service|conf|yaml)(?::\d+|#L\d+)", text):
        complain(path, f"cites the line number {found}")
    for found in re.findall(r"\.swift`?,? \(?lines? \d+", text):
        complain(path, f"cites a line number: {found}")


def tests():
    """Every Swift test by suite: the file's name without its extension, and the tests in it."""
    suites = {}
    for file in sorted((ROOT / "Tests").rglob("*.swift")):
        suites.setdefault(file.stem, set()).update(re.findall(r"func `([^`]+)`", file.read_text(encoding="utf-8")))
    return suites


def check_tests(path, suites):
    """Tests are cited as `SomethingTests`: "the sentence that is the test's name"."""
    text = without_fences(read(path))
    for suite, name in re.findall(r'`(\w+Tests)`: "([^"]+)"', re.sub(r"\n\s*", " ", text)):
        if suite not in suites:
            complain(path, f"cites the suite {suite}, which does not exist")
        elif name not in suites[suite]:
            complain(path, f'cites the test "{name}", which {suite} does not contain')


def check_invariants():
    invariants = section(read(ARCHITECTURE), "Invariants")
    if invariants is None:
        return complain(ARCHITECTURE, "has no section `## Invariants`")
    entries = re.split(r"^(?=\d+\. )", invariants, flags=re.MULTILINE)[1:]
    if not entries:
        complain(ARCHITECTURE, "lists no invariant")
    for entry in entries:
        first = re.sub(r"\s+", " ", entry)[:60]
        if not re.search(r"`(Sources|Tests|\.ci|systemd)/", entry):
            complain(ARCHITECTURE, f"does not say where this is kept: {first}…")
        if not re.search(r'`\w+Tests`:\s+"|No Swift test', entry):
            complain(ARCHITECTURE, f"cites no test for: {first}…")


def check_targets():
    text = read(ARCHITECTURE)
    manifest = read(ROOT / "Package.swift")
    names = re.findall(r"\.(?:target|executableTarget|testTarget|systemLibrary)\(\s*name: \"([^\"]+)\"", manifest)
    if not names:
        complain(ROOT / "Package.swift", "names no target that .ci/docs.py can find")
    for name in names:
        if f"`{name}`" not in text:
            complain(ARCHITECTURE, f"does not name the target `{name}`")


def problem_codes():
    enumeration = read(ROOT / "Sources" / "Inspection" / "ProblemCode.swift").split("var isNote")[0]
    codes = {value or name for name, value in re.findall(r'^    case (\w+)(?: = "([^"]+)")?$', enumeration, re.MULTILINE)}
    for file in sorted((ROOT / "Sources").rglob("*.swift")):
        if file.parent.name == "TestSupport":
            continue
        codes.update(re.findall(r'\bProblem\(\s*"([a-z0-9-]+)"', file.read_text(encoding="utf-8")))
    return codes


def check_codes():
    codes = problem_codes()
    rows = re.findall(r"^\| `([a-z0-9-]+)` \|", read(REFUSALS), flags=re.MULTILINE)
    for code in sorted(codes - set(rows)):
        complain(REFUSALS, f"does not explain `{code}`")
    for code in sorted(set(rows) - codes):
        complain(REFUSALS, f"explains `{code}`, which drop360 never reports")
    for code in sorted({code for code in rows if rows.count(code) > 1}):
        complain(REFUSALS, f"explains `{code}` more than once")


def check_readme():
    text = read(README)
    first_screen = "\n".join(text.splitlines()[:40])
    for script in ["scripts/demo", "scripts/test"]:
        if script not in first_screen:
            complain(README, f"does not name {script} within its first 40 lines")
    for file in sorted((ROOT / "Sources" / "drop360").glob("*Command.swift")):
        name = re.search(r'commandName: "([^"]+)"', file.read_text(encoding="utf-8"))
        if not name:
            complain(file, "has no commandName that .ci/docs.py can find")
        elif not re.search(rf"(?:^|`|\$ )drop360 {re.escape(name.group(1))}\b", text, flags=re.MULTILINE):
            complain(README, f"does not show `drop360 {name.group(1)}`")


def check_decisions():
    index = DECISIONS / "README.md"
    known = set()
    for document in [ARCHITECTURE] + ([index] if index.exists() else []):
        known |= {(document.parent / target.partition("#")[0]).resolve() for target in linked(document)}
    files = [file for file in sorted(DECISIONS.glob("*.md")) if file != index]
    if not files:
        complain(DECISIONS, "contains no decision")
    for file in files:
        if not re.fullmatch(r"\d{4}-[a-z0-9-]+\.md", file.name):
            complain(file, "is not named NNNN-title.md")
        if file.resolve() not in known:
            complain(file, "is linked from neither docs/ARCHITECTURE.md nor docs/decisions/README.md")
        for title in ["Context", "Decision", "What was given up"]:
            if section(read(file), title) is None:
                complain(file, f"has no section `## {title}`")
    numbers = [file.name[:4] for file in files]
    for number in sorted({number for number in numbers if numbers.count(number) > 1}):
        complain(DECISIONS, f"has two decisions numbered {number}")


def main():
    documents = [README, ROOT / "CHANGELOG.md"] + sorted((ROOT / "docs").rglob("*.md"))
    suites = tests()
    for path in documents:
        check_links(path)
        check_paths(path)
        check_line_numbers(path)
        check_tests(path, suites)
    check_invariants()
    check_targets()
    check_codes()
    check_readme()
    check_decisions()
    for problem in dict.fromkeys(problems):
        print(problem)
    if problems:
        sys.exit(1)
    print("docs are valid")


if __name__ == "__main__":
    main()
