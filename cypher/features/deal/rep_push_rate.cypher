// entity: deal
// family: rep and team
// about: Share of the owner's ended deals whose day of closing was moved to a later one.
// unit: share
// aggregate: mean
// empty: null
// monotone: down
// because: {rep} moved the day of closing of {value:percent} of their deals
// each: {rep}: {x:percent} over {n} deals
// absent: Nobody is known to own this deal, or the owner has no ended deal.
MATCH (e)<-[w:OWNS]-(r:Rep) WHERE current(w) AND known(w)
MATCH (n:Norm {id: 'rep_push_rate|' + r.id + '|' + month(as_of)}) WHERE known(n)
RETURN w.id AS id, n.value AS x, [e, r, n] AS nodes, [w] AS relationships, told(r.name) AS rep, n.n AS n
