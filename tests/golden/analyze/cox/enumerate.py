"""Answers the Cox golden cases by the definition: at each event time the risk set is listed row by row,
and the likelihood, its slope and its curvature are summed over it. Slow, without any of the short cuts of
src/analyze, and shares no code with it. Run from anywhere: python3 enumerate.py CASE_FOLDER
Writes expected.json. Needs nothing but Python 3."""
import csv, json, math, pathlib, sys


def derivatives(rows, beta, ties):
    p = len(beta)
    value, slope, curve = 0.0, [0.0] * p, [[0.0] * p for _ in range(p)]
    moments = sorted({(r["stratum"], r["stop"]) for r in rows if r["event"]})
    for stratum, time in moments:
        risk = [r for r in rows if r["stratum"] == stratum and r["start"] < time <= r["stop"]]
        dead = [r for r in risk if r["event"] and r["stop"] == time]
        weight = lambda r: math.exp(sum(b * x for b, x in zip(beta, r["x"])))
        for r in dead:
            value += sum(b * x for b, x in zip(beta, r["x"]))
            slope = [s + x for s, x in zip(slope, r["x"])]
        for k in range(len(dead)):
            gone = k / len(dead) if ties == "efron" else 0.0
            part = [(r, weight(r) * (1 - gone if r in dead else 1)) for r in risk]
            total = math.fsum(w for _, w in part)
            mean = [math.fsum(w * r["x"][a] for r, w in part) / total for a in range(p)]
            value -= math.log(total)
            for a in range(p):
                slope[a] -= mean[a]
                for b in range(p):
                    curve[a][b] += math.fsum(w * (r["x"][a] - mean[a]) * (r["x"][b] - mean[b]) for r, w in part) / total
    return value, slope, curve


def inverse(matrix):
    p = len(matrix)
    wide = [row[:] + [1.0 if i == j else 0.0 for j in range(p)] for i, row in enumerate(matrix)]
    for i in range(p):
        best = max(range(i, p), key=lambda k: abs(wide[k][i]))
        wide[i], wide[best] = wide[best], wide[i]
        wide[i] = [v / wide[i][i] for v in wide[i]]
        for k in range(p):
            if k != i:
                wide[k] = [a - wide[k][i] * b for a, b in zip(wide[k], wide[i])]
    return [row[p:] for row in wide]


folder = pathlib.Path(sys.argv[1])
options = json.loads((folder / "options.json").read_text())
rows = []
for line in csv.DictReader((folder / "input.csv").open()):
    rows.append({"x": [float(line[c]) for c in options["covariates"]], "stop": float(line[options["stop"]]),
                 "start": float(line[options["start"]]) if "start" in options else -math.inf,
                 "event": int(line[options["event"]]), "stratum": line[options["stratum"]] if "stratum" in options else ""})
beta = [0.0] * len(options["covariates"])
null, score, information = derivatives(rows, beta, options["ties"])
product = lambda v, m: sum(a * sum(x * b for x, b in zip(row, v)) for a, row in zip(v, m))
expected = {"log_likelihood_null": null, "score_chi_square": product(score, inverse(information))}
for _ in range(30):
    value, slope, curve = derivatives(rows, beta, options["ties"])
    beta = [b + sum(v * s for v, s in zip(row, slope)) for b, row in zip(beta, inverse(curve))]
value, slope, curve = derivatives(rows, beta, options["ties"])
assert max(map(abs, slope)) < 1e-9
covariance = inverse(curve)
expected |= {"log_likelihood": value, "wald_chi_square": product(beta, curve),
             "log_hazard_ratio": dict(zip(options["covariates"], beta)),
             "standard_error": {c: math.sqrt(covariance[i][i]) for i, c in enumerate(options["covariates"])},
             "covariance": covariance}
(folder / "expected.json").write_text(json.dumps(expected, indent=2) + "\n")
