"""A real order table to a workbook: 10,000 lines in, next year's targets by region, category, month out.

fenjie reads `examples/superstore-2018/plan.toml` (and with it the CSV) and writes a workbook with all
its sheets; the peer reads the same CSV with pandas, computes the same integers and writes one sheet
of them with XlsxWriter. Whole commands. The answer is a digest of the 216 targets in cents; fenjie's
is taken from its CSV of the same plan, the peer's from what it wrote.
"""

import argparse
import hashlib
import json
import statistics
import subprocess
import sys
from pathlib import Path

from measure import measure

ROOT = Path(__file__).resolve().parents[2]
PLAN = ROOT / "examples/superstore-2018/plan.toml"
ORDERS = ROOT / "../shared/data/superstore_cn/orders.csv"
REGIONS = ["东北", "华北", "华东", "西北", "西南", "中南"]
CATEGORIES = ["办公用品", "家具", "技术"]
CASE = "superstore"
RUNS = 5


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--fenjie", type=Path, required=True)
    parser.add_argument("--child", action="store_true")
    args = parser.parse_args()
    if args.child:
        return pandas_to_xlsx(args.work / "pandas.xlsx", args.work / "pandas.txt")
    if not ORDERS.exists():
        print(json.dumps({"note": "Superstore: the order table is not here, nothing was measured."}))
        return None
    title = "A workbook from 10,000 real order lines: 216 targets by region, category and month"
    print(json.dumps({"case": CASE, "title": title}, ensure_ascii=False))
    workbook = args.work / "fenjie.xlsx"
    commands = {
        "fenjie": [args.fenjie, "decompose", PLAN, "--output", workbook, "--quiet"],
        "pandas, XlsxWriter": [
            sys.executable, __file__, "--work", args.work, "--fenjie", args.fenjie, "--child",
        ],
    }
    answers = {
        "fenjie": lambda: fenjie_answer(args.fenjie),
        "pandas, XlsxWriter": lambda: (args.work / "pandas.txt").read_text(),
    }
    rounds = {peer: [] for peer in commands}
    for _ in range(RUNS):
        for peer, command in commands.items():
            rounds[peer].append(measure(command))
    for peer, results in rounds.items():
        line = {"case": CASE, "peer": peer}
        for key in ("cpu_s", "wall_s", "peak_mb"):
            line[key] = statistics.median(result[key] for result in results)
        line["answer"] = answers[peer]()
        print(json.dumps(line, ensure_ascii=False), flush=True)
    return None


def digest(cells):
    """Of lines `region,category,month,cents` in the plan's order."""
    text = "\n".join(f"{region},{category},{month},{cents}" for region, category, month, cents in cells)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def fenjie_answer(fenjie):
    """The same plan's stored cells as CSV."""
    command = [fenjie, "decompose", PLAN, "--level", "stored", "--output", "-", "--quiet"]
    shown = subprocess.run([*map(str, command)], check=True, stdout=subprocess.PIPE).stdout
    cells = []
    for line in shown.decode().splitlines()[1:]:
        region, _, category, _, period, _, _, amount = line.split(",")
        cells.append((region, category, int(period[-2:]), int(amount.replace(".", ""))))
    return digest(cells)


def hamilton(total, weights):
    """Largest remainder, ties to the earlier member."""
    weight = sum(weights)
    parts = [total * w // weight for w in weights]
    rests = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % weight), i))
    for i in rests[: total - sum(parts)]:
        parts[i] += 1
    return parts


def pandas_to_xlsx(path, answer):
    import pandas as pd
    import xlsxwriter

    orders = pd.read_csv(
        ORDERS, usecols=["订单日期", "地区", "类别", "销售额"], parse_dates=["订单日期"]
    )
    # Exact: the table has at most four decimals.
    orders["amount"] = (orders["销售额"] * 10_000).round().astype("int64")
    orders["year"], orders["month"] = orders["订单日期"].dt.year, orders["订单日期"].dt.month
    last = orders[orders["year"] == 2017]
    # 2017 × 1.15 in hundredths of a cent, then cents, half away from zero.
    grown = int(last["amount"].sum()) * 115
    total = (grown + 5_000) // 10_000
    three = orders[orders["year"] >= 2015].groupby(["地区", "类别"])["amount"].sum()
    months = last.groupby(["地区", "类别", "month"])["amount"].sum()
    of_region = [int(three[region].sum()) for region in REGIONS]
    cells = []
    for region, amount in zip(REGIONS, hamilton(total, of_region)):
        of_category = [int(three[region, category]) for category in CATEGORIES]
        for category, part in zip(CATEGORIES, hamilton(amount, of_category)):
            weights = [int(months.get((region, category, month), 0)) for month in range(1, 13)]
            quarters = hamilton(part, [sum(weights[at : at + 3]) for at in range(0, 12, 3)])
            for quarter, amount_of_quarter in enumerate(quarters):
                three_months = weights[quarter * 3 : quarter * 3 + 3]
                for at, cents in enumerate(hamilton(amount_of_quarter, three_months)):
                    cells.append((region, category, quarter * 3 + at + 1, cents))
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("targets")
    money = book.add_format({"num_format": "#,##0.00"})
    sheet.write_row(0, 0, ["region", "category", *range(1, 13), "total"])
    for row in range(len(cells) // 12):
        part = cells[row * 12 : row * 12 + 12]
        sheet.write_row(row + 1, 0, part[0][:2])
        sheet.write_row(row + 1, 2, [cents / 100 for *_, cents in part], money)
        sum_of_row = sum(cents for *_, cents in part) / 100
        sheet.write_formula(row + 1, 14, f"=SUM(C{row + 2}:N{row + 2})", money, sum_of_row)
    book.close()
    answer.write_text(digest(cells))


if __name__ == "__main__":
    main()
