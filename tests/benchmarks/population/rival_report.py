"""What a file of figures says: means, paired differences from each rival, strata where we lose, and our worst files."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import t

from tests.benchmarks.population.problem import STRATA

OURS = "ours"
FIGURE = "b_cubed_f1"
EXPECTED = tuple(f"{name}_{part}" for name in ("precision", "recall") for part in ("expected", "low", "high"))
"""Columns of what our answer says of itself without the truth."""
LOST = -0.01
"""A stratum where we are behind the best rival by more than this is marked."""
CROSSED = (("subject", "size"), ("subject", "noise"))
WORST = 0.1


def report(path: Path) -> str:
    """The whole report on a file of figures, as text."""
    lines, mixed = one_drawing(pd.read_csv(path, dtype={"seed": int, "error": str, "drawn": str}))
    scores = table(lines)
    parts = [_means(lines)]
    if set(EXPECTED) <= set(lines.columns) and (said := _expected(lines.dropna(subset=list(EXPECTED)))):
        parts.append(said)
    if mixed:
        parts.append(f"{mixed} seeds are left out: their lines come from different drawings; compute them --again")
    rivals = [method for method in scores.columns if method != OURS]
    if OURS in scores and rivals:
        scores = scores.dropna()
        parts += [_differences(scores, rivals), _strata(scores, rivals), _worst(scores)]
    return "\n\n".join(parts)


def one_drawing(lines: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """The lines of the seeds that were drawn alike for all their methods, and how many seeds were not."""
    drawings = lines.groupby("seed")["drawn"].transform("nunique")
    return lines[drawings <= 1], int(lines.loc[drawings > 1, "seed"].nunique())


def table(lines: pd.DataFrame) -> pd.DataFrame:
    """A row a file (its seed, strata and records), a column a method, of B-cubed F1."""
    texts = lines.assign(**{name: lines[name].astype(str) for name in STRATA})
    return texts.pivot_table(index=["seed", *STRATA, "records"], columns="method", values=FIGURE)


def interval(differences: np.ndarray) -> tuple[float, float, float]:
    """The mean and its 95 % interval by Student's t over files; of a single file the interval is unknown."""
    n = len(differences)
    mean = float(np.mean(differences))
    if n < 2:
        return mean, float("nan"), float("nan")
    half = float(t.ppf(0.975, n - 1) * np.std(differences, ddof=1) / np.sqrt(n))
    return mean, mean - half, mean + half


def _means(lines: pd.DataFrame) -> str:
    said = ["B-cubed F1, mean over files"]
    for method, part in lines.groupby("method"):
        values = part[FIGURE]
        error = values.std(ddof=1) / np.sqrt(len(values)) if len(values) > 1 else float("nan")
        pairs = " ".join(f"{part[f'pair_{name}'].mean():.4f}" for name in ("precision", "recall", "f1"))
        said.append(
            f"  {method:8} {values.mean():.4f} ± {error:.4f}  {len(values)} files, pairs P/R/F1 {pairs}, "
            f"{part['seconds'].mean():.1f} s (most {part['seconds'].max():.0f}), failed {part['error'].notna().sum()}"
        )
    return "\n".join(said)


def _expected(lines: pd.DataFrame) -> str:
    """How often the truth lies in the intervals that our answers give, and how wide these are."""
    if lines.empty:
        return ""
    both = pd.Series(data=True, index=lines.index)
    said = []
    for name in ("precision", "recall"):
        truth, low, high = lines[f"pair_{name}"], lines[f"{name}_low"], lines[f"{name}_high"]
        inside = (low <= truth) & (truth <= high)
        both &= inside
        error = (lines[f"{name}_expected"] - truth).abs().mean()
        said.append(f"  {name:9} inside {inside.mean():.0%}, width {(high - low).mean():.3f}, error {error:.3f}")
    head = (
        f"What ours expects of itself, {len(lines)} files: both true figures in their 80 % intervals {both.mean():.0%}"
    )
    return "\n".join([head, *said])


def _differences(scores: pd.DataFrame, rivals: Sequence[str]) -> str:
    said = [f"Ours minus each rival, {len(scores)} files with figures of all methods, 95 % interval"]
    for rival in rivals:
        gap = (scores[OURS] - scores[rival]).to_numpy()
        said.append(f"  {rival:8} {_gap(gap)}  ahead in {np.mean(gap > 0):.0%}, behind in {np.mean(gap < 0):.0%}")
    return "\n".join(said)


def _gap(gap: np.ndarray) -> str:
    mean, low, high = interval(gap)
    return f"{mean:+.4f} ({low:+.4f} to {high:+.4f})"


def strata_of(scores: pd.DataFrame, rivals: Sequence[str]) -> Iterator[tuple[str, pd.DataFrame, str]]:
    """(name, scores, best rival) of each stratum; the best rival is the one with the highest mean in it."""
    for names in [(name,) for name in STRATA] + list(CROSSED):
        for values, part in scores.groupby([scores.index.get_level_values(name) for name in names]):
            told = values if isinstance(values, tuple) else (values,)
            label = " × ".join(f"{name} {value}" for name, value in zip(names, told, strict=True))
            yield label, part, str(part[list(rivals)].mean().idxmax())


def _strata(scores: pd.DataFrame, rivals: Sequence[str]) -> str:
    methods = [OURS, *rivals]
    said = [f"By stratum: files, {' '.join(methods)}, ours minus the best rival there ({LOST} and less is marked <<)"]
    for label, part, best in strata_of(scores, rivals):
        means = " ".join(f"{part[method].mean():.4f}" for method in methods)
        gap = (part[OURS] - part[best]).to_numpy()
        mark = "  <<" if gap.mean() < LOST else ""
        said.append(f"  {label:44} {len(part):4}  {means}  {_gap(gap)} {best}{mark}")
    return "\n".join(said)


def _worst(scores: pd.DataFrame) -> str:
    last = scores.sort_values(OURS).head(max(1, int(np.ceil(len(scores) * WORST))))
    said = ["Our worst tenth of the files"]
    for key, row in last.iterrows():
        seed, *strata, records = key
        figures = ", ".join(f"{method} {row[method]:.4f}" for method in [OURS, *scores.columns.drop(OURS)])
        said.append(f"  seed {seed} ({', '.join(strata)}, {records} records): {figures}")
    return "\n".join(said)
