// entity: deal
// family: rep and team
// about: Win rate of the deal's owner, adjusted for the kinds of deals and industries they work.
// unit: share
// aggregate: mean
// empty: null
// monotone: up
// because: {rep} wins {value:percent} of similar deals
// each: {rep}: {x:percent} over {n} deals
// absent: Nobody is known to own this deal, or the owner has no closed deal.
MATCH (e)<-[w:OWNS]-(r:Rep) WHERE current(w) AND known(w)
MATCH (n:Norm {id: 'rep_win_rate|' + r.id + '|' + month(as_of)}) WHERE known(n)
RETURN w.id AS id, n.value AS x, [e, r, n] AS nodes, [w] AS relationships, told(r.name) AS rep, n.n AS n
