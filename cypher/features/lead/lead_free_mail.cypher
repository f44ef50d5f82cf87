// entity: lead
// family: flat
// about: Whether the lead wrote from a free-mail address.
// unit: flag
// aggregate: latest
// empty: null
// monotone: none
// because: Wrote from {domain}
// each: Address at {domain}
// absent: The lead's mail domain is not known.
MATCH (e)<-[o:OF]-(h:Change) WHERE h.field = 'mail_domain' AND h.new IS NOT NULL AND h.at <= as_of AND known(o)
RETURN h.id AS id, CASE WHEN toLower(h.new) IN ['gmail.com', 'googlemail.com', 'yahoo.com', 'hotmail.com', 'outlook.com', 'live.com',
    'icloud.com', 'me.com', 'aol.com', 'gmx.com', 'gmx.de', 'gmx.net', 'web.de', 'mail.com', 'proton.me', 'protonmail.com', 'yandex.ru',
    'mail.ru', 'qq.com', '163.com', 'orange.fr', 'free.fr', 'libero.it', 'seznam.cz', 'wp.pl', 't-online.de'] THEN 1.0 ELSE 0.0 END AS x,
  h.at AS at, [e, h] AS nodes, [o] AS relationships, h.known_from AS since, told(h.new) AS domain
