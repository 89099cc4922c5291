package launch

// Verbs (9.3).
const (
	verbADL         = "http://adlnet.gov/expapi/verbs/"
	verbW3ID        = "https://w3id.org/xapi/adl/verbs/"
	verbLaunched    = verbADL + "launched"
	verbInitialized = verbADL + "initialized"
	verbCompleted   = verbADL + "completed"
	verbPassed      = verbADL + "passed"
	verbFailed      = verbADL + "failed"
	verbTerminated  = verbADL + "terminated"
	verbAbandoned   = verbW3ID + "abandoned"
	verbWaived      = verbW3ID + "waived"
	verbSatisfied   = verbW3ID + "satisfied"
)

// Categories (9.6.2), extensions (9.6.3 and 9.5.5) and types (9.4).
const (
	categoryCmi5   = "https://w3id.org/xapi/cmi5/context/categories/cmi5"
	categoryMoveOn = "https://w3id.org/xapi/cmi5/context/categories/moveon"

	extensionContext    = "https://w3id.org/xapi/cmi5/context/extensions/"
	extensionSession    = extensionContext + "sessionid"
	extensionMastery    = extensionContext + "masteryscore"
	extensionMode       = extensionContext + "launchmode"
	extensionURL        = extensionContext + "launchurl"
	extensionMoveOn     = extensionContext + "moveon"
	extensionParameters = extensionContext + "launchparameters"
	extensionReason     = "https://w3id.org/xapi/cmi5/result/extensions/reason"

	typeBlock  = "https://w3id.org/xapi/cmi5/activitytype/block"
	typeCourse = "https://w3id.org/xapi/cmi5/activitytype/course"
)

// The documents that the specification names (10.1 and 11.0).
const (
	launchDataID  = "LMS.LaunchData"
	preferencesID = "cmi5LearnerPreferences"
)
