package player

// The words of the ADL xAPI SCORM profile, and of its surroundings.
const (
	verbs = "http://adlnet.gov/expapi/verbs/"

	profileCategory = "https://w3id.org/xapi/scorm"

	profileActivity = "https://w3id.org/xapi/scorm/activity-profile"

	stateActivity    = "https://w3id.org/xapi/scorm/activity-state"
	stateAttempt     = "https://w3id.org/xapi/scorm/attempt-state"
	stateSuspendData = "https://w3id.org/xapi/scorm/types/adl-suspend-data"

	typeCourse      = "http://adlnet.gov/expapi/activities/course"
	typeLesson      = "http://adlnet.gov/expapi/activities/lesson"
	typeAttempt     = "http://adlnet.gov/expapi/activities/attempt"
	typeObjective   = "http://adlnet.gov/expapi/activities/objective"
	typeInteraction = "http://adlnet.gov/expapi/activities/cmi.interaction"
	typeProfile     = "http://adlnet.gov/expapi/activities/profile"
)

// The verbs that are used, by the last part of their IRIs.
const (
	initialized = "initialized"
	resumed     = "resumed"
	suspended   = "suspended"
	terminated  = "terminated"
	completed   = "completed"
	passed      = "passed"
	failed      = "failed"
	scored      = "scored"
	progressed  = "progressed"
	responded   = "responded"
	commented   = "commented"
)
