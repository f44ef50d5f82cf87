"""Paths drawn as one picture: nodes in columns by their distance from the entity, relationships as arrows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup, escape

from api.web.drawings.svg import moment, short

Row = Mapping[str, Any]
WIDTH, HEIGHT, GAP_X, GAP_Y = 176, 44, 96, 26
SUBTITLE = {
    "Deal": ("stage", "amount", "state"),
    "Contact": ("title", "department"),
    "Account": ("city", "country"),
    "Outcome": ("reason", "competitor", "at"),
    "Activity": ("at", "direction"),
    "Norm": ("value", "group"),
    "Change": ("new", "at"),
    "Ticket": ("severity", "opened_at"),
    "Usage": ("active_users",),
    "Product": ("family",),
    "Measure": ("value",),
    "Lead": ("company", "source"),
    "Stage": ("state",),
    "Record": ("source", "kind"),
    "Invoice": ("amount",),
}
NOTES = {"PLAYS": ("role", "confidence"), "WORKS_AT": ("title", "to"), "ENTERED": ("at",), "FOR": ("quantity",)}
SAID = {
    "WITH": "deal with", "PLAYS": "role in", "AT": "lead at", "IS": "is the person", "ON": "about", "FOR": "asks for",
    "TO": "leads to", "OWNS": "owner of", "GREW_FROM": "grew from lead", "BILLS": "invoice of",
}  # fmt: skip
"""What a relationship is called on a picture; others by their own words."""
PAGES = {"Deal": "deals", "Account": "accounts", "Contact": "contacts", "Lead": "leads"}


@dataclass(slots=True)
class Layout:
    """Where each node stands: (column, row) by id."""

    nodes: dict[str, Row] = field(default_factory=dict)
    edges: dict[tuple[str, str, str], Row] = field(default_factory=dict)
    column: dict[str, int] = field(default_factory=dict)
    row: dict[str, int] = field(default_factory=dict)

    def place(self, id_: str) -> tuple[float, float]:
        """Upper left corner of a node."""
        return 4 + self.column[id_] * (WIDTH + GAP_X), 8 + self.row[id_] * (HEIGHT + GAP_Y)


def lay_out(paths: Sequence[Row]) -> Layout:
    """Nodes of all paths, each once: its column is its distance from the first, its row the next one free there."""
    found = Layout()
    near: dict[str, set[str]] = {}
    for path in paths:
        for node in path["nodes"]:
            found.nodes.setdefault(node["id"], node)
            near.setdefault(node["id"], set())
        for edge in path["relationships"]:
            if edge["from"] in found.nodes and edge["to"] in found.nodes:
                found.edges.setdefault((edge["from"], edge["to"], edge["type"]), edge)
                near[edge["from"]].add(edge["to"])
                near[edge["to"]].add(edge["from"])
    if not found.nodes:
        return found
    front = [next(iter(found.nodes))]
    found.column[front[0]] = 0
    while front:
        following = []
        for id_ in front:
            for other in sorted(near[id_] - found.column.keys(), key=list(found.nodes).index):
                found.column[other] = found.column[id_] + 1
                following.append(other)
        front = following
    last = max(found.column.values())
    taken: dict[int, int] = {}
    for id_ in found.nodes:
        column = found.column.setdefault(id_, last + 1)  # a norm hangs on no relationship
        found.row[id_] = taken.get(column, 0)
        taken[column] = found.row[id_] + 1
    return found


def drawing(paths: Sequence[Row]) -> Markup:
    """The paths of one reason as one SVG."""
    found = lay_out(paths)
    if not found.nodes:
        return Markup("")
    width = (max(found.column.values()) + 1) * (WIDTH + GAP_X) - GAP_X + 8
    height = (max(found.row.values()) + 1) * (HEIGHT + GAP_Y) + 14
    arrow = '<marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
    parts = [
        f'<svg class="paths" viewBox="0 0 {width} {height}" width="{width}" role="img" aria-label="Paths">',
        f'<defs>{arrow}<path d="M0,0 L8,4 L0,8 z"/></marker></defs>',
        *(_edge(found, key, edge) for key, edge in found.edges.items()),
        *(_node(found, id_, node, first=i == 0) for i, (id_, node) in enumerate(found.nodes.items())),
    ]
    return Markup("".join(parts) + "</svg>")  # noqa: S704 (every text in it went through escape)


def _edge(found: Layout, key: tuple[str, str, str], edge: Row) -> str:
    start, end = key[0], key[1]
    (x1, y1), (x2, y2) = found.place(start), found.place(end)
    y1, y2 = y1 + HEIGHT / 2, y2 + HEIGHT / 2
    if found.column[start] == found.column[end]:
        bend = x1 + WIDTH + 40
        shape = f"M{x1 + WIDTH},{y1} C{bend},{y1} {bend},{y2} {x2 + WIDTH},{y2}"
        at_x, at_y = bend - 4, (y1 + y2) / 2
    else:
        x1, x2 = (x1 + WIDTH, x2) if x1 < x2 else (x1, x2 + WIDTH)
        middle = (x1 + x2) / 2
        shape = f"M{x1},{y1} C{middle},{y1} {middle},{y2} {x2},{y2}"
        # parallel curves leave one another late: the label stands where this one already went its own way
        far = 0.5 if y1 == y2 else 0.62 if found.column[start] < found.column[end] else 0.38
        at_x, at_y = x1 + (x2 - x1) * 0.5, y1 + (y2 - y1) * (far if y1 != y2 else 0)
    said, note = SAID.get(edge["type"], edge["type"].replace("_", " ").lower()), _note(edge)
    return (
        f'<path class="edge" d="{shape}" marker-end="url(#tip)"/>'
        f'<text class="type" x="{at_x:.0f}" y="{at_y - 5:.0f}" text-anchor="middle">{escape(said)}</text>'
        f'<text class="note" x="{at_x:.0f}" y="{at_y + 12:.0f}" text-anchor="middle">{escape(short(note, 20))}</text>'
    )


def _note(edge: Row) -> str:
    properties = {p["name"]: p["value"] for p in edge.get("properties", [])}
    said = [_readable(name, properties[name]) for name in NOTES.get(edge["type"], ()) if name in properties]
    if not said and edge.get("at"):
        return f"{moment(edge['at']):%-d %b %Y}"
    return " ".join(said)


def _readable(name: str, value: str) -> str:
    if name in {"at", "to", "opened_at"}:
        day = f"{moment(value):%-d %b %Y}"
        return f"to {day}" if name == "to" else day
    return value.replace("_", " ")


def _node(found: Layout, id_: str, node: Row, *, first: bool) -> str:
    x, y = found.place(id_)
    properties = {p["name"]: p["value"] for p in node["properties"]}
    said = [_readable(name, properties[name]) for name in SUBTITLE.get(node["label"], ()) if properties.get(name)]
    name = node["name"].replace("_", " ")
    if node["label"] in {"Outcome", "Activity", "Norm", "Change"}:
        name = name.capitalize()
    elif node["label"] == "Attributes":
        name = "Columns of your own"
    kind = "anchor" if first else f"kind-{node['label'].lower()}"
    body = (
        f"<title>{escape(node['label'])}: {escape(name)}</title>"
        f'<rect class="node {kind}" x="{x}" y="{y}" width="{WIDTH}" height="{HEIGHT}" rx="8"/>'
        f'<text class="name" x="{x + WIDTH / 2}" y="{y + 18}" text-anchor="middle">{escape(short(name, 23))}</text>'
        f'<text class="sub" x="{x + WIDTH / 2}" y="{y + 33}" text-anchor="middle">'
        f"{escape(short(' · '.join([node['label'].lower(), *said]), 30))}</text>"
    )
    page = PAGES.get(node["label"])
    return f'<a href="/{page}/{escape(id_)}">{body}</a>' if page and not first else f"<g>{body}</g>"
