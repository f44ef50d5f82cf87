// entity: lead
// family: similarity
// about: Win rate of deals in the industry of the lead's account.
// unit: share
// aggregate: mean
// empty: null
// monotone: up
// because: Deals in {industry} are won {value:percent} of the time
// each: {industry}: {x:percent} over {n} deals
// absent: The industry of the lead's account is not known.
MATCH (e)-[l:AT]->(f:Account)-[i:IN]->(y:Industry) WHERE known(l, i)
MATCH (n:Norm {id: 'industry_win_rate|' + y.id + '|' + month(as_of)}) WHERE known(n)
RETURN l.id + '|' + i.id AS id, n.value AS x, [e, f, y, n] AS nodes, [l, i] AS relationships, told(y.name) AS industry, n.n AS n
