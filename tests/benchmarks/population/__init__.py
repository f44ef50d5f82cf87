"""A population of simulated matching problems, drawn fresh: `--fit` is set and judged by it."""
