"""Who asks: signed tokens with one of three roles, each of which may do all that the one before it may."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

import jwt

from kg.errors import ConfigurationError, Forbidden

ALGORITHM = "HS256"
ISSUER = "dealgraph"


class Role(StrEnum):
    """What a token allows: a viewer sees no personal data, an analyst does, an admin also runs things."""

    VIEWER = "viewer"
    ANALYST = "analyst"
    ADMIN = "admin"

    def covers(self, needed: Role) -> bool:
        """Whether this role may do what `needed` may."""
        order = list(Role)
        return order.index(self) >= order.index(needed)


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks; without a role nobody signed in."""

    name: str
    role: Role | None

    @property
    def sees_personal(self) -> bool:
        """Whether personal data is shown as it is."""
        return self.role is not None and self.role.covers(Role.ANALYST)

    def require(self, needed: Role, what: str) -> None:
        """Refuse unless the role covers `needed`.

        Raises:
            Forbidden: nobody signed in, or the role is too low; the message names the role needed.
        """
        if self.role is None:
            raise Forbidden(f"{what} needs a token: send `Authorization: Bearer …`, made by `dealgraph token`.")
        if not self.role.covers(needed):
            raise Forbidden(f"{what} needs the role {needed}; this token has {self.role}.")


NOBODY = Principal("nobody", None)


def signing_secret(file: Path) -> str:
    """The secret in `file`; made at first use, readable by its owner alone.

    Raises:
        ConfigurationError: the file is empty, too short, or others may read it.
    """
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh = file.with_name(f"{file.name}.{os.getpid()}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as out:
            out.write(secrets.token_urlsafe(48))
        try:
            os.link(fresh, file)  # whoever links first wins; the others read the winner's
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    if file.stat().st_mode & 0o077:
        raise ConfigurationError(f"{file} signs tokens but others may read it: run `chmod 600 {file}`.")
    secret = file.read_text().strip()
    if len(secret) < 32:
        raise ConfigurationError(
            f"{file} holds a secret of {len(secret)} characters, 32 are the least: delete it to have one made."
        )
    return secret


def make_token(secret: str, role: Role, *, name: str, days: int, now: datetime | None = None) -> str:
    """A signed token for `name` with `role` that holds for `days` days."""
    start = now or datetime.now(UTC)
    claims = {"iss": ISSUER, "sub": name, "role": role.value, "iat": start, "exp": start + timedelta(days=days)}
    return jwt.encode(claims, secret, algorithm=ALGORITHM)


def read_token(secret: str, token: str) -> Principal:
    """Who a token stands for.

    Raises:
        Forbidden: the token is expired, was signed by another secret, or is no token at all.
    """
    try:
        claims = jwt.decode(
            token,
            secret,
            algorithms=[ALGORITHM],
            issuer=ISSUER,
            options={"require": ["exp", "iat", "iss", "sub", "role"]},
        )
        return Principal(str(claims["sub"]), Role(claims["role"]))
    except jwt.ExpiredSignatureError as error:
        raise Forbidden("The token has expired: make another by `dealgraph token`.") from error
    except (jwt.InvalidTokenError, ValueError) as error:
        raise Forbidden("The token is not one of ours: make one by `dealgraph token`.") from error


def bearer(header: str | None, secret: str) -> Principal:
    """Who an `Authorization` header stands for; nobody without one."""
    if not header:
        return NOBODY
    kind, _, token = header.partition(" ")
    if kind.lower() != "bearer" or not token.strip():
        raise Forbidden("The Authorization header must read `Bearer <token>`.")
    return read_token(secret, token.strip())
