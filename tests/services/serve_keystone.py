"""serve_keystone.py CONFIG FD: Keystone on the listening socket FD, with keep-alive and many connections at a time."""
import eventlet

eventlet.hubs.get_hub()
eventlet.monkey_patch()
import __original_module_threading as unpatched_threading  # the remedy for https://bugs.launchpad.net/bugs/1863021
import threading

unpatched_threading.current_thread.__globals__["_active"] = threading._active

import os
import socket
import sys

import eventlet.wsgi

os.environ["OS_KEYSTONE_CONFIG_FILES"], fd = sys.argv[1], int(sys.argv[2])
sys.argv[1:] = []  # Keystone would read them as its own options
from keystone.server.wsgi import initialize_public_application

eventlet.wsgi.server(socket.socket(fileno=fd), initialize_public_application(), log_output=False, socket_timeout=300)
