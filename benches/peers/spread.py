"""One amount down a ragged tree of four levels to ten million leaves, exact at every node.

At every node the children share by whole-number weights and largest remainder, ties to the earlier.
All programs start from the tree in memory; CPU seconds of the sharing only, measured inside each
process; memory is the whole process's. With room for it fenjie also runs on 10^8 leaves.
"""

import argparse
import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

from measure import compare, measure

MODULUS = (1 << 61) - 1
TOTAL = 987_654_321_012_345
LEAVES, LARGE = 10**7, 10**8


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--fenjie", type=Path, required=True)
    parser.add_argument("--child", nargs="+")
    args = parser.parse_args()
    if args.child and args.child[0] == "make":
        return make(args.work / args.child[1], int(args.child[2]))
    if args.child:
        return child(args.child[0], args.work / "tree.bin")
    bench = args.fenjie.resolve().parent / "examples" / "spread_bench"
    own = [sys.executable, __file__, "--work", args.work, "--fenjie", args.fenjie, "--child"]
    subprocess.run([*map(str, own), "make", "tree.bin", str(LEAVES)], check=True)
    title = f"Spread: one amount down four ragged levels to {LEAVES:,} leaves, kernel alone"
    print(json.dumps({"case": "spread", "title": title}))
    compare("spread", {
        "fenjie": [bench, args.work / "tree.bin", TOTAL],
        "numpy": [*own, "numpy"],
        "polars": [*own, "polars"],
        "DuckDB": [*own, "duckdb"],
    })
    large(args.work, bench, own)


def large(work, bench, own):
    if shutil.disk_usage(work).free < 4 << 30:
        print(json.dumps({"note": "Spread: 10^8 leaves need 4 GB of disk and were left out."}))
        return
    subprocess.run([*map(str, own), "make", "large.bin", str(LARGE)], check=True)
    runs = [measure([bench, work / "large.bin", TOTAL]) for _ in range(3)]
    (work / "large.bin").unlink()
    seconds = sorted(run["cpu_s"] for run in runs)[1]
    peak = max(run["peak_mb"] for run in runs)
    print(json.dumps({"note": (
        f"Spread: fenjie alone on 10^8 leaves: {seconds:.2f} CPU seconds, "
        f"{peak:,.0f} MB at the peak, tree and weights included."
    )}), flush=True)


def make(path, leaves):
    """Fans of 1 to twice the mean; one node in a hundred ends early."""
    import numpy as np

    rng = np.random.default_rng(20260301)
    sizes, fans = [1], []
    for level, mean in enumerate([50, 50, 40]):
        fan = rng.integers(1, 2 * mean, sizes[-1])
        if level > 0:
            fan[rng.random(fan.size) < 0.01] = 0
        fans.append(fan)
        sizes.append(int(fan.sum()))
    fan = rng.integers(1, 2 * max(leaves // sizes[-1], 1), sizes[-1])
    fan[rng.random(fan.size) < 0.01] = 0
    # Exactly so many leaves on the last level.
    missing = leaves - int(fan.sum())
    fan += missing // fan.size
    fan = np.maximum(fan, 0)
    rest = leaves - int(fan.sum())
    big = np.argsort(-fan, kind="stable")[:abs(rest)]
    fan[big] += 1 if rest > 0 else -1
    fans.append(fan)
    sizes.append(int(fan.sum()))
    starts = 1 + np.concatenate([[0], np.cumsum(np.concatenate(fans))])
    nodes = sum(sizes)
    assert starts[-1] == nodes and sizes[-1] == leaves
    with open(path, "wb") as out:
        np.array([nodes, starts.size], dtype="<u8").tofile(out)
        starts.astype("<u4").tofile(out)
        for first in range(0, nodes, 10**7):
            count = min(10**7, nodes - first)
            rng.integers(1, 1001, count, dtype=np.uint32).astype("<u4").tofile(out)


def child(name, path):
    import numpy as np

    nodes, entries = np.fromfile(path, dtype="<u8", count=2).tolist()
    starts = np.fromfile(path, dtype="<u4", count=entries, offset=16).astype(np.int64)
    weights = np.fromfile(path, dtype="<u4", count=nodes, offset=16 + 4 * entries)
    weights = weights.astype(np.int64)
    amounts, seconds, wall = globals()[name](np, starts, weights)
    leaf = np.ones(nodes, dtype=bool)
    leaf[:entries - 1] = starts[1:] == starts[:-1]
    parts, at = amounts[leaf], np.flatnonzero(leaf)
    # Split so that no product leaves 64 bits.
    low, high = parts & 0xFFFFF, parts >> 20
    block = 1 << 16
    checksum = 0
    for first in range(0, parts.size, block):
        ids = at[first:first + block]
        checksum += int((ids * low[first:first + block]).sum())
        checksum += int((ids * high[first:first + block]).sum()) << 20
    answer = f"{parts.size} leaves, sum {int(parts.sum())}, checksum {checksum % MODULUS}"
    print(json.dumps({"answer": answer, "cpu_s": seconds, "wall_s": wall}))


def levels(np, starts):
    """First and last node of each level that has children."""
    first, end, entries = 0, 1, starts.size - 1
    while first < entries:
        yield first, min(end, entries)
        first, end = end, int(starts[min(end, entries)])


def numpy(np, starts, weights):
    amounts = np.full(weights.size, -1, dtype=np.int64)
    cpu, wall = time.process_time(), time.perf_counter()
    amounts[0] = TOTAL
    for first, end in levels(np, starts):
        begin, counts = starts[first:end], np.diff(starts[first:end + 1])
        parents = np.flatnonzero(counts) + first
        if parents.size == 0:
            break
        counts = counts[counts > 0]
        low, high = int(begin[0]), int(starts[end])
        offsets = np.cumsum(counts) - counts
        own = weights[low:high]
        sums = np.add.reduceat(own, offsets)
        total = np.repeat(sums, counts)
        parts = np.repeat(amounts[parents], counts)
        parts *= own
        rest = parts % total
        parts //= total
        left = amounts[parents] - np.add.reduceat(parts, offsets)
        # One sort of whole numbers: by parent, largest remainder, then position.
        bits_at = int(counts.max()).bit_length()
        bits_rest = int(sums.max()).bit_length()
        group = np.repeat(np.arange(parents.size, dtype=np.int64), counts)
        at = np.arange(high - low, dtype=np.int64) - np.repeat(offsets, counts)
        key = (group << (bits_at + bits_rest)) | ((total - rest) << bits_at) | at
        key.sort()
        # The first `left` of each parent's run get one step more.
        gets = at < np.repeat(left, counts)
        chosen = key[gets]
        where = offsets[chosen >> (bits_at + bits_rest)] + (chosen & ((1 << bits_at) - 1))
        parts[where] += 1
        amounts[low:high] = parts
    return amounts, time.process_time() - cpu, time.perf_counter() - wall


def tables(np, starts, weights):
    """For each level the children: node, parent, weight."""
    for first, end in levels(np, starts):
        counts = np.diff(starts[first:end + 1])
        low, high = int(starts[first]), int(starts[end])
        if low == high:
            return
        yield {
            "node": np.arange(low, high),
            "parent": np.repeat(np.arange(first, end), counts),
            "weight": weights[low:high],
        }


def polars(np, starts, weights):
    import polars as pl

    frames = [pl.DataFrame(table).set_sorted("parent") for table in tables(np, starts, weights)]
    cpu, wall = time.process_time(), time.perf_counter()
    parents, found = pl.DataFrame({"node": [0], "amount": [TOTAL]}), []
    for frame in frames:
        rows = frame.lazy().join(
            parents.lazy().rename({"node": "parent"}).set_sorted("parent"), on="parent",
            how="left", maintain_order="left",
        )
        product, total = pl.col("amount") * pl.col("weight"), pl.col("total")
        rows = rows.with_columns(total=pl.col("weight").sum().over("parent"))
        rows = rows.with_columns(floor=product // total, rest=product % total)
        # Largest remainder first, of equal ones the earlier: one number to rank by.
        by = pl.col("rest") * (1 << 28) + (1 << 28) - 1 - pl.col("node")
        rows = rows.with_columns(
            rank=by.rank("ordinal", descending=True).over("parent"),
            left=pl.col("amount") - pl.col("floor").sum().over("parent"),
        )
        amount = pl.col("floor") + (pl.col("rank") <= pl.col("left")).cast(pl.Int64)
        parents = rows.select("node", amount=amount).collect()
        found.append(parents)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    amounts = [np.array([TOTAL])] + [frame["amount"].to_numpy() for frame in found]
    return np.concatenate(amounts), cpu, wall


def duckdb(np, starts, weights):
    import duckdb as db
    import pyarrow as pa

    base, count = db.connect(), 0
    for count, table in enumerate(tables(np, starts, weights), start=1):
        arrow = pa.table(table)  # noqa: F841
        base.execute(f"CREATE TABLE level{count} AS SELECT * FROM arrow")
    base.execute(f"CREATE TABLE amount0 AS SELECT 0::BIGINT AS node, {TOTAL}::BIGINT AS amount")
    cpu, wall = time.process_time(), time.perf_counter()
    for level in range(1, count + 1):
        base.execute(f"""
            CREATE TABLE amount{level} AS
            SELECT node, floor + CAST(
                row_number() OVER (PARTITION BY parent ORDER BY rest DESC, node)
                <= amount - sum(floor) OVER (PARTITION BY parent) AS BIGINT) AS amount
            FROM (SELECT level.node, level.parent, amount, amount * weight // total AS floor,
                         amount * weight % total AS rest
                  FROM level{level} level
                  JOIN (SELECT parent, sum(weight)::BIGINT AS total
                        FROM level{level} GROUP BY parent) sums USING (parent)
                  JOIN amount{level - 1} above ON above.node = level.parent)
        """)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    amounts = [
        base.execute(f"SELECT amount FROM amount{level} ORDER BY node").fetchnumpy()["amount"]
        for level in range(count + 1)
    ]
    return np.concatenate(amounts), cpu, wall


if __name__ == "__main__":
    main()
