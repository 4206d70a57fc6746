"""Referees of `cargo bench -p dispatch --bench matching`: the same instance by general solvers, one JSON line each.

python matching.py FILE RUNS slow|fast

Times are of this process's processor, the solving alone, without building the model; the best of RUNS. `fast` leaves out those that need minutes for a
large batch. Every solver must find the same number of fen.
"""

import json
import sys
import time

import numpy as np


def read(path):
    data = open(path, "rb").read()
    rows, columns, pairings = (int(count) for count in np.frombuffer(data, "<u8", 3))
    at = 24
    starts = np.frombuffer(data, "<u4", rows + 1, at).astype(np.int64)
    at += 4 * (rows + 1)
    column = np.frombuffer(data, "<u4", pairings, at).astype(np.int64)
    at += 4 * pairings
    cost = np.frombuffer(data, "<u4", pairings, at).astype(np.int64)
    at += 4 * pairings
    unserved = np.frombuffer(data, "<i8", rows, at)
    return rows, columns, np.repeat(np.arange(rows), np.diff(starts)), column, cost, unserved


def ortools_min_cost_flow(rows, columns, row, column, cost, unserved):
    from ortools.graph.python import min_cost_flow

    flow, sink = min_cost_flow.SimpleMinCostFlow(), rows + columns
    ones = lambda count: np.ones(count, np.int64)
    flow.add_arcs_with_capacity_and_unit_cost(row, rows + column, ones(len(row)), cost)
    flow.add_arcs_with_capacity_and_unit_cost(np.arange(rows), np.full(rows, sink), ones(rows), unserved)
    flow.add_arcs_with_capacity_and_unit_cost(rows + np.arange(columns), np.full(columns, sink), ones(columns), 0 * ones(columns))
    flow.set_nodes_supplies(np.append(np.arange(rows), sink), np.append(ones(rows), -rows))
    begun = time.process_time()
    assert flow.solve() == flow.OPTIMAL
    return time.process_time() - begun, flow.optimal_cost()


def scipy_sparse_lapjv(rows, columns, row, column, cost, unserved):
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching as match

    # One more everywhere, since a sparse zero is no edge.
    private = columns + np.arange(rows)
    entries = (np.append(cost, unserved) + 1, (np.append(row, np.arange(rows)), np.append(column, private)))
    matrix = csr_array(entries, shape=(rows, columns + rows))
    begun = time.process_time()
    chosen = match(matrix)
    taken = time.process_time() - begun
    return taken, int(matrix[chosen[0], chosen[1]].sum()) - rows


def highs_lp(rows, columns, row, column, cost, unserved):
    import highspy

    lp, pairings = highspy.HighsLp(), len(row)
    lp.num_col_, lp.num_row_ = pairings + rows, rows + columns
    lp.col_cost_ = np.append(cost, unserved).astype(float)
    lp.col_lower_, lp.col_upper_ = np.zeros(lp.num_col_), np.full(lp.num_col_, highspy.kHighsInf)
    lp.row_lower_ = np.append(np.ones(rows), np.full(columns, -highspy.kHighsInf))
    lp.row_upper_ = np.ones(rows + columns)
    starts = np.append(2 * np.arange(pairings), 2 * pairings + np.arange(rows + 1))
    lp.a_matrix_.format_, lp.a_matrix_.start_ = highspy.MatrixFormat.kColwise, starts
    lp.a_matrix_.index_ = np.append(np.column_stack((row, rows + column)).ravel(), np.arange(rows))
    lp.a_matrix_.value_ = np.ones(2 * pairings + rows)
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("threads", 1)
    highs.passModel(lp)
    begun = time.process_time()
    highs.run()
    taken = time.process_time() - begun
    assert highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return taken, round(highs.getInfo().objective_function_value)


def main():
    path, runs, speed = sys.argv[1:]
    problem = read(path)
    solvers = {"OR-Tools SimpleMinCostFlow": (ortools_min_cost_flow, int(runs))}
    if speed == "slow":
        solvers |= {"SciPy sparse LAPJV": (scipy_sparse_lapjv, 1), "HiGHS LP": (highs_lp, 1)}
    for name, (solve, times) in solvers.items():
        taken, fen = min(solve(*problem) for _ in range(times))
        print(json.dumps({"solver": name, "ms": taken * 1000, "fen": fen}), flush=True)


main()
