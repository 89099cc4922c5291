package schema

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/xeipuuv/gojsonschema"
)

// words says for a rule what an author of content has to do. They are whole
// sentences; what was found is added by message.
var words = map[string]string{
	"actor-required":  `The property "actor" is missing: say who did it.`,
	"verb-required":   `The property "verb" is missing: say what was done.`,
	"object-required": `The property "object" is missing: say what it was done to.`,

	"id-uuid":                 `The id of a statement must be a UUID, such as "6690e6c9-3ef0-4ed3-8b37-7f3964730bee".`,
	"timestamp-format":        `This must be a date and time that exists, such as "2026-05-18T09:30:00Z".`,
	"timestamp-zone":          `A time needs its zone: end it with Z for UTC or with an offset such as +02:00.`,
	"timestamp-negative-zero": `The offset -00 means "unknown" and is not allowed: write Z or +00:00 for UTC.`,
	"version-format":          `The version must be one that this edition of xAPI accepts, such as "1.0.0" (under 2.0 also "2.0.0"). It is best left out.`,

	"actor-object-type":          `The objectType of an actor must be "Agent" or "Group".`,
	"ifi-exactly-one":            `A person is named by exactly one of mbox, mbox_sha1sum, openid and account, a Group by at most one.`,
	"mbox-format":                `mbox must be an e-mail address after "mailto:", such as "mailto:anna@example.org".`,
	"mbox-sha1sum-format":        `mbox_sha1sum must be the SHA-1 hash of a mailto address: 40 hexadecimal digits.`,
	"openid-uri":                 `openid must be a whole web address, such as "https://anna.example.org/".`,
	"account-home-page-required": `The account lacks its homePage: the address of the system that the account belongs to.`,
	"account-home-page-iri":      `homePage must be a whole address with its scheme, such as "https://lms.example.org".`,
	"account-name-required":      `The account lacks its name: the user's id on that system.`,
	"group-anonymous-member":     `A Group without mbox, mbox_sha1sum, openid or account must list who belongs to it in "member".`,
	"group-member-agent":         `The members of a Group must be Agents; a Group within a Group is not allowed.`,
	"authority-group":            `An authority that is a Group must have exactly two members and no identifier of its own.`,

	"verb-id-required":           `The verb lacks its id, such as "http://adlnet.gov/expapi/verbs/completed".`,
	"verb-id-iri":                `The id of a verb must be a whole address with its scheme, such as "http://adlnet.gov/expapi/verbs/completed".`,
	"voiding-needs-statementref": `The verb "voided" takes back a statement: its object must have the objectType "StatementRef" and that statement's id.`,
	"language-tag":               `The keys of a language map must be language tags, such as "de" or "en-US".`,
	"extension-key-iri":          `The keys of extensions must be whole addresses with their scheme, such as "https://example.org/ext/room".`,

	"object-object-type":                `The objectType of an object must be "Activity", "Agent", "Group", "StatementRef" or "SubStatement".`,
	"activity-object-type":              `The objectType of an Activity must be "Activity", if given.`,
	"activity-id-required":              `The Activity lacks its id, such as "https://example.org/courses/1".`,
	"activity-id-iri":                   `The id of an Activity must be a whole address with its scheme, such as "https://example.org/courses/1".`,
	"activity-type-iri":                 `The type of an Activity must be a whole address with its scheme, such as "http://adlnet.gov/expapi/activities/course".`,
	"activity-more-info-iri":            `moreInfo must be a whole web address.`,
	"interaction-type":                  `interactionType must be true-false, choice, fill-in, long-fill-in, matching, performance, sequencing, likert, numeric or other, in small letters.`,
	"interaction-type-required":         `A question with correctResponsesPattern, choices, scale, source, target or steps needs its interactionType.`,
	"interaction-components":            `This list does not belong to this interactionType: choices goes with choice and sequencing, scale with likert, source and target with matching, steps with performance.`,
	"interaction-component-id-required": `Every entry of a question's list (a choice, a step, …) needs an id.`,
	"statementref-object-type":          `context.statement must have the objectType "StatementRef".`,
	"statementref-id-required":          `The StatementRef lacks the id of the statement it points to.`,
	"statementref-id-uuid":              `The id of a StatementRef must be a UUID.`,
	"substatement-nesting":              `A SubStatement must not contain another SubStatement.`,
	"substatement-property":             `A SubStatement must not have id, stored, version or authority.`,

	"score-scaled-range": `score.scaled must lie between -1 and 1; a percentage is divided by 100.`,
	"duration-format":    `duration must be an ISO 8601 duration, such as "PT1H30M" or "PT12.5S".`,

	"registration-uuid":              `registration must be a UUID.`,
	"team-group":                     `context.team must have the objectType "Group".`,
	"context-revision-only-activity": `context.revision is only allowed when the object is an Activity.`,
	"context-platform-only-activity": `context.platform is only allowed when the object is an Activity.`,
	"context-language-tag":           `context.language must be a language tag, such as "de" or "en-US".`,
	"contextagent-object-type":       `Every entry of contextAgents needs the objectType "contextAgent".`,
	"contextagent-agent":             `Every entry of contextAgents needs an "agent" that is an Agent.`,
	"contextgroup-object-type":       `Every entry of contextGroups needs the objectType "contextGroup".`,
	"contextgroup-group":             `Every entry of contextGroups needs a "group" with the objectType "Group".`,
	"relevant-types-not-empty":       `relevantTypes must name at least one type, or be left out.`,
	"relevant-types-iri":             `The entries of relevantTypes must be whole addresses with their scheme.`,

	"attachment-required":       `An attachment needs usageType, display, contentType, length and sha2.`,
	"attachment-usage-type-iri": `usageType must be a whole address with its scheme.`,
	"attachment-content-type":   `contentType must be a media type, such as "application/pdf".`,
	"attachment-length":         `length must be the size in bytes: a whole number, 0 or more.`,
	"attachment-sha2":           `sha2 must be the hash of the content as 56, 64, 96 or 128 hexadecimal digits (SHA-224 to SHA-512).`,
	"attachment-file-url-iri":   `fileUrl must be a whole web address.`,
	"attachment-signature-type": `The signature of a statement must have the contentType "application/octet-stream".`,

	"null-value": `null is not allowed here: leave the property out.`,
}

// typeWords are the names of the JSON types in plain words.
var typeWords = map[string]string{
	"object": "an object { … }", "array": "an array [ … ]", "string": "a string in quotes",
	"number": "a number", "integer": "a whole number", "boolean": "true or false", "null": "null",
}

// message is the sentence for one fault.
func (f fault) message() string {
	switch f.rule {
	case "unknown-property":
		return f.unknownProperty()
	case "attachment-required":
		return words[f.rule] + fmt.Sprintf(" %q is missing.", f.property)
	}
	if text, ok := words[f.rule]; ok {
		if f.keyword == "propertyNames" {
			return text + found(f.property)
		}
		return text + found(f.err.Value())
	}
	if f.keyword == "type" {
		want := f.node["type"].(string)
		return fmt.Sprintf("This must be %s.%s", typeWords[want], found(f.err.Value()))
	}
	return describe(f.err) + "."
}

// unknownProperty names a property that does not belong there, and the one
// that was probably meant.
func (f fault) unknownProperty() string {
	text := fmt.Sprintf("xAPI knows no property %q here.", f.property)
	properties, _ := f.node["properties"].(map[string]any)
	for name := range properties {
		if strings.EqualFold(name, f.property) {
			return text + fmt.Sprintf(" Letter case matters: write %q.", name)
		}
	}
	return text + " What is your own belongs in extensions."
}

// found quotes a short value that is at fault; objects and arrays are not
// repeated.
func found(value any) string {
	const most = 60
	switch v := value.(type) {
	case nil, map[string]any, []any:
		return ""
	case string:
		if utf8.RuneCountInString(v) > most {
			v = string([]rune(v)[:most]) + "…"
		}
		return fmt.Sprintf(" Found: %q.", v)
	case json.Number:
		if len(v) > most {
			return ""
		}
		return fmt.Sprintf(" Found: %s.", v)
	default:
		return fmt.Sprintf(" Found: %v.", v)
	}
}

// describe says in plain words what a keyword of a schema asked, for schemas
// whose meaning we do not know.
func describe(e gojsonschema.ResultError) string {
	d := e.Details()
	switch e.Type() {
	case "required":
		return fmt.Sprintf("the property %q is missing", d["property"])
	case "additional_property_not_allowed":
		return fmt.Sprintf("the property %q is not allowed", d["property"])
	case "invalid_property_name":
		return fmt.Sprintf("the name of the property %q is not allowed", d["property"])
	case "invalid_type":
		return fmt.Sprintf("%s was expected, not %s", wordsOfTypes(fmt.Sprint(d["expected"])), typeWords[fmt.Sprint(d["given"])])
	case "enum":
		return fmt.Sprintf("the value must be one of %s", d["allowed"])
	case "const":
		return fmt.Sprintf("the value must be %s", d["allowed"])
	case "false":
		return "this is not allowed here"
	default:
		text := e.Description()
		r, size := utf8.DecodeRuneInString(text)
		return strings.ToLower(string(r)) + strings.TrimSuffix(text[size:], ".")
	}
}

// wordsOfTypes puts gojsonschema's list of types in words.
func wordsOfTypes(list string) string {
	names := strings.Split(strings.Trim(list, "[]"), ",")
	for i, name := range names {
		if text, ok := typeWords[strings.TrimSpace(name)]; ok {
			names[i] = text
		}
	}
	slices.Sort(names)
	return strings.Join(names, " or ")
}
