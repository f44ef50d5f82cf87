// about: Accounts with an open deal in which nobody is known as economic buyer or champion.
MATCH (a:Account)<-[v:WITH]-(d:Deal)
WHERE known(v, d) AND d.opened_at <= $as_of
  AND NOT EXISTS { MATCH (d)-[z:ENDED_IN]->(:Outcome) WHERE known(z) }
  AND NOT EXISTS { MATCH (d)<-[p:PLAYS]-(:Contact) WHERE p.role IN ['economic_buyer', 'champion'] AND known(p) }
RETURN a.id AS id, 'nobody decides or supports in ' + coalesce(told(d.name), d.id) AS reason
ORDER BY id, reason
