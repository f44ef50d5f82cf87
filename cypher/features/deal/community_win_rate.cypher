// entity: deal
// family: network
// about: Win rate of the other accounts in the account's community, shrunk to the company's win rate.
// unit: share
// aggregate: mean
// empty: null
// monotone: up
// because: We win {value:percent} of deals with connected accounts
// each: Community of {account}: {x:percent}
// absent: The account is connected to no others.
MATCH (e)-[w:WITH]->(f:Account) WHERE known(w)
CALL (f, as_of) {
  MATCH (m:Measure {id: 'community|' + f.id + '|' + quarter(as_of)})
  RETURN m
}
MATCH (m)-[o:OF]->(f) WHERE known(o)
RETURN m.id AS id, m.value AS x, [e, f, m] AS nodes, [w, o] AS relationships, told(f.name) AS account
