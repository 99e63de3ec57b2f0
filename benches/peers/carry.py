"""Shortfalls of 100,000 people over 52 weeks go to the later weeks of their months, by weight.

Forty weeks are closed. After each of them a person who missed has all that is open shared anew over
the month's later weeks, exactly, left-over cents by largest remainder, ties to the earlier week; a
person who did not keeps the later weeks as they are. What a month's last week leaves open stays with
its last weeks that fell short, each at most what it lacked (rule J4). All programs start from the numbers in memory,
a column for each week; CPU seconds of the carrying only, measured inside each process.
"""

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path

from measure import compare

MODULUS = (1 << 61) - 1
ROWS, WEEKS, CLOSED = 100_000, 52, 40


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--fenjie", type=Path, required=True)
    parser.add_argument("--child", nargs="+")
    args = parser.parse_args()
    if args.child:
        return child(args.child[0], args.work)
    bench = args.fenjie.resolve().parent / "examples" / "carry_bench"
    subprocess.run([bench, "prepare", args.work, str(ROWS)], check=True)
    own = [sys.executable, __file__, "--work", args.work, "--fenjie", args.fenjie, "--child"]
    title = f"Carrying: shortfalls of {ROWS:,} people over {WEEKS} weeks, {CLOSED} of them closed"
    print(json.dumps({"case": "carry", "title": title}))
    compare("carry", {
        "fenjie": [bench, "run", args.work, str(ROWS), str(CLOSED), "month"],
        "polars": [*own, "polars"],
        "DuckDB": [*own, "duckdb"],
    })


def child(name, work):
    import numpy as np

    def read(kind, count):
        return np.fromfile(work / f"{kind}.bin", dtype="<i8", count=count)

    base = read("base", ROWS * WEEKS).reshape(ROWS, WEEKS)
    sold = read("sold", ROWS * WEEKS).reshape(ROWS, WEEKS)
    weights, horizons = read("weights", WEEKS).tolist(), read("horizons", WEEKS).tolist()
    columns = {f"base{week}": base[:, week].copy() for week in range(WEEKS)}
    columns |= {f"sold{week}": sold[:, week].copy() for week in range(WEEKS)}
    months = {}
    for week, horizon in enumerate(horizons):
        months.setdefault(horizon, []).append(week)
    parts, opens, cpu, wall = globals()[name](np, columns, weights, list(months.values()))
    checksum, block = 0, 10_000
    for first in range(0, ROWS, block):
        own = parts[first:first + block].astype(np.int64).ravel()
        places = np.arange(first * WEEKS + 1, first * WEEKS + 1 + own.size)
        checksum += int((places * own).sum())
    later = int(parts[:, CLOSED:].sum())
    answer = f"open {opens}, unrecovered {opens - later}, checksum {checksum % MODULUS}"
    print(json.dumps({"answer": answer, "cpu_s": cpu, "wall_s": wall}))


def shares(week, weeks, weights):
    """For each later week its weight, the weights' sum, and the weeks it is compared with."""
    later = [other for other in weeks if other > week]
    total = sum(weights[other] for other in later)
    return later, total


def polars(np, columns, weights, months):
    import polars as pl

    frame = pl.DataFrame(columns)
    cpu, wall = time.process_time(), time.perf_counter()
    found, opens = [], 0
    for weeks in months:
        closed = [week for week in weeks if week < CLOSED]
        own = frame.lazy().select(
            [pl.col(f"{kind}{week}") for kind in ("base", "sold") for week in weeks]
            + [pl.lit(0, dtype=pl.Int64).alias(f"part{week}") for week in weeks]
            + [pl.lit(0, dtype=pl.Int64).alias("open")])
        for week in closed:
            target = pl.col(f"base{week}") + pl.col(f"part{week}")
            sold = pl.col(f"sold{week}")
            net = pl.min_horizontal(sold, target) - pl.col(f"base{week}")
            own = own.with_columns((target - sold).clip(0).alias(f"lack{week}"))
            own = own.with_columns(missed=sold < target, net=net)
            own = own.with_columns(open=pl.col("open") - pl.col("net"))
            later, total = shares(week, weeks, weights)
            products = {w: pl.col("open") * weights[w] for w in later}
            own = own.with_columns(
                [pl.col("net").alias(f"part{week}")]
                + [(products[w] // total).alias(f"floor{w}") for w in later]
                + [(products[w] % total).alias(f"rest{w}") for w in later])
            if not later:
                continue
            left = pl.col("open") - pl.sum_horizontal([f"floor{w}" for w in later])
            own = own.with_columns(left=left)
            new = []
            for w in later:
                before = [
                    pl.col(f"rest{o}") >= pl.col(f"rest{w}") if o < w
                    else pl.col(f"rest{o}") > pl.col(f"rest{w}")
                    for o in later if o != w]
                rank = pl.sum_horizontal([b.cast(pl.Int64) for b in before]) if before else pl.lit(0)
                part = pl.col(f"floor{w}") + (rank < pl.col("left")).cast(pl.Int64)
                kept = pl.when(pl.col("missed")).then(part).otherwise(pl.col(f"part{w}"))
                new.append(kept.alias(f"part{w}"))
            own = own.with_columns(new)
        own = own.with_columns(left=pl.col("open"))
        # Weeks to come take all of it where there are any.
        for week in reversed(closed if closed == weeks else []):
            own = own.with_columns(kept=pl.min_horizontal("left", f"lack{week}"))
            part = pl.col(f"part{week}") + pl.col("kept")
            own = own.with_columns(part.alias(f"part{week}"), left=pl.col("left") - pl.col("kept"))
        done = own.select([f"part{week}" for week in weeks] + ["open"]).collect()
        opens += int(done["open"].sum())
        found.append(done.drop("open"))
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return pl.concat(found, how="horizontal").to_numpy(), opens, cpu, wall


def duckdb(np, columns, weights, months):
    import duckdb as db
    import pyarrow as pa

    base = db.connect()
    arrow = pa.table({"id": np.arange(ROWS), **columns})  # noqa: F841
    base.execute("CREATE TABLE rows AS SELECT * FROM arrow")
    cpu, wall = time.process_time(), time.perf_counter()
    found, opens = [], 0
    for weeks in months:
        names = ", ".join(f"{kind}{week}" for kind in ("base", "sold") for week in weeks)
        zeros = ", ".join(f"0::BIGINT AS part{week}" for week in weeks)
        query = f"SELECT id, {names}, {zeros}, 0::BIGINT AS open FROM rows"
        closed = [week for week in weeks if week < CLOSED]
        for week in closed:
            query = closed_week(query, week, weeks, weights)
        query = f"SELECT *, open AS left_over FROM ({query})"
        # Weeks to come take all of it where there are any.
        for week in reversed(closed if closed == weeks else []):
            kept = f"least(left_over, lack{week})"
            query = f"""SELECT * REPLACE (
                part{week} + {kept} AS part{week}, left_over - {kept} AS left_over) FROM ({query})"""
        parts = ", ".join(f"part{week}" for week in weeks)
        done = base.execute(f"SELECT {parts}, open FROM ({query}) ORDER BY id").fetchnumpy()
        opens += int(done["open"].sum())
        found += [done[f"part{week}"] for week in weeks]
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return np.column_stack(found), opens, cpu, wall


def closed_week(query, week, weeks, weights):
    """The query after one more week was closed."""
    later, total = shares(week, weeks, weights)
    query = f"""
        SELECT * EXCLUDE (net) REPLACE (open - net AS open, net AS part{week}) FROM (
            SELECT *, sold{week} < base{week} + part{week} AS missed{week},
                   greatest(base{week} + part{week} - sold{week}, 0) AS lack{week},
                   least(sold{week}, base{week} + part{week}) - base{week} AS net
            FROM ({query}))"""
    if not later:
        return query
    floors = ", ".join(
        f"open * {weights[w]} // {total} AS floor{week}_{w}, "
        f"open * {weights[w]} % {total} AS rest{week}_{w}" for w in later)
    given = " + ".join(f"floor{week}_{w}" for w in later)
    new = []
    for w in later:
        rank = " + ".join(
            [f"(rest{week}_{o} {'>=' if o < w else '>'} rest{week}_{w})::BIGINT"
             for o in later if o != w] or ["0"])
        new.append(
            f"CASE WHEN missed{week} THEN floor{week}_{w} + ({rank} < open - ({given}))::BIGINT "
            f"ELSE part{w} END AS part{w}")
    return f"SELECT * REPLACE ({', '.join(new)}) FROM (SELECT *, {floors} FROM ({query}))"


if __name__ == "__main__":
    main()
