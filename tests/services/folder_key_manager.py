"""A key manager for Glance in place of Barbican: it has the certificates that lie in a folder, certificates/ID.pem beside the
folder of Glance's configuration, as soon as they lie there."""
import pathlib
import ssl
import uuid

from castellan.common import exception
from castellan.common.objects import x_509


class FolderKeyManager:
    def __init__(self, configuration):
        self.folder = pathlib.Path(configuration.config_file[0]).parent.parent / "certificates"

    def get(self, context, managed_object_id):
        try:
            text = (self.folder / f"{uuid.UUID(managed_object_id)}.pem").read_text()
        except (OSError, ValueError) as error:
            raise exception.ManagedObjectNotFoundError(uuid=managed_object_id) from error
        return x_509.X509(ssl.PEM_cert_to_DER_cert(text))
