// about: Leads that are open as of a moment: known, no deal has grown from them yet, and their status does not say that
//     they ended (disqualified, unqualified, lost, rejected, junk, closed, converted, in any case).
MATCH (l:Lead)
WHERE known(l) AND (l.created_at IS NULL OR l.created_at <= $as_of)
  AND NOT EXISTS { MATCH (d:Deal)-[r:GREW_FROM]->(l) WHERE known(r) }
CALL (l) {
  OPTIONAL MATCH (l)<-[o:OF]-(h:Change)
  WHERE h.field = 'status' AND h.new IS NOT NULL AND h.at <= $as_of AND known(o)
  RETURN toLower(h.new) AS status ORDER BY h.at DESC, h.id DESC LIMIT 1
}
WITH l, coalesce(status, 'open') AS status
WHERE status STARTS WITH 'open' OR NOT status =~ '.*(qualified out|disqualif|unqualif|not qualified|lost|dead|junk|spam|reject|not interested|no interest|closed|archiv|converted|duplicate).*'
RETURN l.id AS id ORDER BY id
