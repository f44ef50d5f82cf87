"""GraphQL over HTTP, one client: milliseconds of the five main operations, at the 50th and 95th percentile."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).parent.parent.parent
REQUESTS = 100
WARM = 10
FIRST = "{ deals(first: 1, orderBy: {score: DESC}) { edges { node { id account { id } } } } }"
OPERATIONS = {
    "deal with score": "query($deal: ID!) { deal(id: $deal) { name score { value low high } account { name } } }",
    "score with reasons and paths": (
        "query($deal: ID!) { deal(id: $deal) { score { value contributions(first: 5) "
        "{ sentence logOdds paths(first: 2) { sentence nodes { id label } } } } } }"
    ),
    "25 deals by score": (
        "{ deals(first: 25, orderBy: {score: DESC}) { edges { node { name account { name } score { value } } } } }"
    ),
    "buying center": "query($deal: ID!) { deal(id: $deal) { buyingCenter { coverage missing { role } } } }",
    "account": "query($account: ID!) { account(id: $account) { name domain } }",
}

PATIENCE = 180
"""Seconds that an API over a large graph may take to start on a busy machine."""


def run(environment: dict[str, str]) -> dict[str, dict[str, float]]:
    """Percentiles in milliseconds by operation, of an API started for this."""
    token = subprocess.run(
        [sys.executable, "-m", "api.cli", "token", "--role", "analyst"],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=True,
    ).stdout.split()[-1]  # fmt: skip
    command = [sys.executable, "-m", "api.cli", "serve"]
    serve = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    try:
        address = f"http://127.0.0.1:{environment['DEALGRAPH_PORT']}/graphql"
        with httpx.Client(headers={"Authorization": f"Bearer {token}"}, timeout=30) as client:
            node = first_deal(client, address)
            given = {"deal": node["id"], "account": node["account"]["id"]}
            return {name: percentiles(client, address, text, given) for name, text in OPERATIONS.items()}
    finally:
        serve.terminate()
        serve.wait(20)


def first_deal(client: httpx.Client, address: str) -> dict[str, Any]:
    """The best deal, as soon as the API answers."""
    for _ in range(4 * PATIENCE):
        try:
            return dict(ask(client, address, FIRST, {})["deals"]["edges"][0]["node"])
        except httpx.TransportError:
            time.sleep(0.25)
    raise RuntimeError(f"the API did not answer within {PATIENCE} s")


def ask(client: httpx.Client, address: str, text: str, given: dict[str, str]) -> dict[str, Any]:
    """The data of one request; errors are raised."""
    wanted = {name: value for name, value in given.items() if f"${name}:" in text}
    answer = client.post(address, json={"query": text, "variables": wanted}).json()
    if answer.get("errors"):
        raise RuntimeError(str(answer["errors"][0]["message"]))
    return dict(answer["data"])


def percentiles(client: httpx.Client, address: str, text: str, given: dict[str, str]) -> dict[str, float]:
    """p50 and p95 of `REQUESTS` requests one after another."""
    times: list[float] = []
    for i in range(WARM + REQUESTS):
        begun = time.perf_counter()
        ask(client, address, text, given)
        if i >= WARM:
            times.append((time.perf_counter() - begun) * 1000)
    times.sort()
    return {"p50": times[len(times) // 2], "p95": times[int(len(times) * 0.95)]}
