// entity: deal
// family: flat
// about: Amount of the deal.
// unit: workspace currency
// aggregate: latest
// empty: null
// monotone: none
// because: Amount: {value:money}, since {at:day}
// each: {x:whole}, known since {since:day}
// absent: The amount is not known.
MATCH (e)<-[o:OF]-(h:Change) WHERE h.field = 'amount' AND h.number IS NOT NULL AND h.at <= as_of AND known(o)
RETURN h.id AS id, h.number AS x, h.at AS at, [e, h] AS nodes, [o] AS relationships, h.known_from AS since
