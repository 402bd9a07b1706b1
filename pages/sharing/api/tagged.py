"""Responses with a tag, so that a program that asks often is sent only what has changed (RFC 9110 section 13.1.2)."""

import hashlib
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from pages.sharing.feed import is_known

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class TaggedRoute(APIRoute):
    """Adds an ETag to each 200, and answers 304 where the program has that response already."""

    def get_route_handler(self) -> Handler:
        answer = super().get_route_handler()

        async def tagged(request: Request) -> Response:
            response = await answer(request)
            if response.status_code != 200:
                return response
            tag = hashlib.sha256(response.body).hexdigest()[:32]
            # Weak: a proxy, or we, may compress the same text (RFC 9110 section 8.8.1).
            headers = {"ETag": f'W/"{tag}"', "Cache-Control": "private, no-cache"}
            if is_known(tag, request.headers.get("if-none-match", "")):
                return Response(status_code=304, headers=headers)
            response.headers.update(headers)
            return response

        return tagged
