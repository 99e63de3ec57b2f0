"""Typing into single cells and into teams of a hundred: every affected total at once.

A plan of a million cells: 83,400 people in teams, districts and regions × 12 months, with the totals
of every node in every month, quarter and year. fenjie carries out `Plan::apply` on operations that
are ready (addresses are resolved and movers ranked inside the measured time); SQLite in memory keeps
all values in one table by primary key and does the least work we found: for a cell one UPDATE over
the known ids of the cell and its totals, for a team either Python computes the hundred parts and
writes each row, or SQL computes them with a window. Nothing is committed or journalled there.
"""

import argparse
import json
import random
import subprocess
import sys
import time
from pathlib import Path

from measure import compare, measure

MODULUS = (1 << 61) - 1
PEOPLE, LARGE = 83_400, 8_340_000
CELLS, TEAMS, REGIONS = 100_000, 10_000, 50
PERIODS = 17


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--fenjie", type=Path, required=True)
    parser.add_argument("--child", nargs=2)
    args = parser.parse_args()
    if args.child:
        return child(args.work, *args.child)
    bench = args.fenjie.resolve().parent / "examples" / "edit_bench"
    own = [sys.executable, __file__, "--work", args.work, "--fenjie", args.fenjie, "--child"]
    write_edits(args.work, "", PEOPLE)
    subprocess.run([str(bench), "prepare", str(args.work), str(PEOPLE)], check=True)
    titles = {
        "cells": f"Edit: {CELLS:,} cells one by one, a million cells in the plan",
        "teams": f"Edit: {TEAMS:,} teams of a hundred, one after the other, by largest remainder",
    }
    for case, title in titles.items():
        print(json.dumps({"case": f"edit_{case}", "title": title}))
        peers = {"fenjie": [bench, "run", args.work, PEOPLE, f"{case}.txt"]}
        if case == "cells":
            peers["SQLite"] = [*own, "python_parts", case]
        else:
            peers["SQLite, parts in Python"] = [*own, "python_parts", case]
            peers["SQLite, parts in SQL"] = [*own, "sql_parts", case]
        compare(f"edit_{case}", peers)
    scale(args.work, bench)


def scale(work, bench):
    """How the same edits fare in a plan a hundred times as large."""
    free = int(next(line for line in open("/proc/meminfo") if "MemAvailable" in line).split()[1])
    if free < 8 << 20:
        print(json.dumps({"note": "Edit: the plan of 10^8 cells needs 8 GB and was left out."}))
        return
    write_edits(work, "large_", LARGE)
    parts = []
    for name, count in [("cells", CELLS), ("teams", TEAMS), ("regions", REGIONS)]:
        small = measure([bench, "run", work, PEOPLE, f"{name}.txt"])
        large = measure([bench, "run", work, LARGE, f"large_{name}.txt"])
        each = [run["cpu_s"] / count * 1e6 for run in (small, large)]
        parts.append(f"{name} {each[0]:,.1f} and {each[1]:,.1f} µs ({each[1] / each[0]:.1f} ×)")
    print(json.dumps({"note": (
        "Edit: per edit in a plan of 10^6 and of 10^8 cells: " + ", ".join(parts)
        + f"; a region is 10,000 people over the year, 120,000 cells. The large plan's process "
        f"peaked at {large['peak_mb']:,.0f} MB."
    )}, ensure_ascii=False), flush=True)


def write_edits(work, prefix, people):
    rng = random.Random(20260701)
    month = lambda: f"2026-{rng.randrange(1, 13):02}"  # noqa: E731
    with open(work / f"{prefix}cells.txt", "w") as out:
        for _ in range(CELLS):
            out.write(f"P{rng.randrange(people)} {month()} {rng.randrange(1, 2_000_000)}.25\n")
    with open(work / f"{prefix}teams.txt", "w") as out:
        for _ in range(TEAMS):
            out.write(f"T{rng.randrange(people // 100)} {month()} {rng.randrange(1, 10**8)}.33\n")
    with open(work / f"{prefix}regions.txt", "w") as out:
        for _ in range(REGIONS):
            out.write(f"R{rng.randrange(people // 10_000)} 2026 {rng.randrange(1, 10**10)}.77\n")


def organisation():
    """Node numbers depth-first, as the plan has them: person, team; and each node's parent."""
    parent, person, team = [-1], [], []
    for at in range(PEOPLE):
        if at % 10_000 == 0:
            region = len(parent)
            parent.append(0)
        if at % 1_000 == 0:
            district = len(parent)
            parent.append(region)
        if at % 100 == 0:
            team.append(len(parent))
            parent.append(district)
        person.append(len(parent))
        parent.append(team[-1])
    return parent, person, team


def child(work, how, case):
    import sqlite3

    import numpy as np

    parent, person, team = organisation()
    nodes = len(parent)
    values = np.fromfile(work / "values.bin", dtype="<i8").reshape(nodes, PERIODS)
    base = sqlite3.connect(":memory:", isolation_level=None, cached_statements=512)
    base.execute("PRAGMA journal_mode=OFF")
    base.execute("PRAGMA synchronous=OFF")
    # One period after the other, so that a team's cells of a month lie side by side.
    base.execute("CREATE TABLE value (id INTEGER PRIMARY KEY, v INTEGER NOT NULL)")
    base.execute("BEGIN")
    base.executemany("INSERT INTO value VALUES (?, ?)", enumerate(values.T.ravel().tolist()))
    edits = []
    for line in (work / f"{case}.txt").read_text().splitlines():
        code, month, amount = line.split()
        at = int(month[5:]) - 1
        periods = (2 + at + at // 3, 1 + 4 * (at // 3), 0)
        node = (person if code[0] == "P" else team)[int(code[1:])]
        edits.append((node, periods, int(amount.replace(".", ""))))

    def chain(node):
        above = []
        while node != -1:
            above.append(node)
            node = parent[node]
        return above

    chains = [chain(node) for node, _, _ in edits]
    edit = globals()[f"{how}_of_{case}"] if case == "teams" else one_cell
    cpu, wall = time.process_time(), time.perf_counter()
    edit(base, nodes, edits, chains)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    after = np.array(base.execute("SELECT v FROM value ORDER BY id").fetchall()).ravel()
    after = after.reshape(PERIODS, nodes).T.ravel().tolist()
    checksum = sum(at * value for at, value in enumerate(after, start=1)) % MODULUS
    answer = f"{len(edits)} edits, sum {sum(after)}, checksum {checksum}"
    print(json.dumps({"answer": answer, "cpu_s": cpu, "wall_s": wall}))


def one_cell(base, nodes, edits, chains):
    marks = ",".join("?" * 15)
    read = "SELECT v FROM value WHERE id = ?"
    write = f"UPDATE value SET v = v + ? WHERE id IN ({marks})"
    for (node, periods, new), above in zip(edits, chains, strict=True):
        (old,) = base.execute(read, (periods[0] * nodes + node,)).fetchone()
        ids = [period * nodes + one for period in periods for one in above]
        base.execute(write, (new - old, *ids))


def python_parts_of_teams(base, nodes, edits, chains):
    read = "SELECT v FROM value WHERE id BETWEEN ? AND ?"
    write = "UPDATE value SET v = v + ? WHERE id = ?"
    marks = ",".join("?" * 12)
    totals = f"UPDATE value SET v = v + ? WHERE id IN ({marks})"
    for (node, periods, new), above in zip(edits, chains, strict=True):
        first = periods[0] * nodes + node + 1
        old = [row[0] for row in base.execute(read, (first, first + 99))]
        whole = sum(old)
        weights, weight = (old, whole) if whole else ([1] * len(old), len(old))
        parts = [new * one // weight for one in weights]
        order = sorted(range(len(old)), key=lambda at: -(new * weights[at] % weight))
        for at in order[:new - sum(parts)]:
            parts[at] += 1
        deltas = [part - before for part, before in zip(parts, old, strict=True)]
        rows = [(delta, period * nodes + node + 1 + at)
                for period in periods for at, delta in enumerate(deltas) if delta]
        base.executemany(write, rows)
        ids = [period * nodes + one for period in periods for one in above]
        base.execute(totals, (new - whole, *ids))


def sql_parts_of_teams(base, nodes, edits, chains):
    base.execute("CREATE TEMP TABLE part (node INTEGER PRIMARY KEY, d INTEGER NOT NULL)")
    share = """
        INSERT INTO part SELECT node, floor + (row_number() OVER (ORDER BY rest DESC, node)
            <= :new - sum(floor) OVER ()) - v
        FROM (SELECT id - :base AS node, v, :new * v / sum(v) OVER () AS floor,
                     :new * v % sum(v) OVER () AS rest
              FROM value WHERE id BETWEEN :first AND :last)
    """
    write = "UPDATE value SET v = v + d FROM part WHERE id = node + ?"
    marks = ",".join("?" * 12)
    totals = f"UPDATE value SET v = v + ? WHERE id IN ({marks})"
    for (node, periods, new), above in zip(edits, chains, strict=True):
        corner = periods[0] * nodes
        (old,) = base.execute("SELECT v FROM value WHERE id = ?", (corner + node,)).fetchone()
        base.execute("DELETE FROM part")
        first = corner + node + 1
        names = {"base": corner, "new": new, "first": first, "last": first + 99}
        base.execute(share, names)
        for period in periods:
            base.execute(write, (period * nodes,))
        ids = [period * nodes + one for period in periods for one in above]
        base.execute(totals, (new - old, *ids))


if __name__ == "__main__":
    main()
