"""Server-rendered SVG: paths, waterfalls, match weights."""
