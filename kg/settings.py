"""Settings of the graph and its server: the only place in `kg/` that reads the environment (`DEALGRAPH_*`)."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from kg.errors import ConfigurationError, ServerError

PREFIX = "DEALGRAPH_"


class GraphSettings(BaseSettings):
    """Where the graph lives and how its managed server is run; every field is read from `DEALGRAPH_<FIELD>`."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore")

    home: Path = Field(Path(".dealgraph"), description="State folder: database, staging files, models, secrets.")
    jars: Path | None = Field(None, description="Where the server's jars are kept, to share them between homes.")
    maven_url: str | None = Field(None, description="A Maven repository to fetch the jars from instead of Central.")
    neo4j_uri: str | None = Field(None, description="Address of a Neo4j of your own; without it one is managed here.")
    neo4j_user: str = Field("neo4j", description="User name at Neo4j.")
    neo4j_password: SecretStr | None = Field(None, description="Password at a Neo4j of your own.")
    neo4j_password_file: Path | None = Field(None, description="File that holds the password.")
    neo4j_auth_file: Path | None = Field(None, description="File that holds `user/password`, as for Neo4j's image.")
    neo4j_database: str = Field("neo4j", description="Name of the database.")
    neo4j_port: int = Field(7687, ge=1, le=65535, description="Bolt port of the managed server, on loopback only.")
    neo4j_lane: str = Field("5.26", description="Which Neo4j the managed server runs: a lane of kg/server/lanes.")
    neo4j_heap_mb: int | None = Field(None, ge=256, description="Java heap of the server, MiB; default: by memory.")
    neo4j_pagecache_mb: int | None = Field(None, ge=64, description="Page cache, MiB; default by the machine's memory.")
    neo4j_start_seconds: float = Field(180.0, gt=0, description="How long the managed server may take to start.")
    query_seconds: float = Field(600.0, gt=0, description="Longest time one query of a job may take.")
    feature_seconds: float = Field(
        600.0,
        gt=0,
        description="Longest time a feature may take for 5,000 entities; one that takes longer is left out.",
    )
    answer_seconds: float = Field(30.0, gt=0, description="Longest time one query behind an answer may take.")
    java: Path | None = Field(None, description="A Java to run the server with, instead of the installed one.")

    @property
    def managed(self) -> bool:
        """Whether the server is ours to start and stop."""
        return self.neo4j_uri is None

    @property
    def server_home(self) -> Path:
        """Folder of the managed server (absolute)."""
        return self.home.absolute() / "neo4j"

    @property
    def jars_folder(self) -> Path:
        """Folder of the server's jars (absolute), shared when DEALGRAPH_JARS names one."""
        return (self.jars or self.home / "jars").absolute()

    @property
    def managed_password_file(self) -> Path:
        """File of the managed server's generated password, readable by its owner alone."""
        return self.server_home / "password"

    @property
    def address(self) -> tuple[str, str, str]:
        """URI, user and password to connect with.

        Raises:
            ServerError: the managed server was never started, so that there is no password yet.
            ConfigurationError: a server of one's own was named without its password.
        """
        if self.neo4j_uri is None:
            file = self.managed_password_file
            if not file.exists():
                raise ServerError(f"No managed Neo4j has been set up in {self.server_home}: run `dealgraph up` first.")
            return f"bolt://127.0.0.1:{self.neo4j_port}", "neo4j", file.read_text().strip()
        user, password = self._given_login()
        return self.neo4j_uri, user, password

    def _given_login(self) -> tuple[str, str]:
        if self.neo4j_password is not None:
            return self.neo4j_user, self.neo4j_password.get_secret_value()
        if self.neo4j_password_file is not None:
            return self.neo4j_user, _secret(self.neo4j_password_file, "DEALGRAPH_NEO4J_PASSWORD_FILE")
        if self.neo4j_auth_file is not None:
            user, slash, password = _secret(self.neo4j_auth_file, "DEALGRAPH_NEO4J_AUTH_FILE").partition("/")
            if not slash or not password:
                raise ConfigurationError(f"{self.neo4j_auth_file} must hold `user/password` on one line.")
            return user, password
        raise ConfigurationError(
            f"DEALGRAPH_NEO4J_URI is {self.neo4j_uri}, but no password came with it: set DEALGRAPH_NEO4J_PASSWORD_FILE "
            "(a file), DEALGRAPH_NEO4J_AUTH_FILE (`user/password`) or DEALGRAPH_NEO4J_PASSWORD."
        )


def _secret(file: Path, variable: str) -> str:
    try:
        text = file.read_text().strip()
    except OSError as error:
        raise ConfigurationError(f"{variable} names {file}, which cannot be read: {error.strerror}.") from error
    if not text:
        raise ConfigurationError(f"{variable} names {file}, which is empty: write the secret into it.")
    return text


@lru_cache(maxsize=1)
def settings() -> GraphSettings:
    """The settings of this process, read once from the environment.

    Raises:
        ConfigurationError: a variable has a value that cannot be used; the message names both.
    """
    return read_settings()


def read_settings(**given: object) -> GraphSettings:
    """Settings from the environment, with some of them given; a bad value becomes one sentence."""
    try:
        return GraphSettings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        name = PREFIX + "_".join(str(part) for part in first["loc"]).upper()
        raise ConfigurationError(f"{name} is {first['input']!r}: {first['msg']}.") from error


def reset_settings() -> None:
    """Forget what was read, so that the next call reads the environment again (for tests)."""
    settings.cache_clear()
