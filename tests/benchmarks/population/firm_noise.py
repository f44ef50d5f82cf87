"""How the names of organisations and sites go wrong, or are merely written otherwise."""

import random

from tests.benchmarks.population import words
from tests.benchmarks.population.lands import Land
from tests.benchmarks.population.letters import slip
from tests.benchmarks.population.mention import Facts


def legal_changed(facts: Facts, land: Land, rng: random.Random, likes) -> None:
    """The legal form left out, spelt out or mistaken."""
    name, parts = facts["name"], facts["name"].split(" ")
    for group in words.SAME_LEGAL:
        for form in sorted(group, key=len, reverse=True):
            if name.endswith(" " + form):
                other = rng.choice([new for new in group if new != form])
                bare = name.removesuffix(form).rstrip(" ,")
                facts["name"] = bare if rng.random() < 0.5 else f"{bare}{'' if other[0] == ',' else ' '}{other}"
                return
    if facts["legal"] and facts["legal"] in parts:
        facts["name"] = " ".join(part for part in parts if part != facts["legal"])
    elif rng.random() < 0.5:
        facts["name"] = f"{name} {rng.choice(words.LEGAL.get(land.language, ('',))[:3])}".strip()


def the(facts: Facts, land: Land, rng: random.Random, likes) -> None:
    """With or without the article, or behind a comma as in an index; where the language has none, a slip."""
    name = facts["name"]
    if land.language != "en":
        slip_name(facts, land, rng, likes)
    elif name.startswith("The ") or name.endswith(", The"):
        facts["name"] = name.removeprefix("The ").removesuffix(", The")
    else:
        facts["name"] = rng.choice((f"The {name}", f"The {name}", f"{name}, The"))


def shortened(facts: Facts, land: Land, rng: random.Random, likes) -> None:
    """A word abbreviated."""
    parts = facts["name"].split()
    places = [n for n, part in enumerate(parts) if part in words.ORG_SHORT]
    if places:
        n = rng.choice(places)
        parts[n] = rng.choice(words.ORG_SHORT[parts[n]])
    elif len(parts) > 1:
        n = rng.randrange(len(parts))
        parts[n] = parts[n][: rng.randint(3, 5)] + "." if len(parts[n]) > 6 else parts[n]
    facts["name"] = " ".join(parts)


def word_gone(facts: Facts, land: Land, rng: random.Random, likes) -> None:
    """A word left out, mostly a later one."""
    parts = facts["name"].split()
    if len(parts) > 2:
        parts.pop(rng.randrange(1, len(parts)) if rng.random() < 0.9 else 0)
    facts["name"] = " ".join(parts)


def word_added(facts: Facts, land: Land, rng: random.Random, likes) -> None:
    """A word more: of the group, the town, the trade."""
    city = facts.get("city", "")
    added = words.listed("added", land.language) or (city,)
    if "trade" in facts and land.language == "en":
        added = words.listed("site_added", facts["trade"])
    more = rng.choice((rng.choice(added), rng.choice(added), city, f"({city})", f"- {city}"))
    if more.strip(" -()") and more not in facts["name"]:
        facts["name"] = f"{facts['name']} {more}"


def room_added(facts: Facts, land: Land, rng: random.Random, likes) -> None:
    """A department before or behind the name."""
    rooms = words.listed("rooms", land.language)
    if rooms and not any(room in facts["name"] for room in rooms):
        room, name = rng.choice(rooms), facts["name"]
        facts["name"] = rng.choice((f"{room}, {name}", f"{name}, {room}", f"{name} - {room}"))
    else:
        slip_name(facts, land, rng, likes)


def acronym(facts: Facts, land: Land, rng: random.Random, likes) -> None:
    """The first letters, alone or in brackets."""
    base = facts["base"].split()
    letters = "".join(part[0] for part in base if part[0].isupper())
    if len(letters) > 2 and rng.random() < 0.5:
        facts["name"] = letters
    elif len(letters) > 1:
        facts["name"] = f"{facts['name']} ({letters})"


def represented(facts: Facts, land: Land, rng: random.Random, likes) -> None:
    """An office that speaks for it, or a second name."""
    if land.language == "en" and len(facts["name"]) < 50:
        form = rng.choice(words.listed("represented"))
        facts["name"] = form.format(n=facts["name"], w=facts["base"].split()[0], f=land.families.pick(rng))
    else:
        legal_changed(facts, land, rng, likes)


def turned(facts: Facts, land: Land, rng: random.Random, likes) -> None:
    """The words in another order: University of X, X University; Smith, Miller."""
    base = facts["name"]
    if " of " in base:
        left, right = base.split(" of ", 1)
        facts["name"] = rng.choice((f"{right} {left}", f"{right}, {left} of"))
    elif " & " in base:
        left, right = base.split(" & ", 1)
        facts["name"] = f"{right} & {left}"
    else:
        parts = base.split()
        cut = rng.randint(1, len(parts)) if len(parts) < 4 else 0
        facts["name"] = " ".join(parts[cut:] + parts[:cut])


def slip_name(facts: Facts, land: Land, rng: random.Random, likes) -> None:
    """A typing mistake."""
    facts["name"] = slip(facts["name"], likes.slips, rng)


def joined(facts: Facts, land: Land, rng: random.Random, likes) -> None:
    """Two words as one, points and hyphens gone or come."""
    changes = ((" ", ""), (".", ""), (" ", "-"), ("-", " "), ("'s", "s"), (",", ""), (" & ", "&"), (" & ", " and "))
    fitting = [change for change in changes if change[0] in facts["name"]]
    if fitting:
        facts["name"] = facts["name"].replace(*rng.choice(fitting), 1)


def branch_named(facts: Facts, land: Land, rng: random.Random, likes) -> None:
    """A site's number or place left out, an organisation's branch added."""
    parts = facts["name"].split()
    if "owner" in facts:
        numbered = len(parts) > 1 and parts[-1].strip("#").isdigit()
        facts["name"] = " ".join(parts[:-1] if numbered else parts)
    elif land.language == "en" and facts["name"] == facts["base"]:
        facts["name"] += rng.choice((" #12", " North", " - West Branch", " (HQ)", " 2", " Plant 3", " East"))
    else:
        legal_changed(facts, land, rng, likes)


def owner_named(facts: Facts, land: Land, rng: random.Random, likes) -> None:
    """A site under its owner's name, or with it."""
    if facts.get("owner", facts["name"]) != facts["name"]:
        facts["name"] = rng.choice(
            (f"{facts['owner']} {facts['name']}", f"{facts['name']} ({facts['owner']})", facts["owner"])
        )
    else:
        facts["name"] = facts["base"]


FIRM = (
    legal_changed,
    the,
    shortened,
    word_gone,
    word_added,
    room_added,
    acronym,
    represented,
    turned,
    slip_name,
    joined,
    branch_named,
)
SITE = (the, shortened, word_gone, word_added, turned, slip_name, joined, branch_named, owner_named)
