// entity: account
// family: flat
// about: Country of the account.
// unit: text
// aggregate: latest
// empty: null
// monotone: none
// categorical: true
// because: Country: {value}, since {at:day}
// each: {x}, known since {since:day}
// absent: The country is not known.
MATCH (e)<-[o:OF]-(h:Change) WHERE h.field = 'country' AND h.new IS NOT NULL AND h.at <= as_of AND known(o)
RETURN h.id AS id, h.new AS x, h.at AS at, [e, h] AS nodes, [o] AS relationships, h.known_from AS since
