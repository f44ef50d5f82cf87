// about: The groups that deals belonged to, each at its moment: country and employees of the account, source, owner.
UNWIND $rows AS row
MATCH (d:Deal {id: row.id})
CALL (d, row) {
  OPTIONAL MATCH (d)-[w:WITH]->(:Account)<-[o:OF]-(h:Change)
  WHERE h.field = 'country' AND h.new IS NOT NULL AND h.at <= row.as_of AND w.known_from <= row.as_of
    AND (w.known_to IS NULL OR w.known_to > row.as_of) AND o.known_from <= row.as_of AND (o.known_to IS NULL OR o.known_to > row.as_of)
  RETURN h.new AS region ORDER BY h.at DESC, h.id DESC LIMIT 1
}
CALL (d, row) {
  OPTIONAL MATCH (d)-[w:WITH]->(:Account)<-[o:OF]-(h:Change)
  WHERE h.field = 'employees' AND h.number IS NOT NULL AND h.at <= row.as_of AND w.known_from <= row.as_of
    AND (w.known_to IS NULL OR w.known_to > row.as_of) AND o.known_from <= row.as_of AND (o.known_to IS NULL OR o.known_to > row.as_of)
  RETURN h.number AS employees ORDER BY h.at DESC, h.id DESC LIMIT 1
}
CALL (d, row) {
  OPTIONAL MATCH (d)<-[o:OF]-(h:Change)
  WHERE h.field = 'lead_source' AND h.new IS NOT NULL AND h.at <= row.as_of AND o.known_from <= row.as_of
    AND (o.known_to IS NULL OR o.known_to > row.as_of)
  RETURN h.new AS source ORDER BY h.at DESC, h.id DESC LIMIT 1
}
CALL (d, row) {
  OPTIONAL MATCH (d)<-[w:OWNS]-(r:Rep)
  WHERE w.known_from <= row.as_of AND (w.known_to IS NULL OR w.known_to > row.as_of) AND (w.to IS NULL OR w.to > row.as_of)
  RETURN coalesce(r.name, r.id) AS owner ORDER BY coalesce(w.from, w.known_from) DESC, r.id LIMIT 1
}
RETURN row.i AS i, region, employees, source, owner ORDER BY i
