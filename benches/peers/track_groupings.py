"""Ten million sales lines against a plan over four dimensions: all sixteen groupings, each row with
target, actual, gap, attainment and pace.

The plan's targets are in memory in every program, by store, product, channel and source. The sales
lines are one segment of the store, a Parquet file that all of them read; DuckDB also answers from a
table in memory, loaded before, with texts and with texts as ENUM, its dictionary type. CPU seconds of the answer only, measured inside each process.
"""

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path

from measure import compare

MODULUS = (1 << 61) - 1
STORES, LINES = 200, 10**7
# As in the example binary: the day looked from and the part of the year that is over.
UNTIL, ELAPSED = "2026-09-30", 747_945
AXES = ["store", "product", "channel", "source"]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--fenjie", type=Path, required=True)
    parser.add_argument("--child", nargs="+")
    args = parser.parse_args()
    if args.child:
        return child(args.child[0], args.work)
    bench = args.fenjie.resolve().parent / "examples" / "facts_bench"
    if not (args.work / "targets.csv").exists():
        subprocess.run(
            [bench, "make", args.work, str(STORES), str(LINES)], check=True, stdout=sys.stderr)
    own = [sys.executable, __file__, "--work", args.work, "--fenjie", args.fenjie, "--child"]
    title = f"Tracking: {LINES:,} sales lines in all 16 groupings of four dimensions"
    print(json.dumps({"case": "track_groupings", "title": title}))
    compare("track_groupings", {
        "fenjie": [bench, "groupings", args.work, str(STORES)],
        "DuckDB, table in memory": [*own, "memory"],
        "DuckDB, table in memory, ENUM": [*own, "enum"],
        "DuckDB, same Parquet": [*own, "parquet"],
        "polars, same Parquet": [*own, "polars"],
    })
    print(json.dumps({"note": (
        "Tracking, sixteen groupings: four times DuckDB in memory is reached where its table holds "
        "texts, not where they are ENUM; making the ENUM columns is not part of its time.")}))
    return None


def child(name, work):
    segment = next((work / "facts").glob("*.parquet"))
    if name == "polars":
        figures, cpu, wall = polars(work, segment)
    else:
        figures, cpu, wall = duckdb(work, segment, name)
    total = 0
    for weight, column in enumerate(figures[1:], start=1):
        total += weight * column
    answer = f"{figures[0]} rows, checksum {total % MODULUS}"
    print(json.dumps({"answer": answer, "cpu_s": cpu, "wall_s": wall}))


def duckdb(work, segment, kind):
    import duckdb as db

    base = db.connect()
    base.execute(f"CREATE TABLE targets AS FROM read_csv('{work / 'targets.csv'}')")
    columns = ", ".join(f'"axis.{axis}" AS {axis}' for axis in AXES)
    source = f"(SELECT date, {columns}, sales FROM read_parquet('{segment}'))"
    if kind != "parquet":
        base.execute(f"CREATE TABLE lines AS FROM {source}")
        source = "lines"
    # An empty text stands for all members: codes are never empty.
    for axis in AXES if kind == "enum" else []:
        base.execute(f"""CREATE TYPE {axis}_code AS ENUM (
            SELECT '' UNION ALL (SELECT DISTINCT {axis} FROM targets ORDER BY {axis}))""")
        for table in ("lines", "targets"):
            base.execute(f"ALTER TABLE {table} ALTER {axis} TYPE {axis}_code")
    keys = ", ".join(AXES)
    named = ", ".join(f"coalesce({axis}, '') AS {axis}" for axis in AXES)
    cpu, wall = time.process_time(), time.perf_counter()
    row = base.execute(f"""
        WITH actuals AS (
            SELECT {named}, sum(sales)::BIGINT AS actual FROM {source}
            WHERE date <= DATE '{UNTIL}' GROUP BY CUBE ({keys})),
        asked AS (
            SELECT {named}, sum(target)::BIGINT AS target FROM targets GROUP BY CUBE ({keys})),
        both_sides AS (
            SELECT coalesce(target, 0) AS target, coalesce(actual, 0) AS actual
            FROM actuals FULL JOIN asked USING ({keys})),
        judged AS (
            SELECT target, actual, target - actual AS gap,
                -- Rounded down: what is left over is taken off before dividing.
                CASE WHEN target = 0 THEN 0
                     ELSE (actual * 1000000 - ((actual * 1000000) % target + target) % target)
                          // target END AS attainment
            FROM both_sides)
        SELECT count(*), sum(target), sum(actual),
               sum(CASE WHEN gap < 0 THEN gap + {MODULUS}::HUGEINT ELSE gap END),
               sum(attainment),
               sum(CASE WHEN attainment < {ELAPSED} THEN attainment - {ELAPSED} + {MODULUS}::HUGEINT
                        ELSE attainment - {ELAPSED} END)
        FROM judged
    """).fetchone()
    return [int(cell) for cell in row], time.process_time() - cpu, time.perf_counter() - wall


def polars(work, segment):
    import itertools

    import polars as pl

    targets = pl.read_csv(work / "targets.csv")
    cpu, wall = time.process_time(), time.perf_counter()
    until = pl.lit(UNTIL).str.to_date()
    lines = pl.scan_parquet(segment).filter(pl.col("date") <= until)
    lines = lines.rename({f"axis.{axis}": axis for axis in AXES})
    finest = lines.group_by(AXES).agg(actual=pl.col("sales").sum()).collect()
    rows, sums = 0, [0] * 5
    for count in range(5):
        for axes in itertools.combinations(AXES, count):
            if axes:
                actual = finest.group_by(axes).agg(pl.col("actual").sum())
                target = targets.group_by(axes).agg(pl.col("target").sum())
                both = actual.join(target, on=list(axes), how="full")
            else:
                both = pl.concat(
                    [finest.select(pl.col("actual").sum()), targets.select(pl.col("target").sum())],
                    how="horizontal")
            both = both.select(pl.col("target").fill_null(0), pl.col("actual").fill_null(0))
            exact = (pl.col("actual") * 1_000_000) // pl.col("target")
            both = both.with_columns(
                gap=pl.col("target") - pl.col("actual"),
                attainment=pl.when(pl.col("target") == 0).then(0).otherwise(exact))
            both = both.with_columns(pace=pl.col("attainment") - ELAPSED)
            rows += both.height
            for at, name in enumerate(["target", "actual", "gap", "attainment", "pace"]):
                sums[at] += int(both[name].sum()) + MODULUS * int((both[name] < 0).sum())
    return [rows, *sums], time.process_time() - cpu, time.perf_counter() - wall


if __name__ == "__main__":
    main()
