import pytest


@pytest.fixture(scope="module")
def kept(django_db_setup, django_db_blocker):
    from dashboards import demo
    from tests import factories

    with factories.kept(django_db_blocker, lambda: demo.build(say=lambda line: None)):
        yield


@pytest.fixture
def district(kept, db, settings, request):
    """The demonstration district with its uploaded files; what a test does to the rows is rolled back."""
    settings.MEDIA_ROOT = request.config.scratch / "media"
    return settings.MEDIA_ROOT
