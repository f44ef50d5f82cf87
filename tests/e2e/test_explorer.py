"""The explorer in a real browser: sign in, the list, a deal with its reasons and paths; nothing from elsewhere."""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Page, sync_playwright

from api.app import create_app
from api.auth import Role, make_token, signing_secret
from api.settings import ApiSettings
from kg.graph import AsyncGraph, Graph
from kg.settings import GraphSettings
from kg.store.migrate import migrate
from tests.api.world import build
from tests.conftest import EMPTY, free_port

FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-background-networking --disable-sync --disable-component-update "
    "--no-first-run"
)


@pytest.fixture(scope="module")
def site(neo4j_server: GraphSettings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The address of a running explorer over the API's small world, and a token."""
    with Graph.connect(neo4j_server) as graph:
        graph.write(EMPTY)
        migrate(graph)
        build(graph, 30)
    settings = ApiSettings(home=tmp_path_factory.mktemp("home"), port=free_port(), request_seconds=180)
    patch = pytest.MonkeyPatch()
    patch.setattr("api.app.AsyncGraph.connect", lambda: AsyncGraph(*neo4j_server.address))
    server = uvicorn.Server(uvicorn.Config(create_app(settings), port=settings.port, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    for _ in range(200):
        if server.started:
            break
        time.sleep(0.1)
    token = make_token(signing_secret(settings.secret_file), Role.ANALYST, name="browser", days=1)
    yield settings.address, token
    server.should_exit = True
    thread.join(20)
    patch.undo()


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    """A page of Debian's Chromium that may reach this machine alone; every complaint of the browser fails the test."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if found is None and not os.environ.get("CI"):
        pytest.skip("no chromium on this machine: install it to see the explorer tested")
    assert found is not None, "CI has no chromium: .ci/run installs it"
    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS.split())
        made = browser.new_page(viewport={"width": 1440, "height": 900})
        made.set_default_timeout(180_000)
        made.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        made.on("pageerror", lambda error: complaints.append(str(error)))
        made.on(
            "request",
            lambda r: None if "//127.0.0.1:" in r.url or r.url.startswith("data:") else complaints.append(r.url),
        )
        yield made
        browser.close()
    assert [c for c in complaints if "403" not in c] == []


def sign_in(page: Page, site: tuple[str, str]) -> None:
    page.goto(f"{site[0]}/")
    page.fill("#token", site[1])
    page.click("button.main")
    page.wait_for_url("**/deals")


def test_a_wrong_token_is_refused_and_a_right_one_opens_the_list(page: Page, site: tuple[str, str]) -> None:
    page.goto(f"{site[0]}/deals")
    page.fill("#token", "not a token")
    page.click("button.main")
    assert "not one of ours" in page.inner_text("[role=alert]")
    page.fill("#token", site[1])
    page.click("button.main")
    page.wait_for_url("**/deals")
    assert page.evaluate("document.cookie") == ""  # no script reads the token
    assert page.locator("tbody tr").count() == 25
    page.click("text=Next page")
    page.wait_for_url("**after=**")
    assert page.locator("tbody tr").count() == 6


def test_the_list_is_ordered_by_score_and_filtered(page: Page, site: tuple[str, str]) -> None:
    sign_in(page, site)
    shown = [int(text.split(" ")[0]) for text in page.locator("tbody td:nth-child(3) b").all_inner_texts()]
    assert len(shown) == 25
    assert shown == sorted(shown, reverse=True)
    page.fill("input[name=text] >> nth=1", "route")
    page.click("text=Show")
    page.wait_for_url("**text=route**")
    assert page.locator("tbody tr").count() == 1


def test_a_click_on_a_reason_shows_its_paths(page: Page, site: tuple[str, str]) -> None:
    sign_in(page, site)
    page.click("text=Route planning")
    page.wait_for_selector("svg.waterfall")
    assert page.locator("svg.waterfall a.step").count() == 13
    assert page.locator(".reason.chosen").count() == 1
    third = page.locator("svg.waterfall a.step").nth(2)
    said = third.locator("title").text_content() or ""
    third.click()
    chosen = page.locator(".reason.chosen")
    assert chosen.count() == 1
    assert said.rpartition(" (")[0] in chosen.inner_text()
    assert chosen.locator("svg.paths rect.node").count() >= 1
    assert "reason-2" in page.url
    for part in ("#score", "#timeline", "#similar", "#buying-center"):
        assert page.locator(part).inner_text().strip()
    assert page.locator("#buying-center .seat.missing").count() >= 1
    assert page.locator("svg.history").count() == 1


def test_the_way_to_an_account_and_a_contact(page: Page, site: tuple[str, str]) -> None:
    sign_in(page, site)
    page.goto(f"{site[0]}/deals/D1")
    page.click("h1 a")
    page.wait_for_url("**/accounts/norrland")
    assert "Mara" in page.inner_text("main")
    page.click("main >> text=Mara")
    page.wait_for_url("**/contacts/mara")
    assert "champion" in page.inner_text("main")
    for path in (
        "/leads",
        "/leads/L1",
        "/accounts",
        "/segments",
        "/forecast",
        "/review",
        "/models",
        "/models/deal_win",
        "/search?text=norr",
    ):
        assert page.goto(site[0] + path).status == 200  # type: ignore[union-attr]


def test_it_works_without_scripts_and_on_a_small_screen(site: tuple[str, str]) -> None:
    found = shutil.which("chromium")
    assert found or not os.environ.get("CI")
    if found is None:
        pytest.skip("no chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS.split())
        context = browser.new_context(java_script_enabled=False, viewport={"width": 420, "height": 900})
        page = context.new_page()
        page.set_default_timeout(180_000)
        sign_in(page, site)
        page.goto(f"{site[0]}/deals/D1#reason-1")
        assert page.locator("#reason-1").is_visible()
        browser.close()


def test_a_used_port_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    from api.jobs.process import check_port
    from kg.errors import ServerError

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(ServerError, match="used by another program"):
            check_port(ApiSettings(port=taken.getsockname()[1]))


def test_the_identity_of_an_account_and_why_two_records_are_not_one(page: Page, site: tuple[str, str]) -> None:
    sign_in(page, site)
    page.goto(f"{site[0]}/accounts/norrland-old")  # an id that was given up
    panel = page.locator("#identity")
    assert "3 source records, joined in 2 steps" in panel.inner_text()
    assert panel.locator("details").count() == 2
    assert panel.locator("svg.weights").first.is_visible()
    assert "same phone" in (panel.locator("svg.weights").first.text_content() or "")
    panel.locator("details >> nth=1").click()
    panel.locator("a", has_text="web:W-1").click()
    page.wait_for_url("**/why?**")
    assert "one entity" in page.inner_text("#identity")
    page.fill("input[name=a]", "crm:A-1")
    page.fill("input[name=b]", "crm:A-2")
    page.click("text=Explain")
    page.wait_for_url("**A-2**")
    assert "they would be accepted" in page.inner_text("#identity")
    assert "two entities" in page.inner_text("#identity")
    assert page.locator("svg.weights").count() == 1
