"""Ask the service of this container how it is: `python3 -m services.probe /health`, 0 when well.

ECS runs it inside the container, so whose certificate answers is not in question.
"""

import http.client
import os
import ssl
import sys

SECONDS = 4
"""Less than what ECS waits for the command."""
WELL = 200


def main(arguments: list[str]) -> int:
    """Return 0 when the path is answered with 200."""
    port = int(os.environ.get("PORT", "8443"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=SECONDS, context=context)
    try:
        connection.request("GET", arguments[0] if arguments else "/health")
        return 0 if connection.getresponse().status == WELL else 1
    except (OSError, http.client.HTTPException):
        return 1
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
