// about: Accounts that have not bought yet: known, and without a won deal that was known.
MATCH (a:Account)
WHERE known(a) AND NOT EXISTS {
  MATCH (a)<-[w:WITH]-(d:Deal)-[z:ENDED_IN]->(o:Outcome) WHERE o.result = 'won' AND known(w, z)
}
RETURN a.id AS id ORDER BY id
