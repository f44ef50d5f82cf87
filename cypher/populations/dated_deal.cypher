// about: Open deals whose expected day of closing, as last told, is still to come.
MATCH (d:Deal)
WHERE known(d) AND (d.opened_at IS NULL OR d.opened_at <= $as_of)
  AND NOT EXISTS { MATCH (d)-[r:ENDED_IN]->(o:Outcome) WHERE known(r) }
CALL (d) {
  MATCH (d)<-[f:OF]-(h:Change) WHERE h.field = 'close_date' AND h.moment IS NOT NULL AND h.at <= $as_of AND known(f)
  RETURN h.moment AS due ORDER BY CASE WHEN h.at > f.known_from THEN h.at ELSE f.known_from END DESC, h.id DESC LIMIT 1
}
WITH d, due WHERE due > $as_of
RETURN d.id AS id ORDER BY id
