"""The served model: tables of contributions in log-odds, evaluated with numpy alone.

log_odds(x) = base + Σ_f curve_f(x_f) + Σ_(a,b) grid_ab(x_a, x_b). A curve is a sum of pieces of one feature (piecewise
linear for the scorecard and the rules, steps for boosting) or a list of levels, and every curve has a level for
missing.
Nothing else is needed to answer a score, so a reader of scores imports no scikit-learn, interpret or pandas.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from kg.errors import IntegrityError

Floats = NDArray[np.float64]
Column = NDArray[Any]
Frame = Mapping[str, Column]
"""One column a feature: float64 with NaN for missing, or object (text) with None for missing."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A function of one number. `linear`: interpolated between knots, flat outside; `steps`: values[i] below knots[i].

    `scale` > 0 first maps x to sign(x)·log(1 + |x| / scale), for amounts and head counts.
    """

    kind: Literal["linear", "steps"]
    knots: tuple[float, ...]
    values: tuple[float, ...]
    scale: float = 0.0

    def __post_init__(self) -> None:
        expected = len(self.knots) + (self.kind == "steps")
        if len(self.values) != expected or not self.values:
            raise IntegrityError(f"a {self.kind} piece has {len(self.knots)} knots and {len(self.values)} values")

    def __call__(self, x: Floats) -> Floats:
        """Values at x (no missing among them)."""
        t = squash(x, self.scale)
        if self.kind == "linear":
            return np.asarray(np.interp(t, self.knots, self.values), dtype=np.float64)
        return np.asarray(self.values, dtype=np.float64)[np.digitize(t, self.knots)]


@dataclass(frozen=True, slots=True)
class Curve:
    """What one feature adds: pieces of a number or levels of a text; `missing` and `other` (unseen text) are levels."""

    pieces: tuple[Piece, ...] = ()
    levels: Mapping[str, float] = field(default_factory=dict)
    missing: float = 0.0
    other: float = 0.0
    categorical: bool = False

    def __call__(self, column: Column) -> Floats:
        """One value a row."""
        if self.categorical:
            known: dict[Any, float] = {**self.levels, None: self.missing}
            return np.array([known.get(v, self.other) for v in column.tolist()], dtype=np.float64)
        x = column.astype(np.float64)
        out = np.full(x.shape, self.missing)
        there = ~np.isnan(x)
        if self.pieces:
            out[there] = np.sum([piece(x[there]) for piece in self.pieces], axis=0)
        else:
            out[there] = self.other
        return out

    def scaled(self, by: float) -> "Curve":
        """Every value times `by`."""
        return Curve(
            tuple(replace(p, values=tuple(v * by for v in p.values)) for p in self.pieces),
            {k: v * by for k, v in self.levels.items()},
            self.missing * by,
            self.other * by,
            self.categorical,
        )

    def shifted(self, by: float) -> "Curve":
        """Every value plus `by`."""
        first = self.pieces[:1]
        moved = tuple(replace(p, values=tuple(v + by for v in p.values)) for p in first)
        return Curve(
            moved + self.pieces[1:],
            {k: v + by for k, v in self.levels.items()},
            self.missing + by,
            self.other + by,
            self.categorical,
        )

    def plus(self, that: "Curve") -> "Curve":
        """The sum of two curves of one feature."""
        if self.categorical != that.categorical:
            raise IntegrityError("a curve of numbers and a curve of texts cannot be added")
        mine, theirs = self, that
        if not self.categorical:  # a curve without pieces is a constant; give it one so that both add up
            mine, theirs = _with_piece(self), _with_piece(that)
        names = [*mine.levels, *(k for k in theirs.levels if k not in mine.levels)]
        levels = {k: mine.levels.get(k, mine.other) + theirs.levels.get(k, theirs.other) for k in names}
        return Curve(
            mine.pieces + theirs.pieces,
            levels,
            mine.missing + theirs.missing,
            mine.other + theirs.other,
            self.categorical,
        )


@dataclass(frozen=True, slots=True)
class Axis:
    """How one side of a pair finds its row: cuts of a number or levels of a text; 0 is missing, the last is unseen
    text.
    """

    feature: str
    cuts: tuple[float, ...] = ()
    levels: tuple[tuple[str, int], ...] = ()
    categorical: bool = False

    def index(self, column: Column) -> NDArray[np.int64]:
        """Row numbers in the grid."""
        if self.categorical:
            places: dict[Any, int] = dict(self.levels)
            last = 1 + max(places.values(), default=0)
            places[None] = 0
            return np.array([places.get(v, last) for v in column.tolist()], dtype=np.int64)
        x = column.astype(np.float64)
        found = np.digitize(np.nan_to_num(x), self.cuts) + 1
        return np.where(np.isnan(x), 0, found).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Pair:
    """What two features add together: grid[row of a][row of b]."""

    a: Axis
    b: Axis
    grid: tuple[tuple[float, ...], ...]

    def __call__(self, frame: Frame) -> Floats:
        """One value a row."""
        table = np.asarray(self.grid, dtype=np.float64)
        return np.asarray(table[self.a.index(frame[self.a.feature]), self.b.index(frame[self.b.feature])])

    def scaled(self, by: float) -> "Pair":
        """Every value times `by`."""
        return replace(self, grid=tuple(tuple(v * by for v in row) for row in self.grid))

    def shifted(self, by: float) -> "Pair":
        """Every value plus `by`."""
        return replace(self, grid=tuple(tuple(v + by for v in row) for row in self.grid))


@dataclass(frozen=True, slots=True)
class Tables:
    """A whole additive model. `variance` has, per feature, the variance of its contribution; see `intervals`."""

    base: float
    curves: Mapping[str, Curve]
    pairs: tuple[Pair, ...] = ()
    variance: Mapping[str, Curve] = field(default_factory=dict)
    base_variance: float = 0.0

    @property
    def terms(self) -> list[tuple[str, str]]:
        """(feature, second feature or empty) of each column of `contributions`."""
        return [(name, "") for name in self.curves] + [(p.a.feature, p.b.feature) for p in self.pairs]

    def contributions(self, frame: Frame) -> Floats:
        """Matrix rows × terms of contributions in log-odds."""
        columns = [curve(frame[name]) for name, curve in self.curves.items()]
        columns += [pair(frame) for pair in self.pairs]
        rows = len(next(iter(frame.values()))) if frame else 0
        return np.column_stack(columns) if columns else np.zeros((rows, 0))

    def log_odds(self, frame: Frame) -> Floats:
        """Base + Σ contributions, one a row."""
        return np.asarray(self.base + self.contributions(frame).sum(axis=1))

    def log_odds_variance(self, frame: Frame) -> Floats:
        """Variance of the log-odds from what the training data left open, one a row."""
        rows = len(next(iter(frame.values())))
        total = np.full(rows, self.base_variance)
        for name, curve in self.variance.items():
            total += np.maximum(curve(frame[name]), 0.0)
        return total

    def scaled(self, by: float) -> "Tables":
        """The model times `by`, base included."""
        return Tables(
            self.base * by,
            {k: c.scaled(by) for k, c in self.curves.items()},
            tuple(p.scaled(by) for p in self.pairs),
            {k: c.scaled(by * by) for k, c in self.variance.items()},
            self.base_variance * by * by,
        )

    def plus(self, that: "Tables") -> "Tables":
        """The sum of two additive models is additive."""
        curves = dict(self.curves)
        for name, curve in that.curves.items():
            curves[name] = curves[name].plus(curve) if name in curves else curve
        variance = dict(self.variance)
        for name, curve in that.variance.items():
            variance[name] = variance[name].plus(curve) if name in variance else curve
        return Tables(
            self.base + that.base,
            curves,
            self.pairs + that.pairs,
            variance,
            self.base_variance + that.base_variance,
        )

    def shifted(self, by: float) -> "Tables":
        """The model with `by` added to its base."""
        return replace(self, base=self.base + by)

    def centred(self, frame: Frame, weight: Floats) -> "Tables":
        """The same function with every contribution averaging zero over these rows; the means join the base."""
        share = weight / weight.sum()
        means = share @ self.contributions(frame)
        names = list(self.curves)
        curves = {name: self.curves[name].shifted(-means[i]) for i, name in enumerate(names)}
        pairs = tuple(p.shifted(-means[len(names) + i]) for i, p in enumerate(self.pairs))
        return replace(self, base=float(self.base + means.sum()), curves=curves, pairs=pairs)

    def as_json(self) -> dict[str, Any]:
        """Plain lists and numbers; floats survive JSON exactly."""
        return {
            "base": self.base,
            "base_variance": self.base_variance,
            "curves": {k: _curve_json(c) for k, c in self.curves.items()},
            "variance": {k: _curve_json(c) for k, c in self.variance.items()},
            "pairs": [
                {"a": _axis_json(p.a), "b": _axis_json(p.b), "grid": [list(r) for r in p.grid]} for p in self.pairs
            ],
        }

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> "Tables":
        """The inverse of `as_json`."""
        return Tables(
            float(data["base"]),
            {k: _curve_from(c) for k, c in data["curves"].items()},
            tuple(
                Pair(_axis_from(p["a"]), _axis_from(p["b"]), tuple(tuple(r) for r in p["grid"])) for p in data["pairs"]
            ),
            {k: _curve_from(c) for k, c in data["variance"].items()},
            float(data["base_variance"]),
        )


def squash(x: Floats, scale: float) -> Floats:
    """sign(x)·log(1 + |x| / scale), or x itself where scale is 0."""
    return np.sign(x) * np.log1p(np.abs(x) / scale) if scale > 0 else x


def probability(log_odds: Floats) -> Floats:
    """1 / (1 + exp(−log_odds)), without overflow."""
    z = np.clip(log_odds, -700, 700)
    return np.asarray(1.0 / (1.0 + np.exp(-z)))


def frame_of(columns: Mapping[str, Sequence[float | str | None]], categorical: frozenset[str]) -> dict[str, Column]:
    """Columns as `kg.features.extract` gives them → a Frame."""
    frame: dict[str, Column] = {}
    for name, values in columns.items():
        if name in categorical:
            cells = np.empty(len(values), dtype=object)
            cells[:] = [None if v is None else str(v) for v in values]
            frame[name] = cells
        else:
            frame[name] = np.array([np.nan if v is None else float(v) for v in values], dtype=np.float64)
    return frame


def _with_piece(curve: Curve) -> Curve:
    return curve if curve.pieces else replace(curve, pieces=(Piece("steps", (), (curve.other,)),))


def _curve_json(c: Curve) -> dict[str, Any]:
    return {
        "categorical": c.categorical,
        "missing": c.missing,
        "other": c.other,
        "levels": dict(c.levels),
        "pieces": [
            {"kind": p.kind, "knots": list(p.knots), "values": list(p.values), "scale": p.scale} for p in c.pieces
        ],
    }


def _curve_from(d: Mapping[str, Any]) -> Curve:
    pieces = tuple(Piece(p["kind"], tuple(p["knots"]), tuple(p["values"]), float(p["scale"])) for p in d["pieces"])
    return Curve(pieces, dict(d["levels"]), float(d["missing"]), float(d["other"]), bool(d["categorical"]))


def _axis_json(a: Axis) -> dict[str, Any]:
    return {
        "feature": a.feature,
        "cuts": list(a.cuts),
        "levels": [list(x) for x in a.levels],
        "categorical": a.categorical,
    }


def _axis_from(d: Mapping[str, Any]) -> Axis:
    return Axis(d["feature"], tuple(d["cuts"]), tuple((str(k), int(i)) for k, i in d["levels"]), bool(d["categorical"]))
