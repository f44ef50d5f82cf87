// about: Deals that are open as of a moment: known, opened, and without a known end.
MATCH (d:Deal)
WHERE known(d) AND (d.opened_at IS NULL OR d.opened_at <= $as_of)
  AND NOT EXISTS { MATCH (d)-[r:ENDED_IN]->(o:Outcome) WHERE known(r) }
RETURN d.id AS id ORDER BY id
