// about: Accounts where somebody works who was on a deal that another account of ours won, and to whom we sell nothing yet.
MATCH (a:Account)<-[w:WORKS_AT]-(c:Contact)-[p:PLAYS]->(d:Deal)-[z:ENDED_IN]->(o:Outcome {result: 'won'})
WHERE known(w, p, z) AND (w.to IS NULL OR w.to > $as_of) AND o.at <= $as_of
MATCH (d)-[v:WITH]->(former:Account)
WHERE former.id <> a.id AND known(v)
  AND NOT EXISTS { MATCH (a)<-[x:WITH]-(:Deal)-[y:ENDED_IN]->(:Outcome {result: 'won'}) WHERE known(x, y) }
WITH DISTINCT a, former
RETURN a.id AS id, 'somebody who bought at ' + coalesce(told(former.name), former.id) + ' works here now' AS reason
ORDER BY id, reason
