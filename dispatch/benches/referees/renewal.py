"""Referee of `cargo bench -p dispatch --bench renewal`: the same options and limits by HiGHS, one JSON line a solver.

python renewal.py FILE SECONDS

`HiGHS LP` is the relaxation in which a car may be split between its options. Its bound is not taken from the solver's word: the prices that it
finds for the limits are put into the Lagrangian function, in exact whole numbers, and what comes out is below every plan whatever the
solver's tolerances are. `HiGHS MIP` is the dual bound of branch and bound, for fleets that are small enough.
"""

import json
import resource
import sys
import time
from fractions import Fraction

import highspy
import numpy as np

# A price in parts of this.
SHIFT = 40


def read(path):
    data = open(path, "rb").read()
    rows, cars, options, terms = (int(count) for count in np.frombuffer(data, "<u8", 4))
    at = 32

    def take(kind, count):
        nonlocal at
        found = np.frombuffer(data, kind, count, at)
        at += found.nbytes
        return found

    return take("<i8", rows), take("<i8", cars + 1), take("<i8", options), take("<i8", options + 1), take("<u4", terms), take("<i4", terms)


def model(most, starts, costs, spans, row, by, integer):
    rows, cars, options = len(most), len(starts) - 1, len(costs)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = options, rows + cars
    lp.col_cost_ = costs.astype(float)
    lp.col_lower_, lp.col_upper_ = np.zeros(options), np.full(options, highspy.kHighsInf)
    # Each row in the measure of its greatest amount, so that tolerances mean the same in money, cars and months.
    scale = np.ones(rows)
    np.maximum.at(scale, row, np.abs(by).astype(float))
    lp.row_lower_ = np.append(np.full(rows, -highspy.kHighsInf), np.ones(cars))
    lp.row_upper_ = np.append(most / scale, np.ones(cars))
    of_option = np.repeat(np.arange(options), np.diff(spans))
    car = np.repeat(np.arange(cars), np.diff(starts))
    index = np.concatenate((row.astype(np.int64), rows + car))
    value = np.concatenate((by / scale[row], np.ones(options)))
    order = np.argsort(np.concatenate((of_option, np.arange(options))), kind="stable")
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = spans + np.arange(options + 1)
    lp.a_matrix_.index_, lp.a_matrix_.value_ = index[order], value[order]
    if integer:
        lp.integrality_ = [highspy.HighsVarType.kInteger] * options
    return lp, scale


def run(lp, seconds, options):
    highs = highspy.Highs()
    for name, value in {"output_flag": False, "threads": 1, "time_limit": float(seconds), **options}.items():
        highs.setOptionValue(name, value)
    highs.passModel(lp)
    begun = time.process_time()
    highs.run()
    return highs, time.process_time() - begun


def proved(most, starts, costs, spans, row, by, prices):
    """The Lagrangian function at whole prices, rounded up: every plan costs at least so much."""
    whole = [int(round(price * 2**SHIFT)) for price in prices]
    total = -sum(price * int(limit) for price, limit in zip(whole, most))
    # Python's integers where a product could leave 64 bits.
    parts = np.array(whole, dtype=object)[row] * by.astype(object)
    sums = np.add.reduceat(np.append(parts, 0), np.minimum(spans[:-1], len(parts)))
    sums = np.where(np.diff(spans) == 0, 0, sums) + costs.astype(object) * 2**SHIFT
    total += int(np.minimum.reduceat(sums, starts[:-1]).sum())
    return -(-total >> SHIFT)


def tell(solver, seconds, bound):
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"solver": solver, "s": seconds, "bound": int(bound), "mib": peak}), flush=True)


def main():
    path, seconds = sys.argv[1], float(sys.argv[2])
    problem = read(path)
    cars = len(problem[1]) - 1
    lp, scale = model(*problem, False)
    highs, taken = run(lp, seconds, {"solver": "ipm" if cars > 10_000 else "choose"})
    said = highs.getModelStatus()
    duals = -np.array(highs.getSolution().row_dual[: len(scale)])
    prices = [max(Fraction(float(dual)) / Fraction(float(by)), Fraction(0)) for dual, by in zip(duals, scale)]
    tell(f"HiGHS {highs.version()} LP ({highs.modelStatusToString(said)})", taken, proved(*problem, prices))
    if cars <= 10_000:
        lp, _ = model(*problem, True)
        highs, taken = run(lp, min(seconds, 300), {"mip_rel_gap": 1e-6})
        said = highs.modelStatusToString(highs.getModelStatus())
        tell(f"HiGHS {highs.version()} MIP ({said})", taken, np.ceil(highs.getInfo().mip_dual_bound - 1e-6))


main()
