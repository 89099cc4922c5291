package progress

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

const (
	// leastAnswers is from how many first attempts on correlations are shown.
	leastAnswers = 20
	// maxResponses is how many different responses to a question are listed.
	maxResponses = 100
)

// Question is how the learners of a course did on one question, each by the
// first answer.
type Question struct {
	ID string
	// Answers is the number of learners who answered, Judged that of those whose
	// answer is said to be right or wrong, Right of them were right.
	Answers, Judged, Right int64
	// Marked have a mark, Marks is their sum in billionths of the highest one.
	Marked, Marks int64
	// Discrimination is the correlation between the mark and the mean of the same
	// learner's marks on the other questions, over Compared learners; nil when those
	// are too few or one of the two does not vary.
	Discrimination *float64
	Compared       int64
	Responses      []Response
	// OtherResponses is how many learners gave a response that is not listed.
	OtherResponses int64
}

// Response is what was answered, and by how many.
type Response struct {
	Text     string
	Learners int64
}

// Test is the questions of a course together.
type Test struct {
	// Items is the number of questions that enough learners have a mark on,
	// Learners that of those who have one on each.
	Items, Learners int64
	// Alpha is Cronbach's; nil when there are too few, or nothing varies.
	Alpha *float64
}

// firstAnswersSQL: one row for every question and human, the first answer.
func (q question) firstAnswersSQL() string {
	return fmt.Sprintf(`SELECT question, human, min(first) AS f, f.3 AS correct, f.4 AS mark, f.5 AS response FROM (%s) GROUP BY question, human`,
		q.byPerson("progress_answers", "toString(question) AS question, first"))
}

// questionsSQL: one row for every question. rest is what the same learner
// reached on the others.
func (q question) questionsSQL() string {
	return fmt.Sprintf(`SELECT question, count(), countIf(correct >= 0), countIf(correct = 1), countIf(marked), sumIf(mark, marked), countIf(others > 0),
  corrStableIf(toFloat64(mark) / 1e9, rest, others > 0)
FROM (
  SELECT question, correct, mark, mark > %[1]s AS marked,
    if(marked, countIf(mark > %[1]s) OVER (PARTITION BY human) - 1, 0) AS others,
    if(others > 0, (sumIf(mark, mark > %[1]s) OVER (PARTITION BY human) - mark) / 1e9 / others, 0) AS rest
  FROM (%[2]s)
) GROUP BY question ORDER BY question`, none, q.firstAnswersSQL())
}

// responsesSQL: how often the responses were given that were given most, the most
// frequent first.
func (q question) responsesSQL() string {
	return fmt.Sprintf(`SELECT question, response, count() AS n FROM (%s) GROUP BY question, response ORDER BY question, n DESC, response LIMIT %d BY question`,
		q.firstAnswersSQL(), maxResponses)
}

// alphaSQL: how the marks on the questions {items} vary among those who have a
// mark on each, one row for every question, and one for the sum, which has no
// question.
func (q question) alphaSQL() string {
	complete := fmt.Sprintf(`SELECT human, mapFromArrays(groupArray(question), groupArray(toFloat64(mark) / 1e9)) AS marks
FROM (%s) WHERE mark > %s AND question IN (SELECT arrayJoin({items:Array(String)})) GROUP BY human HAVING count() = length({items:Array(String)})`, q.firstAnswersSQL(), none)
	return fmt.Sprintf(`SELECT count(), varSampStable(arraySum(mapValues(marks))), arraySum(arrayMap(v -> v, varSampStableForEach(arrayMap(i -> marks[i], {items:Array(String)})))) FROM (%s)`, complete)
}

// Questions answers how the questions of the course that s has were answered.
func (p *Projector) Questions(ctx context.Context, tenant string, s Selection) (list []Question, test Test, err error) {
	q := p.ask(tenant, s)
	var items []string
	err = p.query(q.context(ctx, nil), q.questionsSQL(), func(rows driver.Rows) error {
		var one Question
		var answers, judged, right, marked, compared uint64
		var correlation float64
		err := rows.Scan(&one.ID, &answers, &judged, &right, &marked, &one.Marks, &compared, &correlation)
		one.Answers, one.Judged, one.Right, one.Marked, one.Compared = int64(answers), int64(judged), int64(right), int64(marked), int64(compared)
		if one.Compared >= leastAnswers && !math.IsNaN(correlation) && !math.IsInf(correlation, 0) {
			one.Discrimination = &correlation
		}
		if one.Marked >= leastAnswers {
			items = append(items, one.ID)
		}
		list = append(list, one)
		return err
	})
	if err != nil {
		return nil, test, fmt.Errorf("reading questions: %w", err)
	}
	if err := p.responses(ctx, q, list); err != nil {
		return nil, test, fmt.Errorf("reading responses: %w", err)
	}
	if test.Items = int64(len(items)); test.Items < 2 {
		return list, test, nil
	}
	var n uint64
	var whole, parts float64
	err = p.query(q.context(ctx, clickhouse.Parameters{"items": arrayOf(items)}), q.alphaSQL(), func(rows driver.Rows) error { return rows.Scan(&n, &whole, &parts) })
	if err != nil {
		return nil, test, fmt.Errorf("reading the reliability of a test: %w", err)
	}
	if test.Learners = int64(n); test.Learners >= leastAnswers && whole > 0 {
		k := float64(test.Items)
		alpha := k / (k - 1) * (1 - parts/whole)
		test.Alpha = &alpha
	}
	return list, test, nil
}

// responses fills in what was answered. list is sorted by id.
func (p *Projector) responses(ctx context.Context, q question, list []Question) error {
	for i := range list {
		list[i].OtherResponses = list[i].Answers
	}
	return p.query(q.context(ctx, nil), q.responsesSQL(), func(rows driver.Rows) error {
		var id, text string
		var n uint64
		if err := rows.Scan(&id, &text, &n); err != nil {
			return err
		}
		at, found := slices.BinarySearchFunc(list, id, func(q Question, id string) int { return cmp.Compare(q.ID, id) })
		if !found { // answered since the questions were read
			return nil
		}
		of := &list[at]
		of.Responses = append(of.Responses, Response{text, int64(n)})
		of.OtherResponses = max(0, of.OtherResponses-int64(n)) // answers may have come since
		return nil
	})
}
