// about: Make the scores of one model at one moment (of one run, where it is named) the current ones of their name, in one
//     step; where another model answered at that moment, it did not in the end.
OPTIONAL MATCH (old:Score {name: $name})
WHERE (old:Current OR old.as_of = $as_of) AND (old.version <> $version OR old.as_of <> $as_of OR old.run <> coalesce($run, old.run))
WITH collect(old) AS olds
FOREACH (o IN olds | REMOVE o:Current SET o.answered = o.as_of <> $as_of AND coalesce(o.answered, true))
WITH 1 AS one
OPTIONAL MATCH (s:Score {name: $name, version: $version})
WHERE s.as_of = $as_of AND s.run = coalesce($run, s.run)
WITH collect(s) AS news
FOREACH (n IN news | SET n:Current, n.answered = true)
RETURN size(news) AS current
