// about: The value of every score is the probability of its log-odds, and lies within its band.
MATCH (s:Score)
WITH s, 1.0 / (1.0 + exp(-s.log_odds)) - s.value AS off
WHERE NOT abs(off) <= 1e-9 OR s.low > s.value OR s.high < s.value OR s.low < 0 OR s.high > 1
RETURN s.id AS id, 'value ' + toString(s.value) + ', band ' + toString(s.low) + ' to ' + toString(s.high) AS found
