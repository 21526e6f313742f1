"""Who the stand-ins know: two people, two organizations, and the credentials of the gateway's own accounts."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path

ACCOUNTS_FILE = "accounts.json"


def _access_key() -> str:
    return "sk-" + secrets.token_hex(16)


@dataclass(frozen=True)
class Accounts:
    """Keys are made anew unless they are given; none of them shows in ``repr``.

    ``yusuf`` is the administrator (of Open WebUI too) and owns the organizations ``natml`` and ``fxn``; ``ada`` is a
    user. An access key works on the prediction and function administration stand-ins; that of ``yusuf`` also as the
    account key of the deployment stand-in and as a client secret of the invoke stand-in, for people who try a vendor's
    SDK against them. ``samplefxn`` is an organization of somebody else, known to the prediction stand-in only: its key
    is what an operator uses for custom authorization.
    """

    yusuf_key: str = field(default_factory=_access_key, repr=False)
    ada_key: str = field(default_factory=_access_key, repr=False)
    samplefxn_key: str = field(default_factory=_access_key, repr=False)
    covalent_account_key: str = field(default_factory=_access_key, repr=False)
    nyckel_client_id: str = field(default_factory=lambda: secrets.token_hex(8), repr=False)
    nyckel_client_secret: str = field(default_factory=lambda: secrets.token_hex(24), repr=False)

    @classmethod
    def kept_in(cls, folder: Path) -> Accounts:
        """The accounts of an earlier run in this folder, or new ones, written there readable by the owner only."""
        path = folder / ACCOUNTS_FILE
        if path.exists():
            return cls(**json.loads(path.read_text()))
        accounts = cls()
        path.touch(mode=0o600)
        path.write_text(json.dumps(asdict(accounts)))
        return accounts
