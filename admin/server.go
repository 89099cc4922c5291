package admin

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"os"
	"strconv"

	"go.uber.org/zap"

	"lernspur/directory"
)

// Handler answers the commands. What it cannot do because nothing is known of
// the server yet is the caller's matter (503).
func Handler(s Services, logger *zap.Logger) http.Handler {
	if logger == nil {
		logger = zap.NewNop()
	}
	h := &handler{s, logger}
	mux := http.NewServeMux()
	for pattern, action := range map[string]func(w http.ResponseWriter, r *http.Request) error{
		"GET /v1/status":                h.status,
		"GET /v1/keys":                  h.listKeys,
		"POST /v1/keys":                 h.createKey,
		"POST /v1/keys/{id}/revoke":     h.revokeKey,
		"POST /v1/import":               h.importBatch,
		"GET /v1/export":                h.export,
		"POST /v1/verify":               h.verify,
		"GET /v1/report":                h.report,
		"POST /v1/reports":              h.runReport,
		"GET /v1/reports":               h.reportRuns,
		"GET /v1/reports/{id}":          h.aboutRun(archivedReport),
		"POST /v1/reports/{id}/repeat":  h.aboutRun(repeatReport),
		"GET /v1/reports/{id}/compare":  h.aboutRun(compareReports),
		"GET /v1/blobs/{hash}":          h.getBlob,
		"PUT /v1/blobs/{hash}":          h.putBlob,
		"POST /v1/packages":             h.addPackage,
		"GET /v1/packages":              h.listPackages,
		"DELETE /v1/packages/{id}":      h.deletePackage,
		"POST /v1/launches":             h.openLaunch,
		"GET /v1/attendance":            h.attendanceSessions,
		"POST /v1/attendance/{session}": h.recordAttendance,
		"GET /v1/accounts":              h.listAccounts,
		"POST /v1/accounts":             h.aboutAccount(h.createAccount),
		"PATCH /v1/accounts":            h.aboutAccount(h.editAccount),
		"DELETE /v1/accounts":           h.aboutAccount(h.removeAccount),
		"POST /v1/accounts/reset":       h.aboutAccount(h.resetAccount),
		"GET /v1/evaluation":            h.evaluation,
		"PATCH /v1/evaluation":          h.changeEvaluation,
		"GET /v1/evaluation/changes":    h.evaluationChanges,
		"GET /v1/evaluation/statement":  h.evaluationStatement,
		"GET /v1/bi":                    h.showTools,
		"POST /v1/bi/{what}":            h.changeTools,
	} {
		mux.Handle(pattern, h.shell(action))
	}
	mux.HandleFunc("/v1/directory/{tenant}/{rest...}", h.directory)
	return mux
}

type handler struct {
	services Services
	log      *zap.Logger
}

// failure is an error whose words are for the operator who typed a command.
// Here every error is: whoever reaches the socket owns the data.
type failure struct {
	status int
	err    error
}

func (f *failure) Error() string { return f.err.Error() }
func (f *failure) Unwrap() error { return f.err }

func badRequest(format string, args ...any) error {
	return &failure{http.StatusBadRequest, fmt.Errorf(format, args...)}
}

// shell turns the error of an action into a problem document.
func (h *handler) shell(action func(w http.ResponseWriter, r *http.Request) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		err := action(w, r)
		if err == nil {
			return
		}
		status := http.StatusInternalServerError
		var known *failure
		var busy *Busy
		switch {
		case errors.As(err, &known):
			status = known.status
		case errors.As(err, &busy):
			status = http.StatusServiceUnavailable
			w.Header().Set("Retry-After", strconv.Itoa(max(1, int(math.Ceil(busy.RetryAfter.Seconds())))))
		case errors.Is(err, directory.ErrNoKey):
			status = http.StatusNotFound
		case errors.Is(err, directory.ErrInvalid), errors.Is(err, ErrRequest):
			status = http.StatusBadRequest
		default:
			h.log.Error("a command failed", zap.String("path", r.URL.Path), zap.Error(err))
		}
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(problem{Title: http.StatusText(status), Status: status, Detail: err.Error()}) // the command is gone otherwise
	})
}

// maxAsked bounds what is asked for as JSON, in bytes.
const maxAsked = 1 << 20

// asked reads what is asked for as JSON.
func asked(w http.ResponseWriter, r *http.Request, ask any) error {
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxAsked)).Decode(ask); err != nil {
		return badRequest("reading the request: %w", err)
	}
	return nil
}

func answer(w http.ResponseWriter, value any) error {
	w.Header().Set("Content-Type", "application/json")
	return json.NewEncoder(w).Encode(value)
}

func (h *handler) status(w http.ResponseWriter, _ *http.Request) error {
	return answer(w, Status{h.services.Version, os.Getpid()})
}
