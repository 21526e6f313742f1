"""The rig: it starts servers on a core of their own, sends load from another, and compares what their queries cost."""
