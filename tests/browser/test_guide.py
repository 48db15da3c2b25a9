"""The pictures of the guide are taken here, and are refused once the page they show says other words.

`make pictures` takes them anew. Beside each stands a mark of the words on the page (headings, buttons, labels, columns):
where that differs, the picture is old. Figures and dates may differ: those of the demonstration move with the day.
"""

import hashlib
import json
import os
import re

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from communes.models import Locality
from dashboards import demo
from dashboards.views.guides import GUIDES
from directives.forms.intake import IntakeForm
from directives.models import Assignment
from tests.conftest import ROOT

FOLDER = ROOT / "static" / "help"
MARKS = FOLDER / "pictures.json"
CHOICE = "?ky=2024-q1&bo=xa-ntm-2021-2025"
SHEET = ["2024-q1", "xa-ntm-2021-2025"]
WORDS = """() => [...document.querySelectorAll(
    "main h1, main h2, main h3, main th, main label, main button, main .btn, main summary, .tabs a, .topnav a"
)].filter((one) => one.checkVisibility()).map((one) => one.innerText.replace(/[\\d\\s.,/%]+/g, " ").trim())"""

NOTICE = ROOT / "tests" / "directives" / "reading" / "notices" / "001.txt"


def read_notice(place):
    """A draft as the office has it before checking: what the reader found in a real notice."""
    officer = get_user_model().objects.get(username="vanphong")
    form = IntakeForm({"text": NOTICE.read_text(encoding="utf-8")}, user=officer)
    assert form.is_valid(), form.errors
    return form.save()


# Name: who looks, at what. Those of a phone are as wide as one.
PICTURES = {
    "tong-quan": ("bcd", lambda place: reverse("dashboards:overview") + CHOICE),
    "ma-tran": ("bcd", lambda place: reverse("dashboards:matrix") + CHOICE),
    "xa": ("bcd", lambda place: reverse("dashboards:commune", args=[place.pk]) + CHOICE),
    "phieu-tham-dinh": ("vanphong", lambda place: reverse("criteria:sheet", args=[*SHEET, place.pk])),
    "ra-soat": ("vanphong", lambda place: reverse("directives:review", args=[read_notice(place).pk])),
    "nhiem-vu": ("vanphong", lambda place: reverse("directives:tasks")),
    "cua-toi": ("phonggiaoduc", lambda place: reverse("dashboards:mine") + CHOICE),
    "nhap-theo-chi-tieu": ("phonggiaoduc", lambda place: reverse("criteria:column") + CHOICE),
    "phieu-xa": ("xasonbinh", lambda place: reverse("criteria:sheet", args=[*SHEET, place.pk])),
    "minh-chung": ("xasonbinh", lambda place: reverse("criteria:evidence-drop", args=[*SHEET, place.pk])),
    "bao-cao-viec": (
        "xasonbinh",
        lambda place: (
            Assignment.objects.filter(agency__locality=place, done_on=None).order_by("pk")[0].get_absolute_url()
        ),
    ),
    "quan-tri": ("quantri", lambda place: reverse("admin:index")),
}


def test_each_picture_of_the_guide_is_taken_and_each_taken_one_is_shown():
    text = "".join(render_to_string(f"help/{role.value}.html") for role in GUIDES)
    shown = set(re.findall(r"help/([\w-]+)\.png", text))
    assert shown == set(PICTURES) == {path.stem for path in FOLDER.glob("*.png")} == set(json.loads(MARKS.read_text()))


@pytest.mark.browser
@pytest.mark.skipif(connection.vendor != "sqlite", reason="the words of a page are the same on both databases")
def test_the_pictures_of_the_guide_show_the_pages_as_they_are(live_server, transactional_db, context):
    demo.build(say=lambda line: None)
    place = Locality.objects.communes().get(name="Sơn Bình")
    page = context.new_page()
    page.set_viewport_size({"width": 1100, "height": 560})
    marks, signed_in = {}, None
    for name, (person, address) in sorted(PICTURES.items(), key=lambda item: item[1][0]):
        if person != signed_in:
            context.clear_cookies()
            sign_in_at_once(context, live_server, person)
            signed_in = person
        page.goto(live_server.url + address(place))
        words = " | ".join(sorted(set(page.evaluate(WORDS))))
        marks[name] = hashlib.sha256(words.encode()).hexdigest()[:16]
        if "PICTURES" in os.environ:
            page.screenshot(path=FOLDER / f"{name}.png")
    if "PICTURES" in os.environ:
        MARKS.write_text(json.dumps(marks, indent=1) + "\n")
    old = [name for name, mark in json.loads(MARKS.read_text()).items() if marks.get(name) != mark]
    assert not old, f"These pictures of the guide are old, take them anew with `make pictures`: {', '.join(old)}"


def sign_in_at_once(context, live_server, username):
    client = Client()
    client.force_login(get_user_model().objects.get(username=username))
    cookie = client.cookies["sessionid"]
    context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": live_server.url}])
