package figures

import (
	"fmt"
	"strconv"

	"lernspur/report/definition"
	"lernspur/report/result"
	"lernspur/suppress"
)

// maxSteps is how many steps a scale may have whose ratings are listed by step.
const maxSteps = 11

// rated are the ratings of one survey.
type rated struct {
	n, sum int64 // sum in millionths
	steps  []int64
}

// satisfaction is section 6.
func (c *computing) satisfaction() {
	r := &c.r.Satisfaction
	r.Text = string(c.d.Texts.Satisfaction)
	table(&r.Surveys, "satisfaction.surveys",
		result.Column{Name: "people", Unit: result.People, Query: queryRatings},
		result.Column{Name: "average", Unit: result.Rating, Population: "people", Query: queryRatings},
		result.Column{Name: "lowest", Unit: result.Rating, Query: fromDefinition},
		result.Column{Name: "highest", Unit: result.Rating, Query: fromDefinition})
	table(&r.Ratings, "satisfaction.ratings",
		result.Column{Name: "people", Unit: result.People, Query: queryRatings},
		result.Column{Name: "share", Unit: result.Share, Population: "people", Query: queryRatings})
	r.Ratings.Remarks = remarks(result.Remark{Code: result.SharesAddUp})
	if n := c.in.RatingsOutside; n >= int64(c.d.K) {
		r.Surveys.Remarks = remarks(result.Remark{Code: result.NotRated, Count: n})
	}
	if len(c.d.Surveys) == 0 {
		r.Surveys.Missing, r.Ratings.Missing = result.NoSurvey, result.NoSurvey
		c.figure(&r.Rating, "satisfaction.rating", result.Rating, queryRatings, missing(result.NoSurvey), nil, "")
		return
	}
	list, all := c.ratings()
	var people, sums []suppress.Cell
	same := true
	for i, survey := range c.d.Surveys {
		same = same && survey.Lowest == c.d.Surveys[0].Lowest && survey.Highest == c.d.Surveys[0].Highest
		n, sum := c.survey(i, list[i], all.n)
		people, sums = append(people, n), append(sums, sum)
	}
	if all.n == 0 {
		r.Ratings.Missing = result.NoRatings
	}
	rating, population := missing(result.ScalesDiffer), cell(nil)
	if same {
		n := c.plan.Count("satisfaction people", all.n, suppress.ZeroTells)
		sum := c.rating("satisfaction", c.d.Surveys[0], all, n)
		c.plan.Sum(n, people...)
		c.plan.Sum(sum, sums...)
		rating, population = c.average(sum, all), number(n)
	}
	if all.n == 0 {
		rating, population = missing(result.NoRatings), nil
	}
	c.figure(&r.Rating, "satisfaction.rating", result.Rating, queryRatings, rating, population, result.People)
}

// ratings are those of each survey and of all together.
func (c *computing) ratings() (list []rated, all rated) {
	list = make([]rated, len(c.d.Surveys))
	for i, survey := range c.d.Surveys {
		list[i].steps = make([]int64, steps(survey))
	}
	for i, survey := range c.in.RatingSurvey {
		if !c.people[c.in.RatingPerson[i]].in || int(survey) >= len(list) {
			continue
		}
		one, value := &list[survey], c.in.RatingValue[i]
		one.n, one.sum = one.n+1, one.sum+value
		all.n, all.sum = all.n+1, all.sum+value
		if len(one.steps) > 0 {
			at := (value - micro(c.d.Surveys[survey].Lowest) + 500_000) / 1_000_000
			one.steps[min(max(at, 0), int64(len(one.steps)-1))]++
		}
	}
	return list, all
}

// micro is a number in millionths.
func micro(v float64) int64 { return result.Rounded(v, 6).Units }

// steps is how many whole steps a scale has, 0 when they are not listed.
func steps(s definition.Survey) int {
	n := s.Highest - s.Lowest
	if n != float64(int64(n)) || s.Lowest != float64(int64(s.Lowest)) || n+1 > maxSteps {
		return 0
	}
	return int(n) + 1
}

// rating adds an average to the plan.
func (c *computing) rating(key string, survey definition.Survey, r rated, people suppress.Cell) suppress.Cell {
	return c.plan.Average(key+" ratings", r.sum, people, micro(survey.Lowest), micro(survey.Highest))
}

func (c *computing) average(sum suppress.Cell, r rated) cell {
	if r.n == 0 {
		return func(view) result.Cell { return hidden(result.Together) }
	}
	return valued(sum, result.Rounded(float64(r.sum)/float64(r.n)/1e6, 2))
}

// survey adds the row of a survey, and those of its steps.
func (c *computing) survey(i int, r rated, all int64) (people, sum suppress.Cell) {
	survey := c.d.Surveys[i]
	key := "survey " + survey.Activity
	people = c.plan.Count(key+" people", r.n, suppress.ZeroTells)
	sum = c.rating(key, survey, r, people)
	counted, average := number(people), c.average(sum, r)
	if all == 0 {
		counted, average = missing(result.NoRatings), missing(result.NoRatings)
	}
	c.row(&c.r.Satisfaction.Surveys, result.Row{Key: survey.Activity, Label: survey.Name}, counted, average,
		fixed(result.Rounded(survey.Lowest, 2)), fixed(result.Rounded(survey.Highest, 2)))
	if all == 0 || len(r.steps) == 0 {
		return people, sum
	}
	keys, labels := make([]string, len(r.steps)), make([]string, len(r.steps))
	for at := range r.steps {
		step := strconv.FormatInt(int64(survey.Lowest)+int64(at), 10)
		keys[at], labels[at] = fmt.Sprintf("%s/%s", survey.Activity, step), survey.Name+": "+step
	}
	c.distribution(&c.r.Satisfaction.Ratings, "ratings", keys, labels, r.steps, people, r.n)
	return people, sum
}
