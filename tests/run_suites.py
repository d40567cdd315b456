"""run_suites.py BUILD COUNTS SUITE...: builds the Catch2 programs that meson lists in these suites, runs them, shows what
failed, and adds a line "PASSED FAILED SKIPPED" for each program to the file COUNTS. Reports and logs go to BUILD/reports."""
import json
import os
import pathlib
import shlex
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
    command = [*test["cmd"], "-w", "NoAssertions"]  # which makes a test without an assertion a failure
    with open(log, "wb") as output:
        try:
            status = subprocess.run([*command, "-r", "junit", "-o", report], stdin=subprocess.DEVNULL, stdout=output,
                                    stderr=output, env=os.environ | test["env"], cwd=test["workdir"] or build,
                                    timeout=LIMIT).returncode
            ending = f"ended by signal {-status}" if status < 0 else f"exit status {status}"
        except subprocess.TimeoutExpired:
            status, ending = 1, f"no end after {LIMIT} seconds"
        except OSError as problem:
            status, ending = 1, str(problem)
    try:
        cases = list(ElementTree.parse(report).iter("testcase"))
    except (OSError, ElementTree.ParseError):
        cases = []
    failed = skipped = 0
    for case in cases:
        details = [*case.iter("failure"), *case.iter("error")]
        reasons = [line for said in case.iter("system-err") for line in (said.text or "").split("\n")
                   if line.startswith("skipped: ")]  # by support::skip
        if details:
            failed += 1
            print(f"FAILED {test['name']}: {case.get('name')}")
            for said in (*details, *case.iter("system-out"), *case.iter("system-err")):
                print((said.text or "").strip())
        elif reasons or case.find("skipped") is not None:
            skipped += 1
            print(f"skipped {test['name']}: {case.get('name')}{''.join(reasons).removeprefix('skipped')}")
    passed = len(cases) - failed - skipped
    if not cases or (status and not failed):
        print(f"FAILED {test['name']}: {ending}, and the report shows {'no failure' if cases else 'nothing'}")
        print(f"    to repeat it: {shlex.join(command)}")
        print(tail(log), end="")
        failed += 1
    count(passed, failed, skipped)


def ninja(*targets):
    """Whether ninja could make these; if not, that is shown and counts as a failure."""
    log = reports / "ninja.log"
    with open(log, "wb") as output:
        made = subprocess.run(["ninja", "-k", "0", "-j", str(os.cpu_count()), "-C", build, *targets],
                              stdin=subprocess.DEVNULL, stdout=output, stderr=output).returncode == 0
    if not made:
        print(f"FAILED {build.name}: it does not compile")
        print(tail(log), end="")
        count(0, 1, 0)
    return made


if not ninja("build.ninja"):  # so that meson's list is current
    sys.exit()
listed = json.loads(subprocess.check_output(["meson", "introspect", "--tests", build]))
tests = [test for test in listed if suites & {suite.rpartition(":")[2] for suite in test["suite"]}]
if not tests:
    print(f"FAILED {build.name}: there is no test in {' or '.join(sorted(suites))}")
    count(0, 1, 0)
elif ninja(*{os.path.relpath(test["cmd"][0], build) for test in tests}):
    for test in tests:
        run(test)
