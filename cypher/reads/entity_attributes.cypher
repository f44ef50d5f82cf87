// about: What an entity's records hold in columns of the user's own, newest first.
UNWIND $keys AS key
MATCH (e:Account|Contact|Lead|Deal {id: key})
CALL (e) {
  MATCH (e)<-[q:RESOLVED_TO]-(r:Record)<-[o:OF]-(h:Attributes) WHERE known(q, o) AND h.at <= $as_of
  WITH r, h ORDER BY h.at DESC, h.id DESC
  RETURN collect({kind: r.kind, record: h.record, known_from: h.known_from, values: properties(h)}) AS rows
}
RETURN key, rows
