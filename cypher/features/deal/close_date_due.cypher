// entity: deal
// family: stage history
// about: Days until the day on which the rep expects the deal to close; below 0 where it has passed.
// unit: days
// aggregate: latest
// empty: null
// monotone: none
// because: Expected to close in {value:whole} days, told on {at:day}
// each: Told on {at:day}: {day}
// absent: No day of closing was told.
MATCH (e)<-[o:OF]-(h:Change) WHERE h.field = 'close_date' AND h.moment IS NOT NULL AND h.at <= as_of AND known(o)
RETURN h.id AS id, days(as_of, h.moment) AS x, h.at AS at, [e, h] AS nodes, [o] AS relationships, left(told(h.new), 10) AS day, h.known_from AS since
