"""Closed unless opened: each root field names the least role that may ask it."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, ClassVar, TypeVar, cast

import strawberry
from strawberry.permission import BasePermission

from api.auth import Role
from api.graphql.context import Info

F = TypeVar("F", bound=Callable[..., Any])


class Needs(BasePermission):
    """The principal's role must cover `role`; the refusal names the field and the role."""

    role: ClassVar[Role]

    def has_permission(self, source: Any, info: Any, **kwargs: Any) -> bool:
        """Raise Forbidden, which is rendered as it is, unless the role covers."""
        asked: Info = info
        asked.context.principal.require(self.role, asked.field_name)
        return True


class NeedsViewer(Needs):
    """Anyone who signed in."""

    role = Role.VIEWER


class NeedsAnalyst(Needs):
    """Analysts and admins."""

    role = Role.ANALYST


class NeedsAdmin(Needs):
    """Admins."""

    role = Role.ADMIN


def opened(needs: type[Needs]) -> Callable[[F], F]:
    """A root field: the least role that may ask it; its docstring is its description."""

    def declare(function: F) -> F:
        return cast("F", strawberry.field(function, permission_classes=[needs], description=inspect.getdoc(function)))

    return declare
