#!/usr/bin/python3
"""make_page.py > page.json: a page of 1,000 images as the Image service writes it, the same bytes each time."""
import hashlib
import json
import sys
import uuid

COUNT = 1000


def image(number):
    seed = f"image {number}".encode()
    identity = uuid.UUID(bytes=hashlib.md5(seed).digest())
    return {
        "os_distro": "debian",
        "hw_disk_bus": "virtio",
        "name": f"image-{number:06}",
        "disk_format": ("qcow2", "raw")[number % 2],
        "container_format": "bare",
        "visibility": ("public", "private", "shared")[number % 3],
        "size": 5 * 2**30 + number,
        "virtual_size": None if number % 4 else 20 * 2**30,
        "status": "active",
        "checksum": hashlib.md5(seed).hexdigest(),
        "protected": number % 10 == 0,
        "min_ram": 0,
        "min_disk": number % 20,
        "owner": hashlib.md5(b"project").hexdigest(),
        "os_hidden": False,
        "os_hash_algo": "sha512",
        "os_hash_value": hashlib.sha512(seed).hexdigest(),
        "id": str(identity),
        "created_at": f"2026-11-21T{number % 24:02}:{number % 60:02}:01Z",
        "updated_at": f"2026-11-21T{number % 24:02}:{number % 60:02}:59Z",
        "tags": ["a", "b"],
        "self": f"/v2/images/{identity}",
        "file": f"/v2/images/{identity}/file",
        "schema": "/v2/schemas/image",
        "stores": "fast",
    }


page = {"images": [image(number) for number in range(COUNT)], "first": "/v2/images", "schema": "/v2/schemas/images"}
json.dump(page, sys.stdout)
