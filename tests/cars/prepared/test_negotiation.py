"""The formats of a body and an answer: REST framework's choice, with and without a short way."""

from __future__ import annotations

import pytest
from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import FormParser, JSONParser, MultiPartParser
from rest_framework.renderers import BrowsableAPIRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from cars.prepared.negotiation import PreparedNegotiation


@pytest.mark.parametrize(
    "accept",
    [
        None,
        "*/*",
        "application/json",
        "application/json; indent=4",
        "application/*",
        "text/html",
        "text/html,application/xhtml+xml,*/*;q=0.8",
        "application/json, text/html",
    ],
)
@pytest.mark.parametrize("query", ["", "?format=api", "?format=json"])
@pytest.mark.parametrize("suffix", [None, "api"])
def test_it_is_the_one_that_rest_framework_chooses(accept, query, suffix):
    headers = {} if accept is None else {"HTTP_ACCEPT": accept}
    chosen: list[object] = []
    for kind in (DefaultContentNegotiation, PreparedNegotiation):
        request = Request(APIRequestFactory().get(f"/cars{query}", **headers))
        renderers = [JSONRenderer(), BrowsableAPIRenderer()]
        try:
            renderer, media_type = kind().select_renderer(request, renderers, suffix)
        except NotAcceptable:
            chosen.append(NotAcceptable)
        else:
            chosen.append((type(renderer), media_type))
    assert chosen[0] == chosen[1]


def test_all_headers_are_read_only_where_they_have_to_be(settings):
    request = Request(APIRequestFactory().get("/cars"))
    PreparedNegotiation().select_renderer(request, [JSONRenderer()])
    assert "headers" not in vars(request._request)

    settings.CARS_PREPARED = False
    PreparedNegotiation().select_renderer(request, [JSONRenderer()])
    assert "headers" in vars(request._request)


@pytest.mark.parametrize(
    "kind",
    [
        "application/json",
        "APPLICATION/JSON",
        "application/json; charset=utf-16",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=a",
        "text/plain",
        "application/*",
        "",
    ],
)
def test_a_body_has_the_parser_that_rest_framework_chooses(settings, kind):
    parsers = [JSONParser(), FormParser(), MultiPartParser()]
    request = Request(APIRequestFactory().post("/cars", "{}", content_type=kind))
    chosen = []
    for settings.CARS_PREPARED in (True, False):
        chosen.append(PreparedNegotiation().select_parser(request, parsers))
    assert chosen[0] is chosen[1] is DefaultContentNegotiation().select_parser(request, parsers)
