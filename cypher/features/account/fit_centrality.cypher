// entity: account
// family: network
// about: PageRank of the account among accounts tied by ownership, partnership and people; 1 is the average.
// unit: times the average
// aggregate: mean
// empty: null
// monotone: up
// because: {account} is {value:one} times as connected as the average account
// each: {account}: {x:one} times the average
// absent: The account is connected to no others.
CALL (e, as_of) {
  MATCH (m:Measure {id: 'centrality|' + e.id + '|' + quarter(as_of)})
  RETURN m
}
MATCH (m)-[o:OF]->(e:Account) WHERE known(o)
RETURN m.id AS id, m.value AS x, [e, m] AS nodes, [o] AS relationships, told(e.name) AS account
