// entity: deal
// family: stage history
// about: Days in the present stage as a multiple of the days that won deals usually spent in it.
// unit: times
// aggregate: max
// empty: null
// monotone: down
// because: {days:whole} days in {stage}, where won deals spent {usual:whole}
// each: In {stage} since {at:day}
// absent: The deal has entered no stage that won deals have passed.
MATCH (e)-[n:ENTERED]->(s:Stage) WHERE n.at <= as_of AND known(n)
WITH n, s ORDER BY n.at DESC, coalesce(n.order, s.order) DESC, n.id DESC LIMIT 1
MATCH (norm:Norm {id: 'stage_days|' + s.id + '|' + month(as_of)}) WHERE known(norm)
RETURN n.id AS id, days(n.at, as_of) / CASE WHEN norm.value > 1 THEN norm.value ELSE 1.0 END AS x, n.at AS at, [e, s, norm] AS nodes,
  [n] AS relationships, told(s.name) AS stage, days(n.at, as_of) AS days, norm.value AS usual
