"""What the gateway is made of: known vulnerabilities, licences and bills of materials of the pinned packages.

Run by ``make audit``, ``make licences`` and ``make sbom`` (docs/supply-chain.md); nothing of it is in the wheel.
"""
