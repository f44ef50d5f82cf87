// about: Deals (or leads, accounts, contacts) whose own columns hold what is asked for. `$attributes` is null or a list of
//     maps: `key` and `until` name properties of Attributes (a_…, u_…), `text` (in small letters) or `number` is what the
//     newest value must equal, `least` and `most` are bounds of a number.
MATCH (e:Deal)
WHERE $attributes IS NULL OR all(want IN $attributes WHERE any(value IN COLLECT {
    MATCH (e)<-[q:RESOLVED_TO]-(:Record)<-[o:OF]-(h:Attributes)
    WHERE known(q, o) AND h.at <= $as_of AND h[want.key] IS NOT NULL
      AND coalesce(h[want.until] > $as_of.epochMillis, true)
      AND ($personal OR NOT want.key IN coalesce(h.personal_values, []))
    RETURN h[want.key] AS value ORDER BY h.at DESC, h.id DESC LIMIT 1
  } WHERE (want.text IS NULL OR toLower(toString(value)) = want.text) AND (want.number IS NULL OR value = want.number)
    AND (want.least IS NULL OR value >= want.least) AND (want.most IS NULL OR value <= want.most)))
RETURN e.id AS id
