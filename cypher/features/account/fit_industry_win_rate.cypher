// entity: account
// family: similarity
// about: Win rate of deals in the account's industry.
// unit: share
// aggregate: mean
// empty: null
// monotone: up
// because: Deals in {industry} are won {value:percent} of the time
// each: {industry}: {x:percent} over {n} deals
// absent: No deal in the account's industry has ended yet.
MATCH (e)-[i:IN]->(y:Industry) WHERE known(i)
MATCH (n:Norm {id: 'industry_win_rate|' + y.id + '|' + month(as_of)}) WHERE known(n)
RETURN i.id AS id, n.value AS x, [e, y, n] AS nodes, [i] AS relationships, told(y.name) AS industry, n.n AS n
