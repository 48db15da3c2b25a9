import pytest

# Models are imported by the fixtures: pytest reads this file before Django is set up.


@pytest.fixture
def factories(db):
    from tests.accounts import factories

    return factories


@pytest.fixture
def district(factories):
    return factories.district()


@pytest.fixture
def commune(factories, district):
    return factories.place("Sơn Bình", parent=district)


@pytest.fixture
def elsewhere(factories):
    """A commune of another district."""
    return factories.place("Mường Tè", parent=factories.district("Mường Tè"))


@pytest.fixture
def committee(factories, commune):
    return factories.committee(commune)


@pytest.fixture
def administrator(factories, district):
    return factories.person("quantri", "administrator", district)


@pytest.fixture
def officer(factories, district):
    return factories.person("vanphong", "officer", district)


@pytest.fixture
def admin_page(client, administrator):
    client.force_login(administrator)
    return client


@pytest.fixture
def criteria_set(factories):
    return factories.criteria_set()


@pytest.fixture
def period(factories):
    return factories.period()
