"""What is linked into drop360, from the build that made it.

licences.py copyright BUILD   Debian's copyright file (DEP-5), with the licences and notices of every part
licences.py sbom BUILD        the same parts with their versions, as SPDX 2.3 in JSON

BUILD: the folder of the program in its build folder, such as .build-package/release. Fails where a part has no licence that is known here, so that nothing new slips in unread.
"""

import hashlib
import json
import re
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OWN_TEXTS = ROOT / "packaging" / "licences"
# Modules whose folder has another name.
OTHER_FOLDERS = {"SystemPackage": "System", "ServiceContextModuleCompatibility": "ServiceContextModule"}
SWIFT_EXCEPTION = "Apache-2.0 WITH Swift-exception"

# C modules inside packages that are other people's: name, licence, and the file that holds its text (none: the package's own licence).
EMBEDDED = {
    "CNIOLLHTTP": ("llhttp", "MIT", "LICENSE"),
    "CNIOSHA1": ("WIDE Project's SHA-1", "BSD-3-Clause", "c_nio_sha1.c"),
    "CYaml": ("libyaml", "MIT", OWN_TEXTS / "libyaml.txt"),
    "CNIOBoringSSL": ("BoringSSL", "Apache-2.0", None),
    "CCryptoBoringSSL": ("BoringSSL", "Apache-2.0", None),
    "CXKCP": ("XKCP's Keccak", "CC0-1.0", OWN_TEXTS / "xkcp.txt"),
    "CNIOExtrasZlib": ("zlib", "Zlib", OWN_TEXTS / "zlib.txt"),
}
# C modules that the packages' own authors wrote.
OF_THE_PACKAGE = {
    "CAsyncHTTPClient", "CCryptoBoringSSLShims", "CXKCPShims", "CNIOBoringSSLShims", "CNIODarwin", "CNIOFreeBSD", "CNIOLinux", "CNIOOpenBSD",
    "CNIOPosix", "CNIOWASI", "CNIOWindows", "CNIOAtomics", "CSystem", "_AtomicsShims", "_NumericsShims", "_CWASI",
}  # fmt: skip

DEBIAN_HAS_IT = " On Debian systems, the text of the Apache License, version 2.0, is in /usr/share/common-licenses/Apache-2.0."
EXCEPTION = """Runtime Library Exception to the Apache 2.0 License:

As an exception, if you use this Software to compile your source code and portions of this Software are embedded into the binary
product as a result, you may redistribute such product without providing attribution as would otherwise be required by Sections
4(a), 4(b) and 4(d) of the License."""


@dataclass
class Part:
    name: str
    version: str
    licence: str
    copyright: list[str]
    text: str | None
    notice: str | None
    location: str


def licence_of(text):
    if "Runtime Library Exception" in text:
        return SWIFT_EXCEPTION
    if "Apache License" in text:
        return "Apache-2.0"
    if "Permission is hereby granted, free of charge" in text:
        return "MIT"
    if "Redistribution and use in source and binary forms" in text:
        return "BSD-3-Clause"
    return None


def copyrights(*texts):
    lines = []
    for text in texts:
        for line in (text or "").splitlines():
            line = line.strip(" */#\t")
            if re.match(r"Copyright (\(c\) |\(C\) |© )?([0-9]{4}|the )", line) and line not in lines:
                lines.append(line)
    return lines


def first_header(sources):
    for file in sorted(sources.rglob("*.swift")):
        found = copyrights(file.read_text(errors="replace")[:1500])
        if found:
            return found
    return []


def licence_comment(path):
    """The comment of a C file that grants its licence."""
    comments = re.findall(r"/\*(.*?)\*/", path.read_text(), re.DOTALL)
    granting = next(one for one in comments if "Redistribution" in one)
    return "\n".join(line.strip(" *-") for line in granting.splitlines()).strip()


def read(path):
    return path.read_text() if path.is_file() else ""


def linked_modules(build):
    objects = build / "drop360.product" / "Objects.LinkFileList"
    if not objects.is_file():
        sys.exit(f"{objects} is missing: drop360 has not been built there")
    return set(re.findall(r"/([^/]+)\.build/", objects.read_text()))


def sources(folder, module):
    """Where a package may have the sources of a module."""
    return [folder / "Sources" / module, folder / module, folder / "Sources" / OTHER_FOLDERS.get(module, module)]


def packages(build, modules):
    unclaimed = modules - {folder.name for folder in (ROOT / "Sources").iterdir()}
    state = json.loads((build / "workspace-state.json").read_text())
    for dependency in sorted(state["object"]["dependencies"], key=lambda one: one["packageRef"]["identity"]):
        folder = build / "checkouts" / dependency["subpath"]
        linked = [module for module in modules if any(place.is_dir() for place in sources(folder, module))]
        if not linked:
            continue
        unclaimed -= set(linked)
        name = dependency["packageRef"]["name"]
        licence_text = read(folder / "LICENSE.txt") or read(folder / "LICENSE")
        notice = read(folder / "NOTICE.txt") or None
        licence = licence_of(licence_text)
        if licence is None:
            sys.exit(f"{name}: its licence is none of those known to scripts/licences.py")
        text = None if licence in (SWIFT_EXCEPTION, "Apache-2.0") else licence_text
        found = copyrights(notice, licence_text if licence == "MIT" else "")
        found = found or first_header(folder / "Sources")
        version = dependency["state"]["checkoutState"]["version"]
        location = dependency["packageRef"]["location"]
        yield Part(name, version, licence, found, text, notice, location)
        for module in sorted(linked):
            source = folder / "Sources" / module
            if module not in EMBEDDED:
                if module not in OF_THE_PACKAGE and any(source.rglob("*.c")):
                    sys.exit(f"{name}: who wrote the C of {module}? Add it to EMBEDDED or OF_THE_PACKAGE")
                continue
            part, licence, where = EMBEDDED[module]
            if where is None:
                text, holders = None, ["The OpenSSL Project Authors and The BoringSSL Authors"]
            else:
                file = where if isinstance(where, Path) else source / where
                text = licence_comment(file) if file.suffix == ".c" else file.read_text()
                holders = copyrights(text) or re.findall(r"^(?:Copyright|Implementation by) .*", text, re.MULTILINE)
            yield Part(f"{part} (in {name})", version, licence, holders, text, None, location)
    if unclaimed:
        sys.exit(f"no package is known for the modules {', '.join(sorted(unclaimed))}")


def runtime():
    version = re.search(r"Swift version (\S+)", subprocess.check_output(["swift", "--version"], text=True, stderr=subprocess.DEVNULL))
    version = version.group(1) if version else "unknown"
    location = "https://github.com/swiftlang/swift"
    names = "Swift's standard library, Foundation and Dispatch"
    holders = ["Copyright (c) 2014-2025 Apple Inc. and the Swift project authors"]
    yield Part(names, version, SWIFT_EXCEPTION, holders, None, None, location)
    text = (OWN_TEXTS / "unicode.txt").read_text()
    icu = "https://github.com/swiftlang/swift-foundation-icu"
    yield Part("ICU (in Foundation)", version, "Unicode-3.0", ["Copyright © 1991-2024 Unicode, Inc."], text, None, icu)


def indented(text):
    return "\n".join(" " + (line.rstrip() or ".") for line in text.strip().splitlines())


def print_copyright(parts):
    print("Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/")
    print("Upstream-Name: drop360")
    print("Comment: The program contains the parts below; Debian's libraries, which it loads, have their own packages.")
    print("\nFiles: *\nCopyright: The drop360 authors\nLicense: Apache-2.0")
    texts = {}
    for part in parts:
        label = part.licence.replace(" ", "-")
        if part.text is not None:
            # One licence text for all that share it word for word.
            digest = hashlib.sha256(part.text.encode()).hexdigest()
            same = [name for name, text in texts.items() if text[0] == digest]
            label = same[0] if same else f"{label}-{re.sub('[^A-Za-z0-9.]+', '-', part.name).strip('-')}"
            texts[label] = (digest, part.text)
        file = re.sub("[^A-Za-z0-9.]+", "-", part.name).strip("-")
        print(f"\nFiles: linked/{file}/*")
        print("Copyright: " + "\n           ".join(re.sub(r"^Copyright (\(c\) |\(C\) |© )?", "", one) for one in part.copyright))
        print(f"License: {label}")
        print(f"Comment: {part.name} {part.version}, {part.location}")
        if part.notice:
            print(" .\n" + indented(part.notice))
    for label, (_, text) in sorted(texts.items()):
        print(f"\nLicense: {label}\n{indented(text)}")
    print(f"\nLicense: Apache-2.0\n{DEBIAN_HAS_IT}")
    print(f"\nLicense: {SWIFT_EXCEPTION.replace(' ', '-')}\n{DEBIAN_HAS_IT}\n .\n{indented(EXCEPTION)}")


def print_sbom(parts):
    git = ["git", "-C", str(ROOT), "log", "-1", "--format=%H %ct"]
    commit, seconds = subprocess.check_output(git, text=True).split()
    created = datetime.fromtimestamp(int(seconds), timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")

    def package(name, version, licence, location, number):
        return {
            "SPDXID": f"SPDXRef-Package-{number}", "name": name, "versionInfo": version, "downloadLocation": location,
            "licenseConcluded": licence, "licenseDeclared": licence, "copyrightText": "NOASSERTION", "filesAnalyzed": False,
        }

    listed = [package("drop360", commit, "Apache-2.0", "NOASSERTION", 0)]
    listed += [package(part.name, part.version, part.licence, part.location, number) for number, part in enumerate(parts, 1)]
    document = {
        "spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT", "name": "drop360",
        "documentNamespace": f"https://drop360.invalid/sbom/{commit}",
        "creationInfo": {"created": created, "creators": ["Tool: drop360 scripts/licences.py"]},
        "packages": listed,
        "relationships": [{"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES", "relatedSpdxElement": "SPDXRef-Package-0"}]
        + [
            {"spdxElementId": "SPDXRef-Package-0", "relationshipType": "STATIC_LINK", "relatedSpdxElement": one["SPDXID"]}
            for one in listed[1:]
        ],
    }
    print(json.dumps(document, indent=1, ensure_ascii=False))


def main():
    if len(sys.argv) != 3 or sys.argv[1] not in ("copyright", "sbom"):
        sys.exit(__doc__)
    build = Path(sys.argv[2])
    parts = [*runtime(), *packages(build.parent, linked_modules(build))]
    silent = [part.name for part in parts if not part.copyright]
    if silent:
        sys.exit(f"no copyright holder found for {', '.join(silent)}")
    print_copyright(parts) if sys.argv[1] == "copyright" else print_sbom(parts)


main()
