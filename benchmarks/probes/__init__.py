"""What must hold however fast it is; each of these was seen to fail in a gateway that is faster or better known.

python -m benchmarks.probes
"""
