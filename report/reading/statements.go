package reading

import (
	"fmt"
	"math"
	"sort"
	"strconv"
	"strings"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"lernspur/report/definition"
	"lernspur/report/inputs"
)

// arrayOf writes texts as a parameter of the type Array(String).
func arrayOf(list []string) string {
	escape := strings.NewReplacer(`\`, `\\`, `'`, `\'`)
	quoted := make([]string, len(list))
	for i, s := range list {
		quoted[i] = "'" + escape.Replace(s) + "'"
	}
	return "[" + strings.Join(quoted, ",") + "]"
}

// voided selects the stored of what was voided up to the as-of time. A voiding
// statement cannot be voided.
func (r *reading) voided() string {
	return fmt.Sprintf(`SELECT target FROM refs WHERE tenant = {tenant:String} AND referrer IN (SELECT stored FROM statements WHERE tenant = {tenant:String} AND voiding = 1 AND stored <= %d AND stored IN (SELECT referrer FROM refs WHERE tenant = {tenant:String}))`, r.in.AsOf)
}

// about selects what statements say on Activities with a score or a response; three bytes of raw, which no JSON can
// contain, stand for what has columns of its own.
func (r *reading) about() string {
	return fmt.Sprintf(`SELECT object, actor, timestamp, stored, score_raw, score_min, score_max, score_scaled,
  leftUTF8(JSONExtractString(translate(raw, '\x01\x02\x03', '   '), 'result', 'response'), 40) AS response
FROM statements
WHERE tenant = {tenant:String} AND voiding = 0 AND actor != '' AND object_kind = 1 AND object IN (SELECT arrayJoin({activities:Array(String)}))
  AND stored <= %d AND timestamp >= {from:Int64} AND timestamp < {to:Int64}
  AND stored IN (SELECT stored FROM lookups WHERE tenant = {tenant:String} AND kind = 5 AND key IN (
    SELECT toUUID(UUIDNumToString(toFixedString(substring(SHA256(arrayJoin({activities:Array(String)})), 1, 16), 16)))))
  AND stored NOT IN (%s)
ORDER BY stored`, r.in.AsOf, r.voided())
}

// said is what a statement says on an Activity.
type said struct {
	activity, actor, response string
	timestamp, stored         int64
	raw, low, high, scaled    float64
}

func (r *reading) each(name string, activities []string, from int64, yield func(said)) error {
	params := clickhouse.Parameters{"activities": arrayOf(activities), "from": strconv.FormatInt(from, 10), "to": strconv.FormatInt(r.to, 10)}
	return r.ask(r.ctx, name, r.about(), params, func(rows driver.Rows) error {
		var s said
		if err := rows.Scan(&s.activity, &s.actor, &s.timestamp, &s.stored, &s.raw, &s.low, &s.high, &s.scaled, &s.response); err != nil {
			return err
		}
		yield(s)
		return nil
	})
}

// latest keeps the latest value of each person for each Activity.
type latest map[latestKey]latestValue

type latestKey struct {
	activity string
	person   int32
}

type latestValue struct{ timestamp, stored, value int64 }

func (l latest) put(k latestKey, v latestValue) {
	if old, ok := l[k]; !ok || v.timestamp > old.timestamp || v.timestamp == old.timestamp && v.stored > old.stored {
		l[k] = v
	}
}

// sorted are the keys in an order that follows from the data.
func (l latest) sorted() []latestKey {
	keys := make([]latestKey, 0, len(l))
	for k := range l {
		keys = append(keys, k)
	}
	sort.Slice(keys, func(i, j int) bool {
		a, b := keys[i], keys[j]
		return a.activity < b.activity || a.activity == b.activity && a.person < b.person
	})
	return keys
}

// rating is what a statement rates: its raw score, else its scaled one on the scale, else its
// response. ok is false when there is none.
func rating(s said, survey definition.Survey) (v float64, ok bool) {
	finite := func(f float64) bool { return !math.IsNaN(f) && !math.IsInf(f, 0) }
	if finite(s.raw) {
		return s.raw, true
	}
	if finite(s.scaled) {
		return survey.Lowest + s.scaled*(survey.Highest-survey.Lowest), true
	}
	v, err := strconv.ParseFloat(strings.TrimSpace(s.response), 64)
	return v, err == nil && finite(v)
}

// ratings reads those of surveys.
func (r *reading) ratings() error {
	if len(r.d.Surveys) == 0 {
		return nil
	}
	surveys := make(map[string]int32)
	var activities []string
	for i, s := range r.d.Surveys {
		surveys[s.Activity] = int32(i)
		activities = append(activities, s.Activity)
	}
	all := make(latest)
	err := r.each("ratings", activities, r.from, func(s said) {
		survey := r.d.Surveys[surveys[s.activity]]
		v, ok := rating(s, survey)
		switch {
		case !ok:
		case v < survey.Lowest || v > survey.Highest:
			r.in.RatingsOutside++
		default:
			all.put(latestKey{s.activity, r.human(s.actor)}, latestValue{s.timestamp, s.stored, int64(math.Round(v * 1e6))})
		}
	})
	for _, k := range all.sorted() {
		r.in.RatingSurvey, r.in.RatingPerson = append(r.in.RatingSurvey, surveys[k.activity]), append(r.in.RatingPerson, k.person)
		r.in.RatingValue = append(r.in.RatingValue, all[k].value)
	}
	return err
}

// score is that of a statement, in billionths.
func score(s said) (int64, bool) {
	v := s.scaled
	if math.IsNaN(v) && s.high > s.low {
		v = (s.raw - s.low) / (s.high - s.low)
	}
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return 0, false
	}
	return int64(math.Round(v * 1e9)), true
}

// checks reads competence checks. The one before may lie before the period.
func (r *reading) checks() error {
	if len(r.d.Checks) == 0 {
		return nil
	}
	var activities []string
	for _, c := range r.d.Checks {
		activities = append(activities, c.Before, c.After)
	}
	all := make(latest)
	err := r.each("checks", activities, math.MinInt64, func(s said) {
		if v, ok := score(s); ok {
			all.put(latestKey{s.activity, r.human(s.actor)}, latestValue{s.timestamp, s.stored, v})
		}
	})
	keys := all.sorted()
	for i, c := range r.d.Checks {
		for _, k := range keys {
			if k.activity != c.Before {
				continue
			}
			if after, ok := all[latestKey{c.After, k.person}]; ok {
				r.in.CheckCheck, r.in.CheckPerson = append(r.in.CheckCheck, int32(i)), append(r.in.CheckPerson, k.person)
				r.in.CheckBefore, r.in.CheckAfter = append(r.in.CheckBefore, all[k].value), append(r.in.CheckAfter, after.value)
			}
		}
	}
	return err
}

// counts reads how many statements there are, from where, and what became of them.
func (r *reading) counts() error {
	n := &r.in.Counts
	n.Refused, n.Duplicates = inputs.None, inputs.None // nothing of them is kept
	ids := make([]string, len(r.in.Courses))
	for i, course := range r.in.Courses {
		ids[i] = course.ID
	}
	sources := make(map[string]int64)
	// The times are written into the text: a parameter would be read for every row.
	sql := fmt.Sprintf(`SELECT authority, count(), countIf(inside), countIf(inside AND counts), minIf(timestamp, counts), countIf(counts) FROM (
  SELECT authority, timestamp, timestamp >= %[2]d AND timestamp < %[3]d AS inside,
    voiding = 0 AND actor != '' AND hasAny(courses, {courses:Array(String)}) AND stored NOT IN (%[4]s) AS counts
  FROM statements WHERE tenant = {tenant:String} AND stored <= %[1]d
) GROUP BY authority`, r.in.AsOf, r.from, r.to, r.voided())
	err := r.ask(r.ctx, "statements", sql, clickhouse.Parameters{"courses": arrayOf(ids)}, func(rows driver.Rows) error {
		var authority string
		var all, inside, counted, some uint64
		var first int64
		if err := rows.Scan(&authority, &all, &inside, &counted, &first, &some); err != nil {
			return err
		}
		n.Received, n.InPeriod, n.InCourses = n.Received+int64(all), n.InPeriod+int64(inside), n.InCourses+int64(counted)
		if some > 0 && (n.First == 0 || first < n.First) {
			n.First = first
		}
		sources[source(authority)] += int64(all)
		return nil
	})
	if err != nil {
		return err
	}
	r.query("sources", sql)
	n.Sources = named(sources)
	for _, count := range []struct {
		sql string
		to  *int64
	}{
		{fmt.Sprintf(`SELECT count() FROM statements WHERE tenant = {tenant:String} AND voiding = 0 AND stored <= %d AND stored IN (%s)`, r.in.AsOf, r.voided()), &n.Voided},
		{fmt.Sprintf(`SELECT uniqExact(stored) FROM repairs WHERE tenant = {tenant:String} AND stored <= %d`, r.in.AsOf), &n.Repaired},
		{fmt.Sprintf(`SELECT uniqExact(id) FROM deleted WHERE tenant = {tenant:String} AND stored <= %d`, r.in.AsOf), &n.Erased},
	} {
		if *count.to, err = r.one(count.sql); err != nil {
			return err
		}
	}
	repairs := make(map[string]int64)
	sql = fmt.Sprintf(`SELECT arrayJoin(arrayDistinct(repairs)) AS repair, uniqExact(stored) FROM repairs WHERE tenant = {tenant:String} AND stored <= %d GROUP BY repair`, r.in.AsOf)
	err = r.ask(r.ctx, "repairs", sql, nil, func(rows driver.Rows) error {
		var name string
		var n uint64
		err := rows.Scan(&name, &n)
		repairs[name] = int64(n)
		return err
	})
	n.Repairs = named(repairs)
	return err
}

func (r *reading) one(sql string) (int64, error) {
	var n uint64
	ctx := clickhouse.Context(r.ctx, clickhouse.WithParameters(clickhouse.Parameters{"tenant": r.d.Tenant}))
	if err := r.Conn.QueryRow(ctx, sql).Scan(&n); err != nil {
		return 0, fmt.Errorf("counting statements: %w", err)
	}
	return int64(n), nil
}

// source is where an authority is at home: never a person.
func source(authority string) string {
	kind, rest, _ := strings.Cut(authority, "|")
	switch kind {
	case "mbox":
		if _, host, ok := strings.Cut(rest, "@"); ok {
			return host
		}
	case "account":
		home, _, _ := strings.Cut(rest, "|")
		return home
	}
	return "other"
}

// named is a list in an order that follows from the data.
func named(counts map[string]int64) []inputs.Named {
	list := make([]inputs.Named, 0, len(counts))
	for name, n := range counts {
		list = append(list, inputs.Named{Name: name, Count: n})
	}
	sort.Slice(list, func(i, j int) bool {
		return list[i].Count > list[j].Count || list[i].Count == list[j].Count && list[i].Name < list[j].Name
	})
	return list[:min(len(list), maxNamed)]
}
