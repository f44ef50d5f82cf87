// entity: deal
// family: stage history
// about: Growth of the amount since the deal was opened, as a natural logarithm: 0.1 is about 10 % more.
// unit: log ratio
// aggregate: sum
// empty: 0
// monotone: none
// because: Amount changed {count:plural time times} (last: from {old} to {new})
// each: From {old} to {new} on {at:day}
// absent: The amount was never changed.
MATCH (e)<-[o:OF]-(h:Change) WHERE h.field = 'amount' AND h.at <= as_of AND known(o)
WITH o, h, toFloat(h.old) AS old WHERE old > 0 AND h.number > 0
RETURN h.id AS id, log(h.number / old) AS x, h.at AS at, [e, h] AS nodes, [o] AS relationships, told(h.old) AS old, told(h.new) AS new
