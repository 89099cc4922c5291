package statements

import "slices"

// Rule is one rule that a statement has to keep, as both validators know it:
// the strict pass of this package and the JSON Schemas that explain a
// rejection. A violation names it by its ID.
type Rule struct {
	// ID is short, stable and in the words of the specification.
	ID string
	// Section10 is where xAPI 1.0.3 asks for it: "Data 2.4.2.3" is Part Two
	// (xAPI-Data.md), "Comm 3.3" Part Three, "RFC …" what those refer to, "-"
	// what this server asks for itself.
	Section10 string
	// Section20 is the same for IEEE 9274.1.1-2023 (xAPI 2.0).
	Section20 string
	// Summary says in one sentence what is asked, precisely enough to write a
	// second validator from it.
	Summary string
	// GoOnly marks the rules that no JSON Schema can express, not even with
	// the named string formats that the schemas use.
	GoOnly bool
	// Editions are the editions in which the rule holds.
	Editions []Edition
}

// In tells whether the rule holds in an edition.
func (r Rule) In(ed Edition) bool { return slices.Contains(r.Editions, ed) }

// Rules returns the closed list of all rules, in the order of the
// specification. The slice is the caller's.
func Rules() []Rule { return slices.Clone(rules) }

// LookupRule finds a rule by its ID.
func LookupRule(id string) (Rule, bool) {
	i := slices.IndexFunc(rules, func(r Rule) bool { return r.ID == id })
	if i < 0 {
		return Rule{}, false
	}
	return rules[i], true
}

var (
	bothEditions = []Edition{V1, V2}
	onlyV2       = []Edition{V2}
)

// The IDs of the rules. Their meaning stands in the table below and nowhere
// else.
const (
	ruleJSONSyntax      = "json-syntax"
	ruleUTF8            = "utf8"
	ruleDuplicateKey    = "duplicate-key"
	ruleLimitBytes      = "limit-bytes"
	ruleLimitDepth      = "limit-depth"
	ruleLimitStatements = "limit-statements"
	ruleLimitNumber     = "limit-number"

	ruleTypeObject      = "type-object"
	ruleTypeArray       = "type-array"
	ruleTypeString      = "type-string"
	ruleTypeNumber      = "type-number"
	ruleTypeBoolean     = "type-boolean"
	ruleNullValue       = "null-value"
	ruleUnknownProperty = "unknown-property"

	ruleActorRequired   = "actor-required"
	ruleVerbRequired    = "verb-required"
	ruleObjectRequired  = "object-required"
	ruleIDUUID          = "id-uuid"
	ruleIDParameter     = "id-parameter"
	ruleIDDuplicate     = "id-duplicate-in-batch"
	ruleTimestampFormat = "timestamp-format"
	ruleTimestampZone   = "timestamp-zone"
	ruleTimestampZero   = "timestamp-negative-zero"
	ruleVersionFormat   = "version-format"

	ruleActorType    = "actor-object-type"
	ruleIFIOne       = "ifi-exactly-one"
	ruleMbox         = "mbox-format"
	ruleMboxSHA1     = "mbox-sha1sum-format"
	ruleOpenID       = "openid-uri"
	ruleHomePage     = "account-home-page-required"
	ruleHomePageIRI  = "account-home-page-iri"
	ruleAccountName  = "account-name-required"
	ruleGroupMember  = "group-anonymous-member"
	ruleMemberAgent  = "group-member-agent"
	ruleAuthority    = "authority-group"
	ruleVerbID       = "verb-id-required"
	ruleVerbIRI      = "verb-id-iri"
	ruleVoiding      = "voiding-needs-statementref"
	ruleLanguageTag  = "language-tag"
	ruleExtensionIRI = "extension-key-iri"

	ruleObjectType       = "object-object-type"
	ruleActivityType     = "activity-object-type"
	ruleActivityID       = "activity-id-required"
	ruleActivityIRI      = "activity-id-iri"
	ruleActivityTypeIRI  = "activity-type-iri"
	ruleMoreInfo         = "activity-more-info-iri"
	ruleInteractionType  = "interaction-type"
	ruleInteractionNeeds = "interaction-type-required"
	ruleComponents       = "interaction-components"
	ruleComponentID      = "interaction-component-id-required"
	ruleComponentUnique  = "interaction-component-id-unique"
	ruleRefType          = "statementref-object-type"
	ruleRefID            = "statementref-id-required"
	ruleRefUUID          = "statementref-id-uuid"
	ruleSubNesting       = "substatement-nesting"
	ruleSubProperty      = "substatement-property"

	ruleScaledRange = "score-scaled-range"
	ruleRawRange    = "score-raw-range"
	ruleMinMax      = "score-min-below-max"
	ruleDuration    = "duration-format"

	ruleRegistration    = "registration-uuid"
	ruleTeamGroup       = "team-group"
	ruleRevision        = "context-revision-only-activity"
	rulePlatform        = "context-platform-only-activity"
	ruleContextLanguage = "context-language-tag"
	ruleCtxAgentType    = "contextagent-object-type"
	ruleCtxAgentAgent   = "contextagent-agent"
	ruleCtxGroupType    = "contextgroup-object-type"
	ruleCtxGroupGroup   = "contextgroup-group"
	ruleRelevantEmpty   = "relevant-types-not-empty"
	ruleRelevantIRI     = "relevant-types-iri"

	ruleAttachmentNeeds     = "attachment-required"
	ruleAttachmentUsage     = "attachment-usage-type-iri"
	ruleAttachmentType      = "attachment-content-type"
	ruleAttachmentLength    = "attachment-length"
	ruleAttachmentSHA2      = "attachment-sha2"
	ruleAttachmentURL       = "attachment-file-url-iri"
	ruleAttachmentSignature = "attachment-signature-type"
)
