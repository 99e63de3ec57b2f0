"""Runs every peer script of this folder and writes the table of docs/benchmarks.md.

Each script is started as

    python NAME.py --work DIR --fenjie PATH_TO_BINARY

and prints one JSON object per line: {"case", "peer", "cpu_s", "wall_s", "peak_mb", "answer"},
one of the peers of a case being `fenjie`. The answers of a case must be equal, or nothing is
written. A script may also print {"note": "…"}: a sentence under the table, and may give a case
a title in words with {"case": …, "title": "…"}.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
from importlib import metadata
from pathlib import Path

HERE = Path(__file__).resolve().parent
NOT_PEERS = {"run.py", "measure.py"}
PACKAGES = ["numpy", "polars", "duckdb", "pandas", "ipfn", "XlsxWriter", "pyarrow",
            "openpyxl"]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True, help="folder for inputs and outputs")
    parser.add_argument("--fenjie", type=Path, required=True, help="the release binary")
    parser.add_argument("--table", type=Path, required=True, help="the Markdown file to write")
    parser.add_argument("--kernels", type=Path, help="what `cargo bench` printed")
    parser.add_argument("--only", help="run only these scripts: names between commas")
    args = parser.parse_args()

    cases, titles, notes = {}, {}, []
    for script in sorted(HERE.glob("*.py")):
        if script.name in NOT_PEERS or (args.only and script.stem not in args.only.split(",")):
            continue
        print(f"== {script.name}", flush=True)
        for line in run_script(script, args):
            if "note" in line:
                notes.append(line["note"])
            elif "title" in line:
                titles[line["case"]] = line["title"]
            else:
                cases.setdefault(line["case"], []).append(line)
    for case, rows in cases.items():
        check(case, rows)
    text = page(cases, titles, notes, args.kernels)
    beside = args.table.with_suffix(".part")
    beside.write_text(text, encoding="utf-8")
    os.replace(beside, args.table)
    print(f"wrote {args.table.name}: {len(cases)} cases")


def run_script(script, args):
    """The JSON lines of one script, shown as they come."""
    work = args.work / script.stem
    work.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, str(script), "--work", str(work), "--fenjie", str(args.fenjie)]
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    lines = []
    for line in child.stdout:
        print(line, end="", flush=True)
        if line.startswith("{"):
            lines.append(json.loads(line))
    if child.wait() != 0:
        sys.exit(f"{script.name} ended with {child.returncode}; no table was written")
    return lines


def check(case, rows):
    """All peers of a case give the same answer, and fenjie is one of them."""
    answers = {row["peer"]: str(row["answer"]) for row in rows}
    if "fenjie" not in answers:
        sys.exit(f"{case}: no line of fenjie; no table was written")
    if len(set(answers.values())) != 1:
        sys.exit(f"{case}: the answers differ, no table was written: {answers}")


def page(cases, titles, notes, kernels):
    """The whole page."""
    parts = [
        "<!-- Written by `cargo xtask bench`; do not edit. -->",
        "# Benchmarks",
        "",
        f"Measured on {machine()}.",
        "Peers: " + ", ".join(versions()) + ".",
        "All peers of a case read the same input and gave the same answer, checked in the run.",
        "CPU is user and system time, memory the peak of the whole process; medians of runs",
        "taken in turn. A ratio of 10 × means that the peer took ten times what fenjie took.",
        "`cargo xtask bench` measures all of it again; one script alone is",
        "`target/peers-venv/bin/python benches/peers/run.py --only spread --work target/bench",
        "--fenjie target/release/fenjie --table target/bench/spread.md`.",
        "",
    ]
    for case, rows in cases.items():
        ours = next(row for row in rows if row["peer"] == "fenjie")
        parts += [f"## {titles.get(case, case)}", ""]
        parts += ["| | CPU s | ratio | wall s | ratio | peak MB | ratio |"]
        parts += ["|---|---:|---:|---:|---:|---:|---:|"]
        for row in sorted(rows, key=lambda row: (row["peer"] != "fenjie", row["cpu_s"])):
            cells = [row["peer"]]
            for key in ("cpu_s", "wall_s", "peak_mb"):
                cells += [figure(row[key]), ratio(row[key], ours[key])]
            parts += ["| " + " | ".join(cells) + " |"]
        parts += [""]
    if notes:
        parts += ["## Notes", ""] + [f"- {note}" for note in notes] + [""]
    if kernels and kernels.exists():
        shown = kernels.read_text(encoding="utf-8").strip()
        parts += ["## Kernels", "", "`cargo bench -p fenjie-money`:", "", "```text"]
        parts += [line.rstrip() for line in shown.splitlines()] + ["```", ""]
    return "\n".join(parts)


def figure(value):
    """Three figures that matter."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}" if value >= 0.001 else f"{value:.2e}"


def ratio(value, ours):
    return f"{figure(value / ours)} ×" if ours > 0 else "–"


def machine():
    """Processor, cores and system, without the machine's name."""
    model = platform.machine()
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        model = next(line.split(":", 1)[1].strip() for line in lines if "model name" in line)
    except (OSError, StopIteration):
        pass
    return f"{model}, {os.cpu_count()} cores, {platform.system()}"


def versions():
    """The peers' names and versions, as installed."""
    found = [f"Python {platform.python_version()}"]
    for name in PACKAGES:
        try:
            found.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            continue
    return found


if __name__ == "__main__":
    main()
