// entity: deal
// family: rep and team
// about: Win rate of the deal's owner in the account's industry, shrunk to the owner's own.
// unit: share
// aggregate: mean
// empty: null
// monotone: up
// because: {rep} wins {value:percent} in {industry}
// each: {rep} in {industry}: {x:percent} over {n} deals
// absent: The owner has no closed deal in this industry.
MATCH (e)<-[w:OWNS]-(r:Rep) WHERE current(w) AND known(w)
MATCH (e)-[v:WITH]->(f:Account)-[i:IN]->(y:Industry) WHERE known(v, i)
MATCH (n:Norm {id: 'rep_industry_win_rate|' + r.id + '|' + y.id + '|' + month(as_of)}) WHERE known(n)
RETURN w.id + '|' + y.id AS id, n.value AS x, [r, e, f, y, n] AS nodes, [w, v, i] AS relationships, told(r.name) AS rep, told(y.name) AS industry, n.n AS n
