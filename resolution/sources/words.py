"""Words that systems use for our fields, by kind: what `suggest` knows before it looks at values.

A word is a column's name in lower case without blanks, punctuation or the prefix of an exporting tool.
"""

FIELD_WORDS: dict[str, dict[str, tuple[str, ...]]] = {
    "account": {
        "name": ("accountname", "companyname", "organisation", "organization", "company", "account", "name",
        "legalname", "resellername", "customer"),
        "domain": ("domain", "companydomainname", "emaildomain"), "website": ("website", "url", "web", "websiteurl"),
        "phone": ("phone", "phonenumber", "telephone"), "street": ("street", "address", "billingstreet",
        "streetaddress"),
        "city": ("city", "billingcity", "town"), "region": ("state", "region", "billingstate", "stateregion",
        "stateprovince"),
        "postcode": ("postcode", "zip", "zipcode", "postalcode", "billingpostalcode"),
        "country": ("country", "billingcountry", "countryregion", "officelocation"),
        "industry": ("industry", "sector", "businesstype", "vertical"), "employees": ("employees",
        "numberofemployees", "headcount", "size"),
        "revenue": ("revenue", "annualrevenue", "turnover", "sales"), "parent": ("parentid", "parent", "subsidiaryof",
        "parentaccount", "parentcompany"),
        "registration_id": ("vat", "vatnumber", "registrationnumber", "registerno", "companynumber", "orgnumber"),
    },
    "contact": {
        "name": ("fullname", "contactname", "name", "person", "displayname"), "first_name": ("firstname", "givenname",
        "first"),
        "last_name": ("lastname", "surname", "familyname", "last"), "email": ("email", "emailaddress", "mail",
        "personemail"),
        "phone": ("phone", "mobile", "phonenumber", "mobilephone", "workphone"), "title": ("title", "jobtitle",
        "position", "role"),
        "department": ("department",), "account": ("accountid", "companyid", "account", "company", "organisation",
        "organization", "associatedcompany"),
        "company": ("companyname", "employer"), "city": ("city", "mailingcity"), "country": ("country",
        "mailingcountry"),
        "linkedin": ("linkedin", "linkedinurl"), "birth_date": ("birthdate", "dateofbirth"),
    },
    "lead": {
        "name": ("fullname", "leadname", "name"), "first_name": ("firstname",), "last_name": ("lastname", "surname"),
        "email": ("email", "emailaddress"),
        "phone": ("phone", "mobile"), "company": ("company", "companyname", "organisation", "organization"),
        "title": ("title", "jobtitle", "currentoccupation"),
        "country": ("country",), "website": ("website",), "source_name": ("leadsource", "source", "originalsource",
        "leadorigin"),
        "campaign": ("campaignid", "campaign"), "status": ("leadstatus", "status", "leadstage", "converted",
        "lifecyclestage"),
        "owner": ("ownerid", "owner", "leadowner"), "created_at": ("createddate", "created", "createdat",
        "createdate", "leadcreated"),
        "converted_at": ("converteddate", "convertedat"), "converted_deal": ("convertedopportunityid",
        "opportunityid", "dealid"),
    },
    "deal": {
        "name": ("opportunityname", "dealname", "name", "opportunity", "deal"), "account": ("accountid", "companyid",
        "account", "company", "customer", "customerid"),
        "contact": ("contactid", "contact", "primarycontact"), "amount": ("amount", "dealvalue", "value",
        "closevalue", "acv", "arr", "revenue", "expectedrevenue"),
        "deal_kind": ("type", "dealtype", "opportunitytype"),
        "opened_at": ("createddate", "created", "createdat", "createdate", "opened", "engagedate", "opendate",
        "openedat"),
        "closed_at": ("closedate", "closeddate", "closedat", "closed", "wonlostdate"),
        "stage": ("outcome", "stagename", "dealstage", "stage", "opportunitystage", "currentstage", "status"),
        "pipeline": ("pipeline",),
        "owner": ("ownerid", "owner", "salesagent", "salesrep", "salesrepid", "rep", "salesperson", "dealowner"),
        "lead_source": ("leadsource", "source"), "campaign": ("campaignid", "campaign"), "product": ("productid",
        "product"), "quantity": ("quantity", "qty"),
        "reason": ("closedlostreason", "lossreason", "reason", "winlossreason"), "competitor": ("competitor",
        "maincompetitor"),
    },
    "rep": {
        "name": ("salesagent", "salesrep", "repname", "name", "fullname", "owner", "employeename", "salesperson"),
        "email": ("email",),
        "team": ("team", "regionaloffice", "department", "region", "salesteam"), "active": ("isactive", "active"),
    },
    "product": {
        "name": ("productname", "product", "name"), "family": ("family", "series", "category", "subcategory",
        "productfamily"),
        "price": ("salesprice", "listprice", "price", "unitprice", "standardprice"),
    },
    "campaign": {"name": ("campaignname", "campaign", "name"), "campaign_kind": ("type", "kind"),
    "started_at": ("startdate", "start", "started")},
    "activity": {
        "activity_kind": ("activitytype", "type", "kind", "activity", "tasksubtype", "eventtype"),
        "direction": ("direction",),
        "at": ("activitydate", "date", "at", "timestamp", "start", "starttime", "duedate", "time", "occurredat"),
        "subject": ("subject", "activitysubject"),
        "minutes": ("minutes", "durationinminutes", "duration"), "rep": ("ownerid", "owner", "assignedto"),
        "rep_email": ("mailbox", "owneremail", "from"),
        "deal": ("opportunityid", "dealid", "whatid", "opportunity", "deal"), "lead": ("leadid",),
        "account": ("accountid", "companyid"),
    },
    "ticket": {
        "account": ("accountid", "companyid", "customerid", "customer", "organisation", "orgid"),
        "severity": ("priority", "severity", "seriousness"),
        "subject": ("subject", "ticketname", "title"), "opened_at": ("opened", "openedat", "createddate", "created",
        "createdat", "completetimestamp"),
        "closed_at": ("closed", "closedat", "closeddate", "solved", "resolvedat"),
    },
    "invoice": {
        "account": ("accountid", "customerid", "customerno", "customer", "account", "resellerkey"),
        "number": ("invoicenumber", "number", "ordernumber", "invoiceno"),
        "amount": ("amount", "total", "totalamount", "salesamount"), "issued_at": ("issued", "invoicedate",
        "issuedat", "orderdate", "date"),
        "paid_at": ("paid", "paidat", "paiddate"), "deal": ("opportunityid", "dealid"),
    },
    "role": {
        "contact": ("contactid", "contact"), "deal": ("opportunityid", "dealid", "opportunity", "deal"),
        "role": ("role", "contactrole"),
    },
    "history": {
        "of": ("opportunityid", "dealid"), "at": ("createddate", "timestamp", "changedat", "date", "at", "enteredat"),
        "stage": ("stagename", "stage", "dealstage", "tostage"),
        "amount": ("amount",), "close_date": ("closedate",),
    },
}
"""Field words, most telling first."""

ID_WORDS: dict[str, tuple[str, ...]] = {
    "account": ("accountid", "companyid", "customerid", "orgid", "recordid", "id", "account", "accountname",
    "companyname", "customer", "company", "resellerkey"),
    "contact": ("contactid", "personid", "recordid", "id", "email"),
    "lead": ("leadid", "prospectid", "leadnumber", "recordid", "id"),
    "deal": ("opportunityid", "dealid", "recordid", "id", "dealnumber"),
    "rep": ("userid", "ownerid", "salesrepid", "repid", "employeekey", "id", "salesagent", "email"),
    "product": ("productid", "productkey", "sku", "productcode", "id", "product"),
    "campaign": ("campaignid", "id", "campaign"),
    "activity": ("activityid", "taskid", "eventid", "recordid", "id"),
    "ticket": ("ticketid", "caseid", "casenumber", "id"),
    "invoice": ("invoiceid", "invoiceno", "invoicenumber", "ordernumber", "salesordernumber", "id"),
    "role": ("id",),
    "history": ("id",),
}

FILE_WORDS: dict[str, tuple[str, ...]] = {
    "account": ("account", "compan", "organi", "customer", "reseller"), "contact": ("contact", "people", "person"),
    "lead": ("lead", "prospect"),
    "deal": ("opportunit", "deal", "pipeline"), "rep": ("user", "rep", "team", "owner", "salespe", "employee"),
    "product": ("product",),
    "campaign": ("campaign",), "activity": ("activit", "task", "event", "call", "meeting", "mail"),
    "ticket": ("ticket", "case", "support"),
    "invoice": ("invoice", "order", "billing"), "role": ("role",), "history": ("history", "stage"),
}  # fmt: skip

MODIFIED_WORDS = ("systemmodstamp", "lastmodifieddate", "lastmodified", "modified", "updatedat", "updated",
    "modifiedat", "lastupdated")
CREATED_WORDS = ("createddate", "createdat", "created", "createdate", "timestamp", "date")
WON_WORDS = ("won", "win", "success", "closed won", "gained")
LOST_WORDS = ("lost", "loss", "dead", "cancel", "reject", "disqual", "abandon", "unsuccess")
FORMATS = (
    "%d.%m.%Y", "%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S", "%d/%m/%Y", "%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S", "%m/%d/%Y",
    "%m/%d/%Y %H:%M",
    "%m/%d/%Y %I:%M %p", "%Y/%m/%d", "%Y/%m/%d %H:%M:%S", "%d-%m-%Y", "%d-%b-%Y", "%b %d, %Y", "%A, %B %d, %Y",
    "%Y%m%d",
)  # fmt: skip
CHOICE_WORDS: dict[str, dict[str, str]] = {
    "deal_kind": {"new": "new", "renew": "renewal", "upsell": "expansion", "expan": "expansion", "exist": "expansion",
    "add": "expansion"},
    "severity": {"urgent": "severe", "critical": "severe", "p1": "severe", "high": "high", "p2": "high",
    "medium": "normal", "normal": "normal", "p3": "normal",
                 "low": "low", "p4": "low"},
    "activity_kind": {"call": "call", "phone": "call", "meet": "meeting", "demo": "meeting", "mail": "mail",
    "open": "mail_open", "click": "mail_click",
                      "visit": "web_visit", "form": "form", "event": "event", "task": "task", "to-do": "task"},
    "direction": {"in": "inbound", "rec": "inbound", "out": "outbound", "sent": "outbound"},
    "role": {"econ": "economic_buyer", "decision": "economic_buyer", "champ": "champion", "spons": "champion",
    "tech": "technical_evaluator",
             "eval": "technical_evaluator", "user": "user", "procure": "procurement", "purchas": "procurement",
             "influ": "influencer", "block": "blocker"},
}  # fmt: skip
