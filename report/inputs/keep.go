package inputs

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/gob"
	"fmt"
)

// KeyOf is the key of an identifier.
func (in *Inputs) KeyOf(identifier string) Key {
	mac := hmac.New(sha256.New, in.Salt[:])
	mac.Write([]byte(identifier))
	return Key(mac.Sum(nil)[:len(Key{})])
}

// Encode writes inputs down.
func (in *Inputs) Encode() ([]byte, error) {
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(in); err != nil {
		return nil, fmt.Errorf("keeping what a report has used: %w", err)
	}
	return b.Bytes(), nil
}

// Decode reads what Encode has written.
func Decode(text []byte) (*Inputs, error) {
	in := new(Inputs)
	if err := gob.NewDecoder(bytes.NewReader(text)).Decode(in); err != nil {
		return nil, fmt.Errorf("what a report has used cannot be read: %w", err)
	}
	if in.Format != Format {
		return nil, fmt.Errorf("what a report has used is kept in form %d, and this program knows form %d", in.Format, Format)
	}
	return in, nil
}

// Gone is how many people have been taken out.
func (in *Inputs) Gone() (n int64) {
	for _, gone := range in.PersonGone {
		if gone {
			n++
		}
	}
	return n
}

// Forget takes out everybody who has one of some identifiers, and all that is known of
// them. It answers how many there were.
func (in *Inputs) Forget(identifiers []string) (n int64) {
	owners := make(map[Key]int32, len(in.Keys))
	for i, key := range in.Keys {
		owners[key] = in.KeyOwner[i]
	}
	for _, identifier := range identifiers {
		if person, ok := owners[in.KeyOf(identifier)]; ok && !in.PersonGone[person] {
			in.PersonGone[person] = true
			in.PersonUnit[person], in.PersonKnown[person] = None, false
			n++
		}
	}
	if n > 0 {
		in.drop()
	}
	return n
}

// drop takes out the rows of who is gone.
func (in *Inputs) drop() {
	left := func(people []int32) []bool {
		keep := make([]bool, len(people))
		for i, person := range people {
			keep[i] = !in.PersonGone[person]
		}
		return keep
	}
	keep := left(in.KeyOwner)
	in.Keys, in.KeyOwner = kept(in.Keys, keep), kept(in.KeyOwner, keep)
	in.keepParts(left(in.PartPerson))

	keep = left(in.AnswerPerson)
	in.AnswerQuestion, in.AnswerPerson, in.AnswerRight = kept(in.AnswerQuestion, keep), kept(in.AnswerPerson, keep), kept(in.AnswerRight, keep)
	in.AnswerMarked, in.AnswerMark = kept(in.AnswerMarked, keep), kept(in.AnswerMark, keep)

	keep = left(in.RatingPerson)
	in.RatingSurvey, in.RatingPerson, in.RatingValue = kept(in.RatingSurvey, keep), kept(in.RatingPerson, keep), kept(in.RatingValue, keep)

	keep = left(in.CheckPerson)
	in.CheckCheck, in.CheckPerson = kept(in.CheckCheck, keep), kept(in.CheckPerson, keep)
	in.CheckBefore, in.CheckAfter = kept(in.CheckBefore, keep), kept(in.CheckAfter, keep)
}

// DropCourses takes out the participations whose course is None.
func (in *Inputs) DropCourses() {
	keep := make([]bool, len(in.PartCourse))
	for i, course := range in.PartCourse {
		keep[i] = course != None
	}
	in.keepParts(keep)
}

// keepParts keeps some of the participations.
func (in *Inputs) keepParts(keep []bool) {
	in.PartPerson, in.PartCourse, in.PartFirst = kept(in.PartPerson, keep), kept(in.PartCourse, keep), kept(in.PartFirst, keep)
	in.PartStarted, in.PartCompleted, in.PartPassed = kept(in.PartStarted, keep), kept(in.PartCompleted, keep), kept(in.PartPassed, keep)
	in.PartScored, in.PartScore = kept(in.PartScored, keep), kept(in.PartScore, keep)
	in.PartSpent, in.PartGaps, in.PartSlots = kept(in.PartSpent, keep), kept(in.PartGaps, keep), kept(in.PartSlots, keep)
}

// kept are the elements that are to be kept, in a new list: nothing of the others stays in its room.
func kept[T any](list []T, keep []bool) []T {
	n := 0
	for _, k := range keep {
		if k {
			n++
		}
	}
	left := make([]T, 0, n)
	for i, v := range list {
		if keep[i] {
			left = append(left, v)
		}
	}
	return left
}
