"""A real browser before a real server; a page that complains or calls outside fails its test."""

import os
import re
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from django.urls import reverse

from tests.conftest import CHROMIUM, ROOT

# Playwright runs an event loop in the test's thread, in which Django refuses queries; tests here make them one by one.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

PASSWORD = "Ntm@2024!demo"


def sign_in(page, username, password=PASSWORD):
    """Sign in as a person does; the test creates the user with this password."""
    page.goto(reverse("accounts:login"))
    page.get_by_label("Tên đăng nhập").fill(username)
    # From the start, for the box beside it is labelled "Hiện mật khẩu".
    page.get_by_label(re.compile(r"^\s*Mật khẩu")).fill(password)
    page.get_by_role("button", name="Đăng nhập").click()


def sign_in_at_once(context, server, user):
    """Go on as another person, nobody if None, without walking through the sign-in page."""
    context.clear_cookies()
    if user:
        client = Client()
        client.force_login(user)
        context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": server.url}])


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    args = [
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-default-apps",
        "--disable-domain-reliability",
        "--disable-sync",
        "--no-first-run",
        "--no-pings",
        # Whatever a page or the browser itself still asks for stays on this machine.
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        args.append("--no-sandbox")
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": args}


@pytest.fixture(scope="session")
def base_url(live_server):
    return live_server.url


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    return {
        **browser_context_args,
        "viewport": {"width": 1366, "height": 768},
        "locale": "vi-VN",
        "timezone_id": "Asia/Ho_Chi_Minh",
    }


@pytest.fixture
def complaints():
    """What the browser held against the pages of this test; a test that provokes one takes it out again."""
    return []


@pytest.fixture
def context(context, base_url, complaints):
    context.set_default_timeout(10_000)

    def heard(message):
        # A breach of the Content-Security-Policy is an error of the console too.
        if message.type == "error":
            complaints.append(f"console: {message.text} ({message.location.get('url', '')})")

    def requested(request):
        address = urlsplit(request.url)
        if address.scheme not in ("data", "blob", "about") and address.netloc != urlsplit(base_url).netloc:
            complaints.append(f"request to another host: {request.url}")

    context.on("console", heard)
    context.on("weberror", lambda error: complaints.append(f"script: {error.error}"))
    context.on("request", requested)
    yield context
    assert not complaints, "\n".join(complaints)


@pytest.fixture
def shots():
    """Takes a picture of the page into the folder that PICTURES names (`make pictures`); else does nothing."""

    def take(page, name):
        if folder := os.environ.get("PICTURES"):
            page.screenshot(path=ROOT / folder / f"{name}.png")

    return take


@pytest.fixture
def axe():
    """The barriers axe finds on a page, by the rules of WCAG 2.2 A and AA."""
    checker = Axe()
    options = {
        "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
        # The one rule of 2.2, off unless asked for: a finger meets 24 px.
        "rules": {"target-size": {"enabled": True}},
    }

    def check(page):
        violations = checker.run(page, options=options).response["violations"]
        return [(v["id"], [node["html"][:160] for node in v["nodes"]][:3]) for v in violations]

    return check
