// about: People with a role on a deal that is open as of a moment; 'deal|contact'.
MATCH (d:Deal)
WHERE known(d) AND (d.opened_at IS NULL OR d.opened_at <= $as_of)
  AND NOT EXISTS { MATCH (d)-[r:ENDED_IN]->(o:Outcome) WHERE known(r) }
MATCH (d)<-[p:PLAYS]-(c:Contact) WHERE known(p, c)
WITH DISTINCT d.id + '|' + c.id AS id
RETURN id ORDER BY id
