"""Settings of the graph: where it is, and a sentence for everything that cannot be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.errors import ConfigurationError, ServerError
from kg.settings import read_settings, reset_settings, settings

OWN = "neo4j+s://graph.example"


def test_the_environment_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    reset_settings()
    monkeypatch.setenv("DEALGRAPH_NEO4J_PORT", "7999")
    assert settings().neo4j_port == 7999
    monkeypatch.setenv("DEALGRAPH_NEO4J_PORT", "7998")
    assert settings().neo4j_port == 7999
    reset_settings()
    assert settings().neo4j_port == 7998
    reset_settings()


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("PORT", "many", r"DEALGRAPH_NEO4J_PORT is 'many': .*integer"),
        ("PORT", "70000", r"DEALGRAPH_NEO4J_PORT is '70000': .*65535"),
        ("HEAP_MB", "1", r"DEALGRAPH_NEO4J_HEAP_MB is '1': .*256"),
    ],
)
def test_a_bad_value_is_one_sentence(monkeypatch: pytest.MonkeyPatch, name: str, value: str, message: str) -> None:
    monkeypatch.setenv(f"DEALGRAPH_NEO4J_{name}", value)
    with pytest.raises(ConfigurationError, match=message):
        read_settings()


def test_the_managed_server_lives_in_the_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DEALGRAPH_JARS")
    ours = read_settings(home=tmp_path, neo4j_port=7001)
    assert ours.managed and ours.jars_folder == tmp_path / "jars"
    with pytest.raises(ServerError, match="run `dealgraph up` first"):
        _ = ours.address
    ours.server_home.mkdir()
    ours.managed_password_file.write_text("secret\n")
    assert ours.address == ("bolt://127.0.0.1:7001", "neo4j", "secret")


@pytest.mark.parametrize(
    ("file", "text", "expected"),
    [
        ("neo4j_password_file", "s3cret\n", (OWN, "neo4j", "s3cret")),
        ("neo4j_auth_file", "reader/s3/cret\n", (OWN, "reader", "s3/cret")),
        ("neo4j_auth_file", "s3cret", "must hold `user/password`"),
        ("neo4j_password_file", "", "is empty"),
        ("neo4j_password_file", None, "DEALGRAPH_NEO4J_PASSWORD_FILE names .* cannot be read"),
    ],
)
def test_secrets_come_from_files(tmp_path: Path, file: str, text: str | None, expected: object) -> None:
    place = tmp_path / "secret"
    if text is not None:
        place.write_text(text)
    own = read_settings(home=tmp_path, neo4j_uri=OWN, **{file: place})
    if isinstance(expected, tuple):
        assert own.address == expected
    else:
        with pytest.raises(ConfigurationError, match=str(expected)):
            _ = own.address


def test_a_server_of_ones_own_needs_its_password(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no password came with it"):
        _ = read_settings(home=tmp_path, neo4j_uri=OWN).address
    own = read_settings(home=tmp_path, neo4j_uri=OWN, neo4j_password="s3cret")
    assert own.address == (OWN, "neo4j", "s3cret")
    assert "s3cret" not in repr(own)
