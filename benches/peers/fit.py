#!/usr/bin/env python3
"""Crossing margins side by side with PyPI ipfn: same input, checked answer, CPU seconds, memory.

Usage: python benches/peers/fit.py [--work DIR] [--fenjie PATH] [--quick] [--rate 1e-9]
The peers' environment needs numpy and ipfn. The Rust side stands beside the program, built by
`cargo build --release -p fenjie-plan --example fit_bench`.
"""
import argparse
import json
import pathlib
import resource
import struct
import subprocess
import sys
import tempfile
import time

import numpy as np

CASES = ("uniform", "zeros", "lognormal", "skewed")
WORDS = {
    "uniform": "even prior", "zeros": "30 % zeros", "lognormal": "log-normal prior, σ = 3",
    "skewed": "skewed margins",
}
SHAPES = {"matrix": (1000, 1000), "axes": (32, 32, 32, 32)}


def generate(case, shape, seed=20261122):
    """A prior and integer margins of a table that exists."""
    rng = np.random.default_rng(seed)
    prior = rng.random(shape) + 0.05
    if case == "zeros":
        prior[rng.random(shape) < 0.3] = 0.0
    if case == "lognormal":
        prior = rng.lognormal(0.0, 3.0, shape)
    counts = rng.integers(0, 200, shape).astype(np.int64)
    if case == "skewed":
        counts = (rng.pareto(1.2, shape) * 20).clip(0, 10**6).astype(np.int64)
        for axis, length in enumerate(shape):
            scale = (1.0 / (1.0 + np.arange(length))).reshape(
                [-1 if at == axis else 1 for at in range(len(shape))]
            )
            counts = np.ceil(counts * scale * 3).astype(np.int64)
    counts[prior == 0.0] = 0
    axes = range(len(shape))
    margins = [counts.sum(axis=tuple(a for a in axes if a != axis)) for axis in axes]
    return prior, margins


def write(path, prior, margins):
    """The binary file that the Rust example reads."""
    with open(path, "wb") as out:
        out.write(struct.pack("<Q", prior.ndim))
        out.write(struct.pack(f"<{prior.ndim}Q", *prior.shape))
        out.write(np.ascontiguousarray(prior, dtype="<f8").tobytes())
        for margin in margins:
            out.write(margin.astype("<i8").tobytes())


def peer(folder, rate):
    """Runs in a process of its own: ipfn on the stored table."""
    from ipfn import ipfn

    prior = np.load(folder / "prior.npy")
    margins = [np.load(folder / f"margin{axis}.npy").astype(float) for axis in range(prior.ndim)]
    runs, axes = 3, [[axis] for axis in range(prior.ndim)]
    start = time.process_time()
    for _ in range(runs):
        # By default as near as ours; ipfn's own default, 1e-5, may leave margins off by steps.
        solver = ipfn.ipfn(
            prior.copy(), margins, axes,
            convergence_rate=rate, max_iteration=2000, rate_tolerance=0.0,
        )
        table = solver.iteration()
    seconds = (time.process_time() - start) / runs
    np.save(folder / "ipfn.npy", table)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"cpu_seconds": seconds, "peak_kib": peak}))


def run(command):
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.strip().splitlines()[-1])


def compare(case, kind, bench, folder, rate):
    shape = SHAPES[kind]
    prior, margins = generate(case, shape)
    write(folder / "table.bin", prior, margins)
    np.save(folder / "prior.npy", prior)
    for axis, margin in enumerate(margins):
        np.save(folder / f"margin{axis}.npy", margin)
    theirs = run([sys.executable, __file__, "--peer", str(folder), "--rate", str(rate)])
    ours = run([
        str(bench), str(folder / "table.bin"), "--runs", "20",
        "--real", str(folder / "real.bin"), "--cells", str(folder / "cells.bin"),
    ])
    real = np.fromfile(folder / "real.bin", dtype="<f8").reshape(shape)
    cells = np.fromfile(folder / "cells.bin", dtype="<i8").reshape(shape)
    axes = range(len(shape))
    for axis, margin in enumerate(margins):
        others = tuple(a for a in axes if a != axis)
        if not (cells.sum(axis=others) == margin).all():
            sys.exit(f"{kind} {case}: margin {axis} is not met")
    table = np.load(folder / "ipfn.npy")
    apart = float((np.abs(real - table) / np.maximum(table, 1.0)).max())
    if not apart < max(1e-6, rate * 100):
        sys.exit(f"{kind} {case}: real values differ by {apart}")
    return theirs, ours, apart


def lines(kind, case, theirs, ours, apart):
    """One case in the words of run.py; the margins were checked, so the answers are equal."""
    name = f"fit {kind} {case}"
    shape = " × ".join(map(str, SHAPES[kind]))
    title = f"Fit: {shape} cells, {WORDS[case]}; ipfn fits only, fenjie fits and rounds exactly"
    yield {"case": name, "title": title}
    answer = "every margin is met"
    for peer, side in (("fenjie", ours), ("ipfn", theirs)):
        yield {
            "case": name, "peer": peer, "cpu_s": side["cpu_seconds"],
            "wall_s": side["cpu_seconds"], "peak_mb": side["peak_kib"] / 1000, "answer": answer,
        }
    yield {"note": f"{name}: fitted values differ by {apart:.0e} of themselves, the cell furthest "
           f"from its fitted value by {ours['worst']:.3f} steps."}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=pathlib.Path, help="where files may lie")
    parser.add_argument("--fenjie", type=pathlib.Path, default=pathlib.Path("target/release/fenjie"))
    parser.add_argument("--quick", action="store_true", help="uniform priors only")
    parser.add_argument("--rate", type=float, default=1e-9, help="ipfn's convergence_rate")
    parser.add_argument("--peer", type=pathlib.Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.peer:
        peer(options.peer, options.rate)
        return
    bench = options.fenjie.parent / "examples" / "fit_bench"
    for kind in SHAPES:
        for case in CASES[:1] if options.quick else CASES:
            with tempfile.TemporaryDirectory(dir=options.work) as folder:
                result = compare(case, kind, bench, pathlib.Path(folder), options.rate)
            for line in lines(kind, case, *result):
                print(json.dumps(line, ensure_ascii=False), flush=True)
    print(json.dumps({"note": f"Fit: ipfn runs to a convergence rate of {options.rate}; at its own "
                      "default of 1e-5, which may leave margins off by whole steps, it takes about "
                      "half as long. Times are CPU seconds inside the process."}))


if __name__ == "__main__":
    main()
