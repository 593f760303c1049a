"""The parts of the benchmark `dag_overhead`: shapes, loops, floors, the whole engine, and services that take time."""
