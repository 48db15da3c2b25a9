import pytest


@pytest.fixture
def district(db):
    # Not at the top: this file is read before the settings are.
    from tests.directives.factories import District

    return District()


@pytest.fixture
def officer(district):
    return district.officer()


@pytest.fixture(autouse=True)
def _counted_each_time(request, settings):
    """The board counts anew for each request, unless a test is about what is remembered."""
    if not request.node.get_closest_marker("remembers"):
        settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
