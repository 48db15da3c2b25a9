"""What is read inside a snapshot is of one moment, and nobody who writes meanwhile waits for it."""

import threading

import pytest
from django.db import connection

from communes.models import Agency, Locality
from ntm_tracker.operation.rows import Digest, Schema, lines_of, snapshot
from tests import factories


@pytest.mark.django_db(transaction=True)
def test_what_others_save_meanwhile_is_not_in_it():
    factories.agency(factories.district())
    wrote = threading.Event()

    def write():
        factories.agency(Locality.objects.get(), "Phòng Tài chính")
        connection.close()
        wrote.set()

    (agencies,) = [model for model in Schema("default").models() if model._meta.label_lower == "communes.agency"]
    with snapshot("default"):
        before = Digest(lines_of(agencies, "default"))
        thread = threading.Thread(target=write)
        thread.start()
        assert wrote.wait(timeout=10), "whoever writes waits for the backup"
        assert Digest(lines_of(agencies, "default")) == before
    thread.join()
    assert before.rows == 1
    assert Agency.objects.count() == 2
    # And the connection serves on as before.
    factories.agency(Locality.objects.get(), "Văn phòng")
