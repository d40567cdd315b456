"""serve_glance.py --config-file CONFIG: Glance on the listening socket whose number GLANCE_TEST_SOCKET_FD gives."""
import sys

from glance.cmd import api  # first: it makes Python's blocking calls cooperative
from oslo_config import cfg
from oslo_db.sqlalchemy import engines
import sqlalchemy.event

init_events = engines._init_events


def init_events_for_workers(engine, **options):
    """Lets each transaction start with SQLite's write lock where several workers share the database.

    oslo.db's plain BEGIN takes that lock at the first write; if another process has written since the first read, that
    fails at once with "database is locked", whatever the timeout.
    """
    if (cfg.CONF.workers or 0) > 1:
        @sqlalchemy.event.listens_for(engine, "begin")
        def begin(connection):
            if "in_transaction" not in connection.info:  # oslo.db's own mark, so that its listener does nothing
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                connection.info["in_transaction"] = True
    return init_events(engine, **options)


engines._init_events = init_events_for_workers
sys.exit(api.main())
