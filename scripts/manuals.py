"""Man pages from ArgumentParser's description of the commands (--experimental-dump-help on standard input).

manuals.py DIR VERSION: one page for drop360 and one for each command. Fails where an option has no help.
"""

import datetime
import json
import os
import sys
import time
from pathlib import Path

# The build's date: a rebuild of the same source gives the same pages.
seconds = int(os.environ.get("SOURCE_DATE_EPOCH") or time.time())
DATE = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%d")


def roff(text):
    """Text as roff takes it: no line begins with a control character."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("`", "")
    return "\n".join(("\\&" + line if line[:1] in ".'" else line) for line in text.splitlines())


def spelling(argument):
    value = f" \\fI{roff(argument['valueName'])}\\fR" if argument["kind"] == "option" else ""
    if argument["kind"] == "positional":
        return f"\\fI{roff(argument['valueName'])}\\fR" + ("…" if argument["isRepeating"] else "")
    names = [("-" if name["kind"] == "short" else "--") + name["name"] for name in argument["names"]]
    return ", ".join(f"\\fB{roff(name)}\\fR{value}" for name in names)


def page(command, path, version):
    name = "-".join(path)
    arguments = [one for one in command.get("arguments", []) if one.get("shouldDisplay", True)]
    silent = [one["valueName"] for one in arguments if not one.get("abstract")]
    if silent:
        sys.exit(f"{' '.join(path)}: no help for {', '.join(silent)}")
    lines = [f'.TH {name.upper()} 1 "{DATE}" "drop360 {version}"', ".SH NAME", f"{roff(name)} \\- {roff(command['abstract'])}"]
    lines += [".SH SYNOPSIS", f"\\fB{roff(' '.join(path))}\\fR"]
    for one in arguments:
        text = spelling(one).split(", ")[-1]
        lines.append(f"[{text}]" if one["isOptional"] else text)
    subcommands = [one for one in command.get("subcommands", []) if one["commandName"] != "help"]
    if subcommands:
        lines.append("\\fIcommand\\fR …")
    if command.get("discussion"):
        lines += [".SH DESCRIPTION", roff(command["discussion"])]
    if arguments:
        lines.append(".SH OPTIONS")
    for one in arguments:
        default = f" Default: {one['defaultValue']}." if one.get("defaultValue") else ""
        lines += [".TP", spelling(one), roff(one["abstract"] + default)]
    if subcommands:
        lines.append(".SH COMMANDS")
    for one in subcommands:
        lines += [".TP", f"\\fB{roff(' '.join(path[1:] + [one['commandName']]))}\\fR", roff(one["abstract"])]
    others = ["drop360"] if len(path) > 1 else [f"drop360-{one['commandName']}" for one in subcommands]
    lines += [".SH EXIT STATUS", "0 done, 1 something was refused or failed, 64 usage, 69 service not reachable, 78 configuration."]
    lines += [".SH SEE ALSO", ", ".join(f"\\fB{roff(other)}\\fR(1)" for other in others)]
    # Characters beyond ASCII by their code points: not every roff is told of UTF-8.
    return "".join(one if ord(one) < 128 else f"\\[u{ord(one):04X}]" for one in "\n".join(lines) + "\n")


def write(command, path, directory, version):
    (directory / ("-".join(path) + ".1")).write_text(page(command, path, version))
    for one in command.get("subcommands", []):
        if one["commandName"] != "help":
            write(one, path + [one["commandName"]], directory, version)


root = json.load(sys.stdin)["command"]
write(root, [root["commandName"]], Path(sys.argv[1]), sys.argv[2])
