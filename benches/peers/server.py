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

TITLE = "## Server"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, help="not needed; every peer is given it")
    parser.add_argument("--fenjie", type=Path, required=True)
    parser.add_argument("--page", type=Path, help="write the section of this page instead")
    parser.add_argument("--lines", type=Path, help="what the harnesses printed before")
    args = parser.parse_args()
    lines = kept(args.lines) if args.lines else measured(args.fenjie)
    notes = []
    for line in lines:
        notes.append(said(line))
        if not args.page:
            print(json.dumps({"note": notes[-1]}, ensure_ascii=False), flush=True)
    if args.page:
        write(args.page, notes)


def measured(fenjie):
    """What the harnesses print, line by line."""
    examples = fenjie.resolve().parent / "examples"
    for command in (["slice_bench", "--json"], ["server_bench"]):
        shown = subprocess.run(
            [str(examples / command[0]), *command[1:]], check=True, stdout=subprocess.PIPE, text=True
        ).stdout
        print(shown, end="", flush=True)
        yield from parsed(shown)


def kept(path):
    """What they printed before, from a file."""
    return parsed(path.read_text(encoding="utf-8"))


def parsed(shown):
    """The lines of a harness that hold figures."""
    return [json.loads(line) for line in shown.splitlines() if line.startswith("{")]


def write(page, notes):
    """Puts the section into the page, in place of the one that is there, else before the notes."""
    text = page.read_text(encoding="utf-8")
    parts = text.split("\n## ")
    parts = [part for part in parts if not part.startswith(TITLE[3:])]
    place = next((at for at, part in enumerate(parts) if part.startswith("Notes")), len(parts))
    section = TITLE[3:] + ": ratios of one run, client and server on the same two cores\n\n"
    section += "\n".join(f"- {note}" for note in notes) + "\n"
    parts.insert(place, section)
    page.write_text("\n## ".join(parts), encoding="utf-8")


def said(line):
    """A line of a harness as a sentence."""
    if line["bench"] == "slice":
        return (
            f"Server, slices of {line['rows']} × {line['columns']} on {line['database']}: "
            f"{line['ratio']:.0%} of the requests per second of a bare axum handler answering the "
            f"same {line['bytes']:,} bytes ({line['served_per_second']:,} and "
            f"{line['bare_per_second']:,} a second), asked for: "
            f"{'50%' if line['database'] == 'sqlite' else '35%'}."
        )
    if line["bench"] == "durable":
        return (
            f"Server, durable edits of {line['clients']} clients on one plan: {line['ratio']:.1f} × "
            f"the rate of single durable commits, one row each into an SQLite file of its own in "
            f"the same folder, WAL and synchronous=FULL ({line['edits_per_second']:,} and "
            f"{line['commits_per_second']:,} a second), asked for: 3 ×; 99 of 100 take at most "
            f"{line['p99_ms']:.0f} ms, {line['p99_commits']:.0f} such commits, asked for: 30. Beside "
            f"plain writes of 512 bytes, each followed by `fdatasync`: "
            f"{line['ratio_of_writes']:.1f} × ({line['writes_per_second']:,} a second)."
        )
    if line["bench"] == "sizes":
        return (
            f"Server, an edit of one cell on a plan of 10^6 cells: {line['ratio']:.2f} × one on 10^4 "
            f"cells, asked for: at most 2 × (medians {line['large_ms']:.2f} and "
            f"{line['small_ms']:.2f} ms, one client, acknowledged when durable)."
        )
    if line["bench"] == "overload":
        return (
            f"Server, ten times too many clients: {line['answered']:,} answered, "
            f"{line['turned_away']:,} turned away with Retry-After, {line['other']:,} otherwise; "
            f"memory grew by {line['grown_mb']:,} MB; normal again after "
            f"{line['normal_after_ms']:,} ms, asked for: 10,000."
        )
    return (
        f"Server, start with a folder of {line['folder_mb']:,} MB: {line['ratio']:.1f} × that of an "
        f"empty one ({line['full_ms']:.0f} and {line['empty_ms']:.0f} ms), asked for: at most 3 ×."
    )


if __name__ == "__main__":
    main()
