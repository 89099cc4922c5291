package progress

import (
	"math"

	"lernspur/suppress"
)

// shade lays the rules for small groups over figures. k is the smallest group of
// whom anything is shown; 0 shows everything.
type shade struct{ k int64 }

func shadeOf(s Scope) shade {
	if s.Aggregates {
		return shade{suppress.DefaultK}
	}
	return shade{}
}

// hidden is a cell that is suppressed. It says nothing in any format.
type hidden struct{}

// MarshalJSON writes null.
func (hidden) MarshalJSON() ([]byte, error) { return []byte("null"), nil }

// people is a number of people.
func (s shade) people(n int64) any {
	if s.k == 0 {
		return n
	}
	return suppress.AtLeast(n, s.k)
}

// among is a number of people among others; orAll shows it also when it is all.
func (s shade) among(n, people int64, orAll bool) any {
	if s.k == 0 {
		return n
	}
	return suppress.Within(n, people, s.k, orAll)
}

// of is a figure that is made of people.
func (s shade) of(people int64, v any) any {
	if people < s.k {
		return hidden{}
	}
	return v
}

// mean is a score, from a sum in billionths; nil when there is none. Of few it is
// not told whether there is one.
func (s shade) mean(sum, n int64) any {
	switch v := float64(sum) / float64(n) / 1e9; {
	case n < s.k:
		return hidden{}
	case n == 0:
		return nil
	case s.k > 0 && suppress.Telling(v):
		return hidden{}
	default:
		return rounded(v)
	}
}

// share is a rate; nil of nobody, where that may be known.
func (s shade) share(n, people int64) any {
	switch {
	case people < s.k:
		return hidden{}
	case people == 0:
		return nil
	}
	if count, ok := s.among(n, people, false).(suppress.Count); ok {
		if _, known := count.Value(); !known {
			return hidden{}
		}
	}
	return rounded(float64(n) / float64(people))
}

// instant is the latest activity: of a group only its day.
func (p *Projector) instant(s shade, people, micros int64) any {
	switch {
	case people < s.k:
		return hidden{}
	case people == 0:
		return nil
	case s.k > 0:
		return fromMicros(micros).In(p.zone).Format("2006-01-02")
	}
	return formatMicros(micros)
}

// rounded is a number with six decimals.
func rounded(v float64) float64 { return math.Round(v*1e6) / 1e6 }

// seconds is a time in microseconds as seconds.
func seconds[T int64 | float64](micros T) float64 { return rounded(float64(micros) / 1e6) }

// withSuppressed adds the column suppressed, which names what is, in each row, and
// applies the rule of the second to columns, whose total can be known.
func (s shade) withSuppressed(t table, second ...string) table {
	if s.k == 0 {
		return t
	}
	for i, name := range t.columns {
		for _, wanted := range second {
			if name == wanted {
				suppressSecond(t, i)
			}
		}
	}
	for i, row := range t.rows {
		names := []string{}
		for j, cell := range row {
			count, isCount := cell.(suppress.Count)
			_, known := count.Value()
			if _, is := cell.(hidden); is || isCount && !known {
				names = append(names, t.columns[j])
			}
		}
		t.rows[i] = append(row, names)
	}
	t.columns = append(t.columns, "suppressed")
	return t
}

func suppressSecond(t table, column int) {
	counts := make([]suppress.Count, len(t.rows))
	for i, row := range t.rows {
		counts[i], _ = row[column].(suppress.Count)
	}
	suppress.Second(counts)
	for i, row := range t.rows {
		row[column] = counts[i]
	}
}
