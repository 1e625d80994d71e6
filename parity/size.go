package parity

import (
	"math"
	"strconv"
	"strings"

	"github.com/maquette/maquette/internal/lazyregexp"
)

// machine is a named machine size, taken apart: db.r5.2xlarge is of family
// db.r5 and size 2xlarge.
type machine struct {
	family string
	size   string
	steps  float64 // doublings above "large", for sizes that are published in doublings
	known  bool
}

var sizeWord = lazyregexp.New(`^(?:(nano|micro|small|medium|large)|(\d*)xlarge|metal(?:-\d+xl)?)$`)

// smallSteps are the published sizes below xlarge, in doublings from large.
var smallSteps = map[string]float64{"nano": -4, "micro": -3, "small": -2, "medium": -1, "large": 0}

// parseMachine takes an instance type, class or node type apart. Names of
// other clouds, whose sizes are not spelled so, are a family of their own.
func parseMachine(s string) machine {
	parts := strings.Split(s, ".")
	for i, p := range parts {
		m := sizeWord.FindStringSubmatch(p)
		if m == nil {
			continue
		}
		x := machine{size: p}
		rest := append(append([]string(nil), parts[:i]...), parts[i+1:]...)
		x.family = strings.Join(rest, ".")
		switch {
		case m[1] != "":
			x.steps, x.known = smallSteps[m[1]], true
		case strings.HasSuffix(p, "xlarge"):
			n := 1.0
			if m[2] != "" {
				n, _ = strconv.ParseFloat(m[2], 64)
			}
			x.steps, x.known = 1+log2(n), n > 0
		}
		return x
	}
	return machine{family: s}
}

func log2(f float64) float64 {
	n := 0.0
	for f >= 2 {
		f, n = f/2, n+1
	}
	return n + (f - 1) // between doublings, 24xlarge lies half-way
}

// SizeRatio is how many times as large as a machine of size a one of size b
// is, of sizes as TierSide has them: published ones by their names, numbers of
// CPU units or megabytes as such. It is false where they do not tell.
func SizeRatio(a, b string) (float64, bool) {
	if a == b {
		return 1, true
	}
	x, y := parseMachine(a), parseMachine(b)
	if x.known && y.known {
		return math.Exp2(y.steps - x.steps), true
	}
	number := func(s string) float64 {
		head, _, _ := strings.Cut(s, "/")
		n, err := strconv.ParseFloat(head, 64)
		if err != nil || math.IsInf(n, 0) {
			return 0
		}
		return n
	}
	if n, m := number(a), number(b); n > 0 && m > 0 {
		return m / n, true
	}
	return 0, false
}
