package statements

// Words used below.
//
//   - "IRI": a scheme ([A-Za-z][A-Za-z0-9+.-]*), a colon, and at least one
//     more character, none of which is a control character (U+0000–U+0020,
//     U+007F–U+009F) or one of < > " { } | \ ^ `. Nothing else is checked
//     (Data 2.2 allows best effort).
//   - "UUID": 8-4-4-4-12 hexadecimal digits of either case.
//   - "Agent places": actor, object with objectType Agent or Group, authority,
//     context.instructor, context.team, members of Groups, contextAgents.agent
//     and contextGroups.group, in SubStatements too.
//   - "Activity places": object that is an Activity, and every value or element
//     of contextActivities, in SubStatements too.
//   - A rule about the type of a value comes first: a null outside extensions
//     breaks null-value alone, a value of another wrong type breaks the type
//     rule alone, and only a value of the right type is held against the other
//     rules.
var rules = []Rule{
	// The text as such.
	{ruleJSONSyntax, "Comm 1.5.1", "4.1.3", "The body is one JSON text after RFC 8259, with nothing after it.", true, bothEditions},
	{ruleUTF8, "Comm 1.4", "4.1.2", "The body is valid UTF-8, and \\u escapes name whole characters (no lone surrogates).", true, bothEditions},
	{ruleDuplicateKey, "Data 2.2", "4.2.1", "No object has the same key twice, compared after unescaping, extensions included.", true, bothEditions},
	{ruleLimitBytes, "-", "4.2.4.1", "No statement is longer than the configured number of bytes.", true, bothEditions},
	{ruleLimitDepth, "-", "4.2.4.1", "No statement is nested deeper than the configured number of levels.", true, bothEditions},
	{ruleLimitStatements, "-", "4.2.4.1", "A request has no more statements than configured.", true, bothEditions},
	{ruleLimitNumber, "Data 2.2", "4.2.4.2", "A number that is kept in a column (score, attachment length) fits it: a finite IEEE 754 double, a length below 2^63.", true, bothEditions},

	// Types.
	{ruleTypeObject, "Data 2.2", "4.2.1", "A statement, and every property that takes an object, is an object; the elements of an array of objects are objects. A value of contextActivities is an object or an array of objects.", false, bothEditions},
	{ruleTypeArray, "Data 2.2", "4.2.1", "member, attachments, correctResponsesPattern, the component lists, contextAgents, contextGroups and relevantTypes are arrays.", false, bothEditions},
	{ruleTypeString, "Data 2.2", "4.2.1", "Every property that takes a string has one, and so has every value of a language map and every element of correctResponsesPattern and relevantTypes.", false, bothEditions},
	{ruleTypeNumber, "Data 2.2", "4.2.1", "scaled, raw, min, max and length are numbers, not strings that contain numbers.", false, bothEditions},
	{ruleTypeBoolean, "Data 2.2", "4.2.1", "success and completion are booleans, not strings that contain booleans.", false, bothEditions},
	{ruleNullValue, "Data 2.2", "4.2.1", "No value is null, except within extensions.", false, bothEditions},
	{ruleUnknownProperty, "Data 2.2", "4.2.1", "Objects have only the properties that the specification gives them, in the letter case that it gives them. contextAgents and contextGroups are unknown in 1.0.x. An Agent has no member.", false, bothEditions},

	// The statement.
	{ruleActorRequired, "Data 2.2", "4.2.2", "A statement and a SubStatement have an actor.", false, bothEditions},
	{ruleVerbRequired, "Data 2.2", "4.2.2", "A statement and a SubStatement have a verb.", false, bothEditions},
	{ruleObjectRequired, "Data 2.2", "4.2.2", "A statement and a SubStatement have an object.", false, bothEditions},
	{ruleIDUUID, "Data 2.4.1", "4.2.2", "The id of a statement is a UUID.", false, bothEditions},
	{ruleIDParameter, "Comm 2.1.1", "4.1.6.1", "The id of a statement that is PUT equals the parameter statementId, if it has one.", true, bothEditions},
	{ruleIDDuplicate, "Comm 2.1.2", "4.1.6.1", "No two statements of one request have the same id.", true, bothEditions},
	{ruleTimestampFormat, "Data 2.4.7, 4.5", "4.2.7", "timestamp and stored (in SubStatements timestamp) are points in time that exist. 2.0: RFC 3339, T and Z in either case. 1.0.x also: basic format, no seconds, comma for the point, offsets without colon or minutes.", false, bothEditions},
	{ruleTimestampZone, "-", "4.2.7", "timestamp and stored have a zone.", false, onlyV2},
	{ruleTimestampZero, "Data 4.5", "4.2.7", "The offset of timestamp and stored is not -00, -0000 or -00:00.", false, bothEditions},
	{ruleVersionFormat, "Data 2.4.10", "4.2.2", "version is 1.0 or 1.0.x, under 2.0 also 2.0 or 2.0.x; x is a number without leading zeros, optionally with a pre-release part (-[0-9A-Za-z.-]+).", false, bothEditions},

	// Agents and Groups.
	{ruleActorType, "Data 2.4.2", "4.2.2.1", "The objectType at Agent places is Agent or Group.", false, bothEditions},
	{ruleIFIOne, "Data 2.4.2.1, 2.4.2.2", "4.2.2.1", "An Agent has exactly one of mbox, mbox_sha1sum, openid, account; a Group at most one.", false, bothEditions},
	{ruleMbox, "Data 2.4.2.3", "4.2.2.1", "mbox is mailto: (any case), one or more characters, @, one or more characters; none of the characters is a space, a control character (U+0000–U+0020, U+007F) or one of @ < > , ; ? \"; after the @ no / either.", false, bothEditions},
	{ruleMboxSHA1, "Data 2.4.2.3", "4.2.2.1", "mbox_sha1sum is 40 hexadecimal digits of either case.", false, bothEditions},
	{ruleOpenID, "Data 2.4.2.3", "4.2.2.1", "openid is an IRI.", false, bothEditions},
	{ruleHomePage, "Data 2.4.2.4", "4.2.2.1", "An account has a homePage.", false, bothEditions},
	{ruleHomePageIRI, "Data 2.4.2.4", "4.2.2.1", "homePage is an IRI.", false, bothEditions},
	{ruleAccountName, "Data 2.4.2.4", "4.2.2.1", "An account has a name.", false, bothEditions},
	{ruleGroupMember, "Data 2.4.2.2", "4.2.2.1", "A Group without an identifier has a member that is not empty.", false, bothEditions},
	{ruleMemberAgent, "Data 2.4.2.2", "4.2.4.2", "The members of a Group are Agents: no objectType, or Agent.", false, bothEditions},
	{ruleAuthority, "Data 2.4.9", "4.2.2", "An authority that is a Group has no identifier and exactly two members.", false, bothEditions},

	// Verb.
	{ruleVerbID, "Data 2.4.3", "4.2.2.2", "A verb has an id.", false, bothEditions},
	{ruleVerbIRI, "Data 2.4.3", "4.2.2.2", "The id of a verb is an IRI.", false, bothEditions},
	{ruleVoiding, "Data 2.3.2", "4.2.5", "The object of a statement or SubStatement with the verb http://adlnet.gov/expapi/verbs/voided has the objectType StatementRef.", false, bothEditions},
	{ruleLanguageTag, "Data 4.2", "4.2.7", "The keys of language maps (display, name, description) are well-formed after RFC 5646, 2.1 (grandfathered and private tags too), with no variant and no extension letter twice.", false, bothEditions},
	{ruleExtensionIRI, "Data 4.1", "4.2.7", "The keys of extensions are IRIs.", false, bothEditions},

	// Object.
	{ruleObjectType, "Data 2.4.4", "4.2.2.3", "The objectType of an object is Activity, Agent, Group, StatementRef or SubStatement.", false, bothEditions},
	{ruleActivityType, "Data 2.4.4.1", "4.2.2.3", "The objectType at the places of contextActivities is Activity, if given.", false, bothEditions},
	{ruleActivityID, "Data 2.4.4.1", "4.2.2.3", "An Activity has an id.", false, bothEditions},
	{ruleActivityIRI, "Data 2.4.4.1", "4.2.2.3", "The id of an Activity is an IRI.", false, bothEditions},
	{ruleActivityTypeIRI, "Data 2.4.4.1", "4.2.2.3", "The type of an Activity is an IRI.", false, bothEditions},
	{ruleMoreInfo, "Data 2.4.4.1", "4.2.2.3", "moreInfo is an IRI.", false, bothEditions},
	{ruleInteractionType, "Data 2.4.4.1", "4.2.2.3", "interactionType is true-false, choice, fill-in, long-fill-in, matching, performance, sequencing, likert, numeric or other.", false, bothEditions},
	{ruleInteractionNeeds, "Data 2.4.4.1", "4.2.4.2", "A definition with correctResponsesPattern, choices, scale, source, target or steps has an interactionType.", false, bothEditions},
	{ruleComponents, "Data 2.4.4.1", "4.2.2.3", "A definition with a valid interactionType has only its component lists: choices with choice and sequencing, scale with likert, source and target with matching, steps with performance, none with the others.", false, bothEditions},
	{ruleComponentID, "Data 2.4.4.1", "4.2.2.3", "An interaction component has an id.", false, bothEditions},
	{ruleComponentUnique, "Data 2.4.4.1", "4.2.2.3", "Within one component list all ids differ.", true, bothEditions},
	{ruleRefType, "Data 2.4.6", "4.2.2.5", "context.statement has the objectType StatementRef.", false, bothEditions},
	{ruleRefID, "Data 2.4.4.3", "4.2.2.3", "A StatementRef has an id.", false, bothEditions},
	{ruleRefUUID, "Data 2.4.4.3", "4.2.2.3", "The id of a StatementRef is a UUID.", false, bothEditions},
	{ruleSubNesting, "Data 2.4.4.3", "4.2.4.2", "The object of a SubStatement is not a SubStatement.", false, bothEditions},
	{ruleSubProperty, "Data 2.4.4.3", "4.2.2.3", "A SubStatement has no id, stored, version or authority.", false, bothEditions},

	// Result.
	{ruleScaledRange, "Data 2.4.5.1", "4.2.2.4", "scaled lies between -1 and 1, both included.", false, bothEditions},
	{ruleRawRange, "Data 2.4.5.1", "4.2.2.4", "raw is not below min and not above max, as far as they are given.", true, bothEditions},
	{ruleMinMax, "Data 2.4.5.1", "4.2.2.4", "min is less than max, if both are given.", true, bothEditions},
	{ruleDuration, "Data 4.6", "4.2.7", "duration is P, then nY, nM, nD, then T and nH, nM, nS, in this order, each optional but at least one given and at least one after a T; or PnW alone. n is digits; the last one may have a fraction (. or , and digits).", false, bothEditions},

	// Context.
	{ruleRegistration, "Data 2.4.6", "4.2.2.5", "registration is a UUID.", false, bothEditions},
	{ruleTeamGroup, "Data 2.4.6", "4.2.2.5", "team has the objectType Group.", false, bothEditions},
	{ruleRevision, "Data 2.4.6", "4.2.2.5", "revision stands only in the context of a statement (or SubStatement) whose own object is an Activity.", false, bothEditions},
	{rulePlatform, "Data 2.4.6", "4.2.2.5", "platform stands only in the context of a statement (or SubStatement) whose own object is an Activity.", false, bothEditions},
	{ruleContextLanguage, "Data 2.4.6", "4.2.2.5", "language is a language tag, as in language-tag.", false, bothEditions},
	{ruleCtxAgentType, "-", "4.2.2.5", "An element of contextAgents has the objectType contextAgent.", false, onlyV2},
	{ruleCtxAgentAgent, "-", "4.2.2.5", "An element of contextAgents has an agent whose objectType is Agent or not given.", false, onlyV2},
	{ruleCtxGroupType, "-", "4.2.2.5", "An element of contextGroups has the objectType contextGroup.", false, onlyV2},
	{ruleCtxGroupGroup, "-", "4.2.2.5", "An element of contextGroups has a group with the objectType Group.", false, onlyV2},
	{ruleRelevantEmpty, "-", "4.2.2.5", "relevantTypes is not empty, if given.", false, onlyV2},
	{ruleRelevantIRI, "-", "4.2.2.5", "The elements of relevantTypes are IRIs.", false, onlyV2},

	// Attachments.
	{ruleAttachmentNeeds, "Data 2.4.11", "4.2.2.6", "An attachment has usageType, display, contentType, length and sha2.", false, bothEditions},
	{ruleAttachmentUsage, "Data 2.4.11", "4.2.2.6", "usageType is an IRI.", false, bothEditions},
	{ruleAttachmentType, "Data 2.4.11", "4.2.2.6", "contentType is an Internet media type: token/token, then nothing or optional spaces and tabs, a semicolon and anything without control characters. token: [!#$%&'*+.^_`|~0-9A-Za-z-]+.", false, bothEditions},
	{ruleAttachmentLength, "Data 2.4.11", "4.2.2.6", "length is a whole number that is not negative (27.0 is whole).", false, bothEditions},
	{ruleAttachmentSHA2, "Data 2.4.11", "4.2.2.6", "sha2 is 56, 64, 96 or 128 hexadecimal digits of either case.", false, bothEditions},
	{ruleAttachmentURL, "Data 2.4.11", "4.2.2.6", "fileUrl is an IRI.", false, bothEditions},
	{ruleAttachmentSignature, "Data 2.6", "4.2.6", "An attachment with the usageType http://adlnet.gov/expapi/attachments/signature has the contentType application/octet-stream (letter case does not matter, parameters may follow).", false, bothEditions},
}
