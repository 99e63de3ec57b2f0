"""Measures whole commands: user and system CPU seconds, wall seconds, peak memory.

Must stay small: Linux counts the memory of the process that starts a command into that
command's peak, so nothing heavy (numpy, polars, …) is ever imported here or by a script before
it measures. A peer script runs itself again as a child for the heavy part.

    from measure import compare
    compare("spread_1e7", {
        "fenjie": [args.fenjie, "decompose", ...],
        "numpy": [sys.executable, __file__, "--child", "numpy", ...],
    })

The last line that a command writes to standard output is its answer: any text, or a JSON object
`{"answer": ..., "cpu_s": ..., "wall_s": ...}` where the command timed a kernel inside of itself.
Answers are compared as text, so both sides print the same digest of their result, for instance
a sum and a checksum over the sorted cells.
"""

import json
import os
import statistics
import subprocess
import sys
import time


def measure(command, env=None):
    """Runs the command once; CPU and wall seconds, peak memory in MB, and its answer."""
    start = time.perf_counter()
    child = subprocess.Popen(
        [str(word) for word in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        env={**os.environ, **(env or {})},
    )
    with child.stdout:
        shown = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.perf_counter() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        raise RuntimeError(f"{command[0]} ended with {child.returncode}: {shown[-500:]!r}")
    lines = shown.decode("utf-8").strip().splitlines()
    # Kilobytes on Linux, bytes on macOS.
    unit = 1 if sys.platform == "darwin" else 1024
    result = {
        "cpu_s": usage.ru_utime + usage.ru_stime,
        "wall_s": wall,
        "peak_mb": usage.ru_maxrss * unit / 1e6,
        "answer": lines[-1] if lines else "",
    }
    result.update(_told(result["answer"]))
    return result


def _told(line):
    """What the command says about itself, where its last line is such an object."""
    try:
        told = json.loads(line)
    except ValueError:
        return {}
    if not isinstance(told, dict) or "answer" not in told:
        return {}
    kept = {key: told[key] for key in ("answer", "cpu_s", "wall_s") if key in told}
    if not isinstance(kept["answer"], str):
        kept["answer"] = json.dumps(kept["answer"], sort_keys=True)
    return kept


def compare(case, commands, runs=3, env=None):
    """Runs the commands of one case in turn, `runs` rounds, and prints the medians as JSON lines.

    In turn, so that a slow minute of the machine falls on all of them.
    """
    rounds = {peer: [] for peer in commands}
    for _ in range(runs):
        for peer, command in commands.items():
            rounds[peer].append(measure(command, env))
    for peer, results in rounds.items():
        answers = {result["answer"] for result in results}
        if len(answers) != 1:
            raise RuntimeError(f"{case}: {peer} answers differently from run to run: {answers}")
        line = {"case": case, "peer": peer}
        for key in ("cpu_s", "wall_s", "peak_mb"):
            line[key] = statistics.median(result[key] for result in results)
        line["answer"] = results[0]["answer"]
        print(json.dumps(line, ensure_ascii=False), flush=True)
