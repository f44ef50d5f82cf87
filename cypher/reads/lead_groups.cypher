// about: The groups that leads belonged to, each at its moment: country and employees of the account, source, owner.
UNWIND $rows AS row
MATCH (l:Lead {id: row.id})
CALL (l, row) {
  OPTIONAL MATCH (l)-[w:AT]->(:Account)<-[o:OF]-(h:Change)
  WHERE h.field = 'country' AND h.new IS NOT NULL AND h.at <= row.as_of AND w.known_from <= row.as_of
    AND (w.known_to IS NULL OR w.known_to > row.as_of) AND o.known_from <= row.as_of AND (o.known_to IS NULL OR o.known_to > row.as_of)
  RETURN h.new AS region ORDER BY h.at DESC, h.id DESC LIMIT 1
}
CALL (l, row) {
  OPTIONAL MATCH (l)-[w:AT]->(:Account)<-[o:OF]-(h:Change)
  WHERE h.field = 'employees' AND h.number IS NOT NULL AND h.at <= row.as_of AND w.known_from <= row.as_of
    AND (w.known_to IS NULL OR w.known_to > row.as_of) AND o.known_from <= row.as_of AND (o.known_to IS NULL OR o.known_to > row.as_of)
  RETURN h.number AS employees ORDER BY h.at DESC, h.id DESC LIMIT 1
}
CALL (l, row) {
  OPTIONAL MATCH (l)<-[o:OF]-(h:Change)
  WHERE h.field = 'source_name' AND h.new IS NOT NULL AND h.at <= row.as_of AND o.known_from <= row.as_of
    AND (o.known_to IS NULL OR o.known_to > row.as_of)
  RETURN h.new AS source ORDER BY h.at DESC, h.id DESC LIMIT 1
}
CALL (l, row) {
  OPTIONAL MATCH (l)<-[w:OWNS]-(r:Rep)
  WHERE w.known_from <= row.as_of AND (w.known_to IS NULL OR w.known_to > row.as_of) AND (w.to IS NULL OR w.to > row.as_of)
  RETURN coalesce(r.name, r.id) AS owner ORDER BY coalesce(w.from, w.known_from) DESC, r.id LIMIT 1
}
RETURN row.i AS i, region, employees, source, owner ORDER BY i
