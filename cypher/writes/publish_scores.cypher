// about: Make the scores of one run the current ones of their name, in one step.
OPTIONAL MATCH (old:Current:Score {name: $name}) WHERE old.run <> $run
WITH collect(old) AS olds
FOREACH (o IN olds | REMOVE o:Current)
WITH 1 AS one
OPTIONAL MATCH (s:Score {name: $name}) WHERE s.run = $run
WITH collect(s) AS news
FOREACH (n IN news | SET n:Current)
RETURN size(news) AS current
