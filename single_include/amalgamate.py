#!/usr/bin/env python3
"""amalgamate.py                  writes the single header, and the headers that are included beside it, into single_include/
amalgamate.py --check          says which of them are not what it would write, and fails if there are any
amalgamate.py --names FOLDER   makes FOLDER/openstack/NAME.hpp, which includes the single header, for each header that is part
                               of it: programs that name the library's headers can then be compiled against the single header

The single header is include/openstack/openstack.hpp with each header that it includes in its place, once, and with the
includes of the standard library and of other libraries before all. A header that it does not include is one that users
include beside it: such a header is copied, and includes the single header instead of the headers that are part of it."""
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
INCLUDE = HERE.parent / "include"
UMBRELLA = "openstack/openstack.hpp"
GUARD = "#define OPENSTACK_OPENSTACK_HPP"
LICENCE = "// SPDX-License-Identifier: Apache-2.0"
NOTE = "// Generated from include/ by single_include/amalgamate.py: changes belong there.\n"


def lines_of(header):
    """The header's lines with the included name beside each line that is an include."""
    lines = (INCLUDE / header).read_text(encoding="utf-8").splitlines()
    if lines[0] != LICENCE:
        sys.exit(f"{header}: the first line is not '{LICENCE}'")
    for number, line in enumerate(lines[1:], 2):
        include = re.fullmatch(r"#include <([^>]+)>", line)
        if not include and re.match(r"\s*#\s*(include|import)\b", line):
            sys.exit(f"{header}:{number}: write '#include <...>'")
        yield line, include and include[1]


def inlined(header, seen, external):
    """The text of the header without the headers seen before; other libraries' headers are added to external."""
    seen.add(header)
    text = []
    for line, include in lines_of(header):
        if not include:
            text += [line] if line != "#pragma once" else []
        elif not include.startswith("openstack/"):
            external.add(include)
        elif include not in seen:
            text += ["", f"// <{include}>", *inlined(include, seen, external), ""]
    return text


def without_repeated_blank_lines(lines):
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines) + "\n")


def by_origin(include):
    """System headers, then the standard library's, then other libraries'."""
    system = include.endswith(".h") and include.removeprefix("sys/").count("/") == 0
    return (0 if system else 2 if "/" in include else 1, include)


def includes(external):
    lines, origin = [], None
    for include in sorted(external, key=by_origin):
        if by_origin(include)[0] != origin:
            lines.append("")
            origin = by_origin(include)[0]
        lines.append(f"#include <{include}>")
    return lines


def single(seen):
    external = set()
    text = inlined(UMBRELLA, seen, external)
    guard = text.index(GUARD) + 1
    return LICENCE + "\n" + NOTE + without_repeated_blank_lines(text[:guard] + includes(external) + [""] + text[guard:])


def beside(header, part_of_single):
    text = []
    for line, include in lines_of(header):
        if include in part_of_single:
            line = f"#include <{UMBRELLA}>"
        if not include or line not in text:
            text.append(line)
    return LICENCE + "\n" + NOTE + "\n".join(text) + "\n"


def generated():
    """Each generated header's name with its text, and the names of the headers that are part of the single one."""
    part_of_single = set()
    texts = {UMBRELLA: single(part_of_single)}
    every = {path.relative_to(INCLUDE).as_posix() for path in INCLUDE.rglob("*.hpp")}
    texts |= {header: beside(header, part_of_single) for header in sorted(every - part_of_single)}
    return texts, part_of_single


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def main(arguments):
    texts, part_of_single = generated()
    if arguments == []:
        for name, text in texts.items():
            write(HERE / name, text)
    elif arguments == ["--check"]:
        present = {path.relative_to(HERE).as_posix() for path in HERE.rglob("*.hpp")}
        wrong = [name for name in sorted(present | set(texts))
                 if name not in texts or name not in present or (HERE / name).read_bytes() != texts[name].encode()]
        if wrong:
            sys.exit(f"run single_include/amalgamate.py; these are not current: {' '.join(wrong)}")
    elif len(arguments) == 2 and arguments[0] == "--names":
        for name in part_of_single - {UMBRELLA}:
            write(pathlib.Path(arguments[1]) / name, f"#include <{UMBRELLA}>\n")
    else:
        sys.exit(__doc__)


main(sys.argv[1:])
