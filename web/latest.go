package web

import "github.com/google/uuid"

// latestPage is how much of a list is asked for at one time.
const latestPage = 1000

// latest are the last n of a list, in its order, which is that in which its things
// were made. page answers those behind one, about the id of one and whether it
// counts.
func latest[T any](n int, page func(after uuid.UUID, n int) ([]T, error), about func(T) (id uuid.UUID, counts bool)) ([]T, error) {
	var list []T
	for after := uuid.Nil; ; {
		some, err := page(after, latestPage)
		if err != nil {
			return nil, err
		}
		for _, one := range some {
			id, counts := about(one)
			if after = id; counts {
				list = append(list, one)
			}
		}
		list = list[max(0, len(list)-n):]
		if len(some) < latestPage {
			return list, nil
		}
	}
}
