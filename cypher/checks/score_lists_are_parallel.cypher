// about: Features, their pairs, values, texts and contributions of a score have the same length.
MATCH (s:Score)
WITH s, size(coalesce(s.contributions, [])) AS n
WHERE size(coalesce(s.features, [])) <> n OR size(coalesce(s.paired, [])) <> n
  OR size(coalesce(s.values, [])) <> n OR size(coalesce(s.texts, [])) <> n
RETURN s.id AS id, toString(n) + ' contributions, but not as many features' AS found
