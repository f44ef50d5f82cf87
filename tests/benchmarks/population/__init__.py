"""A population of simulated matching problems, drawn fresh: what `--fit` is set and judged by, never the public sets."""
