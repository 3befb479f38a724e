#!/usr/bin/python3
"""Finds the coefficients of src/Mlds.Kernels/Elementary/Activations.cs and prints them with their largest relative errors.

    /usr/bin/python3 reference/fit_activations.py

Minimax fits by Lawson's iteration: weighted least squares, the weights growing where the error is large. Needs numpy.
"""
import numpy as np


def solve(matrix, right, weights):
    """Least squares with one step of refinement in extended precision."""
    matrix, right = matrix * weights[:, None], right * weights
    solution = np.linalg.lstsq(matrix.astype(float), right.astype(float), rcond=None)[0].astype(np.longdouble)
    rest = right - matrix @ solution
    return solution + np.linalg.lstsq(matrix.astype(float), rest.astype(float), rcond=None)[0]


def lawson(fit, error_of, points, rounds):
    """The best of the fits met while the weights follow the error."""
    weights, best = np.ones_like(points), None
    for _ in range(rounds):
        solution = fit(np.sqrt(weights))
        error = np.abs(error_of(solution))
        if best is None or error.max() < best[0]:
            best = (error.max(), solution)
        weights = weights * (error / error.max() + 1e-3)
        weights /= weights.mean()
    return best


def chebyshev(count=4000):
    k = np.arange(count)
    return np.cos((2 * k + 1) / (2 * count) * np.pi).astype(np.longdouble)


def exp2(degree=5):
    """2^f = 1 + f (E1 + f (E2 + ...)) on [-1/2, 1/2]."""
    f = chebyshev() / 2
    y = np.exp2(f)
    powers = np.stack([f**i for i in range(1, degree + 1)], 1)
    return lawson(lambda w: solve(powers, y - 1, w / y), lambda s: (1 + powers @ s) / y - 1, f, 300)


def tanh(limit=8.0, degree=4):
    """tanh x = x (1 + s (P1 + ...)) / (1 + s (Q1 + ...)), s = x^2, on (0, limit]; the constant of P comes out as 1 - 6e-9."""
    x = np.maximum((chebyshev() + 1) / 2 * limit, 1e-6)
    s, y = (x / limit) ** 2, np.tanh(x)
    numerator = np.stack([x * s**i for i in range(degree + 1)], 1)
    denominator = np.stack([s**i for i in range(1, degree + 1)], 1)
    state = {"q": np.ones_like(x)}

    def fit(weights):
        solution = solve(np.hstack([numerator, -y[:, None] * denominator]), y, weights / (y * state["q"]))
        state["q"] = 1 + denominator @ solution[degree + 1 :]
        return solution

    def error(solution):
        return numerator @ solution[: degree + 1] / ((1 + denominator @ solution[degree + 1 :]) * y) - 1

    worst, solution = lawson(fit, error, x, 600)
    scale = np.longdouble(limit) ** 2
    p = [solution[i] / scale**i for i in range(degree + 1)]
    q = [solution[degree + j] / scale**j for j in range(1, degree + 1)]
    return worst, p, q


def logarithm(degree=8):
    """log(1 + f) = f + f^2 (L0 + f (L1 + ...)) on [sqrt(1/2) - 1, sqrt(2) - 1]."""
    low, high = np.sqrt(np.longdouble(0.5)) - 1, np.sqrt(np.longdouble(2)) - 1
    f = (low + high) / 2 + chebyshev() * (high - low) / 2
    y = np.log1p(f)
    powers = np.stack([f ** (i + 2) for i in range(degree + 1)], 1)
    return lawson(lambda w: solve(powers, y - f, w / np.abs(y)), lambda s: (f + powers @ s) / y - 1, f, 300)


if __name__ == "__main__":
    worst, e = exp2()
    print("2^f:", *(f"E{i + 1} = {v:.9g}" for i, v in enumerate(e)), f"error {worst:.1e}")
    worst, p, q = tanh()
    print("tanh:", *(f"P{i} = {v:.9g}" for i, v in enumerate(p)), *(f"Q{i + 1} = {v:.9g}" for i, v in enumerate(q)), f"error {worst:.1e}")
    worst, l = logarithm()
    print("log:", *(f"L{i} = {v:.9g}" for i, v in enumerate(l)), f"error {worst:.1e}")
