"""What the tests of backups share."""

import io
import json
import tarfile
from hashlib import sha256

import pytest

from ntm_tracker.operation import NotDone, archive, files
from ntm_tracker.operation.rows import Digest, Schema, empty, lines_of

# The last migration of its app, which alters no table.
LAST = ["admin", "0003_logentry_add_action_flag_choices"]


def marks():
    """Every table with what is in it."""
    digests = {model._meta.label_lower: Digest(lines_of(model, "default")) for model in Schema("default").models()}
    return {label: (digest.rows, digest.mark) for label, digest in digests.items()}


def contents_of(media):
    return {name: sha256((media / name).read_bytes()).hexdigest() for name in files.stored(media)}


def destroy():
    empty(Schema("default").models(), "default")


def refuses(path, identities=()):
    with pytest.raises(NotDone) as refused:
        archive.verify(path, identities)
    return str(refused.value)


def address_of(connection):
    """DATABASE_URL of the database the tests run on."""
    given = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{given['NAME']}"
    account = f"{given['USER']}:{given['PASSWORD']}" if given["PASSWORD"] else given["USER"]
    return f"postgres://{account}@{given['HOST']}:{given['PORT'] or 5432}/{given['NAME']}"


def with_manifest(path, made, *, without=None, **changes):
    """The same archive, its manifest saying something else: without one of the migrations, or `changes`."""
    with tarfile.open(path) as old, tarfile.open(made, "w") as new:
        for member in old:
            data = old.extractfile(member).read()
            if member.name == archive.MANIFEST:
                manifest = json.loads(data) | changes
                manifest["migrations"] = [one for one in manifest["migrations"] if one != without]
                data = json.dumps(manifest).encode()
                member.size = len(data)
            new.addfile(member, io.BytesIO(data))
    return made
