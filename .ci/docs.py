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
COMMANDS = ROOT / "docs" / "operators" / "commands.md"
CONFIGURATION = ROOT / "docs" / "operators" / "configuration.md"
PROMISES = ROOT / "docs" / "promises.md"
OUR_PATH = r"(?:Sources|Tests|scripts|systemd|Benchmarks|\.ci|docs)/"

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
    """The text under a heading of the second level."""
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


def fences(text):
    """The lines of the fenced blocks."""
    blocks = re.findall(r"^ *(```|~~~)[^\n]*\n(.*?)^ *\1", text, flags=re.MULTILINE | re.DOTALL)
    return [line for _, block in blocks for line in block.splitlines()]


def check_paths(path):
    """Paths of the repository in back-ticks and in the commands of fenced blocks exist; `{a,b}` and `*` are skipped."""
    text = read(path)
    words = [quoted.split()[0] for quoted in re.findall(r"`([^`\n]+)`", without_fences(text)) if quoted.strip()]
    words += [word for line in fences(text) for word in re.findall(rf"(?:^|\s)({OUR_PATH}\S+)", line)]
    for word in words:
        if not re.match(OUR_PATH, word) or re.search(r"[*{}<>…]|NNNN", word):
            continue
        if not (ROOT / word.rstrip("/.,;:")).exists():
            complain(path, f"mentions `{word}`, which does not exist")


def check_markers(path):
    """A merge that was not finished leaves these behind."""
    for found in re.findall(r"^(?:<{7}|>{7}) .*$|^={7}$", read(path), flags=re.MULTILINE):
        complain(path, f"contains the marker of a merge: {found}")


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
    lines = read(README).splitlines()
    if len(lines) > 150:
        complain(README, f"has {len(lines)} lines; a newcomer reads 150 at most")
    for script in ["scripts/demo", "scripts/test"]:
        if script not in "\n".join(lines[:40]):
            complain(README, f"does not name {script} within its first 40 lines")


def promises(path):
    """The bold sentences that begin the entries of a numbered list."""
    return [words.rstrip(".") for words in re.findall(r"^\d+\. \*\*([^*]+)\*\*", read(path), flags=re.MULTILINE)]


def check_promises():
    given = promises(README)
    if len(given) != 9:
        complain(README, f"gives {len(given)} promises; there are nine")
    if given != promises(PROMISES):
        complain(PROMISES, "does not list the promises of README.md in the same order and words")


def commands():
    """The options of each subcommand, by its name, in ArgumentParser's spelling."""
    shared = options(ROOT / "Sources" / "drop360" / "LedgerOptions.swift")
    found = {}
    for file in sorted((ROOT / "Sources" / "drop360").rglob("*Command.swift")):
        text = read(file)
        names = re.findall(r'commandName: "([^"]+)"', text)
        if not names:
            complain(file, "has no commandName that .ci/docs.py can find")
        for name in names:
            found[name] = options(file) | (shared if "LedgerOptions" in text else set()) | {"help", "version"}
    return found


def options(file):
    text = read(file)
    declared = re.findall(r"@(?:Option|Flag)\b.*?\bvar (\w+)", text, flags=re.DOTALL)
    custom = re.findall(r'\.customLong\("([^"]+)"\)', text)
    return {re.sub(r"([A-Z])", r"-\1", name).lower() for name in declared} | set(custom)


def check_commands(documents):
    known = commands()
    shown = read(COMMANDS)
    for name in known:
        if not re.search(rf"^drop360 (?:\w+ )?(?:[\w-]+ \| )*{re.escape(name)}\b", shown, flags=re.MULTILINE):
            complain(COMMANDS, f"does not show `drop360 {name}`")
    for path in documents:
        text = read(path)
        quoted = re.findall(r"`([^`\n]+)`", without_fences(text)) + fences(text)
        for line in quoted:
            line = re.sub(rf"^({'|'.join(known)}) --", r"drop360 \1 --", line)
            for name, rest in re.findall(r"(?:^\s*|\$ |/|drop360 )drop360 ([a-z]+)\b([^|;&]*)", line):
                if name not in known and name != "help":
                    complain(path, f"shows `drop360 {name}`, which is not a command")
                for option in re.findall(r"(?:^|\s|\[)--([a-z][a-z-]*)", re.split(r"  |[`:]", rest)[0]):
                    # `drop360 ledger prune --older`: the options of the command, and of the one below it.
                    below = known.get(rest.split()[0], set()) if rest.split() else set()
                    if name in known and option not in known[name] | below:
                        complain(path, f"shows `drop360 {name} --{option}`, which is not one of its options")


def check_keys():
    """Every key of the configuration is explained, and nothing that is explained is unknown."""
    declared = "".join(file.read_text(encoding="utf-8") for file in sorted((ROOT / "Sources" / "ConfigFile" / "Declarations").glob("*.swift")))
    keys = set(re.findall(r'\bKey\(\s*"([a-z0-9-]+)"', declared)) | set(re.findall(r'\bsecret\(\s*"([a-z0-9-]+)"', declared))
    keys |= {name + "-file" for name in re.findall(r'\bsecretFile\(\s*"([a-z0-9-]+)"', declared)}
    if not keys:
        complain(CONFIGURATION, "cannot be checked: .ci/docs.py finds no key in Sources/ConfigFile/Declarations")
    text = read(CONFIGURATION)
    for key in sorted(keys):
        if not re.search(rf"(?<![\w-]){re.escape(key)}(?![\w-])", text):
            complain(CONFIGURATION, f"does not explain the key `{key}`")
    for cell in re.findall(r"^\| (`[^|]*) \|", section(text, "Keys") or "", flags=re.MULTILINE):
        for name in re.findall(r"`([^`]+)`", cell):
            last = name.split(".")[-1].removesuffix("[]")
            if last not in keys:
                complain(CONFIGURATION, f"explains `{name}`, which is no key")


def check_reachable(documents):
    """Every document and picture can be reached from the README."""
    seen, waiting = set(), [README]
    while waiting:
        path = waiting.pop()
        if path in seen or not path.is_file():
            continue
        seen.add(path)
        if path.suffix == ".md":
            waiting += [(path.parent / target.partition("#")[0]).resolve() for target in linked(path) if not target.startswith("#")]
    for path in documents + sorted((ROOT / "docs" / "pictures").glob("*")):
        if path not in seen:
            complain(path, "cannot be reached by links from README.md")


def check_mentions():
    """Documents that code and unit files refer to exist."""
    for folder in ["Sources", "systemd", "scripts"]:
        for file in sorted((ROOT / folder).rglob("*")):
            if not file.is_file() or file.suffix not in {".swift", ".service", ".conf", ""}:
                continue
            for name in re.findall(r"\bdocs/[\w./-]+\.md\b", file.read_text(encoding="utf-8")):
                if not (ROOT / name).is_file():
                    complain(file, f"mentions {name}, which does not exist")


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
        check_markers(path)
        check_line_numbers(path)
        check_tests(path, suites)
    check_invariants()
    check_targets()
    check_codes()
    check_readme()
    check_promises()
    check_commands(documents)
    check_keys()
    check_reachable(documents)
    check_mentions()
    check_decisions()
    for problem in dict.fromkeys(problems):
        print(problem)
    if problems:
        sys.exit(1)
    print("docs are valid")


if __name__ == "__main__":
    main()
