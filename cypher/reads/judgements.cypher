// about: What people decided about pairs of records, oldest first.
MATCH (j:Judgement)-[:ON]->(r:Record)
WITH j, min(r.id) AS a, max(r.id) AS b
WHERE a <> b
RETURN j.id AS id, a, b, j.verdict AS verdict, j.author AS author, j.reason AS reason, j.at AS at
ORDER BY at, id
