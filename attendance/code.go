package attendance

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"

	"github.com/google/uuid"

	"lernspur/catalog"
	"lernspur/documents"
)

// Code is what participants enter to say that they are there.
type Code struct {
	// Text is eight letters and digits that cannot be taken for each other, with a
	// hyphen in the middle: 39 random bits. It is kept as it is, since the trainer
	// shows it to everybody in the room, for as long as it counts.
	Text          string `json:"text"`
	Opens, Closes int64
}

const (
	letters    = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
	codeLength = 8
	// margin is how long before and after the session a code counts, unless it is
	// said otherwise; maxWindow how long it can at most.
	margin    = 15 * time.Minute
	maxWindow = 31 * 24 * time.Hour
)

// Errors that callers tell apart.
var (
	// ErrWrongCode means that no session of the tenant has this code.
	ErrWrongCode = errors.New("this code is that of no session")
	// ErrCodeClosed means that the code does not count now.
	ErrCodeClosed = errors.New("this code does not count at this time")
)

// TooMany means that a learner, or everybody together, has entered too many wrong
// codes.
type TooMany struct{ RetryAfter time.Duration }

func (e *TooMany) Error() string { return "too many wrong codes; try again later" }

func newCode() (string, error) {
	var b strings.Builder
	for i := range codeLength {
		if i == codeLength/2 {
			b.WriteByte('-')
		}
		n, err := rand.Int(rand.Reader, big.NewInt(int64(len(letters))))
		if err != nil {
			return "", err
		}
		b.WriteByte(letters[n.Int64()])
	}
	return b.String(), nil
}

// normal is a code as people type it in, without what does not matter; false when
// it cannot be one.
func normal(code string) (string, bool) {
	if len(code) > 64 {
		return "", false
	}
	code = strings.Map(func(r rune) rune {
		if r == '-' || r == ' ' {
			return -1
		}
		return r
	}, strings.ToUpper(code))
	return code, len(code) == codeLength && strings.Trim(code, letters) == ""
}

func sumOf(code string) string {
	sum := sha256.Sum256([]byte("attendance " + code))
	return hex.EncodeToString(sum[:])
}

// MakeCode gives a session a new code; an earlier one counts no more. opens and
// closes say when it counts; 0 stands for a quarter of an hour before the session,
// and behind it. Errors: catalog.ErrNotFound, *catalog.Invalid, *catalog.Busy.
func (s *Service) MakeCode(ctx context.Context, tenant string, session uuid.UUID, opens, closes int64) (*Session, error) {
	se, err := s.Session(ctx, tenant, session)
	if err != nil {
		return nil, err
	}
	if opens == 0 {
		opens = max(1, se.Begins-margin.Microseconds())
	}
	if closes == 0 {
		closes = se.Ends + margin.Microseconds()
	}
	switch {
	case opens < 0 || closes <= opens:
		return nil, &catalog.Invalid{Field: "closes", Message: "this is not after opens"}
	case closes-opens > maxWindow.Microseconds():
		return nil, &catalog.Invalid{Field: "closes", Message: fmt.Sprintf("a code counts for %s at most", maxWindow)}
	}
	code, err := s.reserve(ctx, tenant, session)
	if err != nil {
		return nil, err
	}
	return s.replaceCode(ctx, tenant, session, &Code{Text: code, Opens: opens, Closes: closes})
}

// reserve finds a code that no session has. What finds the session comes first, so
// a code that is shown can be entered.
func (s *Service) reserve(ctx context.Context, tenant string, session uuid.UUID) (string, error) {
	taken := errors.New("taken")
	for {
		code, err := newCode()
		if err != nil {
			return "", err
		}
		plain, _ := normal(code)
		_, err = change(ctx, s.deps.Records, codeKey(tenant, sumOf(plain)), func(at *uuid.UUID) (*uuid.UUID, error) {
			if at != nil {
				return nil, taken
			}
			return &session, nil
		})
		if !errors.Is(err, taken) {
			return code, err
		}
	}
}

// EndCode takes the code of a session away. Errors: catalog.ErrNotFound,
// *catalog.Busy.
func (s *Service) EndCode(ctx context.Context, tenant string, session uuid.UUID) (*Session, error) {
	return s.replaceCode(ctx, tenant, session, nil)
}

func (s *Service) replaceCode(ctx context.Context, tenant string, session uuid.UUID, code *Code) (*Session, error) {
	var old *Code
	se, err := s.changeSession(ctx, tenant, session, func(se *Session) error {
		old, se.Code = se.Code, code
		return nil
	})
	if err != nil || old == nil {
		return se, err
	}
	// It counts no more; this only saves room, and lets the code be drawn again.
	plain, _ := normal(old.Text)
	_, err = s.deps.Records.Change(ctx, codeKey(tenant, sumOf(plain)), func(*documents.Document) (*documents.Document, error) {
		return &documents.Document{Deleted: true}, nil
	})
	return se, err
}

// Enter records that a learner attended the session of a code. Entering twice is
// one; what a trainer has recorded stays. learner is who calls, as signing in or a
// key has told: a code says nothing about that. Errors: ErrWrongCode,
// ErrCodeClosed, *TooMany, *catalog.Invalid, *catalog.Conflict (it is recorded that
// the learner was absent), *catalog.Busy.
func (s *Service) Enter(ctx context.Context, tenant, code string, learner catalog.Learner) (*Session, *Record, error) {
	learner, err := learner.Checked()
	if err != nil {
		return nil, nil, err
	}
	now := s.deps.Now()
	if wait := s.tries.wait(tenant, learner.Identifier, now); wait > 0 {
		return nil, nil, &TooMany{wait}
	}
	se, err := s.sessionOf(ctx, tenant, code)
	if errors.Is(err, ErrWrongCode) {
		s.tries.wrong(tenant, learner.Identifier, now)
	}
	if err != nil {
		return nil, nil, err
	}
	if at := now.UnixMicro(); at < se.Code.Opens || at >= se.Code.Closes {
		return nil, nil, ErrCodeClosed
	}
	records, err := s.Mark(ctx, tenant, se.ID, []Entry{{Learner: learner, Attended: true}}, ByCode, "")
	if errors.Is(err, catalog.ErrNotFound) { // it was deleted meanwhile
		err = ErrWrongCode
	}
	if err != nil {
		return nil, nil, err
	}
	return se, records[0], nil
}

// sessionOf is the session of a code.
func (s *Service) sessionOf(ctx context.Context, tenant, code string) (*Session, error) {
	plain, ok := normal(code)
	if !ok {
		return nil, ErrWrongCode
	}
	id, err := read[uuid.UUID](ctx, s.deps.Records, codeKey(tenant, sumOf(plain)))
	if err != nil {
		return nil, err
	}
	if id == nil {
		return nil, ErrWrongCode
	}
	se, err := s.Session(ctx, tenant, *id)
	if errors.Is(err, catalog.ErrNotFound) {
		return nil, ErrWrongCode
	}
	if err != nil {
		return nil, err
	}
	if se.Code == nil {
		return nil, ErrWrongCode
	}
	if text, _ := normal(se.Code.Text); subtle.ConstantTimeCompare([]byte(text), []byte(plain)) != 1 {
		return nil, ErrWrongCode
	}
	return se, nil
}
