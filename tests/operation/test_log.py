"""The log says what happened, in lines a program reads, and nothing about whom."""

import json
import logging

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import include, path

from ntm_tracker.operation.log import JsonLines, WithoutAddress
from tests import factories

# As PostgreSQL refuses a row; not in the line that raises it, which a traceback shows.
REFUSED = "duplicate key value\nDETAIL:  Key (email)=(an@example.vn) already exists."


def fails(request, pk):
    raise RuntimeError(REFUSED)


urlpatterns = [
    path("hong/<int:pk>/", fails),
    path("xong/<str:name>/", lambda request, name: HttpResponse("ok")),
    path("", include("ntm_tracker.urls")),
]


@pytest.fixture
def lines(settings):
    """The lines that were written, each read."""
    settings.ROOT_URLCONF = __name__
    written = []

    class Kept(logging.Handler):
        def emit(self, record):
            written.append(json.loads(self.format(record)))

    handler = Kept()
    handler.addFilter(WithoutAddress())
    handler.setFormatter(JsonLines())
    loggers = [logging.getLogger(), logging.getLogger("ntm_tracker.operation.log")]
    levels = [logger.level for logger in loggers]
    loggers[0].addHandler(handler)
    loggers[1].setLevel("INFO")
    yield written
    loggers[0].removeHandler(handler)
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)


def requests(lines):
    return [line for line in lines if "route" in line]


def test_a_request_is_one_line_of_its_route_and_not_its_address(client, db, lines):
    user = factories.user(full_name="Đặng Thị Bí Mật")
    client.force_login(user)
    answer = client.get(f"/xong/{user.username}/?q=bi-mat")
    (line,) = requests(lines)
    assert line["method"] == "GET"
    assert line["route"] == "xong/<str:name>/"
    assert line["status"] == 200
    assert isinstance(line["ms"], int)
    assert line["request"] == answer["X-Request-ID"]
    assert user.username not in json.dumps(lines)
    assert "mat" not in json.dumps(lines)


def test_the_person_is_a_number_and_only_if_somebody_asked(client, db, lines, django_assert_num_queries):
    user = factories.user()
    client.force_login(user)
    client.get("/tong-quan-khong-co/")
    client.get("/tai-khoan/doi-mat-khau/")
    assert [line["user"] for line in requests(lines)] == [None, user.pk]
    with django_assert_num_queries(0):
        client.get("/healthz")


def test_what_watches_over_us_fills_no_log(client, db, lines):
    client.get("/healthz")
    assert not requests(lines)


def test_an_error_has_its_traceback_and_neither_address_nor_values(db, lines):
    client = Client(raise_request_exception=False)
    client.force_login(factories.user())
    answer = client.get("/hong/4711/?ten=An")
    assert answer.status_code == 500
    (error,) = [line for line in lines if line["level"] == "ERROR"]
    assert "in fails" in error["traceback"]
    assert error["message"] == "Internal Server Error: hong/<int:pk>/"
    assert error["request"] == requests(lines)[0]["request"]
    said = json.dumps(lines, ensure_ascii=False)
    for secret in ["4711", "ten=", "an@example.vn"]:
        assert secret not in said


@pytest.mark.parametrize(
    ("given", "is_taken"), [("abc-123-def", True), ("short", False), ("x" * 65, False), ('a"}\n{"b":"12345', False)]
)
def test_the_proxy_may_name_a_request(client, db, lines, given, is_taken):
    name = client.get("/xong/a/", headers={"X-Request-ID": given})["X-Request-ID"]
    assert (name == given) is is_taken
    assert requests(lines)[0]["request"] == name


def test_a_method_nobody_knows_is_not_repeated(client, db, lines):
    client.generic("<SCRIPT>", "/xong/a/")
    assert requests(lines)[0]["method"] == "other"
