"""What the checks share: the compilers, and the lines that tests/run counts."""
import concurrent.futures
import os
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
INCLUDE = ROOT / "include"
SINGLE_INCLUDE = ROOT / "single_include"
UMBRELLA = "#include <openstack/openstack.hpp>\n"
COMPILERS = ("g++", "clang++")
FLAGS = ("-std=c++20", "-fdiagnostics-color=never", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wsign-conversion",
         "-Wshadow", "-Werror")
LIBRARIES = ("-lcurl", "-lcrypto", "-pthread")


def report(name, problem="", details=""):
    """Says that the check has passed, or else what the problem is and, below it, the first lines of the details."""
    if not problem:
        print(f"ok {name}", flush=True)
        return
    shown = "".join(f"    {line}\n" for line in details.splitlines()[:20])
    print(f"FAILED {name}: {problem}\n{shown}", end="", flush=True)


def skipped(name, why):
    print(f"skipped {name}: {why}", flush=True)


def run(*command, **options):
    """Runs the command; its errors and its output are in .stdout."""
    return subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          env=os.environ | {"LC_ALL": "C"}, **options)


def check_syntax(compiler, *arguments, text=None):
    """Has the compiler look at a file or at this text."""
    source = ("-x", "c++", "-") if text is not None else ()
    return run(compiler, *FLAGS, "-fsyntax-only", *arguments, *source, input=text or "")


def report_compiled(name, result):
    error = re.search(r"^.*\berror: .*$", result.stdout, re.MULTILINE)
    report(name, "" if result.returncode == 0 else error[0] if error else f"exit status {result.returncode}",
           result.stdout)


def in_parallel(function, items):
    """Calls the function for each item on all processors; gives the results in the order of the items."""
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        yield from pool.map(function, items)


def headers():
    """The names of all headers, such as openstack/uri.hpp."""
    return sorted(path.relative_to(INCLUDE).as_posix() for path in INCLUDE.rglob("*.hpp"))


def includes(header):
    """The names that the header includes."""
    return re.findall(r"^#include <(.+)>$", (INCLUDE / header).read_text(), re.MULTILINE)


def external_includes():
    """A text that includes all that the library includes from elsewhere."""
    names = {name for header in headers() for name in includes(header) if not name.startswith("openstack/")}
    return "".join(f"#include <{name}>\n" for name in sorted(names))
