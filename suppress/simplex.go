package suppress

import (
	"errors"
	"math/bits"
	"slices"
)

// errTooLarge: numbers of the tableau do not fit. It does not happen with the
// equations of tables, whose numbers stay -1, 0 and 1.
var errTooLarge = errors.New("the equations are too entangled")

// tableau is a system of homogeneous equations over the differences between
// a possible world and the true one, which is all zeros. It is kept solved for
// one basic variable per row, in whole numbers over a common denominator, as
// Edmonds' simplex does.
type tableau struct {
	rows  []row   // row · variables = 0
	den   int64   // of all rows; positive
	basic []int   // the variable of each row
	rowOf []int   // the row of each variable, -1 when it is not basic
	low   []int64 // bounds; low <= 0 <= high
	high  []int64 // unbounded is no bound, also negative as low
	at    []int64 // the values of the others than the basic ones
	steps int
}

// entry is a coefficient of a row, other than 0.
type entry struct {
	column int
	a      int64
}

// row is an equation, by rising column.
type row []entry

// at is the coefficient of a column.
func (r row) at(column int) int64 {
	i, ok := slices.BinarySearchFunc(r, column, func(e entry, column int) int { return e.column - column })
	if !ok {
		return 0
	}
	return r[i].a
}

// combine is (r·p − other·f) / den.
func (r row) combine(p int64, other row, f, den int64) row {
	sum := make(row, 0, len(r)+len(other))
	for len(r) > 0 || len(other) > 0 {
		var e entry
		switch {
		case len(other) == 0 || len(r) > 0 && r[0].column < other[0].column:
			e, r = entry{r[0].column, mul(r[0].a, p)}, r[1:]
		case len(r) == 0 || other[0].column < r[0].column:
			e, other = entry{other[0].column, -mul(f, other[0].a)}, other[1:]
		default:
			e = entry{r[0].column, sub(mul(r[0].a, p), mul(f, other[0].a))}
			r, other = r[1:], other[1:]
		}
		if e.a != 0 {
			sum = append(sum, entry{e.column, e.a / den})
		}
	}
	return sum
}

// newTableau takes the equations and solves them once. Redundant ones go.
func newTableau(rows []row, low, high []int64) *tableau {
	n := len(low)
	t := &tableau{den: 1, low: low, high: high, at: make([]int64, n), rowOf: make([]int, n)}
	count := make([]int, n)
	for _, row := range rows {
		for _, e := range row {
			count[e.column]++
		}
	}
	for j := range t.rowOf {
		t.rowOf[j] = -1
	}
	t.rows = rows
	t.basic = make([]int, len(rows))
	for i := range t.basic {
		t.basic[i] = -1
	}
	for i := 0; i < len(t.rows); {
		best := -1
		for _, e := range t.rows[i] {
			if best < 0 || count[e.column] < count[best] {
				best = e.column
			}
		}
		if best < 0 {
			last := len(t.rows) - 1
			t.rows[i], t.basic[i] = t.rows[last], t.basic[last]
			t.rows, t.basic = t.rows[:last], t.basic[:last]
			continue
		}
		t.pivot(i, best)
		i++
	}
	return t
}

// pivot makes variable j the basic one of row r.
func (t *tableau) pivot(r, j int) {
	pivot := t.rows[r]
	p := pivot.at(j)
	if p < 0 {
		p = -p
		for i := range pivot {
			pivot[i].a = -pivot[i].a
		}
	}
	for i, row := range t.rows {
		if f := row.at(j); i != r && (f != 0 || p != t.den) {
			if f == 0 {
				t.rows[i] = row.combine(p, nil, 0, t.den)
			} else {
				t.rows[i] = row.combine(p, pivot, f, t.den)
			}
		}
	}
	t.den = p
	if old := t.basic[r]; old >= 0 {
		t.rowOf[old] = -1
	}
	t.basic[r], t.rowOf[j] = j, r
}

// value is the value of a variable times the denominator.
func (t *tableau) value(j int) int64 {
	r := t.rowOf[j]
	if r < 0 {
		return mul(t.at[j], t.den)
	}
	return t.rowValue(r)
}

func (t *tableau) rowValue(r int) int64 {
	var v int64
	for _, e := range t.rows[r] {
		if x := t.at[e.column]; x != 0 {
			v = sub(v, mul(e.a, x))
		}
	}
	return v
}

// reset goes back to the true world.
func (t *tableau) reset() { clear(t.at) }

// extreme moves variable target up (sign 1) or down (sign -1) until it has come as far as
// enough, or no further. It returns how far it is from its true value,
// rounded towards it; unbounded when there is no end.
func (t *tableau) extreme(target, sign int, enough int64) int64 {
	for {
		v := t.value(target) * int64(sign) / t.den
		if v >= enough {
			return v
		}
		enter, direction := t.entering(target, sign)
		if enter < 0 {
			return v
		}
		t.steps++
		if !t.step(enter, direction) {
			return unbounded
		}
	}
}

// entering finds the first variable whose move moves the target on, and in
// which direction; -1 when there is none.
func (t *tableau) entering(target, sign int) (j, direction int) {
	r := t.rowOf[target]
	if r < 0 {
		if t.room(target, sign) {
			return target, sign
		}
		return -1, 0
	}
	for _, e := range t.rows[r] {
		if t.rowOf[e.column] >= 0 {
			continue
		}
		direction := -sign
		if e.a < 0 {
			direction = sign
		}
		if t.room(e.column, direction) {
			return e.column, direction
		}
	}
	return -1, 0
}

// room tells whether a variable that is not basic can move.
func (t *tableau) room(j, direction int) bool {
	if direction > 0 {
		return t.at[j] < t.high[j]
	}
	return t.at[j] > t.low[j]
}

// step moves variable j, which is not basic, as far as all bounds allow. It
// answers false when none does.
func (t *tableau) step(j, direction int) bool {
	// The way is way/over; that of j itself is whole.
	way, over, blocking := int64(-1), int64(1), -1
	var toBound int64
	switch {
	case direction > 0 && t.high[j] != unbounded:
		way = t.high[j] - t.at[j]
	case direction < 0 && t.low[j] != -unbounded:
		way = t.at[j] - t.low[j]
	}
	for i, row := range t.rows {
		a := row.at(j)
		if a == 0 {
			continue
		}
		// Basic variable i moves by -a/den for each step of j.
		b := t.basic[i]
		bound := t.high[b]
		rate := -a * int64(direction)
		if rate < 0 {
			bound = t.low[b]
		}
		if bound == unbounded || bound == -unbounded {
			continue
		}
		left := sub(mul(bound, t.den), t.rowValue(i))
		if rate < 0 {
			left, rate = -left, -rate
		}
		// Of equal ways the variable with the smallest number leaves, so that
		// it comes to an end (Bland).
		c := 1
		if way >= 0 {
			c = compare(left, over, way, rate)
		}
		if way < 0 || c < 0 || c == 0 && blocking >= 0 && b < t.basic[blocking] {
			way, over, blocking, toBound = left, rate, i, bound
		}
	}
	if way < 0 {
		return false
	}
	if blocking < 0 {
		t.at[j] += way * int64(direction)
		return true
	}
	leaving := t.basic[blocking]
	t.at[leaving] = toBound
	t.pivot(blocking, j)
	t.at[j] = 0
	return true
}

// compare compares a·b with c·d, all of them not negative.
func compare(a, b, c, d int64) int {
	ah, al := bits.Mul64(uint64(a), uint64(b))
	ch, cl := bits.Mul64(uint64(c), uint64(d))
	switch {
	case ah < ch || ah == ch && al < cl:
		return -1
	case ah > ch || al > cl:
		return 1
	}
	return 0
}

// mul multiplies, or panics with errTooLarge.
func mul(a, b int64) int64 {
	switch {
	case a == 0 || b == 0:
		return 0
	case b == 1:
		return a
	case a == 1:
		return b
	}
	c := a * b
	if c/b != a || c == -1<<63 {
		panic(errTooLarge)
	}
	return c
}

// sub subtracts, or panics with errTooLarge.
func sub(a, b int64) int64 {
	c := a - b
	if (a >= 0) != (b >= 0) && (c >= 0) != (a >= 0) {
		panic(errTooLarge)
	}
	return c
}
