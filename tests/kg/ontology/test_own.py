"""A company's own ontology.toml: what it declares, and what is refused with file, key, value and valid values."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from kg.errors import ConfigurationError
from kg.ontology import ENTITIES, LABELS, NODES, RELATIONSHIPS, SECOND, TRIPLES, TYPES
from kg.ontology.own import NOTHING, Own, current, hold_kept, own_of, read_own, using
from kg.render.loading import merge_nodes
from kg.render.schema import schema_items

SITE = """
[kind.site]
about = "A place."
key = ["code"]
[kind.site.properties]
code = { about = "Code." }
name = { about = "Name." }
keeper = { about = "Who keeps it.", personal = true }
places = { type = "integer", about = "Places.", unit = "people", tracked = true }
[kind.site.relationships]
tenant = { type = "TENANT_IS", to = "account", about = "Who works there." }
near = { type = "NEAR", to = "site", about = "Which is near.", many = true }
"""
PROJECT = '[kind.project]\nabout = "x"\n[kind.project.properties]\nname = { about = "x" }\n'


def own(text: str, **more: str) -> Own:
    return own_of(json.dumps({"ontology.toml": text} | more))


def test_what_is_declared_counts_inside_the_block_only() -> None:
    before = len(NODES), len(RELATIONSHIPS), len(LABELS)
    with using(own(SITE)):
        assert LABELS["Site"].by_name["places"].unit == "people"
        assert LABELS["Site"].display == "name"
        assert ENTITIES["site"] == "Site"
        assert {"TENANT_IS", "NEAR"} <= set(TYPES)
        assert {("Site", "TENANT_IS", "Account"), ("Site", "NEAR", "Site"), ("Record", "RESOLVED_TO", "Site"),
                ("Change", "OF", "Site"), ("Score", "OF", "Site")} <= set(TRIPLES)  # fmt: skip
        statements = " ".join(item.statement for item in schema_items())
        assert "site_id IF NOT EXISTS FOR (n:`Site`)" in statements
        assert "tenant_is_rel_id IF NOT EXISTS" in statements
        assert merge_nodes("Site").text.endswith("SET n = row, n:`Own`")
    assert "Site" not in LABELS
    assert "TENANT_IS" not in TYPES
    assert (len(NODES), len(RELATIONSHIPS), len(LABELS)) == before


def test_two_contexts_do_not_see_one_another() -> None:
    async def one(text: str) -> set[str]:
        with using(own(text)):
            await asyncio.sleep(0.01)
            return set(ENTITIES) - {"deal", "lead", "account", "contact", *SECOND}

    async def both() -> list[set[str]]:
        return await asyncio.gather(one(SITE), one(PROJECT))

    assert asyncio.run(both()) == [{"site"}, {"project"}]
    assert current() is NOTHING


def test_equal_text_is_one_object_and_survives_the_graph() -> None:
    declared = own(SITE)
    assert own_of(declared.text) is declared
    assert own_of(None) is NOTHING
    assert own(PROJECT).digest != declared.digest


def test_the_files_beside_sources_are_read_and_the_program_s_own_folder_is_not(tmp_path: Path) -> None:
    (tmp_path / "ontology.toml").write_text(SITE)
    (tmp_path / "cypher" / "features" / "site").mkdir(parents=True)
    (tmp_path / "cypher" / "features" / "site" / "x.cypher").write_text("// about: x")
    (tmp_path / "cypher" / "notes.txt").write_text("no query")
    assert sorted(read_own(tmp_path).files) == ["cypher/features/site/x.cypher", "ontology.toml"]
    assert read_own(tmp_path / "cypher") is NOTHING
    assert read_own(Path(__file__).parents[3]) is NOTHING
    (tmp_path / "ontology.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigurationError, match=r"ontology.toml: cannot be read as UTF-8"):
        read_own(tmp_path)


BAD = [
    ("[kind", "ontology.toml: is not valid TOML"),
    ("[kinds.x]", "ontology.toml: does not know 'kinds'; it takes kind."),
    ("kind = 3", "ontology.toml: kind = 3 should be a table."),
    (SITE.replace("kind.site", "kind.deal"), "[kind.deal] is a kind of ours already"),
    (SITE.replace("kind.site", "kind.norm"), "[kind.norm] is a kind of ours already"),
    (SITE.replace("kind.site", 'kind."a b"'), "a kind's name 'a b' is no name; write small letters"),
    (SITE.replace("kind.site", 'kind."x`) DETACH DELETE n //"'), "is no name; write small letters"),
    (SITE.replace("about = \"A place.\"", 'about = " "'), "[kind.site]: about = ' ' should be a sentence"),
    (SITE.replace("key =", "label = \"Deal\"\nkey ="), "label = 'Deal' is a label of ours"),
    (SITE.replace("key =", "label = \"OWN\"\nkey ="), "label = 'OWN' is a label of ours"),
    (SITE.replace("key =", "label = \"X`) SET n:Deal //\"\nkey ="), "is no name; write letters and digits"),
    (SITE.replace("key =", "label = \"Ünder\"\nkey ="), "label 'Ünder' is no name"),
    (SITE.replace("key =", "lable = \"X\"\nkey ="), "[kind.site]: does not know 'lable'; it takes label, about, key"),
    (SITE.replace('["code"]', '["cod"]'), "key = 'cod' is not one of its properties: code, name, keeper, places"),
    (SITE.replace("key =", 'display = "x"\nkey ='), "display = 'x' is not one of its properties"),
    (SITE.replace('"integer"', '"int"'), "type = 'int' is not one of text, integer, number, flag, moment."),
    (SITE.replace("\ncode =", "\nrun ="), "properties.run: the name is taken"),
    (SITE.replace("\ncode =", "\nknown_from ="), "properties.known_from: the name is taken"),
    (SITE.replace("\ncode =", "\n\"a.b\" ="), "a property's name 'a.b' is no name"),
    (SITE.replace("\ncode =", "\nCode ="), "a property's name 'Code' is no name"),
    (SITE.replace("personal = true", 'personal = "yes"'), "personal = 'yes' is neither true nor false."),
    (SITE.replace("personal = true", "values = [1]"), "values = [1] should be a list of texts"),
    (SITE.replace('"TENANT_IS"', '"WITH"'), "type = 'WITH' is a relationship type of ours"),
    (SITE.replace('"TENANT_IS"', '"tenant"'), "type 'tenant' is no name; write capitals"),
    (SITE.replace('"TENANT_IS"', '"X`]->() DELETE r //"'), "is no name; write capitals"),
    (SITE.replace('"account"', '"acount"'), "to = 'acount' is not a kind; the kinds are account, contact, lead, deal"),
    (SITE.replace('"account"', '"industry"'), "to = 'industry' is not a kind"),
    (SITE.replace("near =", "code ="), "'code' is both a property and a relationship"),
    ('[kind.site]\nabout = "x"', "[kind.site]: has no property"),
    (SITE + PROJECT.replace('about = "x"\n[', 'about = "x"\nlabel = "Site"\n['), "both use the name 'site'"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "sentence"), BAD)
def test_a_bad_ontology_is_refused_in_one_sentence(text: str, sentence: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        own(text)
    assert str(caught.value).startswith("ontology.toml: ")
    assert sentence in str(caught.value)


GONE = [
    (PROJECT, "[kind.site] with label Site is gone"),
    (SITE.replace('"integer"', '"text"'), "properties.places of type integer is gone"),
    (SITE.replace("keeper", "warden"), "properties.keeper of type text is gone"),
    (SITE.replace("TENANT_IS", "TENANT_WAS"), "the relationship TENANT_IS from Site to Account is gone"),
    (SITE.replace("tracked = true", "tracked = false"), "the relationship OF from Change to Site is gone"),
]


@pytest.mark.parametrize(("text", "sentence"), GONE)
def test_what_the_graph_may_hold_stays_declared(text: str, sentence: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        hold_kept(own(SITE), own(text))
    assert sentence in str(caught.value)
    hold_kept(own(SITE), own(SITE + PROJECT))
