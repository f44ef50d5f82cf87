"""Any file without a graph: predict, evaluate, describe, follow, why."""
