"""python manifest.py: prints a manifest of the texts that the client sends, for a gateway with ``trusted_only``."""

from __future__ import annotations

import hashlib
import json

from fngraph_client import operations

texts = [getattr(operations, name) for name in operations.__all__]
print(json.dumps({"sha256:" + hashlib.sha256(text.encode()).hexdigest(): text for text in texts}, indent=2))
