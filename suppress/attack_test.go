package suppress

import (
	"math/big"
	"slices"
)

// attacker is who knows linear equations and inequalities about unknown
// numbers, none of them negative, and reckons with them: a simplex in two
// phases with exact fractions. It shares nothing with the code under test.
type attacker struct {
	known map[int]*big.Rat // what is plainly known
	at    map[int]int      // the column of an unknown
	t     [][]*big.Rat     // the equations, solved for the basis; the right side comes last
	basis []int
	n     int // columns
}

// fact is what is known of a linear form.
type fact struct {
	form      map[int]int64
	low, high *big.Rat // nil: no bound
}

func rat(n int64) *big.Rat { return big.NewRat(n, 1) }

// half is an equation, or with a slack an inequality.
type half struct {
	form  map[int]int64
	right *big.Rat
	slack int64
}

// newAttacker finds one possible world (phase 1); nil when the facts contradict each other.
func newAttacker(facts []fact) *attacker {
	a := &attacker{known: make(map[int]*big.Rat), at: make(map[int]int)}
	for _, f := range facts {
		for v, c := range f.form {
			if len(f.form) == 1 && c == 1 && f.low != nil && f.high != nil && f.low.Cmp(f.high) == 0 {
				a.known[v] = f.low
			}
		}
	}
	var halves []half
	for _, f := range facts {
		if f.low != nil && f.high != nil && f.low.Cmp(f.high) == 0 {
			halves = append(halves, half{f.form, f.low, 0})
			continue
		}
		if f.low != nil {
			halves = append(halves, half{f.form, f.low, -1})
		}
		if f.high != nil {
			halves = append(halves, half{f.form, f.high, 1})
		}
	}
	halves = slices.DeleteFunc(halves, func(h half) bool {
		for v := range h.form {
			if a.known[v] == nil {
				return false
			}
		}
		return true
	})
	for _, h := range halves {
		for v := range h.form {
			if _, ok := a.at[v]; !ok && a.known[v] == nil {
				a.at[v] = len(a.at)
			}
		}
	}
	if !a.first(halves) {
		return nil
	}
	return a
}

func (a *attacker) first(halves []half) bool {
	a.n = len(a.at)
	for _, h := range halves {
		if h.slack != 0 {
			a.n++
		}
	}
	m, slack := len(halves), len(a.at)
	// An artificial unknown per row.
	for i, h := range halves {
		row := make([]*big.Rat, a.n+m+1)
		for j := range row {
			row[j] = new(big.Rat)
		}
		right := row[a.n+m]
		right.Set(h.right)
		for v, c := range h.form {
			if k := a.known[v]; k != nil {
				right.Sub(right, new(big.Rat).Mul(k, rat(c)))
			} else {
				row[a.at[v]].SetInt64(c)
			}
		}
		if h.slack != 0 {
			row[slack].SetInt64(h.slack)
			slack++
		}
		if right.Sign() < 0 {
			for _, x := range row {
				x.Neg(x)
			}
		}
		row[a.n+i].SetInt64(1)
		a.t, a.basis = append(a.t, row), append(a.basis, a.n+i)
	}
	cost := zeros(a.n + m)
	for j := a.n; j < len(cost); j++ {
		cost[j].SetInt64(-1)
	}
	if value, _ := climb(a.t, a.basis, cost, a.n+m); value.Sign() != 0 {
		return false
	}
	// Artificial unknowns leave the basis, or their row says nothing.
	for i := 0; i < len(a.t); i++ {
		if a.basis[i] < a.n {
			continue
		}
		j := slices.IndexFunc(a.t[i][:a.n], func(x *big.Rat) bool { return x.Sign() != 0 })
		if j < 0 {
			a.t, a.basis = slices.Delete(a.t, i, i+1), slices.Delete(a.basis, i, i+1)
			i--
			continue
		}
		turn(a.t, a.basis, i, j)
	}
	for i := range a.t {
		a.t[i] = append(a.t[i][:a.n], a.t[i][a.n+m])
	}
	return true
}

func zeros(n int) []*big.Rat {
	z := make([]*big.Rat, n)
	for i := range z {
		z[i] = new(big.Rat)
	}
	return z
}

// bounds are the least and the greatest possible value of a linear form; nil when there is no
// bound.
func (a *attacker) bounds(form map[int]int64) (low, high *big.Rat) {
	if low = a.maximum(form, -1); low != nil {
		low.Neg(low)
	}
	return low, a.maximum(form, 1)
}

// maximum of a form times sign; nil when it is unbounded. Each search begins in the world
// where the one before ended.
func (a *attacker) maximum(form map[int]int64, sign int64) *big.Rat {
	constant, cost := new(big.Rat), zeros(a.n)
	for v, c := range form {
		k := a.known[v]
		j, ok := a.at[v]
		switch {
		case k != nil:
			constant.Add(constant, new(big.Rat).Mul(k, rat(c*sign)))
		case ok:
			cost[j].SetInt64(c * sign)
		case c*sign > 0:
			return nil // nothing is known of it but that it is not negative
		}
	}
	value, bounded := climb(a.t, a.basis, cost, a.n)
	if !bounded {
		return nil
	}
	return value.Add(value, constant)
}

// climb goes up by Bland's rule, among the first n unknowns.
func climb(t [][]*big.Rat, basis []int, cost []*big.Rat, n int) (value *big.Rat, bounded bool) {
	last := len(cost)
	tmp := new(big.Rat)
	for {
		enter := -1
		for j := 0; j < n && enter < 0; j++ {
			reduced := new(big.Rat).Set(cost[j])
			for i := range t {
				if cost[basis[i]].Sign() != 0 && t[i][j].Sign() != 0 {
					reduced.Sub(reduced, tmp.Mul(cost[basis[i]], t[i][j]))
				}
			}
			if reduced.Sign() > 0 {
				enter = j
			}
		}
		if enter < 0 {
			value = new(big.Rat)
			for i := range t {
				value.Add(value, tmp.Mul(cost[basis[i]], t[i][last]))
			}
			return value, true
		}
		leave := -1
		var least *big.Rat
		for i := range t {
			if t[i][enter].Sign() <= 0 {
				continue
			}
			way := new(big.Rat).Quo(t[i][last], t[i][enter])
			if leave < 0 || way.Cmp(least) < 0 || way.Cmp(least) == 0 && basis[i] < basis[leave] {
				leave, least = i, way
			}
		}
		if leave < 0 {
			return nil, false
		}
		turn(t, basis, leave, enter)
	}
}

func turn(t [][]*big.Rat, basis []int, r, j int) {
	p := new(big.Rat).Inv(t[r][j])
	for c := range t[r] {
		if t[r][c].Sign() != 0 {
			t[r][c].Mul(t[r][c], p)
		}
	}
	tmp := new(big.Rat)
	for i := range t {
		if i == r || t[i][j].Sign() == 0 {
			continue
		}
		f := new(big.Rat).Set(t[i][j])
		for c := range t[i] {
			if t[r][c].Sign() != 0 {
				t[i][c].Sub(t[i][c], tmp.Mul(f, t[r][c]))
			}
		}
	}
	basis[r] = j
}
