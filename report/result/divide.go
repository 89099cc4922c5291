package result

import "math/big"

// divided is part times ten to the power of places divided by whole, rounded
// half away from zero.
func divided(part, whole int64, places int) int64 {
	n := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(places)), nil)
	n.Mul(n, big.NewInt(part))
	d := big.NewInt(whole)
	negative := n.Sign()*d.Sign() < 0
	n.Abs(n)
	d.Abs(d)
	// (2n + d) / 2d is n / d, rounded half up.
	n.Lsh(n, 1).Add(n, d).Quo(n, d.Lsh(d, 1))
	if negative {
		n.Neg(n)
	}
	return n.Int64()
}
