// about: Every source record of the first of the pairs that have a current score, with that score; `second` are the records of
//     the second ('source:record_id'), or the key that it is known by.
MATCH (s:Current:Score {name: $name})
CALL (s) {
  WITH split(s.entity_id, '|')[0] AS first, s
  MATCH (n:Record {kind: $kind})-[r:RESOLVED_TO]->(e {id: first}) WHERE r.known_to IS NULL
  RETURN n.source AS source, n.record_id AS record_id
}
CALL (s) {
  OPTIONAL MATCH (c:Contact {id: s.second_id})<-[r:RESOLVED_TO]-(n:Record) WHERE r.known_to IS NULL
  WITH n ORDER BY n.source, n.record_id LIMIT 1
  RETURN coalesce(n.source, split(split(s.second_id, ':')[0], '|')[-1]) AS second_source,
    coalesce(n.record_id, substring(s.second_id, size(split(s.second_id, ':')[0]) + 1)) AS second_record_id
}
RETURN source, record_id, second_source, second_record_id, s.entity_id AS entity_id, s.value AS value, s.band AS band, s.basis AS basis, s.as_of AS as_of,
  s.version AS version, s.features AS features, s.paired AS paired, s.values AS values, s.texts AS texts, s.contributions AS contributions
ORDER BY value DESC, source, record_id, second_source, second_record_id
