package conformance

// The requirements on the alternate syntax, on agents, activities and about.
var otherRequirements = []requirement{
	{"XAPI-00148", v1, "Comm 1.3, 2.1.2", "-", "A GET may be posted as a form, and answers the same.", ""},
	{"XAPI-00336", v1, "Comm 1.3", "-", "Every request may be posted as a form; what would be headers and parameters are fields.", ""},
	{"V2-NO-ALTERNATE", v2, "-", "4.1", "There is no alternate request syntax: 400.", ""},

	{"XAPI-00236", both, "Comm 2.4", "4.1.6.3", "The resource answers GET with a Person.", ""},
	{"XAPI-00237", both, "Comm 2.4", "4.1.6.3", "The objectType of a Person is Person.", ""},
	{"XAPI-00238", both, "Comm 2.4", "4.1.6.3", "name is an array of strings.", ""},
	{"XAPI-00239", both, "Comm 2.4", "4.1.6.3", "mbox is an array of IRIs.", ""},
	{"XAPI-00240", both, "Comm 2.4", "4.1.6.3", "mbox_sha1sum is an array of strings.", ""},
	{"XAPI-00241", both, "Comm 2.4", "4.1.6.3", "openid is an array of strings.", ""},
	{"XAPI-00242", both, "Comm 2.4", "4.1.6.3", "account is an array of accounts.", ""},
	{"XAPI-00243", both, "Comm 2.4", "4.1.6.3", "GET without agent is 400.", ""},
	{"XAPI-00244", both, "Comm 2.4", "4.1.6.3", "mbox has mailto IRIs.", ""},
	{"XAPI-00245", both, "Comm 2.4", "4.1.6.3", "The resource is at /agents.", ""},
	{"XAPI-00248", both, "Comm 2.4", "4.1.6.3", "A Person has what is known of the Agent, at least what was asked with.", ""},
	{"XAPI-00249", both, "Comm 2.4", "4.1.6.3", "What is no Agent is 400.", ""},
	{"OWN-PERSONS", both, "Comm 2.4", "4.1.6.3", "Agents with different identifiers are different, whatever their names, unless the directory knows that they are one person.", ""},

	{"XAPI-00250", both, "Comm 2.5", "4.1.6.4", "GET without activityId is 400.", ""},
	{"XAPI-00251", both, "Comm 2.5", "4.1.6.4", "The answer is the complete Activity.", ""},
	{"XAPI-00252", both, "Comm 2.5", "4.1.6.4", "The resource is at /activities.", ""},
	{"XAPI-00253", both, "Comm 2.5", "4.1.6.4", "The resource answers GET.", ""},
	{"XAPI-00254", both, "Comm 2.5", "4.1.6.4", "An Activity has what all statements said of it.", ""},
	{"V2-UNKNOWN-ACTIVITY", both, "Comm 2.5", "4.1.6.4", "An Activity of which nothing is known is answered with its id.", ""},

	{"XAPI-00315", both, "Comm 2.8", "4.1.6.7", "The resource is at /about.", ""},
	{"XAPI-00316", both, "Comm 2.8", "4.1.6.7", "version lists versions of xAPI only.", ""},
	{"XAPI-00317", both, "Comm 2.8", "4.1.6.7", "version lists the latest of each edition.", ""},
	{"XAPI-00318", both, "Comm 2.8", "4.1.6.7", "version is an array of strings.", ""},
	{"XAPI-00319", both, "Comm 2.8", "4.1.6.7", "The resource answers GET with 200.", ""},
	{"XAPI-00321", both, "Comm 2.8, 3.3", "4.1.6.7", "Every resource but this one needs a version.", ""},
}
