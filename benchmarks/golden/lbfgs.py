"""Writes where PyTorch's L-BFGS stands after so many iterations, in float64.

    python benchmarks/golden/lbfgs.py > Tests/TrainingTests/golden/lbfgs.json

Rosenbrock's function of six variables, and a logistic regression with numbers of the counter formula
(counter.py). Needs PyTorch and NumPy.
"""

import json
import sys

import torch
from counter import counter_values


def rosenbrock(x):
    return (100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum()


def logistic(x):
    features = counter_values("features", (40, 6))
    signs = counter_values("signs", (40,)).sign()
    return torch.nn.functional.softplus(-signs * (features @ x)).mean() + 0.01 * (x * x).sum()


FUNCTIONS = {"rosenbrock": rosenbrock, "logistic": logistic}
START = [-1.2, 1, -0.5, 0.8, 1.5, -1]


def run(function, iterations, history, search):
    point = torch.tensor(START, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS(
        [point], lr=1, max_iter=iterations, max_eval=1000, history_size=history, line_search_fn=search
    )
    evaluations = 0

    def closure():
        nonlocal evaluations
        evaluations += 1
        optimizer.zero_grad()
        value = FUNCTIONS[function](point)
        value.backward()
        return value

    optimizer.step(closure)
    return {
        "function": function,
        "iterations": iterations,
        "history": history,
        "search": "strongWolfe" if search else "fixed",
        "evaluations": evaluations,
        "point": point.tolist(),
    }


def main():
    cases = [
        run(function, iterations, history, search)
        for function, search in [
            ("rosenbrock", "strong_wolfe"),
            ("logistic", "strong_wolfe"),
            ("logistic", None),
        ]
        for iterations in [1, 2, 5, 10, 20]
        for history in [3, 100]
    ]
    json.dump({"torch": torch.__version__, "start": START, "cases": cases}, sys.stdout)


if __name__ == "__main__":
    main()
