package suppress

// DefaultK is the smallest group of people of whom anything is shown.
const DefaultK = 5

// The rules for a figure that hangs together with nothing else; a Plan is for all others.

// AtLeast is a count that is shown from k on.
func AtLeast(n, k int64) Count {
	if n < k {
		return Count{}
	}
	return Shown(n)
}

// Within is a count among people, shown when it and the rest are at least k.
// orAll shows it also when there is no rest.
func Within(n, people, k int64, orAll bool) Count {
	rest := people - n
	if rest < k && (rest != 0 || !orAll) {
		return Count{}
	}
	return AtLeast(n, k)
}

// Second is for one list without a Plan. It suppresses the smallest of the counts that are shown when exactly one is
// suppressed: where their total is known, the one could be had by subtraction.
func Second(counts []Count) {
	suppressed, smallest := 0, (*Count)(nil)
	for i := range counts {
		switch c := &counts[i]; {
		case !c.shown:
			suppressed++
		case smallest == nil || c.n < smallest.n:
			smallest = c
		}
	}
	if suppressed == 1 && smallest != nil {
		*smallest = Count{}
	}
}

// Telling tells that an average of scores gives away everybody's score.
func Telling(average float64) bool { return average == -1 || average == 0 || average == 1 }
