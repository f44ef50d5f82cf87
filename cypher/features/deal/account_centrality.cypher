// entity: deal
// family: network
// about: PageRank of the account among accounts tied by ownership, partnership and people; 1 is the average.
// unit: times the average
// aggregate: mean
// empty: null
// monotone: up
// because: {account} is {value:one} times as connected as the average account
// each: {account}: {x:one} times the average
// absent: The account is connected to no others.
MATCH (e)-[w:WITH]->(f:Account) WHERE known(w)
CALL (f, as_of) {
  MATCH (m:Measure {id: 'centrality|' + f.id + '|' + quarter(as_of)})
  RETURN m
}
MATCH (m)-[o:OF]->(f) WHERE known(o)
RETURN m.id AS id, m.value AS x, [e, f, m] AS nodes, [w, o] AS relationships, told(f.name) AS account
