"""Which attributes a file has, how its header calls them, and which of its cells are empty."""

import random
from dataclasses import dataclass

from tests.benchmarks.population.headers import styled
from tests.benchmarks.population.plan import Plan

PERSON_NAMES = (("given", "family"), ("given", "middle", "family"), ("full",), ("title", "given", "family", "suffix"))
HOMES = (
    ("address",),
    ("line", "city", "state", "zip"),
    ("house", "street", "city", "zip"),
    ("line", "city"),
    ("line", "zip"),
)
ANCHORS = {
    "persons": ("dob", "home", "phone", "email", "dob gender city", "dob gender", "employer city", "ssn"),
    "staff": ("employer work_mail", "employer city work_phone", "employer job email", "work_phone employer"),
    "documents": ("document employer city", "document employer", "document colleagues city", "document employer city"),
    "organisations": ("city", "home", "phone", "web", "vat", "email country"),
    "sites": ("home", "home phone", "home phone", "line city phone", "lat,lon city"),
    "mixed": ("home", "home phone", "phone email", "home employer"),
}
MORE = {
    "persons": "dob gender city state zip country phone mobile email job employer middle yob",
    "staff": "job city country web mobile email department state line zip",
    "documents": "year topic country state employer city colleagues middle",
    "organisations": "country state zip phone fax email industry employees contact city web vat",
    "sites": "owner phone industry employees contact web lat,lon state zip capacity",
    "mixed": "email country mobile employer job state",
}
EXTRAS = ("notes", "amount", "status", "created", "category")


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of a file: their attributes and headers, how often each is empty, and for which sources always.

    `kept` are the attributes that must not be too rare: without them nobody could tell the records apart.
    """

    attributes: tuple[str, ...]
    headers: tuple[str, ...]
    rates: dict[str, float]
    never: frozenset[tuple[int, str]]


def laid_out(plan: Plan, subject: str, scene: str, rng: random.Random) -> Layout:
    """Decide a file's columns."""
    names, kept = _identity(subject, scene, rng)
    key = scene if scene in ANCHORS else subject
    bare = scene in {"names", "affiliations"}
    share = 0.0 if bare else rng.choice((0.1, 0.3, 0.6, 0.9))
    more = [part for one in MORE[key].split() if rng.random() < share for part in one.split(",")]
    if bare and plan.strata["missing"] != "none":
        more = rng.sample(("city", "country", "web", "industry", "phone"), rng.randint(1, 2))
    extras = [part for part in EXTRAS if rng.random() < (0.1 if bare else 0.2)]
    found = list(dict.fromkeys([*names, *kept, *more, *extras]))
    if "address" in found and rng.random() < 0.8:
        found = [part for part in found if part not in {"city", "state", "zip"}]
    if "full" in found:
        found = [part for part in found if part != "middle"]
    if len(plan.sources) > 1 and rng.random() < 0.65:
        found.insert(rng.choice((0, len(found))), "source")
    if rng.random() < 0.25:
        head, tail = found[:1], found[1:]
        rng.shuffle(tail)
        found = head + tail
    headers = styled(tuple(found), plan.lands[0].language, rng)
    single = len([part for part in kept if part not in {"document", "gender", "city", "state", "zip"}]) < 2
    rates = {part: _rate(plan.strata["missing"], part in kept, single, rng) for part in found}
    rates |= {part: 0.0 for part in (*names, "source", "document", "record_type") if part in found}
    if "given" in found and plan.strata["missing"] == "most":
        rates["given"] = 0.05
    never = frozenset(
        (n, part)
        for n, source in enumerate(plan.sources)
        for part in found
        if rates[part] > 0 and part not in ("given", *kept[:2]) and rng.random() < source.gone
    )
    return Layout(tuple(found), headers, rates, never)


def _identity(subject: str, scene: str, rng: random.Random) -> tuple[list[str], list[str]]:
    """The columns of the name, and those that tell namesakes apart."""
    names = list(rng.choices(PERSON_NAMES, (5, 3, 5, 1))[0])
    if subject in {"organisations", "sites"}:
        names = ["name"]
    if subject == "mixed":
        names = {
            "typed": ["record_type", "name"],
            "split": ["record_type", "given", "family", "name_org"],
            "apart": ["given", "family", "name_org"],
            "one": ["name"],
        }[scene]
    options = ANCHORS[scene if scene in ANCHORS else subject]
    kept = rng.choice(options).split()
    if subject == "persons" and scene not in ANCHORS:
        kept = list(dict.fromkeys([*kept, *rng.choice(options).split()]))
        kept += ["dob"] if set(kept) <= {"employer", "city"} else []
    if subject == "organisations":
        kept = [] if scene in {"names", "affiliations"} else list(dict.fromkeys([*kept, *rng.choice(options).split()]))
    home = rng.choice(HOMES)
    kept = [part for one in kept for part in (home if one == "home" else one.split(","))]
    return names, list(dict.fromkeys(kept))


def _rate(missing: str, kept: bool, single: bool, rng: random.Random) -> float:
    """How often a column is empty; what alone tells namesakes apart, less often."""
    if missing == "none":
        return 0.0
    if missing == "some":
        return rng.choice((0.0, rng.uniform(0.01, 0.15), rng.uniform(0.1, 0.3))) * (0.5 if kept else 1)
    if kept:
        return rng.uniform(0.03, 0.15) if single else rng.uniform(0.05, 0.35)
    return rng.uniform(0.3, 0.85)
