package lenient

// Rule is one repair.
type Rule struct {
	// ID names it in lists, counts and documentation.
	ID string
	// What says in a sentence when it applies and what it does.
	What string
	// Section is the section of xAPI 1.0.3 that the statement breaks, or by
	// which it is converted: "Data" is Part 2, "Comm" Part 3.
	Section string
	// Sender is who is known to send such statements.
	Sender string
}

// The names of the repairs.
const (
	scoreMinMax        = "score-min-max"
	numberText         = "number-text"
	booleanText        = "boolean-text"
	durationNaN        = "duration-nan"
	contextActivityID  = "context-activity-id"
	launchActor        = "launch-actor"
	mboxScheme         = "mbox-scheme"
	actorArrays        = "actor-arrays"
	verbText           = "verb-text"
	activityTypeText   = "activity-type-text"
	nullProperty       = "null-property"
	emptyArray         = "empty-array"
	emptyText          = "empty-text"
	timestampBlank     = "timestamp-blank"
	languageUnderscore = "language-underscore"
)

// Rules are all repairs, in the order of the documentation.
var Rules = []Rule{
	{scoreMinMax, "A score whose min and max are the same number loses both, since they bound nothing.", "Data 2.4.5.1", "H5P"},
	{numberText, "A number in quotes in a score becomes the number.", "Data 2.2", "many"},
	{booleanText, `"true" or "false" in quotes as success or completion becomes the boolean.`, "Data 2.2", "many"},
	{durationNaN, "A duration that JavaScript computed from nothing (PTNaNS) is left out.", "Data 4.6", "H5P"},
	{contextActivityID, "A context activity without an id, or with an empty one, is left out.", "Data 2.4.4.1", "H5P"},
	{launchActor, "An actor with the mbox mailto:undefined, mailto:null or mailto: becomes the actor that the key is bound to, if it is bound to one.", "Data 2.4.2.3", "H5P"},
	{mboxScheme, "An mbox that is an e-mail address only gets mailto: in front.", "Data 2.4.2.3", "many"},
	{actorArrays, "An actor of Tin Can 0.9 (a Person, lists of names and identifiers) becomes an Agent: its first name, and the first mbox, mbox_sha1sum, openid or account, in this order.", "Comm Appendix A", "old Tin Can"},
	{verbText, "A verb that is a text becomes a Verb: a verb of Tin Can 0.9 under http://adlnet.gov/expapi/verbs/, an IRI as its id. voided stays refused.", "Comm Appendix A", "old Tin Can"},
	{activityTypeText, "An activity type of Tin Can 0.9 gets http://adlnet.gov/expapi/activities/ in front.", "Comm Appendix A", "old Tin Can"},
	{nullProperty, "A property that is null is left out, except within extensions.", "Data 2.2", "many"},
	{emptyArray, "An empty array becomes an empty object where an object belongs that may be empty: result, score, context, contextActivities, definition, extensions and language maps.", "Data 2.2", "PHP"},
	{emptyText, "An empty text as registration, duration, timestamp or language is left out.", "Data 2.4", "many"},
	{timestampBlank, "A blank between the date and the time of a timestamp becomes T, if a timestamp comes of it.", "Data 4.5", "many"},
	{languageUnderscore, "Underscores in a language tag become hyphens, if a language tag comes of it that the map does not have.", "Data 4.2", "Moodle"},
}
