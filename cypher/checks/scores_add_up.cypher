// about: The base of every score and its contributions add up to its log-odds, to 1e-9.
MATCH (s:Score)
WITH s, reduce(total = s.base, c IN coalesce(s.contributions, []) | total + c) - s.log_odds AS off
WHERE NOT abs(off) <= 1e-9
RETURN s.id AS id, 'off by ' + toString(off) AS found
