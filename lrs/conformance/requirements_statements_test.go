package conformance

// The requirements on the Statement resource and on requests in general: Data
// 2.5 and Part Three of 1.0.3, 4.1 of 2.0.
var statementRequirements = []requirement{
	// Results.
	{"XAPI-00108", both, "Data 2.5", "4.1.6.1", "more is the address of the next page.", ""},
	{"XAPI-00109", both, "Data 2.5", "4.1.6.1", "more is empty on the last page.", ""},
	{"XAPI-00110", both, "Data 2.5", "4.1.6.1", "statements is an array of statements.", ""},
	{"XAPI-00111", both, "Data 2.5", "4.1.6.1", "A further page has the form of the first.", ""},
	{"XAPI-00113", both, "Data 2.5", "4.1.6.1", "A result has statements and more.", ""},
	{"XAPI-00114", both, "Data 2.5", "4.1.6.1", "What does not fit on a page comes on further ones, each statement once.", ""},

	// Requests in general.
	{"XAPI-00125", both, "Comm 1.1", "4.1", "HEAD is answered like GET, without a body.", ""},
	{"XAPI-00126", both, "Comm 1.1", "4.1", "HEAD is answered wherever GET is.", ""},
	{"OWN-CONTENT-TYPE", both, "Comm 1.5", "4.1.3", "Statements come as application/json; another type is refused.", ""},

	// PUT and POST.
	{"XAPI-00139", both, "Comm 2.1", "4.1.6.1", "The resource is at /statements.", ""},
	{"XAPI-00142", both, "Comm 2.1.1, 2.1.2", "4.1.6.1", "A stored statement is never changed: the same id with other content is 409.", ""},
	{"XAPI-00143", both, "Comm 2.1.1", "4.1.6.1", "A PUT that is taken is 204.", ""},
	{"XAPI-00144", both, "Comm 2.1.1", "4.1.6.1", "PUT takes the parameter statementId.", "id-parameter"},
	{"XAPI-00145", both, "Comm 2.1.1", "4.1.6.1", "PUT without statementId is 400.", ""},
	{"XAPI-00146", both, "Comm 2.1.2", "4.1.6.1", "A POST that is taken is 200 with the ids, in their order.", ""},
	{"XAPI-00147", both, "Comm 2.1.2", "4.1.6.1", "POST takes one statement or an array.", ""},

	// GET.
	{"XAPI-00149", both, "Comm 2.1.3", "4.1.6.1", "Nothing found is 200 with an empty result.", ""},
	{"XAPI-00150", both, "Comm 2.1.3", "4.1.6.1", "voidedStatementId goes with format and attachments only.", ""},
	{"XAPI-00151", both, "Comm 2.1.3", "4.1.6.1", "statementId goes with format and attachments only.", ""},
	{"XAPI-00153", both, "Comm 2.1.3", "4.1.6.1", "Every answer has X-Experience-API-Consistent-Through.", ""},
	{"XAPI-00154", both, "Comm 2.1.3", "4.1.6.1", "GET without an id answers a result.", ""},
	{"XAPI-00155", both, "Comm 2.1.3", "4.1.6.1", "voidedStatementId answers the voided statement.", ""},
	{"XAPI-00156", both, "Comm 2.1.3", "4.1.6.1", "statementId answers the statement.", ""},
	{"XAPI-00157", both, "Comm 2.1.3", "4.1.6.1", "voidedStatementId is a parameter.", ""},
	{"XAPI-00158", both, "Comm 2.1.3", "4.1.6.1", "statementId is a parameter.", ""},
	{"XAPI-00159", both, "Comm 2.1.3", "4.1.6.1", "The resource answers GET.", ""},
	{"XAPI-00160", both, "Comm 2.1.3", "4.1.6.1", "Consistent-Through is a timestamp.", ""},
	{"XAPI-00161", both, "Comm 2.1.3", "4.1.6.1", "attachments=false answers application/json.", ""},
	{"XAPI-00162", both, "Comm 2.1.4", "4.1.6.1", "Statements that point to a voided one are still found by what it says.", ""},
	{"XAPI-00163", both, "Comm 2.1.4", "4.1.6.1", "A voided statement is answered to voidedStatementId only.", ""},
	{"XAPI-00164", both, "Comm 2.1.3", "4.1.6.1", "A result has what the filters ask for, all of it, and nothing else.", ""},
	{"XAPI-00165", both, "Comm 2.1.3", "4.1.6.1", "Answers have a Content-Type.", ""},
	{"XAPI-00166", both, "Comm 2.1.3", "4.1.6.1", "ascending=true is the order of stored; without it the newest come first.", ""},
	{"XAPI-00168", both, "Comm 2.1.3", "4.1.6.1", "Without format, statements are answered as they were sent.", ""},
	{"XAPI-00169", both, "Comm 2.1.3", "4.1.6.1", "format=canonical answers one language each.", ""},
	{"XAPI-00170", both, "Comm 2.1.3", "4.1.6.1", "format=exact answers statements as they were sent.", ""},
	{"XAPI-00171", both, "Comm 2.1.3", "4.1.6.1", "format=ids answers no more than what identifies.", ""},
	{"XAPI-00172", both, "Comm 2.1.3", "4.1.6.1", "format=canonical follows Accept-Language.", ""},
	{"XAPI-00173", both, "Comm 2.1.3", "4.1.6.1", "limit bounds a page; 0 and nothing mean the server's own bound.", ""},
	{"XAPI-00174", both, "Comm 2.1.3", "4.1.6.1", "until: stored at that time or before.", ""},
	{"XAPI-00175", both, "Comm 2.1.3", "4.1.6.1", "since: stored after that time.", ""},
	{"XAPI-00176", both, "Comm 2.1.3", "4.1.6.1", "related_agents finds Agents at every place of a statement.", ""},
	{"XAPI-00177", both, "Comm 2.1.3", "4.1.6.1", "related_activities finds Activities at every place of a statement.", ""},
	{"XAPI-00178", both, "Comm 2.1.3", "4.1.6.1", "registration is a filter.", ""},
	{"XAPI-00179", both, "Comm 2.1.3", "4.1.6.1", "activity is a filter on the object.", ""},
	{"XAPI-00180", both, "Comm 2.1.3", "4.1.6.1", "verb is a filter.", ""},
	{"XAPI-00181", both, "Comm 2.1.3", "4.1.6.1", "agent is a filter on actor and object.", ""},
	{"V2-LAST-MODIFIED", both, "Comm 2.1.3", "4.1.6.1", "A single statement has Last-Modified, the second in which it was stored.", ""},
	{"OWN-REF-CHAINS", both, "Comm 2.1.3", "4.1.6.1", "Filters find StatementRefs to what they find, directly or through others; since, until and limit count for the one that refers.", ""},
	{"OWN-CONTEXT-REF", both, "Comm 2.1.3", "4.1.6.1", "context.statement is no reference for filters.", ""},
	{"OWN-RELATED-CONTEXT-AGENTS", v2, "-", "4.1.6.1", "related_agents finds Agents and Groups of contextAgents and contextGroups.", ""},

	// Errors.
	{"XAPI-00182", both, "Comm 2.1.2, 3.2", "4.1", "A refused request changes nothing.", ""},
	{"XAPI-00324", both, "Comm 3.2", "4.1", "An unknown parameter is 400.", ""},
	{"XAPI-00325", both, "Comm 3.2", "4.1", "A parameter in other letter case is 400.", ""},
	{"XAPI-00326", both, "Comm 3.2", "4.1", "One bad statement refuses the whole request.", ""},
	{"XAPI-00328", both, "Comm 3.2", "4.1", "What is larger than the server takes is 413.", ""},

	// Versions.
	{"XAPI-00330", both, "Comm 3.3", "4.1.5", "Statements are not converted from one version into another.", ""},
	{"XAPI-00331", both, "Comm 3.3", "4.1.5", "A missing or unknown version is 400, except at /about.", ""},
	{"XAPI-00332", both, "Comm 3.3", "4.2.4.3", "A statement keeps the version it was taken with.", ""},
	{"XAPI-00333", both, "Comm 3.3", "4.1.5", "Answers have the version: the latest patch of the edition that was asked for.", ""},
	{"OWN-VERSION-DEFAULT", both, "Data 2.4.10", "4.2.4.3", "A statement without a version is 1.0.0, under 2.0 it is 2.0.0.", ""},

	// Credentials.
	{"XAPI-00334", both, "Comm 4.0", "4.1", "Missing and wrong credentials are 401.", ""},
	{"XAPI-00335", both, "Comm 4.0", "4.1", "HTTP Basic works.", ""},
	{"OWN-429", both, "Comm 3.2", "4.1", "Too many wrong credentials are 429.", ""},
	{"OWN-401-NOTHING", both, "Comm 3.2, 4.0", "4.1", "Wrong credentials are 401 at every resource and method, and change nothing.", ""},

	// Gaps of the official suite.
	{"OWN-SAME-ID", both, "Comm 2.1.1, 2.1.2", "4.1.6.1", "The same statement again is taken once and acknowledged every time.", ""},
	{"OWN-SAME-ID-AT-ONCE", both, "Comm 2.1.2", "4.1.6.1", "Of different statements with one id at the same time, one is taken.", ""},
	{"OWN-PAGING-WHILE-WRITING", both, "Data 2.5", "4.1.6.1", "Pages neither skip nor repeat while others write.", ""},
	{"OWN-TAIL-BY-SINCE", both, "Comm 2.1.3", "4.1.6.1", "A reader that follows by since misses nothing while others write.", ""},
	{"OWN-READ-YOUR-WRITES", both, "Comm 2.1.3", "4.1.6.1", "A read sees everything acknowledged before it began.", ""},
	{"OWN-LARGE-BATCH", both, "Comm 2.1.2", "4.1.6.1", "Very large batches are taken whole.", ""},
	{"OWN-SLOW-BODY", both, "Comm 3.2", "4.1", "Slow bodies are taken within a bound and cut after it; one that breaks off leaves nothing.", ""},
	{"OWN-VOIDING-RIGHTS", both, "Data 2.3.2", "4.2.5", "A key voids what it may void; for others it is 403.", ""},
	{"OWN-SCOPES", both, "Comm 4.2", "4.1", "A key does no more than its scopes say: 403.", ""},
}
