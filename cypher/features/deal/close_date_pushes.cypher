// entity: deal
// family: stage history
// about: How often the expected close date was moved to a later day.
// unit: times
// aggregate: count
// empty: 0
// monotone: down
// because: Close date pushed {value:plural time times} (last on {at:day})
// each: Moved from {old} to {new} on {at:day}
// absent: The close date was never pushed.
MATCH (e)<-[o:OF]-(h:Change) WHERE h.field = 'close_date' AND h.new > h.old AND h.at <= as_of AND known(o)
RETURN h.id AS id, 1.0 AS x, h.at AS at, [e, h] AS nodes, [o] AS relationships, left(told(h.old), 10) AS old, left(told(h.new), 10) AS new
