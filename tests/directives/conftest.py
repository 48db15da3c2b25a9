import pytest


@pytest.fixture
def district(db):
    # Not at the top: this file is read before the settings are.
    from tests.directives.factories import District

    return District()


@pytest.fixture
def officer(district):
    return district.officer()
