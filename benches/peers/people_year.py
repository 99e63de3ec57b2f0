"""A year of 10,000 people down to days and slots: 14.6 million cells, exact at every level; and ten
times as many people written to files by the command.

Each person's month goes to its week pieces, to days by coefficients 1/1.2/1.5/1.8 and to four slots
by shares 10/30/30/30, by largest remainder at each level, ties to the earlier. All programs start
from the same amounts per person and month in memory; CPU seconds of that part only, measured inside
each process; memory is the whole process's. fenjie reads its plan through `View::each_row`, with the
checksum inside the measured time.
"""

import argparse
import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

from measure import compare, measure

PEOPLE = 10_000
MODULUS = (1 << 61) - 1
SHARES = [10, 30, 30, 30]
CASE = "calendar"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--fenjie", type=Path, required=True)
    parser.add_argument("--child")
    args = parser.parse_args()
    if args.child == "people":
        return people(args.work)
    if args.child:
        return child(args.child, args.work)
    bench = args.fenjie.resolve().parent / "examples" / "calendar_bench"
    own = [sys.executable, __file__, "--work", args.work, "--fenjie", args.fenjie, "--child"]
    subprocess.run([*map(str, own), "people"], check=True)
    subprocess.run([str(bench), "prepare", str(args.work)], check=True)
    title = f"Calendar: {PEOPLE:,} people × 2026 × days × 4 slots, 14.6 M cells, kernel alone"
    print(json.dumps({"case": CASE, "title": title}, ensure_ascii=False))
    compare(CASE, {
        "fenjie": [bench, "run", args.work],
        "numpy, sorting": [*own, "numpy_sort"],
        "numpy, columns": [*own, "numpy_columns"],
        "polars": [*own, "polars"],
        "DuckDB, windows": [*own, "duckdb_windows"],
        "DuckDB, slots as columns": [*own, "duckdb_columns"],
    })
    print(json.dumps({"note": (
        "Calendar: “numpy, columns” compares the remainders of each pair of siblings instead of "
        "sorting them, the fastest form we found; “DuckDB, slots as columns” does the same for "
        "the four slots. Both lean on the calendar being the same for everybody. fenjie streams "
        "rows, the others hold all cells, which is part of their time."
    )}, ensure_ascii=False), flush=True)
    stream(args.work, args.fenjie)


PLAN = """plan = "stream"
period = "2026"
measure = { name = "sales", kind = "flow", unit = "CNY", step = "0.01" }
total = "250000000000.00"
[axes]
person = { members = "people.csv", attributes = ["weight"], levels = ["person"] }
[[do]]
decompose = "person.person"
by = { attribute = "weight" }
[[do]]
decompose = "time.slot"
by = "calendar"
"""


def stream(work, fenjie):
    """A hundred thousand people's days and slots through `fenjie decompose`, file by file."""
    import random

    rng = random.Random(20260101)
    with open(work / "people.csv", "w", encoding="utf-8") as out:
        out.write("code,name,parent,weight\nall,全部,,0\n")
        for at in range(10 * PEOPLE):
            out.write(f"P{at:06},员工{at},all,{rng.randrange(50, 500)}\n")
    (work / "plan.toml").write_text(PLAN, encoding="utf-8")
    parts = []
    for ending, needed in [("parquet", 2 << 30), ("csv", 20 << 30)]:
        if shutil.disk_usage(work).free < needed:
            parts.append(f"{ending} was left out for want of disk")
            continue
        file = work / f"cells.{ending}"
        run = measure([fenjie, "decompose", work / "plan.toml", "--level", "finest",
                       "--quiet", "--output", file])
        parts.append(
            f"{ending} {run['cpu_s']:.1f} CPU seconds, {run['peak_mb']:,.0f} MB at the peak, "
            f"a file of {file.stat().st_size / 1e6:,.0f} MB")
        file.unlink()
    print(json.dumps({"note": (
        "Calendar: `fenjie decompose --level finest` of 100,000 people, 146 M cells: "
        + "; ".join(parts) + "."
    )}, ensure_ascii=False), flush=True)


def people(work):
    import numpy as np

    totals = np.random.default_rng(20260101).integers(50_000_00, 500_000_00, PEOPLE)
    totals.astype("<i8").tofile(work / "people.bin")


def calendar(work):
    """For each month its pieces, for each piece the weights of its days, in tenths."""
    months = []
    for line in (work / "calendar.txt").read_text().splitlines():
        pieces = [piece.split() for piece in line.split("|") if piece.strip()]
        months.append([[int(weight) // 100_000 for weight in piece] for piece in pieces])
    return months


def child(name, work):
    import numpy as np

    months = np.fromfile(work / "months.bin", dtype="<i8").reshape(PEOPLE, 12)
    cells, seconds, wall = globals()[name](np, months, calendar(work))
    rows = cells.reshape(PEOPLE, -1)
    width = rows.shape[1]
    sums = rows.sum(axis=1)
    weighted = (rows * np.arange(1, width + 1)).sum(axis=1)
    checksum = sum(
        at * width * int(row) + int(inner)
        for at, (row, inner) in enumerate(zip(sums, weighted, strict=True))
    )
    answer = f"{rows.size} cells, sum {int(sums.sum())}, checksum {checksum % MODULUS}"
    print(json.dumps({"answer": answer, "cpu_s": seconds, "wall_s": wall}))


def timed(work):
    cpu, wall = time.process_time(), time.perf_counter()
    result = work()
    return result, time.process_time() - cpu, time.perf_counter() - wall


def numpy_levels(np, months, pieces_of, share):
    """Goes down the levels; `share(amounts, weights, out)` shares along a new last axis."""
    def work():
        cells = np.empty((PEOPLE, 365, 4), dtype=np.int64)
        day = 0
        for month, pieces in enumerate(pieces_of):
            amounts = np.empty((PEOPLE, len(pieces)), dtype=np.int64)
            share(months[:, month], [sum(days) for days in pieces], amounts)
            for at, days in enumerate(pieces):
                of_days = np.empty((PEOPLE, len(days)), dtype=np.int64)
                share(amounts[:, at], days, of_days)
                share(of_days, SHARES, cells[:, day:day + len(days)])
                day += len(days)
        return cells

    return timed(work)


def numpy_sort(np, months, pieces_of):
    def share(amounts, weights, out):
        weights = np.array(weights, dtype=np.int64)
        total = int(weights.sum())
        product = amounts[..., None] * weights
        np.floor_divide(product, total, out=out)
        product -= out * total
        left = amounts - out.sum(axis=-1)
        order = np.argsort(-product, axis=-1, kind="stable")
        gets = np.arange(len(weights)) < left[..., None]
        extra = np.zeros_like(product)
        np.put_along_axis(extra, order, gets.astype(np.int64), axis=-1)
        out += extra

    return numpy_levels(np, months, pieces_of, share)


def numpy_columns(np, months, pieces_of):
    def share(amounts, weights, out):
        total = sum(weights)
        floors = [amounts * weight // total for weight in weights]
        remainders = [amounts * weight - floor * total
                      for weight, floor in zip(weights, floors, strict=True)]
        left = amounts - sum(floors)
        ranks = [np.zeros(amounts.shape, dtype=np.int8) for _ in weights]
        for later in range(len(weights)):
            for earlier in range(later):
                ahead = remainders[earlier] >= remainders[later]
                ranks[later] += ahead
                ranks[earlier] += ~ahead
        for at, floor in enumerate(floors):
            np.add(floor, ranks[at] < left, out=out[..., at])

    return numpy_levels(np, months, pieces_of, share)


def tables(np, months, pieces_of):
    """Amounts, pieces and days as columns."""
    amounts = {
        "person": np.repeat(np.arange(PEOPLE, dtype=np.int32), 12),
        "month": np.tile(np.arange(12, dtype=np.int32), PEOPLE),
        "amount": np.ascontiguousarray(months).ravel(),
    }
    pieces, days = [], []
    for month, of_month in enumerate(pieces_of):
        for weights in of_month:
            pieces.append((month, len(pieces), sum(weights), sum(map(sum, of_month))))
            days += [(len(pieces) - 1, len(days) + at, weight, sum(weights))
                     for at, weight in enumerate(weights)]
    columns = lambda names, rows: dict(  # noqa: E731
        zip(names, (np.array(column) for column in zip(*rows, strict=True)), strict=True))
    return (
        amounts,
        columns(["month", "piece", "weight", "total"], pieces),
        columns(["piece", "day", "weight", "total"], days),
    )


def polars(np, months, pieces_of):
    import polars as pl

    amounts, pieces, days = (pl.DataFrame(table) for table in tables(np, months, pieces_of))
    slots = pl.DataFrame({"slot": list(range(4)), "weight": SHARES, "total": [100] * 4})
    product = pl.col("amount") * pl.col("weight")

    def shared(rows, group, member):
        rank = (pl.col("rest") * 64 - pl.col(member)).rank("ordinal", descending=True).over(group)
        left = pl.col("amount") - pl.col("floor").sum().over(group)
        return (
            rows.with_columns(
                floor=product // pl.col("total"),
                rest=product % pl.col("total"),
            )
            .with_columns(amount=pl.col("floor") + (rank <= left).cast(pl.Int64))
            .drop("weight", "total", "floor", "rest")
        )

    def work():
        rows = shared(amounts.lazy().join(pieces.lazy(), on="month"), ["person", "month"], "piece")
        rows = shared(rows.join(days.lazy(), on="piece"), ["person", "piece"], "day")
        rows = shared(rows.join(slots.lazy(), how="cross"), ["person", "day"], "slot")
        return rows.select("person", "day", "slot", "amount").collect()

    cells, seconds, wall = timed(work)
    return cells.sort("person", "day", "slot")["amount"].to_numpy(), seconds, wall


def duckdb_run(np, months, pieces_of, query):
    import duckdb
    import pyarrow as pa

    base = duckdb.connect()
    for name, table in zip(["amounts", "pieces", "days"], tables(np, months, pieces_of), strict=True):
        arrow = pa.table(table)  # noqa: F841
        base.execute(f"CREATE TABLE {name} AS SELECT * FROM arrow")
    base.execute("CREATE TABLE slots AS SELECT * FROM (VALUES (0, 10), (1, 30), (2, 30), (3, 30)) "
                 "slots(slot, weight)")
    _, seconds, wall = timed(lambda: base.execute(f"CREATE TABLE cells AS {query}"))
    ordered = "SELECT amount FROM cells ORDER BY person, day, slot"
    return base.execute(ordered).fetchnumpy()["amount"], seconds, wall


def level(rows, keys, group, member):
    """One level of SQL: floors, then one step more for the largest remainders."""
    return f"""
        SELECT {keys}, floor + CAST(
            row_number() OVER (PARTITION BY {group} ORDER BY rest DESC, {member})
            <= amount - sum(floor) OVER (PARTITION BY {group}) AS BIGINT) AS amount
        FROM (SELECT *, amount * weight // total AS floor, amount * weight % total AS rest
              FROM ({rows}))
    """


def days_query():
    pieces = level("SELECT * FROM amounts JOIN pieces USING (month)",
                   "person, piece", "person, month", "piece")
    return level(f"SELECT * FROM ({pieces}) JOIN days USING (piece)",
                 "person, day", "person, piece", "day")


def duckdb_windows(np, months, pieces_of):
    slots = f"SELECT *, 100 AS total FROM ({days_query()}) CROSS JOIN slots"
    query = level(slots, "person, day, slot", "person, day", "slot")
    return duckdb_run(np, months, pieces_of, query)


def duckdb_columns(np, months, pieces_of):
    floors = ", ".join(f"amount * {share} // 100 AS f{at}" for at, share in enumerate(SHARES))
    rests = ", ".join(f"amount * {share} % 100 AS r{at}" for at, share in enumerate(SHARES))
    parts = []
    for at in range(4):
        ahead = " + ".join(
            f"CAST(r{other} {'>=' if other < at else '>'} r{at} AS INTEGER)"
            for other in range(4) if other != at)
        parts.append(f"f{at} + CAST({ahead} < amount - f0 - f1 - f2 - f3 AS BIGINT)")
    query = f"""
        SELECT person, day, unnest([0, 1, 2, 3]) AS slot, unnest([{", ".join(parts)}]) AS amount
        FROM (SELECT *, {floors}, {rests} FROM ({days_query()}))
    """
    return duckdb_run(np, months, pieces_of, query)


if __name__ == "__main__":
    main()
