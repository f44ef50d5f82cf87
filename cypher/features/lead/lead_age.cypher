// entity: lead
// family: flat
// about: Days since the lead arose.
// unit: days
// aggregate: max
// empty: null
// monotone: none
// because: Lead for {value:whole} days
// each: Arose on {at:day}
// absent: When the lead was created is not known.
WITH e AS d WHERE d.created_at <= as_of
RETURN d.id AS id, days(d.created_at, as_of) AS x, d.created_at AS at, [d] AS nodes, [] AS relationships
