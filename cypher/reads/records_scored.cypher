// about: Every source record of the entities that have a current score, with that score.
MATCH (s:Current:Score {name: $name})
CALL (s) {
  MATCH (n:Record {kind: $kind})-[r:RESOLVED_TO]->(e {id: s.entity_id})
  WHERE r.known_to IS NULL
  RETURN n.source AS source, n.record_id AS record_id
}
RETURN source, record_id, s.entity_id AS entity_id, s.value AS value, s.band AS band, s.basis AS basis, s.as_of AS as_of, s.version AS version,
       s.features AS features, s.paired AS paired, s.values AS values, s.texts AS texts, s.contributions AS contributions
ORDER BY value DESC, source, record_id
