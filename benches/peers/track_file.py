"""`fenjie track --by all` into a CSV file: ten million sales lines of a plan directory, every grouping of
four dimensions, end to end.

DuckDB reads the same segment and a Parquet table of the plan's finest targets with what of them is due,
and writes a CSV file too. Sums of target, actual, gap, attainment, elapsed and pace of both files are
equal; fenjie's file has twenty columns more. Whole processes.
"""

import argparse
import json
import shutil
import statistics
import subprocess
import sys
from pathlib import Path

from measure import measure

LINES, RUNS, UNTIL = 10**7, 5, "2026-09-30"
AXES = {"store": 200, "product": 50, "channel": 5, "source": 4}

PLAN = """
plan    = "track"
period  = "2026"
measure = { name = "Sales", code = "sales", unit = "CNY", step = "0.01" }
total   = "9876543210.12"

[calendar]
holidays = "CN"
levels   = ["year", "month", "day"]

[axes]
store   = { members = "store.csv", total = "All" }
product = { members = "product.csv", total = "All" }
channel = { members = "channel.csv", total = "All" }
source  = { members = "source.csv", total = "All" }

[[do]]
decompose = ["store", "product", "channel", "source"]
by        = "equal"

[[do]]
decompose = "time.day"
by        = "calendar"
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--fenjie", type=Path, required=True)
    parser.add_argument("--child", nargs="+")
    args = parser.parse_args()
    if args.child:
        return CHILDREN[args.child[0]](args.work, *args.child[1:])
    own = [sys.executable, __file__, "--work", args.work, "--fenjie", args.fenjie, "--child"]
    directory = args.work / "plan"
    if not (args.work / "targets.parquet").exists():
        make(args, directory, own)
    title = f"Tracking: `fenjie track --by all` to CSV, {LINES:,} sales lines, whole process"
    print(json.dumps({"case": "track_file", "title": title}))
    commands = {
        "fenjie": [args.fenjie, "track", directory, "--by", "all", "--period", "year=2026",
                   "--as-of", UNTIL, "--output", args.work / "fenjie.csv", "--quiet"],
        "DuckDB": [*own, "duckdb"],
    }
    rounds = {name: [] for name in commands}
    for _ in range(RUNS):
        for name, command in commands.items():
            rounds[name].append(measure(command))
    for name, results in rounds.items():
        line = {"case": "track_file", "peer": name}
        for key in ("cpu_s", "wall_s", "peak_mb"):
            line[key] = statistics.median(result[key] for result in results)
        line["answer"] = measure([*own, "sums", name.lower()])["answer"]
        print(json.dumps(line), flush=True)
    cpu = {name: statistics.median(result["cpu_s"] for result in results)
           for name, results in rounds.items()}
    size = {name: (args.work / f"{name.lower()}.csv").stat().st_size / 1e6 for name in commands}
    print(json.dumps({"note": (
        f"Tracking to CSV: fenjie takes {cpu['fenjie'] / cpu['DuckDB']:.1f} × DuckDB's CPU seconds. Its "
        f"file has projections, rates, ranks and shares of gaps too, "
        f"{size['fenjie']:.0f} MB beside {size['DuckDB']:.0f} MB; and it computes the plan from its "
        f"log, whose targets DuckDB reads.")}))
    return None


def make(args, directory, own):
    """The plan directory with its sales, and the plan's targets for the other."""
    args.work.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(directory, ignore_errors=True)
    for axis, members in AXES.items():
        codes = "".join(f"{axis}{at:03d}\n" for at in range(members))
        (args.work / f"{axis}.csv").write_text("code\n" + codes)
    (args.work / "plan.toml").write_text(PLAN)
    quiet = {"check": True, "stdout": subprocess.DEVNULL}
    subprocess.run([*map(str, own), "sales"], check=True)
    subprocess.run([args.fenjie, "init", args.work / "plan.toml", directory], **quiet)
    brought = [args.fenjie, "import", directory, args.work / "sales.parquet", "--quiet"]
    subprocess.run([*brought, "--no-alerts"], **quiet)
    cells = args.work / "cells.parquet"
    subprocess.run([args.fenjie, "decompose", directory, "--level", ", ".join([*AXES, "day"]),
                    "--output", cells, "--quiet"], **quiet)
    subprocess.run([*map(str, own), "targets"], check=True)
    cells.unlink()
    (args.work / "sales.parquet").unlink()


def sales(work):
    import duckdb as db

    codes = ", ".join(
        f"printf('{axis}%03d', (hash(i * {7 + 2 * at} + {at}) % {members})::INT) AS {axis}"
        for at, (axis, members) in enumerate(AXES.items()))
    db.execute(f"""
        COPY (SELECT DATE '2026-01-01' + (i * 365 // {LINES})::INT AS date, {codes},
                     ((hash(i * 13 + 4) % 100000)::BIGINT - 2000)::DECIMAL(18, 2) / 100 AS sales
              FROM range({LINES}) lines(i)) TO '{work / 'sales.parquet'}' (FORMAT parquet)
    """)


def targets(work):
    import duckdb as db

    keys, part = ", ".join(AXES), work / "targets.part"
    db.execute(f"""
        COPY (SELECT {keys}, sum(sales * 100)::BIGINT AS target,
                     sum(CASE WHEN start <= '{UNTIL}' THEN sales * 100 ELSE 0 END)::BIGINT AS due
              FROM '{work / 'cells.parquet'}' GROUP BY ALL ORDER BY ALL) TO '{part}' (FORMAT parquet)
    """)
    part.rename(work / "targets.parquet")


def duckdb(work):
    import duckdb as db

    segment = next((work / "plan" / "facts").glob("*.parquet"))
    keys = ", ".join(AXES)
    named = ", ".join(f"coalesce({axis}, '*') AS {axis}" for axis in AXES)
    lines = ", ".join(f'"axis.{axis}" AS {axis}' for axis in AXES)
    # Millionths, half away from zero.
    db.execute("""CREATE MACRO share(a, b) AS CASE WHEN b > 0 THEN
        sign(a) * ((2 * abs(a)::HUGEINT * 1000000 + b) // (2 * b)) END""")
    db.execute(f"""
        COPY (
            WITH sold AS (
                SELECT {named}, sum(sales)::BIGINT AS actual
                FROM (SELECT {lines}, sales FROM read_parquet('{segment}')
                      WHERE date <= DATE '{UNTIL}') GROUP BY CUBE ({keys})),
            asked AS (
                SELECT {named}, sum(target)::BIGINT AS target, sum(due)::BIGINT AS due
                FROM read_parquet('{work / 'targets.parquet'}') GROUP BY CUBE ({keys})),
            joined AS (
                SELECT {keys}, coalesce(target, 0) AS target, coalesce(due, 0) AS due,
                       coalesce(actual, 0) AS actual
                FROM asked FULL JOIN sold USING ({keys}))
            SELECT {keys}, target::DECIMAL(18, 2) / 100 AS target,
                   actual::DECIMAL(18, 2) / 100 AS actual,
                   (target - actual)::DECIMAL(18, 2) / 100 AS gap,
                   share(actual, target) / 1e6 AS attainment, share(due, target) / 1e6 AS elapsed,
                   share(actual - due, target) / 1e6 AS pace
            FROM joined) TO '{work / 'duckdb.csv'}' (FORMAT csv)
    """)


def sums(work, name):
    """What a file comes to."""
    import duckdb as db

    figures = ["target", "actual", "gap", "attainment", "elapsed", "pace"]
    added = ", ".join(f"sum(round({figure} * 1e6)::HUGEINT)" for figure in figures)
    row = db.execute(f"SELECT count(*), {added} FROM read_csv('{work / name}.csv')").fetchone()
    print(" ".join(str(int(cell)) for cell in row))


CHILDREN = {"sales": sales, "targets": targets, "duckdb": duckdb, "sums": sums}

if __name__ == "__main__":
    main()
