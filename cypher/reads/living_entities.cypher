// about: Every entity of a kind that was there as of a moment.
MATCH (e:Account|Contact|Lead|Deal|Own)
WHERE $label IN labels(e) AND known(e)
RETURN e.id AS id ORDER BY id
