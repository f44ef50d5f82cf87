// entity: lead
// family: flat
// about: Where the lead came from, as the system names it.
// unit: text
// aggregate: latest
// empty: null
// monotone: none
// categorical: true
// because: Lead source: {value}
// each: {x}, known since {since:day}
// absent: The lead source is not known.
MATCH (e)<-[o:OF]-(h:Change) WHERE h.field = 'source_name' AND h.new IS NOT NULL AND h.at <= as_of AND known(o)
RETURN h.id AS id, h.new AS x, h.at AS at, [e, h] AS nodes, [o] AS relationships, h.known_from AS since
