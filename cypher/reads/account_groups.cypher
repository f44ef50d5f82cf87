// about: The groups that accounts belonged to, each at its moment: country and employees. Accounts have no source and owner.
UNWIND $rows AS row
MATCH (a:Account {id: row.id})
CALL (a, row) {
  OPTIONAL MATCH (a)<-[o:OF]-(h:Change)
  WHERE h.field = 'country' AND h.new IS NOT NULL AND h.at <= row.as_of AND o.known_from <= row.as_of
    AND (o.known_to IS NULL OR o.known_to > row.as_of)
  RETURN h.new AS region ORDER BY h.at DESC, h.id DESC LIMIT 1
}
CALL (a, row) {
  OPTIONAL MATCH (a)<-[o:OF]-(h:Change)
  WHERE h.field = 'employees' AND h.number IS NOT NULL AND h.at <= row.as_of AND o.known_from <= row.as_of
    AND (o.known_to IS NULL OR o.known_to > row.as_of)
  RETURN h.number AS employees ORDER BY h.at DESC, h.id DESC LIMIT 1
}
RETURN row.i AS i, region, employees, null AS source, null AS owner ORDER BY i
