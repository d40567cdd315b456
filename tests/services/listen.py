"""listen.py SCRIPT ARGUMENT...: becomes SCRIPT, which inherits three sockets that listen on free ports of the loopback.

File descriptor 5 listens on GLANCE_TWO_PORT, 7 on KEYSTONE_PORT, 8 on GLANCE_PORT; LISTEN_PID is the script's process.
Nobody else can take such a port between its choice and its use, and a request sent before the server has started waits for
it.
"""
import os
import signal
import socket
import sys

for fd, name in ((5, "GLANCE_TWO_PORT"), (7, "KEYSTONE_PORT"), (8, "GLANCE_PORT")):
    listener = socket.create_server(("127.0.0.1", 0), backlog=512)
    os.dup2(listener.fileno(), fd)
    os.environ[name] = str(listener.getsockname()[1])
os.environ["LISTEN_PID"] = str(os.getpid())
signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # which Python ignores, and an ignored signal would be inherited
os.execv(sys.argv[1], sys.argv[1:])
