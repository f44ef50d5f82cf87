// entity: lead
// family: flat
// about: Level read from the lead's job title.
// unit: text
// aggregate: latest
// empty: null
// monotone: none
// categorical: true
// because: Level: {value} ({title})
// each: {title}
// absent: The lead's job title is not known.
MATCH (e)<-[o:OF]-(h:Change) WHERE h.field = 'title' AND h.new IS NOT NULL AND h.at <= as_of AND known(o)
RETURN h.id AS id, CASE
    WHEN h.new =~ '(?iu).*\\b(chief|ceo|cfo|cto|cio|coo|cmo|cro|ciso|owner|founder|co-founder|geschäftsführer|managing director)\\b.*'
      OR (h.new =~ '(?iu).*\\bpresident\\b.*' AND NOT h.new =~ '(?iu).*\\bvice\\b.*') THEN 'c_level'
    WHEN h.new =~ '(?iu).*\\b(vp|svp|evp|vice president|vice-president)\\b.*' THEN 'vp'
    WHEN h.new =~ '(?iu).*\\b(director|head|principal|leiter|leiterin)\\b.*' THEN 'director'
    WHEN h.new =~ '(?iu).*\\b(manager|lead|supervisor|teamleiter)\\b.*' THEN 'manager'
    ELSE 'staff' END AS x, h.at AS at, [e, h] AS nodes, [o] AS relationships, h.known_from AS since, told(h.new) AS title
