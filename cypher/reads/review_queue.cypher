// about: Pairs worth a person's look, best first; those judged since they were queued are left out.
MATCH (v:Review)
WHERE v.score <= coalesce($at_score, 2.0) AND known(v) AND ($kind IS NULL OR v.kind = $kind)
  AND ($at_score IS NULL OR v.score < $at_score OR v.id > $at_id)
MATCH (a:Record)<-[:ON]-(v)-[:ON]->(b:Record)
WHERE a.id < b.id AND NOT EXISTS { (a)<-[:ON]-(:Judgement)-[:ON]->(b) }
WITH v, a, b ORDER BY v.score DESC, v.id LIMIT $first
RETURN properties(v) AS row,
  a {.*, entity: [(a)-[t:RESOLVED_TO]->(e:Account|Contact|Lead|Deal) WHERE known(t) | e.id][0]} AS a,
  b {.*, entity: [(b)-[t:RESOLVED_TO]->(e:Account|Contact|Lead|Deal) WHERE known(t) | e.id][0]} AS b
