"""Whatever comes in, the gateway answers, blames nobody but the caller, tells no secret and leaves nothing behind.

hypothesis draws the input, one gateway in a process of its own gets it as raw bytes, and ``invariants.py`` says what
must hold. Each test draws few examples, and many when it is run as a slow one. ``FUZZ_SEED`` draws others.
"""
