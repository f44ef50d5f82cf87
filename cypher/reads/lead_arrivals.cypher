// about: When each lead that is known arose.
MATCH (l:Lead) WHERE known(l) AND l.created_at <= $as_of
RETURN l.created_at AS at ORDER BY at
