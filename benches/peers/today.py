"""One store out of 100,000 asks for its slots: target and done until now, from a cold start.

Ten million sales lines of a year lie in one segment, a Parquet file; DuckDB answers from the same file
and from a Parquet table of the day's targets. Every answer is a process of its own.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

from measure import compare

STORES, LINES = 100_000, 10**7
DAY, NOW, STORE = "2026-09-30", 15 * 60 + 20, "store054321"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--fenjie", type=Path, required=True)
    parser.add_argument("--child", nargs="+")
    args = parser.parse_args()
    if args.child:
        return {"make": make, "duckdb": duckdb}[args.child[0]](args.work)
    bench = args.fenjie.resolve().parent / "examples" / "facts_bench"
    own = [sys.executable, __file__, "--work", args.work, "--fenjie", args.fenjie, "--child"]
    if not (args.work / "day.parquet").exists():
        command = [bench, "make", args.work, str(STORES), str(LINES)]
        subprocess.run(command, check=True, stdout=sys.stderr)
        subprocess.run([*map(str, own), "make"], check=True)
    title = f"Today: the slots of one store of {STORES:,}, {LINES:,} sales lines, whole process"
    print(json.dumps({"case": "today", "title": title}))
    compare("today", {
        "fenjie": [bench, "today", args.work, STORE],
        "DuckDB": [*own, "duckdb"],
    }, runs=7)


def make(work):
    import duckdb as db

    part = work / "day.part"
    db.execute(f"COPY (FROM '{work / 'day.csv'}') TO '{part}' (FORMAT parquet)")
    part.rename(work / "day.parquet")


def duckdb(work):
    import duckdb as db

    segment = next((work / "facts").glob("*.parquet"))
    slots = ["minute < 600", "minute >= 600 AND minute < 840",
             "minute >= 840 AND minute < 960", "minute >= 960"]
    sums = ", ".join(f"coalesce(sum(sales) FILTER ({slot}), 0)::BIGINT" for slot in slots)
    done = db.execute(f"""
        SELECT {sums} FROM read_parquet('{segment}')
        WHERE "axis.store" = '{STORE}' AND date = DATE '{DAY}' AND minute <= {NOW}
    """).fetchone()
    targets = db.execute(f"""
        SELECT t0, t1, t2, t3 FROM read_parquet('{work / 'day.parquet'}') WHERE store = '{STORE}'
    """).fetchone()
    print(" ".join(f"{target}/{sold}" for target, sold in zip(targets, done)))


if __name__ == "__main__":
    main()
