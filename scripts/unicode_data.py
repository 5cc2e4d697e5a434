"""Foundation's Unicode data without the languages that drop360 does not speak, as an object file.

unicode_data.py ARCHIVE OBJECT: ARCHIVE is lib_FoundationICU.a of Swift's static libraries. Its member icu_packaged_data.cpp.o is one
constant of 34 MB, icudtNN_dat: locales, sort orders, dictionaries for breaking Thai into words, encodings of mainframes. Kept are the
root and English locales and everything that is of no language (time zones, calendars, properties, normalisation); whatever asks for
another language gets the root's. OBJECT defines __wrap_icudtNN_dat. Prints the constant's name, for the linker's option --wrap: with it
everything refers to OBJECT, and --gc-sections drops the original.
"""

import re
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

MEMBER = "icu_packaged_data.cpp.o"
# A locale's name: `de`, `sr_Latn_RS`. Everything else in the data (zoneinfo64, supplementalData, pool, root, …) is of no language.
LOCALE = re.compile(r"[a-z]{2,3}(_[A-Za-z0-9]+)*\Z")


def is_kept(name):
    stem, _, suffix = name.rsplit("/", 1)[-1].rpartition(".")
    if suffix in ("cnv", "dict"):
        return False
    if suffix not in ("res", "brk", "cfu") or not LOCALE.match(stem):
        return True
    return stem == "en" or stem.startswith("en_")


def unpack(data):
    """Header, and (name, bytes) of each item, in order (ICU's format CmnD)."""
    header = struct.unpack_from("<H", data, 0)[0]
    if data[12:16] != b"CmnD":
        sys.exit("ICU's data has another format than CmnD")
    count = struct.unpack_from("<I", data, header)[0]
    entries = [struct.unpack_from("<II", data, header + 4 + 8 * number) for number in range(count)]
    ends = [start for _, start in entries[1:]] + [len(data) - header]
    items = []
    for (name, start), end in zip(entries, ends):
        name = data[header + name : data.index(b"\0", header + name)].decode()
        items.append((name, data[header + start : header + end]))
    return data[:header], items


def pack(header, items):
    names = b""
    name_offsets = []
    table = 4 + 8 * len(items)
    for name, _ in items:
        name_offsets.append(table + len(names))
        names += name.encode() + b"\0"
    content = names + b"\0" * (-(len(header) + table + len(names)) % 16)
    entries = b""
    for (_, item), name in zip(items, name_offsets):
        entries += struct.pack("<II", name, table + len(content))
        content += item + b"\0" * (-len(item) % 16)
    return header + struct.pack("<I", len(items)) + entries + content


def main():
    archive, target = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    with tempfile.TemporaryDirectory() as folder:
        run = lambda *command: subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout
        run("ar", "x", str(archive), MEMBER)
        symbols = re.findall(r" R (icudt\d+_dat)$", run("nm", MEMBER), re.MULTILINE)
        if len(symbols) != 1:
            sys.exit(f"{archive}: {MEMBER} does not define ICU's data, and nothing else")
        run("objcopy", "-O", "binary", "--only-section=.rodata", MEMBER, "all.dat")
        header, items = unpack(Path(folder, "all.dat").read_bytes())
        kept = [item for item in items if is_kept(item[0])]
        Path(folder, "kept.dat").write_bytes(pack(header, kept))
        name = f"__wrap_{symbols[0]}"
        Path(folder, "kept.s").write_text(
            f'.section .rodata\n.balign 16\n.globl {name}\n.type {name}, %object\n{name}:\n'
            f'.incbin "kept.dat"\n.size {name}, . - {name}\n.section .note.GNU-stack,"",%progbits\n'
        )
        run("as", "-o", str(target), "kept.s")
        before, after = sum(len(item) for _, item in items), sum(len(item) for _, item in kept)
        print(f"Unicode data: {before // 1000} kB, of which {after // 1000} kB are kept ({len(kept)} of {len(items)} items)", file=sys.stderr)
        print(symbols[0])


main()
