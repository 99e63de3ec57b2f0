"""One store out of 100,000 asks for its slots: target and done until now, from a cold start.

Ten million sales lines of a year are brought into a plan directory; `fenjie today` answers from it.
DuckDB answers from the same segment, a Parquet file, and from a Parquet table of the day's targets.
Every answer is a process of its own; what DuckDB's queries alone take is a note.
"""

import argparse
import json
import re
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

from measure import measure

STORES, LINES, RUNS = 100_000, 10**7, 7
DAY, NOW, STORE = "2026-09-30", 15 * 60 + 20, "S054321"
BOUNDS = [0, 600, 840, 960, 1440]

PLAN = """
plan    = "today"
period  = "2026"
measure = { name = "Sales", code = "sales", unit = "CNY", step = "0.01" }
total   = "9876543210.12"

[calendar]
holidays = "CN"
slots    = { "open-10:00" = 10, "10:00-14:00" = 30, "14:00-16:00" = 30, "16:00-close" = 30 }
levels   = ["month", "piece", "day", "slot"]

[axes.store]
members = "stores.csv"
total   = "All"

[[do]]
decompose = "store"
by        = "equal"

[[do]]
decompose = "time.slot"
by        = "calendar"
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--fenjie", type=Path, required=True)
    parser.add_argument("--child", choices=["sales", "targets", "duckdb"])
    args = parser.parse_args()
    if args.child:
        return {"sales": sales, "targets": targets, "duckdb": duckdb}[args.child](args.work)
    own = [sys.executable, __file__, "--work", args.work, "--fenjie", args.fenjie, "--child"]
    directory = args.work / "plan"
    ask = [args.fenjie, "today", directory, STORE, "--at", f"{DAY} 15:20", "--json"]
    if not (args.work / "day.parquet").exists():
        make(args, directory, own)
    title = f"Today: `fenjie today` for one store of {STORES:,}, {LINES:,} sales lines, whole process"
    print(json.dumps({"case": "today", "title": title}))
    shutil.rmtree(directory / "cache", ignore_errors=True)
    first = measure(ask)
    rounds = {"fenjie": [], "DuckDB": []}
    for _ in range(RUNS):
        rounds["fenjie"].append(measure(ask))
        rounds["DuckDB"].append(measure([*own, "duckdb"]))
    rounds["fenjie"][0]["answer"] = slots(ask)
    for name, results in rounds.items():
        line = {"case": "today", "peer": name}
        for key in ("cpu_s", "wall_s", "peak_mb"):
            line[key] = statistics.median(result[key] for result in results)
        line["answer"] = results[0]["answer"].split(";")[0]
        print(json.dumps(line), flush=True)
    queries = statistics.median(float(r["answer"].split(";")[1]) for r in rounds["DuckDB"])
    fenjie = statistics.median(result["wall_s"] for result in rounds["fenjie"])
    print(json.dumps({"note": (
        f"Today: DuckDB's two queries alone, without starting Python and loading it, take "
        f"{queries * 1000:.1f} ms, {queries / fenjie:.1f} × fenjie's whole process of "
        f"{fenjie * 1000:.1f} ms. The first question of a day, or after a change of the plan, "
        f"computes the plan and keeps that day's targets of all stores: {first['cpu_s']:.2f} CPU "
        f"seconds, {first['peak_mb']:.0f} MB. Files are in the system's cache for both.")}))
    return None


def make(args, directory, own):
    """The plan directory with its sales, and the day's targets for the other."""
    args.work.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(directory, ignore_errors=True)
    codes = "".join(f"S{i:06d}\n" for i in range(STORES))
    (args.work / "stores.csv").write_text("code\n" + codes)
    (args.work / "plan.toml").write_text(PLAN)
    quiet = {"check": True, "stdout": subprocess.DEVNULL}
    subprocess.run([*map(str, own), "sales"], check=True)
    subprocess.run([args.fenjie, "init", args.work / "plan.toml", directory], **quiet)
    brought = [args.fenjie, "import", directory, args.work / "sales.parquet", "--quiet"]
    subprocess.run([*brought, "--no-alerts"], **quiet)
    cells = args.work / "cells.parquet"
    subprocess.run([args.fenjie, "decompose", directory, "--level", "store, slot",
                    "--output", cells, "--quiet"], **quiet)
    subprocess.run([*map(str, own), "targets"], check=True)
    cells.unlink()
    (args.work / "sales.parquet").unlink()


def slots(ask):
    """Target and done of every slot, in steps, as DuckDB gives them."""
    shown = subprocess.run(ask, check=True, stdout=subprocess.PIPE).stdout
    steps = lambda amount: re.sub(r"\.", "", amount).lstrip("0") or "0"
    return " ".join(
        f"{steps(slot['target'])}/{steps(slot['done'])}" for slot in json.loads(shown)["slots"])


def sales(work):
    import duckdb as db

    db.execute(f"""
        COPY (SELECT DATE '2026-01-01' + (i * 365 // {LINES})::INT AS date,
                     printf('%02d:%02d', 8 + (hash(i * 7 + 1) % 14)::INT,
                            (hash(i * 11 + 2) % 60)::INT) AS time,
                     printf('S%06d', (hash(i * 3 + 5) % {STORES})::INT) AS store,
                     ((hash(i * 13 + 4) % 100000)::BIGINT - 2000)::DECIMAL(18, 2) / 100 AS sales
              FROM range({LINES}) lines(i)) TO '{work / 'sales.parquet'}' (FORMAT parquet)
    """)


def targets(work):
    """The day's cells of every store, a column for each slot."""
    import duckdb as db

    cells, part = work / "cells.parquet", work / "day.part"
    db.execute(f"""
        COPY (SELECT store, list((sales * 100)::BIGINT ORDER BY period) AS targets
              FROM '{cells}' WHERE start = '{DAY}' GROUP BY store ORDER BY store)
        TO '{part}' (FORMAT parquet)
    """)
    part.rename(work / "day.parquet")


def duckdb(work):
    import duckdb as db

    segment = next((work / "plan" / "facts").glob("*.parquet"))
    begun = time.perf_counter()
    between = zip(BOUNDS, BOUNDS[1:])
    sums = ", ".join(
        f"coalesce(sum(sales) FILTER (minute >= {low} AND minute < {high}), 0)::BIGINT"
        for low, high in between)
    done = db.execute(f"""
        SELECT {sums} FROM read_parquet('{segment}')
        WHERE "axis.store" = '{STORE}' AND date = DATE '{DAY}' AND minute <= {NOW}
    """).fetchone()
    asked = db.execute(f"""
        SELECT targets FROM read_parquet('{work / 'day.parquet'}') WHERE store = '{STORE}'
    """).fetchone()[0]
    seconds = time.perf_counter() - begun
    print(" ".join(f"{target}/{sold}" for target, sold in zip(asked, done)) + f";{seconds}")


if __name__ == "__main__":
    main()
