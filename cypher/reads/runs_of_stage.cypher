// about: The runs of one stage, newest first.
MATCH (r:Run {stage: $stage})
RETURN r.run AS run, r.finished AS at, r.counts AS counts ORDER BY at DESC, r.id DESC LIMIT 1000
