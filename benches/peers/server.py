"""The server under load, as ratios within one run: what it does beside what its parts can do.

Slices beside a bare axum handler that answers the same bytes; durable edits of a hundred clients
beside single durable writes of the disk; ten times too many requests; starting with a full folder
beside an empty one. The harnesses are the examples of `fenjie-server`; each line of theirs becomes a
note of the table.
"""

import argparse
import json
import subprocess
from pathlib import Path


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--fenjie", type=Path, required=True)
    args = parser.parse_args()
    examples = args.fenjie.resolve().parent / "examples"
    for command in (["slice_bench", "--json"], ["server_bench"]):
        shown = subprocess.run(
            [str(examples / command[0]), *command[1:]], check=True, stdout=subprocess.PIPE, text=True
        ).stdout
        for line in shown.splitlines():
            if line.startswith("{"):
                print(json.dumps({"note": said(json.loads(line))}, ensure_ascii=False), flush=True)


def said(line):
    """A line of a harness as a sentence."""
    if line["bench"] == "slice":
        return (
            f"Server, slices of {line['rows']} × {line['columns']} on {line['database']}: "
            f"{line['ratio']:.0%} of the requests per second of a bare axum handler answering the "
            f"same {line['bytes']:,} bytes ({line['served_per_second']:,} and "
            f"{line['bare_per_second']:,} a second)."
        )
    if line["bench"] == "durable":
        return (
            f"Server, durable edits of {line['clients']} clients on one plan: {line['ratio']:.1f} × "
            f"the disk's own rate of single durable writes ({line['edits_per_second']:,} and "
            f"{line['disk_per_second']:,} a second); 99 of 100 take at most "
            f"{line['p99_commits']:.0f} such writes."
        )
    if line["bench"] == "overload":
        return (
            f"Server, ten times too many clients: {line['answered']:,} answered, "
            f"{line['turned_away']:,} turned away with Retry-After, {line['other']:,} otherwise; "
            f"memory grew by {line['grown_mb']:,} MB; normal again after "
            f"{line['normal_after_ms']:,} ms."
        )
    return (
        f"Server, start with a folder of {line['folder_mb']:,} MB: {line['ratio']:.1f} × that of an "
        f"empty one ({line['full_ms']:.0f} and {line['empty_ms']:.0f} ms)."
    )


if __name__ == "__main__":
    main()
