"""run_suites.py BUILD COUNTS SUITE...: builds the Catch2 programs that meson lists in these suites, runs them, shows what
failed, and adds a line "PASSED FAILED SKIPPED" for each program to the file COUNTS. Reports and logs go to BUILD/reports."""
import json
import os
import pathlib
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

LIMIT = 600  # seconds, for one program

build, counts, suites = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2], set(sys.argv[3:])
reports = build / "reports"
reports.mkdir(exist_ok=True)


def tail(log):
    return "".join(f"    {line}\n" for line in log.read_text(errors="replace").splitlines()[-60:])


def count(passed, failed, skipped):
    with open(counts, "a") as file:
        print(passed, failed, skipped, file=file)


def run(test):
    name = test["name"].replace("/", "_")
    report, log = reports / f"{name}.xml", reports / f"{name}.log"
    report.unlink(missing_ok=True)
    with open(log, "wb") as output:
        try:
            status = subprocess.run([*test["cmd"], "-r", "junit", "-o", report, "-w", "NoAssertions"], stdin=subprocess.DEVNULL,
                                    stdout=output, stderr=output, env=os.environ | test["env"], cwd=test["workdir"] or build,
                                    timeout=LIMIT).returncode
            ending = f"ended by signal {-status}" if status < 0 else f"exit status {status}"
        except (OSError, subprocess.TimeoutExpired) as problem:
            status, ending = 1, str(problem)
    try:
        cases = list(ElementTree.parse(report).iter("testcase"))
    except (OSError, ElementTree.ParseError):
        cases = []
    failed = skipped = 0
    for case in cases:
        details = [*case.iter("failure"), *case.iter("error")]
        if case.find("skipped") is not None:
            skipped += 1
        elif details:
            failed += 1
            print(f"FAILED {test['name']}: {case.get('name')}")
            print(*(detail.text.strip() for detail in [*details, *case.iter("system-out"), *case.iter("system-err")]), sep="\n")
    passed = len(cases) - failed - skipped
    if not cases or (status and not failed):
        report_says = "no failure" if cases else "nothing"
        print(f"FAILED {test['name']}: {ending}, its report says {report_says}; to repeat: {test['cmd'][0]} -w NoAssertions")
        print(tail(log), end="")
        failed += 1
    count(passed, failed, skipped)


listed = json.loads(subprocess.check_output(["meson", "introspect", "--tests", build]))
tests = [test for test in listed if suites & {suite.rpartition(":")[2] for suite in test["suite"]}]
if not tests:
    print(f"FAILED {build.name}: there is no test in {' or '.join(sorted(suites))}")
    count(0, 1, 0)

log = reports / "ninja.log"
programs = {os.path.relpath(test["cmd"][0], build) for test in tests}
with open(log, "wb") as output:
    status = subprocess.run(["ninja", "-k", "0", "-j", str(os.cpu_count()), "-C", build, *programs], stdin=subprocess.DEVNULL, stdout=output,
                            stderr=output).returncode
if status:
    print(f"FAILED {build.name}: it does not compile")
    print(tail(log), end="")
    count(0, 1, 0)
for test in tests:
    run(test)
