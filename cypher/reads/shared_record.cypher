// about: A record of an account that the most sources know.
MATCH (a:Account)<-[:RESOLVED_TO]-(r:Record {kind: 'account'})
WITH a, collect(DISTINCT r.source) AS sources, min(r.record_id) AS record_id
WITH a, sources, record_id ORDER BY size(sources) DESC, a.id LIMIT 1
MATCH (a)<-[:RESOLVED_TO]-(r:Record {record_id: record_id, kind: 'account'})
RETURN r.source AS source, r.record_id AS record_id ORDER BY source LIMIT 1
