#!/usr/bin/env python3
"""From a Parquet file of members to a Parquet file of targets: the whole command, side by side.

One total goes down a ragged tree of four levels (company, region, team, person), largest remainder
at every node. Every peer reads the same member file and writes code and amount of every person;
the answers are read back and compared. Totals are small enough for 64-bit products, which favours
the peers.

Usage: python benches/peers/members.py --work DIR --fenjie PATH [--people 10000000] [--runs 3]
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import sys

from measure import measure

TOTAL = 800_000_000

PLAN = """plan = "members"
period = "2026"
measure = {{ name = "sales", kind = "flow", unit = "CNY", step = "0.01" }}
total = "8000000.00"
[axes]
org = {{ members = "{file}", attributes = ["weight"], levels = ["region", "team", "person"] }}
[[do]]
decompose = "org.person"
by = {{ attribute = "weight" }}
"""


def generate(path, people):
    """Members: root, 20 regions, about a team per thousand people, people with weights."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    rng = np.random.default_rng(20261122)
    teams = max(20, people // 1000)
    region_of = np.sort(np.concatenate([np.arange(20), rng.integers(0, 20, teams - 20)]))
    team_of = np.sort(np.concatenate([np.arange(teams), rng.integers(0, teams, people - teams)]))
    text = lambda mark, numbers: np.char.add(mark, numbers.astype(str)).astype(object)
    code = np.concatenate(
        [["root"], text("r", np.arange(20)), text("t", np.arange(teams)), text("p", np.arange(people))]
    )
    parent = np.concatenate([[""], ["root"] * 20, text("r", region_of), text("t", team_of)])
    weights = rng.integers(1, 10_000, people)
    above = 21 + teams
    weight = np.concatenate([np.zeros(above, np.int64), weights])
    table = pa.table(
        {
            "code": pa.array(code, pa.string()),
            "parent": pa.array(parent, pa.string()),
            "weight": pa.array(weight, pa.int64(), mask=np.arange(above + people) < above),
        }
    )
    pq.write_table(table, path)


def polars_side(source, target):
    import polars as pl

    rows = pl.read_parquet(source).with_row_index("place")
    people = rows.filter(pl.col("weight").is_not_null())
    teams = people.group_by("parent").agg(pl.col("weight").sum()).rename({"parent": "code"})
    teams = rows.select("place", "code", "parent").join(teams, on="code")
    regions = teams.group_by("parent").agg(pl.col("weight").sum()).rename({"parent": "code"})
    regions = rows.select("place", "code", "parent").join(regions, on="code")
    above = pl.DataFrame({"code": ["root"], "amount": [TOTAL]})
    for level in (regions, teams, people):
        shared = level.join(above.rename({"code": "parent", "amount": "total"}), on="parent")
        shared = shared.with_columns(pl.col("weight").sum().over("parent").alias("sum"))
        product = pl.col("total") * pl.col("weight")
        shared = shared.with_columns(
            (product // pl.col("sum")).alias("floor"), (product % pl.col("sum")).alias("rest")
        )
        shared = shared.sort(["parent", "rest", "place"], descending=[False, True, False])
        shared = shared.with_columns(
            (pl.col("total") - pl.col("floor").sum().over("parent")).alias("left"),
            pl.int_range(pl.len()).over("parent").alias("rank"),
        )
        above = shared.select(
            "code", (pl.col("floor") + (pl.col("rank") < pl.col("left"))).alias("amount")
        )
    above.write_parquet(target)


def duckdb_side(source, target):
    import duckdb

    base = duckdb.connect()
    base.execute(f"create table m as select row_number() over () as place, * from '{source}'")
    base.execute("create table w3 as select place, code, parent, weight from m where weight is not null")
    for level in (2, 1):
        base.execute(
            f"""create table w{level} as select m.place, m.code, m.parent, s.weight from m join
            (select parent as code, sum(weight)::bigint as weight from w{level + 1} group by 1) s
            using (code)"""
        )
    base.execute(f"create table a0 as select 'root' as code, {TOTAL}::bigint as amount")
    for level in (1, 2, 3):
        base.execute(
            f"""create table a{level} as
            with x as (select w.place, w.code, w.parent, a.amount as total, w.weight,
                         sum(w.weight) over (partition by w.parent)::bigint as total_weight
                       from w{level} w join a{level - 1} a on a.code = w.parent),
            y as (select *, (total * weight) // total_weight as part,
                         (total * weight) % total_weight as rest from x),
            z as (select code, total, part, parent,
                         row_number() over (partition by parent order by rest desc, place) as rank,
                         total - sum(part) over (partition by parent) as left_over from y)
            select code, (part + (rank <= left_over)::int)::bigint as amount from z"""
        )
    base.execute(f"copy a3 to '{target}' (format parquet)")


def numpy_side(source, target):
    import numpy as np
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pq.read_table(source)
    codes = table["code"].to_pandas()
    index = pd.Index(codes)
    parent = index.get_indexer(table["parent"].to_pandas())
    weight = table["weight"].fill_null(0).to_numpy().astype(np.int64)
    depth = np.zeros(len(codes), np.int8)
    for level in (1, 2, 3):
        depth[np.isin(parent, np.nonzero(depth == level - 1)[0]) & (parent >= 0)] = level
    for level in (3, 2):
        rows = depth == level
        np.add.at(weight, parent[rows], weight[rows])
    amount = np.zeros(len(codes), np.int64)
    amount[parent < 0] = TOTAL
    for level in (1, 2, 3):
        rows = np.nonzero(depth == level)[0]
        above = parent[rows]
        sums = np.bincount(above, weights=weight[rows], minlength=len(codes)).astype(np.int64)
        product = amount[above] * weight[rows]
        part, rest = product // sums[above], product % sums[above]
        given = np.bincount(above, weights=part, minlength=len(codes)).astype(np.int64)
        left = (amount - given)[above]
        order = np.lexsort((rows, -rest, above))
        start = np.r_[0, np.nonzero(np.diff(above[order]))[0] + 1]
        first = np.repeat(start, np.diff(np.r_[start, len(rows)]))
        rank = np.arange(len(rows)) - first
        part[order] += rank < left[order]
        amount[rows] = part
    people = depth == 3
    out = pa.table({"code": table["code"].filter(pa.array(people)), "amount": amount[people]})
    pq.write_table(out, target)


def digest(path):
    """Sum and a checksum over people in the order of their numbers."""
    import numpy as np
    import pyarrow.parquet as pq

    names = pq.read_schema(path).names
    code = "org" if "org" in names else "code"
    amount = "sales" if "sales" in names else "amount"
    table = pq.read_table(path, columns=[code, amount])
    numbers = np.array([int(text[1:]) for text in table[code].to_pylist()], np.int64)
    values = table[amount]
    if str(values.type).startswith("decimal"):
        values = [int(value.scaleb(2)) for value in values.to_pylist()]
    values = np.asarray(values, np.int64)
    check = int(np.sum(values[np.argsort(numbers)].astype(object) * (np.arange(len(values)) % 9973)))
    return f"{int(values.sum())} {check % (2**61 - 1)} {len(values)}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--work", type=pathlib.Path)
    parser.add_argument("--fenjie")
    parser.add_argument("--people", type=int, default=10_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--child", nargs="+")
    args = parser.parse_args()
    if args.child:
        what, *rest = args.child
        sides = {"polars": polars_side, "duckdb": duckdb_side, "numpy": numpy_side}
        if what == "generate":
            generate(rest[0], int(rest[1]))
        elif what == "digest":
            print(digest(rest[0]))
        else:
            sides[what](*rest)
        return
    args.work.mkdir(parents=True, exist_ok=True)
    source = args.work / "members.parquet"
    child = [sys.executable, __file__, "--child"]
    subprocess.run([*child, "generate", str(source), str(args.people)], check=True)
    plan = args.work / "members.toml"
    plan.write_text(PLAN.format(file=source.name), encoding="utf-8")
    target = {peer: args.work / f"cells-{peer}.parquet" for peer in ("fenjie", "polars", "duckdb", "numpy")}
    commands = {peer: [*child, peer, str(source), str(path)] for peer, path in target.items()}
    ours = [args.fenjie, "decompose", str(plan), "--level", "org.person"]
    commands["fenjie"] = [*ours, "--output", str(target["fenjie"])]
    rounds = {peer: [] for peer in commands}
    for _ in range(args.runs):
        for peer, command in commands.items():
            rounds[peer].append(measure(command))
    case = "members"
    print(json.dumps({"case": case, "title": f"Members to cells, Parquet to Parquet, {args.people:,} people"}))
    for peer, results in rounds.items():
        line = {"case": case, "peer": peer}
        for key in ("cpu_s", "wall_s", "peak_mb"):
            line[key] = statistics.median(result[key] for result in results)
        read = subprocess.run([*child, "digest", str(target[peer])], check=True, capture_output=True)
        line["answer"] = read.stdout.decode().strip()
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
