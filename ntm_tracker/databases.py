"""What each database is told beside its address."""


def tuned(database: dict, *, debug: bool) -> dict:
    """The entry of DATABASES for an address that was read from the environment."""
    if database["ENGINE"].endswith("sqlite3"):
        # Write locks are taken when a transaction starts, so that two savers wait for one another instead of failing
        # half-way.
        options = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        }
        return {**database, "OPTIONS": options}
    # How work stood on a past day is one large expression: compiling it took half a minute, running it a moment.
    tuned = {**database, "OPTIONS": {"options": "-c jit=off", **database.get("OPTIONS", {})}}
    if not debug:
        # Opening a connection costs more than most pages. The development server has a thread a request, which would
        # each keep one.
        tuned |= {"CONN_MAX_AGE": 300, "CONN_HEALTH_CHECKS": True}
    return tuned
