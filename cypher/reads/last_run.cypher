// about: The run of a stage that began last.
MATCH (n:Run {stage: $stage})
WITH n ORDER BY n.started DESC, n.id DESC LIMIT 1
RETURN n.finished AS finished, n.config AS config
