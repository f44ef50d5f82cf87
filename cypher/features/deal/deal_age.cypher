// entity: deal
// family: flat
// about: Days since the deal was opened.
// unit: days
// aggregate: max
// empty: null
// monotone: none
// because: Open for {value:whole} days
// each: Opened on {at:day}
// absent: When the deal was opened is not known.
WITH e AS d WHERE d.opened_at <= as_of
RETURN d.id AS id, days(d.opened_at, as_of) AS x, d.opened_at AS at, [d] AS nodes, [] AS relationships
